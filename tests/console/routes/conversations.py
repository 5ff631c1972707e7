IDS = {
    "conversation_id": "SELECT id FROM conversations WHERE workspace_id = $1 AND status <> 'closed' LIMIT 1",
    "customer_id": "SELECT customer_id FROM conversations WHERE workspace_id = $1 LIMIT 1",
}
FORMS = {
    "/conversations/{conversation_id}/take": {},
    "/conversations/{conversation_id}/reply": {"text": "Hello from somebody else"},
    "/conversations/{conversation_id}/hand-back": {"settled": "1"},
}
