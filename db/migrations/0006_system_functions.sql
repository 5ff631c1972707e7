-- Everything that must cross workspaces, and nothing else does. Owned by frontdesk_system, called by name.
-- Times are the database's clock: processes on other machines may disagree about now.

CREATE PROCEDURE make_system_function(signature regprocedure)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = public, pg_temp', signature);
  EXECUTE format('ALTER FUNCTION %s OWNER TO frontdesk_system', signature);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO frontdesk_app', signature);
END $$;

-- Operator errors: equal open ones are counted, not repeated.
CREATE FUNCTION record_operator_error(
  p_id uuid, p_workspace_id uuid, p_kind text, p_fingerprint text, p_summary text,
  p_details jsonb, p_conversation_id uuid, p_effect_id uuid
) RETURNS boolean LANGUAGE sql AS $$
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

CREATE FUNCTION list_operator_errors(p_workspace_id uuid, p_include_resolved boolean, p_limit integer)
RETURNS TABLE (
  id uuid, workspace_key text, kind text, summary text, details jsonb, conversation_id uuid, effect_id uuid,
  times integer, first_at timestamptz, last_at timestamptz, resolved_at timestamptz, resolution text
) LANGUAGE sql STABLE AS $$
  SELECT e.id, w.key, e.kind, e.summary, e.details, e.conversation_id, e.effect_id,
         e.times, e.first_at, e.last_at, e.resolved_at, e.resolution
  FROM operator_errors e LEFT JOIN workspaces w ON w.id = e.workspace_id
  WHERE (p_workspace_id IS NULL OR e.workspace_id = p_workspace_id)
    AND (p_include_resolved OR e.resolved_at IS NULL)
  ORDER BY e.last_at DESC LIMIT p_limit
$$;

CREATE FUNCTION resolve_operator_errors(p_workspace_id uuid, p_kind text, p_fingerprint text, p_resolution text)
RETURNS integer LANGUAGE sql AS $$
  WITH closed AS (
    UPDATE operator_errors SET resolved_at = now(), resolution = p_resolution
    WHERE workspace_id IS NOT DISTINCT FROM p_workspace_id AND kind = p_kind
      AND fingerprint = left(p_fingerprint, 200) AND resolved_at IS NULL
    RETURNING 1
  )
  SELECT count(*)::integer FROM closed
$$;

-- Workspaces and accounts
CREATE FUNCTION list_workspaces()
RETURNS TABLE (id uuid, key text, name text, settings jsonb, catalog_version bigint) LANGUAGE sql STABLE AS $$
  SELECT id, key, name, settings, catalog_version FROM workspaces ORDER BY key
$$;

CREATE FUNCTION create_workspace(p_id uuid, p_key text, p_name text, p_settings jsonb) RETURNS uuid
LANGUAGE sql AS $$
  INSERT INTO workspaces (id, key, name, settings) VALUES (p_id, p_key, p_name, p_settings)
  ON CONFLICT (key) DO UPDATE SET name = excluded.name, settings = excluded.settings, updated_at = now()
  RETURNING id
$$;

-- The account a webhook's key names, and those whose parts its signature may carry.
CREATE FUNCTION find_channel_accounts(p_channel text, p_account_key text) RETURNS SETOF channel_accounts
LANGUAGE sql STABLE AS $$
  SELECT other.* FROM channel_accounts named
  JOIN channel_accounts other ON other.id = named.id
    OR (named.signing_group <> '' AND other.channel = named.channel
        AND other.signing_group = named.signing_group)
  WHERE named.channel = p_channel AND named.account_key = p_account_key AND named.enabled AND other.enabled
  ORDER BY (other.id = named.id) DESC
$$;

CREATE FUNCTION list_channel_accounts() RETURNS SETOF channel_accounts LANGUAGE sql STABLE AS $$
  SELECT * FROM channel_accounts ORDER BY workspace_id, channel, address
$$;

CREATE FUNCTION list_provider_accounts() RETURNS SETOF provider_accounts LANGUAGE sql STABLE AS $$
  SELECT * FROM provider_accounts ORDER BY workspace_id
$$;

-- RECEIVE: many customers' messages in one transaction. Rows come sorted by identity, so that two batches
-- lock in the same order. Each: {ordinal, workspace_id, bot_id, channel_account_id, source, account,
-- external_id, channel, phone, user_id, address, profile_name, idle_hours, payload, customer_id, conversation_id}
-- (the last two are fresh ids, used if the row is the customer's or the conversation's first).
CREATE FUNCTION accept_inbound(batch jsonb)
RETURNS TABLE (ordinal integer, inbox_id bigint, conversation_id uuid, workspace_id uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  r record;
  v_customer uuid;
  v_conversation uuid;
  v_inbox bigint;
BEGIN
  FOR r IN
    SELECT * FROM jsonb_to_recordset(batch) AS x(
      ordinal integer, workspace_id uuid, bot_id uuid, channel_account_id uuid, source text, account text,
      external_id text, channel text, phone text, user_id text, address text, profile_name text,
      idle_hours integer, payload jsonb, customer_id uuid, conversation_id uuid)
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
    IF v_customer IS NULL THEN
      INSERT INTO customers (id, workspace_id, profile_name, phone)
      VALUES (r.customer_id, r.workspace_id, r.profile_name, r.phone);
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
    UPDATE conversations c SET last_inbound_at = now(), address = r.address
    WHERE c.workspace_id = r.workspace_id AND c.channel_account_id = r.channel_account_id
      AND c.customer_id = v_customer AND c.status <> 'closed'
    RETURNING c.id INTO v_conversation;
    IF v_conversation IS NULL THEN
      INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address)
      VALUES (r.conversation_id, r.workspace_id, r.bot_id, r.channel_account_id, v_customer, r.address)
      ON CONFLICT (workspace_id, channel_account_id, customer_id) WHERE status <> 'closed'
      DO UPDATE SET last_inbound_at = now(), address = excluded.address
      RETURNING id INTO v_conversation;
    END IF;
    -- After the conversation, as a turn's commit locks them: the other way round the two could lock each other out.
    IF r.profile_name IS NOT NULL THEN
      UPDATE customers c SET profile_name = r.profile_name, updated_at = now()
      WHERE c.id = v_customer AND c.profile_name IS DISTINCT FROM r.profile_name;
    END IF;

    INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload)
    VALUES (r.workspace_id, v_conversation, r.source, r.account, r.external_id, 'customer_message', r.payload)
    ON CONFLICT (source, account, external_id) DO NOTHING
    RETURNING id INTO v_inbox;
    ordinal := r.ordinal; inbox_id := v_inbox; conversation_id := v_conversation; workspace_id := r.workspace_id;
    RETURN NEXT;
  END LOOP;
END $$;

-- Without an address nobody could verify it: strangers may fill a thousand rows an hour, no more.
CREATE FUNCTION keep_unrouted(p_id uuid, p_channel text, p_account_key text, p_address text,
                              p_external_id text, p_payload jsonb)
RETURNS boolean LANGUAGE sql AS $$
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

-- Delivery receipts, by rank; one that carries our effect id proves a send whose answer got lost.
-- Each: {ordinal, external_id, correlation_id, status, rank, error}. Only conversations of the given accounts.
CREATE FUNCTION apply_receipts(batch jsonb, p_account_ids uuid[])
RETURNS TABLE (ordinal integer, effect_id uuid, conversation_id uuid, workspace_id uuid, proved boolean)
LANGUAGE plpgsql AS $$
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

-- LEASE: take a conversation that has something due, count the attempt before the work, hand out its rows.
-- A row that crashed three turns (or failed eight) is quarantined here and the next one goes on.
-- Returns NULL when there is nothing to do or somebody else is at it.
CREATE FUNCTION lease_conversation(
  p_conversation_id uuid, p_lease_seconds double precision, p_max_rows integer,
  p_max_crashes integer, p_max_errors integer, p_error_id uuid
) RETURNS jsonb LANGUAGE plpgsql AS $$
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

  SELECT id, attempts, due_at INTO head FROM inbox
  WHERE conversation_id = c.id AND status = 'waiting' ORDER BY id LIMIT 1;
  IF NOT FOUND OR head.due_at > clock_timestamp() THEN RETURN NULL; END IF;

  WITH taken AS (
    SELECT id FROM inbox WHERE conversation_id = c.id AND status = 'waiting'
    ORDER BY id LIMIT CASE WHEN head.attempts > 0 THEN 1 ELSE p_max_rows END
  ), counted AS (
    UPDATE inbox i SET attempts = attempts + 1 FROM taken WHERE i.id = taken.id
    RETURNING i.id, i.kind, i.source, i.external_id, i.payload, i.attempts, i.errors, i.received_at
  )
  SELECT jsonb_agg(to_jsonb(counted) ORDER BY id) INTO rows FROM counted;
  UPDATE conversations SET fence = fence + 1,
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
    'catalog_version', (SELECT w.catalog_version FROM workspaces w WHERE w.id = c.workspace_id),
    'settings_at', (SELECT w.updated_at FROM workspaces w WHERE w.id = c.workspace_id));
END $$;

CREATE FUNCTION renew_lease(p_conversation_id uuid, p_fence bigint, p_lease_seconds double precision)
RETURNS boolean LANGUAGE sql AS $$
  WITH renewed AS (
    UPDATE conversations SET lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
    WHERE id = p_conversation_id AND fence = p_fence AND lease_until IS NOT NULL RETURNING 1
  )
  SELECT EXISTS (SELECT FROM renewed)
$$;

-- A turn that raised: counted as an error (not a crash), tried again after a pause, lease given back.
CREATE FUNCTION fail_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_error text,
                          p_pause_seconds double precision)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE conversations SET lease_until = NULL WHERE id = p_conversation_id AND fence = p_fence;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE inbox SET errors = errors + 1, last_error = left(p_error, 500),
         due_at = clock_timestamp() + make_interval(secs => p_pause_seconds)
  WHERE id = ANY (p_inbox_ids) AND status = 'waiting';
  RETURN true;
END $$;

-- POLLER: conversations whose oldest row has waited too long while nobody holds the lease. Only the oldest counts:
-- while it is paused after an error, the rows behind it wait with it.
CREATE FUNCTION waiting_conversations(p_older_seconds double precision, p_limit integer)
RETURNS TABLE (conversation_id uuid) LANGUAGE sql STABLE AS $$
  SELECT i.conversation_id FROM inbox i JOIN conversations c ON c.id = i.conversation_id
  WHERE i.status = 'waiting' AND i.due_at < clock_timestamp() - make_interval(secs => p_older_seconds)
    AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
    AND i.id = (SELECT min(head.id) FROM inbox head
                WHERE head.conversation_id = i.conversation_id AND head.status = 'waiting')
  ORDER BY i.due_at LIMIT p_limit
$$;

-- CLAIM: due effects; a send waits for the earlier open sends of its conversation (up to the hold).
-- With a conversation: its worker, right after the turn's commit. Without: a dispatcher, for what is left over.
-- A send has no step before its call, so the claim is its mark; an order is marked after its double-check.
CREATE FUNCTION claim_effects(p_claim_id uuid, p_claim_seconds double precision, p_hold_seconds double precision,
                              p_limit integer, p_conversation_id uuid)
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
           called_at = CASE WHEN e.kind IN ('send', 'cancel_order') THEN clock_timestamp() END
    WHERE e.id = ANY (due) RETURNING e.*;
END $$;

-- The commit right before a call that must not happen twice. False: the claim is no longer ours, don't call.
CREATE FUNCTION begin_call(p_effect_id uuid, p_claim_id uuid, p_claim_seconds double precision) RETURNS boolean
LANGUAGE sql AS $$
  WITH begun AS (
    UPDATE effects SET called_at = clock_timestamp(),
           claim_until = clock_timestamp() + make_interval(secs => p_claim_seconds)
    WHERE id = p_effect_id AND status = 'in_flight' AND claim_id = p_claim_id AND called_at IS NULL
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM begun)
$$;

-- CRASH: a claim ran out. Called: nobody knows, never straight back to pending. Not called yet: somebody else's turn.
CREATE FUNCTION expire_claims(p_limit integer)
RETURNS TABLE (effect_id uuid, conversation_id uuid, workspace_id uuid, kind text, status text)
LANGUAGE sql AS $$
  WITH late AS (
    SELECT e.id FROM effects e WHERE e.status = 'in_flight' AND e.claim_until < clock_timestamp()
    ORDER BY e.claim_until LIMIT p_limit FOR UPDATE SKIP LOCKED
  )
  UPDATE effects e SET
    status = CASE WHEN e.called_at IS NULL THEN 'pending' ELSE 'unknown' END,
    unknown_since = CASE WHEN e.called_at IS NULL THEN NULL ELSE clock_timestamp() END,
    claim_id = NULL, claim_until = NULL, error_code = 'claim_expired',
    error_detail = 'The process that made this call died before it knew the answer.'
  FROM late WHERE e.id = late.id RETURNING e.id, e.conversation_id, e.workspace_id, e.kind, e.status
$$;

-- RECONCILE: unknown effects whose grace period is over.
CREATE FUNCTION unknown_effects(p_grace_seconds double precision, p_limit integer) RETURNS SETOF effects
LANGUAGE sql STABLE AS $$
  SELECT * FROM effects e
  WHERE e.status = 'unknown'
    AND e.unknown_since < clock_timestamp() - make_interval(secs => CASE WHEN e.kind = 'send' THEN p_grace_seconds ELSE 0 END)
  ORDER BY e.unknown_since LIMIT p_limit
$$;

-- SCHEDULE
CREATE FUNCTION ensure_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamptz) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO schedules (name, workspace_id, next_run_at) VALUES (p_name, p_workspace_id, p_next_run_at)
  ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION claim_schedule(p_claim_seconds double precision)
RETURNS TABLE (name text, workspace_id uuid) LANGUAGE sql AS $$
  WITH due AS (
    SELECT s.ctid FROM schedules s
    WHERE s.next_run_at <= clock_timestamp() AND (s.claim_until IS NULL OR s.claim_until < clock_timestamp())
    ORDER BY s.next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE schedules s SET claim_until = clock_timestamp() + make_interval(secs => p_claim_seconds)
  FROM due WHERE s.ctid = due.ctid RETURNING s.name, s.workspace_id
$$;

CREATE FUNCTION finish_schedule(p_name text, p_workspace_id uuid, p_next_run_at timestamptz, p_error text)
RETURNS void LANGUAGE sql AS $$
  UPDATE schedules SET claim_until = NULL, last_run_at = clock_timestamp(), next_run_at = p_next_run_at,
         last_error = left(p_error, 500)
  WHERE name = p_name AND workspace_id IS NOT DISTINCT FROM p_workspace_id
$$;

CREATE FUNCTION close_idle_conversations(p_limit integer) RETURNS integer LANGUAGE sql AS $$
  WITH idle AS (
    SELECT c.id FROM conversations c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.status <> 'closed' AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
      AND c.last_inbound_at < now()
          - make_interval(hours => coalesce((w.settings ->> 'conversation_idle_hours')::integer, 24))
      AND NOT EXISTS (SELECT FROM inbox i WHERE i.conversation_id = c.id AND i.status = 'waiting')
      AND NOT EXISTS (SELECT FROM effects e WHERE e.conversation_id = c.id
                      AND e.status IN ('pending', 'in_flight', 'unknown'))
    LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
  ), closed AS (
    UPDATE conversations c SET status = 'closed', closed_at = now(), human_since = NULL
    FROM idle WHERE c.id = idle.id RETURNING 1
  )
  SELECT count(*)::integer FROM closed
$$;

CREATE FUNCTION delete_old_rows(p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  gone integer;
  total integer := 0;
BEGIN
  -- A conversation goes as a whole; what it booked stays readable as long as the workspace keeps it.
  WITH old AS (
    SELECT c.id FROM conversations c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.status = 'closed'
      AND c.closed_at < now() - make_interval(days => coalesce((w.settings ->> 'retention_days')::integer, 365))
    LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
  )
  DELETE FROM conversations c USING old WHERE c.id = old.id;
  GET DIAGNOSTICS gone = ROW_COUNT;
  total := total + gone;
  DELETE FROM unrouted_webhooks WHERE received_at < now() - interval '30 days';
  GET DIAGNOSTICS gone = ROW_COUNT;
  total := total + gone;
  DELETE FROM recording_windows WHERE open_until < now() - interval '1 day';
  DELETE FROM slots WHERE ends_at < now() - interval '1 day';
  DELETE FROM sync_runs WHERE finished_at < now() - interval '90 days';
  RETURN total;
END $$;

-- Sync runs: the catalog process takes what was asked for; a run whose process died is taken again.
CREATE FUNCTION claim_sync_run(p_claim_seconds double precision) RETURNS SETOF sync_runs LANGUAGE sql AS $$
  WITH next AS (
    SELECT s.id FROM sync_runs s
    WHERE s.status = 'requested' OR (s.status = 'running' AND s.claim_until < clock_timestamp())
    ORDER BY s.requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE sync_runs s SET status = 'running', started_at = coalesce(s.started_at, clock_timestamp()),
         claim_until = clock_timestamp() + make_interval(secs => p_claim_seconds)
  FROM next WHERE s.id = next.id RETURNING s.*
$$;

-- What is still moving for one customer of one account: `frontdesk chat` waits for zero.
CREATE FUNCTION open_work(p_channel text, p_account_key text, p_address text) RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(
    (SELECT count(*) FROM inbox i WHERE i.conversation_id = c.id AND i.status = 'waiting')
    + (SELECT count(*) FROM effects e WHERE e.conversation_id = c.id AND NOT e.provisional
       AND e.kind <> 'poll_payment' AND e.status IN ('pending', 'in_flight'))), 0)::integer
  FROM conversations c JOIN channel_accounts a ON a.id = c.channel_account_id
  WHERE a.channel = p_channel AND a.account_key = p_account_key AND c.address = p_address
    AND c.status <> 'closed'
$$;

-- Recording
CREATE FUNCTION open_recording(p_id uuid, p_seconds double precision) RETURNS void LANGUAGE sql AS $$
  INSERT INTO recording_windows (id, open_until) VALUES (p_id, clock_timestamp() + make_interval(secs => p_seconds))
  ON CONFLICT (id) DO UPDATE SET open_until = excluded.open_until
$$;
CREATE FUNCTION open_recordings() RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS $$
  SELECT id FROM recording_windows WHERE open_until > clock_timestamp()
$$;
CREATE FUNCTION record_webhook(p_window_id uuid, p_channel text, p_account_key text, p_request jsonb)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO recorded_webhooks (window_id, channel, account_key, request)
  SELECT id, p_channel, p_account_key, p_request FROM recording_windows WHERE id = p_window_id
$$;
CREATE FUNCTION take_recorded(p_window_id uuid, p_after bigint)
RETURNS TABLE (seq bigint, channel text, account_key text, received_at timestamptz, request jsonb)
LANGUAGE sql STABLE AS $$
  SELECT seq, channel, account_key, received_at, request FROM recorded_webhooks
  WHERE window_id = p_window_id AND seq > p_after ORDER BY seq
$$;
CREATE FUNCTION close_recording(p_id uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM recording_windows WHERE id = p_id
$$;

CREATE FUNCTION queue_figures() RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'inbox_waiting', (SELECT count(*) FROM inbox WHERE status = 'waiting'),
    'inbox_quarantined', (SELECT count(*) FROM inbox WHERE status = 'quarantined'),
    'effects_pending', (SELECT count(*) FROM effects WHERE status = 'pending' AND kind <> 'poll_payment'),
    'effects_in_flight', (SELECT count(*) FROM effects WHERE status = 'in_flight' AND kind <> 'poll_payment'),
    'effects_unknown', (SELECT count(*) FROM effects WHERE status = 'unknown'),
    'effects_needs_operator', (SELECT count(*) FROM effects WHERE status = 'needs_operator'))
$$;

DO $$
DECLARE
  f regprocedure;
BEGIN
  FOR f IN
    SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND p.proname IN (
      'record_operator_error', 'list_operator_errors', 'resolve_operator_errors', 'list_workspaces',
      'create_workspace', 'find_channel_accounts', 'list_channel_accounts', 'list_provider_accounts',
      'accept_inbound', 'keep_unrouted', 'apply_receipts', 'lease_conversation', 'renew_lease', 'fail_turn',
      'waiting_conversations', 'claim_effects', 'begin_call', 'expire_claims', 'unknown_effects', 'ensure_schedule',
      'claim_schedule', 'finish_schedule', 'close_idle_conversations', 'delete_old_rows', 'claim_sync_run',
      'open_work', 'open_recording', 'open_recordings', 'record_webhook', 'take_recorded', 'close_recording',
      'queue_figures')
  LOOP
    CALL make_system_function(f);
  END LOOP;
END $$;
