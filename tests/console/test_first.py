async def test_overview(desk):
    await desk.user("ann@example.com")
    async with desk.signed_in("ann@example.com", act_as="nail-salon") as browser:
        answer = await browser.get("/console/w/nail-salon/")
        assert answer.status_code == 200
        for path in ("/console/profile", "/console/workspaces", "/console/second-factor"):
            answer = await browser.get(path)
            assert answer.status_code == 200, (path, answer.text)
