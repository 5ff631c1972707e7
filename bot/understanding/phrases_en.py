"""English phrases: what they mean. Lower case; apostrophes are dropped on both sides."""

from __future__ import annotations

from bot.understanding.contract import Intent
from bot.understanding.phrases import Cue, Label

ENGLISH: dict[Label, str] = {
    Intent.BOOK: """
        book, booking, book me, make a booking, make an appointment, make a reservation, appointment, appt,
        reserve, reservation, get an appointment, set up an appointment, schedule, schedule an appointment,
        book in, fit me in, squeeze me in, come in, book an appointment, new booking, new appointment,
        another appointment, another booking""",
    Intent.ADD: "add, also, as well, plus, add on, in addition, on top of that, include, too",
    Intent.REMOVE: """
        remove, without, drop, delete, take out, leave out, forget the, forget about the, no more,
        dont want the, do not want the, not the, minus, scratch the, dont need the""",
    Intent.CHANGE: """
        move it to, push it to, change, change it, actually, instead, rather, switch, make it, make that,
        i meant, i mean, correction, different, update, edit, swap, modify, change my time, change my slot,
        changed my mind, wrong name, wrong number, wrong date, wrong time, wrong service, wrong email""",
    Intent.CANCEL: """
        cancel, cancel it, cancel my booking, cancel my appointment, cancel the booking,
        cancel the appointment, cancellation, call it off, cant make it, cannot make it, wont make it,
        cant come, cannot come, wont be able to come, wont be able to make it, not able to make it,
        not able to come, cancel everything, never mind, nevermind, forget it, no longer need""",
    Intent.RESCHEDULE: """
        reschedule, rescheduling, re schedule, move my appointment, move my booking, postpone,
        push back my appointment, change my appointment, change my booking, change the appointment,
        change the booking, move the appointment, move the booking, shift my appointment,
        move my reservation, change my reservation, reschedule my appointment, reschedule my booking,
        change the time of my appointment, change the date of my appointment""",
    Intent.BACK: "back, go back, previous, one step back, undo, go to previous",
    Intent.START_OVER: """
        start over, start again, restart, reset, from the beginning, begin again, from scratch,
        start from the beginning, start from scratch""",
    Intent.HUMAN: """
        human, agent, real person, live person, representative, operator, receptionist, talk to someone,
        speak to someone, speak with someone, talk with someone, talk to a person, speak to a person,
        speak with a person, talk to a human, speak to a human, speak with a human, talk to somebody,
        speak to somebody, customer service, customer support, customer care, the manager, a manager,
        call me back, please call me, can you call me, can someone call me, someone call me, talk to staff,
        speak to staff, is anyone there, is anybody there, is someone there, can anyone help,
        can anyone help me, can someone help, can someone help me, can somebody help me, actual person,
        transfer me, talk to the owner, speak to the owner, not a bot, not a robot, are you a bot,
        are you a robot, are you human""",
    Intent.HELP: """
        help, help me, i need help, what can you do, how does this work, how do i book, how to book, info""",
    Intent.GREETING: """
        hi, hello, hey, hiya, good morning, good afternoon, good evening, good day, greetings, hi there,
        hello there, hey there, howdy, 👋, salam, salaam, assalamu alaikum, salam alaikum, hii, hiii, heyy,
        helo, yo""",
    Intent.THANKS: """
        thanks, thank you, thx, thank u, ty, thanks a lot, thank you so much, thank you very much, cheers,
        many thanks, much appreciated, appreciate it, tysm, 🙏, thanks so much""",
    Intent.GOODBYE: """
        bye, goodbye, good bye, bye bye, see you, see ya, see you then, see you soon, see you later, cya,
        have a nice day, have a good day, have a great day, take care, good night, talk to you later, ttyl""",
    Intent.DONE: """
        nothing else, nothing more, thats all, that is all, thats it, that is it, thats everything,
        that will be all, thatll be all, that would be all, thatd be all, just that, only that, im done,
        enough, just this, nothing, thats all i need, thats all i wanted, that is all i need,
        that is all i wanted, thats all i needed, all done, we are done, were done, im all set, all set,
        im set, nothing else thanks, no more""",
    Intent.SKIP: """
        skip, skip it, skip this, pass, none, no email, dont have one, i dont have one, dont have an email,
        i dont have an email, no e mail, leave it, rather not say, prefer not to say, prefer not to,
        id rather not, leave it empty, leave it blank, not needed, dont have email, i dont have email,
        no mail, without email, i dont have any, dont have any""",
    Intent.ASK_PRICE: """
        how much, price, prices, pricing, cost, costs, what does it cost, rates, price list, how expensive,
        fee, fees, charge, charges, total, what do you charge, price of, cost of""",
    Intent.ASK_DURATION: """
        how long, duration, how many minutes, how many hours, how much time, takes long, take long,
        how long does it take, how long will it take, how long is""",
    Intent.ASK_HOURS: """
        opening hours, working hours, business hours, opening times, opening time, closing time,
        are you open, when do you open, when do you close, what time do you open, what time do you close,
        what time are you open, until what time, till what time, do you open, do you close, open on,
        open until, open till, open today, open tomorrow, hours of operation, your hours,
        what are your hours, your timings, timings, when are you open, you open, you close,
        when does the salon open, when does the shop open, how late are you open, what time does""",
    Intent.ASK_PLACE: """
        where are you, where is it, your address, the address, address, your location, directions,
        how do i get there, how to get there, where is the salon, where are you located, located, parking,
        google maps, map, where is your, where is the, wheres the, where can i find you, which branches,
        what branches, your branches, which locations, what locations, your locations, where exactly""",
    Intent.ASK_SERVICES: """
        what services, which services, your services, list of services, services do you offer,
        what do you offer, what do you do, what do you have, menu, the menu, service list, what treatments,
        which treatments, what kind of services, do you have, do you do, do you offer, do you provide,
        what can i book, what is on offer, show me services, show services, all services, your treatments""",
    Intent.ASK_STAFF: """
        who do you have, which staff, who works, who is working, whos working, your staff, your team,
        who is available, whos available, who can do, who does, which stylist, which technician,
        who are your, who is free, whos free, who will do, who is there, what staff, which nail tech""",
    Intent.ASK_TIMES: """
        what times, which times, available times, availability, when are you free, when can i come,
        what is available, whats available, free slots, available slots, any slots, any slot, any openings,
        openings, what slots, which slots, what time is available, what times are available, what days,
        which days, when is, anything available, do you have anything, any availability, when is available,
        when do you have, whats free, what is free, next available, when can you, what time can, time slots,
        when is the earliest, whats the earliest, what is the earliest, when is the next, available days,
        slots available, times available, do you have time""",
    Intent.MY_BOOKING: """
        my booking, my appointment, my reservation, my bookings, my appointments, am i booked,
        when is my appointment, when is my booking, what time is my appointment, what time is my booking,
        when am i booked, my appt, status of my booking, did my booking, is my booking confirmed,
        is my appointment confirmed, what time is my""",
    Intent.ALTERNATIVES: """
        other times, another time, other time, something else, other options, another option,
        different time, a different time, different day, another day, other day, other days, any other,
        none of these, none of those, none of them, neither, anything earlier, anything later, earlier,
        later, something earlier, something later, anything else available, other slots, another slot,
        someone else, somebody else, alternatives, alternative, what else, not these, other choices,
        a different one, another one, different one, else""",
    Intent.MORE: """
        more, show more, show me more, more options, next page, see more, more times, more please""",
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
        ok, okay, okey, okk, k, kk, sure, fine, great, perfect, good, cool, alright, i think so, i guess so,
        i guess, all right, right, nice, awesome, excellent, lovely, wonderful, 👍, 👌, 💯, 🆗, y, true,
        amazing, super, very good, very well, deal, done, proceed, continue, bet, oki, okie, great thanks,
        definitely, certainly, indeed, do it, i do, all good, lets go, thats it exactly, thats exactly it,
        no objections, no objection, works, ill do it, ill take that, lets book it, make the booking,
        sounds right, sounds fine, sounds perfect, sounds ok, sounds okay, sounds lovely, that sounds good,
        that sounds great, you got it, spot on, ok sure, ok great, okay great, ok perfect, ok thanks,
        ok thank you, yh, ye, yus, yessir, yes maam, oki doki, okey dokey, totally, exactly right,
        as you say, works fine, im fine with that, im good with that, im ok with that, im okay with that,
        im happy with that, hell yes, you bet, gotcha, got it""",
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
        not now, not yet, not today, not right now, not just now, not just yet, not at this time,
        not at the moment, not at this moment, not this time, not for now, not for me, dont bother,
        no need to, i guess not, i guess no, guess not, im good, n, wrong, doesnt work, wont work,
        that wont work, that wont work for me, wont work for me, i cant then, no can do, hard pass,
        does not work, doesnt work for me, that doesnt work, i dont think so, maybe later,
        maybe another time, another time maybe, some other time, maybe next time, no more thanks,
        rather not, id rather not book, not good, not ok, not okay, not fine, not sure about it,
        not interested""",
    Cue.UNSURE: """
        not sure, im not sure, i dont know, dont know, idk, no idea, dunno, unsure, hmm, maybe, perhaps,
        not certain, let me think, let me check, wait, one moment, one sec, hold on, one second,
        just a second, just a moment""",
    Cue.ANYONE: """
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
        earliest slot, next available slot, next available appointment, the first available""",
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
        may i, second thoughts, at the moment, at least, at all, on time, in time, no problem, no worries,
        not only, if possible, gift card, business card""",
}
"""Label → phrases."""
