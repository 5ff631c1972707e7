-- Leads, booking intents, bookings and their items.

CREATE TABLE leads (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  bot_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'incomplete'
    CHECK (status IN ('incomplete', 'qualified', 'booked', 'redirected', 'lost')),
  tags text[] NOT NULL DEFAULT '{partial_intent}',
  name text CHECK (length(name) <= 120),
  phone text CHECK (length(phone) <= 32),
  email text CHECK (length(email) <= 254),
  service text CHECK (length(service) <= 500),
  preferred_time text CHECK (length(preferred_time) <= 200),
  notes text CHECK (length(notes) <= 2000),
  source text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, conversation_id, bot_id),
  UNIQUE (workspace_id, id),
  CHECK (status <> 'qualified' OR (service IS NOT NULL AND (phone IS NOT NULL OR email IS NOT NULL))),
  FOREIGN KEY (workspace_id, bot_id) REFERENCES bots (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX leads_recent ON leads (workspace_id, created_at);
CREATE INDEX leads_by_status ON leads (workspace_id, status);
CALL protect_tenant_table('leads');
INSERT INTO state_transitions VALUES
  ('leads', 'incomplete', 'qualified'), ('leads', 'incomplete', 'booked'), ('leads', 'incomplete', 'redirected'),
  ('leads', 'incomplete', 'lost'), ('leads', 'qualified', 'booked'), ('leads', 'qualified', 'redirected'),
  ('leads', 'qualified', 'lost'), ('leads', 'redirected', 'booked'), ('leads', 'redirected', 'lost'),
  ('leads', 'lost', 'qualified'), ('leads', 'lost', 'booked');
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON leads
  FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition();

CREATE TABLE booking_intents (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  bot_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'intent'
    CHECK (status IN ('intent', 'pending', 'confirmed', 'redirected', 'needs_operator', 'abandoned')),
  booking_type text NOT NULL,
  handling text NOT NULL DEFAULT 'internal' CHECK (handling IN ('internal', 'external')),
  external_url text,
  service text CHECK (length(service) <= 500),
  requested_time text CHECK (length(requested_time) <= 200),
  starts_at timestamptz,
  notes text CHECK (length(notes) <= 2000),
  summary_version text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, id),
  CHECK ((handling = 'external') OR (external_url IS NULL)),
  FOREIGN KEY (workspace_id, bot_id) REFERENCES bots (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX booking_intents_recent ON booking_intents (workspace_id, created_at);
CREATE INDEX booking_intents_by_status ON booking_intents (workspace_id, status);
CREATE INDEX booking_intents_of ON booking_intents (workspace_id, conversation_id);
CALL protect_tenant_table('booking_intents');
INSERT INTO state_transitions VALUES
  ('booking_intents', 'intent', 'pending'), ('booking_intents', 'intent', 'redirected'),
  ('booking_intents', 'intent', 'needs_operator'), ('booking_intents', 'intent', 'abandoned'),
  ('booking_intents', 'pending', 'confirmed'), ('booking_intents', 'pending', 'intent'),
  ('booking_intents', 'pending', 'needs_operator'), ('booking_intents', 'pending', 'abandoned'),
  ('booking_intents', 'needs_operator', 'confirmed'), ('booking_intents', 'needs_operator', 'abandoned'),
  ('booking_intents', 'redirected', 'confirmed'), ('booking_intents', 'redirected', 'abandoned');
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON booking_intents
  FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition();

CREATE TABLE bookings (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  intent_id uuid NOT NULL,
  location_id uuid NOT NULL,
  status text NOT NULL
    CHECK (status IN ('held', 'pending_provider', 'confirmed', 'completed', 'cancelled', 'no_show')),
  needs_operator boolean NOT NULL DEFAULT false,
  confirmation_code text NOT NULL CHECK (confirmation_code ~ '^[A-HJ-NP-Z2-9]{6}$'),
  customer_name text NOT NULL CHECK (length(customer_name) BETWEEN 1 AND 120),
  customer_phone text NOT NULL CHECK (length(customer_phone) <= 32),
  customer_email text NOT NULL DEFAULT '' CHECK (length(customer_email) <= 254),
  payment_type_id uuid,
  payment_status text NOT NULL DEFAULT 'none'
    CHECK (payment_status IN ('none', 'at_business', 'pending', 'paid', 'expired')),
  payment_url text,
  paid_at timestamptz,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  total_minor bigint NOT NULL CHECK (total_minor >= 0),
  provider_order_id text CHECK (length(provider_order_id) BETWEEN 1 AND 120),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, confirmation_code),
  CHECK (starts_at < ends_at),
  CHECK ((payment_status = 'paid') = (paid_at IS NOT NULL)),
  CHECK (payment_url IS NULL OR provider_order_id IS NOT NULL),
  CHECK (status NOT IN ('confirmed', 'completed', 'no_show') OR confirmed_at IS NOT NULL),
  CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, customer_id) REFERENCES customers (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, intent_id) REFERENCES booking_intents (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, location_id) REFERENCES locations (workspace_id, id),
  FOREIGN KEY (workspace_id, payment_type_id) REFERENCES payment_types (workspace_id, id)
);
CREATE INDEX bookings_recent ON bookings (workspace_id, created_at);
CREATE INDEX bookings_by_status ON bookings (workspace_id, status, starts_at);
CREATE INDEX bookings_of ON bookings (workspace_id, customer_id, starts_at);
CREATE INDEX bookings_of_talk ON bookings (workspace_id, conversation_id);
CREATE INDEX bookings_of_intent ON bookings (workspace_id, intent_id);
CREATE UNIQUE INDEX bookings_by_order ON bookings (workspace_id, provider_order_id)
  WHERE provider_order_id IS NOT NULL;
CALL protect_tenant_table('bookings');
INSERT INTO state_transitions VALUES
  ('bookings', 'held', 'pending_provider'), ('bookings', 'held', 'confirmed'), ('bookings', 'held', 'cancelled'),
  ('bookings', 'pending_provider', 'confirmed'), ('bookings', 'pending_provider', 'cancelled'),
  ('bookings', 'confirmed', 'completed'), ('bookings', 'confirmed', 'cancelled'), ('bookings', 'confirmed', 'no_show');
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON bookings
  FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition();
ALTER TABLE effects ADD FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id) ON DELETE CASCADE;

CREATE TABLE booking_items (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  booking_id uuid NOT NULL,
  position integer NOT NULL,
  service_id uuid NOT NULL,
  service_name text NOT NULL,
  size_id uuid,
  size_name text NOT NULL DEFAULT '',
  staff_id uuid NOT NULL,
  staff_name text NOT NULL DEFAULT '',
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  price_minor bigint NOT NULL CHECK (price_minor >= 0),
  frame_external_ids text[] NOT NULL DEFAULT '{}',
  active boolean NOT NULL DEFAULT true,
  UNIQUE (workspace_id, booking_id, position),
  CHECK (starts_at < ends_at),
  -- The last word against double booking a person, whatever the processes above believed.
  CONSTRAINT booking_items_no_overlap EXCLUDE USING gist
    (workspace_id WITH =, staff_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (active),
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, service_id) REFERENCES services (workspace_id, id),
  FOREIGN KEY (workspace_id, size_id) REFERENCES service_sizes (workspace_id, id),
  FOREIGN KEY (workspace_id, staff_id) REFERENCES staff (workspace_id, id)
);
CREATE INDEX booking_items_by_staff ON booking_items (workspace_id, staff_id, starts_at) WHERE active;
CALL protect_tenant_table('booking_items');

CREATE FUNCTION free_items_of_ended_booking() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE booking_items SET active = false
  WHERE workspace_id = NEW.workspace_id AND booking_id = NEW.id AND active;
  RETURN NEW;
END $$;
CREATE TRIGGER free_items AFTER UPDATE OF status ON bookings
  FOR EACH ROW WHEN (NEW.status IN ('cancelled', 'no_show') AND OLD.status <> NEW.status)
  EXECUTE FUNCTION free_items_of_ended_booking();
