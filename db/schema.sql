-- Made from db/migrations by `make schema`. For reading only: migrations are what is applied.

CREATE SCHEMA public;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE FUNCTION public.abandon_handoffs(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  late uuid[];
  held uuid[];
BEGIN
  SELECT array_agg(locked.id) INTO late FROM (
    SELECT h.id FROM handoffs h
    JOIN workspaces w ON w.id = h.workspace_id
    JOIN booking_intents i ON i.workspace_id = h.workspace_id AND i.id = h.intent_id
    CROSS JOIN LATERAL (
      SELECT make_interval(hours => coalesce((w.settings -> 'external' ->> 'abandon_hours')::integer, 24)) AS after
    ) AS given
    WHERE h.status IN ('new', 'redirected') AND greatest(h.created_at, h.redirected_at) < now() - given.after
      -- A late click and a cancellation there begin the time anew; `redirected_at` tells of the first click.
      AND NOT EXISTS (
        SELECT FROM handoff_events e
        WHERE e.workspace_id = h.workspace_id AND e.handoff_id = h.id AND e.kind IN ('redirected', 'cancelled')
          AND e.at >= now() - given.after)
    ORDER BY h.created_at LIMIT p_limit FOR NO KEY UPDATE OF h, i SKIP LOCKED
  ) AS locked;
  SELECT array_agg(free.id) INTO held FROM (
    SELECT l.id FROM leads l JOIN handoffs h ON h.workspace_id = l.workspace_id AND h.conversation_id = l.conversation_id
    WHERE h.id = ANY (late) FOR NO KEY UPDATE OF l SKIP LOCKED
  ) AS free;
  SELECT array_agg(h.id) INTO late FROM handoffs h WHERE h.id = ANY (late) AND NOT EXISTS (
    SELECT FROM leads l WHERE l.workspace_id = h.workspace_id AND l.conversation_id = h.conversation_id
      AND NOT l.id = ANY (coalesce(held, '{}')));
  UPDATE handoffs SET status = 'abandoned' WHERE id = ANY (late);
  INSERT INTO handoff_events (id, workspace_id, handoff_id, kind, made_by)
    SELECT gen_random_uuid(), workspace_id, id, 'abandoned', 'schedule' FROM handoffs WHERE id = ANY (late);
  UPDATE booking_intents i SET status = 'abandoned', updated_at = now() FROM handoffs h
    WHERE h.id = ANY (late) AND i.workspace_id = h.workspace_id AND i.id = h.intent_id
      AND i.status IN ('intent', 'redirected');
  UPDATE leads l SET status = 'lost', updated_at = now() FROM handoffs h
    WHERE h.id = ANY (late) AND l.workspace_id = h.workspace_id AND l.conversation_id = h.conversation_id
      AND l.status IN ('incomplete', 'qualified', 'redirected')
      -- Another wish of the same talk may still be finished where he was led.
      AND NOT EXISTS (
        SELECT FROM handoffs o
        WHERE o.workspace_id = l.workspace_id AND o.conversation_id = l.conversation_id AND o.status = 'redirected');
  RETURN coalesce(cardinality(late), 0);
END $$;

CREATE FUNCTION public.abandon_intents(p_days integer, p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  late uuid[];
  held uuid[];
BEGIN
  SELECT array_agg(locked.id) INTO late FROM (
    SELECT id FROM booking_intents WHERE status = 'intent' AND updated_at < now() - make_interval(days => p_days)
    ORDER BY updated_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
  ) AS locked;
  SELECT array_agg(free.id) INTO held FROM (
    SELECT l.id FROM leads l
    JOIN booking_intents i ON i.workspace_id = l.workspace_id AND i.conversation_id = l.conversation_id
    WHERE i.id = ANY (late) FOR NO KEY UPDATE OF l SKIP LOCKED
  ) AS free;
  SELECT array_agg(i.id) INTO late FROM booking_intents i WHERE i.id = ANY (late) AND NOT EXISTS (
    SELECT FROM leads l WHERE l.workspace_id = i.workspace_id AND l.conversation_id = i.conversation_id
      AND NOT l.id = ANY (coalesce(held, '{}')));
  UPDATE booking_intents SET status = 'abandoned', updated_at = now() WHERE id = ANY (late);
  UPDATE leads l SET status = 'lost', updated_at = now() FROM booking_intents i
    WHERE i.id = ANY (late) AND l.workspace_id = i.workspace_id AND l.conversation_id = i.conversation_id
      AND l.status IN ('incomplete', 'qualified');
  RETURN coalesce(cardinality(late), 0);
END $$;

CREATE FUNCTION public.accept_inbound(batch jsonb) RETURNS TABLE(ordinal integer, inbox_id bigint, conversation_id uuid, workspace_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
  r record;
  v_customer uuid;
  v_conversation uuid;
  v_inbox bigint;
  v_burst integer;
  v_until timestamptz;
  v_over boolean;
BEGIN
  FOR r IN
    SELECT * FROM jsonb_to_recordset(batch) AS x(
      ordinal integer, workspace_id uuid, bot_id uuid, channel_account_id uuid, source text, account text,
      external_id text, channel text, phone text, user_id text, address text, profile_name text,
      idle_hours integer, burst_limit integer, payload jsonb, customer_id uuid, conversation_id uuid)
  LOOP
    v_inbox := NULL;
    SELECT i.id, i.conversation_id INTO v_inbox, v_conversation FROM inbox i
    WHERE i.source = r.source AND i.account = r.account AND i.external_id = r.external_id;
    IF FOUND THEN  -- a repeat: nothing is written, nobody is woken
      ordinal := r.ordinal; inbox_id := NULL; conversation_id := v_conversation; workspace_id := r.workspace_id;
      RETURN NEXT;
      CONTINUE;
    END IF;

    v_customer := NULL;
    -- One after the other: both in one query with OR take seven times as long.
    IF r.phone IS NOT NULL THEN
      SELECT ci.customer_id INTO v_customer FROM customer_identities ci
      WHERE ci.workspace_id = r.workspace_id AND ci.channel = 'phone' AND ci.identity = r.phone;
    END IF;
    IF v_customer IS NULL AND r.user_id IS NOT NULL THEN
      SELECT ci.customer_id INTO v_customer FROM customer_identities ci
      WHERE ci.workspace_id = r.workspace_id AND ci.channel = r.channel AND ci.identity = r.user_id;
    END IF;
    -- An erased person's message that is delivered once more brings nobody back. The table is all but empty.
    PERFORM FROM erased_messages e
    WHERE e.workspace_id = r.workspace_id
      AND e.message_hash = message_hash(r.source, r.account, r.external_id);
    IF FOUND THEN
      ordinal := r.ordinal; inbox_id := NULL; conversation_id := r.conversation_id; workspace_id := r.workspace_id;
      RETURN NEXT;
      CONTINUE;
    END IF;
    IF v_customer IS NULL THEN
      INSERT INTO customers (id, workspace_id, profile_name, phone, opted_out_at)
      SELECT r.customer_id, r.workspace_id, r.profile_name, r.phone,
             (SELECT o.opted_out_at FROM erased_opt_outs o
              WHERE o.workspace_id = r.workspace_id
                AND o.address_hash = address_hash(r.workspace_id, coalesce(r.phone, r.user_id)));
      INSERT INTO customer_identities (workspace_id, channel, identity, customer_id)
      VALUES (r.workspace_id, CASE WHEN r.phone IS NULL THEN r.channel ELSE 'phone' END,
              coalesce(r.phone, r.user_id), r.customer_id)
      ON CONFLICT DO NOTHING;
      IF FOUND THEN
        v_customer := r.customer_id;
      ELSE  -- another process met this customer at the same moment
        DELETE FROM customers c WHERE c.id = r.customer_id;
        SELECT ci.customer_id INTO STRICT v_customer FROM customer_identities ci
        WHERE ci.workspace_id = r.workspace_id
          AND ci.channel = CASE WHEN r.phone IS NULL THEN r.channel ELSE 'phone' END
          AND ci.identity = coalesce(r.phone, r.user_id);
      END IF;
    END IF;
    IF r.phone IS NOT NULL AND r.user_id IS NOT NULL THEN
      INSERT INTO customer_identities (workspace_id, channel, identity, customer_id)
      VALUES (r.workspace_id, r.channel, r.user_id, v_customer), (r.workspace_id, 'phone', r.phone, v_customer)
      ON CONFLICT DO NOTHING;
    END IF;
    PERFORM FROM conversations c
    WHERE c.workspace_id = r.workspace_id AND c.channel_account_id = r.channel_account_id
      AND c.customer_id = v_customer AND c.status <> 'closed'
      AND c.last_inbound_at < now() - make_interval(hours => r.idle_hours);
    IF FOUND THEN  -- rare, so the dear question whether anything is still open in it is not asked of every message
      PERFORM close_talks(ARRAY(
        SELECT c.id FROM conversations c
        WHERE c.workspace_id = r.workspace_id AND c.channel_account_id = r.channel_account_id
          AND c.customer_id = v_customer AND c.status <> 'closed'
          AND c.last_inbound_at < now() - make_interval(hours => r.idle_hours) AND may_close(c.id)
        FOR NO KEY UPDATE));
    END IF;
    v_conversation := NULL;
    v_over := false;
    -- The limit is counted in the row that is written anyway: no question more for whoever stays within it.
    UPDATE conversations c SET last_inbound_at = now(), address = r.address, settle_until = NULL,
      burst = CASE WHEN c.burst_from > now() - interval '1 minute' THEN c.burst + 1 ELSE 1 END,
      burst_from = CASE WHEN c.burst_from > now() - interval '1 minute' THEN c.burst_from ELSE now() END
    WHERE c.workspace_id = r.workspace_id AND c.channel_account_id = r.channel_account_id
      AND c.customer_id = v_customer AND c.status <> 'closed'
    -- A person reads at his own pace.
    RETURNING c.id, c.burst, c.burst_from + interval '1 minute', c.burst > r.burst_limit AND c.status <> 'human'
    INTO v_conversation, v_burst, v_until, v_over;
    IF v_conversation IS NULL THEN
      INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address, burst, burst_from)
      VALUES (r.conversation_id, r.workspace_id, r.bot_id, r.channel_account_id, v_customer, r.address, 1, now())
      ON CONFLICT (workspace_id, channel_account_id, customer_id) WHERE status <> 'closed'
      DO UPDATE SET last_inbound_at = now(), address = excluded.address, settle_until = NULL
      RETURNING id INTO v_conversation;
    END IF;
    -- After the conversation, as a turn's commit locks them: the other way round the two could lock each other out.
    IF r.profile_name IS NOT NULL THEN
      UPDATE customers c SET profile_name = r.profile_name, updated_at = now()
      WHERE c.id = v_customer AND c.profile_name IS DISTINCT FROM r.profile_name;
    END IF;

    IF v_over AND v_burst = r.burst_limit + 1 THEN  -- said once a minute, by an event of its own
      INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload)
      VALUES (r.workspace_id, v_conversation, 'limit', 'limit', v_conversation || ' ' || v_until, 'throttled',
              jsonb_build_object('until', v_until))
      ON CONFLICT (source, account, external_id) DO NOTHING;
    END IF;
    INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload, throttled, due_at)
    VALUES (r.workspace_id, v_conversation, r.source, r.account, r.external_id, 'customer_message', r.payload,
            coalesce(v_over, false), CASE WHEN v_over THEN v_until ELSE now() END)
    ON CONFLICT (source, account, external_id) DO NOTHING
    RETURNING id INTO v_inbox;
    ordinal := r.ordinal; inbox_id := v_inbox; conversation_id := v_conversation; workspace_id := r.workspace_id;
    RETURN NEXT;
  END LOOP;
END $$;

CREATE FUNCTION public.accept_invitation(p_code_hash bytea, p_user_id uuid, p_name text, p_password_hash text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  i record;
  v_user uuid;
BEGIN
  SELECT * INTO i FROM invitations
  WHERE code_hash = p_code_hash AND accepted_at IS NULL AND expires_at > now() FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF p_password_hash IS NULL THEN
    SELECT u.id INTO v_user FROM users u WHERE u.email = i.email AND u.id = p_user_id AND u.disabled_at IS NULL;
  ELSE
    INSERT INTO users (id, email, name, password_hash) VALUES (p_user_id, i.email, left(p_name, 120), p_password_hash)
    ON CONFLICT (email) DO NOTHING RETURNING users.id INTO v_user;
  END IF;
  IF v_user IS NULL THEN RETURN NULL; END IF;
  INSERT INTO memberships (user_id, role, workspace_id) VALUES (v_user, i.role, i.workspace_id) ON CONFLICT DO NOTHING;
  UPDATE invitations SET accepted_at = now() WHERE id = i.id;
  RETURN v_user;
END $$;

CREATE FUNCTION public.address_hash(p_workspace_id uuid, p_address text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN encode(sha256(convert_to((((p_workspace_id)::text || ' '::text) || lower(p_address)), 'UTF8'::name)), 'hex'::text);

COMMENT ON FUNCTION public.address_hash(p_workspace_id uuid, p_address text) IS 'The workspace is part of it, so that two businesses'' rows can''t be compared. Numbers can be guessed: it is a pseudonym, not a secret.';

CREATE FUNCTION public.any_query(p_phrases jsonb) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT string_agg('(' || phrase_query(phrase)::text || ')', ' | ')::tsquery
  FROM jsonb_array_elements_text(p_phrases) AS phrase
  WHERE numnode(phrase_query(phrase)) > 0
$$;

CREATE FUNCTION public.apply_receipts(batch jsonb, p_account_ids uuid[]) RETURNS TABLE(ordinal integer, effect_id uuid, conversation_id uuid, workspace_id uuid, proved boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
  r record;
  e record;
BEGIN
  FOR r IN
    SELECT * FROM jsonb_to_recordset(batch) AS x(
      ordinal integer, external_id text, correlation_id uuid, status text, rank smallint, error text)
    ORDER BY correlation_id, external_id
  LOOP
    SELECT f.id, f.status, f.message_id, f.conversation_id, f.workspace_id INTO e
    FROM effects f JOIN conversations c ON c.id = f.conversation_id
    WHERE f.kind = 'send' AND c.channel_account_id = ANY (p_account_ids)
      AND (f.id = r.correlation_id OR (r.correlation_id IS NULL AND f.external_ref = r.external_id))
    FOR UPDATE OF f;
    CONTINUE WHEN NOT FOUND;
    UPDATE messages m SET delivery_status = r.status, delivery_rank = r.rank,
                          delivery_error = coalesce(r.error, m.delivery_error)
    WHERE m.id = e.message_id AND m.delivery_rank < r.rank AND m.direction = 'out';
    proved := e.status IN ('in_flight', 'unknown', 'needs_operator');
    IF proved THEN
      UPDATE effects f SET status = 'done', external_ref = r.external_id, claim_id = NULL, claim_until = NULL,
             unknown_since = NULL, settled_at = now(),
             result = jsonb_build_object('external_id', r.external_id, 'proof', 'delivery receipt')
      WHERE f.id = e.id;
    END IF;
    ordinal := r.ordinal; effect_id := e.id; conversation_id := e.conversation_id;
    workspace_id := e.workspace_id;
    RETURN NEXT;
  END LOOP;
END $$;

CREATE FUNCTION public.begin_call(p_effect_id uuid, p_claim_id uuid, p_claim_seconds double precision) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH begun AS (
    UPDATE effects SET called_at = clock_timestamp(),
           claim_until = clock_timestamp() + make_interval(secs => p_claim_seconds)
    WHERE id = p_effect_id AND status = 'in_flight' AND claim_id = p_claim_id AND called_at IS NULL
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM begun)
$$;

CREATE TABLE public.bookings (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    intent_id uuid NOT NULL,
    location_id uuid NOT NULL,
    status text NOT NULL,
    needs_operator boolean DEFAULT false NOT NULL,
    confirmation_code text NOT NULL,
    customer_name text NOT NULL,
    customer_phone text NOT NULL,
    customer_email text DEFAULT ''::text NOT NULL,
    payment_type_id uuid,
    payment_status text DEFAULT 'none'::text NOT NULL,
    payment_url text,
    paid_at timestamp with time zone,
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    provider_order_id text,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    confirmed_at timestamp with time zone,
    cancelled_at timestamp with time zone,
    cancel_reason text,
    hold_until timestamp with time zone,
    replaces_booking_id uuid,
    calendar_uid uuid,
    calendar_sequence integer,
    CONSTRAINT bookings_calendar CHECK ((((calendar_uid IS NULL) = (calendar_sequence IS NULL)) AND (calendar_sequence >= 0))),
    CONSTRAINT bookings_check CHECK ((starts_at < ends_at)),
    CONSTRAINT bookings_check2 CHECK (((payment_url IS NULL) OR (provider_order_id IS NOT NULL))),
    CONSTRAINT bookings_check3 CHECK (((status <> ALL (ARRAY['confirmed'::text, 'completed'::text, 'no_show'::text])) OR (confirmed_at IS NOT NULL))),
    CONSTRAINT bookings_check4 CHECK (((status = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
    CONSTRAINT bookings_confirmation_code_check CHECK ((confirmation_code ~ '^[A-HJ-NP-Z2-9]{6}$'::text)),
    CONSTRAINT bookings_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT bookings_customer_email_check CHECK ((length(customer_email) <= 254)),
    CONSTRAINT bookings_customer_name_check CHECK (((length(customer_name) >= 1) AND (length(customer_name) <= 120))),
    CONSTRAINT bookings_customer_phone_check CHECK ((length(customer_phone) <= 32)),
    CONSTRAINT bookings_held CHECK (((status = 'held'::text) = (hold_until IS NOT NULL))),
    CONSTRAINT bookings_paid_at CHECK (((payment_status = ANY (ARRAY['paid'::text, 'deposit_paid'::text])) = (paid_at IS NOT NULL))),
    CONSTRAINT bookings_payment_status_check CHECK ((payment_status = ANY (ARRAY['none'::text, 'at_business'::text, 'pending'::text, 'paid'::text, 'deposit_paid'::text, 'expired'::text]))),
    CONSTRAINT bookings_provider_order_id_check CHECK (((length(provider_order_id) >= 1) AND (length(provider_order_id) <= 120))),
    CONSTRAINT bookings_replaces CHECK ((replaces_booking_id <> id)),
    CONSTRAINT bookings_status_check CHECK ((status = ANY (ARRAY['held'::text, 'pending_provider'::text, 'confirmed'::text, 'completed'::text, 'cancelled'::text, 'no_show'::text]))),
    CONSTRAINT bookings_total_minor_check CHECK ((total_minor >= 0))
);

ALTER TABLE ONLY public.bookings FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.bookings.replaces_booking_id IS 'The booking whose place this one takes: the customer moved it. The old one is cancelled when this one stands.';

COMMENT ON COLUMN public.bookings.calendar_uid IS 'What customers'' calendars know the visit by. A booking that took another''s place keeps that one''s.';

COMMENT ON COLUMN public.bookings.calendar_sequence IS 'Rises with each mail that tells of a change: calendars follow the highest.';

CREATE FUNCTION public.booking_as_known(b public.bookings) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  SELECT jsonb_build_object(
    'id', b.id, 'status', b.status, 'needs_operator', b.needs_operator, 'code', b.confirmation_code,
    'order_id', b.provider_order_id, 'customer_id', b.customer_id, 'customer_name', b.customer_name,
    'customer_phone', b.customer_phone, 'customer_email', b.customer_email,
    'location_id', b.location_id,
    'location_names', (SELECT l.names FROM locations l WHERE l.workspace_id = b.workspace_id AND l.id = b.location_id),
    'payment_type_id', b.payment_type_id, 'payment_status', b.payment_status, 'payment_url', b.payment_url,
    'due_minor', (SELECT p.amount_minor FROM payments p WHERE p.workspace_id = b.workspace_id AND p.booking_id = b.id
                  AND p.status IN ('creating', 'open', 'processing', 'review')),
    'paid_minor', (SELECT sum(p.amount_minor) FROM payments p WHERE p.workspace_id = b.workspace_id
                   AND p.booking_id = b.id AND p.status = 'paid'),
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

CREATE FUNCTION public.calls_outside(p_seconds double precision) RETURNS TABLE(source text, provider text, call text, outcome text, calls bigint, p50 double precision, p95 double precision, slowest double precision, last_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH since AS MATERIALIZED (SELECT clock_timestamp() - make_interval(secs => p_seconds) AS at),
  touched AS (
    SELECT e.workspace_id, e.conversation_id, e.kind, e.status, e.called_at, e.settled_at AS at
    FROM effects e
    WHERE e.settled_at > (SELECT at FROM since) AND e.status IN ('done', 'failed', 'needs_operator')
    UNION ALL
    SELECT e.workspace_id, e.conversation_id, e.kind, e.status, NULL, e.unknown_since
    FROM effects e WHERE e.status = 'unknown' AND e.unknown_since > (SELECT at FROM since)
    UNION ALL
    SELECT e.workspace_id, e.conversation_id, e.kind, e.status, NULL, coalesce(e.called_at, e.created_at)
    FROM effects e WHERE e.status = 'pending' AND e.error_code IS NOT NULL
  ),
  told AS (
    SELECT 'effect' AS source,
           CASE WHEN t.kind = 'send' THEN a.channel
                WHEN t.kind = 'send_mail' THEN 'mail'
                WHEN t.kind IN ('create_link', 'expire_link') THEN (
                  SELECT y.provider FROM payment_accounts y
                  WHERE y.workspace_id = t.workspace_id ORDER BY y.enabled DESC, y.created_at DESC LIMIT 1)
                ELSE p.provider END AS provider,
           t.kind AS call, t.status AS outcome, t.at,
           CASE WHEN t.at - t.called_at < interval '45 seconds' THEN extract(epoch FROM t.at - t.called_at) END AS took
    FROM touched t
    JOIN conversations c ON c.workspace_id = t.workspace_id AND c.id = t.conversation_id
    JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
    LEFT JOIN provider_accounts p ON p.workspace_id = t.workspace_id AND p.enabled
    UNION ALL
    SELECT 'llm', l.provider, l.purpose, l.outcome, l.created_at, l.latency_ms / 1000.0
    FROM llm_calls l WHERE l.created_at > (SELECT at FROM since) AND l.outcome <> 'open'
    UNION ALL
    SELECT 'sync', p.provider, r.kind, r.status, r.finished_at, extract(epoch FROM r.finished_at - r.started_at)
    FROM sync_runs r LEFT JOIN provider_accounts p ON p.workspace_id = r.workspace_id AND p.enabled
    WHERE r.finished_at > (SELECT at FROM since)
  )
  SELECT source, coalesce(provider, 'none'), call, outcome, count(*),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY took::double precision),
         percentile_cont(0.95) WITHIN GROUP (ORDER BY took::double precision),
         max(took)::double precision, max(at)
  FROM told GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
$$;

CREATE FUNCTION public.choose_workspace(p_id_hash bytea, p_workspace_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH chosen AS (
    UPDATE console_sessions s SET workspace_id = p_workspace_id
    WHERE s.id_hash = p_id_hash AND s.stage = 'full' AND EXISTS (
      SELECT FROM memberships m WHERE m.user_id = s.user_id AND (m.role = 'agency' OR m.workspace_id = p_workspace_id))
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM chosen)
$$;

CREATE TABLE public.effects (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    inbox_id bigint NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    provisional boolean DEFAULT false NOT NULL,
    idempotency_key text NOT NULL,
    request jsonb NOT NULL,
    booking_id uuid,
    message_id uuid,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    reserved_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    claim_id uuid,
    claim_until timestamp with time zone,
    called_at timestamp with time zone,
    external_ref text,
    result jsonb,
    error_code text,
    error_detail text,
    unknown_since timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT effects_check CHECK (((status = 'in_flight'::text) = ((claim_id IS NOT NULL) AND (claim_until IS NOT NULL)))),
    CONSTRAINT effects_check1 CHECK (((status = ANY (ARRAY['done'::text, 'failed'::text, 'needs_operator'::text, 'cancelled'::text, 'blocked'::text])) = (settled_at IS NOT NULL))),
    CONSTRAINT effects_check2 CHECK (((status = 'unknown'::text) = ((unknown_since IS NOT NULL) AND (settled_at IS NULL)))),
    CONSTRAINT effects_check3 CHECK (((status <> 'done'::text) OR (result IS NOT NULL))),
    CONSTRAINT effects_external_ref_check CHECK ((length(external_ref) <= 300)),
    CONSTRAINT effects_idempotency_key_check CHECK (((length(idempotency_key) >= 8) AND (length(idempotency_key) <= 200))),
    CONSTRAINT effects_kind_check CHECK ((kind = ANY (ARRAY['send'::text, 'place_order'::text, 'change_order'::text, 'cancel_order'::text, 'poll_payment'::text, 'mirror_booking'::text, 'send_mail'::text, 'create_link'::text, 'expire_link'::text]))),
    CONSTRAINT effects_ordinal_check CHECK ((ordinal >= 0)),
    CONSTRAINT effects_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'in_flight'::text, 'done'::text, 'failed'::text, 'unknown'::text, 'needs_operator'::text, 'cancelled'::text, 'blocked'::text])))
);

ALTER TABLE ONLY public.effects FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.effects.reserved_until IS 'Until then only the worker that committed the turn claims it; after that any dispatcher does.';

COMMENT ON COLUMN public.effects.called_at IS 'Set in a commit of its own right before the call that must not happen twice. A claim that ran out without it is safe to give to somebody else; with it the outcome is unknown.';

CREATE FUNCTION public.claim_effects(p_claim_id uuid, p_claim_seconds double precision, p_hold_seconds double precision, p_limit integer, p_conversation_id uuid) RETURNS SETOF public.effects
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.claim_schedule(p_claim_seconds double precision) RETURNS TABLE(name text, workspace_id uuid)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH due AS (
    SELECT s.ctid FROM schedules s
    WHERE s.next_run_at <= clock_timestamp() AND (s.claim_until IS NULL OR s.claim_until < clock_timestamp())
    ORDER BY s.next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE schedules s SET claim_until = clock_timestamp() + make_interval(secs => p_claim_seconds)
  FROM due WHERE s.ctid = due.ctid RETURNING s.name, s.workspace_id
$$;

CREATE TABLE public.sync_runs (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    trigger text NOT NULL,
    forced boolean DEFAULT false NOT NULL,
    status text DEFAULT 'requested'::text NOT NULL,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    claim_until timestamp with time zone,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    error text,
    again boolean DEFAULT false NOT NULL,
    progress jsonb DEFAULT '{}'::jsonb NOT NULL,
    planned jsonb,
    CONSTRAINT sync_runs_check CHECK (((status = ANY (ARRAY['done'::text, 'refused'::text, 'failed'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT sync_runs_check1 CHECK (((status <> ALL (ARRAY['refused'::text, 'failed'::text])) OR (error IS NOT NULL))),
    CONSTRAINT sync_runs_check2 CHECK (((planned IS NULL) OR (status = 'refused'::text))),
    CONSTRAINT sync_runs_kind_check CHECK ((kind = ANY (ARRAY['full'::text, 'slots'::text]))),
    CONSTRAINT sync_runs_planned_check CHECK ((jsonb_typeof(planned) = 'object'::text)),
    CONSTRAINT sync_runs_progress_check CHECK ((jsonb_typeof(progress) = 'object'::text)),
    CONSTRAINT sync_runs_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'running'::text, 'done'::text, 'refused'::text, 'failed'::text]))),
    CONSTRAINT sync_runs_trigger_check CHECK ((trigger = ANY (ARRAY['schedule'::text, 'operator'::text, 'seed'::text, 'conversation'::text, 'webhook'::text])))
);

ALTER TABLE ONLY public.sync_runs FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.sync_runs.progress IS 'Of a running one: {"what": "free times", "done": 3, "total": 15}, written at most about once a second. Else {}.';

COMMENT ON COLUMN public.sync_runs.planned IS 'Of a refused one whose plan could be made: {"counts": per kind of row, "retired": the first names per kind}.';

CREATE FUNCTION public.claim_sync_run(p_claim_seconds double precision) RETURNS SETOF public.sync_runs
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH next AS (
    SELECT s.id FROM sync_runs s
    WHERE s.status = 'requested' OR (s.status = 'running' AND s.claim_until < clock_timestamp())
    ORDER BY s.requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE sync_runs s SET status = 'running', started_at = coalesce(s.started_at, clock_timestamp()),
         claim_until = clock_timestamp() + make_interval(secs => p_claim_seconds)
  FROM next WHERE s.id = next.id RETURNING s.*
$$;

CREATE FUNCTION public.close_idle_conversations(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  RETURN close_talks(ARRAY(
    SELECT c.id FROM conversations c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.status <> 'closed' AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
      AND c.last_inbound_at < now()
          - make_interval(hours => coalesce((w.settings ->> 'conversation_idle_hours')::integer, 24))
      AND may_close(c.id)
    LIMIT p_limit FOR NO KEY UPDATE OF c SKIP LOCKED));
END $$;

CREATE FUNCTION public.close_recording(p_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  DELETE FROM recording_windows WHERE id = p_id
$$;

CREATE FUNCTION public.close_talks(p_conversation_ids uuid[]) RETURNS integer
    LANGUAGE sql
    AS $$
  WITH closed AS (
    UPDATE conversations SET status = 'closed', closed_at = now(), human_since = NULL
    WHERE id = ANY (p_conversation_ids) RETURNING id
  ), handed_back AS (
    UPDATE escalations e SET status = 'handed_back', closed_at = now(), closed_by = 'the idle time'
    FROM closed WHERE e.conversation_id = closed.id AND e.status = 'taken'
  )
  SELECT count(*)::integer FROM closed
$$;

COMMENT ON FUNCTION public.close_talks(p_conversation_ids uuid[]) IS 'Those that were locked before; what a person answered and left ends with its talk.';

CREATE FUNCTION public.confirm_totp(p_id uuid, p_step bigint, p_recovery bytea[]) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH done AS (
    UPDATE users SET totp_confirmed_at = now(), totp_last_step = p_step, recovery_hashes = p_recovery
    WHERE id = p_id AND totp_secret IS NOT NULL AND totp_confirmed_at IS NULL RETURNING 1
  )
  SELECT EXISTS (SELECT FROM done)
$$;

CREATE FUNCTION public.count_audit_of_installation(p_since timestamp with time zone, p_until timestamp with time zone, p_text text, p_digits text) RETURNS TABLE(status text, count bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT split_part(e.action, '.', 1), count(*)
  FROM audit_entries e
  WHERE e.workspace_id IS NULL
    AND e.at >= coalesce(p_since, '-infinity') AND e.at < coalesce(p_until, 'infinity')
    AND (p_text IS NULL OR strpos(lower(concat_ws(' ', e.actor, e.action, e.subject)), p_text) > 0
         OR strpos(e.subject, p_digits) > 0)
  GROUP BY 1
$$;

CREATE FUNCTION public.create_api_token(p_id uuid, p_prefix text, p_hash bytea, p_name text, p_role text, p_workspace_id uuid, p_scopes text[], p_created_by text, p_expires_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO api_tokens (id, prefix, hash, name, role, workspace_id, scopes, created_by, expires_at)
  VALUES (p_id, p_prefix, p_hash, p_name, p_role, p_workspace_id, p_scopes, p_created_by, p_expires_at)
$$;

CREATE FUNCTION public.create_user(p_id uuid, p_email text, p_name text, p_password_hash text, p_one_time boolean, p_role text, p_workspace_id uuid) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH made AS (
    INSERT INTO users (id, email, name, password_hash, password_one_time)
    VALUES (p_id, lower(p_email), left(p_name, 120), p_password_hash, p_one_time)
    ON CONFLICT (email) DO NOTHING RETURNING id
  )
  INSERT INTO memberships (user_id, role, workspace_id) SELECT id, p_role, p_workspace_id FROM made RETURNING user_id
$$;

CREATE FUNCTION public.create_workspace(p_id uuid, p_key text, p_name text, p_settings jsonb) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO workspaces (id, key, name, settings) VALUES (p_id, p_key, p_name, p_settings)
  ON CONFLICT (key) DO UPDATE SET name = excluded.name, settings = excluded.settings, updated_at = now()
  RETURNING id
$$;

CREATE FUNCTION public.current_workspace() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('frontdesk.workspace_id'::text, true), ''::text))::uuid;

CREATE FUNCTION public.customer_history(p_workspace_id uuid, p_customer_id uuid, p_conversation_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STRICT SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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

CREATE FUNCTION public.delete_old_audit(p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  -- Entries of the installation (users, tokens) are kept as long as a business's are that says nothing.
  WITH old AS (
    SELECT e.id FROM audit_entries e LEFT JOIN workspaces w ON w.id = e.workspace_id
    WHERE e.at < now() - make_interval(days => retention_days(w.settings, 'audit', 730))
    LIMIT p_limit FOR UPDATE OF e SKIP LOCKED
  ), gone AS (
    DELETE FROM audit_entries e USING old WHERE e.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION public.delete_old_bookings(p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  -- Those whose talk went before them: the talk's shell goes with the last of them.
  WITH old AS (
    SELECT c.id FROM conversations c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.status = 'closed' AND (c.emptied_at IS NOT NULL OR c.erased_at IS NOT NULL)
      AND is_at_rest(c.id)
      AND NOT EXISTS (
        SELECT FROM bookings b WHERE b.workspace_id = c.workspace_id AND b.conversation_id = c.id
          AND b.ends_at > now() - make_interval(days => retention_days(w.settings, 'bookings', 1095)))
    LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
  ), gone AS (
    DELETE FROM conversations c USING old WHERE c.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION public.delete_old_conversations(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  old uuid[] := ARRAY(SELECT old_conversations('conversations', 365, p_limit));
  kept uuid[];
BEGIN
  kept := ARRAY(
    SELECT DISTINCT b.conversation_id FROM bookings b JOIN workspaces w ON w.id = b.workspace_id
    WHERE b.conversation_id = ANY (old)
      AND b.ends_at > now() - make_interval(days => retention_days(w.settings, 'bookings', 1095)));
  DELETE FROM messages WHERE conversation_id = ANY (kept);
  DELETE FROM inbox WHERE conversation_id = ANY (kept);
  DELETE FROM escalations WHERE conversation_id = ANY (kept);
  UPDATE conversations SET emptied_at = now(), state = NULL WHERE id = ANY (kept);
  DELETE FROM conversations WHERE id = ANY (old) AND NOT id = ANY (kept);
  RETURN cardinality(old);
END $$;

CREATE FUNCTION public.delete_old_customers(p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  -- Who hasn't written for so long and has nothing left here. An opt-out is kept: forgetting it would undo it.
  WITH silent AS (
    SELECT k.id FROM customers k JOIN workspaces w ON w.id = k.workspace_id
    WHERE k.opted_out_at IS NULL
      AND k.updated_at < now() - make_interval(days => retention_days(w.settings, 'conversations', 365))
      AND NOT EXISTS (SELECT FROM conversations c WHERE c.workspace_id = k.workspace_id AND c.customer_id = k.id)
      AND NOT EXISTS (SELECT FROM bookings b WHERE b.workspace_id = k.workspace_id AND b.customer_id = k.id)
    LIMIT p_limit FOR UPDATE OF k SKIP LOCKED
  ), gone AS (
    DELETE FROM customers k USING silent WHERE k.id = silent.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION public.delete_old_errors(p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH old AS (
    SELECT e.id FROM operator_errors e LEFT JOIN workspaces w ON w.id = e.workspace_id
    WHERE e.resolved_at < now() - make_interval(days => retention_days(w.settings, 'errors', 90))
    LIMIT p_limit FOR UPDATE OF e SKIP LOCKED
  ), gone AS (
    DELETE FROM operator_errors e USING old WHERE e.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION public.delete_old_llm_calls(p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH old AS (
    SELECT c.id FROM llm_calls c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.created_at < now() - make_interval(days => retention_days(w.settings, 'llm_calls', 365))
    LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
  ), gone AS (
    DELETE FROM llm_calls c USING old WHERE c.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION public.delete_old_payloads(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  old uuid[] := ARRAY(SELECT old_conversations('payloads', 30, p_limit));
BEGIN
  UPDATE inbox SET payload = '{}' WHERE conversation_id = ANY (old) AND status <> 'waiting' AND payload <> '{}';
  UPDATE effects SET request = '{}', result = CASE WHEN result IS NULL THEN NULL ELSE '{}'::jsonb END
  WHERE conversation_id = ANY (old) AND settled_at IS NOT NULL;
  UPDATE conversations SET payloads_deleted_at = now(), state = NULL WHERE id = ANY (old);
  RETURN cardinality(old);
END $$;

CREATE FUNCTION public.delete_old_reports(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  gone integer;
  most integer;
BEGIN
  -- Those that are of a handoff or a payment go with it.
  DELETE FROM external_completions WHERE ctid = ANY (ARRAY(
    SELECT c.ctid FROM workspaces w JOIN external_completions c ON c.workspace_id = w.id
    WHERE c.handoff_id IS NULL AND c.at < now() - make_interval(days => retention_days(w.settings, 'reports', 90))
    LIMIT p_limit FOR UPDATE OF c SKIP LOCKED));
  GET DIAGNOSTICS most = ROW_COUNT;
  DELETE FROM payment_events WHERE ctid = ANY (ARRAY(
    SELECT e.ctid FROM workspaces w JOIN payment_events e ON e.workspace_id = w.id
    WHERE e.payment_id IS NULL AND e.at < now() - make_interval(days => retention_days(w.settings, 'reports', 90))
    LIMIT p_limit FOR UPDATE OF e SKIP LOCKED));
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN greatest(most, gone);
END $$;

CREATE FUNCTION public.delete_old_rows(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  gone integer;
  most integer := 0;
BEGIN
  DELETE FROM unrouted_webhooks WHERE id IN (
    SELECT id FROM unrouted_webhooks WHERE received_at < now() - interval '30 days' LIMIT p_limit);
  GET DIAGNOSTICS gone = ROW_COUNT;
  most := greatest(most, gone);
  DELETE FROM recording_windows WHERE open_until < now() - interval '1 day';
  DELETE FROM slots WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM slots WHERE ends_at < now() - interval '1 day' LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS gone = ROW_COUNT;
  most := greatest(most, gone);
  DELETE FROM erased_messages WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM erased_messages WHERE at < now() - interval '30 days' LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN greatest(most, gone);
END $$;

CREATE FUNCTION public.delete_old_sync_runs(p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH old AS (
    SELECT s.id FROM sync_runs s JOIN workspaces w ON w.id = s.workspace_id
    WHERE s.finished_at < now() - make_interval(days => retention_days(w.settings, 'sync_runs', 90))
    LIMIT p_limit FOR UPDATE OF s SKIP LOCKED
  ), gone AS (
    DELETE FROM sync_runs s USING old WHERE s.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;

CREATE FUNCTION public.delete_old_traces(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  old uuid[] := ARRAY(SELECT old_conversations('traces', 90, p_limit));
BEGIN
  UPDATE messages SET trace = '[]' WHERE conversation_id = ANY (old) AND trace <> '[]';
  UPDATE conversations SET traces_deleted_at = now() WHERE id = ANY (old);
  RETURN cardinality(old);
END $$;

CREATE FUNCTION public.disable_user(p_id uuid, p_disabled boolean) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH ended AS (
    DELETE FROM console_sessions WHERE user_id = p_id
  ), changed AS (
    UPDATE users SET disabled_at = CASE WHEN p_disabled THEN coalesce(disabled_at, now()) END
    WHERE id = p_id AND (disabled_at IS NULL) = p_disabled RETURNING 1
  )
  SELECT EXISTS (SELECT FROM changed)
$$;

CREATE FUNCTION public.drop_totp(p_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE users SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = 0, recovery_hashes = '{}'
  WHERE id = p_id
$$;

CREATE FUNCTION public.end_other_sessions(p_user_id uuid, p_keep bytea) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH ended AS (
    DELETE FROM console_sessions WHERE user_id = p_user_id AND id_hash <> p_keep RETURNING 1
  )
  SELECT count(*)::integer FROM ended
$$;

CREATE FUNCTION public.end_session(p_id_hash bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  DELETE FROM console_sessions WHERE id_hash = p_id_hash
$$;

CREATE FUNCTION public.ensure_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamp with time zone) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO schedules (name, workspace_id, next_run_at) VALUES (p_name, p_workspace_id, p_next_run_at)
  ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION public.enter_workspace(p_entry_id uuid, p_actor text, p_named text) RETURNS TABLE(id uuid, key text, name text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH chosen AS (
    SELECT w.id, w.key, w.name FROM workspaces w WHERE w.key = p_named OR w.id::text = lower(p_named)
  ), entry AS (
    INSERT INTO audit_entries (id, workspace_id, actor, action, subject)
    SELECT p_entry_id, c.id, left(p_actor, 200), 'workspace.chosen', c.key FROM chosen c
    WHERE NOT EXISTS (
      SELECT FROM audit_entries e
      WHERE e.workspace_id = c.id AND e.at > now() - interval '1 hour'
        AND e.actor = left(p_actor, 200) AND e.action = 'workspace.chosen'
    )
  )
  SELECT c.id, c.key, c.name FROM chosen c
$$;

CREATE FUNCTION public.erase_webhooks_naming(p_words text[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  gone integer;
  more integer;
BEGIN
  DELETE FROM unrouted_webhooks u
  WHERE EXISTS (SELECT FROM unnest(p_words) AS word WHERE strpos(lower(u.payload::text), lower(word)) > 0);
  GET DIAGNOSTICS gone = ROW_COUNT;
  DELETE FROM recorded_webhooks r
  WHERE EXISTS (SELECT FROM unnest(p_words) AS word WHERE strpos(lower(r.request::text), lower(word)) > 0);
  GET DIAGNOSTICS more = ROW_COUNT;
  RETURN gone + more;
END $$;

CREATE FUNCTION public.expire_claims(p_limit integer) RETURNS TABLE(effect_id uuid, conversation_id uuid, workspace_id uuid, kind text, status text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH late AS (
    SELECT e.id, e.called_at IS NULL OR EXISTS (
             SELECT FROM channel_accounts a
             WHERE a.workspace_id = e.workspace_id AND a.channel = 'web'
               AND a.id = CASE e.kind WHEN 'send' THEN (e.request ->> 'account_id')::uuid END
           ) AS uncalled
    FROM effects e WHERE e.status = 'in_flight' AND e.claim_until < clock_timestamp()
    ORDER BY e.claim_until LIMIT p_limit FOR UPDATE SKIP LOCKED
  )
  UPDATE effects e SET
    status = CASE WHEN late.uncalled THEN 'pending' ELSE 'unknown' END,
    unknown_since = CASE WHEN late.uncalled THEN NULL ELSE clock_timestamp() END,
    called_at = CASE WHEN late.uncalled THEN NULL ELSE e.called_at END,
    claim_id = NULL, claim_until = NULL, error_code = 'claim_expired',
    error_detail = 'The process that made this call died before it knew the answer.'
  FROM late WHERE e.id = late.id RETURNING e.id, e.conversation_id, e.workspace_id, e.kind, e.status
$$;

CREATE FUNCTION public.expire_static_links(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  late uuid[];
BEGIN
  -- The booking first, as everybody locks them; what somebody holds is left for the next round.
  late := ARRAY(
    SELECT p.id FROM payments p JOIN bookings b ON b.workspace_id = p.workspace_id AND b.id = p.booking_id
    WHERE p.provider = 'static' AND p.status = 'open' AND coalesce(p.expires_at, b.starts_at) <= now()
    LIMIT p_limit FOR NO KEY UPDATE OF b SKIP LOCKED);
  UPDATE payments SET status = 'expired', settled_at = now() WHERE id = ANY (late) AND status = 'open';
  UPDATE bookings b SET payment_status = 'at_business', payment_url = NULL FROM payments p
  WHERE p.id = ANY (late) AND p.status = 'expired' AND b.workspace_id = p.workspace_id AND b.id = p.booking_id
    AND b.payment_status IN ('pending', 'expired');
  RETURN cardinality(late);
END $$;

CREATE FUNCTION public.fail_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_error text, p_pause_seconds double precision) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
  UPDATE conversations SET lease_until = NULL WHERE id = p_conversation_id AND fence = p_fence;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE inbox SET errors = errors + 1, last_error = left(p_error, 500),
         due_at = clock_timestamp() + make_interval(secs => p_pause_seconds)
  WHERE id = ANY (p_inbox_ids) AND status = 'waiting';
  RETURN true;
END $$;

CREATE FUNCTION public.find_api_token(p_prefix text) RETURNS TABLE(id uuid, prefix text, hash bytea, name text, role text, workspace_id uuid, scopes text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT t.id, t.prefix, t.hash, t.name, t.role, t.workspace_id, t.scopes FROM api_tokens t
  WHERE t.prefix = p_prefix AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
$$;

CREATE TABLE public.channel_accounts (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    channel text NOT NULL,
    account_key text NOT NULL,
    address text NOT NULL,
    signing_group text DEFAULT ''::text NOT NULL,
    secrets bytea NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    api_base_url text DEFAULT ''::text NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT channel_accounts_account_key_check CHECK ((account_key ~ '^[A-Za-z0-9_-]{6,64}$'::text)),
    CONSTRAINT channel_accounts_address_check CHECK (((length(address) >= 1) AND (length(address) <= 128))),
    CONSTRAINT channel_accounts_channel_check CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'twilio'::text, 'web'::text])))
);

ALTER TABLE ONLY public.channel_accounts FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.channel_accounts.signing_group IS 'Fingerprint of the secret that signs webhooks: a batch signed for one account may only carry parts of accounts in the same group (several numbers of one Meta app).';

CREATE FUNCTION public.find_channel_accounts(p_channel text, p_account_key text) RETURNS SETOF public.channel_accounts
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT other.* FROM channel_accounts named
  JOIN channel_accounts other ON other.id = named.id
    OR (named.signing_group <> '' AND other.channel = named.channel
        AND other.signing_group = named.signing_group)
  WHERE named.channel = p_channel AND named.account_key = p_account_key AND named.enabled AND other.enabled
  ORDER BY (other.id = named.id) DESC
$$;

CREATE FUNCTION public.find_handoff(p_token text) RETURNS TABLE(id uuid, workspace_id uuid, bot_id uuid, workspace_name text, status text, page text, booking_url text, language text, customer_name text, customer_phone text, customer_email text, service text, preferred_time text, notes text, source text, settings jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT h.id, h.workspace_id, h.bot_id, w.name, h.status, h.page, h.booking_url, h.language, h.customer_name,
         h.customer_phone, h.customer_email, h.service, h.preferred_time, h.notes, h.source, w.settings
  FROM handoffs h JOIN workspaces w ON w.id = h.workspace_id WHERE h.token = p_token
$$;

CREATE FUNCTION public.find_handoff_account(p_page text, p_account_key text) RETURNS TABLE(id uuid, workspace_id uuid, page text, account_key text, secrets bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT a.id, a.workspace_id, a.page, a.account_key, a.secrets FROM handoff_accounts a
  WHERE a.page = p_page AND a.account_key = p_account_key AND a.enabled
$$;

CREATE FUNCTION public.find_invitation(p_code_hash bytea) RETURNS TABLE(id uuid, email text, role text, workspace_id uuid, workspace_name text, known boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT i.id, i.email, i.role, i.workspace_id, w.name, EXISTS (SELECT FROM users u WHERE u.email = i.email)
  FROM invitations i LEFT JOIN workspaces w ON w.id = i.workspace_id
  WHERE i.code_hash = p_code_hash AND i.accepted_at IS NULL AND i.expires_at > now()
$$;

CREATE FUNCTION public.find_payment_account(p_provider text, p_account_key text) RETURNS TABLE(id uuid, workspace_id uuid, provider text, account_key text, live boolean, signed boolean, api_base_url text, secrets bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT a.id, a.workspace_id, a.provider, a.account_key, a.live, a.signed, a.api_base_url, a.secrets
  FROM payment_accounts a WHERE a.provider = p_provider AND a.account_key = p_account_key AND a.enabled
$$;

CREATE TABLE public.provider_accounts (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    provider text NOT NULL,
    dialect text DEFAULT ''::text NOT NULL,
    base_url text NOT NULL,
    secrets bytea NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provider_accounts_provider_check CHECK ((provider ~ '^[a-z][a-z0-9_]{1,40}$'::text))
);

ALTER TABLE ONLY public.provider_accounts FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.find_provider_account(p_provider text, p_id uuid) RETURNS SETOF public.provider_accounts
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT * FROM provider_accounts WHERE id = p_id AND provider = p_provider AND enabled
$$;

CREATE FUNCTION public.find_session(p_id_hash bytea, p_idle_seconds double precision, p_workspace_key text) RETURNS TABLE(user_id uuid, email text, name text, role text, stage text, password_one_time boolean, has_totp boolean, chosen_id uuid, workspace_id uuid, workspace_key text, workspace_name text, timezone text, currency text)
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH found AS (
    SELECT s.* FROM console_sessions s
    WHERE s.id_hash = p_id_hash AND s.expires_at > now()
      AND s.seen_at > now() - make_interval(secs => p_idle_seconds)
  ), touched AS (  -- not with every request: a session that is used would be written all the time
    UPDATE console_sessions s SET seen_at = now() FROM found
    WHERE s.id_hash = found.id_hash AND found.seen_at < now() - interval '1 minute'
  )
  SELECT u.id, u.email, u.name, role_of(u.id), f.stage, u.password_one_time, u.totp_confirmed_at IS NOT NULL,
         f.workspace_id, w.id, w.key, w.name, w.settings ->> 'timezone', w.settings ->> 'currency'
  FROM found f JOIN users u ON u.id = f.user_id
  LEFT JOIN workspaces w ON w.key = p_workspace_key AND f.stage = 'full' AND EXISTS (
    SELECT FROM memberships m WHERE m.user_id = u.id AND (m.role = 'agency' OR m.workspace_id = w.id))
  WHERE u.disabled_at IS NULL
$$;

CREATE FUNCTION public.find_user(p_id uuid, p_email text) RETURNS TABLE(id uuid, email text, name text, role text, password_hash text, password_one_time boolean, password_expires_at timestamp with time zone, totp_secret bytea, totp_confirmed_at timestamp with time zone, recovery_codes integer, last_signed_in_at timestamp with time zone, disabled_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT u.id, u.email, u.name, role_of(u.id), u.password_hash, u.password_one_time, u.password_expires_at,
         u.totp_secret, u.totp_confirmed_at, cardinality(u.recovery_hashes), u.last_signed_in_at, u.disabled_at
  FROM users u WHERE u.id = p_id OR u.email = lower(p_email)
$$;

CREATE FUNCTION public.find_widget(p_workspace text, p_bot text) RETURNS TABLE(workspace_id uuid, workspace_key text, bot_id uuid, bot_key text, account_key text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT w.id, w.key, b.id, b.key, a.account_key
  FROM workspaces w
  JOIN bots b ON b.workspace_id = w.id AND p_bot IN (b.id::text, b.key)
  JOIN channel_accounts a ON a.workspace_id = w.id AND a.bot_id = b.id AND a.channel = 'web' AND a.enabled
  WHERE p_workspace IN (w.id::text, w.key)
  ORDER BY (w.id::text = p_workspace) DESC, (b.id::text = p_bot) DESC, a.account_key LIMIT 1
$$;

COMMENT ON FUNCTION public.find_widget(p_workspace text, p_bot text) IS 'A page names a business and its bot by id or key; nobody has signed in yet.';

CREATE FUNCTION public.finish_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamp with time zone, p_error text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE schedules SET claim_until = NULL, last_run_at = clock_timestamp(), next_run_at = p_next_run_at,
         last_error = left(p_error, 500)
  WHERE name = p_name AND workspace_id IS NOT DISTINCT FROM p_workspace_id
$$;

CREATE FUNCTION public.fold_words(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace((translate(p_text, 'أإآٱى'::text, 'ااااي'::text) || ' '::text), 'ه([^ء-ي])'::text, 'ة\1'::text, 'g'::text);

CREATE FUNCTION public.free_expired_holds(p_limit integer) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH late AS (
    SELECT id FROM bookings WHERE status = 'held' AND hold_until < clock_timestamp()
    ORDER BY hold_until LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), freed AS (
    DELETE FROM bookings b USING late WHERE b.id = late.id RETURNING 1
  )
  SELECT count(*)::integer FROM freed
$$;

CREATE FUNCTION public.free_items_of_ended_booking() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  UPDATE booking_items SET active = false
  WHERE workspace_id = NEW.workspace_id AND booking_id = NEW.id AND active;
  RETURN NEW;
END $$;

CREATE FUNCTION public.invite_user(p_id uuid, p_code_hash bytea, p_email text, p_role text, p_workspace_id uuid, p_by text, p_valid_seconds double precision) RETURNS uuid
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO invitations (id, code_hash, email, role, workspace_id, invited_by, expires_at)
  VALUES (p_id, p_code_hash, lower(p_email), p_role, p_workspace_id, left(p_by, 254),
          now() + make_interval(secs => p_valid_seconds))
  ON CONFLICT (email, coalesce(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE accepted_at IS NULL
  DO UPDATE SET code_hash = excluded.code_hash, role = excluded.role, invited_by = excluded.invited_by,
                created_at = now(), expires_at = excluded.expires_at
  RETURNING id
$$;

CREATE FUNCTION public.is_at_rest(p_conversation_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT NOT EXISTS (SELECT FROM inbox i WHERE i.conversation_id = p_conversation_id AND i.status = 'waiting')
    AND NOT EXISTS (SELECT FROM effects e WHERE e.conversation_id = p_conversation_id
                    AND e.status IN ('pending', 'in_flight', 'unknown', 'needs_operator'))
    AND NOT EXISTS (SELECT FROM escalations x WHERE x.conversation_id = p_conversation_id
                    AND x.status IN ('open', 'taken'))
    AND NOT EXISTS (SELECT FROM bookings b WHERE b.conversation_id = p_conversation_id
                    AND (b.needs_operator OR b.status IN ('held', 'pending_provider')
                         OR (b.status = 'confirmed' AND b.ends_at > now())))
    AND NOT EXISTS (SELECT FROM payments p
                    WHERE p.workspace_id = (SELECT c.workspace_id FROM conversations c WHERE c.id = p_conversation_id)
                      AND p.conversation_id = p_conversation_id
                      AND p.status IN ('creating', 'processing', 'review'))
$$;

COMMENT ON FUNCTION public.is_at_rest(p_conversation_id uuid) IS 'Nothing is under way in it, waits for a person, or is still to take place.';

CREATE FUNCTION public.is_widget_origin(p_origin text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT EXISTS (SELECT FROM workspaces WHERE settings -> 'web_chat' -> 'origins' ? p_origin)
$$;

COMMENT ON FUNCTION public.is_widget_origin(p_origin text) IS 'A browser asks whether it may send before it says to whom: yes, if any business lists its page.';

CREATE FUNCTION public.keep_unrouted(p_id uuid, p_channel text, p_account_key text, p_address text, p_external_id text, p_payload jsonb) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH kept AS (
    INSERT INTO unrouted_webhooks (id, channel, account_key, address, external_id, payload)
    SELECT p_id, p_channel, left(p_account_key, 128), left(p_address, 128), left(p_external_id, 300), p_payload
    WHERE p_address <> '' OR (
      SELECT count(*) FROM (SELECT FROM unrouted_webhooks WHERE received_at > now() - interval '1 hour' LIMIT 1000) AS fresh
    ) < 1000
    ON CONFLICT DO NOTHING RETURNING 1
  )
  SELECT EXISTS (SELECT FROM kept)
$$;

CREATE FUNCTION public.lease_conversation(p_conversation_id uuid, p_lease_seconds double precision, p_max_rows integer, p_max_crashes integer, p_max_errors integer, p_error_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  c record;
  head record;
  quarantined bigint[];
  rows jsonb;
BEGIN
  SELECT * INTO c FROM conversations
  WHERE id = p_conversation_id AND (lease_until IS NULL OR lease_until < clock_timestamp())
  FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF c.erased_at IS NOT NULL THEN  -- nobody is left to be told what an order became
    UPDATE inbox SET status = 'done', done_at = now(), payload = '{}'
    WHERE conversation_id = c.id AND status = 'waiting';
    RETURN NULL;
  END IF;

  WITH given_up AS (
    UPDATE inbox SET status = 'quarantined', done_at = now()
    WHERE conversation_id = c.id AND status = 'waiting'
      AND (attempts - errors >= p_max_crashes OR errors >= p_max_errors)
    RETURNING id
  )
  SELECT array_agg(id) INTO quarantined FROM given_up;
  IF quarantined IS NOT NULL THEN
    PERFORM record_operator_error(
      p_error_id, c.workspace_id, 'message_quarantined', c.id::text,
      'A message could not be handled and was put aside; the customer got no answer to it.',
      jsonb_build_object('inbox_ids', quarantined), c.id, NULL);
  END IF;

  -- What came over the limit is not there yet: neither is it waited for, nor taken before its minute is over.
  SELECT id, attempts, due_at INTO head FROM inbox
  WHERE conversation_id = c.id AND status = 'waiting' AND NOT (throttled AND due_at > clock_timestamp())
  ORDER BY id LIMIT 1;
  IF NOT FOUND OR head.due_at > clock_timestamp() THEN RETURN NULL; END IF;
  -- Only the customer's own lines wait for more of them; an answer from the outside or an operator's word does not.
  IF c.settle_until > clock_timestamp() AND NOT EXISTS (
    SELECT FROM inbox WHERE conversation_id = c.id AND status = 'waiting' AND kind <> 'customer_message'
  ) THEN RETURN NULL; END IF;

  WITH taken AS (
    SELECT id FROM inbox
    WHERE conversation_id = c.id AND status = 'waiting' AND NOT (throttled AND due_at > clock_timestamp())
    ORDER BY id LIMIT CASE WHEN head.attempts > 0 THEN 1 ELSE p_max_rows END
  ), counted AS (
    UPDATE inbox i SET attempts = attempts + 1 FROM taken WHERE i.id = taken.id
    RETURNING i.id, i.kind, i.source, i.external_id, i.payload, i.attempts, i.errors, i.throttled,
              extract(epoch FROM clock_timestamp() - i.received_at) AS age
  )
  SELECT jsonb_agg(to_jsonb(counted) ORDER BY id) INTO rows FROM counted;
  UPDATE conversations SET fence = fence + 1, settle_until = NULL,
         lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
  WHERE id = c.id RETURNING fence INTO c.fence;

  RETURN jsonb_build_object(
    'id', c.id, 'workspace_id', c.workspace_id, 'bot_id', c.bot_id,
    'channel_account_id', c.channel_account_id, 'customer_id', c.customer_id, 'address', c.address,
    'status', c.status, 'state', c.state, 'state_name', c.state_name, 'language', c.language,
    'turn', c.turn, 'fence', c.fence, 'human_since', c.human_since,
    'last_inbound_at', c.last_inbound_at, 'inbox', rows,
    'customer', (SELECT jsonb_build_object('name', k.name, 'profile_name', k.profile_name, 'phone', k.phone,
                        'email', k.email, 'opted_out', k.opted_out_at IS NOT NULL)
                 FROM customers k WHERE k.id = c.customer_id),
    'escalated_at', (SELECT coalesce(jsonb_agg(e.opened_at ORDER BY e.opened_at DESC), '[]')
                     FROM (SELECT opened_at FROM escalations
                           WHERE workspace_id = c.workspace_id AND customer_id = c.customer_id
                             AND opened_at > clock_timestamp() - interval '1 hour'
                           ORDER BY opened_at DESC LIMIT 50) AS e),
    'catalog_version', (SELECT w.catalog_version FROM workspaces w WHERE w.id = c.workspace_id),
    'settings_at', (SELECT w.updated_at FROM workspaces w WHERE w.id = c.workspace_id));
END $$;

CREATE FUNCTION public.list_api_tokens() RETURNS TABLE(id uuid, prefix text, name text, role text, workspace_key text, scopes text[], created_by text, created_at timestamp with time zone, expires_at timestamp with time zone, last_used_at timestamp with time zone, revoked_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT t.id, t.prefix, t.name, t.role, w.key, t.scopes, t.created_by, t.created_at, t.expires_at, t.last_used_at,
         t.revoked_at
  FROM api_tokens t LEFT JOIN workspaces w ON w.id = t.workspace_id ORDER BY t.created_at DESC, t.id
$$;

CREATE FUNCTION public.list_audit_entries(p_workspace_id uuid, p_limit integer) RETURNS TABLE(id uuid, workspace_key text, actor text, action text, subject text, detail jsonb, at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT e.id, w.key, e.actor, e.action, e.subject, e.detail, e.at
  FROM audit_entries e LEFT JOIN workspaces w ON w.id = e.workspace_id
  WHERE p_workspace_id IS NULL OR e.workspace_id = p_workspace_id
  ORDER BY e.at DESC, e.id DESC LIMIT p_limit
$$;

CREATE FUNCTION public.list_audit_of_installation(p_since timestamp with time zone, p_until timestamp with time zone, p_text text, p_digits text, p_area text, p_at timestamp with time zone, p_id uuid, p_limit integer) RETURNS TABLE(id uuid, status text, actor text, action text, subject text, detail jsonb, at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT e.id, split_part(e.action, '.', 1), e.actor, e.action, e.subject, e.detail, e.at
  FROM audit_entries e
  WHERE e.workspace_id IS NULL
    AND e.at >= coalesce(p_since, '-infinity') AND e.at < coalesce(p_until, 'infinity')
    AND (p_text IS NULL OR strpos(lower(concat_ws(' ', e.actor, e.action, e.subject)), p_text) > 0
         OR strpos(e.subject, p_digits) > 0)
    AND (p_area IS NULL OR split_part(e.action, '.', 1) = p_area)
    AND (e.at, e.id) < (coalesce(p_at, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
  ORDER BY e.at DESC, e.id DESC LIMIT p_limit
$$;

CREATE FUNCTION public.list_channel_accounts() RETURNS SETOF public.channel_accounts
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT * FROM channel_accounts ORDER BY workspace_id, channel, address
$$;

CREATE FUNCTION public.list_external_workspaces() RETURNS TABLE(workspace_id uuid, name text, settings jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT id, name, settings FROM workspaces WHERE settings ->> 'booking_mode' = 'external'
$$;

CREATE FUNCTION public.list_invitations(p_workspace_id uuid) RETURNS TABLE(id uuid, email text, role text, workspace_key text, workspace_name text, invited_by text, created_at timestamp with time zone, expires_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT i.id, i.email, i.role, w.key, w.name, i.invited_by, i.created_at, i.expires_at
  FROM invitations i LEFT JOIN workspaces w ON w.id = i.workspace_id
  WHERE i.accepted_at IS NULL AND (p_workspace_id IS NULL OR i.workspace_id = p_workspace_id)
  ORDER BY i.created_at DESC
$$;

CREATE FUNCTION public.list_login_attempts(p_user_id uuid, p_limit integer) RETURNS TABLE(outcome text, at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT outcome, at FROM login_attempts WHERE user_id = p_user_id ORDER BY at DESC LIMIT p_limit
$$;

CREATE FUNCTION public.list_operator_errors(p_workspace_id uuid, p_include_resolved boolean, p_limit integer) RETURNS TABLE(id uuid, workspace_key text, kind text, summary text, details jsonb, conversation_id uuid, effect_id uuid, times integer, first_at timestamp with time zone, last_at timestamp with time zone, resolved_at timestamp with time zone, resolution text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT e.id, w.key, e.kind, e.summary, e.details, e.conversation_id, e.effect_id,
         e.times, e.first_at, e.last_at, e.resolved_at, e.resolution
  FROM operator_errors e LEFT JOIN workspaces w ON w.id = e.workspace_id
  WHERE (p_workspace_id IS NULL OR e.workspace_id = p_workspace_id)
    AND (p_include_resolved OR e.resolved_at IS NULL)
  ORDER BY e.last_at DESC LIMIT p_limit
$$;

CREATE FUNCTION public.list_provider_accounts() RETURNS SETOF public.provider_accounts
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT * FROM provider_accounts ORDER BY workspace_id
$$;

CREATE FUNCTION public.list_sessions(p_user_id uuid, p_current bytea) RETURNS TABLE(browser text, created_at timestamp with time zone, seen_at timestamp with time zone, current boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT browser, created_at, seen_at, id_hash = p_current FROM console_sessions
  WHERE user_id = p_user_id AND stage = 'full' AND expires_at > now() ORDER BY id_hash = p_current DESC, seen_at DESC
$$;

CREATE FUNCTION public.list_templates() RETURNS TABLE(key text, workspace_id uuid, last_seeded_at timestamp with time zone, counts jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT key, workspace_id, last_seeded_at, counts FROM templates ORDER BY key
$$;

CREATE FUNCTION public.list_users(p_workspace_id uuid) RETURNS TABLE(id uuid, email text, name text, role text, workspace_key text, workspace_name text, has_totp boolean, password_one_time boolean, created_at timestamp with time zone, last_signed_in_at timestamp with time zone, disabled_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT u.id, u.email, u.name, m.role, w.key, w.name, u.totp_confirmed_at IS NOT NULL, u.password_one_time,
         u.created_at, u.last_signed_in_at, u.disabled_at
  FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN workspaces w ON w.id = m.workspace_id
  WHERE p_workspace_id IS NULL OR m.workspace_id = p_workspace_id
  ORDER BY m.role, u.email, w.key
$$;

CREATE FUNCTION public.list_workspaces() RETURNS TABLE(id uuid, key text, name text, settings jsonb, catalog_version bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT id, key, name, settings, catalog_version FROM workspaces ORDER BY key
$$;

CREATE PROCEDURE public.make_system_function(IN signature regprocedure)
    LANGUAGE plpgsql
    AS $$
BEGIN
  EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', signature);
  EXECUTE format('ALTER FUNCTION %s OWNER TO frontdesk_system', signature);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO frontdesk_app', signature);
END $$;

CREATE FUNCTION public.may_close(p_conversation_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT NOT EXISTS (SELECT FROM inbox i WHERE i.conversation_id = p_conversation_id AND i.status = 'waiting')
    AND NOT EXISTS (SELECT FROM effects e WHERE e.conversation_id = p_conversation_id
                    AND e.status IN ('pending', 'in_flight', 'unknown'))
    AND NOT waits_for_person(p_conversation_id)
$$;

CREATE FUNCTION public.message_hash(p_source text, p_account text, p_external_id text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN encode(sha256(convert_to(((((p_source || ' '::text) || p_account) || ' '::text) || p_external_id), 'UTF8'::name)), 'hex'::text);

CREATE FUNCTION public.metric_figures(p_seconds double precision) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH since AS MATERIALIZED (SELECT clock_timestamp() - make_interval(secs => p_seconds) AS at),
  answered AS (
    SELECT extract(epoch FROM i.done_at - i.received_at)::double precision AS took
    FROM inbox i
    WHERE i.done_at > (SELECT at FROM since) AND i.status = 'done' AND i.kind = 'customer_message'
  )
  SELECT jsonb_build_object(
    'inbox_waiting', (SELECT count(*) FROM inbox WHERE status = 'waiting'),
    'inbox_quarantined', (SELECT count(*) FROM inbox WHERE status = 'quarantined'),
    'inbox_oldest_seconds', (
      SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(received_at)), 0), 0)
      FROM inbox WHERE status = 'waiting'),
    'effects_open', (
      SELECT coalesce(jsonb_agg(jsonb_build_array(kind, status, n)), '[]') FROM (
        SELECT kind, status, count(*) AS n FROM effects
        WHERE status = 'pending' OR status = 'in_flight' OR status = 'unknown' OR status = 'needs_operator'
        GROUP BY 1, 2 ORDER BY 1, 2) AS open),
    'effects_settled', (
      SELECT coalesce(jsonb_agg(jsonb_build_array(kind, status, n)), '[]') FROM (
        SELECT kind, status, count(*) AS n FROM effects WHERE settled_at > (SELECT at FROM since)
        GROUP BY 1, 2 ORDER BY 1, 2) AS settled),
    'turns', (
      SELECT jsonb_build_object('count', count(*), 'p50', percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
        'p95', percentile_cont(0.95) WITHIN GROUP (ORDER BY took), 'slowest', max(took)) FROM answered),
    'llm_cost_nanos_day', (
      SELECT coalesce(sum(cost_nanos), 0) FROM llm_calls WHERE created_at > clock_timestamp() - interval '1 day'),
    'sync_runs_open', (SELECT count(*) FROM sync_runs WHERE status = 'requested' OR status = 'running'),
    'errors_open', (
      SELECT coalesce(jsonb_agg(jsonb_build_array(kind, n)), '[]') FROM (
        SELECT kind, count(*) AS n FROM operator_errors WHERE resolved_at IS NULL GROUP BY 1 ORDER BY 1) AS told),
    'schedule_late_seconds', (
      SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(next_run_at)), 0), 0) FROM schedules
      WHERE claim_until IS NULL OR claim_until < clock_timestamp()),
    'unrouted_hour', (
      SELECT count(*) FROM unrouted_webhooks WHERE received_at > clock_timestamp() - interval '1 hour'))
$$;

CREATE FUNCTION public.need_query(p_groups jsonb) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT string_agg('(' || any_query(phrases)::text || ')', ' & ')::tsquery
  FROM jsonb_array_elements(p_groups) AS phrases
$$;

CREATE FUNCTION public.note_api_token_use(p_id uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE api_tokens SET last_used_at = now()
  WHERE id = p_id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
$$;

CREATE FUNCTION public.note_login_attempt(p_id uuid, p_user_id uuid, p_outcome text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO login_attempts (id, user_id, outcome) VALUES (p_id, p_user_id, p_outcome)
$$;

CREATE FUNCTION public.offer_totp(p_id uuid, p_secret bytea) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE users SET totp_secret = p_secret, totp_last_step = 0 WHERE id = p_id AND totp_confirmed_at IS NULL
$$;

CREATE FUNCTION public.old_conversations(p_kind text, p_default integer, p_limit integer) RETURNS SETOF uuid
    LANGUAGE plpgsql
    AS $$
DECLARE
  w record;
  c record;
  left_over integer := p_limit;
BEGIN
  FOR w IN SELECT id, retention_days(settings, p_kind, p_default) AS days FROM workspaces LOOP
    FOR c IN
      SELECT k.id FROM conversations k
      WHERE k.workspace_id = w.id AND k.status = 'closed' AND k.closed_at < now() - make_interval(days => w.days)
        AND CASE p_kind WHEN 'payloads' THEN k.payloads_deleted_at IS NULL
                        WHEN 'traces' THEN k.traces_deleted_at IS NULL
                        ELSE k.emptied_at IS NULL END
        AND is_at_rest(k.id)
      ORDER BY k.closed_at LIMIT left_over FOR UPDATE SKIP LOCKED
    LOOP
      left_over := left_over - 1;
      RETURN NEXT c.id;
    END LOOP;
    EXIT WHEN left_over <= 0;
  END LOOP;
END $$;

CREATE FUNCTION public.open_recording(p_id uuid, p_seconds double precision) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO recording_windows (id, open_until) VALUES (p_id, clock_timestamp() + make_interval(secs => p_seconds))
  ON CONFLICT (id) DO UPDATE SET open_until = excluded.open_until
$$;

CREATE FUNCTION public.open_recordings() RETURNS TABLE(id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT id FROM recording_windows WHERE open_until > clock_timestamp()
$$;

CREATE FUNCTION public.open_work(p_channel text, p_account_key text, p_address text) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT coalesce(sum(
    (SELECT count(*) FROM inbox i WHERE i.conversation_id = c.id AND i.status = 'waiting')
    + (SELECT count(*) FROM effects e WHERE e.conversation_id = c.id AND NOT e.provisional
       AND e.kind <> 'poll_payment' AND e.status IN ('pending', 'in_flight'))), 0)::integer
  FROM conversations c JOIN channel_accounts a ON a.id = c.channel_account_id
  WHERE a.channel = p_channel AND a.account_key = p_account_key AND c.address = p_address
    AND c.status <> 'closed'
$$;

CREATE FUNCTION public.outside_set_up() RETURNS TABLE(kind text, provider text, accounts bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT 'channel', channel, count(*) FROM channel_accounts WHERE enabled GROUP BY 2
  UNION ALL SELECT 'booking', p.provider, count(*) FROM provider_accounts p WHERE enabled GROUP BY 2
  UNION ALL SELECT 'payment', y.provider, count(*) FROM payment_accounts y WHERE enabled GROUP BY 2
  UNION ALL SELECT 'language_model', l.provider, count(*) FROM llm_accounts l GROUP BY 2
  ORDER BY 1, 2
$$;

CREATE TEXT SEARCH CONFIGURATION public.frontdesk_words (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR asciiword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR word WITH arabic_stem;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR hword_part WITH arabic_stem;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR hword_asciipart WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR asciihword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR hword WITH arabic_stem;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION public.frontdesk_words
    ADD MAPPING FOR uint WITH simple;

CREATE FUNCTION public.phrase_query(p_phrase text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN phraseto_tsquery('public.frontdesk_words'::regconfig, public.fold_words(p_phrase));

CREATE PROCEDURE public.protect_tenant_table(IN tenant_table regclass)
    LANGUAGE plpgsql
    AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('CREATE POLICY one_workspace ON %s TO frontdesk_app
                  USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace())',
                 tenant_table);
  EXECUTE format('CREATE POLICY every_workspace ON %s TO frontdesk_system USING (true) WITH CHECK (true)',
                 tenant_table);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO frontdesk_app, frontdesk_system', tenant_table);
END $$;

CREATE FUNCTION public.queue_figures() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT jsonb_build_object(
    'inbox_waiting', (SELECT count(*) FROM inbox WHERE status = 'waiting'),
    'inbox_quarantined', (SELECT count(*) FROM inbox WHERE status = 'quarantined'),
    'effects_pending', (SELECT count(*) FROM effects WHERE status = 'pending' AND kind <> 'poll_payment'),
    'effects_in_flight', (SELECT count(*) FROM effects WHERE status = 'in_flight' AND kind <> 'poll_payment'),
    'effects_unknown', (SELECT count(*) FROM effects WHERE status = 'unknown'),
    'effects_needs_operator', (SELECT count(*) FROM effects WHERE status = 'needs_operator'))
$$;

CREATE FUNCTION public.record_audit(p_id uuid, p_workspace_id uuid, p_actor text, p_action text, p_subject text, p_detail jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO audit_entries (id, workspace_id, actor, action, subject, detail)
  VALUES (p_id, p_workspace_id, left(p_actor, 200), p_action, left(p_subject, 200), p_detail)
$$;

CREATE FUNCTION public.record_operator_error(p_id uuid, p_workspace_id uuid, p_kind text, p_fingerprint text, p_summary text, p_details jsonb, p_conversation_id uuid, p_effect_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO operator_errors
    (id, workspace_id, kind, fingerprint, summary, details, conversation_id, effect_id)
  VALUES (p_id, p_workspace_id, p_kind, left(p_fingerprint, 200), left(p_summary, 1000),
          p_details, p_conversation_id, p_effect_id)
  ON CONFLICT (coalesce(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid), kind, fingerprint)
    WHERE resolved_at IS NULL
  DO UPDATE SET times = operator_errors.times + 1, last_at = now(), summary = excluded.summary,
                details = excluded.details
  RETURNING times = 1
$$;

CREATE FUNCTION public.record_webhook(p_window_id uuid, p_channel text, p_account_key text, p_request jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  INSERT INTO recorded_webhooks (window_id, channel, account_key, request)
  SELECT id, p_channel, p_account_key, p_request FROM recording_windows WHERE id = p_window_id
$$;

CREATE FUNCTION public.refuse_illegal_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF NEW.status IS DISTINCT FROM OLD.status AND NOT EXISTS (
    SELECT FROM state_transitions
    WHERE table_name = TG_TABLE_NAME AND from_state = OLD.status AND to_state = NEW.status
  ) THEN
    RAISE EXCEPTION '% may not go from % to %', TG_TABLE_NAME, OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION public.rename_user(p_id uuid, p_name text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  UPDATE users SET name = left(p_name, 120) WHERE id = p_id
$$;

CREATE FUNCTION public.renew_lease(p_conversation_id uuid, p_fence bigint, p_lease_seconds double precision) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH renewed AS (
    UPDATE conversations SET lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
    WHERE id = p_conversation_id AND fence = p_fence AND lease_until IS NOT NULL RETURNING 1
  )
  SELECT EXISTS (SELECT FROM renewed)
$$;

CREATE FUNCTION public.resolve_operator_errors(p_workspace_id uuid, p_kind text, p_fingerprint text, p_resolution text) RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH closed AS (
    UPDATE operator_errors SET resolved_at = now(), resolution = p_resolution
    WHERE workspace_id IS NOT DISTINCT FROM p_workspace_id AND kind = p_kind
      AND fingerprint = left(p_fingerprint, 200) AND resolved_at IS NULL
    RETURNING 1
  )
  SELECT count(*)::integer FROM closed
$$;

CREATE FUNCTION public.retention_days(p_settings jsonb, p_kind text, p_default integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE((((p_settings -> 'retention'::text) ->> p_kind))::integer, CASE WHEN (p_kind = 'conversations'::text) THEN ((p_settings ->> 'retention_days'::text))::integer ELSE NULL::integer END, p_default);

CREATE FUNCTION public.revoke_api_token(p_prefix text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH gone AS (
    UPDATE api_tokens SET revoked_at = now() WHERE prefix = p_prefix AND revoked_at IS NULL RETURNING 1
  )
  SELECT EXISTS (SELECT FROM gone)
$$;

CREATE FUNCTION public.role_of(p_user_id uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT CASE WHEN bool_or(role = 'agency') THEN 'agency' ELSE 'client' END FROM memberships WHERE user_id = p_user_id
$$;

CREATE FUNCTION public.service_words(p_names jsonb, p_aliases text[], p_description text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (setweight(to_tsvector('public.frontdesk_words'::regconfig, public.fold_words((((SELECT COALESCE(string_agg(jsonb_each_text.value, ' . '::text), ''::text) AS "coalesce" FROM jsonb_each_text(service_words.p_names) jsonb_each_text(key, value)) || ' . '::text) || array_to_string(p_aliases, ' . '::text)))), 'A'::"char") || setweight(to_tsvector('public.frontdesk_words'::regconfig, public.fold_words(p_description)), 'B'::"char"));

CREATE FUNCTION public.set_password(p_id uuid, p_hash text, p_one_time boolean, p_valid_seconds double precision, p_keep bytea) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH ended AS (
    DELETE FROM console_sessions WHERE user_id = p_id AND id_hash IS DISTINCT FROM p_keep
  ), changed AS (
    UPDATE users SET password_hash = p_hash, password_one_time = p_one_time,
           password_expires_at = now() + make_interval(secs => p_valid_seconds)
    WHERE id = p_id RETURNING 1
  )
  SELECT EXISTS (SELECT FROM changed)
$$;

CREATE FUNCTION public.settle_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_seconds double precision) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  more boolean;
BEGIN
  PERFORM FROM conversations WHERE id = p_conversation_id AND fence = p_fence FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  -- After the lock: what was accepted before it is seen, what is accepted after it clears the wait.
  more := EXISTS (SELECT FROM inbox WHERE conversation_id = p_conversation_id AND status = 'waiting'
                  AND id > ALL (p_inbox_ids) AND NOT (throttled AND due_at > clock_timestamp()));
  UPDATE inbox SET attempts = attempts - 1 WHERE id = ANY (p_inbox_ids) AND status = 'waiting';
  UPDATE conversations SET lease_until = NULL,
         settle_until = CASE WHEN NOT more THEN clock_timestamp() + make_interval(secs => p_seconds) END
  WHERE id = p_conversation_id;
  RETURN NOT more;
END $$;

CREATE FUNCTION public.spend_one_time_password(p_id uuid, p_hash text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH spent AS (
    UPDATE users SET password_expires_at = now()
    WHERE id = p_id AND password_one_time AND password_hash = p_hash
      AND (password_expires_at IS NULL OR password_expires_at > now())
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM spent)
$$;

CREATE FUNCTION public.start_session(p_id_hash bytea, p_user_id uuid, p_stage text, p_browser text, p_valid_seconds double precision, p_replaces bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  v_workspace uuid;
BEGIN
  DELETE FROM console_sessions WHERE id_hash = p_replaces
  RETURNING CASE WHEN user_id = p_user_id THEN workspace_id END INTO v_workspace;
  DELETE FROM console_sessions WHERE expires_at < now();
  DELETE FROM login_attempts WHERE at < now() - interval '90 days';
  DELETE FROM invitations WHERE expires_at < now() - interval '30 days';
  INSERT INTO console_sessions (id_hash, user_id, stage, workspace_id, browser, expires_at)
  VALUES (p_id_hash, p_user_id, p_stage, v_workspace, left(p_browser, 200),
          now() + make_interval(secs => p_valid_seconds));
  IF p_stage = 'full' THEN
    UPDATE users SET last_signed_in_at = now() WHERE id = p_user_id;
  END IF;
END $$;

CREATE FUNCTION public.take_recorded(p_window_id uuid, p_after bigint) RETURNS TABLE(seq bigint, channel text, account_key text, received_at timestamp with time zone, request jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT seq, channel, account_key, received_at, request FROM recorded_webhooks
  WHERE window_id = p_window_id AND seq > p_after ORDER BY seq
$$;

CREATE FUNCTION public.tell_of_waiting(p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
  e record;
  told integer := 0;
BEGIN
  FOR e IN
    SELECT x.id, x.workspace_id, x.conversation_id, x.status FROM escalations x
    JOIN conversations c ON c.id = x.conversation_id
    JOIN workspaces w ON w.id = x.workspace_id
    WHERE x.status IN ('open', 'taken') AND c.status <> 'closed'
      AND CASE x.status WHEN 'open' THEN x.opened_at ELSE greatest(x.taken_at, c.last_inbound_at) END
          < now() - make_interval(hours => coalesce((w.settings ->> 'conversation_idle_hours')::integer, 24))
      AND waits_for_person(x.conversation_id)
      AND NOT EXISTS (
        SELECT FROM operator_errors o
        WHERE o.workspace_id = x.workspace_id AND o.kind = 'escalation_waiting'
          AND o.fingerprint = x.conversation_id::text AND o.first_at >= x.opened_at)
    ORDER BY x.opened_at LIMIT p_limit
  LOOP
    PERFORM record_operator_error(
      gen_random_uuid(), e.workspace_id, 'escalation_waiting', e.conversation_id::text,
      CASE e.status WHEN 'open' THEN 'A customer asked for a person, and nobody has taken it up.'
                    ELSE 'A person took a talk over, and the customer''s last line has no answer.' END
        || ' The talk stays open until somebody answers or closes the request.',
      jsonb_build_object('escalation_id', e.id), e.conversation_id, NULL);
    told := told + 1;
  END LOOP;
  RETURN told;
END $$;

CREATE FUNCTION public.unknown_effects(p_grace_seconds double precision, p_limit integer) RETURNS SETOF public.effects
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT * FROM effects e
  WHERE e.status = 'unknown'
    AND e.unknown_since < clock_timestamp()
        - make_interval(secs => CASE WHEN e.kind IN ('send', 'send_mail') THEN p_grace_seconds ELSE 0 END)
  ORDER BY e.unknown_since LIMIT p_limit
$$;

CREATE FUNCTION public.use_recovery_code(p_id uuid, p_hash bytea) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH used AS (
    UPDATE users SET recovery_hashes = array_remove(recovery_hashes, p_hash)
    WHERE id = p_id AND p_hash = ANY (recovery_hashes) RETURNING 1
  )
  SELECT EXISTS (SELECT FROM used)
$$;

CREATE FUNCTION public.use_totp_step(p_id uuid, p_step bigint) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH used AS (
    UPDATE users SET totp_last_step = p_step WHERE id = p_id AND totp_last_step < p_step RETURNING 1
  )
  SELECT EXISTS (SELECT FROM used)
$$;

CREATE FUNCTION public.waiting_conversations(p_older_seconds double precision, p_limit integer) RETURNS TABLE(conversation_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT i.conversation_id FROM inbox i JOIN conversations c ON c.id = i.conversation_id
  WHERE i.status = 'waiting' AND i.due_at < clock_timestamp() - make_interval(secs => p_older_seconds)
    AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
    AND (c.settle_until IS NULL OR c.settle_until < clock_timestamp())
    AND i.id = (SELECT min(head.id) FROM inbox head
                WHERE head.conversation_id = i.conversation_id AND head.status = 'waiting'
                  AND NOT (head.throttled AND head.due_at > clock_timestamp()))
  ORDER BY i.due_at LIMIT p_limit
$$;

CREATE FUNCTION public.waits_for_person(p_conversation_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  SELECT EXISTS (
    SELECT FROM escalations e
    WHERE e.conversation_id = p_conversation_id AND (e.status = 'open' OR (e.status = 'taken' AND NOT EXISTS (
      SELECT FROM messages m
      WHERE m.conversation_id = p_conversation_id AND m.direction = 'out' AND m.payload ? 'by'
        AND m.seq > coalesce((SELECT max(said.seq) FROM messages said
                              WHERE said.conversation_id = p_conversation_id AND said.direction = 'in'), 0)))))
$$;

COMMENT ON FUNCTION public.waits_for_person(p_conversation_id uuid) IS 'Nobody took the request, or whoever took it didn''t have the last word. A person''s own line is an answer.';

CREATE FUNCTION public.webhooks_naming(p_words text[]) RETURNS TABLE(kind text, at timestamp with time zone, payload jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT 'unrouted_webhooks', u.received_at, u.payload FROM unrouted_webhooks u
  WHERE EXISTS (SELECT FROM unnest(p_words) AS word WHERE strpos(lower(u.payload::text), lower(word)) > 0)
  UNION ALL
  SELECT 'recorded_webhooks', r.received_at, r.request FROM recorded_webhooks r
  WHERE EXISTS (SELECT FROM unnest(p_words) AS word WHERE strpos(lower(r.request::text), lower(word)) > 0)
$$;

CREATE FUNCTION public.withdraw_invitation(p_id uuid, p_workspace_id uuid) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  WITH gone AS (
    DELETE FROM invitations WHERE id = p_id AND accepted_at IS NULL
      AND (p_workspace_id IS NULL OR workspace_id = p_workspace_id) RETURNING 1
  )
  SELECT EXISTS (SELECT FROM gone)
$$;

CREATE FUNCTION public.workspaces_of_user(p_user_id uuid) RETURNS TABLE(id uuid, key text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
  SELECT w.id, w.key, w.name FROM workspaces w
  WHERE EXISTS (SELECT FROM memberships m WHERE m.user_id = p_user_id
                AND (m.role = 'agency' OR m.workspace_id = w.id))
  ORDER BY w.name, w.key
$$;

CREATE TABLE public.api_tokens (
    id uuid NOT NULL,
    prefix text NOT NULL,
    hash bytea NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    workspace_id uuid,
    scopes text[] NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_tokens_check CHECK (((role = 'agency'::text) = (workspace_id IS NULL))),
    CONSTRAINT api_tokens_check1 CHECK (((role = 'agency'::text) OR (NOT ('admin:demo'::text = ANY (scopes))))),
    CONSTRAINT api_tokens_created_by_check CHECK ((length(created_by) <= 120)),
    CONSTRAINT api_tokens_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT api_tokens_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT api_tokens_prefix_check CHECK ((prefix ~ '^fd_[a-z0-9]{8}$'::text)),
    CONSTRAINT api_tokens_role_check CHECK ((role = ANY (ARRAY['agency'::text, 'client'::text]))),
    CONSTRAINT api_tokens_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['admin:read'::text, 'admin:demo'::text, 'chat'::text])))
);

COMMENT ON COLUMN public.api_tokens.hash IS 'SHA-256 of the whole token: 256 random bits need no slow digest.';

COMMENT ON COLUMN public.api_tokens.last_used_at IS 'To the minute: reading must not write a row each time.';

CREATE TABLE public.audit_entries (
    id uuid NOT NULL,
    workspace_id uuid,
    actor text NOT NULL,
    action text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT audit_entries_action_check CHECK (((action ~ '^[a-z_]+(\.[a-z_]+)+$'::text) AND (length(action) <= 80))),
    CONSTRAINT audit_entries_actor_check CHECK (((length(actor) >= 1) AND (length(actor) <= 200))),
    CONSTRAINT audit_entries_detail_check CHECK ((length((detail)::text) <= 4000)),
    CONSTRAINT audit_entries_subject_check CHECK ((length(subject) <= 200))
);

ALTER TABLE ONLY public.audit_entries FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.audit_entries.workspace_id IS 'NULL: concerns the installation (a token, a user of the agency).';

CREATE TABLE public.booking_intents (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    status text DEFAULT 'intent'::text NOT NULL,
    booking_type text NOT NULL,
    handling text DEFAULT 'internal'::text NOT NULL,
    external_url text,
    service text,
    requested_time text,
    starts_at timestamp with time zone,
    notes text,
    summary_version text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT booking_intents_check CHECK (((handling = 'external'::text) OR (external_url IS NULL))),
    CONSTRAINT booking_intents_handling_check CHECK ((handling = ANY (ARRAY['internal'::text, 'external'::text]))),
    CONSTRAINT booking_intents_notes_check CHECK ((length(notes) <= 2000)),
    CONSTRAINT booking_intents_requested_time_check CHECK ((length(requested_time) <= 200)),
    CONSTRAINT booking_intents_service_check CHECK ((length(service) <= 500)),
    CONSTRAINT booking_intents_status_check CHECK ((status = ANY (ARRAY['intent'::text, 'pending'::text, 'confirmed'::text, 'redirected'::text, 'needs_operator'::text, 'abandoned'::text])))
);

ALTER TABLE ONLY public.booking_intents FORCE ROW LEVEL SECURITY;

CREATE TABLE public.booking_items (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    "position" integer NOT NULL,
    service_id uuid NOT NULL,
    service_name text NOT NULL,
    size_id uuid,
    size_name text DEFAULT ''::text NOT NULL,
    staff_id uuid NOT NULL,
    staff_name text DEFAULT ''::text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    price_minor bigint NOT NULL,
    frame_external_ids text[] DEFAULT '{}'::text[] NOT NULL,
    active boolean DEFAULT true NOT NULL,
    moves_booking_id uuid,
    visit_id uuid GENERATED ALWAYS AS (COALESCE(moves_booking_id, booking_id)) STORED NOT NULL,
    CONSTRAINT booking_items_check CHECK ((starts_at < ends_at)),
    CONSTRAINT booking_items_price_minor_check CHECK ((price_minor >= 0))
);

ALTER TABLE ONLY public.booking_items FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.booking_items.moves_booking_id IS 'While the move is under way: the booking that is moved. Empty again when it is done.';

CREATE TABLE public.booking_proofs (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    code text NOT NULL,
    booking_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT booking_proofs_code_check CHECK ((code ~ '^[A-HJ-NP-Z2-9]{6}$'::text))
);

ALTER TABLE ONLY public.booking_proofs FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.booking_proofs IS 'Tries to speak of a booking made from another number: its code with an e-mail address or phone. Without a booking: they did not fit.';

CREATE TABLE public.bots (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    form jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT bots_key_check CHECK ((key ~ '^[a-z0-9][a-z0-9-]{1,60}$'::text)),
    CONSTRAINT bots_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120)))
);

ALTER TABLE ONLY public.bots FORCE ROW LEVEL SECURITY;

CREATE TABLE public.consents (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    words text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT consents_kind_check CHECK ((kind = ANY (ARRAY['opted_out'::text, 'opted_in'::text]))),
    CONSTRAINT consents_words_check CHECK ((length(words) <= 200))
);

ALTER TABLE ONLY public.consents FORCE ROW LEVEL SECURITY;

CREATE TABLE public.console_sessions (
    id_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    stage text NOT NULL,
    workspace_id uuid,
    browser text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT console_sessions_browser_check CHECK ((length(browser) <= 200)),
    CONSTRAINT console_sessions_stage_check CHECK ((stage = ANY (ARRAY['second_factor'::text, 'full'::text])))
);

COMMENT ON COLUMN public.console_sessions.stage IS 'second_factor: the password was right; nothing but entering the code is open.';

COMMENT ON COLUMN public.console_sessions.workspace_id IS 'Which workspace an agency user acts as.';

CREATE TABLE public.conversations (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    channel_account_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    address text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    state jsonb,
    state_name text DEFAULT 'NEW'::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    turn integer DEFAULT 0 NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    lease_until timestamp with time zone,
    human_since timestamp with time zone,
    last_inbound_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    settle_until timestamp with time zone,
    burst_from timestamp with time zone,
    burst integer DEFAULT 0 NOT NULL,
    erased_at timestamp with time zone,
    payloads_deleted_at timestamp with time zone,
    traces_deleted_at timestamp with time zone,
    emptied_at timestamp with time zone,
    CONSTRAINT conversations_address_check CHECK (((length(address) >= 1) AND (length(address) <= 256))),
    CONSTRAINT conversations_check CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT conversations_check1 CHECK (((status = 'human'::text) = (human_since IS NOT NULL))),
    CONSTRAINT conversations_status_check CHECK ((status = ANY (ARRAY['open'::text, 'human'::text, 'closed'::text]))),
    CONSTRAINT conversations_turn_check CHECK ((turn >= 0))
);

ALTER TABLE ONLY public.conversations FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.conversations.settle_until IS 'The last line looked unfinished: until then the rest of it may come. The next message clears it and is judged anew.';

COMMENT ON COLUMN public.conversations.burst_from IS 'When the minute began in which `burst` messages came.';

COMMENT ON COLUMN public.conversations.erased_at IS 'Its customer was erased; what is left of it holds up a booking that the business keeps, and nothing is said in it.';

COMMENT ON COLUMN public.conversations.emptied_at IS 'What was said in it is deleted; it holds up bookings that are kept for longer.';

CREATE TABLE public.customer_identities (
    workspace_id uuid NOT NULL,
    channel text NOT NULL,
    identity text NOT NULL,
    customer_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT customer_identities_identity_check CHECK (((length(identity) >= 1) AND (length(identity) <= 256)))
);

ALTER TABLE ONLY public.customer_identities FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.customer_identities IS 'How a channel names a customer: a phone, a business-scoped user id, a web session. One customer may have several.';

CREATE TABLE public.customers (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    name text,
    profile_name text,
    phone text,
    email text,
    language text,
    opted_out_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT customers_email_check CHECK ((length(email) <= 254)),
    CONSTRAINT customers_language_check CHECK ((length(language) <= 8)),
    CONSTRAINT customers_name_check CHECK ((length(name) <= 120)),
    CONSTRAINT customers_phone_check CHECK ((phone ~ '^\+[0-9]{6,15}$'::text)),
    CONSTRAINT customers_profile_name_check CHECK ((length(profile_name) <= 120))
);

ALTER TABLE ONLY public.customers FORCE ROW LEVEL SECURITY;

ALTER TABLE public.effects ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.effects_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.erased_messages (
    workspace_id uuid NOT NULL,
    message_hash text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT erased_messages_message_hash_check CHECK ((length(message_hash) = 64))
);

ALTER TABLE ONLY public.erased_messages FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.erased_messages IS 'Which messages were erased with their customer, as hashes: a provider may deliver one again for days.';

CREATE TABLE public.erased_opt_outs (
    workspace_id uuid NOT NULL,
    address_hash text NOT NULL,
    opted_out_at timestamp with time zone NOT NULL,
    CONSTRAINT erased_opt_outs_address_hash_check CHECK ((length(address_hash) = 64))
);

ALTER TABLE ONLY public.erased_opt_outs FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.erased_opt_outs IS 'Who opted out before he was erased, as hashes of the number or id: forgetting it would undo the opt-out.';

CREATE TABLE public.escalations (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    cause text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    turn integer NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    taken_at timestamp with time zone,
    taken_by text,
    closed_at timestamp with time zone,
    closed_by text,
    CONSTRAINT escalations_cause_check CHECK (((length(cause) >= 1) AND (length(cause) <= 40))),
    CONSTRAINT escalations_check CHECK (((status = ANY (ARRAY['resolved'::text, 'handed_back'::text])) = (closed_at IS NOT NULL))),
    CONSTRAINT escalations_check1 CHECK (((status <> 'taken'::text) OR (taken_at IS NOT NULL))),
    CONSTRAINT escalations_closed_by_check CHECK ((length(closed_by) <= 120)),
    CONSTRAINT escalations_status_check CHECK ((status = ANY (ARRAY['open'::text, 'taken'::text, 'resolved'::text, 'handed_back'::text]))),
    CONSTRAINT escalations_summary_check CHECK ((length(summary) <= 500)),
    CONSTRAINT escalations_taken_by_check CHECK ((length(taken_by) <= 120)),
    CONSTRAINT escalations_times_check CHECK ((times > 0)),
    CONSTRAINT escalations_turn_check CHECK ((turn >= 0))
);

ALTER TABLE ONLY public.escalations FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.escalations.summary IS 'What stood so far, in plain words; never what a customer in distress wrote.';

COMMENT ON COLUMN public.escalations.turn IS 'Where in the transcript it was asked for: the messages of the conversation up to this turn led to it.';

CREATE TABLE public.external_completions (
    workspace_id uuid NOT NULL,
    page text NOT NULL,
    booking_id text NOT NULL,
    outcome text NOT NULL,
    handoff_id uuid,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT external_completions_booking_id_check CHECK ((length(booking_id) <= 300)),
    CONSTRAINT external_completions_outcome_check CHECK ((length(outcome) <= 20)),
    CONSTRAINT external_completions_page_check CHECK ((length(page) <= 40))
);

ALTER TABLE ONLY public.external_completions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.feedback (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_seq integer DEFAULT 0 NOT NULL,
    thumb text,
    rating smallint,
    comment text,
    source text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT feedback_check CHECK (((thumb IS NOT NULL) OR (rating IS NOT NULL))),
    CONSTRAINT feedback_comment_check CHECK (((length(comment) >= 1) AND (length(comment) <= 1000))),
    CONSTRAINT feedback_message_seq_check CHECK ((message_seq >= 0)),
    CONSTRAINT feedback_rating_check CHECK (((rating >= 1) AND (rating <= 5))),
    CONSTRAINT feedback_source_check CHECK (((length(source) >= 1) AND (length(source) <= 40))),
    CONSTRAINT feedback_thumb_check CHECK ((thumb = ANY (ARRAY['up'::text, 'down'::text])))
);

ALTER TABLE ONLY public.feedback FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.feedback IS 'What a customer thinks of an answer or of the whole talk; the last word counts.';

COMMENT ON COLUMN public.feedback.message_seq IS 'The message it is about; 0: the talk as a whole.';

COMMENT ON COLUMN public.feedback.rating IS '1 (bad) to 5 (good).';

CREATE TABLE public.handoff_accounts (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    page text NOT NULL,
    account_key text NOT NULL,
    secrets bytea NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT handoff_accounts_account_key_check CHECK ((account_key ~ '^[A-Za-z0-9_-]{16,64}$'::text)),
    CONSTRAINT handoff_accounts_page_check CHECK ((page ~ '^[a-z][a-z0-9_]{1,40}$'::text))
);

ALTER TABLE ONLY public.handoff_accounts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.handoff_events (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    handoff_id uuid NOT NULL,
    kind text NOT NULL,
    made_by text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT handoff_events_detail_check CHECK ((length(detail) <= 500)),
    CONSTRAINT handoff_events_kind_check CHECK ((kind = ANY (ARRAY['created'::text, 'redirected'::text, 'completed'::text, 'cancelled'::text, 'moved'::text, 'suggested'::text, 'abandoned'::text, 'note'::text]))),
    CONSTRAINT handoff_events_made_by_check CHECK ((length(made_by) <= 120))
);

ALTER TABLE ONLY public.handoff_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.handoffs (
    id uuid NOT NULL,
    token text NOT NULL,
    workspace_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    intent_id uuid NOT NULL,
    status text DEFAULT 'new'::text NOT NULL,
    page text NOT NULL,
    booking_url text NOT NULL,
    url_used text,
    language text DEFAULT 'en'::text NOT NULL,
    customer_name text DEFAULT ''::text NOT NULL,
    customer_phone text DEFAULT ''::text NOT NULL,
    customer_email text DEFAULT ''::text NOT NULL,
    service text DEFAULT ''::text NOT NULL,
    preferred_time text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    ip_hash text,
    external_booking_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    redirected_at timestamp with time zone,
    completed_at timestamp with time zone,
    completed_by text,
    CONSTRAINT handoffs_booking_url_check CHECK (((booking_url ~ '^https://'::text) AND (length(booking_url) <= 2048))),
    CONSTRAINT handoffs_check CHECK (((status <> 'redirected'::text) OR ((redirected_at IS NOT NULL) AND (url_used IS NOT NULL)))),
    CONSTRAINT handoffs_check1 CHECK (((status = 'completed_external'::text) = (completed_at IS NOT NULL))),
    CONSTRAINT handoffs_check2 CHECK (((completed_at IS NULL) = (completed_by IS NULL))),
    CONSTRAINT handoffs_completed_by_check CHECK ((length(completed_by) <= 120)),
    CONSTRAINT handoffs_customer_email_check CHECK ((length(customer_email) <= 254)),
    CONSTRAINT handoffs_customer_name_check CHECK ((length(customer_name) <= 120)),
    CONSTRAINT handoffs_customer_phone_check CHECK ((length(customer_phone) <= 32)),
    CONSTRAINT handoffs_external_booking_id_check CHECK ((length(external_booking_id) <= 300)),
    CONSTRAINT handoffs_ip_hash_check CHECK ((length(ip_hash) <= 64)),
    CONSTRAINT handoffs_language_check CHECK ((language ~ '^[a-z]{2}$'::text)),
    CONSTRAINT handoffs_metadata_check CHECK ((length((metadata)::text) <= 2000)),
    CONSTRAINT handoffs_notes_check CHECK ((length(notes) <= 2000)),
    CONSTRAINT handoffs_page_check CHECK ((length(page) <= 40)),
    CONSTRAINT handoffs_preferred_time_check CHECK ((length(preferred_time) <= 200)),
    CONSTRAINT handoffs_service_check CHECK ((length(service) <= 500)),
    CONSTRAINT handoffs_source_check CHECK ((length(source) <= 200)),
    CONSTRAINT handoffs_status_check CHECK ((status = ANY (ARRAY['new'::text, 'redirected'::text, 'completed_external'::text, 'abandoned'::text]))),
    CONSTRAINT handoffs_token_check CHECK ((token ~ '^[A-Za-z0-9_-]{12,40}$'::text)),
    CONSTRAINT handoffs_url_used_check CHECK ((length(url_used) <= 4096))
);

ALTER TABLE ONLY public.handoffs FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.handoffs.url_used IS 'The address that the customer was last led to, with source, reference and prefill.';

COMMENT ON COLUMN public.handoffs.completed_by IS 'webhook:<page> or the operator: only those two may complete a handoff.';

CREATE TABLE public.inbox (
    id bigint NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    source text NOT NULL,
    account text NOT NULL,
    external_id text NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    status text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    errors integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    done_at timestamp with time zone,
    last_error text,
    throttled boolean DEFAULT false NOT NULL,
    CONSTRAINT inbox_account_check CHECK ((length(account) <= 128)),
    CONSTRAINT inbox_check CHECK (((status = 'waiting'::text) = (done_at IS NULL))),
    CONSTRAINT inbox_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 300))),
    CONSTRAINT inbox_kind_check CHECK ((kind = ANY (ARRAY['customer_message'::text, 'effect_answer'::text, 'operator_act'::text, 'throttled'::text]))),
    CONSTRAINT inbox_source_check CHECK ((length(source) <= 40)),
    CONSTRAINT inbox_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'done'::text, 'quarantined'::text])))
);

ALTER TABLE ONLY public.inbox FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.inbox.throttled IS 'Came over the limit: kept and acknowledged, and taken when the minute is over, with what came beside it.';

ALTER TABLE public.inbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.inbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.invitations (
    id uuid NOT NULL,
    code_hash bytea NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    workspace_id uuid,
    invited_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    CONSTRAINT invitations_check CHECK (((role = 'agency'::text) = (workspace_id IS NULL))),
    CONSTRAINT invitations_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email = lower(email)))),
    CONSTRAINT invitations_invited_by_check CHECK ((length(invited_by) <= 254)),
    CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['agency'::text, 'client'::text])))
);

CREATE TABLE public.leads (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    bot_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    status text DEFAULT 'incomplete'::text NOT NULL,
    tags text[] DEFAULT '{partial_intent}'::text[] NOT NULL,
    name text,
    phone text,
    email text,
    service text,
    preferred_time text,
    notes text,
    source text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT leads_check CHECK (((status <> 'qualified'::text) OR ((service IS NOT NULL) AND ((phone IS NOT NULL) OR (email IS NOT NULL))))),
    CONSTRAINT leads_email_check CHECK ((length(email) <= 254)),
    CONSTRAINT leads_name_check CHECK ((length(name) <= 120)),
    CONSTRAINT leads_notes_check CHECK ((length(notes) <= 2000)),
    CONSTRAINT leads_phone_check CHECK ((length(phone) <= 32)),
    CONSTRAINT leads_preferred_time_check CHECK ((length(preferred_time) <= 200)),
    CONSTRAINT leads_service_check CHECK ((length(service) <= 500)),
    CONSTRAINT leads_status_check CHECK ((status = ANY (ARRAY['incomplete'::text, 'qualified'::text, 'booked'::text, 'redirected'::text, 'lost'::text])))
);

ALTER TABLE ONLY public.leads FORCE ROW LEVEL SECURITY;

CREATE TABLE public.llm_accounts (
    workspace_id uuid NOT NULL,
    provider text NOT NULL,
    secrets bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT llm_accounts_provider_check CHECK ((provider = ANY (ARRAY['openai'::text, 'anthropic'::text])))
);

ALTER TABLE ONLY public.llm_accounts FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.llm_accounts IS 'A business''s own keys; without one the installation''s are used.';

CREATE TABLE public.llm_calls (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid,
    purpose text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    variant text DEFAULT ''::text NOT NULL,
    prompt_version integer DEFAULT 0 NOT NULL,
    outcome text DEFAULT 'open'::text NOT NULL,
    used boolean DEFAULT false NOT NULL,
    input_tokens integer DEFAULT 0 NOT NULL,
    cached_tokens integer DEFAULT 0 NOT NULL,
    output_tokens integer DEFAULT 0 NOT NULL,
    cost_nanos bigint NOT NULL,
    price_known boolean DEFAULT true NOT NULL,
    latency_ms integer,
    request_id text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT llm_calls_check CHECK (((cached_tokens >= 0) AND (cached_tokens <= input_tokens))),
    CONSTRAINT llm_calls_check1 CHECK (((outcome = 'open'::text) = (latency_ms IS NULL))),
    CONSTRAINT llm_calls_cost_nanos_check CHECK ((cost_nanos >= 0)),
    CONSTRAINT llm_calls_detail_check CHECK ((length(detail) <= 200)),
    CONSTRAINT llm_calls_input_tokens_check CHECK ((input_tokens >= 0)),
    CONSTRAINT llm_calls_latency_ms_check CHECK ((latency_ms >= 0)),
    CONSTRAINT llm_calls_model_check CHECK (((length(model) >= 1) AND (length(model) <= 100))),
    CONSTRAINT llm_calls_outcome_check CHECK ((outcome = ANY (ARRAY['open'::text, 'ok'::text, 'refused'::text, 'too_long'::text, 'filtered'::text, 'unreadable'::text, 'timed_out'::text, 'unreachable'::text, 'rate_limited'::text, 'overloaded'::text, 'no_quota'::text, 'unauthorized'::text, 'misconfigured'::text]))),
    CONSTRAINT llm_calls_output_tokens_check CHECK ((output_tokens >= 0)),
    CONSTRAINT llm_calls_prompt_version_check CHECK ((prompt_version >= 0)),
    CONSTRAINT llm_calls_provider_check CHECK ((provider ~ '^[a-z][a-z0-9_]{1,40}$'::text)),
    CONSTRAINT llm_calls_purpose_check CHECK ((purpose = ANY (ARRAY['understand'::text, 'rephrase'::text, 'transcribe'::text]))),
    CONSTRAINT llm_calls_reason_check CHECK ((length(reason) <= 40)),
    CONSTRAINT llm_calls_request_id_check CHECK ((length(request_id) <= 100)),
    CONSTRAINT llm_calls_variant_check CHECK ((length(variant) <= 40))
);

ALTER TABLE ONLY public.llm_calls FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.llm_calls.used IS 'The answer held something that the conversation went on with.';

COMMENT ON COLUMN public.llm_calls.cost_nanos IS 'Thousand-millionths of a US dollar. While a call is open: the most it may cost, so that money is counted before it is spent and a process that dies in between has counted too much rather than too little.';

CREATE TABLE public.llm_prompts (
    workspace_id uuid NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    active boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT llm_prompts_body_check CHECK (((length(body) >= 1) AND (length(body) <= 8000))),
    CONSTRAINT llm_prompts_note_check CHECK ((length(note) <= 200)),
    CONSTRAINT llm_prompts_version_check CHECK ((version > 0))
);

ALTER TABLE ONLY public.llm_prompts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.location_edits (
    workspace_id uuid NOT NULL,
    location_id uuid NOT NULL,
    names jsonb DEFAULT '{}'::jsonb NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    edited_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT location_edits_check CHECK (((names <> '{}'::jsonb) OR (aliases <> '{}'::text[])))
);

ALTER TABLE ONLY public.location_edits FORCE ROW LEVEL SECURITY;

CREATE TABLE public.locations (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    external_id text NOT NULL,
    names jsonb NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    latitude double precision,
    longitude double precision,
    hours jsonb DEFAULT '[]'::jsonb NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    last_synced_at timestamp with time zone DEFAULT now() NOT NULL,
    exceptions jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT locations_exceptions_check CHECK ((jsonb_typeof(exceptions) = 'array'::text)),
    CONSTRAINT locations_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT locations_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)))
);

ALTER TABLE ONLY public.locations FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.locations.exceptions IS '[{"day": "2026-12-24", "spans": [["09:00:00", "22:00:00"]]}]: these hours instead of that weekday''s; none: closed.';

CREATE TABLE public.login_attempts (
    id uuid NOT NULL,
    user_id uuid,
    outcome text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT login_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['signed_in'::text, 'wrong_password'::text, 'wrong_code'::text, 'unknown_user'::text, 'disabled'::text, 'limited'::text])))
);

CREATE TABLE public.magic_links (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    jti_hash bytea NOT NULL,
    made_by text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    used_count integer DEFAULT 0 NOT NULL,
    first_used_at timestamp with time zone,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT magic_links_check CHECK ((expires_at > created_at)),
    CONSTRAINT magic_links_check1 CHECK (((revoked_at IS NULL) = (revoked_by IS NULL))),
    CONSTRAINT magic_links_check2 CHECK ((((used_count = 0) = (first_used_at IS NULL)) AND ((first_used_at IS NULL) = (last_used_at IS NULL)))),
    CONSTRAINT magic_links_jti_hash_check CHECK ((length(jti_hash) = 32)),
    CONSTRAINT magic_links_made_by_check CHECK (((length(made_by) >= 1) AND (length(made_by) <= 120))),
    CONSTRAINT magic_links_revoked_by_check CHECK (((length(revoked_by) >= 1) AND (length(revoked_by) <= 120))),
    CONSTRAINT magic_links_used_count_check CHECK ((used_count >= 0))
);

ALTER TABLE ONLY public.magic_links FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE public.magic_links IS 'Links by which a customer opens his conversation in the browser (/c).';

COMMENT ON COLUMN public.magic_links.jti_hash IS 'SHA-256 of the token''s own id: who reads this table can''t make a link of it.';

COMMENT ON COLUMN public.magic_links.used_count IS 'How often it was traded for a cookie. A preview that only fetches the page counts nothing.';

CREATE TABLE public.mail_suppressions (
    workspace_id uuid NOT NULL,
    address text NOT NULL,
    reason text NOT NULL,
    effect_id uuid,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT mail_suppressions_address_check CHECK (((address = lower(address)) AND ((length(address) >= 3) AND (length(address) <= 254)))),
    CONSTRAINT mail_suppressions_reason_check CHECK ((reason = ANY (ARRAY['undeliverable'::text, 'complained'::text, 'inactive'::text])))
);

ALTER TABLE ONLY public.mail_suppressions FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.mail_suppressions.effect_id IS 'The mail that showed it; kept for looking it up, not as a reference.';

CREATE TABLE public.memberships (
    user_id uuid NOT NULL,
    role text NOT NULL,
    workspace_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT memberships_check CHECK (((role = 'agency'::text) = (workspace_id IS NULL))),
    CONSTRAINT memberships_role_check CHECK ((role = ANY (ARRAY['agency'::text, 'client'::text])))
);

CREATE TABLE public.messages (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq integer NOT NULL,
    direction text NOT NULL,
    kind text DEFAULT 'text'::text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    inbox_id bigint,
    turn integer NOT NULL,
    trace jsonb DEFAULT '[]'::jsonb NOT NULL,
    delivery_status text DEFAULT 'queued'::text NOT NULL,
    delivery_rank smallint DEFAULT 0 NOT NULL,
    delivery_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT messages_body_check CHECK ((length(body) <= 12000)),
    CONSTRAINT messages_check CHECK (((direction = 'in'::text) = (delivery_status = 'received'::text))),
    CONSTRAINT messages_delivery_status_check CHECK ((delivery_status = ANY (ARRAY['received'::text, 'queued'::text, 'blocked'::text, 'unknown'::text, 'accepted'::text, 'sent'::text, 'failed'::text, 'delivered'::text, 'read'::text]))),
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT messages_seq_check CHECK ((seq > 0))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

CREATE TABLE public.operator_errors (
    id uuid NOT NULL,
    workspace_id uuid,
    kind text NOT NULL,
    fingerprint text NOT NULL,
    summary text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    conversation_id uuid,
    effect_id uuid,
    times integer DEFAULT 1 NOT NULL,
    first_at timestamp with time zone DEFAULT now() NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    resolution text,
    CONSTRAINT operator_errors_check CHECK (((resolved_at IS NULL) = (resolution IS NULL))),
    CONSTRAINT operator_errors_fingerprint_check CHECK (((length(fingerprint) >= 1) AND (length(fingerprint) <= 200))),
    CONSTRAINT operator_errors_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 80))),
    CONSTRAINT operator_errors_summary_check CHECK (((length(summary) >= 1) AND (length(summary) <= 1000))),
    CONSTRAINT operator_errors_times_check CHECK ((times > 0))
);

ALTER TABLE ONLY public.operator_errors FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.operator_errors.workspace_id IS 'NULL: concerns the installation (an unknown account, a dead Redis).';

CREATE TABLE public.payment_accounts (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    provider text NOT NULL,
    account_key text NOT NULL,
    live boolean NOT NULL,
    signed boolean NOT NULL,
    api_base_url text DEFAULT ''::text NOT NULL,
    secrets bytea NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT payment_accounts_account_key_check CHECK ((account_key ~ '^[A-Za-z0-9_-]{16,64}$'::text)),
    CONSTRAINT payment_accounts_provider_check CHECK ((provider ~ '^[a-z][a-z0-9_]{1,40}$'::text))
);

ALTER TABLE ONLY public.payment_accounts FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.payment_accounts.signed IS 'Whether a webhook secret is set. Without one the webhook is off and payments are only asked for.';

COMMENT ON COLUMN public.payment_accounts.api_base_url IS 'Empty: the provider''s own.';

CREATE TABLE public.payment_events (
    workspace_id uuid NOT NULL,
    provider text NOT NULL,
    event_id text NOT NULL,
    kind text NOT NULL,
    payment_id uuid,
    link_id text DEFAULT ''::text NOT NULL,
    amount_minor bigint,
    currency text DEFAULT ''::text NOT NULL,
    outcome text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT payment_events_currency_check CHECK ((length(currency) <= 10)),
    CONSTRAINT payment_events_event_id_check CHECK (((length(event_id) >= 1) AND (length(event_id) <= 255))),
    CONSTRAINT payment_events_kind_check CHECK ((length(kind) <= 120)),
    CONSTRAINT payment_events_link_id_check CHECK ((length(link_id) <= 255)),
    CONSTRAINT payment_events_outcome_check CHECK ((length(outcome) <= 200)),
    CONSTRAINT payment_events_provider_check CHECK ((length(provider) <= 40))
);

ALTER TABLE ONLY public.payment_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payment_types (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    external_id text NOT NULL,
    code text NOT NULL,
    names jsonb NOT NULL,
    online boolean NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone
);

ALTER TABLE ONLY public.payment_types FORCE ROW LEVEL SECURITY;

CREATE TABLE public.payments (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    effect_id uuid NOT NULL,
    attempt integer NOT NULL,
    provider text NOT NULL,
    live boolean NOT NULL,
    status text DEFAULT 'creating'::text NOT NULL,
    purpose text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    request jsonb NOT NULL,
    link_id text,
    url text,
    expires_at timestamp with time zone,
    paid_at timestamp with time zone,
    paid_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT payments_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT payments_attempt_check CHECK (((attempt >= 1) AND (attempt <= 1000))),
    CONSTRAINT payments_check CHECK (((status = 'paid'::text) = (paid_at IS NOT NULL))),
    CONSTRAINT payments_check1 CHECK (((paid_at IS NULL) = (paid_by IS NULL))),
    CONSTRAINT payments_check2 CHECK (((status <> 'open'::text) OR (url IS NOT NULL))),
    CONSTRAINT payments_check3 CHECK (((status = ANY (ARRAY['paid'::text, 'failed'::text, 'expired'::text, 'cancelled'::text])) = (settled_at IS NOT NULL))),
    CONSTRAINT payments_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT payments_link_id_check CHECK (((length(link_id) >= 1) AND (length(link_id) <= 255))),
    CONSTRAINT payments_paid_by_check CHECK ((length(paid_by) <= 120)),
    CONSTRAINT payments_provider_check CHECK ((provider = ANY (ARRAY['stripe'::text, 'static'::text]))),
    CONSTRAINT payments_purpose_check CHECK ((purpose = ANY (ARRAY['full'::text, 'deposit'::text]))),
    CONSTRAINT payments_status_check CHECK ((status = ANY (ARRAY['creating'::text, 'open'::text, 'processing'::text, 'review'::text, 'paid'::text, 'failed'::text, 'expired'::text, 'cancelled'::text]))),
    CONSTRAINT payments_url_check CHECK (((url ~ '^https?://'::text) AND (length(url) <= 4096)))
);

ALTER TABLE ONLY public.payments FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.payments.status IS 'creating: asked for, perhaps made. processing: done at the page, the money is not here yet. review: money came that does not fit, a person looks.';

COMMENT ON COLUMN public.payments.request IS 'What the provider is asked for, frozen before the first call: asking again says the same.';

COMMENT ON COLUMN public.payments.paid_by IS 'webhook, poll, or the operator who marked it.';

CREATE TABLE public.recorded_webhooks (
    seq bigint NOT NULL,
    window_id uuid NOT NULL,
    channel text NOT NULL,
    account_key text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    request jsonb NOT NULL
);

ALTER TABLE public.recorded_webhooks ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.recorded_webhooks_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.recording_windows (
    id uuid NOT NULL,
    open_until timestamp with time zone NOT NULL
);

CREATE TABLE public.schedules (
    name text NOT NULL,
    workspace_id uuid,
    next_run_at timestamp with time zone NOT NULL,
    claim_until timestamp with time zone,
    last_run_at timestamp with time zone,
    last_error text
);

CREATE TABLE public.schema_migrations (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.service_edits (
    workspace_id uuid NOT NULL,
    service_id uuid NOT NULL,
    names jsonb DEFAULT '{}'::jsonb NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    minutes integer,
    price_minor bigint,
    hidden boolean DEFAULT false NOT NULL,
    edited_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT service_edits_minutes_check CHECK (((minutes >= 1) AND (minutes <= 1440))),
    CONSTRAINT service_edits_price_minor_check CHECK ((price_minor >= 0))
);

ALTER TABLE ONLY public.service_edits FORCE ROW LEVEL SECURITY;

CREATE TABLE public.service_groups (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    external_id text NOT NULL,
    names jsonb NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    last_synced_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY public.service_groups FORCE ROW LEVEL SECURITY;

CREATE TABLE public.service_locations (
    workspace_id uuid NOT NULL,
    service_id uuid NOT NULL,
    location_id uuid NOT NULL
);

ALTER TABLE ONLY public.service_locations FORCE ROW LEVEL SECURITY;

CREATE TABLE public.service_sizes (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    service_id uuid NOT NULL,
    external_id text NOT NULL,
    names jsonb NOT NULL,
    price_minor bigint NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT service_sizes_price_minor_check CHECK ((price_minor >= 0))
);

ALTER TABLE ONLY public.service_sizes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.services (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    external_id text NOT NULL,
    group_id uuid,
    names jsonb NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    minutes integer NOT NULL,
    price_minor bigint NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    last_synced_at timestamp with time zone DEFAULT now() NOT NULL,
    search tsvector GENERATED ALWAYS AS (public.service_words(names, aliases, description)) STORED,
    booking_type text DEFAULT 'SERVICE_BOOKING'::text NOT NULL,
    CONSTRAINT services_booking_type_check CHECK ((booking_type = ANY (ARRAY['SERVICE_BOOKING'::text, 'APPOINTMENT'::text, 'RESERVATION'::text, 'PAID_SERVICE'::text, 'PHONE_CALL'::text, 'TOUR'::text, 'CONSULTATION'::text, 'DISCOVERY_CALL'::text, 'INFO_CALL'::text, 'CALLBACK'::text, 'ESTIMATE'::text]))),
    CONSTRAINT services_minutes_check CHECK (((minutes >= 1) AND (minutes <= 1440))),
    CONSTRAINT services_price_minor_check CHECK ((price_minor >= 0))
);

ALTER TABLE ONLY public.services FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.services.booking_type IS 'What decides, with the workspace''s mode, whether a booking is made here or on the business''s own page.';

CREATE TABLE public.size_edits (
    workspace_id uuid NOT NULL,
    size_id uuid NOT NULL,
    price_minor bigint NOT NULL,
    edited_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT size_edits_price_minor_check CHECK ((price_minor >= 0))
);

ALTER TABLE ONLY public.size_edits FORCE ROW LEVEL SECURITY;

CREATE TABLE public.slots (
    workspace_id uuid NOT NULL,
    location_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    external_id text DEFAULT ''::text NOT NULL,
    valid_until timestamp with time zone NOT NULL,
    CONSTRAINT slots_check CHECK ((starts_at < ends_at))
);

ALTER TABLE ONLY public.slots FORCE ROW LEVEL SECURITY;

CREATE TABLE public.staff (
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    external_id text NOT NULL,
    location_id uuid NOT NULL,
    names jsonb NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    extra_minutes integer DEFAULT 0 NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    retired_at timestamp with time zone,
    last_synced_at timestamp with time zone DEFAULT now() NOT NULL,
    resource boolean DEFAULT false NOT NULL,
    CONSTRAINT staff_extra_minutes_check CHECK (((extra_minutes >= 0) AND (extra_minutes <= 600)))
);

ALTER TABLE ONLY public.staff FORCE ROW LEVEL SECURITY;

CREATE TABLE public.staff_edits (
    workspace_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    names jsonb DEFAULT '{}'::jsonb NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    edited_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT staff_edits_check CHECK (((names <> '{}'::jsonb) OR (aliases <> '{}'::text[])))
);

ALTER TABLE ONLY public.staff_edits FORCE ROW LEVEL SECURITY;

CREATE TABLE public.staff_services (
    workspace_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    service_id uuid NOT NULL
);

ALTER TABLE ONLY public.staff_services FORCE ROW LEVEL SECURITY;

CREATE TABLE public.state_transitions (
    table_name text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL
);

CREATE TABLE public.templates (
    key text NOT NULL,
    workspace_id uuid NOT NULL,
    last_seeded_at timestamp with time zone,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT templates_counts_check CHECK ((length((counts)::text) <= 4000)),
    CONSTRAINT templates_key_check CHECK ((key ~ '^[a-z0-9][a-z0-9-]{1,60}$'::text))
);

ALTER TABLE ONLY public.templates FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN public.templates.counts IS 'What the last seeding or reset did, per kind of row.';

CREATE TABLE public.unrouted_webhooks (
    id uuid NOT NULL,
    channel text NOT NULL,
    account_key text NOT NULL,
    address text NOT NULL,
    external_id text NOT NULL,
    payload jsonb NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT unrouted_webhooks_account_key_check CHECK ((length(account_key) <= 128)),
    CONSTRAINT unrouted_webhooks_address_check CHECK ((length(address) <= 128)),
    CONSTRAINT unrouted_webhooks_external_id_check CHECK ((length(external_id) <= 300))
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    password_hash text NOT NULL,
    password_one_time boolean DEFAULT false NOT NULL,
    password_expires_at timestamp with time zone,
    totp_secret bytea,
    totp_confirmed_at timestamp with time zone,
    totp_last_step bigint DEFAULT 0 NOT NULL,
    recovery_hashes bytea[] DEFAULT '{}'::bytea[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_signed_in_at timestamp with time zone,
    disabled_at timestamp with time zone,
    CONSTRAINT users_check CHECK (((totp_confirmed_at IS NULL) OR (totp_secret IS NOT NULL))),
    CONSTRAINT users_check1 CHECK (((password_expires_at IS NULL) OR password_one_time)),
    CONSTRAINT users_email_check CHECK ((((length(email) >= 3) AND (length(email) <= 254)) AND (email = lower(email)))),
    CONSTRAINT users_name_check CHECK ((length(name) <= 120)),
    CONSTRAINT users_password_hash_check CHECK ((length(password_hash) <= 300))
);

COMMENT ON COLUMN public.users.password_one_time IS 'Good for signing in once; the first thing to do is to choose another.';

COMMENT ON COLUMN public.users.totp_secret IS 'Sealed for the user. Not confirmed yet: it was shown, but no code of it was entered.';

COMMENT ON COLUMN public.users.totp_last_step IS 'A code counts once: only those of later steps are accepted.';

CREATE TABLE public.workspaces (
    id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    settings jsonb NOT NULL,
    catalog_version bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspaces_key_check CHECK ((key ~ '^[a-z0-9][a-z0-9-]{1,60}$'::text)),
    CONSTRAINT workspaces_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120)))
);

ALTER TABLE ONLY public.workspaces FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_prefix_key UNIQUE (prefix);

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.booking_intents
    ADD CONSTRAINT booking_intents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.booking_intents
    ADD CONSTRAINT booking_intents_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_no_overlap EXCLUDE USING gist (workspace_id WITH =, staff_id WITH =, tstzrange(starts_at, ends_at) WITH &&, visit_id WITH <>) WHERE (active);

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_one_at_a_time EXCLUDE USING gist (booking_id WITH =, staff_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (active);

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_workspace_id_booking_id_position_key UNIQUE (workspace_id, booking_id, "position");

ALTER TABLE ONLY public.booking_proofs
    ADD CONSTRAINT booking_proofs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_confirmation_code_key UNIQUE (workspace_id, confirmation_code);

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.bots
    ADD CONSTRAINT bots_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bots
    ADD CONSTRAINT bots_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.bots
    ADD CONSTRAINT bots_workspace_id_key_key UNIQUE (workspace_id, key);

ALTER TABLE ONLY public.channel_accounts
    ADD CONSTRAINT channel_accounts_channel_account_key_key UNIQUE (channel, account_key);

ALTER TABLE ONLY public.channel_accounts
    ADD CONSTRAINT channel_accounts_channel_address_key UNIQUE (channel, address);

ALTER TABLE ONLY public.channel_accounts
    ADD CONSTRAINT channel_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.channel_accounts
    ADD CONSTRAINT channel_accounts_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.console_sessions
    ADD CONSTRAINT console_sessions_pkey PRIMARY KEY (id_hash);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.customer_identities
    ADD CONSTRAINT customer_identities_pkey PRIMARY KEY (workspace_id, channel, identity);

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_idempotency_key_key UNIQUE (idempotency_key);

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_inbox_id_ordinal_key UNIQUE (inbox_id, ordinal);

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.erased_messages
    ADD CONSTRAINT erased_messages_pkey PRIMARY KEY (workspace_id, message_hash);

ALTER TABLE ONLY public.erased_opt_outs
    ADD CONSTRAINT erased_opt_outs_pkey PRIMARY KEY (workspace_id, address_hash);

ALTER TABLE ONLY public.escalations
    ADD CONSTRAINT escalations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.escalations
    ADD CONSTRAINT escalations_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.external_completions
    ADD CONSTRAINT external_completions_pkey PRIMARY KEY (workspace_id, page, booking_id, outcome);

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_workspace_id_conversation_id_message_seq_key UNIQUE (workspace_id, conversation_id, message_seq);

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.handoff_accounts
    ADD CONSTRAINT handoff_accounts_account_key_key UNIQUE (account_key);

ALTER TABLE ONLY public.handoff_accounts
    ADD CONSTRAINT handoff_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.handoff_accounts
    ADD CONSTRAINT handoff_accounts_workspace_id_page_key UNIQUE (workspace_id, page);

ALTER TABLE ONLY public.handoff_events
    ADD CONSTRAINT handoff_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_token_key UNIQUE (token);

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_workspace_id_intent_id_key UNIQUE (workspace_id, intent_id);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_source_account_external_id_key UNIQUE (source, account, external_id);

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_code_hash_key UNIQUE (code_hash);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_workspace_id_conversation_id_bot_id_key UNIQUE (workspace_id, conversation_id, bot_id);

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.llm_accounts
    ADD CONSTRAINT llm_accounts_pkey PRIMARY KEY (workspace_id, provider);

ALTER TABLE ONLY public.llm_calls
    ADD CONSTRAINT llm_calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.llm_prompts
    ADD CONSTRAINT llm_prompts_pkey PRIMARY KEY (workspace_id, version);

ALTER TABLE ONLY public.location_edits
    ADD CONSTRAINT location_edits_pkey PRIMARY KEY (workspace_id, location_id);

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_workspace_id_external_id_key UNIQUE (workspace_id, external_id);

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.login_attempts
    ADD CONSTRAINT login_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.magic_links
    ADD CONSTRAINT magic_links_jti_hash_key UNIQUE (jti_hash);

ALTER TABLE ONLY public.magic_links
    ADD CONSTRAINT magic_links_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.magic_links
    ADD CONSTRAINT magic_links_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.mail_suppressions
    ADD CONSTRAINT mail_suppressions_pkey PRIMARY KEY (workspace_id, address);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_conversation_id_seq_key UNIQUE (conversation_id, seq);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.operator_errors
    ADD CONSTRAINT operator_errors_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_accounts
    ADD CONSTRAINT payment_accounts_account_key_key UNIQUE (account_key);

ALTER TABLE ONLY public.payment_accounts
    ADD CONSTRAINT payment_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_accounts
    ADD CONSTRAINT payment_accounts_workspace_id_provider_key UNIQUE (workspace_id, provider);

ALTER TABLE ONLY public.payment_events
    ADD CONSTRAINT payment_events_pkey PRIMARY KEY (workspace_id, provider, event_id);

ALTER TABLE ONLY public.payment_types
    ADD CONSTRAINT payment_types_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payment_types
    ADD CONSTRAINT payment_types_workspace_id_external_id_key UNIQUE (workspace_id, external_id);

ALTER TABLE ONLY public.payment_types
    ADD CONSTRAINT payment_types_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_workspace_id_booking_id_attempt_key UNIQUE (workspace_id, booking_id, attempt);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_workspace_id_effect_id_key UNIQUE (workspace_id, effect_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.provider_accounts
    ADD CONSTRAINT provider_accounts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.provider_accounts
    ADD CONSTRAINT provider_accounts_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.recorded_webhooks
    ADD CONSTRAINT recorded_webhooks_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.recording_windows
    ADD CONSTRAINT recording_windows_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.service_edits
    ADD CONSTRAINT service_edits_pkey PRIMARY KEY (workspace_id, service_id);

ALTER TABLE ONLY public.service_groups
    ADD CONSTRAINT service_groups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_groups
    ADD CONSTRAINT service_groups_workspace_id_external_id_key UNIQUE (workspace_id, external_id);

ALTER TABLE ONLY public.service_groups
    ADD CONSTRAINT service_groups_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.service_locations
    ADD CONSTRAINT service_locations_pkey PRIMARY KEY (workspace_id, service_id, location_id);

ALTER TABLE ONLY public.service_sizes
    ADD CONSTRAINT service_sizes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.service_sizes
    ADD CONSTRAINT service_sizes_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.service_sizes
    ADD CONSTRAINT service_sizes_workspace_id_service_id_external_id_key UNIQUE (workspace_id, service_id, external_id);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_workspace_id_external_id_key UNIQUE (workspace_id, external_id);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.size_edits
    ADD CONSTRAINT size_edits_pkey PRIMARY KEY (workspace_id, size_id);

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_pkey PRIMARY KEY (workspace_id, location_id, starts_at, staff_id);

ALTER TABLE ONLY public.staff_edits
    ADD CONSTRAINT staff_edits_pkey PRIMARY KEY (workspace_id, staff_id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff_services
    ADD CONSTRAINT staff_services_pkey PRIMARY KEY (workspace_id, staff_id, service_id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_workspace_id_external_id_location_id_key UNIQUE (workspace_id, external_id, location_id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.state_transitions
    ADD CONSTRAINT state_transitions_pkey PRIMARY KEY (table_name, from_state, to_state);

ALTER TABLE ONLY public.sync_runs
    ADD CONSTRAINT sync_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sync_runs
    ADD CONSTRAINT sync_runs_workspace_id_id_key UNIQUE (workspace_id, id);

ALTER TABLE ONLY public.templates
    ADD CONSTRAINT templates_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.templates
    ADD CONSTRAINT templates_workspace_id_key UNIQUE (workspace_id);

ALTER TABLE ONLY public.unrouted_webhooks
    ADD CONSTRAINT unrouted_webhooks_channel_account_key_external_id_key UNIQUE (channel, account_key, external_id);

ALTER TABLE ONLY public.unrouted_webhooks
    ADD CONSTRAINT unrouted_webhooks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_key_key UNIQUE (key);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

CREATE INDEX api_tokens_of_workspace ON public.api_tokens USING btree (workspace_id) WHERE (workspace_id IS NOT NULL);

CREATE INDEX audit_entries_recent ON public.audit_entries USING btree (workspace_id, at DESC);

CREATE INDEX booking_intents_by_status ON public.booking_intents USING btree (workspace_id, status);

CREATE INDEX booking_intents_of ON public.booking_intents USING btree (workspace_id, conversation_id);

CREATE INDEX booking_intents_recent ON public.booking_intents USING btree (workspace_id, created_at) INCLUDE (conversation_id);

CREATE INDEX booking_intents_waiting ON public.booking_intents USING btree (updated_at) WHERE (status = 'intent'::text);

CREATE INDEX booking_items_by_staff ON public.booking_items USING btree (workspace_id, staff_id, starts_at) WHERE active;

CREATE INDEX booking_proofs_by_code ON public.booking_proofs USING btree (workspace_id, code, created_at);

CREATE INDEX booking_proofs_by_customer ON public.booking_proofs USING btree (workspace_id, customer_id, created_at);

CREATE INDEX booking_proofs_of_booking ON public.booking_proofs USING btree (workspace_id, booking_id) WHERE (booking_id IS NOT NULL);

CREATE INDEX booking_proofs_of_talk ON public.booking_proofs USING btree (workspace_id, conversation_id);

CREATE UNIQUE INDEX bookings_by_order ON public.bookings USING btree (workspace_id, provider_order_id) WHERE (provider_order_id IS NOT NULL);

CREATE INDEX bookings_by_status ON public.bookings USING btree (workspace_id, status, starts_at);

CREATE INDEX bookings_holds ON public.bookings USING btree (workspace_id, hold_until) WHERE (status = 'held'::text);

CREATE INDEX bookings_of ON public.bookings USING btree (workspace_id, customer_id, starts_at);

CREATE INDEX bookings_of_intent ON public.bookings USING btree (workspace_id, intent_id);

CREATE INDEX bookings_of_talk ON public.bookings USING btree (workspace_id, conversation_id);

CREATE UNIQUE INDEX bookings_one_move ON public.bookings USING btree (workspace_id, replaces_booking_id) WHERE ((replaces_booking_id IS NOT NULL) AND (status = 'pending_provider'::text));

CREATE INDEX bookings_paid ON public.bookings USING btree (workspace_id, paid_at) WHERE (paid_at IS NOT NULL);

CREATE INDEX bookings_recent ON public.bookings USING btree (workspace_id, created_at);

CREATE INDEX bookings_replacing ON public.bookings USING btree (workspace_id, replaces_booking_id) WHERE (replaces_booking_id IS NOT NULL);

CREATE INDEX consents_of ON public.consents USING btree (workspace_id, customer_id, created_at);

CREATE INDEX console_sessions_at ON public.console_sessions USING btree (workspace_id);

CREATE INDEX console_sessions_ending ON public.console_sessions USING btree (expires_at);

CREATE INDEX console_sessions_of ON public.console_sessions USING btree (user_id);

CREATE INDEX conversations_by_status ON public.conversations USING btree (workspace_id, status);

CREATE INDEX conversations_closed ON public.conversations USING btree (workspace_id, closed_at) WHERE (status = 'closed'::text);

CREATE INDEX conversations_of_customer ON public.conversations USING btree (workspace_id, customer_id, created_at);

CREATE UNIQUE INDEX conversations_one_open ON public.conversations USING btree (workspace_id, channel_account_id, customer_id) WHERE (status <> 'closed'::text);

CREATE INDEX conversations_recent ON public.conversations USING btree (workspace_id, created_at) INCLUDE (id);

CREATE INDEX customer_identities_of ON public.customer_identities USING btree (workspace_id, customer_id);

CREATE INDEX customers_recent ON public.customers USING btree (workspace_id, created_at);

CREATE INDEX effects_by_booking ON public.effects USING btree (booking_id) WHERE (booking_id IS NOT NULL);

CREATE INDEX effects_by_external_ref ON public.effects USING btree (external_ref) WHERE (external_ref IS NOT NULL);

CREATE INDEX effects_by_message ON public.effects USING btree (message_id);

CREATE INDEX effects_claimed ON public.effects USING btree (claim_until) WHERE (status = 'in_flight'::text);

CREATE INDEX effects_due ON public.effects USING btree (due_at) WHERE (status = 'pending'::text);

CREATE INDEX effects_of ON public.effects USING btree (conversation_id);

COMMENT ON INDEX public.effects_of IS 'For deleting a conversation: without it each would read the whole table.';

CREATE UNIQUE INDEX effects_one_cancellation ON public.effects USING btree (booking_id) WHERE ((kind = 'cancel_order'::text) AND (status = ANY (ARRAY['pending'::text, 'in_flight'::text, 'unknown'::text])));

CREATE INDEX effects_open_of ON public.effects USING btree (conversation_id, seq) WHERE (status = ANY (ARRAY['pending'::text, 'in_flight'::text, 'unknown'::text]));

CREATE INDEX effects_settled ON public.effects USING btree (settled_at) WHERE (settled_at IS NOT NULL);

CREATE INDEX effects_unknown ON public.effects USING btree (unknown_since) WHERE (status = 'unknown'::text);

CREATE INDEX effects_with_operator ON public.effects USING btree (settled_at) WHERE (status = 'needs_operator'::text);

CREATE INDEX erased_messages_at ON public.erased_messages USING btree (at);

CREATE INDEX escalations_by_status ON public.escalations USING btree (workspace_id, status);

CREATE INDEX escalations_of ON public.escalations USING btree (workspace_id, conversation_id);

CREATE INDEX escalations_of_customer ON public.escalations USING btree (workspace_id, customer_id, opened_at);

CREATE UNIQUE INDEX escalations_one_active ON public.escalations USING btree (conversation_id) WHERE (status = ANY (ARRAY['open'::text, 'taken'::text]));

CREATE INDEX escalations_recent ON public.escalations USING btree (workspace_id, opened_at);

CREATE INDEX external_completions_of ON public.external_completions USING btree (workspace_id, handoff_id);

CREATE INDEX external_completions_recent ON public.external_completions USING btree (workspace_id, at);

CREATE INDEX feedback_recent ON public.feedback USING btree (workspace_id, created_at);

CREATE INDEX handoff_events_of ON public.handoff_events USING btree (workspace_id, handoff_id, at);

CREATE INDEX handoffs_by_status ON public.handoffs USING btree (workspace_id, status);

CREATE INDEX handoffs_of ON public.handoffs USING btree (workspace_id, conversation_id);

CREATE INDEX handoffs_open ON public.handoffs USING btree (created_at) WHERE (status = ANY (ARRAY['new'::text, 'redirected'::text]));

CREATE INDEX handoffs_recent ON public.handoffs USING btree (workspace_id, created_at);

CREATE INDEX inbox_done ON public.inbox USING btree (done_at) WHERE (done_at IS NOT NULL);

CREATE INDEX inbox_of ON public.inbox USING btree (conversation_id);

COMMENT ON INDEX public.inbox_of IS 'For deleting a conversation: without it each would read the whole table.';

CREATE INDEX inbox_quarantined ON public.inbox USING btree (done_at) WHERE (status = 'quarantined'::text);

CREATE INDEX inbox_waiting ON public.inbox USING btree (conversation_id, id) WHERE (status = 'waiting'::text);

CREATE INDEX inbox_waiting_since ON public.inbox USING btree (due_at) WHERE (status = 'waiting'::text);

CREATE INDEX invitations_of_workspace ON public.invitations USING btree (workspace_id);

CREATE UNIQUE INDEX invitations_open ON public.invitations USING btree (email, COALESCE(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE (accepted_at IS NULL);

CREATE INDEX leads_by_status ON public.leads USING btree (workspace_id, status);

CREATE INDEX leads_recent ON public.leads USING btree (workspace_id, created_at) INCLUDE (conversation_id);

CREATE INDEX llm_calls_made ON public.llm_calls USING btree (created_at);

CREATE INDEX llm_calls_of_conversation ON public.llm_calls USING btree (workspace_id, conversation_id) WHERE (conversation_id IS NOT NULL);

CREATE INDEX llm_calls_recent ON public.llm_calls USING btree (workspace_id, created_at);

CREATE UNIQUE INDEX llm_prompts_one_active ON public.llm_prompts USING btree (workspace_id) WHERE active;

CREATE INDEX login_attempts_of ON public.login_attempts USING btree (user_id, at);

CREATE INDEX login_attempts_recent ON public.login_attempts USING btree (at);

CREATE INDEX magic_links_of ON public.magic_links USING btree (workspace_id, conversation_id, created_at);

CREATE INDEX memberships_of_workspace ON public.memberships USING btree (workspace_id);

CREATE UNIQUE INDEX memberships_once ON public.memberships USING btree (user_id, COALESCE(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid));

CREATE INDEX messages_by_inbox ON public.messages USING btree (inbox_id);

CREATE INDEX messages_recent ON public.messages USING btree (workspace_id, created_at);

CREATE UNIQUE INDEX operator_errors_open ON public.operator_errors USING btree (COALESCE(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid), kind, fingerprint) WHERE (resolved_at IS NULL);

CREATE INDEX operator_errors_recent ON public.operator_errors USING btree (workspace_id, last_at DESC);

CREATE INDEX payment_events_of ON public.payment_events USING btree (workspace_id, payment_id);

CREATE INDEX payment_events_recent ON public.payment_events USING btree (workspace_id, at);

CREATE UNIQUE INDEX payments_by_link ON public.payments USING btree (workspace_id, provider, link_id) WHERE (link_id IS NOT NULL);

CREATE INDEX payments_by_status ON public.payments USING btree (workspace_id, status);

CREATE INDEX payments_of_talk ON public.payments USING btree (workspace_id, conversation_id);

CREATE UNIQUE INDEX payments_one_open ON public.payments USING btree (workspace_id, booking_id) WHERE (status = ANY (ARRAY['creating'::text, 'open'::text, 'processing'::text, 'review'::text]));

CREATE INDEX payments_paid ON public.payments USING btree (workspace_id, paid_at) WHERE (status = 'paid'::text);

CREATE INDEX payments_recent ON public.payments USING btree (workspace_id, created_at);

CREATE INDEX payments_static_open ON public.payments USING btree (expires_at) WHERE ((provider = 'static'::text) AND (status = 'open'::text));

CREATE UNIQUE INDEX provider_accounts_one_enabled ON public.provider_accounts USING btree (workspace_id) WHERE enabled;

CREATE INDEX recorded_webhooks_of ON public.recorded_webhooks USING btree (window_id, seq);

CREATE INDEX schedules_due ON public.schedules USING btree (next_run_at);

CREATE UNIQUE INDEX schedules_key ON public.schedules USING btree (name, COALESCE(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid));

CREATE INDEX slots_by_staff ON public.slots USING btree (workspace_id, staff_id, starts_at);

CREATE INDEX sync_runs_finished ON public.sync_runs USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE UNIQUE INDEX sync_runs_one_open ON public.sync_runs USING btree (workspace_id, kind) WHERE (status = ANY (ARRAY['requested'::text, 'running'::text]));

CREATE INDEX sync_runs_recent ON public.sync_runs USING btree (workspace_id, requested_at DESC);

CREATE INDEX unrouted_webhooks_recent ON public.unrouted_webhooks USING btree (received_at);

CREATE TRIGGER free_items AFTER UPDATE OF status ON public.bookings FOR EACH ROW WHEN (((new.status = ANY (ARRAY['cancelled'::text, 'no_show'::text])) AND (old.status <> new.status))) EXECUTE FUNCTION public.free_items_of_ended_booking();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.booking_intents FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.bookings FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.conversations FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.effects FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.escalations FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.handoffs FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.inbox FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.leads FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON public.payments FOR EACH ROW EXECUTE FUNCTION public.refuse_illegal_transition();

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.booking_intents
    ADD CONSTRAINT booking_intents_workspace_id_bot_id_fkey FOREIGN KEY (workspace_id, bot_id) REFERENCES public.bots(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.booking_intents
    ADD CONSTRAINT booking_intents_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.booking_intents
    ADD CONSTRAINT booking_intents_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_workspace_id_booking_id_fkey FOREIGN KEY (workspace_id, booking_id) REFERENCES public.bookings(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_workspace_id_service_id_fkey FOREIGN KEY (workspace_id, service_id) REFERENCES public.services(workspace_id, id);

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_workspace_id_size_id_fkey FOREIGN KEY (workspace_id, size_id) REFERENCES public.service_sizes(workspace_id, id);

ALTER TABLE ONLY public.booking_items
    ADD CONSTRAINT booking_items_workspace_id_staff_id_fkey FOREIGN KEY (workspace_id, staff_id) REFERENCES public.staff(workspace_id, id);

ALTER TABLE ONLY public.booking_proofs
    ADD CONSTRAINT booking_proofs_workspace_id_booking_id_fkey FOREIGN KEY (workspace_id, booking_id) REFERENCES public.bookings(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.booking_proofs
    ADD CONSTRAINT booking_proofs_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.booking_proofs
    ADD CONSTRAINT booking_proofs_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_intent_id_fkey FOREIGN KEY (workspace_id, intent_id) REFERENCES public.booking_intents(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_location_id_fkey FOREIGN KEY (workspace_id, location_id) REFERENCES public.locations(workspace_id, id);

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_payment_type_id_fkey FOREIGN KEY (workspace_id, payment_type_id) REFERENCES public.payment_types(workspace_id, id);

ALTER TABLE ONLY public.bookings
    ADD CONSTRAINT bookings_workspace_id_replaces_booking_id_fkey FOREIGN KEY (workspace_id, replaces_booking_id) REFERENCES public.bookings(workspace_id, id) ON DELETE SET NULL (replaces_booking_id);

ALTER TABLE ONLY public.bots
    ADD CONSTRAINT bots_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.channel_accounts
    ADD CONSTRAINT channel_accounts_workspace_id_bot_id_fkey FOREIGN KEY (workspace_id, bot_id) REFERENCES public.bots(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consents
    ADD CONSTRAINT consents_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.console_sessions
    ADD CONSTRAINT console_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.console_sessions
    ADD CONSTRAINT console_sessions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_workspace_id_bot_id_fkey FOREIGN KEY (workspace_id, bot_id) REFERENCES public.bots(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_workspace_id_channel_account_id_fkey FOREIGN KEY (workspace_id, channel_account_id) REFERENCES public.channel_accounts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversations
    ADD CONSTRAINT conversations_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customer_identities
    ADD CONSTRAINT customer_identities_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_workspace_id_booking_id_fkey FOREIGN KEY (workspace_id, booking_id) REFERENCES public.bookings(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_workspace_id_inbox_id_fkey FOREIGN KEY (workspace_id, inbox_id) REFERENCES public.inbox(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.effects
    ADD CONSTRAINT effects_workspace_id_message_id_fkey FOREIGN KEY (workspace_id, message_id) REFERENCES public.messages(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.erased_messages
    ADD CONSTRAINT erased_messages_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.erased_opt_outs
    ADD CONSTRAINT erased_opt_outs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.escalations
    ADD CONSTRAINT escalations_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.escalations
    ADD CONSTRAINT escalations_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.external_completions
    ADD CONSTRAINT external_completions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.external_completions
    ADD CONSTRAINT external_completions_workspace_id_handoff_id_fkey FOREIGN KEY (workspace_id, handoff_id) REFERENCES public.handoffs(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.feedback
    ADD CONSTRAINT feedback_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handoff_accounts
    ADD CONSTRAINT handoff_accounts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handoff_events
    ADD CONSTRAINT handoff_events_workspace_id_handoff_id_fkey FOREIGN KEY (workspace_id, handoff_id) REFERENCES public.handoffs(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_workspace_id_bot_id_fkey FOREIGN KEY (workspace_id, bot_id) REFERENCES public.bots(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.handoffs
    ADD CONSTRAINT handoffs_workspace_id_intent_id_fkey FOREIGN KEY (workspace_id, intent_id) REFERENCES public.booking_intents(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_workspace_id_bot_id_fkey FOREIGN KEY (workspace_id, bot_id) REFERENCES public.bots(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.leads
    ADD CONSTRAINT leads_workspace_id_customer_id_fkey FOREIGN KEY (workspace_id, customer_id) REFERENCES public.customers(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.llm_accounts
    ADD CONSTRAINT llm_accounts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.llm_calls
    ADD CONSTRAINT llm_calls_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE SET NULL (conversation_id);

ALTER TABLE ONLY public.llm_calls
    ADD CONSTRAINT llm_calls_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.llm_prompts
    ADD CONSTRAINT llm_prompts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.location_edits
    ADD CONSTRAINT location_edits_workspace_id_location_id_fkey FOREIGN KEY (workspace_id, location_id) REFERENCES public.locations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_attempts
    ADD CONSTRAINT login_attempts_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.magic_links
    ADD CONSTRAINT magic_links_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.mail_suppressions
    ADD CONSTRAINT mail_suppressions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_workspace_id_inbox_id_fkey FOREIGN KEY (workspace_id, inbox_id) REFERENCES public.inbox(workspace_id, id) ON DELETE SET NULL (inbox_id);

ALTER TABLE ONLY public.operator_errors
    ADD CONSTRAINT operator_errors_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_accounts
    ADD CONSTRAINT payment_accounts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_events
    ADD CONSTRAINT payment_events_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_events
    ADD CONSTRAINT payment_events_workspace_id_payment_id_fkey FOREIGN KEY (workspace_id, payment_id) REFERENCES public.payments(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payment_types
    ADD CONSTRAINT payment_types_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_workspace_id_booking_id_fkey FOREIGN KEY (workspace_id, booking_id) REFERENCES public.bookings(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_workspace_id_conversation_id_fkey FOREIGN KEY (workspace_id, conversation_id) REFERENCES public.conversations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provider_accounts
    ADD CONSTRAINT provider_accounts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recorded_webhooks
    ADD CONSTRAINT recorded_webhooks_window_id_fkey FOREIGN KEY (window_id) REFERENCES public.recording_windows(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_edits
    ADD CONSTRAINT service_edits_workspace_id_service_id_fkey FOREIGN KEY (workspace_id, service_id) REFERENCES public.services(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_groups
    ADD CONSTRAINT service_groups_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_locations
    ADD CONSTRAINT service_locations_workspace_id_location_id_fkey FOREIGN KEY (workspace_id, location_id) REFERENCES public.locations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_locations
    ADD CONSTRAINT service_locations_workspace_id_service_id_fkey FOREIGN KEY (workspace_id, service_id) REFERENCES public.services(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.service_sizes
    ADD CONSTRAINT service_sizes_workspace_id_service_id_fkey FOREIGN KEY (workspace_id, service_id) REFERENCES public.services(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_workspace_id_group_id_fkey FOREIGN KEY (workspace_id, group_id) REFERENCES public.service_groups(workspace_id, id);

ALTER TABLE ONLY public.size_edits
    ADD CONSTRAINT size_edits_workspace_id_size_id_fkey FOREIGN KEY (workspace_id, size_id) REFERENCES public.service_sizes(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_workspace_id_location_id_fkey FOREIGN KEY (workspace_id, location_id) REFERENCES public.locations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.slots
    ADD CONSTRAINT slots_workspace_id_staff_id_fkey FOREIGN KEY (workspace_id, staff_id) REFERENCES public.staff(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff_edits
    ADD CONSTRAINT staff_edits_workspace_id_staff_id_fkey FOREIGN KEY (workspace_id, staff_id) REFERENCES public.staff(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff_services
    ADD CONSTRAINT staff_services_workspace_id_service_id_fkey FOREIGN KEY (workspace_id, service_id) REFERENCES public.services(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff_services
    ADD CONSTRAINT staff_services_workspace_id_staff_id_fkey FOREIGN KEY (workspace_id, staff_id) REFERENCES public.staff(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_workspace_id_location_id_fkey FOREIGN KEY (workspace_id, location_id) REFERENCES public.locations(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.sync_runs
    ADD CONSTRAINT sync_runs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.templates
    ADD CONSTRAINT templates_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE public.audit_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.booking_intents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.booking_items ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.booking_proofs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bookings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bots ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.channel_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.consents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.conversations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_identities ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.effects ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.erased_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.erased_opt_outs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.escalations ENABLE ROW LEVEL SECURITY;

CREATE POLICY every_workspace ON public.audit_entries TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.booking_intents TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.booking_items TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.booking_proofs TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.bookings TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.bots TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.channel_accounts TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.consents TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.conversations TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.customer_identities TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.customers TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.effects TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.erased_messages TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.erased_opt_outs TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.escalations TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.external_completions TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.feedback TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.handoff_accounts TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.handoff_events TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.handoffs TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.inbox TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.leads TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.llm_accounts TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.llm_calls TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.llm_prompts TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.location_edits TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.locations TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.magic_links TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.mail_suppressions TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.messages TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.operator_errors TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.payment_accounts TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.payment_events TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.payment_types TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.payments TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.provider_accounts TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.service_edits TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.service_groups TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.service_locations TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.service_sizes TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.services TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.size_edits TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.slots TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.staff TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.staff_edits TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.staff_services TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.sync_runs TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.templates TO frontdesk_system USING (true) WITH CHECK (true);

CREATE POLICY every_workspace ON public.workspaces TO frontdesk_system USING (true) WITH CHECK (true);

ALTER TABLE public.external_completions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.feedback ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.handoff_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.handoff_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.handoffs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.inbox ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.leads ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.llm_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.llm_calls ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.llm_prompts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.location_edits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.locations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.magic_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.mail_suppressions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY one_workspace ON public.audit_entries TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.booking_intents TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.booking_items TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.booking_proofs TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.bookings TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.bots TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.channel_accounts TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.consents TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.conversations TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.customer_identities TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.customers TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.effects TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.erased_messages TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.erased_opt_outs TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.escalations TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.external_completions TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.feedback TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.handoff_accounts TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.handoff_events TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.handoffs TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.inbox TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.leads TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.llm_accounts TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.llm_calls TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.llm_prompts TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.location_edits TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.locations TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.magic_links TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.mail_suppressions TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.messages TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.operator_errors TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.payment_accounts TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.payment_events TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.payment_types TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.payments TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.provider_accounts TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.service_edits TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.service_groups TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.service_locations TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.service_sizes TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.services TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.size_edits TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.slots TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.staff TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.staff_edits TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.staff_services TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.sync_runs TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.templates TO frontdesk_app USING ((workspace_id = public.current_workspace())) WITH CHECK ((workspace_id = public.current_workspace()));

CREATE POLICY one_workspace ON public.workspaces TO frontdesk_app USING ((id = public.current_workspace())) WITH CHECK ((id = public.current_workspace()));

ALTER TABLE public.operator_errors ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payment_types ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.payments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provider_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_edits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_groups ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_locations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.service_sizes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.services ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.size_edits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.slots ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_edits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff_services ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sync_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.workspaces ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA public TO frontdesk_app;
GRANT ALL ON SCHEMA public TO frontdesk_system;

REVOKE ALL ON FUNCTION public.abandon_handoffs(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.abandon_handoffs(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.abandon_intents(p_days integer, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.abandon_intents(p_days integer, p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.accept_inbound(batch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accept_inbound(batch jsonb) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.accept_invitation(p_code_hash bytea, p_user_id uuid, p_name text, p_password_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.accept_invitation(p_code_hash bytea, p_user_id uuid, p_name text, p_password_hash text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.apply_receipts(batch jsonb, p_account_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.apply_receipts(batch jsonb, p_account_ids uuid[]) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.begin_call(p_effect_id uuid, p_claim_id uuid, p_claim_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_call(p_effect_id uuid, p_claim_id uuid, p_claim_seconds double precision) TO frontdesk_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bookings TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bookings TO frontdesk_system;

REVOKE ALL ON FUNCTION public.calls_outside(p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.calls_outside(p_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.choose_workspace(p_id_hash bytea, p_workspace_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.choose_workspace(p_id_hash bytea, p_workspace_id uuid) TO frontdesk_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.effects TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.effects TO frontdesk_system;

REVOKE ALL ON FUNCTION public.claim_effects(p_claim_id uuid, p_claim_seconds double precision, p_hold_seconds double precision, p_limit integer, p_conversation_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_effects(p_claim_id uuid, p_claim_seconds double precision, p_hold_seconds double precision, p_limit integer, p_conversation_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.claim_schedule(p_claim_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_schedule(p_claim_seconds double precision) TO frontdesk_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sync_runs TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sync_runs TO frontdesk_system;

REVOKE ALL ON FUNCTION public.claim_sync_run(p_claim_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.claim_sync_run(p_claim_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.close_idle_conversations(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.close_idle_conversations(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.close_recording(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.close_recording(p_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.confirm_totp(p_id uuid, p_step bigint, p_recovery bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.confirm_totp(p_id uuid, p_step bigint, p_recovery bytea[]) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.count_audit_of_installation(p_since timestamp with time zone, p_until timestamp with time zone, p_text text, p_digits text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_audit_of_installation(p_since timestamp with time zone, p_until timestamp with time zone, p_text text, p_digits text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.create_api_token(p_id uuid, p_prefix text, p_hash bytea, p_name text, p_role text, p_workspace_id uuid, p_scopes text[], p_created_by text, p_expires_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_api_token(p_id uuid, p_prefix text, p_hash bytea, p_name text, p_role text, p_workspace_id uuid, p_scopes text[], p_created_by text, p_expires_at timestamp with time zone) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.create_user(p_id uuid, p_email text, p_name text, p_password_hash text, p_one_time boolean, p_role text, p_workspace_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_user(p_id uuid, p_email text, p_name text, p_password_hash text, p_one_time boolean, p_role text, p_workspace_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.create_workspace(p_id uuid, p_key text, p_name text, p_settings jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_workspace(p_id uuid, p_key text, p_name text, p_settings jsonb) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.customer_history(p_workspace_id uuid, p_customer_id uuid, p_conversation_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.customer_history(p_workspace_id uuid, p_customer_id uuid, p_conversation_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_audit(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_audit(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_bookings(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_bookings(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_conversations(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_conversations(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_customers(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_customers(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_errors(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_errors(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_llm_calls(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_llm_calls(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_payloads(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_payloads(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_reports(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_reports(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_rows(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_rows(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_sync_runs(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_sync_runs(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.delete_old_traces(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_old_traces(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.disable_user(p_id uuid, p_disabled boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.disable_user(p_id uuid, p_disabled boolean) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.drop_totp(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.drop_totp(p_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.end_other_sessions(p_user_id uuid, p_keep bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_other_sessions(p_user_id uuid, p_keep bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.end_session(p_id_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.end_session(p_id_hash bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.ensure_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ensure_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamp with time zone) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.enter_workspace(p_entry_id uuid, p_actor text, p_named text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.enter_workspace(p_entry_id uuid, p_actor text, p_named text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.erase_webhooks_naming(p_words text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.erase_webhooks_naming(p_words text[]) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.expire_claims(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.expire_claims(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.expire_static_links(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.expire_static_links(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.fail_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_error text, p_pause_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.fail_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_error text, p_pause_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_api_token(p_prefix text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_api_token(p_prefix text) TO frontdesk_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.channel_accounts TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.channel_accounts TO frontdesk_system;

REVOKE ALL ON FUNCTION public.find_channel_accounts(p_channel text, p_account_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_channel_accounts(p_channel text, p_account_key text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_handoff(p_token text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_handoff(p_token text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_handoff_account(p_page text, p_account_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_handoff_account(p_page text, p_account_key text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_invitation(p_code_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_invitation(p_code_hash bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_payment_account(p_provider text, p_account_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_payment_account(p_provider text, p_account_key text) TO frontdesk_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_accounts TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provider_accounts TO frontdesk_system;

REVOKE ALL ON FUNCTION public.find_provider_account(p_provider text, p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_provider_account(p_provider text, p_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_session(p_id_hash bytea, p_idle_seconds double precision, p_workspace_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_session(p_id_hash bytea, p_idle_seconds double precision, p_workspace_key text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_user(p_id uuid, p_email text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_user(p_id uuid, p_email text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.find_widget(p_workspace text, p_bot text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_widget(p_workspace text, p_bot text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.finish_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamp with time zone, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.finish_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamp with time zone, p_error text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.free_expired_holds(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.free_expired_holds(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.invite_user(p_id uuid, p_code_hash bytea, p_email text, p_role text, p_workspace_id uuid, p_by text, p_valid_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.invite_user(p_id uuid, p_code_hash bytea, p_email text, p_role text, p_workspace_id uuid, p_by text, p_valid_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.is_widget_origin(p_origin text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_widget_origin(p_origin text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.keep_unrouted(p_id uuid, p_channel text, p_account_key text, p_address text, p_external_id text, p_payload jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.keep_unrouted(p_id uuid, p_channel text, p_account_key text, p_address text, p_external_id text, p_payload jsonb) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.lease_conversation(p_conversation_id uuid, p_lease_seconds double precision, p_max_rows integer, p_max_crashes integer, p_max_errors integer, p_error_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.lease_conversation(p_conversation_id uuid, p_lease_seconds double precision, p_max_rows integer, p_max_crashes integer, p_max_errors integer, p_error_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_api_tokens() FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_api_tokens() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_audit_entries(p_workspace_id uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_audit_entries(p_workspace_id uuid, p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_audit_of_installation(p_since timestamp with time zone, p_until timestamp with time zone, p_text text, p_digits text, p_area text, p_at timestamp with time zone, p_id uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_audit_of_installation(p_since timestamp with time zone, p_until timestamp with time zone, p_text text, p_digits text, p_area text, p_at timestamp with time zone, p_id uuid, p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_channel_accounts() FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_channel_accounts() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_external_workspaces() FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_external_workspaces() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_invitations(p_workspace_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_invitations(p_workspace_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_login_attempts(p_user_id uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_login_attempts(p_user_id uuid, p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_operator_errors(p_workspace_id uuid, p_include_resolved boolean, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_operator_errors(p_workspace_id uuid, p_include_resolved boolean, p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_provider_accounts() FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_provider_accounts() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_sessions(p_user_id uuid, p_current bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_sessions(p_user_id uuid, p_current bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_templates() FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_templates() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_users(p_workspace_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_users(p_workspace_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.list_workspaces() FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_workspaces() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.metric_figures(p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.metric_figures(p_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.note_api_token_use(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_api_token_use(p_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.note_login_attempt(p_id uuid, p_user_id uuid, p_outcome text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.note_login_attempt(p_id uuid, p_user_id uuid, p_outcome text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.offer_totp(p_id uuid, p_secret bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.offer_totp(p_id uuid, p_secret bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.open_recording(p_id uuid, p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_recording(p_id uuid, p_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.open_recordings() FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_recordings() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.open_work(p_channel text, p_account_key text, p_address text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.open_work(p_channel text, p_account_key text, p_address text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.outside_set_up() FROM PUBLIC;
GRANT ALL ON FUNCTION public.outside_set_up() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.queue_figures() FROM PUBLIC;
GRANT ALL ON FUNCTION public.queue_figures() TO frontdesk_app;

REVOKE ALL ON FUNCTION public.record_audit(p_id uuid, p_workspace_id uuid, p_actor text, p_action text, p_subject text, p_detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_audit(p_id uuid, p_workspace_id uuid, p_actor text, p_action text, p_subject text, p_detail jsonb) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.record_operator_error(p_id uuid, p_workspace_id uuid, p_kind text, p_fingerprint text, p_summary text, p_details jsonb, p_conversation_id uuid, p_effect_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_operator_error(p_id uuid, p_workspace_id uuid, p_kind text, p_fingerprint text, p_summary text, p_details jsonb, p_conversation_id uuid, p_effect_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.record_webhook(p_window_id uuid, p_channel text, p_account_key text, p_request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.record_webhook(p_window_id uuid, p_channel text, p_account_key text, p_request jsonb) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.rename_user(p_id uuid, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.rename_user(p_id uuid, p_name text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.renew_lease(p_conversation_id uuid, p_fence bigint, p_lease_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.renew_lease(p_conversation_id uuid, p_fence bigint, p_lease_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.resolve_operator_errors(p_workspace_id uuid, p_kind text, p_fingerprint text, p_resolution text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.resolve_operator_errors(p_workspace_id uuid, p_kind text, p_fingerprint text, p_resolution text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.revoke_api_token(p_prefix text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.revoke_api_token(p_prefix text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.role_of(p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.role_of(p_user_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.set_password(p_id uuid, p_hash text, p_one_time boolean, p_valid_seconds double precision, p_keep bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_password(p_id uuid, p_hash text, p_one_time boolean, p_valid_seconds double precision, p_keep bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.settle_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_seconds double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION public.settle_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_seconds double precision) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.spend_one_time_password(p_id uuid, p_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.spend_one_time_password(p_id uuid, p_hash text) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.start_session(p_id_hash bytea, p_user_id uuid, p_stage text, p_browser text, p_valid_seconds double precision, p_replaces bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.start_session(p_id_hash bytea, p_user_id uuid, p_stage text, p_browser text, p_valid_seconds double precision, p_replaces bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.take_recorded(p_window_id uuid, p_after bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.take_recorded(p_window_id uuid, p_after bigint) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.tell_of_waiting(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tell_of_waiting(p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.unknown_effects(p_grace_seconds double precision, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unknown_effects(p_grace_seconds double precision, p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.use_recovery_code(p_id uuid, p_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.use_recovery_code(p_id uuid, p_hash bytea) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.use_totp_step(p_id uuid, p_step bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.use_totp_step(p_id uuid, p_step bigint) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.waiting_conversations(p_older_seconds double precision, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.waiting_conversations(p_older_seconds double precision, p_limit integer) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.webhooks_naming(p_words text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.webhooks_naming(p_words text[]) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.withdraw_invitation(p_id uuid, p_workspace_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.withdraw_invitation(p_id uuid, p_workspace_id uuid) TO frontdesk_app;

REVOKE ALL ON FUNCTION public.workspaces_of_user(p_user_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.workspaces_of_user(p_user_id uuid) TO frontdesk_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.api_tokens TO frontdesk_system;

GRANT SELECT ON TABLE public.audit_entries TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_entries TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_intents TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_intents TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_items TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_items TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_proofs TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_proofs TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bots TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.bots TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.consents TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.consents TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.console_sessions TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversations TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.conversations TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_identities TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer_identities TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customers TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customers TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.erased_messages TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.erased_messages TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.erased_opt_outs TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.erased_opt_outs TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.escalations TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.external_completions TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.external_completions TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feedback TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.feedback TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handoff_accounts TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handoff_accounts TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handoff_events TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handoff_events TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handoffs TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.handoffs TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.inbox TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.leads TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.leads TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.llm_accounts TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.llm_accounts TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.llm_calls TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.llm_calls TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.llm_prompts TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.llm_prompts TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.location_edits TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.location_edits TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.login_attempts TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.magic_links TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.magic_links TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mail_suppressions TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mail_suppressions TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.memberships TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messages TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.messages TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operator_errors TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.operator_errors TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payment_accounts TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payment_accounts TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payment_events TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payment_events TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payment_types TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payment_types TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payments TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.payments TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recorded_webhooks TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recording_windows TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.schedules TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_edits TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_edits TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_groups TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_groups TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_locations TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_locations TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_sizes TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_sizes TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.services TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.services TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.size_edits TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.size_edits TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.slots TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.slots TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_edits TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_edits TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_services TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff_services TO frontdesk_system;

GRANT SELECT ON TABLE public.state_transitions TO frontdesk_app;
GRANT SELECT ON TABLE public.state_transitions TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.templates TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.templates TO frontdesk_system;

GRANT SELECT,INSERT,DELETE ON TABLE public.unrouted_webhooks TO frontdesk_system;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.users TO frontdesk_system;

GRANT SELECT,UPDATE ON TABLE public.workspaces TO frontdesk_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workspaces TO frontdesk_system;
