-- CRASH, as before but for one thing: a send of the web chat calls nobody outside, its message's row is what the page
-- reads. So a worker that died over one leaves no doubt what its customer saw, and the next one shows it to him.
CREATE OR REPLACE FUNCTION expire_claims(p_limit integer)
RETURNS TABLE (effect_id uuid, conversation_id uuid, workspace_id uuid, kind text, status text)
LANGUAGE sql AS $$
  WITH late AS (
    SELECT e.id, e.called_at IS NULL OR EXISTS (
             SELECT FROM channel_accounts a
             WHERE a.workspace_id = e.workspace_id AND a.channel = 'web'
               AND a.id = CASE e.kind WHEN 'send' THEN (e.request ->> 'account_id')::uuid END
           ) AS uncalled
    FROM effects e WHERE e.status = 'in_flight' AND e.claim_until < clock_timestamp()
    ORDER BY e.claim_until LIMIT p_limit FOR UPDATE SKIP LOCKED
  )
  UPDATE effects e SET
    status = CASE WHEN late.uncalled THEN 'pending' ELSE 'unknown' END,
    unknown_since = CASE WHEN late.uncalled THEN NULL ELSE clock_timestamp() END,
    called_at = CASE WHEN late.uncalled THEN NULL ELSE e.called_at END,
    claim_id = NULL, claim_until = NULL, error_code = 'claim_expired',
    error_detail = 'The process that made this call died before it knew the answer.'
  FROM late WHERE e.id = late.id RETURNING e.id, e.conversation_id, e.workspace_id, e.kind, e.status
$$;
CALL make_system_function('expire_claims(integer)');
