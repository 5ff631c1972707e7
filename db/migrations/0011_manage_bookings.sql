-- Customers look up, cancel and move what they have booked.

-- MOVE: a moved booking is a new one that takes the old one's place. While both stand they belong to one visit,
-- so the new time may overlap the old one; nobody else's may.
ALTER TABLE bookings ADD COLUMN replaces_booking_id uuid;
COMMENT ON COLUMN bookings.replaces_booking_id IS
  'The booking whose place this one takes: the customer moved it. The old one is cancelled when this one stands.';
ALTER TABLE bookings ADD CONSTRAINT bookings_replaces CHECK (replaces_booking_id <> id);
ALTER TABLE bookings ADD FOREIGN KEY (workspace_id, replaces_booking_id)
  REFERENCES bookings (workspace_id, id) ON DELETE SET NULL (replaces_booking_id);
CREATE INDEX bookings_replacing ON bookings (workspace_id, replaces_booking_id)
  WHERE replaces_booking_id IS NOT NULL;
-- Two chats of one customer, two taps: a booking is moved once at a time, whatever the processes above believed.
CREATE UNIQUE INDEX bookings_one_move ON bookings (workspace_id, replaces_booking_id)
  WHERE replaces_booking_id IS NOT NULL AND status = 'pending_provider';

ALTER TABLE booking_items ADD COLUMN moves_booking_id uuid;
COMMENT ON COLUMN booking_items.moves_booking_id IS
  'While the move is under way: the booking that is moved. Empty again when it is done.';
ALTER TABLE booking_items ADD COLUMN visit_id uuid NOT NULL
  GENERATED ALWAYS AS (coalesce(moves_booking_id, booking_id)) STORED;
ALTER TABLE booking_items DROP CONSTRAINT booking_items_no_overlap;
-- The last word against double booking a person: not between two visits, and not within one booking.
ALTER TABLE booking_items ADD CONSTRAINT booking_items_no_overlap EXCLUDE USING gist
  (workspace_id WITH =, staff_id WITH =, tstzrange(starts_at, ends_at) WITH &&, visit_id WITH <>) WHERE (active);
ALTER TABLE booking_items ADD CONSTRAINT booking_items_one_at_a_time EXCLUDE USING gist
  (booking_id WITH =, staff_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (active);

-- A cancellation or a move is a call to the outside like an order.
ALTER TABLE effects DROP CONSTRAINT effects_kind_check;
ALTER TABLE effects ADD CONSTRAINT effects_kind_check
  CHECK (kind IN ('send', 'place_order', 'change_order', 'cancel_order', 'poll_payment'));
CREATE UNIQUE INDEX effects_one_cancellation ON effects (booking_id)
  WHERE kind = 'cancel_order' AND status IN ('pending', 'in_flight', 'unknown');

-- CLAIM, as before but for one thing: a cancellation marks its call itself, like an order, so that a process which
-- died before the call leaves it to the next one instead of to a person.
CREATE OR REPLACE FUNCTION claim_effects(p_claim_id uuid, p_claim_seconds double precision,
                                         p_hold_seconds double precision, p_limit integer, p_conversation_id uuid)
RETURNS SETOF effects LANGUAGE plpgsql AS $$
DECLARE
  due uuid[];
BEGIN
  -- Two statements instead of one with a CASE: each finds its rows by an index of its own.
  IF p_conversation_id IS NULL THEN
    due := ARRAY(
      SELECT e.id FROM effects e
      WHERE e.status = 'pending' AND e.due_at <= clock_timestamp()
        AND (e.reserved_until IS NULL OR e.reserved_until <= clock_timestamp())
        AND NOT (e.kind = 'send' AND EXISTS (
          SELECT FROM effects p
          WHERE p.conversation_id = e.conversation_id AND p.kind = 'send' AND p.seq < e.seq
            AND p.status IN ('pending', 'in_flight', 'unknown')
            AND p.created_at > clock_timestamp() - make_interval(secs => p_hold_seconds)))
      ORDER BY e.due_at, e.seq LIMIT p_limit FOR UPDATE SKIP LOCKED);
  ELSE
    due := ARRAY(
      SELECT e.id FROM effects e
      -- Pending, in words that only fit the index by conversation: the one by due_at would lead through all that
      -- others left over, and a backlog is when statistics know nothing of it yet.
      WHERE e.conversation_id = p_conversation_id AND e.status IN ('pending', 'in_flight', 'unknown')
        AND e.status <> 'in_flight' AND e.status <> 'unknown' AND e.due_at <= clock_timestamp()
        AND NOT (e.kind = 'send' AND EXISTS (
          SELECT FROM effects p
          WHERE p.conversation_id = e.conversation_id AND p.kind = 'send' AND p.seq < e.seq
            AND p.status IN ('pending', 'in_flight', 'unknown')
            AND p.created_at > clock_timestamp() - make_interval(secs => p_hold_seconds)))
      ORDER BY e.due_at, e.seq LIMIT p_limit FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN QUERY
    UPDATE effects e SET status = 'in_flight', claim_id = p_claim_id, attempts = attempts + 1,
           claim_until = clock_timestamp() + make_interval(secs => p_claim_seconds),
           called_at = CASE WHEN e.kind = 'send' THEN clock_timestamp() END
    WHERE e.id = ANY (due) RETURNING e.*;
END $$;
CALL make_system_function('claim_effects(uuid, double precision, double precision, integer, uuid)');

-- PROOF: somebody who booked from another number shows the booking's code and its e-mail address or phone. Every
-- try is kept: they are limited, and the right one opens the booking to this conversation for an hour.
CREATE TABLE booking_proofs (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  code text NOT NULL CHECK (code ~ '^[A-HJ-NP-Z2-9]{6}$'),
  booking_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE booking_proofs IS
  'Tries to speak of a booking made from another number: its code with an e-mail address or phone. Without a '
  'booking: they did not fit.';
CREATE INDEX booking_proofs_by_customer ON booking_proofs (workspace_id, customer_id, created_at);
CREATE INDEX booking_proofs_by_code ON booking_proofs (workspace_id, code, created_at);
CREATE INDEX booking_proofs_of_talk ON booking_proofs (workspace_id, conversation_id);
CREATE INDEX booking_proofs_of_booking ON booking_proofs (workspace_id, booking_id) WHERE booking_id IS NOT NULL;
CALL protect_tenant_table('booking_proofs');

-- A booking as a turn gets it to know.
CREATE FUNCTION booking_as_known(b bookings) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', b.id, 'status', b.status, 'needs_operator', b.needs_operator, 'code', b.confirmation_code,
    'order_id', b.provider_order_id, 'customer_id', b.customer_id, 'customer_name', b.customer_name,
    'customer_phone', b.customer_phone, 'customer_email', b.customer_email,
    'location_id', b.location_id,
    'location_names', (SELECT l.names FROM locations l WHERE l.workspace_id = b.workspace_id AND l.id = b.location_id),
    'payment_type_id', b.payment_type_id, 'payment_status', b.payment_status, 'payment_url', b.payment_url,
    'total_minor', b.total_minor, 'starts_at', b.starts_at, 'ends_at', b.ends_at,
    'under_way', CASE
      WHEN EXISTS (SELECT FROM effects e WHERE e.booking_id = b.id AND e.kind = 'cancel_order'
                   AND e.status IN ('pending', 'in_flight', 'unknown', 'needs_operator')) THEN 'cancel'
      WHEN EXISTS (SELECT FROM bookings n WHERE n.workspace_id = b.workspace_id AND n.replaces_booking_id = b.id
                   AND n.status = 'pending_provider') THEN 'move' END,
    'notes', (SELECT coalesce(e.request ->> 'notes', e.request -> 'order' ->> 'notes') FROM effects e
              WHERE e.booking_id = b.id AND e.kind IN ('place_order', 'change_order') ORDER BY e.seq DESC LIMIT 1),
    'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'service_id', i.service_id, 'service_name', i.service_name, 'size_id', i.size_id,
                'size_name', i.size_name, 'staff_id', i.staff_id, 'staff_name', i.staff_name,
                'starts_at', i.starts_at, 'ends_at', i.ends_at, 'price_minor', i.price_minor)
                ORDER BY i.position), '[]')
              FROM booking_items i WHERE i.workspace_id = b.workspace_id AND i.booking_id = b.id))
$$;

-- What a turn knows of its customer's bookings: those to come, soonest first, with those that were opened to this
-- conversation by their code, and the last visit. NULL: nothing. Volatile on purpose: it must see what was committed
-- while the lease was waited for, as the inbox rows that come with it do.
CREATE FUNCTION customer_history(p_workspace_id uuid, p_customer_id uuid, p_conversation_id uuid)
RETURNS jsonb LANGUAGE plpgsql STRICT AS $$
DECLARE
  upcoming jsonb;
  last_visit jsonb;
BEGIN
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
