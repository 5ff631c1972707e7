-- What an operator wants said and counted otherwise than the booking system says it. Beside the synced rows, not
-- in them: the source's own values keep syncing beneath, and dropping an edit brings them back.

CREATE TABLE service_edits (
  workspace_id uuid NOT NULL,
  service_id uuid NOT NULL,
  names jsonb NOT NULL DEFAULT '{}',
  aliases text[] NOT NULL DEFAULT '{}',
  minutes integer CHECK (minutes BETWEEN 1 AND 1440),
  price_minor bigint CHECK (price_minor >= 0),
  hidden boolean NOT NULL DEFAULT false,
  edited_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, service_id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('service_edits');

CREATE TABLE size_edits (
  workspace_id uuid NOT NULL,
  size_id uuid NOT NULL,
  price_minor bigint NOT NULL CHECK (price_minor >= 0),
  edited_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, size_id),
  FOREIGN KEY (workspace_id, size_id) REFERENCES service_sizes (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('size_edits');

-- A webhook that comes while a run is reading may tell of what that run no longer sees: it runs once more.
ALTER TABLE sync_runs ADD COLUMN again boolean NOT NULL DEFAULT false;
