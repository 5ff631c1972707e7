"""English phrases of answers and side words: yes and no, anyone, any time, ways to pay. As in phrases_en."""

from __future__ import annotations

from bot.understanding.phrases import Cue, Label

ENGLISH_CUES: dict[Label, str] = {
    Cue.YES: """
        yes, yeah, yep, yup, yess, yesss, ya, yas, yea, yes please, yes pls, yup yup, absolutely, of course,
        yes definitely, yeah sure, most definitely, yes absolutely, again yes, correct, thats correct,
        thats right, that is right, that is correct, exactly, confirm, confirmed, i confirm, yes confirm,
        yes i confirm, go ahead, book it, lets do it, affirmative, yes i do, yes it is, yes that is correct,
        yes thats correct, yes thats right, please do, sounds good, sounds great, that works, works for me,
        that works for me, ill take it, looks good, looks right, why not, by all means, ✅, ☑, ✔, yes sure,
        sure thing, go for it, lets go ahead, i agree, agreed, for sure, thats fine, that is fine,
        yes of course, looks correct, everything is correct, its correct, it is correct""",
    Cue.SOFT_YES: """
        fosho, fo sho, say less, aight, ight, yessir, sounds like a plan, its a deal, ok, okay, okey, okk,
        k, kk, sure, fine, great, perfect, good, cool, alright, i think so, i guess so, i guess, all right,
        right, nice, awesome, excellent, lovely, wonderful, 👍, 👌, 💯, 🆗, y, true, amazing, super, very good,
        very well, deal, done, proceed, continue, bet, oki, okie, definitely, certainly, indeed, do it,
        i do, all good, lets go, thats it exactly, thats exactly it, no objections, no objection, works,
        ill do it, ill take that, lets book it, make the booking, sounds right, sounds fine, sounds perfect,
        sounds ok, sounds okay, sounds lovely, that sounds good, that sounds great, you got it, spot on,
        ok sure, ok great, okay great, ok perfect, yh, ye, yus, yes maam, oki doki, okey dokey, totally,
        exactly right, as you say, works fine, im fine with that, im good with that, im ok with that,
        im okay with that, im happy with that, hell yes, you bet, gotcha, got it, lgtm""",
    Cue.NO: """
        no, nope, nah, no thanks, no thank you, not really, no way, naw, negative, thats wrong,
        that is wrong, incorrect, thats not right, that is not right, not correct, thats not correct,
        that is not correct, no no, nooo, noo, ❌, 👎, ❎, 🙅, absolutely not, definitely not, of course not,
        no im good, no i dont, i dont want it, dont book it, do not book it, dont book, dont do it,
        i do not, i dont want to, dont confirm, do not confirm, no its not, no it isnt, not at all, no need,
        actually no, actually no thanks, no actually, no wait, nope thanks, no not now, no not yet,
        no not right now, no not really, nah im good, no thats wrong, please dont, no im fine, none of them,
        none of these, none of those, neither, neither of them""",
    Cue.SOFT_NO: """
        doesnt suit me, doesnt suit, dont suit me, dont work for me, later, perhaps later, later maybe,
        maybe at a later time, perhaps at a later time, at a later time, later perhaps, later possibly,
        another day maybe, not now, not yet, not today, not right now, not just now, not just yet,
        not at this time, not at the moment, not at this moment, not this time, not for now, not for me,
        dont bother, no need to, i guess not, i guess no, guess not, im good, n, wrong, doesnt work,
        wont work, that wont work, that wont work for me, wont work for me, i cant then, no can do,
        hard pass, does not work, doesnt work for me, that doesnt work, i dont think so, maybe later,
        maybe another time, another time maybe, some other time, maybe next time, no more thanks,
        rather not, id rather not book, not good, not ok, not okay, not fine, not sure about it,
        not interested, not quite, not exactly""",
    Cue.UNSURE: """
        not sure, im not sure, i dont know, dont know, idk, no idea, dunno, unsure, hmm, maybe, perhaps,
        not certain, let me think, let me check, wait, one moment, one sec, hold on, one second,
        just a second, just a moment""",
    Cue.ANYONE: """
        you choose, u choose, you pick, u pick, you decide, u decide, up to you, up to u, surprise me,
        anyone, anybody, any one, whoever, whomever, any staff, any stylist, any technician, any person,
        no preference in staff, no specific person, no one in particular, nobody in particular, any of them,
        anyone is fine, anyone available, whoever is available, whoever is free, whoevers free,
        whoevers available, any available staff, any nail tech, any of the girls, any employee, any lady,
        any girl, anyone free, any barber, any therapist, any team member, surprise me, random,
        first available person""",
    Cue.ANYTHING: """
        any, no preference, no preferences, doesnt matter, does not matter, dont mind, do not mind,
        i dont mind, dont care, i dont care, do not care, whatever, either, either is fine, either one,
        any is fine, all the same, up to you, you choose, you decide, no pref, i have no preference,
        it doesnt matter, anything, whichever, any works, any will do, anything works""",
    Cue.ANY_TIME: """
        any time, anytime, any time works, whenever, whenever you can, any day, any time is fine, any hour,
        any slot is fine, all day, im flexible, flexible, anytime works""",
    Cue.EARLIEST: """
        as early as possible, as soon as possible, asap, a s a p, earliest, earliest possible,
        earliest available, first available, the soonest, soonest, first slot, first appointment,
        right away, as soon as you can, first thing, as early as you can, immediately, first opening,
        earliest slot, next available slot, next available appointment, the first available,
        as soon as u can, soon as possible, soon as you can, as soon as poss""",
    Cue.LATEST: """
        as late as possible, latest, latest possible, last slot, latest available, last appointment,
        as late as you can, latest slot""",
    Cue.BUT: "but, except, only if, unless, however, although, though, just not",
    Cue.NOT: "not, instead of, rather than, not on, not at, not with, not in",
    Cue.PAY_ARRIVAL: """
        pay on arrival, on arrival, pay there, pay at the salon, pay at salon, pay at the shop,
        pay in person, pay in store, pay at the counter, pay at venue, pay at the venue, pay later,
        pay when i come, pay when i get there, pay when i arrive, at the salon, pay upon arrival,
        upon arrival, pay on site, pay at the location, pay at location, pay at the branch""",
    Cue.PAY_CASH: "cash, pay cash, in cash, pay in cash, with cash, by cash, pay with cash",
    Cue.PAY_ONLINE: """
        online, pay online, online payment, pay now, by link, payment link, send me the link, send the link,
        pay by link, pay via link, prepay""",
    Cue.PAY_CARD: """
        card, credit card, debit card, visa, mastercard, master card, by card, pay by card, credit, debit,
        amex, pay with card""",
    Cue.PAY_KNET: "knet, k net, k.net",
    Cue.PAY_APPLE: "apple pay, applepay",
    Cue.PAY_GOOGLE: "google pay, googlepay, gpay",
    Cue.TIME_LEAD: """
        or later, and later, or earlier, or before, no later than, not later than, not before,
        no earlier than, not earlier than""",
    Cue.IDIOM: """
        come by, stop by, swing by, drop by, pass by, pop by, may i, second thoughts, at the moment,
        at least, at all, on time, in time, no problem, no worries, not only, if possible, gift card,
        business card, drop it off, drop off, drop the car, drop my car, back windows, money back,
        call you back, get back to, come back, back to back, too much, too expensive, too late, too early,
        too long, too far, more than, later on, later this week, sooner or later, other half, each other,
        every other, change of heart, every other day, id card""",
}
"""Label → phrases."""
