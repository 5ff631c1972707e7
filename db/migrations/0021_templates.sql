-- Demo businesses made from templates, and what kind of booking each service is.

ALTER TABLE services ADD COLUMN booking_type text NOT NULL DEFAULT 'SERVICE_BOOKING'
  CHECK (booking_type IN ('SERVICE_BOOKING', 'APPOINTMENT', 'RESERVATION', 'PAID_SERVICE', 'PHONE_CALL', 'TOUR',
                          'CONSULTATION', 'DISCOVERY_CALL', 'INFO_CALL', 'CALLBACK', 'ESTIMATE'));
COMMENT ON COLUMN services.booking_type IS
  'What decides, with the workspace''s mode, whether a booking is made here or on the business''s own page.';

-- Only a workspace that a template made may be seeded or reset by it: a real business of the same key is left alone.
CREATE TABLE templates (
  key text PRIMARY KEY CHECK (key ~ '^[a-z0-9][a-z0-9-]{1,60}$'),
  workspace_id uuid NOT NULL UNIQUE REFERENCES workspaces ON DELETE CASCADE,
  last_seeded_at timestamptz,
  counts jsonb NOT NULL DEFAULT '{}' CHECK (length(counts::text) <= 4000)
);
COMMENT ON COLUMN templates.counts IS 'What the last seeding or reset did, per kind of row.';
CALL protect_tenant_table('templates');

CREATE FUNCTION list_templates()
RETURNS TABLE (key text, workspace_id uuid, last_seeded_at timestamptz, counts jsonb) LANGUAGE sql STABLE AS $$
  SELECT key, workspace_id, last_seeded_at, counts FROM templates ORDER BY key
$$;
CALL make_system_function('list_templates()');
