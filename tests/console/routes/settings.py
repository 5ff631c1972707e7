"""`section` names no row: the same words in every workspace."""

IDS = {"section": "SELECT 'booking' || substr($1::uuid::text, 1, 0)"}
FORMS = {
    "/settings/{section}": {"lead_minutes": "5"},
    "/settings/page/secret": {"page": "calendly", "secret": "a signing secret"},
}
