"""Talks of customers who don't make it easy, in English. The notation is in chat.py; test_difficult.py plays them."""

from __future__ import annotations

TALKS = {
    "what is the difference": """
        > what's the difference between gel and classic?
        < Gel Manicure (12.500 KWD, 60 min) | Classic Manicure (6.000 KWD, 30 min)
        <! Got it | Which one do you mean
        = ASK_LOCATION
        > whats the diff between hair mask and blow dry
        < Hair Mask (9.000 KWD, 30 min) | Blow Dry (7.000 KWD, 30 min)
        <! Noted | Got it
        = ASK_LOCATION
        """,
    "dropped without a thank-you for the address": """
        > gel manicure tomorrow at plaza
        > my email is noura@example.com
        < noura@example.com
        > cancel it
        < dropped | nothing is booked
        <! noura@example.com
        = IDLE
        > start over
        <! noura@example.com
        """,
    "name and address in small letters, whoever was asked for": """
        > gel manicure at plaza tomorrow 2pm
        = ASK_STAFF
        > noura test, and my email is noura@example.com
        < noura test | noura@example.com
        = ASK_STAFF
        > anyone
        < E-mail: noura@example.com
        <! Sara
        """,
    "a person nobody knows, in other words": """
        > gel manicure at plaza tomorrow
        > kareem if hes in
        < Kareem at Plaza
        = ASK_TIME
        > is lolo in?
        < Lolo at Plaza
        > ok with fatima then
        < Fatima
        > is mira in tomorrow?
        < [10:30 AM] with Mira
        """,
    "how much are your nails": """
        > hey how much r ur nails
        < Nails | from 5.000 KWD | Gel Manicure 12.500 KWD
        = ASK_LOCATION
        > is it expensive?
        < Nails · 5.000 KWD | Hair · 7.000 KWD | Body · 9.500 KWD
        """,
    "nails done": """
        > i want to get my nails done tmrw
        < Sat 21 Nov | [Gel Manicure] | [Nail Art]
        <! [Blow Dry]
        = ASK_SERVICES
        > the classic one
        < [Classic Manicure] | [Classic Pedicure]
        """,
    "what's the total so far": """
        > gel manicure and blow dry at plaza
        > what's the total so far
        < Gel Manicure | 12.500 KWD | Blow Dry | 7.000 KWD | 19.500 KWD
        = ASK_TIME
        """,
    "a total with an open size": """
        > hair cut and blow dry, whats the total?
        < from 10.000 KWD | 7.000 KWD | from 17.000 KWD
        = ASK_LOCATION
        > book me both at plaza
        > i want a hair cut and a blow dry
        = ASK_SIZE
        > long hair
        > how much is that together
        < 15.000 KWD | 22.000 KWD
        """,
    "do you do what we don't": """
        > hello do you do lashes
        < lashes | Nails, Hair and Body
        > do u do nail art
        < Nail Art | 5.000 KWD
        <! lashes
        """,
    "530": """
        > gel manicure at plaza tomorrow with dana
        = ASK_TIME
        > ok 530
        < 5:30 PM
        = CONFIRM
        > yes but 630
        < 6:30 PM
        = CONFIRM
        """,
    "yes but 5pm": """
        > gel manicure at Plaza tomorrow at 2pm with Dana
        = CONFIRM
        > yes but 5pm
        < 5:00 PM
        = CONFIRM
        """,
    "days and clocks that don't exist": """
        > gel manicure at plaza
        > 32 november
        < 32 november
        = ASK_TIME
        > 31/11
        < 31/11
        > tomorrow at 25:00
        < 25:00
        = ASK_TIME
        > 25pm
        < 25pm
        """,
    "can my daughter come too": """
        > gel manicure at plaza tomorrow at 2 with dana
        > can my daughter come too shes 8, same thing for her
        < the first
        <! I don't know | would you like to change
        = CONFIRM
        [On arrival]
        ! placed
        < next person
        """,
    "an appointment for a child": """
        > I need an appointment for my daughter
        < place
        <! I don't know
        > classic manicure plaza sunday 11am with mira
        < Classic Manicure with Mira, Sun 22 Nov, 11:00 AM
        > her name is Lulu Test
        < Name: Lulu Test
        = CONFIRM
        """,
    "three of us": """
        > i need appointments for me my mom and my sister, gel manicures at plaza tomorrow at 4
        < the first | [Dana]
        = ASK_STAFF
        """,
    "make that two people": """
        > gel mani plaza tmrw 2pm w dana
        > make that 2 people
        < the first
        = CONFIRM
        > no just me
        """,
    "small talk": """
        > hi
        > how r u
        <! I don't know | team can tell
        = ASK_LOCATION
        """,
    "not sure yet": """
        > I'd like to come sometime next week
        > not sure which day
        <! not sure what you mean | couldn't place
        > whats free on tuesday
        < Tue 24 Nov
        """,
    "the same question again and again": """
        > gel manicure tomorrow
        = ASK_LOCATION
        > my name is Noura Test
        > noura@example.com
        > 2pm
        < human | [Talk to us] | [Plaza]
        = ASK_LOCATION
        > thanks
        = ASK_LOCATION
        > plaza
        <! human
        """,
    "dithering over the time": """
        > gel manicure at plaza tomorrow
        > none of these work
        = ASK_TIME
        > what about sunday
        < Sun 22 Nov
        > too early
        <! not sure what you mean
        = ASK_TIME
        > after 6
        < from 6:00 PM | [6:00 PM] | [6:30 PM]
        > 8pm
        < Dana or Mira
        = ASK_STAFF
        > whoever
        = CONFIRM
        """,
    "nobody in particular, in a hurry": """
        > can you squeeze me in today? i have a wedding tonight!!!
        > gel manicure
        > plaza
        < Fri 20 Nov
        > asap
        < 1:30 PM
        > first available
        = CONFIRM
        """,
    "a nod, a heart and a key pressed by accident": """
        > gel manicure at plaza tomorrow at 2pm with Dana
        > 👍
        < On arrival | KNET
        > ❤️
        = CONFIRM
        > jhgf
        = CONFIRM
        > ok
        = CONFIRM
        """,
    "half now, half later": """
        > gel manicure at plaza tomorrow at 2pm with Dana
        > yes but can i pay half now half later
        < On arrival or KNET
        = CONFIRM
        > ok then knet
        = PLACING
        """,
    "a robot": """
        > i changed my mind
        > never mind
        < nothing to cancel
        > are you a robot
        < team
        = HUMAN
        """,
    "typos all over": """
        > helo, i wnt gel manicre tommorow at plza arround 3 pm
        < Gel Manicure · Plaza · Sat 21 Nov, 3:00 PM
        = ASK_STAFF
        > mirra
        < Mira
        = CONFIRM
        """,
    "a voice note, then a pin": """
        > hi, classic pedicure tomorrow
        ~
        < voice note
        = ASK_LOCATION
        @ 29.41, 48.0
        < Plaza
        = ASK_TIME
        """,
    "a menu of last week": """
        > gel manicure at plaza tomorrow
        = ASK_TIME
        ^ 2:00 PM
        <! confirmed
        = ASK_TIME
        """,
    "what time is my booking": """
        > gel manicure at plaza tomorrow at 2pm with Dana
        [KNET]
        ! placed
        > thx!! what time is my booking again?
        < Sat 21 Nov, 2:00 PM
        > where is it
        < Plaza Street 1
        """,
    "change after the yes": """
        > gel manicure at plaza tomorrow at 2pm with Dana
        > i want to pay cash
        = PLACING
        ! placed
        > wait can u change to 3
        < 3:00 PM | [Move it] | [Keep it]
        > what time is it again?
        <! I don't know
        """,
    "past, too far, closed": """
        > blow dry at zahra
        > last friday
        < already
        = ASK_TIME
        > friday the 27th
        < closed
        = ASK_TIME
        > in 3 months
        < ahead
        = ASK_TIME
        """,
    "without, with, instead": """
        > gel manicure and classic pedicure at plaza tomorrow at 2pm with dana
        < 20.500 KWD
        > without the pedicure
        < 12.500 KWD
        > add a gel pedicure
        < 26.500 KWD
        > actually no pedicure at all
        <! Gel Pedicure with
        """,
    "wrong number, wrong address": """
        > gel manicure at plaza tomorrow at 2pm with Dana
        > my email is sara@@example
        < e-mail address | Total
        = CONFIRM
        > sara@example.com
        < E-mail: sara@example.com
        """,
    "questions before anything else": """
        > Are you open now? where are you? and how long does a gel manicure take
        < open | Plaza Street 1 | 60 minutes
        = ASK_LOCATION
        > is the marina branch open on fridays
        < Marina is open | Fri
        """,
    "the second one": """
        > gel
        > the 2nd
        < Gel Pedicure
        > the 2nd place
        < Zahra
        > monday 7ish
        < Mon 23 Nov, 7:00 PM
        """,
    "back to the first question": """
        > gel manicure at plaza tomorrow at 2pm with Dana
        > wait
        = CONFIRM
        > go back
        > start over
        < beginning
        = ASK_LOCATION
        """,
    "cancels, and comes back": """
        > gel manicure at plaza tomorrow at 2pm
        > forget it
        < nothing is booked
        = IDLE
        > actually ok, gel manicure at plaza tomorrow at 2pm with dana
        = CONFIRM
        """,
    "two things at once": """
        > book me a manicure and a pedicure
        < [Gel Manicure]
        > gel for both
        > plaza sunday at noon
        < Sun 22 Nov, 12:00 PM
        """,
    "not Sara but Noura": """
        > gel manicure at plaza tomorrow 2pm with dana
        > my name isn't sara its noura
        < Name: noura
        = CONFIRM
        """,
    "who is better": """
        > gel manicure at plaza tomorrow at 2pm
        = ASK_STAFF
        > is dana better than mira?
        < [Dana] | [Mira]
        = ASK_STAFF
        > u choose
        <! nobody called
        = CONFIRM
        """,
    "how long in total": """
        > how long in total for gel mani and hair mask
        < 60 minutes | 30 minutes
        <! KWD
        = ASK_LOCATION
        """,
}
