-- The synced catalog. Rows are retired, never deleted: bookings and talks point at them.

CREATE TABLE locations (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  external_id text NOT NULL,
  names jsonb NOT NULL,
  aliases text[] NOT NULL DEFAULT '{}',
  address text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  latitude double precision CHECK (latitude BETWEEN -90 AND 90),
  longitude double precision CHECK (longitude BETWEEN -180 AND 180),
  hours jsonb NOT NULL DEFAULT '[]',
  position integer NOT NULL DEFAULT 0,
  retired_at timestamptz,
  last_synced_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, external_id),
  UNIQUE (workspace_id, id)
);
CALL protect_tenant_table('locations');

CREATE TABLE service_groups (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  external_id text NOT NULL,
  names jsonb NOT NULL,
  position integer NOT NULL DEFAULT 0,
  retired_at timestamptz,
  last_synced_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, external_id),
  UNIQUE (workspace_id, id)
);
CALL protect_tenant_table('service_groups');

CREATE TABLE services (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  external_id text NOT NULL,
  group_id uuid,
  names jsonb NOT NULL,
  aliases text[] NOT NULL DEFAULT '{}',
  description text NOT NULL DEFAULT '',
  minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
  price_minor bigint NOT NULL CHECK (price_minor >= 0),
  position integer NOT NULL DEFAULT 0,
  retired_at timestamptz,
  last_synced_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, external_id),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, group_id) REFERENCES service_groups (workspace_id, id)
);
CALL protect_tenant_table('services');

CREATE TABLE service_sizes (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  service_id uuid NOT NULL,
  external_id text NOT NULL,
  names jsonb NOT NULL,
  price_minor bigint NOT NULL CHECK (price_minor >= 0),
  position integer NOT NULL DEFAULT 0,
  retired_at timestamptz,
  UNIQUE (workspace_id, service_id, external_id),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('service_sizes');

CREATE TABLE service_locations (
  workspace_id uuid NOT NULL,
  service_id uuid NOT NULL,
  location_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, service_id, location_id),
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('service_locations');

CREATE TABLE staff (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  external_id text NOT NULL,
  location_id uuid NOT NULL,
  names jsonb NOT NULL,
  aliases text[] NOT NULL DEFAULT '{}',
  extra_minutes integer NOT NULL DEFAULT 0 CHECK (extra_minutes BETWEEN 0 AND 600),
  position integer NOT NULL DEFAULT 0,
  retired_at timestamptz,
  last_synced_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, external_id, location_id),
  UNIQUE (workspace_id, id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('staff');

CREATE TABLE staff_services (
  workspace_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  service_id uuid NOT NULL,
  PRIMARY KEY (workspace_id, staff_id, service_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('staff_services');

CREATE TABLE payment_types (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  external_id text NOT NULL,
  code text NOT NULL,
  names jsonb NOT NULL,
  online boolean NOT NULL,
  position integer NOT NULL DEFAULT 0,
  retired_at timestamptz,
  UNIQUE (workspace_id, external_id),
  UNIQUE (workspace_id, id)
);
CALL protect_tenant_table('payment_types');

-- One free time frame of one person. Read by plain btree ranges: row security keeps `&&` off an index.
CREATE TABLE slots (
  workspace_id uuid NOT NULL,
  location_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  external_id text NOT NULL DEFAULT '',
  valid_until timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, location_id, starts_at, staff_id),
  CHECK (starts_at < ends_at),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX slots_by_staff ON slots (workspace_id, staff_id, starts_at);
CALL protect_tenant_table('slots');

CREATE TABLE sync_runs (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('full', 'slots')),
  trigger text NOT NULL CHECK (trigger IN ('schedule', 'operator', 'seed', 'conversation', 'webhook')),
  forced boolean NOT NULL DEFAULT false,
  status text NOT NULL DEFAULT 'requested'
    CHECK (status IN ('requested', 'running', 'done', 'refused', 'failed')),
  requested_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  claim_until timestamptz,
  counts jsonb NOT NULL DEFAULT '{}',
  error text,
  UNIQUE (workspace_id, id),
  CHECK ((status IN ('done', 'refused', 'failed')) = (finished_at IS NOT NULL)),
  CHECK (status NOT IN ('refused', 'failed') OR error IS NOT NULL)
);
CREATE UNIQUE INDEX sync_runs_one_open ON sync_runs (workspace_id, kind)
  WHERE status IN ('requested', 'running');
CREATE INDEX sync_runs_recent ON sync_runs (workspace_id, requested_at DESC);
CALL protect_tenant_table('sync_runs');
