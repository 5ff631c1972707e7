-- Most customers have no booking: two index probes tell, before the queries are set up that read one (0.7 ms against
-- 0.1 ms a turn).
CREATE OR REPLACE FUNCTION customer_history(p_workspace_id uuid, p_customer_id uuid, p_conversation_id uuid)
RETURNS jsonb LANGUAGE plpgsql STRICT AS $$
DECLARE
  upcoming jsonb;
  last_visit jsonb;
BEGIN
  PERFORM FROM bookings b WHERE b.workspace_id = p_workspace_id AND b.customer_id = p_customer_id LIMIT 1;
  IF NOT FOUND THEN
    PERFORM FROM booking_proofs p
    WHERE p.workspace_id = p_workspace_id AND p.conversation_id = p_conversation_id LIMIT 1;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  WITH theirs AS (
    SELECT b.id, b.starts_at FROM bookings b
    WHERE b.workspace_id = p_workspace_id AND b.customer_id = p_customer_id
      AND b.starts_at > now() - interval '2 days' AND b.ends_at > now()
      AND b.status IN ('pending_provider', 'confirmed')
      AND NOT (b.status = 'pending_provider' AND b.replaces_booking_id IS NOT NULL)
    UNION
    SELECT b.id, b.starts_at FROM booking_proofs p JOIN bookings b ON b.id = p.booking_id
    WHERE p.workspace_id = p_workspace_id AND p.conversation_id = p_conversation_id
      AND p.created_at > now() - interval '1 hour' AND b.ends_at > now()
      AND b.status IN ('pending_provider', 'confirmed')
  ), nearest AS (
    SELECT id FROM theirs ORDER BY starts_at, id LIMIT 20
  )
  SELECT jsonb_agg(booking_as_known(b) ORDER BY b.starts_at, b.id) INTO upcoming
  FROM bookings b WHERE b.id IN (SELECT id FROM nearest);
  SELECT booking_as_known(b) INTO last_visit FROM bookings b
  WHERE b.workspace_id = p_workspace_id AND b.customer_id = p_customer_id AND b.ends_at <= now()
    AND b.starts_at <= now() AND b.status IN ('confirmed', 'completed')
  ORDER BY b.starts_at DESC LIMIT 1;
  IF upcoming IS NULL AND last_visit IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN jsonb_build_object('upcoming', coalesce(upcoming, '[]'), 'last_visit', last_visit);
END $$;
CALL make_system_function('customer_history(uuid, uuid, uuid)');
