-- Mails about bookings: calls to the outside like any other, after the booking itself.

ALTER TABLE effects DROP CONSTRAINT effects_kind_check;
ALTER TABLE effects ADD CONSTRAINT effects_kind_check
  CHECK (kind IN ('send', 'place_order', 'change_order', 'cancel_order', 'poll_payment', 'mirror_booking', 'send_mail'));

ALTER TABLE bookings ADD COLUMN calendar_uid uuid, ADD COLUMN calendar_sequence integer,
  ADD CONSTRAINT bookings_calendar
    CHECK ((calendar_uid IS NULL) = (calendar_sequence IS NULL) AND calendar_sequence >= 0);
COMMENT ON COLUMN bookings.calendar_uid IS
  'What customers'' calendars know the visit by. A booking that took another''s place keeps that one''s.';
COMMENT ON COLUMN bookings.calendar_sequence IS 'Rises with each mail that tells of a change: calendars follow the highest.';

-- Addresses that bounced or complained: this business writes to them no more.
CREATE TABLE mail_suppressions (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  address text NOT NULL CHECK (address = lower(address) AND length(address) BETWEEN 3 AND 254),
  reason text NOT NULL CHECK (reason IN ('undeliverable', 'complained', 'inactive')),
  effect_id uuid,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, address)
);
COMMENT ON COLUMN mail_suppressions.effect_id IS 'The mail that showed it; kept for looking it up, not as a reference.';
CALL protect_tenant_table('mail_suppressions');

-- A mail whose answer got lost waits for the service's own word of its delivery, as a message does.
CREATE OR REPLACE FUNCTION unknown_effects(p_grace_seconds double precision, p_limit integer)
RETURNS SETOF effects LANGUAGE sql STABLE AS $$
  SELECT * FROM effects e
  WHERE e.status = 'unknown'
    AND e.unknown_since < clock_timestamp()
        - make_interval(secs => CASE WHEN e.kind IN ('send', 'send_mail') THEN p_grace_seconds ELSE 0 END)
  ORDER BY e.unknown_since LIMIT p_limit
$$;
CALL make_system_function('unknown_effects(double precision, integer)');
