"""A talk in the terminal: reads lines, acts them out on a simulated phone, prints what the phone shows."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from bot.channels.simulator import acts
from bot.channels.simulator.acts import Act
from bot.channels.simulator.screen import ShownMessage
from bot.web.simulator.lines import NoSuchLine, choose, customer
from bot.web.simulator.phone import Bubble, Glance, Phone, PhoneError
from workers.settings import Settings
from workers.simulation import SetupError, open_simulation

_IDLE_LOOK_SECONDS = 20.0
_SECOND_LOOK_SECONDS = 1.5
_TICKS = {
    "accepted": "✓ accepted",
    "queued": "✓ queued",
    "sent": "✓ sent",
    "delivered": "✓✓ delivered",
    "read": "✓✓ read",
    "failed": "✗ not delivered",
    "undelivered": "✗ not delivered",
}
_HELP = """\
A line is sent as it stands. Where choices are shown, a bare number taps that choice.
  :old N          tap choice N of the menu before the present one
  :pin LAT,LON    send a location          :image [WORDS]  send a picture
  :voice          send a voice note        :sticker        send a sticker
  :react EMOJI    react to the last message
  :wait [SECONDS] wait for the next message (a payment's, for one)
  :help  :quit"""


class _Misuse(ValueError):
    """A command that can't be followed; said, and the talk goes on."""


async def talk(
    settings: Settings, *, workspace: str, surface: str, number: str, name: str, patience: float
) -> bool:
    """Talks until the input ends. True if anything came back (or nothing was said).

    Raises SetupError.
    """
    async with open_simulation(settings, "chat") as simulation:
        try:
            line = choose(simulation.lines, workspace_key=workspace, surface=surface)
            phone = await simulation.phone(line, customer(surface, number, name))
            return await _Talk(phone, _Lines(), patience).run()
        except (NoSuchLine, ValueError) as error:
            raise SetupError(str(error)) from error
        except PhoneError as error:
            raise SetupError(f"{error}. Is the demo running? make demo") from error


class _Lines:
    """Lines of the standard input, read beside the event loop so that messages can arrive meanwhile."""

    def __init__(self) -> None:
        self.interactive = sys.stdin.isatty() and sys.stdout.isatty()
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._asked = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._wanted = threading.Semaphore(0)
        if not self.interactive and hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        # A daemon: nothing can interrupt a blocked read, and the process must end all the same.
        threading.Thread(target=self._read, name="stdin", daemon=True).start()

    def ask(self) -> None:
        """Let the reader fetch one more line (and show its prompt)."""
        self._wanted.release()

    async def get(self) -> str | None:
        """The line asked for; None at the end of the input."""
        return await self._queue.get()

    def _read(self) -> None:
        line: str | None = ""
        while line is not None:
            self._wanted.acquire()
            line = self._read_line()
            with contextlib.suppress(RuntimeError):  # the loop ended while we waited for a line
                self._loop.call_soon_threadsafe(self._queue.put_nowait, line)

    def _read_line(self) -> str | None:
        if self.interactive:
            try:
                return input("> ")
            except EOFError:
                return None
        line = sys.stdin.readline()
        return line.rstrip("\r\n") if line else None


@dataclass(slots=True)
class _Talk:
    phone: Phone
    lines: _Lines
    patience: float
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    cursor: int = 0
    screen: list[Bubble] = field(default_factory=list)
    menus: list[Bubble] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    said: int = 0
    received: int = 0

    async def run(self) -> bool:
        await self._catch_up()
        if self.lines.interactive:
            self._note(f"{self.phone.customer.address} with {self.phone.account.callback_url}. :help, :quit")
        while (line := await self._next_line()) is not None:
            if line.strip() in (":quit", ":q"):
                break
            await self._line(line)
        return self.received > 0 or self.said == 0

    async def _catch_up(self) -> None:
        """What the phone shows from earlier talks: not printed again, but its menus can be tapped."""
        glance = await self.phone.look(0)
        self.cursor = glance.next
        self.screen = list(glance.bubbles[-1:])
        self.menus = [bubble for bubble in glance.bubbles if bubble.shown.choices]

    async def _next_line(self) -> str | None:
        """The next line of the input; what arrives meanwhile is shown."""
        self.lines.ask()
        line = asyncio.ensure_future(self.lines.get())
        while not line.done():
            if not self.lines.interactive:
                await line
                break
            look = asyncio.ensure_future(self.phone.look(self.cursor, wait=_IDLE_LOOK_SECONDS))
            await asyncio.wait({line, look}, return_when=asyncio.FIRST_COMPLETED)
            if look.done():
                self._take(look.result())
            else:
                look.cancel()
                await asyncio.gather(look, return_exceptions=True)
        return line.result()

    async def _line(self, line: str) -> None:
        if not self.lines.interactive:
            self.console.print(Text(f"> {line}", style="bold"))
        word, _, rest = line.strip().partition(" ")
        try:
            match word:
                case ":help":
                    self._note(_HELP)
                    return
                case ":wait":
                    await self._wait(rest)
                    return
            act = self._act(word, rest.strip(), line)
            self.screen.clear()
            self.said += 1
            await self.phone.do(act)
        except _Misuse as error:
            self._note(f"! {error}")
            return
        except ValueError as error:  # the channel has no such thing
            self._note(f"! {error}")
            return
        await self._until_quiet()

    def _act(self, word: str, rest: str, line: str) -> Act:
        match word:
            case ":old":
                return self._tap_old(rest)
            case ":pin":
                return _pin(rest)
            case ":voice":
                return acts.sent_voice()
            case ":image":
                return acts.sent_image(rest)
            case ":sticker":
                return acts.sent_sticker()
            case ":react" if self.screen:
                return acts.reacted(rest or "👍", to_message=self.screen[-1].id)
        number = line.strip()
        if number.isascii() and number.isdigit():
            for bubble in reversed(self.screen):
                if choice := bubble.shown.choice(number):
                    return acts.tapped(choice, reply_to=self._reply_to(bubble))
        return acts.typed(line)

    def _tap_old(self, rest: str) -> Act:
        shown_now = {bubble.id for bubble in self.screen if bubble.shown.choices}
        older = [bubble for bubble in self.menus if bubble.id not in shown_now]
        choice = older[-1].shown.choice(rest) if older else None
        if choice is None:
            raise _Misuse(f"there is no choice {rest!r} in an older menu")
        return acts.tapped(choice, reply_to=self._reply_to(older[-1]))

    def _reply_to(self, bubble: Bubble) -> str | None:
        """A tap names the message it was made on; text that is typed by SMS doesn't."""
        return None if bubble.shown.choices_in_text else bubble.id

    async def _wait(self, rest: str) -> None:
        try:
            seconds = float(rest) if rest.strip() else self.patience
        except ValueError as error:
            raise _Misuse("how many seconds? :wait 30") from error
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0:
            glance = await self.phone.look(self.cursor, wait=left)
            self._take(glance)
            if glance.bubbles:
                await self._until_quiet()
                return
        self._note(f"(nothing came in {seconds:g} s)")

    async def _until_quiet(self) -> None:
        before = self.received
        try:
            await self._take_all()
            if self.received == before:
                # An order whose answer got lost is nobody's work until the dispatcher looks at it.
                self._take(await self.phone.look(self.cursor, wait=_SECOND_LOOK_SECONDS))
                await self._take_all()
        except TimeoutError:
            self._note(
                f"(still at work after {self.patience:g} s; are the processes messages and dispatcher running?)"
            )
            return
        if self.received == before:
            self._note("(no reply)")
        elif tick := self._tick():
            self.console.print(Text(f"  {tick}", style="red" if tick.startswith("✗") else "dim"))

    async def _take_all(self) -> None:
        async for glance in self.phone.until_quiet(self.cursor, limit=self.patience):
            self._take(glance)

    def _tick(self) -> str:
        """How far the newest message got, or what became of a failed one."""
        for bubble in self.screen:
            status = self.statuses.get(bubble.id, bubble.status)
            if status in ("failed", "undelivered"):
                return f"{_TICKS[status]}{': ' if bubble.error else ''}{bubble.error}"
        last = self.screen[-1] if self.screen else None
        return _TICKS.get(self.statuses.get(last.id, last.status), "") if last else ""

    def _take(self, glance: Glance) -> None:
        self.cursor = glance.next
        self.statuses.update(glance.statuses)
        for bubble in glance.bubbles:
            self.received += 1
            self.screen.append(bubble)
            if bubble.shown.choices:
                self.menus.append(bubble)
            self._show(bubble.shown)

    def _show(self, shown: ShownMessage) -> None:
        for position, line in enumerate(shown.text.splitlines() or [""]):
            self.console.print(Text((("< " if position == 0 else "  ") + line).rstrip(), style="green"))
        if shown.card:
            self.console.print(Text(f"  ┌ {shown.card.title}", style="cyan"))
            for row in shown.card.rows:
                self.console.print(Text(f"  │ {row.label}: {row.value}", style="cyan"))
        if shown.choices and not shown.choices_in_text:
            self._show_choices(shown)
        for link in shown.links:
            if link.url not in shown.text:
                self.console.print(Text(f"  → {link.label}: {link.url}", style="blue"))
        if shown.asks_location:
            self.console.print(Text("  [Send location]  (:pin LAT,LON)", style="yellow"))

    def _show_choices(self, shown: ShownMessage) -> None:
        if shown.list_label:
            self.console.print(Text(f"  [{shown.list_label}]", style="yellow"))
        section = ""
        for number, choice in enumerate(shown.choices, 1):
            if choice.section != section:
                section = choice.section
                self.console.print(Text(f"  {section}", style="yellow dim"))
            about = f" - {choice.description}" if choice.description else ""
            self.console.print(Text(f"  {number}. {choice.title}{about}", style="yellow"))

    def _note(self, words: str) -> None:
        self.console.print(Text(words, style="dim"))


def _pin(rest: str) -> Act:
    latitude, _, longitude = rest.partition(",")
    try:
        return acts.pinned(float(latitude), float(longitude))
    except ValueError as error:
        raise _Misuse("where? :pin 29.3759,47.9774") from error
