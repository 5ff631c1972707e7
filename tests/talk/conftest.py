"""A running demo for every test of this folder."""

from tests.talk.rig import salon_dsn, seeded, stage

__all__ = ["salon_dsn", "seeded", "stage"]
