-- Roles, tenancy helpers, workspaces, bots and the accounts that connect them to the outside.
--
-- frontdesk_app     what a request or a turn runs as (SET LOCAL ROLE in db/tx.py). Owns nothing; sees one
--                   workspace at a time through row-level security.
-- frontdesk_system  owns the few SECURITY DEFINER functions that must cross workspaces. Nobody logs in as it.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'frontdesk_app') THEN
    CREATE ROLE frontdesk_app NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'frontdesk_system') THEN
    CREATE ROLE frontdesk_system NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;  -- roles belong to the cluster: another database may be migrated at this very moment
END $$;
DO $$
BEGIN
  EXECUTE format('GRANT frontdesk_app, frontdesk_system TO %I', current_user);
EXCEPTION WHEN invalid_grant_operation THEN
  NULL;  -- already a member through the role that created them
END $$;
GRANT USAGE ON SCHEMA public TO frontdesk_app, frontdesk_system;
GRANT CREATE ON SCHEMA public TO frontdesk_system;

CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE FUNCTION current_workspace() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('frontdesk.workspace_id', true), '')::uuid;

-- Every tenant table goes through this: row security for the application, a free pass for system functions.
CREATE PROCEDURE protect_tenant_table(tenant_table regclass)
LANGUAGE plpgsql AS $$
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

-- Which state may follow which, as rows: one trigger refuses everything else.
CREATE TABLE state_transitions (
  table_name text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (table_name, from_state, to_state)
);
GRANT SELECT ON state_transitions TO frontdesk_app, frontdesk_system;

CREATE FUNCTION refuse_illegal_transition() RETURNS trigger
LANGUAGE plpgsql AS $$
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

CREATE TABLE workspaces (
  id uuid PRIMARY KEY,
  key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9][a-z0-9-]{1,60}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  settings jsonb NOT NULL,
  catalog_version bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY one_workspace ON workspaces TO frontdesk_app
  USING (id = current_workspace()) WITH CHECK (id = current_workspace());
CREATE POLICY every_workspace ON workspaces TO frontdesk_system USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON workspaces TO frontdesk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON workspaces TO frontdesk_system;

CREATE TABLE bots (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  key text NOT NULL CHECK (key ~ '^[a-z0-9][a-z0-9-]{1,60}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  form jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, key),
  UNIQUE (workspace_id, id)
);
CALL protect_tenant_table('bots');

CREATE TABLE channel_accounts (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  bot_id uuid NOT NULL,
  channel text NOT NULL CHECK (channel IN ('whatsapp', 'twilio', 'web')),
  account_key text NOT NULL CHECK (account_key ~ '^[A-Za-z0-9_-]{6,64}$'),
  address text NOT NULL CHECK (length(address) BETWEEN 1 AND 128),
  signing_group text NOT NULL DEFAULT '',
  secrets bytea NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  api_base_url text NOT NULL DEFAULT '',
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (channel, account_key),
  UNIQUE (channel, address),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, bot_id) REFERENCES bots (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON COLUMN channel_accounts.signing_group IS
  'Fingerprint of the secret that signs webhooks: a batch signed for one account may only carry parts of '
  'accounts in the same group (several numbers of one Meta app).';
CALL protect_tenant_table('channel_accounts');

CREATE TABLE provider_accounts (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]{1,40}$'),
  dialect text NOT NULL DEFAULT '',
  base_url text NOT NULL,
  secrets bytea NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, id)
);
CREATE UNIQUE INDEX provider_accounts_one_enabled ON provider_accounts (workspace_id) WHERE enabled;
CALL protect_tenant_table('provider_accounts');
