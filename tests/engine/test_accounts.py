"""Installation-wide defaults, and accounts that say otherwise."""

from bot.accounts import ChannelDefaults, open_channel_account, sealed_channel_account
from bot.channels.contract import ChannelAccount
from db.ids import new_id
from tests.engine.world import BOX

DEFAULTS = {"twilio": ChannelDefaults({"auth_token": "house"}, {"account_sid": "ACHOUSE"})}


def opened(secrets, settings):
    account = ChannelAccount(
        id=new_id(),
        workspace_id=new_id(),
        bot_id=new_id(),
        channel="twilio",
        account_key="some-key",
        address="+15550100101",
        secrets=secrets,
        settings=settings,
    )
    row = sealed_channel_account(account, BOX)
    return open_channel_account(row, BOX, public_base_url="https://x.example.com", defaults=DEFAULTS)


def test_an_account_without_its_own_secrets_uses_the_installations():
    account = opened({}, {})
    assert account.secrets == {"auth_token": "house"}
    assert account.settings == {"account_sid": "ACHOUSE"}


def test_a_workspaces_own_secrets_win():
    account = opened({"auth_token": "own"}, {"account_sid": "ACOWN"})
    assert account.secrets == {"auth_token": "own"}
    assert account.settings == {"account_sid": "ACOWN"}
