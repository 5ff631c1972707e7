IDS = {"service_id": "SELECT id FROM services WHERE workspace_id = $1 AND retired_at IS NULL LIMIT 1"}
FORMS = {
    "/catalog/services/{service_id}": {"name_en": "Another name", "minutes": "45"},
    "/catalog/services/{service_id}/drop": {},
}
