"""The checks over every template: a customer's talks and an operator's looks, over HTTP against a running server.

expect.py     what must come, read from the template files by itself, not by the code under test
client.py     the server's HTTP surface, as a widget and as a dashboard use it
customer.py   a customer who answers whatever he is asked
operator.py   what only an operator may do: a token, a webhook's secret, marking a handoff as completed
checks.py     the list of checks and how one ends: PASS, FAIL, not for this template, or not possible here
talks.py trust.py records.py seeding.py    the checks themselves
run.py        all of them over all templates
report*.py    reports/TEMPLATES_QA.md and reports/EXTERNAL_BOOKING_HANDOFF_QA.md, from what the run saw
"""
