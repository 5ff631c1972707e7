IDS = {"lead_id": "SELECT id FROM leads WHERE workspace_id = $1 LIMIT 1"}
