-- Hand-offs: customers who finish on the business's own booking page, what led them there and what became of it.

CREATE TABLE handoffs (
  id uuid PRIMARY KEY,
  token text NOT NULL UNIQUE CHECK (token ~ '^[A-Za-z0-9_-]{12,40}$'),
  workspace_id uuid NOT NULL,
  bot_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  intent_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'new'
    CHECK (status IN ('new', 'redirected', 'completed_external', 'abandoned')),
  page text NOT NULL CHECK (length(page) <= 40),
  booking_url text NOT NULL CHECK (booking_url ~ '^https://' AND length(booking_url) <= 2048),
  url_used text CHECK (length(url_used) <= 4096),
  language text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2}$'),
  customer_name text NOT NULL DEFAULT '' CHECK (length(customer_name) <= 120),
  customer_phone text NOT NULL DEFAULT '' CHECK (length(customer_phone) <= 32),
  customer_email text NOT NULL DEFAULT '' CHECK (length(customer_email) <= 254),
  service text NOT NULL DEFAULT '' CHECK (length(service) <= 500),
  preferred_time text NOT NULL DEFAULT '' CHECK (length(preferred_time) <= 200),
  notes text NOT NULL DEFAULT '' CHECK (length(notes) <= 2000),
  source text NOT NULL DEFAULT '' CHECK (length(source) <= 200),
  metadata jsonb NOT NULL DEFAULT '{}' CHECK (length(metadata::text) <= 2000),
  ip_hash text CHECK (length(ip_hash) <= 64),
  external_booking_id text CHECK (length(external_booking_id) <= 300),
  created_at timestamptz NOT NULL DEFAULT now(),
  redirected_at timestamptz,
  completed_at timestamptz,
  completed_by text CHECK (length(completed_by) <= 120),
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, intent_id),
  CHECK (status <> 'redirected' OR (redirected_at IS NOT NULL AND url_used IS NOT NULL)),
  CHECK ((status = 'completed_external') = (completed_at IS NOT NULL)),
  CHECK ((completed_at IS NULL) = (completed_by IS NULL)),
  FOREIGN KEY (workspace_id, bot_id) REFERENCES bots (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, intent_id) REFERENCES booking_intents (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON COLUMN handoffs.completed_by IS 'webhook:<page> or the operator: only those two may complete a handoff.';
COMMENT ON COLUMN handoffs.url_used IS 'The address that the customer was last led to, with source, reference and prefill.';
CREATE INDEX handoffs_recent ON handoffs (workspace_id, created_at);
CREATE INDEX handoffs_by_status ON handoffs (workspace_id, status);
CREATE INDEX handoffs_of ON handoffs (workspace_id, conversation_id);
CREATE INDEX handoffs_open ON handoffs (created_at) WHERE status IN ('new', 'redirected');
CALL protect_tenant_table('handoffs');
INSERT INTO state_transitions VALUES
  ('handoffs', 'new', 'redirected'), ('handoffs', 'new', 'completed_external'), ('handoffs', 'new', 'abandoned'),
  ('handoffs', 'redirected', 'completed_external'), ('handoffs', 'redirected', 'abandoned'),
  ('handoffs', 'abandoned', 'redirected'), ('handoffs', 'abandoned', 'completed_external'),
  ('handoffs', 'completed_external', 'redirected');
-- A late click or a late webhook revives what was given up.
INSERT INTO state_transitions VALUES
  ('booking_intents', 'abandoned', 'redirected'), ('leads', 'lost', 'redirected');
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON handoffs
  FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition();

CREATE TABLE handoff_events (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  handoff_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN (
    'created', 'redirected', 'completed', 'cancelled', 'moved', 'suggested', 'abandoned', 'note')),
  made_by text NOT NULL CHECK (length(made_by) <= 120),
  detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 500),
  at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (workspace_id, handoff_id) REFERENCES handoffs (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX handoff_events_of ON handoff_events (workspace_id, handoff_id, at);
CALL protect_tenant_table('handoff_events');

-- What booking pages reported: a repeat changes nothing, whatever it says.
CREATE TABLE external_completions (
  workspace_id uuid NOT NULL,
  page text NOT NULL CHECK (length(page) <= 40),
  booking_id text NOT NULL CHECK (length(booking_id) <= 300),
  outcome text NOT NULL CHECK (length(outcome) <= 20),
  handoff_id uuid,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, page, booking_id, outcome),
  FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, handoff_id) REFERENCES handoffs (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX external_completions_of ON external_completions (workspace_id, handoff_id);
CALL protect_tenant_table('external_completions');

-- Accounts at booking pages: what signs their completion webhooks. Without one the webhook is off.
CREATE TABLE handoff_accounts (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  page text NOT NULL CHECK (page ~ '^[a-z][a-z0-9_]{1,40}$'),
  account_key text NOT NULL UNIQUE CHECK (account_key ~ '^[A-Za-z0-9_-]{16,64}$'),
  secrets bytea NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, page)
);
CALL protect_tenant_table('handoff_accounts');

CREATE FUNCTION find_handoff_account(p_page text, p_account_key text)
RETURNS TABLE (id uuid, workspace_id uuid, page text, account_key text, secrets bytea)
LANGUAGE sql STABLE AS $$
  SELECT a.id, a.workspace_id, a.page, a.account_key, a.secrets FROM handoff_accounts a
  WHERE a.page = p_page AND a.account_key = p_account_key AND a.enabled
$$;
CALL make_system_function('find_handoff_account(text, text)');

-- Whoever opens a hand-off page shows nothing but its token.
CREATE FUNCTION find_handoff(p_token text) RETURNS TABLE (
  id uuid, workspace_id uuid, bot_id uuid, workspace_name text, status text, page text, booking_url text,
  language text, customer_name text, customer_phone text, customer_email text, service text,
  preferred_time text, notes text, source text, settings jsonb
) LANGUAGE sql STABLE AS $$
  SELECT h.id, h.workspace_id, h.bot_id, w.name, h.status, h.page, h.booking_url, h.language, h.customer_name,
         h.customer_phone, h.customer_email, h.service, h.preferred_time, h.notes, h.source, w.settings
  FROM handoffs h JOIN workspaces w ON w.id = h.workspace_id WHERE h.token = p_token
$$;
CALL make_system_function('find_handoff(text)');

-- Kept by web processes, so that a page can lead on while the tables can't be read.
CREATE FUNCTION list_external_workspaces()
RETURNS TABLE (workspace_id uuid, name text, settings jsonb) LANGUAGE sql STABLE AS $$
  SELECT id, name, settings FROM workspaces WHERE settings ->> 'booking_mode' = 'external'
$$;
CALL make_system_function('list_external_workspaces()');

-- ABANDONMENT: handoffs that nobody finished in the time their business gives, and wishes nobody confirmed in a week.
CREATE FUNCTION abandon_handoffs(p_limit integer) RETURNS integer LANGUAGE sql AS $$
  WITH late AS (
    SELECT h.id FROM handoffs h JOIN workspaces w ON w.id = h.workspace_id
    WHERE h.status IN ('new', 'redirected')
      AND greatest(h.created_at, h.redirected_at)
          < now() - make_interval(hours => coalesce((w.settings -> 'external' ->> 'abandon_hours')::integer, 24))
    ORDER BY h.created_at LIMIT p_limit FOR UPDATE OF h SKIP LOCKED
  ), given_up AS (
    UPDATE handoffs h SET status = 'abandoned' FROM late WHERE h.id = late.id
    RETURNING h.id, h.workspace_id, h.intent_id, h.conversation_id
  ), told AS (
    INSERT INTO handoff_events (id, workspace_id, handoff_id, kind, made_by)
    SELECT gen_random_uuid(), workspace_id, id, 'abandoned', 'schedule' FROM given_up
  ), intents AS (
    UPDATE booking_intents i SET status = 'abandoned', updated_at = now() FROM given_up g
    WHERE i.id = g.intent_id AND i.status IN ('intent', 'redirected')
  ), lost AS (
    UPDATE leads l SET status = 'lost', updated_at = now() FROM given_up g
    WHERE l.workspace_id = g.workspace_id AND l.conversation_id = g.conversation_id
      AND l.status IN ('incomplete', 'qualified', 'redirected')
  )
  SELECT count(*)::integer FROM given_up
$$;
CALL make_system_function('abandon_handoffs(integer)');

CREATE FUNCTION abandon_intents(p_days integer, p_limit integer) RETURNS integer LANGUAGE sql AS $$
  WITH old AS (
    SELECT id FROM booking_intents WHERE status = 'intent' AND updated_at < now() - make_interval(days => p_days)
    ORDER BY updated_at LIMIT p_limit FOR UPDATE SKIP LOCKED
  ), given_up AS (
    UPDATE booking_intents i SET status = 'abandoned', updated_at = now() FROM old WHERE i.id = old.id
    RETURNING i.workspace_id, i.conversation_id
  ), lost AS (
    UPDATE leads l SET status = 'lost', updated_at = now() FROM given_up g
    WHERE l.workspace_id = g.workspace_id AND l.conversation_id = g.conversation_id
      AND l.status IN ('incomplete', 'qualified')
  )
  SELECT count(*)::integer FROM given_up
$$;
CALL make_system_function('abandon_intents(integer, integer)');
CREATE INDEX booking_intents_waiting ON booking_intents (updated_at) WHERE status = 'intent';
