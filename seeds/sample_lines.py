"""What made-up customers and the bot say in sample talks. The engine's own wording: bot/wording."""

from __future__ import annotations

FIRST_NAMES = {
    "en": (
        "Avery", "Jordan", "Riley", "Morgan", "Casey", "Quinn", "Rowan", "Emery", "Harper", "Parker", "Sasha",
        "Devon", "Skyler", "Reese", "Alexis", "Jamie", "Tatum", "Ellis", "Frankie", "Marlow",
    ),
    "ar": ("نورة", "دلال", "هيا", "شيخة", "لولوة", "مريم", "سارة", "عهود", "فاطمة", "منيرة"),
}  # fmt: skip
LAST_NAMES = {
    "en": ("Sample", "Example", "Testwell", "Demory", "Placeholder", "Mockford", "Trialson", "Specimen"),
    "ar": ("التجريبي", "المثال", "النموذج"),
}
"""Nobody's: whoever reads a list of these must see at once that they are made up."""

BOT = {
    "en": {
        "ask_time": "Gladly. {service} - which day and time suit you?",
        "ask_name": "{when} is free. What name and phone number may I put down?",
        "ask_contact": "Gladly. {service} - what is your name, and a number we can reach you at?",
        "summary": "{service}, {when}, {name}. Shall I book it?",
        "booked": "Booked. Your confirmation code is {code}. See you then!",
        "led_on": "Thank you, {name}. You finish the booking on our booking page; the button leads you there.",
        "human": "I have asked a colleague to take over. Somebody answers you here shortly.",
        "more": "Is there anything else I can help you with?",
    },
    "ar": {
        "ask_time": "أبشري. {service} - أي يوم وأي ساعة يناسبك؟",
        "ask_name": "{when} متوفر. ممكن الاسم ورقم الجوال؟",
        "ask_contact": "أبشري. {service} - ممكن الاسم ورقم الجوال؟",
        "summary": "{service}، {when}، {name}. أأكد الحجز؟",
        "booked": "تم الحجز. رمز التأكيد {code}. بانتظارك!",
        "led_on": "شكراً {name}. تكملين الحجز في صفحة الحجز عندنا من الزر.",
        "human": "طلبت من الزميلة تكمل معك، بترد عليك هنا قريب.",
        "more": "تحتاجين أي شي ثاني؟",
    },
}
CUSTOMER = {
    "en": {
        "when": "{when} would be great",
        "who": "{name}, {phone}",
        "yes": "Yes please",
        "done": "Done, thank you!",
        "human": "I'd rather talk to a person, please",
    },
    "ar": {
        "when": "{when} يناسبني",
        "who": "{name} {phone}",
        "yes": "نعم أكدي",
        "done": "خلصت، شكراً",
        "human": "أبي أكلم موظفة لو سمحتي",
    },
}
