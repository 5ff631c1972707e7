-- How often a customer may write before he is asked to wait, what is kept for how long, and erasing a person.

-- ---------------------------------------------------------------- throttling
ALTER TABLE conversations ADD COLUMN burst_from timestamptz, ADD COLUMN burst integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN conversations.burst_from IS 'When the minute began in which `burst` messages came.';
ALTER TABLE inbox ADD COLUMN throttled boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN inbox.throttled IS
  'Came over the limit: kept and acknowledged, and taken when the minute is over, with what came beside it.';
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_check
  CHECK (kind IN ('customer_message', 'effect_answer', 'operator_act', 'throttled'));

-- ---------------------------------------------------------------- erasing a person
ALTER TABLE conversations ADD COLUMN erased_at timestamptz;
COMMENT ON COLUMN conversations.erased_at IS
  'Its customer was erased; what is left of it holds up a booking that the business keeps, and nothing is said in it.';
CREATE INDEX conversations_closed ON conversations (workspace_id, closed_at) WHERE status = 'closed';

CREATE TABLE erased_messages (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  message_hash text NOT NULL CHECK (length(message_hash) = 64),
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, message_hash)
);
CALL protect_tenant_table('erased_messages');
CREATE INDEX erased_messages_at ON erased_messages (at);
COMMENT ON TABLE erased_messages IS
  'Which messages were erased with their customer, as hashes: a provider may deliver one again for days.';

CREATE TABLE erased_opt_outs (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  address_hash text NOT NULL CHECK (length(address_hash) = 64),
  opted_out_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, address_hash)
);
CALL protect_tenant_table('erased_opt_outs');
COMMENT ON TABLE erased_opt_outs IS
  'Who opted out before he was erased, as hashes of the number or id: forgetting it would undo the opt-out.';

CREATE FUNCTION address_hash(p_workspace_id uuid, p_address text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(p_workspace_id::text || ' ' || lower(p_address), 'UTF8')), 'hex');
COMMENT ON FUNCTION address_hash IS
  'The workspace is part of it, so that two businesses'' rows can''t be compared. Numbers can be guessed: it is '
  'a pseudonym, not a secret.';

CREATE FUNCTION message_hash(p_source text, p_account text, p_external_id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(p_source || ' ' || p_account || ' ' || p_external_id, 'UTF8')), 'hex');

-- ---------------------------------------------------------------- RECEIVE
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
      UPDATE conversations c SET status = 'closed', closed_at = now(), human_since = NULL
      WHERE c.workspace_id = r.workspace_id AND c.channel_account_id = r.channel_account_id
        AND c.customer_id = v_customer AND c.status <> 'closed'
        AND c.last_inbound_at < now() - make_interval(hours => r.idle_hours)
        AND NOT EXISTS (SELECT FROM inbox i WHERE i.conversation_id = c.id AND i.status = 'waiting')
        AND NOT EXISTS (SELECT FROM effects e WHERE e.conversation_id = c.id
                        AND e.status IN ('pending', 'in_flight', 'unknown'));
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

-- ---------------------------------------------------------------- LEASE
CREATE OR REPLACE FUNCTION lease_conversation(
  p_conversation_id uuid, p_lease_seconds double precision, p_max_rows integer, p_max_crashes integer,
  p_max_errors integer, p_error_id uuid) RETURNS jsonb
LANGUAGE plpgsql AS $$
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
CALL make_system_function('lease_conversation(uuid, double precision, integer, integer, integer, uuid)');

CREATE OR REPLACE FUNCTION settle_turn(
  p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_seconds double precision) RETURNS boolean
LANGUAGE plpgsql AS $$
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
CALL make_system_function('settle_turn(uuid, bigint, bigint[], double precision)');

CREATE OR REPLACE FUNCTION waiting_conversations(p_older_seconds double precision, p_limit integer)
RETURNS TABLE(conversation_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT i.conversation_id FROM inbox i JOIN conversations c ON c.id = i.conversation_id
  WHERE i.status = 'waiting' AND i.due_at < clock_timestamp() - make_interval(secs => p_older_seconds)
    AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
    AND (c.settle_until IS NULL OR c.settle_until < clock_timestamp())
    AND i.id = (SELECT min(head.id) FROM inbox head
                WHERE head.conversation_id = i.conversation_id AND head.status = 'waiting'
                  AND NOT (head.throttled AND head.due_at > clock_timestamp()))
  ORDER BY i.due_at LIMIT p_limit
$$;
CALL make_system_function('waiting_conversations(double precision, integer)');

-- ---------------------------------------------------------------- what is kept for how long
ALTER TABLE conversations ADD COLUMN payloads_deleted_at timestamptz, ADD COLUMN traces_deleted_at timestamptz,
  ADD COLUMN emptied_at timestamptz;
COMMENT ON COLUMN conversations.emptied_at IS
  'What was said in it is deleted; it holds up bookings that are kept for longer.';

CREATE FUNCTION retention_days(p_settings jsonb, p_kind text, p_default integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce((p_settings -> 'retention' ->> p_kind)::integer,
                CASE WHEN p_kind = 'conversations' THEN (p_settings ->> 'retention_days')::integer END, p_default);

CREATE FUNCTION is_at_rest(p_conversation_id uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
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
COMMENT ON FUNCTION is_at_rest IS 'Nothing is under way in it, waits for a person, or is still to take place.';

CREATE FUNCTION old_conversations(p_kind text, p_default integer, p_limit integer) RETURNS SETOF uuid
LANGUAGE plpgsql AS $$
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

CREATE FUNCTION delete_old_payloads(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  old uuid[] := ARRAY(SELECT old_conversations('payloads', 30, p_limit));
BEGIN
  UPDATE inbox SET payload = '{}' WHERE conversation_id = ANY (old) AND status <> 'waiting' AND payload <> '{}';
  UPDATE effects SET request = '{}', result = CASE WHEN result IS NULL THEN NULL ELSE '{}'::jsonb END
  WHERE conversation_id = ANY (old) AND settled_at IS NOT NULL;
  UPDATE conversations SET payloads_deleted_at = now(), state = NULL WHERE id = ANY (old);
  RETURN cardinality(old);
END $$;
CALL make_system_function('delete_old_payloads(integer)');

CREATE FUNCTION delete_old_traces(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  old uuid[] := ARRAY(SELECT old_conversations('traces', 90, p_limit));
BEGIN
  UPDATE messages SET trace = '[]' WHERE conversation_id = ANY (old) AND trace <> '[]';
  UPDATE conversations SET traces_deleted_at = now() WHERE id = ANY (old);
  RETURN cardinality(old);
END $$;
CALL make_system_function('delete_old_traces(integer)');

CREATE FUNCTION delete_old_conversations(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
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
CALL make_system_function('delete_old_conversations(integer)');

CREATE FUNCTION delete_old_bookings(p_limit integer) RETURNS integer
LANGUAGE sql AS $$
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
CALL make_system_function('delete_old_bookings(integer)');

CREATE FUNCTION delete_old_customers(p_limit integer) RETURNS integer
LANGUAGE sql AS $$
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
CALL make_system_function('delete_old_customers(integer)');

CREATE OR REPLACE FUNCTION delete_old_llm_calls(p_limit integer) RETURNS integer
LANGUAGE sql AS $$
  WITH old AS (
    SELECT c.id FROM llm_calls c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.created_at < now() - make_interval(days => retention_days(w.settings, 'llm_calls', 365))
    LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
  ), gone AS (
    DELETE FROM llm_calls c USING old WHERE c.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
CALL make_system_function('delete_old_llm_calls(integer)');

CREATE FUNCTION delete_old_errors(p_limit integer) RETURNS integer
LANGUAGE sql AS $$
  WITH old AS (
    SELECT e.id FROM operator_errors e LEFT JOIN workspaces w ON w.id = e.workspace_id
    WHERE e.resolved_at < now() - make_interval(days => retention_days(w.settings, 'errors', 90))
    LIMIT p_limit FOR UPDATE OF e SKIP LOCKED
  ), gone AS (
    DELETE FROM operator_errors e USING old WHERE e.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
CALL make_system_function('delete_old_errors(integer)');

CREATE FUNCTION delete_old_sync_runs(p_limit integer) RETURNS integer
LANGUAGE sql AS $$
  WITH old AS (
    SELECT s.id FROM sync_runs s JOIN workspaces w ON w.id = s.workspace_id
    WHERE s.finished_at < now() - make_interval(days => retention_days(w.settings, 'sync_runs', 90))
    LIMIT p_limit FOR UPDATE OF s SKIP LOCKED
  ), gone AS (
    DELETE FROM sync_runs s USING old WHERE s.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
CALL make_system_function('delete_old_sync_runs(integer)');

-- What belongs to no business, or to none any more.
DROP FUNCTION delete_old_rows(integer);
CREATE FUNCTION delete_old_rows(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
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
CALL make_system_function('delete_old_rows(integer)');

-- ---------------------------------------------------------------- what nobody could route may still name a person
CREATE FUNCTION webhooks_naming(p_words text[]) RETURNS TABLE(kind text, at timestamptz, payload jsonb)
LANGUAGE sql STABLE AS $$
  SELECT 'unrouted_webhooks', u.received_at, u.payload FROM unrouted_webhooks u
  WHERE EXISTS (SELECT FROM unnest(p_words) AS word WHERE strpos(lower(u.payload::text), lower(word)) > 0)
  UNION ALL
  SELECT 'recorded_webhooks', r.received_at, r.request FROM recorded_webhooks r
  WHERE EXISTS (SELECT FROM unnest(p_words) AS word WHERE strpos(lower(r.request::text), lower(word)) > 0)
$$;
CALL make_system_function('webhooks_naming(text[])');

CREATE FUNCTION erase_webhooks_naming(p_words text[]) RETURNS integer
LANGUAGE plpgsql AS $$
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
CALL make_system_function('erase_webhooks_naming(text[])');
