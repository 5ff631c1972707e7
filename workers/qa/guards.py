"""What may go wrong while somebody shows the product, what guards it, and which test would fail without the guard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """`test`: file and function; tests/smoke looks that it is there."""

    failure: str
    guard: str
    test: str


GUARDS: tuple[Guard, ...] = (
    Guard(
        "a template's file is broken",
        "nothing is seeded; every problem is a line with file and field",
        "tests/seeds/test_bad_templates.py::test_the_file_and_the_field_are_named",
    ),
    Guard(
        "seed is pressed twice, or by two people",
        "stable ids create nothing twice; the second of two at once is told to try again",
        "tests/seeds/test_templates.py::test_two_at_once_are_refused_politely",
    ),
    Guard(
        "a reset empties a real business",
        "only what a template made is ever touched",
        "tests/seeds/test_templates.py::test_a_business_of_somebodys_own_is_left_alone",
    ),
    Guard(
        "an external template has no booking page",
        "the file is refused; at run time the wish is kept, the customer gets the contact, the operator an error",
        "tests/seeds/test_bad_templates.py::test_external_without_an_address_names_what_nobody_could_finish",
    ),
    Guard(
        "the address is a javascript: or http: one, or only looks like the business's",
        "judged when it is set and again when it is opened",
        "tests/flows/test_policy.py::test_unsafe",
    ),
    Guard(
        "a link preview opens the hand-off page",
        "a GET changes nothing; the button posts",
        "tests/handoff/test_page.py::test_looking_changes_nothing",
    ),
    Guard(
        "the button is pressed twice",
        "one booking, one handoff, the same answer",
        "tests/smoke/test_templates.py::test_every_template",
    ),
    Guard(
        "the database is away when the customer presses the button",
        "the page apologises and leads on by the settings that were read last",
        "tests/handoff/test_page.py::test_without_the_tables_the_customer_is_led_on_all_the_same",
    ),
    Guard(
        "somebody forges the word of a booking page",
        "403 without its signature; a reference that we didn't sign completes nothing",
        "tests/handoff/test_webhooks.py::test_a_reference_that_is_not_ours_completes_nothing",
    ),
    Guard(
        "an external booking is shown as booked although nobody knows",
        "it reads redirected until a signed webhook or an operator says otherwise",
        "tests/smoke/test_templates.py::test_every_template",
    ),
    Guard(
        "two visitors of the demo want the same time",
        "one gets it, the other is offered what is near; never both",
        "tests/engine/test_slot_race.py::test_twenty_customers_and_the_last_four_times",
    ),
    Guard(
        "a business shows another one's rows",
        "row-level security under every query; a client's token has one business",
        "tests/smoke/test_templates.py::test_every_template",
    ),
    Guard(
        "somebody writes in distress",
        "the crisis line at once and alone, a flag without the words, no booking question after it",
        "tests/chats/test_care.py::test_a_crisis_is_answered_at_once_and_alone",
    ),
    Guard(
        "mails of the demo reach a real person",
        "made-up businesses write to example.com, and the demo's mails end in its sink",
        "tests/seeds/test_templates.py::test_a_made_up_business_mails_example_com_and_nobody_else",
    ),
    Guard(
        "the demo is started twice, or its port is taken",
        "one plain line; the next free port is taken",
        "tests/workers/test_demo.py::test_a_second_demo_is_refused_in_one_line",
    ),
    Guard(
        "Redis dies during the show",
        "the dispatcher takes what waits; nothing is lost",
        "tests/demo/test_demo_run.py::test_the_demo_gets_ready_heals_and_ends_without_a_trace",
    ),
    Guard(
        "these checks agree with whatever the server says",
        "each of them is shown something wrong and must fail",
        "tests/smoke/test_checker.py::test_what_is_broken_is_found",
    ),
)
