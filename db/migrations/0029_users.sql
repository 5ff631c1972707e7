-- People who sign in to the console: users, what they may see, invitations, sessions, attempts to sign in.
--
-- A user belongs to no workspace by himself, so these tables are out of the application's reach altogether;
-- the functions below are all that touches them. What can be guessed or stolen is stored as a digest only.

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),
  name text NOT NULL DEFAULT '' CHECK (length(name) <= 120),
  password_hash text NOT NULL CHECK (length(password_hash) <= 300),
  password_one_time boolean NOT NULL DEFAULT false,
  password_expires_at timestamptz,
  totp_secret bytea,
  totp_confirmed_at timestamptz,
  totp_last_step bigint NOT NULL DEFAULT 0,
  recovery_hashes bytea[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  last_signed_in_at timestamptz,
  disabled_at timestamptz,
  CHECK (totp_confirmed_at IS NULL OR totp_secret IS NOT NULL),
  CHECK (password_expires_at IS NULL OR password_one_time)
);
COMMENT ON COLUMN users.password_one_time IS 'Good for signing in once; the first thing to do is to choose another.';
COMMENT ON COLUMN users.totp_secret IS 'Sealed for the user. Not confirmed yet: it was shown, but no code of it was entered.';
COMMENT ON COLUMN users.totp_last_step IS 'A code counts once: only those of later steps are accepted.';

CREATE TABLE memberships (
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('agency', 'client')),
  workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((role = 'agency') = (workspace_id IS NULL))
);
CREATE UNIQUE INDEX memberships_once ON memberships
  (user_id, coalesce(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid));
CREATE INDEX memberships_of_workspace ON memberships (workspace_id);

CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  code_hash bytea NOT NULL UNIQUE,
  email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254 AND email = lower(email)),
  role text NOT NULL CHECK (role IN ('agency', 'client')),
  workspace_id uuid REFERENCES workspaces ON DELETE CASCADE,
  invited_by text NOT NULL CHECK (length(invited_by) <= 254),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  CHECK ((role = 'agency') = (workspace_id IS NULL))
);
CREATE UNIQUE INDEX invitations_open ON invitations
  (email, coalesce(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE accepted_at IS NULL;
CREATE INDEX invitations_of_workspace ON invitations (workspace_id);

CREATE TABLE console_sessions (
  id_hash bytea PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  stage text NOT NULL CHECK (stage IN ('second_factor', 'full')),
  workspace_id uuid REFERENCES workspaces ON DELETE SET NULL,
  browser text NOT NULL DEFAULT '' CHECK (length(browser) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN console_sessions.stage IS 'second_factor: the password was right; nothing but entering the code is open.';
COMMENT ON COLUMN console_sessions.workspace_id IS 'Which workspace an agency user acts as.';
CREATE INDEX console_sessions_of ON console_sessions (user_id);
CREATE INDEX console_sessions_ending ON console_sessions (expires_at);
CREATE INDEX console_sessions_at ON console_sessions (workspace_id);

CREATE TABLE login_attempts (
  id uuid PRIMARY KEY,
  user_id uuid REFERENCES users ON DELETE CASCADE,
  outcome text NOT NULL
    CHECK (outcome IN ('signed_in', 'wrong_password', 'wrong_code', 'unknown_user', 'disabled', 'limited')),
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_attempts_of ON login_attempts (user_id, at);
CREATE INDEX login_attempts_recent ON login_attempts (at);

GRANT SELECT, INSERT, UPDATE, DELETE ON users, memberships, invitations, console_sessions, login_attempts
  TO frontdesk_system;

-- What a user may see: everything (agency), or named workspaces.
CREATE FUNCTION role_of(p_user_id uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN bool_or(role = 'agency') THEN 'agency' ELSE 'client' END FROM memberships WHERE user_id = p_user_id
$$;
CALL make_system_function('role_of(uuid)');

CREATE FUNCTION find_user(p_id uuid, p_email text) RETURNS TABLE (
  id uuid, email text, name text, role text, password_hash text, password_one_time boolean,
  password_expires_at timestamptz, totp_secret bytea, totp_confirmed_at timestamptz, recovery_codes integer,
  last_signed_in_at timestamptz, disabled_at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT u.id, u.email, u.name, role_of(u.id), u.password_hash, u.password_one_time, u.password_expires_at,
         u.totp_secret, u.totp_confirmed_at, cardinality(u.recovery_hashes), u.last_signed_in_at, u.disabled_at
  FROM users u WHERE u.id = p_id OR u.email = lower(p_email)
$$;
CALL make_system_function('find_user(uuid, text)');

-- Everybody (no workspace named), or those who may see only this one.
CREATE FUNCTION list_users(p_workspace_id uuid) RETURNS TABLE (
  id uuid, email text, name text, role text, workspace_key text, workspace_name text, has_totp boolean,
  password_one_time boolean, created_at timestamptz, last_signed_in_at timestamptz, disabled_at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT u.id, u.email, u.name, m.role, w.key, w.name, u.totp_confirmed_at IS NOT NULL, u.password_one_time,
         u.created_at, u.last_signed_in_at, u.disabled_at
  FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN workspaces w ON w.id = m.workspace_id
  WHERE p_workspace_id IS NULL OR m.workspace_id = p_workspace_id
  ORDER BY m.role, u.email, w.key
$$;
CALL make_system_function('list_users(uuid)');

-- The workspaces that a user may act as.
CREATE FUNCTION workspaces_of_user(p_user_id uuid) RETURNS TABLE (id uuid, key text, name text) LANGUAGE sql STABLE AS $$
  SELECT w.id, w.key, w.name FROM workspaces w
  WHERE EXISTS (SELECT FROM memberships m WHERE m.user_id = p_user_id
                AND (m.role = 'agency' OR m.workspace_id = w.id))
  ORDER BY w.name, w.key
$$;
CALL make_system_function('workspaces_of_user(uuid)');

CREATE FUNCTION create_user(
  p_id uuid, p_email text, p_name text, p_password_hash text, p_one_time boolean, p_role text, p_workspace_id uuid
) RETURNS uuid LANGUAGE sql AS $$
  WITH made AS (
    INSERT INTO users (id, email, name, password_hash, password_one_time)
    VALUES (p_id, lower(p_email), left(p_name, 120), p_password_hash, p_one_time)
    ON CONFLICT (email) DO NOTHING RETURNING id
  )
  INSERT INTO memberships (user_id, role, workspace_id) SELECT id, p_role, p_workspace_id FROM made RETURNING user_id
$$;
CALL make_system_function('create_user(uuid, text, text, text, boolean, text, uuid)');

CREATE FUNCTION rename_user(p_id uuid, p_name text) RETURNS void LANGUAGE sql AS $$
  UPDATE users SET name = left(p_name, 120) WHERE id = p_id
$$;
CALL make_system_function('rename_user(uuid, text)');

-- Whoever else sits at a session of this user is signed out.
CREATE FUNCTION set_password(p_id uuid, p_hash text, p_one_time boolean, p_valid_seconds double precision, p_keep bytea)
RETURNS boolean LANGUAGE sql AS $$
  WITH ended AS (
    DELETE FROM console_sessions WHERE user_id = p_id AND id_hash IS DISTINCT FROM p_keep
  ), changed AS (
    UPDATE users SET password_hash = p_hash, password_one_time = p_one_time,
           password_expires_at = now() + make_interval(secs => p_valid_seconds)
    WHERE id = p_id RETURNING 1
  )
  SELECT EXISTS (SELECT FROM changed)
$$;
CALL make_system_function('set_password(uuid, text, boolean, double precision, bytea)');

-- With a one-time password's use it is spent, whatever happens next.
CREATE FUNCTION spend_one_time_password(p_id uuid, p_hash text) RETURNS boolean LANGUAGE sql AS $$
  WITH spent AS (
    UPDATE users SET password_expires_at = now()
    WHERE id = p_id AND password_one_time AND password_hash = p_hash
      AND (password_expires_at IS NULL OR password_expires_at > now())
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM spent)
$$;
CALL make_system_function('spend_one_time_password(uuid, text)');

-- A secret that was shown; and its confirmation with the first code, which brings the recovery codes.
CREATE FUNCTION offer_totp(p_id uuid, p_secret bytea) RETURNS void LANGUAGE sql AS $$
  UPDATE users SET totp_secret = p_secret, totp_last_step = 0 WHERE id = p_id AND totp_confirmed_at IS NULL
$$;
CALL make_system_function('offer_totp(uuid, bytea)');

CREATE FUNCTION confirm_totp(p_id uuid, p_step bigint, p_recovery bytea[]) RETURNS boolean LANGUAGE sql AS $$
  WITH done AS (
    UPDATE users SET totp_confirmed_at = now(), totp_last_step = p_step, recovery_hashes = p_recovery
    WHERE id = p_id AND totp_secret IS NOT NULL AND totp_confirmed_at IS NULL RETURNING 1
  )
  SELECT EXISTS (SELECT FROM done)
$$;
CALL make_system_function('confirm_totp(uuid, bigint, bytea[])');

CREATE FUNCTION drop_totp(p_id uuid) RETURNS void LANGUAGE sql AS $$
  UPDATE users SET totp_secret = NULL, totp_confirmed_at = NULL, totp_last_step = 0, recovery_hashes = '{}'
  WHERE id = p_id
$$;
CALL make_system_function('drop_totp(uuid)');

CREATE FUNCTION use_totp_step(p_id uuid, p_step bigint) RETURNS boolean LANGUAGE sql AS $$
  WITH used AS (
    UPDATE users SET totp_last_step = p_step WHERE id = p_id AND totp_last_step < p_step RETURNING 1
  )
  SELECT EXISTS (SELECT FROM used)
$$;
CALL make_system_function('use_totp_step(uuid, bigint)');

CREATE FUNCTION use_recovery_code(p_id uuid, p_hash bytea) RETURNS boolean LANGUAGE sql AS $$
  WITH used AS (
    UPDATE users SET recovery_hashes = array_remove(recovery_hashes, p_hash)
    WHERE id = p_id AND p_hash = ANY (recovery_hashes) RETURNING 1
  )
  SELECT EXISTS (SELECT FROM used)
$$;
CALL make_system_function('use_recovery_code(uuid, bytea)');

CREATE FUNCTION disable_user(p_id uuid, p_disabled boolean) RETURNS boolean LANGUAGE sql AS $$
  WITH ended AS (
    DELETE FROM console_sessions WHERE user_id = p_id
  ), changed AS (
    UPDATE users SET disabled_at = CASE WHEN p_disabled THEN coalesce(disabled_at, now()) END
    WHERE id = p_id AND (disabled_at IS NULL) = p_disabled RETURNING 1
  )
  SELECT EXISTS (SELECT FROM changed)
$$;
CALL make_system_function('disable_user(uuid, boolean)');

-- INVITATIONS: a newer one takes the place of an open one.
CREATE FUNCTION invite_user(
  p_id uuid, p_code_hash bytea, p_email text, p_role text, p_workspace_id uuid, p_by text, p_valid_seconds double precision
) RETURNS uuid LANGUAGE sql AS $$
  INSERT INTO invitations (id, code_hash, email, role, workspace_id, invited_by, expires_at)
  VALUES (p_id, p_code_hash, lower(p_email), p_role, p_workspace_id, left(p_by, 254),
          now() + make_interval(secs => p_valid_seconds))
  ON CONFLICT (email, coalesce(workspace_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE accepted_at IS NULL
  DO UPDATE SET code_hash = excluded.code_hash, role = excluded.role, invited_by = excluded.invited_by,
                created_at = now(), expires_at = excluded.expires_at
  RETURNING id
$$;
CALL make_system_function('invite_user(uuid, bytea, text, text, uuid, text, double precision)');

CREATE FUNCTION find_invitation(p_code_hash bytea) RETURNS TABLE (
  id uuid, email text, role text, workspace_id uuid, workspace_name text, known boolean
) LANGUAGE sql STABLE AS $$
  SELECT i.id, i.email, i.role, i.workspace_id, w.name, EXISTS (SELECT FROM users u WHERE u.email = i.email)
  FROM invitations i LEFT JOIN workspaces w ON w.id = i.workspace_id
  WHERE i.code_hash = p_code_hash AND i.accepted_at IS NULL AND i.expires_at > now()
$$;
CALL make_system_function('find_invitation(bytea)');

-- Makes the user (p_password_hash given) or widens what a known one may see. NULL: no such open invitation, a known
-- user was to be made, or an unknown one to be widened.
CREATE FUNCTION accept_invitation(p_code_hash bytea, p_user_id uuid, p_name text, p_password_hash text)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
  i record;
  v_user uuid;
BEGIN
  SELECT * INTO i FROM invitations
  WHERE code_hash = p_code_hash AND accepted_at IS NULL AND expires_at > now() FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  IF p_password_hash IS NULL THEN
    SELECT u.id INTO v_user FROM users u WHERE u.email = i.email AND u.id = p_user_id AND u.disabled_at IS NULL;
  ELSE
    INSERT INTO users (id, email, name, password_hash) VALUES (p_user_id, i.email, left(p_name, 120), p_password_hash)
    ON CONFLICT (email) DO NOTHING RETURNING users.id INTO v_user;
  END IF;
  IF v_user IS NULL THEN RETURN NULL; END IF;
  INSERT INTO memberships (user_id, role, workspace_id) VALUES (v_user, i.role, i.workspace_id) ON CONFLICT DO NOTHING;
  UPDATE invitations SET accepted_at = now() WHERE id = i.id;
  RETURN v_user;
END $$;
CALL make_system_function('accept_invitation(bytea, uuid, text, text)');

CREATE FUNCTION list_invitations(p_workspace_id uuid) RETURNS TABLE (
  id uuid, email text, role text, workspace_key text, workspace_name text, invited_by text,
  created_at timestamptz, expires_at timestamptz
) LANGUAGE sql STABLE AS $$
  SELECT i.id, i.email, i.role, w.key, w.name, i.invited_by, i.created_at, i.expires_at
  FROM invitations i LEFT JOIN workspaces w ON w.id = i.workspace_id
  WHERE i.accepted_at IS NULL AND (p_workspace_id IS NULL OR i.workspace_id = p_workspace_id)
  ORDER BY i.created_at DESC
$$;
CALL make_system_function('list_invitations(uuid)');

CREATE FUNCTION withdraw_invitation(p_id uuid, p_workspace_id uuid) RETURNS boolean LANGUAGE sql AS $$
  WITH gone AS (
    DELETE FROM invitations WHERE id = p_id AND accepted_at IS NULL
      AND (p_workspace_id IS NULL OR workspace_id = p_workspace_id) RETURNING 1
  )
  SELECT EXISTS (SELECT FROM gone)
$$;
CALL make_system_function('withdraw_invitation(uuid, uuid)');

-- SESSIONS. Signing in ends the session that the browser came with, and clears away what is long over.
CREATE FUNCTION start_session(
  p_id_hash bytea, p_user_id uuid, p_stage text, p_browser text, p_valid_seconds double precision, p_replaces bytea
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_workspace uuid;
BEGIN
  DELETE FROM console_sessions WHERE id_hash = p_replaces
  RETURNING CASE WHEN user_id = p_user_id THEN workspace_id END INTO v_workspace;
  DELETE FROM console_sessions WHERE expires_at < now();
  DELETE FROM login_attempts WHERE at < now() - interval '90 days';
  DELETE FROM invitations WHERE expires_at < now() - interval '30 days';
  INSERT INTO console_sessions (id_hash, user_id, stage, workspace_id, browser, expires_at)
  VALUES (p_id_hash, p_user_id, p_stage, v_workspace, left(p_browser, 200),
          now() + make_interval(secs => p_valid_seconds));
  IF p_stage = 'full' THEN
    UPDATE users SET last_signed_in_at = now() WHERE id = p_user_id;
  END IF;
END $$;
CALL make_system_function('start_session(bytea, uuid, text, text, double precision, bytea)');

-- Everything a request needs to know, in one round trip: who, how far signed in, and the workspace that its address
-- names if this user may see it. Nothing for a session that is over, idle for too long, or of a disabled user.
CREATE FUNCTION find_session(p_id_hash bytea, p_idle_seconds double precision, p_workspace_key text) RETURNS TABLE (
  user_id uuid, email text, name text, role text, stage text, password_one_time boolean, has_totp boolean,
  chosen_id uuid, workspace_id uuid, workspace_key text, workspace_name text, timezone text, currency text
) LANGUAGE sql AS $$
  WITH found AS (
    SELECT s.* FROM console_sessions s
    WHERE s.id_hash = p_id_hash AND s.expires_at > now()
      AND s.seen_at > now() - make_interval(secs => p_idle_seconds)
  ), touched AS (  -- not with every request: a session that is used would be written all the time
    UPDATE console_sessions s SET seen_at = now() FROM found
    WHERE s.id_hash = found.id_hash AND found.seen_at < now() - interval '1 minute'
  )
  SELECT u.id, u.email, u.name, role_of(u.id), f.stage, u.password_one_time, u.totp_confirmed_at IS NOT NULL,
         f.workspace_id, w.id, w.key, w.name, w.settings ->> 'timezone', w.settings ->> 'currency'
  FROM found f JOIN users u ON u.id = f.user_id
  LEFT JOIN workspaces w ON w.key = p_workspace_key AND f.stage = 'full' AND EXISTS (
    SELECT FROM memberships m WHERE m.user_id = u.id AND (m.role = 'agency' OR m.workspace_id = w.id))
  WHERE u.disabled_at IS NULL
$$;
CALL make_system_function('find_session(bytea, double precision, text)');

-- False: this user may not act as it.
CREATE FUNCTION choose_workspace(p_id_hash bytea, p_workspace_id uuid) RETURNS boolean LANGUAGE sql AS $$
  WITH chosen AS (
    UPDATE console_sessions s SET workspace_id = p_workspace_id
    WHERE s.id_hash = p_id_hash AND s.stage = 'full' AND EXISTS (
      SELECT FROM memberships m WHERE m.user_id = s.user_id AND (m.role = 'agency' OR m.workspace_id = p_workspace_id))
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM chosen)
$$;
CALL make_system_function('choose_workspace(bytea, uuid)');

CREATE FUNCTION end_session(p_id_hash bytea) RETURNS void LANGUAGE sql AS $$
  DELETE FROM console_sessions WHERE id_hash = p_id_hash
$$;
CALL make_system_function('end_session(bytea)');

CREATE FUNCTION end_other_sessions(p_user_id uuid, p_keep bytea) RETURNS integer LANGUAGE sql AS $$
  WITH ended AS (
    DELETE FROM console_sessions WHERE user_id = p_user_id AND id_hash <> p_keep RETURNING 1
  )
  SELECT count(*)::integer FROM ended
$$;
CALL make_system_function('end_other_sessions(uuid, bytea)');

CREATE FUNCTION list_sessions(p_user_id uuid, p_current bytea) RETURNS TABLE (
  browser text, created_at timestamptz, seen_at timestamptz, current boolean
) LANGUAGE sql STABLE AS $$
  SELECT browser, created_at, seen_at, id_hash = p_current FROM console_sessions
  WHERE user_id = p_user_id AND stage = 'full' AND expires_at > now() ORDER BY id_hash = p_current DESC, seen_at DESC
$$;
CALL make_system_function('list_sessions(uuid, bytea)');

CREATE FUNCTION note_login_attempt(p_id uuid, p_user_id uuid, p_outcome text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO login_attempts (id, user_id, outcome) VALUES (p_id, p_user_id, p_outcome)
$$;
CALL make_system_function('note_login_attempt(uuid, uuid, text)');

CREATE FUNCTION list_login_attempts(p_user_id uuid, p_limit integer) RETURNS TABLE (outcome text, at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT outcome, at FROM login_attempts WHERE user_id = p_user_id ORDER BY at DESC LIMIT p_limit
$$;
CALL make_system_function('list_login_attempts(uuid, integer)');
