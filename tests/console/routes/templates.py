IDS = {"key": "SELECT key FROM templates WHERE workspace_id = $1"}
FORMS = {"/templates/{key}/seed": {}, "/templates/{key}/reset": {}}
EVERYWHERE = set(FORMS)
