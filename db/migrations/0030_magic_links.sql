-- Links into a conversation's web chat. The link itself is a signed token that is kept nowhere; its row can be revoked.

CREATE TABLE magic_links (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  jti_hash bytea NOT NULL UNIQUE CHECK (length(jti_hash) = 32),
  made_by text NOT NULL CHECK (length(made_by) BETWEEN 1 AND 120),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_by text CHECK (length(revoked_by) BETWEEN 1 AND 120),
  used_count integer NOT NULL DEFAULT 0 CHECK (used_count >= 0),
  first_used_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, id),
  CHECK (expires_at > created_at),
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
  CHECK ((used_count = 0) = (first_used_at IS NULL) AND (first_used_at IS NULL) = (last_used_at IS NULL)),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE magic_links IS 'Links by which a customer opens his conversation in the browser (/c).';
COMMENT ON COLUMN magic_links.jti_hash IS 'SHA-256 of the token''s own id: who reads this table can''t make a link of it.';
COMMENT ON COLUMN magic_links.used_count IS 'How often it was traded for a cookie. A preview that only fetches the page counts nothing.';
CREATE INDEX magic_links_of ON magic_links (workspace_id, conversation_id, created_at);
CALL protect_tenant_table('magic_links');
