"""A running demo for every test of this folder."""

from tests.talk.rig import stage

__all__ = ["stage"]
