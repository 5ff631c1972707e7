"""The read API for dashboards and the endpoints of the demo: /api/admin, opened with an API token."""
