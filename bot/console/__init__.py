"""The operators' console: server-rendered pages under /console, for the agency and for its clients.

How a page is added, without touching anybody else's file:

1. **Module** `bot/console/pages/<name>.py` with a constant `SECTION` (bot/console/page.py). Every module of that
   folder is found by itself (bot/console/registry.py); nothing is to be registered.

       SECTION = Section(
           nav=Nav("leads", "Leads", "/leads", Group.WORK, 30),           # None: no entry of its own
           routes=(
               get("/leads", leads),                                      # /console/w/{workspace}/leads
               get("/leads/{lead_id}", lead),
               post("/leads/{lead_id}/close", close_lead),
               get("/leads.csv", leads_csv),
           ),
       )

   Paths are relative to `/console/w/{workspace}`. `agency=True` on a route or a section hides it from clients (403).

2. **Handlers** take an `Acting` (bot/console/acting.py) and nothing else, and give back a response:

       async def leads(acting: Acting) -> web.StreamResponse:
           filters = LeadFilters(status=acting.choice("status", STATES), search=acting.search())
           page = await read_leads.listing(acting.tx, filters, after=acting.cursor())
           return acting.render("leads.html", page=page)

       async def close_lead(acting: Acting) -> web.StreamResponse:
           if not await leads.close(acting.tx, acting.id("lead_id")):
               raise NotFound
           await acting.audit("lead.closed", str(acting.id("lead_id")))
           return acting.redirect("/leads", said="The lead is closed.")

   `acting.session` is who asks, `acting.workspace` (id, key, name, zone, currency) what he acts as, `acting.tx` an open
   transaction of that workspace: it commits when the handler returns and rolls back when it raises. Nobody gets
   here without being signed in, being allowed to see the workspace and (for a POST) having sent the CSRF token.
   A row of another workspace doesn't exist here: read it by id and raise `NotFound` when there is none.
   What must happen only after the commit (ringing a worker): `acting.after_commit(lambda: ...)`.
   What can't be done is said by raising `Refused("why, in a sentence")`: the user reads it where he came from.
   GETs change nothing. Every POST calls `acting.audit(...)` and ends with `acting.redirect(...)`.

3. **Queries** live in `db/`, a constant beside the one function that runs it (db/read_*.py has the lists of the
   records with filters and cursors; don't write them twice).

4. **Template** `bot/console/templates/<name>.html`:

       {% extends "page.html" %}
       {% import "parts.html" as ui with context %}
       {% block title %}Leads{% endblock %}
       {% block content %} ... {% endblock %}

   `parts.html` has everything a page is made of: filters, tables, badges, times, money, empty states, pagers, forms
   with their token, questions before something is thrown away. Links are made by `to("/leads", status="open")`.
   What customers wrote stands in an element with `dir="auto"`. No inline script, no inline style: the CSP refuses
   both. A part that keeps itself fresh: bot/console/live.py.

5. **Test**: `tests/console/routes/<name>.py` says for every new parameter of a path which query fills it, and for
   every POST which fields it takes; the enumeration test (tests/console/test_routes.py) fails without it.
   A page's own tests: `tests/console/test_<name>.py` with the fixtures of tests/console/conftest.py.
"""
