FORMS = {
    "/ai/personas": {"body": "You are somebody else's.", "note": "a stranger's"},
    "/ai/personas/activate": {"version": "0"},
}
