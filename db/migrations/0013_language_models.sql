-- Language models: what was asked and what it cost, the persona each business gives its assistant, keys of its own.
-- No customer's words stand here: a call is counted, not recorded.

CREATE TABLE llm_calls (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  conversation_id uuid,
  purpose text NOT NULL CHECK (purpose IN ('understand', 'rephrase', 'transcribe')),
  reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 40),
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]{1,40}$'),
  model text NOT NULL CHECK (length(model) BETWEEN 1 AND 100),
  variant text NOT NULL DEFAULT '' CHECK (length(variant) <= 40),
  prompt_version integer NOT NULL DEFAULT 0 CHECK (prompt_version >= 0),
  outcome text NOT NULL DEFAULT 'open' CHECK (outcome IN (
    'open', 'ok', 'refused', 'too_long', 'filtered', 'unreadable', 'timed_out', 'unreachable', 'rate_limited',
    'overloaded', 'no_quota', 'unauthorized', 'misconfigured')),
  used boolean NOT NULL DEFAULT false,
  input_tokens integer NOT NULL DEFAULT 0 CHECK (input_tokens >= 0),
  cached_tokens integer NOT NULL DEFAULT 0 CHECK (cached_tokens BETWEEN 0 AND input_tokens),
  output_tokens integer NOT NULL DEFAULT 0 CHECK (output_tokens >= 0),
  cost_nanos bigint NOT NULL CHECK (cost_nanos >= 0),
  price_known boolean NOT NULL DEFAULT true,
  latency_ms integer CHECK (latency_ms >= 0),
  request_id text NOT NULL DEFAULT '' CHECK (length(request_id) <= 100),
  detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((outcome = 'open') = (latency_ms IS NULL)),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
    ON DELETE SET NULL (conversation_id)
);
COMMENT ON COLUMN llm_calls.cost_nanos IS
  'Thousand-millionths of a US dollar. While a call is open: the most it may cost, so that money is counted before '
  'it is spent and a process that dies in between has counted too much rather than too little.';
COMMENT ON COLUMN llm_calls.used IS 'The answer held something that the conversation went on with.';
CREATE INDEX llm_calls_recent ON llm_calls (workspace_id, created_at);
CREATE INDEX llm_calls_of_conversation ON llm_calls (workspace_id, conversation_id) WHERE conversation_id IS NOT NULL;
CALL protect_tenant_table('llm_calls');

-- The persona and style of a business's assistant. Versions are never changed: an edit is a new one, going back is
-- making an old one active again. Without an active one the template's default speaks (version 0).
CREATE TABLE llm_prompts (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 8000),
  note text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
  active boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, version)
);
CREATE UNIQUE INDEX llm_prompts_one_active ON llm_prompts (workspace_id) WHERE active;
CALL protect_tenant_table('llm_prompts');

CREATE TABLE llm_accounts (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  provider text NOT NULL CHECK (provider IN ('openai', 'anthropic')),
  secrets bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, provider)
);
COMMENT ON TABLE llm_accounts IS 'A business''s own keys; without one the installation''s are used.';
CALL protect_tenant_table('llm_accounts');

CREATE FUNCTION delete_old_llm_calls(p_limit integer) RETURNS integer LANGUAGE sql AS $$
  WITH old AS (
    SELECT c.id FROM llm_calls c JOIN workspaces w ON w.id = c.workspace_id
    WHERE c.created_at < now() - make_interval(days => coalesce((w.settings ->> 'retention_days')::integer, 365))
    LIMIT p_limit FOR UPDATE OF c SKIP LOCKED
  ), gone AS (
    DELETE FROM llm_calls c USING old WHERE c.id = old.id RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
CALL make_system_function('delete_old_llm_calls(integer)');
