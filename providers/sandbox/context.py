"""What the sandbox holds open while it runs, reachable from every handler as `request.app[SANDBOX]`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from providers.sandbox.callbacks import CallbackSender
from providers.sandbox.config import (
    Account,
    MetaAccount,
    NailItAccount,
    SandboxConfig,
    ShopMonkeyAccount,
    StripeAccount,
    TwilioAccount,
)
from providers.sandbox.errors import AccountsError
from providers.sandbox.faults import FaultBook, FaultKind
from providers.sandbox.ledger import Ledger
from providers.sandbox.messages import MessageBook
from providers.sandbox.salon import Salons
from providers.sandbox.shopmonkey_shop import Shops
from providers.sandbox.stripe_book import StripeBook

A = TypeVar("A", NailItAccount, ShopMonkeyAccount, MetaAccount, TwilioAccount, StripeAccount)
_ACCOUNTS: TypeAdapter[list[Account]] = TypeAdapter(list[Account])


def account_id(account: Account) -> str:
    """The id an account is known by in the ledger and in paths."""
    match account:
        case NailItAccount() | ShopMonkeyAccount() | StripeAccount():
            return account.key
        case MetaAccount():
            return account.phone_number_id
        case TwilioAccount():
            return account.account_sid


class Accounts:
    """The accounts by kind and id, kept in `accounts.json` so that a restart still knows them."""

    def __init__(self, path: Path, configured: list[Account]) -> None:
        self._path = path
        self._all: dict[tuple[str, str], Account] = {}
        if path.exists():
            try:
                self._put(_ACCOUNTS.validate_json(path.read_bytes()))
            except ValidationError as error:
                first = error.errors(include_input=False, include_url=False)[0]
                raise AccountsError(f"{path} can't be read ({first['msg']}): repair or remove it") from None
        self._put(configured)
        self._save()

    def add(self, accounts: list[Account]) -> None:
        """Add accounts, or replace those with the same kind and id."""
        self._put(accounts)
        self._save()

    def of(self, kind: type[A]) -> list[A]:
        return [account for account in self._all.values() if isinstance(account, kind)]

    def get(self, kind: type[A], key: str) -> A | None:
        return next((account for account in self.of(kind) if account_id(account) == key), None)

    def _put(self, accounts: Iterable[Account]) -> None:
        self._all.update({(account.kind, account_id(account)): account for account in accounts})

    def _save(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(orjson.dumps([one.model_dump(mode="json") for one in self._all.values()]))
        fresh.chmod(0o600)
        fresh.replace(self._path)


class Sandbox:
    """Ledgers, the state they rebuild, accounts, faults and the sender of status callbacks."""

    def __init__(self, data_dir: Path, config: SandboxConfig, now: Callable[[], datetime]) -> None:
        """Raises `SandboxError` for a folder in use, a damaged file or a wrong catalog."""
        data_dir.mkdir(parents=True, exist_ok=True)
        self.config = config
        self.now = now
        self.zone = ZoneInfo(config.zone)
        self.faults = FaultBook(config.faults, config.fault_seed)
        self.accounts = Accounts(data_dir / "accounts.json", list(config.accounts))
        self.ledgers: dict[str, Ledger] = {}
        try:
            for name in (
                "nailit",
                "shopmonkey",
                "meta",
                "twilio",
                "openai",
                "anthropic",
                "postmark",
                "stripe",
            ):
                self.ledgers[name] = Ledger(data_dir / f"{name}.jsonl", now)
            self.salons = Salons(self.ledgers["nailit"], self.zone)
            for account in self.accounts.of(NailItAccount):
                self.salons.load(account)
            self.shops = Shops(self.ledgers["shopmonkey"])
            for shop in self.accounts.of(ShopMonkeyAccount):
                self.shops.load(shop)
        except Exception:
            self.close()
            raise
        self.stripe = StripeBook(self.ledgers["stripe"], now)
        self.meta = MessageBook(self.ledgers["meta"], now)
        self.twilio = MessageBook(self.ledgers["twilio"], now)
        self.callbacks = CallbackSender(config.callbacks, self.faults)

    def local_now(self) -> datetime:
        """Now in the salons' zone."""
        return self.now().astimezone(self.zone)

    def close(self) -> None:
        for ledger in self.ledgers.values():
            ledger.close()


SANDBOX = web.AppKey("sandbox", Sandbox)
LLM_FAULT = web.RequestKey("llm_fault", FaultKind)
"""How the answer of a language model to this request goes wrong."""
SLOT_TAKEN = web.RequestKey("slot_taken", bool)
"""Set on a request whose order is to be refused as taken, whatever the frames say."""
