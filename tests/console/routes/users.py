IDS = {
    "user_id": "SELECT user_id FROM memberships WHERE workspace_id = $1 LIMIT 1",
    "invitation_id": "SELECT id FROM invitations WHERE workspace_id = $1 LIMIT 1",
}
FORMS = {
    "/users/invite": {"email": "new@example.com", "role": "client"},
    "/users/invitations/{invitation_id}/withdraw": {},
    "/users/{user_id}/reset": {},
    "/users/{user_id}/disable": {},
    "/users/{user_id}/enable": {},
}
