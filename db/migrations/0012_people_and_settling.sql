-- People: escalations, operators' acts as a conversation's events, and lines that wait a moment for the next one.

CREATE TABLE escalations (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'taken', 'resolved', 'handed_back')),
  cause text NOT NULL CHECK (length(cause) BETWEEN 1 AND 40),
  summary text NOT NULL DEFAULT '' CHECK (length(summary) <= 500),
  turn integer NOT NULL CHECK (turn >= 0),
  times integer NOT NULL DEFAULT 1 CHECK (times > 0),
  opened_at timestamptz NOT NULL DEFAULT now(),
  taken_at timestamptz,
  taken_by text CHECK (length(taken_by) <= 120),
  closed_at timestamptz,
  closed_by text CHECK (length(closed_by) <= 120),
  UNIQUE (workspace_id, id),
  CHECK ((status IN ('resolved', 'handed_back')) = (closed_at IS NOT NULL)),
  CHECK (status <> 'taken' OR taken_at IS NOT NULL),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON COLUMN escalations.turn IS
  'Where in the transcript it was asked for: the messages of the conversation up to this turn led to it.';
COMMENT ON COLUMN escalations.summary IS 'What stood so far, in plain words; never what a customer in distress wrote.';
CREATE UNIQUE INDEX escalations_one_active ON escalations (conversation_id) WHERE status IN ('open', 'taken');
CREATE INDEX escalations_recent ON escalations (workspace_id, opened_at);
CREATE INDEX escalations_by_status ON escalations (workspace_id, status);
CREATE INDEX escalations_of_customer ON escalations (workspace_id, customer_id, opened_at);
CREATE INDEX escalations_of ON escalations (workspace_id, conversation_id);
CALL protect_tenant_table('escalations');
INSERT INTO state_transitions VALUES
  ('escalations', 'open', 'taken'), ('escalations', 'open', 'resolved'), ('escalations', 'open', 'handed_back'),
  ('escalations', 'taken', 'resolved'), ('escalations', 'taken', 'handed_back');
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON escalations
  FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition();

-- What an operator does is the conversation's next event, in order with all others and under the same lease.
ALTER TABLE inbox DROP CONSTRAINT inbox_kind_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_kind_check
  CHECK (kind IN ('customer_message', 'effect_answer', 'operator_act'));

ALTER TABLE conversations ADD COLUMN settle_until timestamptz;
COMMENT ON COLUMN conversations.settle_until IS
  'The last line looked unfinished: until then the rest of it may come. The next message clears it and is judged anew.';

-- RECEIVE, as before, and whoever writes on ends the wait for more.
CREATE OR REPLACE FUNCTION accept_inbound(batch jsonb)
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
    UPDATE conversations c SET last_inbound_at = now(), address = r.address, settle_until = NULL
    WHERE c.workspace_id = r.workspace_id AND c.channel_account_id = r.channel_account_id
      AND c.customer_id = v_customer AND c.status <> 'closed'
    RETURNING c.id INTO v_conversation;
    IF v_conversation IS NULL THEN
      INSERT INTO conversations (id, workspace_id, bot_id, channel_account_id, customer_id, address)
      VALUES (r.conversation_id, r.workspace_id, r.bot_id, r.channel_account_id, v_customer, r.address)
      ON CONFLICT (workspace_id, channel_account_id, customer_id) WHERE status <> 'closed'
      DO UPDATE SET last_inbound_at = now(), address = excluded.address, settle_until = NULL
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
CALL make_system_function('accept_inbound(jsonb)');

-- LEASE, as before; not while a line settles, with the age of each row and how often a person was asked for.
CREATE OR REPLACE FUNCTION lease_conversation(
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
  -- Only the customer's own lines wait for more of them; an answer from the outside or an operator's word does not.
  IF c.settle_until > clock_timestamp() AND NOT EXISTS (
    SELECT FROM inbox WHERE conversation_id = c.id AND status = 'waiting' AND kind <> 'customer_message'
  ) THEN RETURN NULL; END IF;

  WITH taken AS (
    SELECT id FROM inbox WHERE conversation_id = c.id AND status = 'waiting'
    ORDER BY id LIMIT CASE WHEN head.attempts > 0 THEN 1 ELSE p_max_rows END
  ), counted AS (
    UPDATE inbox i SET attempts = attempts + 1 FROM taken WHERE i.id = taken.id
    RETURNING i.id, i.kind, i.source, i.external_id, i.payload, i.attempts, i.errors,
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
    'escalations', (SELECT count(*) FROM escalations e
                    WHERE e.workspace_id = c.workspace_id AND e.customer_id = c.customer_id
                      AND e.opened_at > clock_timestamp() - interval '1 hour'),
    'catalog_version', (SELECT w.catalog_version FROM workspaces w WHERE w.id = c.workspace_id),
    'settings_at', (SELECT w.updated_at FROM workspaces w WHERE w.id = c.workspace_id));
END $$;
CALL make_system_function('lease_conversation(uuid, double precision, integer, integer, integer, uuid)');

-- SETTLE: a turn that would rather hear more first gives everything back as if it had not been taken. False: more
-- has come already, or the lease is lost.
CREATE FUNCTION settle_turn(p_conversation_id uuid, p_fence bigint, p_inbox_ids bigint[], p_seconds double precision)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  more boolean;
BEGIN
  PERFORM FROM conversations WHERE id = p_conversation_id AND fence = p_fence FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  -- After the lock: what was accepted before it is seen, what is accepted after it clears the wait.
  more := EXISTS (SELECT FROM inbox WHERE conversation_id = p_conversation_id AND status = 'waiting'
                  AND id > ALL (p_inbox_ids));
  UPDATE inbox SET attempts = attempts - 1 WHERE id = ANY (p_inbox_ids) AND status = 'waiting';
  UPDATE conversations SET lease_until = NULL,
         settle_until = CASE WHEN NOT more THEN clock_timestamp() + make_interval(secs => p_seconds) END
  WHERE id = p_conversation_id;
  RETURN NOT more;
END $$;
CALL make_system_function('settle_turn(uuid, bigint, bigint[], double precision)');

-- POLLER, as before, without those that settle.
CREATE OR REPLACE FUNCTION waiting_conversations(p_older_seconds double precision, p_limit integer)
RETURNS TABLE (conversation_id uuid) LANGUAGE sql STABLE AS $$
  SELECT i.conversation_id FROM inbox i JOIN conversations c ON c.id = i.conversation_id
  WHERE i.status = 'waiting' AND i.due_at < clock_timestamp() - make_interval(secs => p_older_seconds)
    AND (c.lease_until IS NULL OR c.lease_until < clock_timestamp())
    AND (c.settle_until IS NULL OR c.settle_until < clock_timestamp())
    AND i.id = (SELECT min(head.id) FROM inbox head
                WHERE head.conversation_id = i.conversation_id AND head.status = 'waiting')
  ORDER BY i.due_at LIMIT p_limit
$$;
CALL make_system_function('waiting_conversations(double precision, integer)');

-- RETENTION, as before, and customers who have nothing here any more, and operator errors settled long ago.
CREATE OR REPLACE FUNCTION delete_old_rows(p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
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
  -- Who hasn't written for so long and has nothing left here. An opt-out is kept: forgetting it would undo it.
  WITH silent AS (
    SELECT k.id FROM customers k JOIN workspaces w ON w.id = k.workspace_id
    WHERE k.opted_out_at IS NULL
      AND k.updated_at < now() - make_interval(days => coalesce((w.settings ->> 'retention_days')::integer, 365))
      AND NOT EXISTS (SELECT FROM conversations c WHERE c.workspace_id = k.workspace_id AND c.customer_id = k.id)
      AND NOT EXISTS (SELECT FROM bookings b WHERE b.workspace_id = k.workspace_id AND b.customer_id = k.id)
    LIMIT p_limit FOR UPDATE OF k SKIP LOCKED
  )
  DELETE FROM customers k USING silent WHERE k.id = silent.id;
  GET DIAGNOSTICS gone = ROW_COUNT;
  total := total + gone;
  DELETE FROM operator_errors WHERE resolved_at < now() - interval '90 days';
  GET DIAGNOSTICS gone = ROW_COUNT;
  total := total + gone;
  DELETE FROM recording_windows WHERE open_until < now() - interval '1 day';
  DELETE FROM slots WHERE ends_at < now() - interval '1 day';
  DELETE FROM sync_runs WHERE finished_at < now() - interval '90 days';
  RETURN total;
END $$;
CALL make_system_function('delete_old_rows(integer)');
