"""The checks over every template: a customer's talks and an operator's looks, over HTTP against a running server.

expect.py           what must come, read from the template files by itself, not by the code under test
client.py           the server's HTTP surface, as a widget and as a dashboard use it
customer.py         a customer who answers whatever he is asked
operator.py         what only an operator may do: tokens, a webhook's secret, marking a handoff as completed
checks.py           how a check ends: PASS, FAIL, not for this template, or not run
*_checks.py         the checks themselves; listed.py has all of them, in the order of a run
visit.py            one template during a run
run.py              all checks over all templates
report.py, handoff_report.py, guards.py    the two reports, from what the run saw (result.py)
"""
