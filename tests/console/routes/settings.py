from bot.console.settings_form import SECTIONS

FORMS = {
    **{f"/settings/{one.key}": {"lead_minutes": "5"} for one in SECTIONS},
    "/settings/page/secret": {"page": "calendly", "secret": "a signing secret"},
}
