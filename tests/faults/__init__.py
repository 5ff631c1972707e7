"""Faults: real processes, killed, frozen and cut off while customers book. docs/faults.md says what it proves."""
