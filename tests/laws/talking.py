"""What difficult customers write: fragments put together, in both languages, and plain noise."""

from __future__ import annotations

from hypothesis import strategies as st

SERVICES = (
    "gel manicure", "a classic pedicure", "gel", "haircut", "hair cut for long hair", "back massage", "nail art",
    "gel manicure and classic pedicure", "mani pedi", "gle manicur", "car wash", "something for dry hair",
    "مانيكير جل", "بديكير", "قص شعر", "ابي مساج ظهر",
)  # fmt: skip
PLACES = (
    "at Plaza",
    "Zahra",
    "in Marina please",
    "not Plaza, Zahra",
    "the nearest one",
    "في بلازا",
    "الزهراء",
    "Dubai",
)
DAYS = (
    "tomorrow", "on Sunday", "next friday", "yesterday", "the 31st", "Tuesday 2 September", "in 3 weeks",
    "this weekend", "بكرا", "باچر", "عقب باچر", "يوم الاحد", "actually monday",
)  # fmt: skip
TIMES = (
    "at 2pm", "5", "after 4", "in the morning", "as early as possible", "at 3 am", "between 2 and 4", "half past six",
    "الساعة ٥ العصر", "المغرب", "yes but 5 pm", "an hour later",
)  # fmt: skip
PEOPLE = (
    "with Dana",
    "anyone",
    "Mira please",
    "not Dana",
    "with Monica",
    "مع دانا",
    "أي أحد",
    "for me and my daughter",
)
SELVES = (
    "I'm Sara Test", "my name is Ali Test", "sara@example.com", "sara@", "+965 5000 0456", "123", "اسمي سارة",
    "you can reach me at ali@example.com or 50000456", "under the name Noura",
)  # fmt: skip
TALK = (
    "hi", "hello there", "yes", "yep", "no", "ok", "👍", "تمام", "ايه", "لا", "مرحبا", "السلام عليكم", "thanks", "شكرا",
    "bye", "cancel", "cancel my booking", "الغي الموعد", "change", "change the name", "back", "skip", "start over",
    "human", "can I talk to a person", "ابي اكلم موظف", "STOP", "START", "what time is my booking?", "متى موعدي؟",
    "move it to friday", "the usual", "how much is it?", "how long does it take", "when are you open?",
    "where are you?", "do you have parking", "who does the gel", "بكم؟", "without the pedicure", "add a hair mask",
    "anything else?", "more", "1", "2", "9", "the second one", "what?", "??", "you are a bot", "عربي", "English please",
    "on arrival", "knet", "كي نت", "we are 4 people", "help",
)  # fmt: skip

fragments = st.sampled_from((*SERVICES, *PLACES, *DAYS, *TIMES, *PEOPLE, *SELVES, *TALK))
lines = st.one_of(
    fragments,
    st.sampled_from(SERVICES),
    st.lists(fragments, min_size=2, max_size=4).map(" ".join),
    st.lists(fragments, min_size=2, max_size=3).map(", ".join),
    st.text(max_size=40),
)
"""One message."""
