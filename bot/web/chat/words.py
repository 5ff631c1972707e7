"""What the chat's API says to customers itself; everything else is the conversation's (bot/wording)."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "fallback": "This can't be finished here right now. Your request is kept, and {business} will get back to you.",
        "reach": "You can reach them here: {contact}",
        "stale": "Something has changed since then; this is how it stands now.",
        "gone": "That offer has passed. Just write again, and we'll find a time together.",
        "pending": "Thank you! Your booking is being placed; the result comes here as a message.",
        "redirected": "You'll finish your booking on the next page. We're here if you need help.",
        "apology": "Sorry, we can't look up your request at the moment. The booking page works all the same.",
        "confirmed": "Your booking is confirmed.",
    },
    "ar": {
        "fallback": "لا يمكن إتمام ذلك هنا الآن. طلبك محفوظ، وسيتواصل معك {business}.",
        "reach": "يمكنك التواصل معهم هنا: {contact}",
        "stale": "تغيّر شيء منذ ذلك الوقت، وهذا هو الوضع الآن.",
        "gone": "انتهى ذلك العرض. اكتب لنا من جديد وسنجد لك موعداً معاً.",
        "pending": "شكراً لك! جارٍ تأكيد حجزك، وستصلك النتيجة هنا في رسالة.",
        "redirected": "ستُكمل حجزك في الصفحة التالية. نحن هنا إن احتجت إلى مساعدة.",
        "apology": "عذراً، لا يمكننا الاطلاع على طلبك الآن، لكن صفحة الحجز تعمل كالمعتاد.",
        "confirmed": "تم تأكيد حجزك.",
    },
}


def say(language: str, key: str, **words: str) -> str:
    """In the language, or in English where it isn't spoken here."""
    return WORDS.get(language, WORDS["en"])[key].format(**words)
