IDS = {"handoff_id": "SELECT id FROM handoffs WHERE workspace_id = $1 LIMIT 1"}
FORMS = {
    "/handoffs/{handoff_id}/complete": {},
    "/handoffs/{handoff_id}/note": {"text": "A word of a stranger"},
}
