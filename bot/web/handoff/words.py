"""What the hand-off page says, per language."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Finish your booking",
        "hello": "Almost there, {name}",
        "hello_plain": "Almost there",
        "hello_finished": "All done",
        "where": "You'll complete your booking on {destination}. We'll be here if you need help.",
        "service": "Service",
        "time": "Time you asked for",
        "not_booked": "Nothing is booked until you finish there.",
        "finished": "This booking is finished: there is nothing more to do here.",
        "again": "Open the booking page",
        "continue": "Continue to booking",
        "opens_not": "If the booking page doesn't open,",
        "tap": "tap here",
        "help": "Need help?",
        "phone": "Call",
        "email": "Write to",
        "website": "Website",
        "sorry": "Sorry, we can't show your details right now. You can book all the same:",
        "frame_silent": "The booking page doesn't seem to open here. Open it with the button instead.",
        "frame_title": "Booking page of {business}",
        "gone": "This link isn't valid any more",
        "gone_why": "It may be incomplete, or it is too old. Write to us in the chat and you'll get a new one.",
        "busy": "Please try again in a moment",
        "busy_why": "We can't open this page right now. Your request is kept.",
    },
    "ar": {
        "title": "أكمل حجزك",
        "hello": "باقي خطوة، {name}",
        "hello_plain": "باقي خطوة",
        "hello_finished": "تم كل شي",
        "where": "تكمل حجزك على {destination}. وإذا احتجت مساعدة إحنا موجودين.",
        "service": "الخدمة",
        "time": "الوقت المطلوب",
        "not_booked": "ما يتم الحجز إلا لما تكمله هناك.",
        "finished": "هذا الحجز مكتمل، وما يلزمك شي ثاني هنا.",
        "again": "افتح صفحة الحجز",
        "continue": "المتابعة للحجز",
        "opens_not": "إذا ما فتحت صفحة الحجز،",
        "tap": "اضغط هنا",
        "help": "تحتاج مساعدة؟",
        "phone": "اتصل",
        "email": "راسلنا على",
        "website": "الموقع",
        "sorry": "عذراً، ما نقدر نعرض تفاصيلك الحين. تقدر تحجز عادي:",
        "frame_silent": "يبدو أن صفحة الحجز ما تفتح هنا. افتحها من الزر.",
        "frame_title": "صفحة حجز {business}",
        "gone": "الرابط ما عاد صالح",
        "gone_why": "يمكن الرابط ناقص أو قديم. اكتب لنا في المحادثة ونرسل لك رابط جديد.",
        "busy": "حاول بعد شوي لو سمحت",
        "busy_why": "ما نقدر نفتح الصفحة الحين. طلبك محفوظ.",
    },
}


def words_of(language: str) -> Mapping[str, str]:
    return WORDS.get(language, WORDS["en"])
