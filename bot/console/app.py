"""All routes of the console: those of signing in and of one's account, and those of every section."""

from __future__ import annotations

import re

from aiohttp import web

from bot.console.account import Account
from bot.console.acting import NotFound, Visit
from bot.console.gate import CODE, PASSWORD, SECOND_FACTOR, SIGN_IN, Gate
from bot.console.passwords import Passwords
from bot.console.ports import ConsolePorts
from bot.console.registry import sections
from bot.console.rendering import STATIC, Renderer
from bot.console.sign_in import SigningIn

INSIDE = "/console/w/{workspace}"
_A_WORKSPACE = re.compile(r"/console/w/[a-z0-9-]+")


class Console:
    """One per web process."""

    def __init__(self, ports: ConsolePorts, passwords: Passwords | None = None) -> None:
        self._sections = sections()
        self._gate = Gate(ports, Renderer(), self._sections)
        self._passwords = passwords or Passwords()

    def routes(self) -> list[web.AbstractRouteDef]:
        gate, signing, account = self._gate, SigningIn(self._passwords), Account(self._passwords)
        visit, signed = gate.visit, gate.signed
        own = [
            web.get("/", visit(_home)),  # the host's name is all that many people remember
            web.get("/console", visit(_home)),
            web.static("/console/static", STATIC),
            web.get(SIGN_IN, visit(signing.show)),
            web.post(SIGN_IN, visit(signing.sign_in)),
            web.post("/console/sign-out", visit(signing.sign_out)),
            web.get("/console/invitation", visit(signing.show_invitation)),
            web.post("/console/invitation", visit(signing.accept_invitation)),
            web.get(CODE, signed(signing.show_code, duties=False)),
            web.post(CODE, signed(signing.enter_code, duties=False)),
            web.get(PASSWORD, signed(account.show_password, duties=False)),
            web.post(PASSWORD, signed(account.choose_password, duties=False)),
            web.get(SECOND_FACTOR, signed(account.show_second_factor, duties=False)),
            web.post(SECOND_FACTOR, signed(account.confirm_second_factor, duties=False)),
            web.post(f"{SECOND_FACTOR}/new", signed(account.offer_second_factor, duties=False)),
            web.post(f"{SECOND_FACTOR}/drop", signed(account.drop_second_factor)),
            web.get("/console/", signed(account.home)),
            web.get("/console/workspaces", signed(account.workspaces)),
            web.post("/console/workspaces", signed(account.choose)),
            web.get("/console/profile", signed(account.profile)),
            web.post("/console/profile", signed(account.rename)),
            web.post("/console/profile/password", signed(account.change_password)),
            web.post("/console/profile/sign-out-others", signed(account.end_others)),
        ]
        inside = [
            web.route(route.method, INSIDE + route.path, gate.acting(section, route))
            for section in self._sections
            for route in section.routes
        ]
        return [*own, *inside, web.get("/console/{path:.*}", visit(_elsewhere))]

    async def close(self, _: web.Application) -> None:
        """Lets open pages' streams end; the application's shutdown calls it."""
        self._gate.close()


async def _home(visit: Visit) -> web.StreamResponse:
    return visit.leave("/console/")


async def _elsewhere(visit: Visit) -> web.StreamResponse:
    """An address that is typed by hand: a workspace's without the slash at its end, or none at all."""
    if _A_WORKSPACE.fullmatch(visit.request.path):
        return visit.leave(f"{visit.request.path}/")
    raise NotFound
