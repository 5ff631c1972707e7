"""Arabic in Latin letters and digits, as the Gulf writes it in a hurry: "abi a7jez bacher el sa3a 5".

Only the words of everyday booking are known. A line that holds none that is surely Arabic stays as it is.
"""

from __future__ import annotations

import re

_SURE = {
    "بكرا": "bukra bokra bukrah bokrah boukra bookra",
    "باچر": "bacher bachir bachar ba9er",
    "اليوم": "alyoum elyoum ilyoum alyom elyom ilyom lyoom",
    "العصر": "3asr el3asr al3asr il3asr 3aser",
    "الظهر": "dhuhr thuhr duhur dhohr el6uhr",
    "المغرب": "maghreb maghrib almaghreb elmaghreb",
    "الصبح": "sob7 sub7 elsob7 alsob7 9ob7",
    "الاحد": "a7ad el7ad ala7ad ela7ad alahad",
    "الاثنين": "ithnain ethnain alithnain elethnain",
    "الثلاثاء": "thulatha tholatha althulatha",
    "الاربعاء": "arbi3a alarbi3a elarbi3a arb3a",
    "الخميس": "khamis khamees alkhamis elkhamis alkhamees elkhamees 5amis 5amees",
    "الجمعة": "jum3a jom3a aljum3a eljom3a jm3a",
    "السبت": "sabt alsabt elsabt",
    "الساعة": "sa3a elsa3a alsa3a ilsa3a sa3ah",
    "ابغى": "abgha abghaa abga abghi",
    "بغيت": "bghait baghait bgheit b8ait",
    "احجز": "a7jez a7jiz a7jz ahjez ahjiz i7jez",
    "حجز": "7ajz hajz 7jz",
    "موعد": "maw3ed maw3id mo3ed maw3d mw3d mawed",
    "بكم": "bkam bikam bekam bkm",
    "سعر": "se3r si3r sa3r",
    "شكرا": "shukran shokran shukrn mashkoor mashkoora mashkura",
    "سلام": "salam salaam slam",
    "عليكم": "alaikum alaykum 3alaikum 3laikum alikom alaikom",
    "مرحبا": "mar7aba marhaba mer7aba",
    "خلاص": "khalas 5alas 5la9",
    "شنو": "shno shnu shnoo",
    "عندكم": "3indkum 3ndkm 3endkom 3andkum 3indkom 3ndkom",
    "الحين": "al7een el7een alheen al7in",
    "شعري": "sha3ri sha3ry",
    "اقص": "ag9 agos a8os ag6",
    "اغير": "aghayer aghayyer aghayir a8ayer",
    "الغي": "alghi algheey al8i",
    "وين": "wain wayn",
    "مع": "ma3a m3a",
    "تمام": "tamam tmam",
    "انشالله": "inshallah nshallah",
}
_BESIDE = {
    "ابي": "abi aby abee aby",
    "كم": "kam",
    "لا": "la laa",
    "ايه": "ee eeh aywa ay ayh",
    "زين": "zain zein",
    "في": "fe fi",
    "هلا": "hala hla",
    "بعد": "ba3d b3d",
    "": "el al il 3al 3ala",
}
"""Words that are something else in another language: read so only beside a sure one. Empty: left out."""

_WORDS = {spelt: arabic for arabic, all_spelt in _SURE.items() for spelt in all_spelt.split()}
_ALSO = {spelt: arabic for arabic, all_spelt in _BESIDE.items() for spelt in all_spelt.split()}
_WORD = re.compile(r"[A-Za-z0-9']+")
_GREETINGS = frozenset(
    ("salam", "salaam", "slam", "alaikum", "alaykum", "marhaba", "tamam", "inshallah", "shukran")
)
"""Known to everybody: alone they make no line Arabic."""


def in_arabic_letters(raw: str) -> str:
    """The line with its Arabic words in Arabic letters; names, numbers and English words stay."""
    said = [word.lower() for word in _WORD.findall(raw)]
    sure = [word for word in said if word in _WORDS]
    if not sure or (len(said) > len(sure) and set(sure) <= _GREETINGS):
        return raw
    told = _WORD.sub(lambda match: _told(match[0]), raw)
    return " ".join(told.split())


def _told(word: str) -> str:
    low = word.lower()
    return _WORDS.get(low) or _ALSO.get(low, word)
