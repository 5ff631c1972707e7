IDS = {
    "error_id": "INSERT INTO operator_errors (id, workspace_id, kind, fingerprint, summary) "
    "VALUES (gen_random_uuid(), $1, 'mail_failed', gen_random_uuid()::text, 'A mail came back') RETURNING id",
    # The samples' talks were never worked off, so they have no calls.
    "effect_id": """
        WITH line AS (
          INSERT INTO inbox (workspace_id, conversation_id, source, account, external_id, kind, payload, status,
                             done_at)
          SELECT $1, c.id, 'web', 'x', gen_random_uuid()::text, 'customer_message', '{}', 'done', now()
          FROM conversations c WHERE c.workspace_id = $1 LIMIT 1
          RETURNING id, conversation_id
        )
        INSERT INTO effects (id, workspace_id, conversation_id, inbox_id, ordinal, kind, status, idempotency_key,
                             request, settled_at)
        SELECT gen_random_uuid(), $1, line.conversation_id, line.id, 0, 'cancel_order', 'needs_operator',
               gen_random_uuid()::text, '{"order_id": "7"}', now() FROM line RETURNING id
    """,
}
FORMS = {
    "/errors/{error_id}/settle": {},
    "/decisions/{effect_id}": {"stands": "yes", "order_id": "70001"},
}
