"""One template during a run: what may be used to look at it, and what earlier checks left for later ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from workers.qa.checks import Failed, Untried
from workers.qa.client import Dashboard, Server, Widget, until
from workers.qa.customer import Talk
from workers.qa.expect import Expected, Offer

Row = Mapping[str, Any]


class Operator(Protocol):
    """What only an operator may do, and what no HTTP route offers."""

    async def switch_on(self, workspace: str, page: str, secret: str) -> str:
        """Switches a page's completion webhook on. Its path."""
        ...

    async def agency_token(self) -> str:
        """A token that reads every business, one at a time, and presses the demo's buttons."""
        ...

    async def complete(self, workspace: str, handoff_id: str, *, by: str) -> None:
        """Marks a handoff as completed, as `frontdesk handoffs complete` does."""
        ...

    async def client_token(self, workspace: str) -> str:
        """A token that sees this one business and can't choose another."""
        ...


class Orders(Protocol):
    """The ledger of who plays the booking systems: the only proof that an order arrived."""

    async def ids(self, workspace: str) -> set[str]: ...


@dataclass(frozen=True, slots=True)
class Greeted:
    """The answer to a talk's first line, and the moments between which it was made."""

    reply: str
    said_at: datetime
    heard_at: datetime


@dataclass(slots=True)
class Visit:
    """`others`: all further templates of the run, or of the product if there is no other."""

    expected: Expected
    others: Sequence[Expected]
    server: Server
    dashboard: Dashboard
    clock: Callable[[], datetime]
    operator: Operator | None = None
    orders: Orders | None = None
    first: Talk | None = None
    """The talk that was opened first."""
    greeted: Greeted | None = None
    stranger: Talk | None = None
    """The first talk of `others[0]`, if that is visited as well."""
    talks: dict[str, Talk] = field(default_factory=dict)
    """By booking type; with a summary standing."""
    actions: dict[str, Row] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    """Ids of rows that this run made, by kind of list."""
    left: dict[str, Any] = field(default_factory=dict)
    """Whatever else a check leaves for a later one."""
    patience: float = 10.0
    """Seconds that a row may take until it is as it should be."""
    talked: list[Talk] = field(default_factory=list)
    """Every talk of this visit, for the manual path."""

    @property
    def key(self) -> str:
        return self.expected.workspace_key

    async def talk(self) -> Talk:
        """A new customer in the web chat. Raises Failed."""
        talk = await Talk(Widget(self.server), self.expected, patience=max(1.0, 2 * self.patience)).open()
        self.talked.append(talk)
        return talk

    def stands_first(self) -> Talk:
        """Raises Failed if not even a session could be opened."""
        if self.first is None:
            raise Failed("a session", "none could be opened")
        return self.first

    def stands(self, offer: Offer) -> tuple[Talk, Row]:
        """The talk about it and its button. Raises Failed if none got that far."""
        if offer.booking_type not in self.actions:
            raise Failed(f"a talk that came to the summary of {offer.service}", "none")
        return self.talks[offer.booking_type], self.actions[offer.booking_type]

    async def row(
        self, kind: str, wanted: Callable[[Row], object], *, what: str, good: Callable[[Row], object]
    ) -> Row:
        """The row of the read API that is meant, as soon as it is good (or as it stands). Raises Failed."""

        async def look() -> Row | None:
            return await self.dashboard.find(kind, self.key, wanted)

        found = await until(look, lambda one: one is not None and good(one), seconds=self.patience)
        if found is None:
            raise Failed(f"{what} in the list of {kind}", "no such row")
        self.ids.setdefault(kind, set()).add(str(found["id"]))
        return found

    def needs_operator(self) -> Operator:
        """Raises Untried."""
        if self.operator is None:
            raise Untried("needs the server's database (DATABASE_URL), as an operator has it")
        return self.operator
