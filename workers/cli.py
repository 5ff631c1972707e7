"""The `frontdesk` command: what a person types. Every command is registered here, by name."""

from __future__ import annotations

import typer

from workers.commands.accounts import show_accounts
from workers.commands.catalog_edit import catalog
from workers.commands.chat import chat
from workers.commands.customers import customers
from workers.commands.demo import demo
from workers.commands.doctor import doctor
from workers.commands.errors import decide, errors
from workers.commands.escalations import escalations
from workers.commands.handoffs import handoffs
from workers.commands.import_business import import_business
from workers.commands.links import links
from workers.commands.llm import llm
from workers.commands.migrate_cmd import migrate
from workers.commands.payments import payments
from workers.commands.qa import qa
from workers.commands.record import record, replay
from workers.commands.sandbox import sandbox
from workers.commands.seed import seed
from workers.commands.settings import settings
from workers.commands.sync import sync
from workers.commands.templates import reset, templates
from workers.commands.tokens import tokens
from workers.commands.understand import understand
from workers.commands.users import users

app = typer.Typer(
    name="frontdesk",
    help="Answers a service business's customers and gets them booked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its locals would show customers' data
)
app.command("accounts")(show_accounts)
app.command()(catalog)
app.command()(chat)
app.add_typer(customers, name="customers")
app.command()(demo)
app.command()(doctor)
app.command()(errors)
app.command()(decide)
app.add_typer(escalations, name="escalations")
app.add_typer(handoffs, name="handoffs")
app.command()(import_business)
app.add_typer(links, name="links")
app.add_typer(llm, name="llm")
app.command()(migrate)
app.add_typer(payments, name="payments")
app.command()(qa)
app.command()(record)
app.command()(replay)
app.command()(reset)
app.command()(sandbox)
app.command()(seed)
app.add_typer(settings, name="settings")
app.command()(sync)
app.command()(templates)
app.add_typer(tokens, name="tokens")
app.command()(understand)
app.add_typer(users, name="users")


def main() -> None:
    """Entry point of the installed command."""
    app()


if __name__ == "__main__":
    main()
