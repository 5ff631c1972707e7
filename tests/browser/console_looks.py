"""What each page of the console says, held against SQL of its own."""

from __future__ import annotations

from datetime import timedelta

from tests.browser.looks import Look, looks

LANGUAGES = {"en": "English", "ar": "Arabic"}
_BEGUN = "created_at >= $2"


def number(text: str) -> int:
    return int(text.replace(",", "").split()[0])


def usd(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02} USD"


# -- what happened ----------------------------------------------------------------------------------------------


@looks("overview")
async def overview(look: Look) -> None:
    today, figures = look.midnight(), await look.figures()
    for name, table, condition in (
        ("Conversations", "conversations", ""),
        ("Leads", "leads", ""),
        ("Bookings", "bookings", " AND confirmed_at IS NOT NULL AND status <> 'cancelled'"),
        ("Sent on", "handoffs", ""),
    ):
        counted = await look.one(
            f"SELECT count(*) FROM {table} WHERE workspace_id = $1 AND {_BEGUN}{condition}", today
        )
        assert figures[name][0] == str(counted), name
    said = {
        row["direction"]: row["count"]
        for row in await look.rows(
            f"SELECT direction, count(*) FROM messages WHERE workspace_id = $1 AND {_BEGUN} GROUP BY 1", today
        )
    }
    messages = "message" if said["in"] == 1 else "messages"
    assert figures["Conversations"][1] == f"{said['in']} {messages} in, {said['out']} out"
    human = await look.one("SELECT count(*) FROM conversations WHERE workspace_id = $1 AND status = 'human'")
    wrong = await look.one(
        "SELECT count(*) FROM operator_errors WHERE workspace_id = $1 AND resolved_at IS NULL"
    )
    assert (figures["With a person"][0], figures["Errors"][0]) == (str(human), str(wrong))
    assert wrong > 0
    won = await _funnel(look)
    begun = look.midnight(-29)
    talks = await look.one(f"SELECT count(*) FROM conversations WHERE workspace_id = $1 AND {_BEGUN}", begun)
    days = await look.one(
        f"SELECT count(DISTINCT (created_at AT TIME ZONE $3)::date) FROM conversations "
        f"WHERE workspace_id = $1 AND {_BEGUN}",
        begun, look.zone.key,
    )  # fmt: skip
    cells = await look.page.locator("[data-part=daily] tbody td:nth-child(2)").all_text_contents()
    assert sum(int(cell) for cell in cells) == talks
    assert sum(cell != "0" for cell in cells) == days
    spent = {row["What"]: row for row in (await look.tables())[-1]}
    messages = await look.one(f"SELECT count(*) FROM messages WHERE workspace_id = $1 AND {_BEGUN}", begun)
    shown = spent["Messages, in and out"]
    assert (shown["In all"], shown["For each booked or sent on"]) == (str(messages), f"{messages / won:.1f}")
    (models,) = await look.rows(
        f"SELECT count(*), sum(cost_nanos)::bigint AS nanos FROM llm_calls WHERE workspace_id = $1 AND {_BEGUN}",
        begun,
    )
    assert spent["Language models"]["In all"] == f"{models['nanos'] / 1e9:.4f} USD {models['count']} calls"


async def _funnel(look: Look) -> int:
    """A talk at a time, in Python: another way than the console's. Returns how many were booked or sent on."""
    talks = await look.rows(
        f"""
        SELECT id, EXISTS (SELECT FROM leads l WHERE l.conversation_id = c.id) AS led,
               EXISTS (SELECT FROM booking_intents i WHERE i.conversation_id = c.id) AS meant,
               ARRAY (SELECT status FROM bookings b WHERE b.conversation_id = c.id AND confirmed_at IS NOT NULL) AS won,
               ARRAY (SELECT status FROM handoffs h WHERE h.conversation_id = c.id
                      AND (redirected_at IS NOT NULL OR status = 'completed_external')) AS sent
        FROM conversations c WHERE workspace_id = $1 AND {_BEGUN}
        """,
        look.midnight(-29),
    )
    expected = [
        len(talks),
        sum(talk["led"] for talk in talks),
        sum(talk["meant"] for talk in talks),
        sum(bool(talk["won"]) for talk in talks),
        sum(bool(talk["sent"]) and not talk["won"] for talk in talks),
        sum("completed" in talk["won"] or "completed_external" in talk["sent"] for talk in talks),
    ]
    assert [int(one) for one in await look.texts(".funnel strong")] == expected
    shares = [f"{round(100 * one / len(talks))} %" for one in expected]
    assert await look.texts(".funnel .number .quiet") == shares
    assert 0 < expected[-1] < expected[0]
    return expected[3] + expected[4]


@looks("waiting")
async def waiting(look: Look) -> None:
    expected = await look.rows(
        "SELECT opened_at, cause FROM escalations WHERE workspace_id = $1 AND status IN ('open', 'taken') "
        "ORDER BY cause IN ('crisis', 'emergency') DESC, opened_at DESC"
    )
    shown = await look.table()
    assert [row["Since"] for row in shown] == [look.when(row["opened_at"]) for row in expected]
    assert [row["Why"].startswith("Urgent") for row in shown] == [
        row["cause"] == "crisis" for row in expected
    ]
    assert shown[0]["Why"] == "Urgent May be in distress"


@looks("conversations")
async def conversations(look: Look) -> None:
    talks = await look.rows(
        "SELECT * FROM conversations WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC"
    )
    assert f"{len(talks)} in all" in await look.text()
    shown = await look.table()
    assert [row["Begun"] for row in shown] == [look.when(talk["created_at"]) for talk in talks[:50]]
    assert [row["Channel"] for row in shown] == [
        f"Web chat {LANGUAGES[talk['language']]}" for talk in talks[:50]
    ]
    for status, words in (("open", "Open"), ("human", "With a person"), ("closed", "Closed")):
        assert (
            await look.option("status", status)
            == f"{words} ({sum(one['status'] == status for one in talks)})"
        )


@looks("conversation")
async def conversation(look: Look) -> None:
    lines = await look.rows(
        "SELECT body, created_at FROM messages WHERE workspace_id = $1 AND conversation_id = $2 ORDER BY seq",
        look.ids["conversation_id"],
    )
    assert await look.texts(".thread .bubble") == [line["body"] for line in lines]
    assert await look.texts(".thread .under time") == [
        f"{line['created_at'].astimezone(look.zone):%H:%M}" for line in lines
    ]
    directions = await look.page.eval_on_selector_all(
        ".bubble", "all => all.map((one) => getComputedStyle(one).direction)"
    )
    assert set(directions) == {"rtl"}, "an Arabic talk runs from the right"
    facts = await look.facts()
    assert facts["Language"] == "Arabic"
    assert facts["Name"] == await look.one(
        "SELECT name FROM customers k JOIN conversations c ON c.customer_id = k.id "
        "WHERE k.workspace_id = $1 AND c.id = $2",
        look.ids["conversation_id"],
    )


# -- who and what -----------------------------------------------------------------------------------------------


@looks("leads")
async def leads(look: Look) -> None:
    found = await look.rows("SELECT * FROM leads WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC")
    assert f"{len(found)} in all" in await look.text()
    shown = await look.table()
    assert [row["Made"] for row in shown] == [look.when(lead["created_at"]) for lead in found[:50]]
    assert [row["Name"] for row in shown] == [lead["name"] or "no name yet" for lead in found[:50]]
    for status in ("incomplete", "qualified", "booked", "redirected", "lost"):
        counted = sum(lead["status"] == status for lead in found)
        assert (await look.option("status", status)).endswith(f"({counted})"), status


@looks("lead")
async def lead(look: Look) -> None:
    (row,) = await look.rows("SELECT * FROM leads WHERE workspace_id = $1 AND id = $2", look.ids["lead_id"])
    facts = await look.facts()
    assert facts["Service"] == (row["service"] or "–")
    assert facts["Phone"] == (row["phone"] or "–")
    became = await look.one(
        "SELECT (SELECT count(*) FROM booking_intents WHERE workspace_id = $1 AND conversation_id = $2) "
        "+ (SELECT count(*) FROM bookings WHERE workspace_id = $1 AND conversation_id = $2) "
        "+ (SELECT count(*) FROM handoffs WHERE workspace_id = $1 AND conversation_id = $2)",
        row["conversation_id"],
    )
    assert len(await look.table()) == became > 0


@looks("bookings")
async def bookings(look: Look) -> None:
    found = await look.rows(
        "SELECT * FROM bookings WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC"
    )
    assert f"{len(found)} in all" in await look.text()
    shown = await look.table()
    assert [row["Total"] for row in shown] == [
        usd(one["total_minor"]) if one["total_minor"] else "–" for one in found
    ]
    assert [row["Visit"] for row in shown] == [
        f"{look.when(one['starts_at'])} made {look.when(one['created_at'])}" for one in found
    ]
    assert any(one["total_minor"] for one in found)


async def _booked_between(look: Look, since, until) -> list[str]:
    found = await look.rows(
        "SELECT b.customer_name, i.starts_at, i.ends_at FROM booking_items i JOIN bookings b ON b.id = i.booking_id "
        "WHERE b.workspace_id = $1 AND i.starts_at >= $2 AND i.starts_at < $3 AND b.status <> 'cancelled'",
        since, until,
    )  # fmt: skip
    return sorted(
        f"{one['starts_at'].astimezone(look.zone):%H:%M}–{one['ends_at'].astimezone(look.zone):%H:%M}"
        for one in found
    )


@looks("bookings-day", "bookings-week")
async def calendar(look: Look) -> None:
    """Opened at the day of the booking that is still to come."""
    day = await look.page.locator("input[name=date]").input_value()
    starts = await look.one(
        "SELECT starts_at FROM bookings WHERE workspace_id = $1 AND id = $2", look.ids["booking_id"]
    )
    local = starts.astimezone(look.zone)
    assert day == f"{local:%Y-%m-%d}"
    first = local.replace(hour=0, minute=0, second=0, microsecond=0)
    week = "week" in look.page.url
    if week:  # Sunday begins it, as the United States count
        first -= timedelta(days=(first.weekday() + 1) % 7)
    expected = await _booked_between(look, first, first + timedelta(days=7 if week else 1))
    shown = sorted(await look.texts(".calendar .block .times"))
    assert shown == expected
    assert expected
    count = await look.one(
        "SELECT count(*) FROM bookings WHERE workspace_id = $1 AND starts_at >= $2 AND starts_at < $3 "
        "AND status <> 'cancelled'",
        first, first + timedelta(days=7 if week else 1),
    )  # fmt: skip
    assert (
        await look.text(".head .quiet")
        == f"{count} booking{'' if count == 1 else 's'}, times of {look.zone.key}"
    )


@looks("booking", "booking-move")
async def booking(look: Look) -> None:
    (row,) = await look.rows(
        "SELECT * FROM bookings WHERE workspace_id = $1 AND id = $2", look.ids["booking_id"]
    )
    text = await look.text()
    assert look.when(row["starts_at"]) in text
    assert row["confirmation_code"] in text
    assert row["customer_name"] in text
    if "move" not in look.page.url:
        facts = await look.facts()
        assert facts["Phone"] == row["customer_phone"]
        if row["total_minor"]:
            assert facts["Total"] == usd(row["total_minor"])


@looks("handoffs")
async def handoffs(look: Look) -> None:
    found = await look.rows(
        "SELECT * FROM handoffs WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC"
    )
    assert f"{len(found)} in all" in await look.text()
    shown = await look.table()
    assert [row["Created"] for row in shown] == [look.when(one["created_at"]) for one in found]
    for status in ("new", "redirected", "completed_external", "abandoned"):
        counted = sum(one["status"] == status for one in found)
        assert (await look.option("status", status)).endswith(f"({counted})"), status
    done = sum(one["status"] == "completed_external" for one in found)
    assert sum(row["Status and source"].startswith("Completed there") for row in shown) == done > 0


@looks("handoff")
async def handoff(look: Look) -> None:
    (row,) = await look.rows(
        "SELECT * FROM handoffs WHERE workspace_id = $1 AND id = $2", look.ids["handoff_id"]
    )
    events = await look.rows(
        "SELECT at FROM handoff_events WHERE workspace_id = $1 AND handoff_id = $2 ORDER BY at, id", row["id"]
    )
    assert await look.texts(".timeline time") == [look.when(event["at"]) for event in events]
    facts = await look.facts()
    assert facts["Booking page"] == row["booking_url"]
    assert f"/h/{row['token']}" in facts["Link of the customer"]


@looks("customers")
async def customers(look: Look) -> None:
    found = await look.rows(
        "SELECT * FROM customers WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 50"
    )
    shown = await look.table()
    assert [row["Name"] for row in shown] == [one["name"] or "no name yet" for one in found]
    assert [row["Since"] for row in shown] == [look.when(one["created_at"]) for one in found]


@looks("customer")
async def customer(look: Look) -> None:
    who = look.ids["customer_id"]
    visits = await look.rows(
        "SELECT confirmation_code FROM bookings WHERE workspace_id = $1 AND customer_id = $2 ORDER BY starts_at DESC",
        who,
    )
    talks = await look.rows(
        "SELECT created_at FROM conversations WHERE workspace_id = $1 AND customer_id = $2 ORDER BY created_at DESC",
        who,
    )
    first, second = await look.tables()
    assert [row["Code"] for row in first] == [one["confirmation_code"] for one in visits]
    assert [row["Begun"] for row in second] == [look.when(one["created_at"]) for one in talks]
