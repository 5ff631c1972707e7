-- Web chat: which widget a page means, the talk that a session goes on with, and what customers think of it.

CREATE FUNCTION find_widget(p_workspace text, p_bot text)
RETURNS TABLE(workspace_id uuid, workspace_key text, bot_id uuid, bot_key text, account_key text)
LANGUAGE sql STABLE AS $$
  SELECT w.id, w.key, b.id, b.key, a.account_key
  FROM workspaces w
  JOIN bots b ON b.workspace_id = w.id AND p_bot IN (b.id::text, b.key)
  JOIN channel_accounts a ON a.workspace_id = w.id AND a.bot_id = b.id AND a.channel = 'web' AND a.enabled
  WHERE p_workspace IN (w.id::text, w.key)
  ORDER BY (w.id::text = p_workspace) DESC, (b.id::text = p_bot) DESC, a.account_key LIMIT 1
$$;
CALL make_system_function('find_widget(text, text)');
COMMENT ON FUNCTION find_widget IS 'A page names a business and its bot by id or key; nobody has signed in yet.';

CREATE FUNCTION is_widget_origin(p_origin text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM workspaces WHERE settings -> 'web_chat' -> 'origins' ? p_origin)
$$;
CALL make_system_function('is_widget_origin(text)');
COMMENT ON FUNCTION is_widget_origin IS
  'A browser asks whether it may send before it says to whom: yes, if any business lists its page.';

-- The newest talk of a customer on one account, closed or not, and the talks that a lead, an intent, a booking is of.
CREATE INDEX conversations_of_customer ON conversations (workspace_id, customer_id, created_at);

CREATE TABLE feedback (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  message_seq integer NOT NULL DEFAULT 0 CHECK (message_seq >= 0),
  thumb text CHECK (thumb IN ('up', 'down')),
  rating smallint CHECK (rating BETWEEN 1 AND 5),
  comment text CHECK (length(comment) BETWEEN 1 AND 1000),
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 40),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workspace_id, id),
  UNIQUE (workspace_id, conversation_id, message_seq),
  CHECK (thumb IS NOT NULL OR rating IS NOT NULL),
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE feedback IS 'What a customer thinks of an answer or of the whole talk; the last word counts.';
COMMENT ON COLUMN feedback.message_seq IS 'The message it is about; 0: the talk as a whole.';
COMMENT ON COLUMN feedback.rating IS '1 (bad) to 5 (good).';
CREATE INDEX feedback_recent ON feedback (workspace_id, created_at);
CALL protect_tenant_table('feedback');
