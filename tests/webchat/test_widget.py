"""The web chat's API: sessions, messages by their ids, what stands behind a number, and who is refused."""


async def test_a_message_is_answered_by_the_request_that_brought_it(salon, page):
    text = await page.say("hi, I'd like gel nails tomorrow at 2pm")
    assert text
    print(page.messages)
