"""Why a sandbox can't start: each message is one line that names the file and what to do about it."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox can't run with this folder or these files."""


class LedgerError(SandboxError):
    """The ledger can't be used: another sandbox holds it, or a line of it is damaged."""


class CatalogError(SandboxError):
    """A catalog file can't be used; the message names the file and the field."""


class AccountsError(SandboxError):
    """The kept accounts can't be read."""
