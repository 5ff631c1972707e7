"""Words that must not be answered like a booking: a crisis, an emergency, a question for medical advice.

Precision first: hyperbole ("dying for a haircut", "these heels are killing me") says nothing. Whether anything is
done about it, and with what words, is the template's to say.
"""

from __future__ import annotations

import re

from bot.understanding.contract import Safety, SafetyFact
from bot.understanding.normalize import Text, fold
from bot.understanding.words import words


def _any(*patterns: str) -> str:
    return "|".join(patterns)


def _phrases(text: str) -> str:
    """Fixed phrases, separated by commas or lines, as a pattern of whole words."""
    said = [fold(one.strip()) for one in text.replace("\n", ",").split(",")]
    return rf"\b[وب]?(?:{'|'.join(re.escape(one) for one in said if one)})\b"


_MYSELF = r"my\s?self\b"
_WISH = (
    r"(?:want(?:ed)?|wanna|going|gonna|think(?:ing)?|thoughts?|urges?|plan(?:ning)?|might|could|will|keep"
    r"|feel like|need)"
)
_CRISIS = _any(
    rf"\bkill(?:ing)?\s{_MYSELF}",
    rf"\b(?:hang|shoot|drown|poison)(?:ing)?\s{_MYSELF}",
    rf"\b{_WISH}\s(?:[a-z']+\s){{0,4}}?(?:hurt|harm|cut)(?:ting|ing)?\s{_MYSELF}",
    r"\bself[\s-]?harm(?:ing|ed)?\b",
    r"\bsuicid(?:e|al)\b",
    r"\b(?:end|ending|take|taking)\smy\s(?:own\s)?life\b",
    r"\bend(?:ing)? it all\b",
    r"\b(?:don'?t|do not)\s(?:want|wanna|wish)\s(?:to\s)?(?:live|be alive|be here|exist|go on)"
    r"(?:\slike this)?\s(?:any\s?more|any longer)\b",
    r"\b(?:don'?t|do not)\s(?:want|wanna|wish)\s(?:to\s)?(?:live|be alive|wake up|exist)\s?(?:$|[.!,\n])",
    r"\b(?:no|nothing|not(?:hing)?)\s(?:reason|left)\sto live\b",
    r"\bbetter off (?:dead|without me)\b",
    r"\b(?:want to|wanna|wish to|ready to)\sdie\b(?!\s(?:of|from|for|laughing|if|when|because|my|it))",
    r"\bwish i (?:was|were) dead\b",
    r"\b(?:i|i'm|im|i've|have|just|he|she)\s(?:overdos(?:ed|ing)|od'?ed)\b",
    r"\b(?:took|taken|taking|going to|gonna|wanna|want to)\s(?:an\s)?overdose\b",
    r"\b(?:took|taken|swallowed|swallowing)"
    r"\s(?:too many|all (?:of )?(?:my|the)|a (?:whole )?(?:bottle|box|pack|handful) of)"
    r"\s(?:[a-z]+\s)?(?:pills|tablets|meds|medication|medicine|painkillers)\b",
    _phrases(
        """انتحر, انتحار, بنتحر, الانتحار, اقتل نفسي, بقتل نفسي, اذبح نفسي, اذي نفسي, أؤذي نفسي, ااذي نفسي
        اجرح نفسي, انهي حياتي, بنهي حياتي, اخلص من حياتي, ما ابي اعيش, مابي اعيش, ما ابغى اعيش, ما اريد اعيش
        ما ودي اعيش, ماودي اعيش, اتمنى الموت, اتمنى اموت, جرعة زايدة, جرعة زائدة, بلعت حبوب, بلعت علبة"""
    ),
    rf"{_phrases('ابي اموت, ابغى اموت, ودي اموت, اريد اموت, بدي اموت, ابا اموت')}"
    rf"(?!\s(?:{fold('من|على|في|عليه|عليها|فيه|فيها')})\b)",
)
_EMERGENCY = _any(
    r"\b(?:can'?t|cannot|can not|struggling to|hard to|hardly|unable to|barely|couldn'?t)\s(?:even\s)?breathe\b",
    r"\b(?:trouble|difficulty|stopped|not|isn'?t)\s(?:in\s)?breathing\b",
    r"\b(?:short|shortness) of breath\b",
    r"\bchest pains?\b|\bpain in (?:my|his|her) chest\b",
    r"\bheart attack\b|\b(?:having|had) a (?:stroke|seizure)\b",
    r"\b(?:is|am|i'm|was|fell|he's|she's)\sunconscious\b",
    r"\b(?:he|she|my [a-z]+)(?:'s| has| just)?\s(?:passed out|collapsed|fainted)\b",
    r"\bbleeding\s(?:a lot|heavily|badly|so much|non\s?stop)\b",
    r"\b(?:blood|bleeding)\b[^.\n]{0,30}\b(?:won'?t|not|doesn'?t|can'?t)\sstop\b",
    r"\b(?:throat|tongue|airway)\s(?:is\s|keeps\s)?(?:closing|swelling|swollen)\b",
    r"\banaphyla\w+",
    r"\b(?:having|have|got)\s(?:an?\s)?(?:bad |severe |serious )?allergic reaction\b",
    r"\b(?:call|need|send)\s(?:an?\s)?(?:911|999|112|ambulance)\b",
    _phrases(
        """مو قادر اتنفس, مو قادرة اتنفس, مب قادر اتنفس, ما اقدر اتنفس, ماقدر اتنفس, مقدر اتنفس, ضيق تنفس
        ضيق في التنفس, صعوبة في التنفس, ينزف وايد, انزف وايد, نزيف قوي, اغمى علي, اغمى عليها, اغمى عليه
        اغمي علي, فاقد الوعي, فقدت الوعي, فقد الوعي, اسعاف, الاسعاف, ازمة قلبية, الم بصدري, الم في صدري"""
    ),
)
_DRUG = (
    r"(?:panadol|paracetamol|acetaminophen|tylenol|ibuprofen|advil|brufen|aspirin|antibiotics?|augmentin|medicines?"
    r"|medications?|meds|pain\s?killers?|pills|tablets|(?:ro)?accutane|isotretinoin|blood thinners?|steroids?"
    r"|cortisone|antidepressants?|insulin|xanax|codeine)"
)
_CONDITION = (
    r"(?:pregnan\w+|breast\s?feeding|nursing|diabet\w+|epilep\w+|asthma\w*|high blood pressure"
    r"|heart (?:condition|disease|problem)|chemo\w*|cancer|(?:ro)?accutane|blood thinners?|eczema|psoriasis|keloids?"
    r"|herpes|pacemaker|allerg(?:y|ies|ic)\s(?:to|reaction))"
)
_SAFE = (
    r"(?:safe|ok|okay|fine|dangerous|harmful|allowed|bad for|advisable|recommended|risky|can i|could i|should i"
    r"|is it|will it|does it)"
)
_CONDITION_AR = _phrases(
    "حامل, الحامل, للحامل, ارضع, مرضعة, للمرضع, رضاعة, سكري, السكري, حساسية, سيولة, روكتان"
)
_SAFE_AR = _phrases("يصير, ينفع, اقدر, يضر, امن, مسموح, خطر, عادي, يضرني, يأثر")
_MEDICAL = _any(
    rf"\b(?:can|could|should|may|do|must)\si\s(?:still\s)?(?:take|use|stop|mix|have|drink)\b[^.\n]{{0,40}}\b{_DRUG}\b",
    rf"\bhow (?:many|much)\s(?:mg|milligrams|{_DRUG})\b",
    rf"\b(?:what|which)\s(?:kind of\s)?(?:dose|dosage|cream|ointment|drug|{_DRUG})\s(?:[a-z]+\s){{0,2}}?"
    r"(?:should|can|do|could|would)\si\b",
    rf"\b{_SAFE}\b[^\n]{{0,50}}\b{_CONDITION}\b|\b{_CONDITION}\b[^\n]{{0,50}}\b{_SAFE}\b",
    r"\bis (?:it|this|that|my [a-z]+) (?:infected|cancerous|cancer|contagious|an infection|broken)\b",
    r"\b(?:what'?s|what is|need) (?:your |my |a |the )?diagnosis\b|\bcan you diagnose\b",
    r"\bdo (?:i|you think i) have (?:an? )?(?:infection|cancer|disease|fungus)\b",
    r"\bside effects?\b",
    r"\bwhat (?:should|can) i (?:take|put) (?:for|on) (?:the|my|this)"
    r"\s(?:[a-z]+\s)?(?:pain|swelling|infection|rash|burn|fever)\b",
    rf"{_CONDITION_AR}[^\n]{{0,60}}?(?:{_SAFE_AR}|\?)|{_SAFE_AR}[^\n]{{0,60}}?{_CONDITION_AR}",
    _phrases(
        "كم حبة, كم جرعة, الجرعة, شنو الدوا, اي دوا, شنو دوا, شنو اخذ حق, اعراض جانبية, مضاد حيوي, اخذ مضاد, اخذ بنادول"
    ),
)
_KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Safety.CRISIS, _CRISIS),
        (Safety.EMERGENCY, _EMERGENCY),
        (Safety.MEDICAL, _MEDICAL),
    )
)
"""Gravest first."""
_TELLTALE = words(
    """myself self harm harming selfharm suicide suicidal life die dead live alive exist wake overdose overdosed
    overdosing od oded ded pills tablets meds medication medications medicine medicines painkillers painkiller all
    breathe breathing breath chest heart stroke seizure unconscious passed collapsed fainted bleeding blood throat
    tongue airway allergic ambulance 911 999 112 here go
    panadol paracetamol acetaminophen tylenol ibuprofen advil brufen aspirin antibiotic antibiotics augmentin pain
    accutane roaccutane isotretinoin thinner thinners steroid steroids cortisone antidepressant antidepressants
    insulin xanax codeine pregnant pregnancy breastfeeding breast nursing diabetic diabetes epilepsy epileptic asthma
    asthmatic pressure chemo chemotherapy cancer eczema psoriasis keloid keloids herpes pacemaker mg milligrams dose
    dosage cream ointment drug infected cancerous contagious infection broken diagnosis diagnose disease fungus
    effects effect swelling rash burn fever anaphylaxis anaphylactic
    انتحر انتحار بنتحر الانتحار نفسي حياتي اعيش الموت اموت زايدة زائدة بلعت اتنفس تنفس التنفس ينزف انزف نزيف اغمى
    اغمي الوعي اسعاف الاسعاف قلبية بصدري صدري حامل الحامل للحامل ارضع مرضعة للمرضع رضاعة سكري السكري حساسية سيولة
    روكتان حبة جرعة الجرعة الدوا دوا اخذ جانبية مضاد"""
)
"""No pattern matches a text that holds none of these: most texts are done here."""


def find_safety(text: Text) -> SafetyFact | None:
    """The gravest thing that is said, if anything is."""
    if not any(t.word in _TELLTALE or (t.word[0] in "وب" and t.word[1:] in _TELLTALE) for t in text.tokens):
        return None
    for kind, pattern in _KINDS:
        match = pattern.search(text.folded)
        if match is not None:
            return SafetyFact(kind, text.span(match.start(), match.end(), f"safety_{kind.value}"))
    return None
