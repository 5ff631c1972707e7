"""What the demo businesses' pages say around the chat, per language."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "demo": "A demo business of Frontdesk: nobody real. See all of them",
        "nav": "On this page",
        "name": "English",
        "book": "Book now",
        "full": "Open the chat page",
        "lead": "Ask us anything, or book in a minute.",
        "services": "Services and prices",
        "minutes": "{minutes} min",
        "more": "And {count} more: ask in the chat.",
        "hours": "Find us",
        "questions": "Good to know",
        "made_up": "This business is made up, and so are its people. Messages stay on this machine.",
    },
    "ar": {
        "demo": "محل تجريبي من Frontdesk وليس حقيقياً. شوف الكل",
        "nav": "في هذه الصفحة",
        "name": "العربية",
        "book": "احجز الآن",
        "full": "افتح صفحة المحادثة",
        "lead": "اسأل عن أي شي، أو احجز في دقيقة.",
        "services": "الخدمات والأسعار",
        "minutes": "{minutes} دقيقة",
        "more": "و {count} غيرها: اسأل في المحادثة.",
        "hours": "وين تلقانا",
        "questions": "معلومات تهمك",
        "made_up": "هذا المحل وموظفوه من الخيال، والرسائل تبقى على هذا الجهاز.",
    },
}
