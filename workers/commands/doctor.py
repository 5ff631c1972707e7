"""`frontdesk doctor`."""


def doctor() -> None:
    """Doctor."""
