IDS = {
    "booking_id": "SELECT id FROM bookings WHERE workspace_id = $1 "
    "ORDER BY status = 'confirmed' DESC, starts_at DESC, id LIMIT 1"
}
FORMS = {
    "/bookings/{booking_id}/cancel": {"reason": "A word of a stranger"},
    "/bookings/{booking_id}/move": {"time": "2026-11-23T09:00:00+00:00|"},
    "/bookings/{booking_id}/resend": {"chat": "1"},
    "/bookings/{booking_id}/complete": {},
    "/bookings/{booking_id}/no-show": {},
}
