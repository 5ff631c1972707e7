IDS = {
    "service_id": "SELECT id FROM services WHERE workspace_id = $1 AND retired_at IS NULL LIMIT 1",
    "location_id": "SELECT id FROM locations WHERE workspace_id = $1 AND retired_at IS NULL LIMIT 1",
    "staff_id": "SELECT id FROM staff WHERE workspace_id = $1 AND retired_at IS NULL LIMIT 1",
}
FORMS = {
    "/catalog/services/{service_id}": {"name_en": "Another name", "minutes": "45"},
    "/catalog/services/{service_id}/drop": {},
    "/catalog/places/{location_id}": {"aliases": "the old mill"},
    "/catalog/places/{location_id}/drop": {},
    "/catalog/people/{staff_id}": {"aliases": "joe"},
    "/catalog/people/{staff_id}/drop": {},
}
