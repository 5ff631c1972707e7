-- While a customer looks at the summary, its times are his: a held booking with an expiry. It is no booking
-- yet, so it is deleted, not cancelled, when he decides, changes his mind or lets it run out.

ALTER TABLE bookings ADD COLUMN hold_until timestamptz;
ALTER TABLE bookings ADD CONSTRAINT bookings_held CHECK ((status = 'held') = (hold_until IS NOT NULL));
CREATE INDEX bookings_holds ON bookings (workspace_id, hold_until) WHERE status = 'held';

-- SWEEP: holds that ran out, of every workspace. Reading ignores them before that.
CREATE FUNCTION free_expired_holds(p_limit integer) RETURNS integer LANGUAGE sql AS $$
  WITH late AS (
    SELECT id FROM bookings WHERE status = 'held' AND hold_until < clock_timestamp()
    ORDER BY hold_until LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), freed AS (
    DELETE FROM bookings b USING late WHERE b.id = late.id RETURNING 1
  )
  SELECT count(*)::integer FROM freed
$$;
CALL make_system_function('free_expired_holds(integer)');
