-- What an operator calls places and people, beside the synced rows as his edits of services are (0008).

CREATE TABLE location_edits (
  workspace_id uuid NOT NULL,
  location_id uuid NOT NULL,
  names jsonb NOT NULL DEFAULT '{}',
  aliases text[] NOT NULL DEFAULT '{}',
  edited_at timestamptz NOT NULL DEFAULT now(),
  CHECK (names <> '{}' OR aliases <> '{}'),
  PRIMARY KEY (workspace_id, location_id),
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('location_edits');

CREATE TABLE staff_edits (
  workspace_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  names jsonb NOT NULL DEFAULT '{}',
  aliases text[] NOT NULL DEFAULT '{}',
  edited_at timestamptz NOT NULL DEFAULT now(),
  CHECK (names <> '{}' OR aliases <> '{}'),
  PRIMARY KEY (workspace_id, staff_id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id) ON DELETE CASCADE
);
CALL protect_tenant_table('staff_edits');

-- What was paid in a period: by when it was paid, not by when it was asked for.
CREATE INDEX payments_paid ON payments (workspace_id, paid_at) WHERE status = 'paid';
CREATE INDEX bookings_paid ON bookings (workspace_id, paid_at) WHERE paid_at IS NOT NULL;

-- The funnel reads these from end to end of a period: with the talk's id in the index, the wide rows stay unread.
-- Neither column ever changes, so no update costs more than before.
DROP INDEX conversations_recent;
CREATE INDEX conversations_recent ON conversations (workspace_id, created_at) INCLUDE (id);
DROP INDEX leads_recent;
CREATE INDEX leads_recent ON leads (workspace_id, created_at) INCLUDE (conversation_id);
DROP INDEX booking_intents_recent;
CREATE INDEX booking_intents_recent ON booking_intents (workspace_id, created_at) INCLUDE (conversation_id);
