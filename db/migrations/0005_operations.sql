-- What operators see and what the clock starts: errors, unrouted webhooks, schedules, recordings.

CREATE TABLE operator_errors (
  id uuid PRIMARY KEY,
  workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 80),
  fingerprint text NOT NULL CHECK (length(fingerprint) BETWEEN 1 AND 200),
  summary text NOT NULL CHECK (length(summary) BETWEEN 1 AND 1000),
  details jsonb NOT NULL DEFAULT '{}',
  conversation_id uuid,
  effect_id uuid,
  times integer NOT NULL DEFAULT 1 CHECK (times > 0),
  first_at timestamptz NOT NULL DEFAULT now(),
  last_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  resolution text,
  CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
COMMENT ON COLUMN operator_errors.workspace_id IS 'NULL: concerns the installation (an unknown account, a dead Redis).';
CREATE UNIQUE INDEX operator_errors_open ON operator_errors
  (coalesce(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid), kind, fingerprint)
  WHERE resolved_at IS NULL;
CREATE INDEX operator_errors_recent ON operator_errors (workspace_id, last_at DESC);
CALL protect_tenant_table('operator_errors');

CREATE TABLE unrouted_webhooks (
  id uuid PRIMARY KEY,
  channel text NOT NULL,
  account_key text NOT NULL CHECK (length(account_key) <= 128),
  address text NOT NULL CHECK (length(address) <= 128),
  external_id text NOT NULL CHECK (length(external_id) <= 300),
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (channel, account_key, external_id)
);
CREATE INDEX unrouted_webhooks_recent ON unrouted_webhooks (received_at);
GRANT SELECT, INSERT, DELETE ON unrouted_webhooks TO frontdesk_system;

-- Jobs by the clock are rows: any number of dispatchers may claim them.
CREATE TABLE schedules (
  name text NOT NULL,
  workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  next_run_at timestamptz NOT NULL,
  claim_until timestamptz,
  last_run_at timestamptz,
  last_error text
);
CREATE UNIQUE INDEX schedules_key ON schedules
  (name, coalesce(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid));
CREATE INDEX schedules_due ON schedules (next_run_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON schedules TO frontdesk_system;

-- `frontdesk record` opens a window; web processes append redacted webhooks while it is open.
CREATE TABLE recording_windows (
  id uuid PRIMARY KEY,
  open_until timestamptz NOT NULL
);
CREATE TABLE recorded_webhooks (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  window_id uuid NOT NULL REFERENCES recording_windows ON DELETE CASCADE,
  channel text NOT NULL,
  account_key text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  request jsonb NOT NULL
);
CREATE INDEX recorded_webhooks_of ON recorded_webhooks (window_id, seq);
GRANT SELECT, INSERT, UPDATE, DELETE ON recording_windows, recorded_webhooks TO frontdesk_system;
