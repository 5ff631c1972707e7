"""A plain booking takes few messages, on every channel and whatever is known of the customer."""

from __future__ import annotations

from tests.chats import messages


def test_a_plain_booking_takes_at_most_four_messages_and_the_report_is_true() -> None:
    talks = list(messages.plain_bookings())
    long = [one for one in talks if one.messages > messages.GOAL]
    assert not long, "\n\n".join(f"{one.surface}, {one.known}:\n{one.talk}" for one in long[:3])
    written = messages.PATH.read_text(encoding="utf-8").split(messages.EXAMPLE)[0]
    assert written == messages.report(talks).split(messages.EXAMPLE)[0], "run: make messages"
