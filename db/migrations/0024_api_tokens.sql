-- Programs that read through the API: their tokens. And who did what: entries that nobody can change.

-- A token belongs to the agency or to one business, so the table is out of the application's reach; the functions
-- below are all that touches it. The token itself is never stored, only what it begins with and its digest.
CREATE TABLE api_tokens (
  id uuid PRIMARY KEY,
  prefix text NOT NULL UNIQUE CHECK (prefix ~ '^fd_[a-z0-9]{8}$'),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  role text NOT NULL CHECK (role IN ('agency', 'client')),
  workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['admin:read', 'admin:demo', 'chat']),
  created_by text NOT NULL CHECK (length(created_by) <= 120),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  CHECK ((role = 'agency') = (workspace_id IS NULL)),
  CHECK (role = 'agency' OR NOT 'admin:demo' = ANY(scopes))
);
COMMENT ON COLUMN api_tokens.hash IS 'SHA-256 of the whole token: 256 random bits need no slow digest.';
COMMENT ON COLUMN api_tokens.last_used_at IS 'To the minute: reading must not write a row each time.';
CREATE INDEX api_tokens_of_workspace ON api_tokens (workspace_id) WHERE workspace_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON api_tokens TO frontdesk_system;

CREATE FUNCTION create_api_token(
  p_id uuid, p_prefix text, p_hash bytea, p_name text, p_role text, p_workspace_id uuid, p_scopes text[],
  p_created_by text, p_expires_at timestamptz
) RETURNS void LANGUAGE sql AS $$
  INSERT INTO api_tokens (id, prefix, hash, name, role, workspace_id, scopes, created_by, expires_at)
  VALUES (p_id, p_prefix, p_hash, p_name, p_role, p_workspace_id, p_scopes, p_created_by, p_expires_at)
$$;
CALL make_system_function('create_api_token(uuid, text, bytea, text, text, uuid, text[], text, timestamptz)');

CREATE FUNCTION find_api_token(p_prefix text)
RETURNS TABLE (id uuid, prefix text, hash bytea, name text, role text, workspace_id uuid, scopes text[])
LANGUAGE sql STABLE AS $$
  SELECT t.id, t.prefix, t.hash, t.name, t.role, t.workspace_id, t.scopes FROM api_tokens t
  WHERE t.prefix = p_prefix AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
$$;
CALL make_system_function('find_api_token(text)');

CREATE FUNCTION note_api_token_use(p_id uuid) RETURNS void LANGUAGE sql AS $$
  UPDATE api_tokens SET last_used_at = now()
  WHERE id = p_id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
$$;
CALL make_system_function('note_api_token_use(uuid)');

CREATE FUNCTION list_api_tokens() RETURNS TABLE (
  id uuid, prefix text, name text, role text, workspace_key text, scopes text[], created_by text,
  created_at timestamptz, expires_at timestamptz, last_used_at timestamptz, revoked_at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT t.id, t.prefix, t.name, t.role, w.key, t.scopes, t.created_by, t.created_at, t.expires_at, t.last_used_at,
         t.revoked_at
  FROM api_tokens t LEFT JOIN workspaces w ON w.id = t.workspace_id ORDER BY t.created_at DESC, t.id
$$;
CALL make_system_function('list_api_tokens()');

CREATE FUNCTION revoke_api_token(p_prefix text) RETURNS boolean LANGUAGE sql AS $$
  WITH gone AS (
    UPDATE api_tokens SET revoked_at = now() WHERE prefix = p_prefix AND revoked_at IS NULL RETURNING 1
  )
  SELECT EXISTS (SELECT FROM gone)
$$;
CALL make_system_function('revoke_api_token(text)');

CREATE TABLE audit_entries (
  id uuid PRIMARY KEY,
  workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 200),
  action text NOT NULL CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$' AND length(action) <= 80),
  subject text NOT NULL DEFAULT '' CHECK (length(subject) <= 200),
  detail jsonb NOT NULL DEFAULT '{}' CHECK (length(detail::text) <= 4000),
  at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN audit_entries.workspace_id IS 'NULL: concerns the installation (a token, a user of the agency).';
CREATE INDEX audit_entries_recent ON audit_entries (workspace_id, at DESC);
CALL protect_tenant_table('audit_entries');
-- What was done stays done: the application adds entries through the function below and reads them.
REVOKE INSERT, UPDATE, DELETE ON audit_entries FROM frontdesk_app;

CREATE FUNCTION record_audit(
  p_id uuid, p_workspace_id uuid, p_actor text, p_action text, p_subject text, p_detail jsonb
) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit_entries (id, workspace_id, actor, action, subject, detail)
  VALUES (p_id, p_workspace_id, left(p_actor, 200), p_action, left(p_subject, 200), p_detail)
$$;
CALL make_system_function('record_audit(uuid, uuid, text, text, text, jsonb)');

-- Somebody of the agency chooses a business to act for. Every choice leaves an entry; going on with it within the
-- hour leaves none, or the entries would only count requests.
CREATE FUNCTION enter_workspace(p_entry_id uuid, p_actor text, p_named text)
RETURNS TABLE (id uuid, key text, name text) LANGUAGE sql AS $$
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
CALL make_system_function('enter_workspace(uuid, text, text)');

-- NULL: those of every workspace and of the installation.
CREATE FUNCTION list_audit_entries(p_workspace_id uuid, p_limit integer) RETURNS TABLE (
  id uuid, workspace_key text, actor text, action text, subject text, detail jsonb, at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT e.id, w.key, e.actor, e.action, e.subject, e.detail, e.at
  FROM audit_entries e LEFT JOIN workspaces w ON w.id = e.workspace_id
  WHERE p_workspace_id IS NULL OR e.workspace_id = p_workspace_id
  ORDER BY e.at DESC, e.id DESC LIMIT p_limit
$$;
CALL make_system_function('list_audit_entries(uuid, integer)');
