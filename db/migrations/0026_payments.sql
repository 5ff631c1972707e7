-- Payment links of bookings in our own calendar: a page hosted by somebody else, what became of it, and the accounts
-- that make such links. No card number ever comes near these tables.

ALTER TABLE effects DROP CONSTRAINT effects_kind_check;
ALTER TABLE effects ADD CONSTRAINT effects_kind_check
  CHECK (kind IN ('send', 'place_order', 'change_order', 'cancel_order', 'poll_payment', 'mirror_booking', 'send_mail',
                  'create_link', 'expire_link'));

-- A deposit that came is no paid booking, and no unpaid one.
ALTER TABLE bookings DROP CONSTRAINT bookings_payment_status_check, DROP CONSTRAINT bookings_check1;
ALTER TABLE bookings
  ADD CONSTRAINT bookings_payment_status_check
    CHECK (payment_status IN ('none', 'at_business', 'pending', 'paid', 'deposit_paid', 'expired')),
  ADD CONSTRAINT bookings_paid_at CHECK ((payment_status IN ('paid', 'deposit_paid')) = (paid_at IS NOT NULL));

CREATE TABLE payments (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  booking_id uuid NOT NULL,
  effect_id uuid NOT NULL,
  attempt integer NOT NULL CHECK (attempt BETWEEN 1 AND 1000),
  provider text NOT NULL CHECK (provider IN ('stripe', 'static')),
  live boolean NOT NULL,
  status text NOT NULL DEFAULT 'creating' CHECK (status IN (
    'creating', 'open', 'processing', 'review', 'paid', 'failed', 'expired', 'cancelled')),
  purpose text NOT NULL CHECK (purpose IN ('full', 'deposit')),
  amount_minor bigint NOT NULL CHECK (amount_minor > 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  request jsonb NOT NULL,
  link_id text CHECK (length(link_id) BETWEEN 1 AND 255),
  url text CHECK (url ~ '^https?://' AND length(url) <= 4096),
  expires_at timestamptz,
  paid_at timestamptz,
  paid_by text CHECK (length(paid_by) <= 120),
  created_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, booking_id, attempt),
  UNIQUE (workspace_id, effect_id),
  CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
  CHECK ((paid_at IS NULL) = (paid_by IS NULL)),
  CHECK (status <> 'open' OR url IS NOT NULL),
  CHECK ((status IN ('paid', 'failed', 'expired', 'cancelled')) = (settled_at IS NOT NULL)),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, booking_id) REFERENCES bookings (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON COLUMN payments.request IS 'What the provider is asked for, frozen before the first call: asking again says the same.';
COMMENT ON COLUMN payments.status IS
  'creating: asked for, perhaps made. processing: done at the page, the money is not here yet. review: money came that '
  'does not fit, a person looks.';
COMMENT ON COLUMN payments.paid_by IS 'webhook, poll, or the operator who marked it.';
CREATE UNIQUE INDEX payments_one_open ON payments (workspace_id, booking_id)
  WHERE status IN ('creating', 'open', 'processing', 'review');
CREATE UNIQUE INDEX payments_by_link ON payments (workspace_id, provider, link_id) WHERE link_id IS NOT NULL;
CREATE INDEX payments_recent ON payments (workspace_id, created_at);
CREATE INDEX payments_by_status ON payments (workspace_id, status);
CREATE INDEX payments_of_talk ON payments (workspace_id, conversation_id);
CALL protect_tenant_table('payments');
INSERT INTO state_transitions VALUES
  ('payments', 'creating', 'open'), ('payments', 'creating', 'processing'), ('payments', 'creating', 'paid'),
  ('payments', 'creating', 'review'), ('payments', 'creating', 'failed'), ('payments', 'creating', 'expired'),
  ('payments', 'creating', 'cancelled'),
  ('payments', 'open', 'processing'), ('payments', 'open', 'paid'), ('payments', 'open', 'review'),
  ('payments', 'open', 'failed'), ('payments', 'open', 'expired'), ('payments', 'open', 'cancelled'),
  ('payments', 'processing', 'paid'), ('payments', 'processing', 'review'), ('payments', 'processing', 'failed'),
  ('payments', 'review', 'paid'), ('payments', 'review', 'cancelled'),
  -- Money that comes late is money all the same.
  ('payments', 'failed', 'paid'), ('payments', 'expired', 'paid'), ('payments', 'cancelled', 'paid');
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON payments
  FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition();

-- What payment providers reported: a repeat changes nothing. Facts only, never the body.
CREATE TABLE payment_events (
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  provider text NOT NULL CHECK (length(provider) <= 40),
  event_id text NOT NULL CHECK (length(event_id) BETWEEN 1 AND 255),
  kind text NOT NULL CHECK (length(kind) <= 120),
  payment_id uuid,
  link_id text NOT NULL DEFAULT '' CHECK (length(link_id) <= 255),
  amount_minor bigint,
  currency text NOT NULL DEFAULT '' CHECK (length(currency) <= 10),
  outcome text NOT NULL CHECK (length(outcome) <= 200),
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, provider, event_id),
  FOREIGN KEY (workspace_id, payment_id) REFERENCES payments (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX payment_events_of ON payment_events (workspace_id, payment_id);
CREATE INDEX payment_events_recent ON payment_events (workspace_id, at);
CALL protect_tenant_table('payment_events');

-- Accounts at payment providers: the key that makes links, and what signs their webhooks.
CREATE TABLE payment_accounts (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  provider text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9_]{1,40}$'),
  account_key text NOT NULL UNIQUE CHECK (account_key ~ '^[A-Za-z0-9_-]{16,64}$'),
  live boolean NOT NULL,
  signed boolean NOT NULL,
  api_base_url text NOT NULL DEFAULT '',
  secrets bytea NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, provider)
);
COMMENT ON COLUMN payment_accounts.signed IS 'Whether a webhook secret is set. Without one the webhook is off and payments are only asked for.';
COMMENT ON COLUMN payment_accounts.api_base_url IS 'Empty: the provider''s own.';
CALL protect_tenant_table('payment_accounts');

CREATE FUNCTION find_payment_account(p_provider text, p_account_key text)
RETURNS TABLE (id uuid, workspace_id uuid, provider text, account_key text, live boolean, signed boolean,
               api_base_url text, secrets bytea)
LANGUAGE sql STABLE AS $$
  SELECT a.id, a.workspace_id, a.provider, a.account_key, a.live, a.signed, a.api_base_url, a.secrets
  FROM payment_accounts a WHERE a.provider = p_provider AND a.account_key = p_account_key AND a.enabled
$$;
CALL make_system_function('find_payment_account(text, text)');

-- As in 0011, with what its own payment links say: what is still asked for, and what came.
CREATE OR REPLACE FUNCTION booking_as_known(b bookings) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', b.id, 'status', b.status, 'needs_operator', b.needs_operator, 'code', b.confirmation_code,
    'order_id', b.provider_order_id, 'customer_id', b.customer_id, 'customer_name', b.customer_name,
    'customer_phone', b.customer_phone, 'customer_email', b.customer_email,
    'location_id', b.location_id,
    'location_names', (SELECT l.names FROM locations l WHERE l.workspace_id = b.workspace_id AND l.id = b.location_id),
    'payment_type_id', b.payment_type_id, 'payment_status', b.payment_status, 'payment_url', b.payment_url,
    'due_minor', (SELECT p.amount_minor FROM payments p WHERE p.workspace_id = b.workspace_id AND p.booking_id = b.id
                  AND p.status IN ('creating', 'open', 'processing', 'review')),
    'paid_minor', (SELECT sum(p.amount_minor) FROM payments p WHERE p.workspace_id = b.workspace_id
                   AND p.booking_id = b.id AND p.status = 'paid'),
    'total_minor', b.total_minor, 'starts_at', b.starts_at, 'ends_at', b.ends_at,
    'under_way', CASE
      WHEN EXISTS (SELECT FROM effects e WHERE e.booking_id = b.id AND e.kind = 'cancel_order'
                   AND e.status IN ('pending', 'in_flight', 'unknown', 'needs_operator')) THEN 'cancel'
      WHEN EXISTS (SELECT FROM bookings n WHERE n.workspace_id = b.workspace_id AND n.replaces_booking_id = b.id
                   AND n.status = 'pending_provider') THEN 'move' END,
    'notes', (SELECT coalesce(e.request ->> 'notes', e.request -> 'order' ->> 'notes') FROM effects e
              WHERE e.booking_id = b.id AND e.kind IN ('place_order', 'change_order') ORDER BY e.seq DESC LIMIT 1),
    'items', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'service_id', i.service_id, 'service_name', i.service_name, 'size_id', i.size_id,
                'size_name', i.size_name, 'staff_id', i.staff_id, 'staff_name', i.staff_name,
                'starts_at', i.starts_at, 'ends_at', i.ends_at, 'price_minor', i.price_minor)
                ORDER BY i.position), '[]')
              FROM booking_items i WHERE i.workspace_id = b.workspace_id AND i.booking_id = b.id))
$$;
