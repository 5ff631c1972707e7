-- What ends by itself and what doesn't: a booking that was cancelled on the business's page, a talk in which somebody
-- still waits for a person; and for how long what hangs on nothing is kept.

-- ---------------------------------------------------------------- cancelled on the business's page
-- The wish and the lead go back with their handoff; they are given up with it, or booked anew.
INSERT INTO state_transitions VALUES
  ('booking_intents', 'confirmed', 'redirected'), ('leads', 'booked', 'redirected');

CREATE OR REPLACE FUNCTION abandon_handoffs(p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
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
CALL make_system_function('abandon_handoffs(integer)');

-- ---------------------------------------------------------------- somebody waits for a person
CREATE FUNCTION waits_for_person(p_conversation_id uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM escalations e
    WHERE e.conversation_id = p_conversation_id AND (e.status = 'open' OR (e.status = 'taken' AND NOT EXISTS (
      SELECT FROM messages m
      WHERE m.conversation_id = p_conversation_id AND m.direction = 'out' AND m.payload ? 'by'
        AND m.seq > coalesce((SELECT max(said.seq) FROM messages said
                              WHERE said.conversation_id = p_conversation_id AND said.direction = 'in'), 0)))))
$$;
COMMENT ON FUNCTION waits_for_person IS
  'Nobody took the request, or whoever took it didn''t have the last word. A person''s own line is an answer.';

CREATE FUNCTION may_close(p_conversation_id uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT FROM inbox i WHERE i.conversation_id = p_conversation_id AND i.status = 'waiting')
    AND NOT EXISTS (SELECT FROM effects e WHERE e.conversation_id = p_conversation_id
                    AND e.status IN ('pending', 'in_flight', 'unknown'))
    AND NOT waits_for_person(p_conversation_id)
$$;

CREATE FUNCTION close_talks(p_conversation_ids uuid[]) RETURNS integer
LANGUAGE sql AS $$
  WITH closed AS (
    UPDATE conversations SET status = 'closed', closed_at = now(), human_since = NULL
    WHERE id = ANY (p_conversation_ids) RETURNING id
  ), handed_back AS (
    UPDATE escalations e SET status = 'handed_back', closed_at = now(), closed_by = 'the idle time'
    FROM closed WHERE e.conversation_id = closed.id AND e.status = 'taken'
  )
  SELECT count(*)::integer FROM closed
$$;
COMMENT ON FUNCTION close_talks IS 'Those that were locked before; what a person answered and left ends with its talk.';

CREATE OR REPLACE FUNCTION close_idle_conversations(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
BEGIN
  RETURN close_talks(ARRAY(
    SELECT c.id FROM conversations c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.status <> 'closed' AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
      AND c.last_inbound_at < now()
          - make_interval(hours => coalesce((w.settings ->> 'conversation_idle_hours')::integer, 24))
      AND may_close(c.id)
    LIMIT p_limit FOR NO KEY UPDATE OF c SKIP LOCKED));
END $$;
CALL make_system_function('close_idle_conversations(integer)');

-- Once per request: a person who waited for as long as a talk may be idle is told of as an error.
CREATE FUNCTION tell_of_waiting(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
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
CALL make_system_function('tell_of_waiting(integer)');

CREATE OR REPLACE FUNCTION accept_inbound(batch jsonb)
RETURNS TABLE(ordinal integer, inbox_id bigint, conversation_id uuid, workspace_id uuid)
LANGUAGE plpgsql AS $$
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
CALL make_system_function('accept_inbound(jsonb)');

-- ---------------------------------------------------------------- what hangs on nothing
CREATE INDEX external_completions_recent ON external_completions (workspace_id, at);

CREATE FUNCTION delete_old_audit(p_limit integer) RETURNS integer
LANGUAGE sql AS $$
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
CALL make_system_function('delete_old_audit(integer)');

CREATE FUNCTION delete_old_reports(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
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
CALL make_system_function('delete_old_reports(integer)');
