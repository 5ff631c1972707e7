"""Word lists that several rules share: what can't be a name, a service or a typing error of one.

Folded spelling (normalize.fold), apostrophes removed.
"""

from __future__ import annotations

from bot.understanding.normalize import fold


def words(text: str) -> frozenset[str]:
    """A set of folded words from a text."""
    return frozenset(fold(text).split())


NUMBERS: dict[str, int] = {
    **{
        word: number
        for number, word in enumerate(
            [
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
            ],
            start=1,
        )
    },
    **{
        fold(word): number
        for number, spellings in enumerate(
            (
                "واحدة وحدة واحد",
                "ثنتين اثنين اثنتين ثنين الثانية تنتين",
                "ثلاث ثلاثة تلاتة الثالثة",
                "اربع اربعة الرابعة",
                "خمس خمسة الخامسة",
                "ست ستة السادسة",
                "سبع سبعة السابعة",
                "ثمان ثمانية ثماني تمانية الثامنة",
                "تسع تسعة التاسعة",
                "عشر عشرة العاشرة",
                "احدعش احدعشر الحادية",
                "اثنعش اثناعش اثنعشر",
            ),
            start=1,
        )
        for word in spellings.split()
    },
}
"""Number words of both languages that may be a clock's hour."""

FILLERS = words(
    """a an the my our your his her of for to in on at with by from please pls plz plzz kindly just also then so
    is it its that this these those be im ill id ive i me we us you u do does can could would will like
    and or as too well um uh hmm oh one ones
    من في الى عن مع لو سمحت ممكن من فضلك يا انا"""
)
"""Words that carry nothing by themselves."""

SEPARATORS = words("and or plus also then و او مع")
"""Words between two things that are listed."""

POLITE = words(
    """please pls plz kindly thanks thank you thx dear hi hello hey ok okay madam sir habibti habibi sis
    hun لو سمحت سمحتي فضلك رجاء ممكن حبيبتي"""
)

ADDRESSED = words(
    """bro man dude doctor dr boss buddy mate love babe girl
    دكتور دكتوره استاذ استاذه عيني غالي غاليه خوي اخوي اختي عمري قلبي معلم حلوه"""
)
"""Whom an answer is said to: "yes doctor"."""

QUESTION_WORDS = words(
    """what when where who whom whose which why how is are do does did can could would should will
    شنو شو ايش وش متى وين فين اين كم كيف شلون هل ليش ليه منو"""
)

TIME_WORDS = words(
    """today tomorrow tmrw tmr tonight yesterday morning afternoon evening night noon midday midnight weekend
    week weeks day days month months year hour hours hr hrs minute minutes min mins monday tuesday wednesday
    thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun am pm oclock now later soon
    early earlier late earliest latest asap january february march april june july august september october
    november december jan feb mar apr jun jul aug sep sept oct nov dec next last
    دقيقة دقايق دقائق ساعات
    اليوم بكرا بكره بكرة باجر غدا امس الصبح العصر الظهر المغرب المسا مساء صباحا الليل الساعة ساعة يوم
    الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت"""
)

COMMON = (
    FILLERS
    | POLITE
    | QUESTION_WORDS
    | TIME_WORDS
    | frozenset(NUMBERS)
    | words(
        """yes yeah yep yup no nope nah not none nothing never sure okay fine good great perfect nice cool best
        better bad right correct wrong true maybe any anyone anybody anything anytime anywhere everyone someone
        somebody something whoever whatever whichever nobody either both all each every some many much more most
        less few lot lots other another others same different new old first second third fourth fifth last
        only even still already again ever yet there here where than but if because about around before after
        between until till since during over under up down out off into onto without
        want wants wanted wanna need needs needed needing have has had having get gets getting got gonna going
        go goes went come comes coming came make makes making made take takes taking took give gives gave know
        see look looking looks find found try trying tried tell told say says said ask asks asked think thought
        feel work works working worked use used using help helping let lets call calls called calling show send
        sent put keep start stop end open opens close closes closed wait waiting hold leave left change changes
        changed move moved cancel cancelled confirm confirmed book booked booking bookings bookable reserve
        reserved reservation reschedule rescheduled schedule scheduled appointment appointments appt slot slots
        time times date dates place places thing things way service services staff stylist person people
        customer client option options choice menu list price prices cost costs much cheap cheaper cheapest
        expensive pay paid paying payment cash card online money available availability free busy possible
        available interested hoping wondering afraid sorry excuse happy sad tired hungry sick late ready done
        back skip pass name names phone number mobile email mail address location locations branch branches shop
        salon store contact details info information question questions
        was were been being am are is did done has had may might must shall should ought
        im ive id ill youre youve theres thats whats wheres whens hows lets dont doesnt didnt cant cannot wont
        wouldnt couldnt isnt arent wasnt havent hasnt
        him she he they them their theirs ours yours mine myself yourself
        really very quite pretty actually instead rather else prefer preferred preference mind matter care
        today friend mother mom mum sister daughter son husband wife kid kids child children baby girl boy lady
        woman women man men guy cousin two three
        man hi hello hey bye goodbye thanks welcome morning evening
        short long medium full half quick quickly fast slow small big large little bit set kind type sort
        human agent robot bot real speak talk chat message reply text
        car table room
        ابغى ابي ابا عايز عايزة اريد بدي احجز حجز موعد احتاج ودي عندكم عندي فيه شي هذا هذي كل غير ثاني نعم لا
        feeling feelings feel felt ladies gents thatll itll thatd itd youll theyll whatll
        اجي اييكم اجيكم ايي اجيب اييب ايب اسوي اعرف اسال اشوف اقدر اروح ادفع الغي اكنسل احدد اخذ اخلص امر امركم ارجع
        اضيف اشيل ازيد اقص اصبغ احلق اغير اجل ااجل أأجل اقدم اكلم اتكلم ابدل اعدل احط اختار المسؤول المسؤوله نفس غيره
        غيرها مجال غلط صح خطا تبي تبغى يبي نبي بنتي ولدي حق حقي اموت انتحر اعيش ولا
        ايه اي اكيد تمام اوكي طيب شكرا مرحبا هلا السلام عليكم اهلا اسمي باسم كنسل الغاء الغي خدمة خدمات سعر
        بكم موقع فرع رقم اسم"""
    )
)
"""Frequent words: never a typing error of a catalog word, never a person's name."""

ADJECTIVES = words(
    """nice quick good simple normal regular basic proper new full short long some any little small cheap
    cheapest best"""
)
"""Words before a service that don't make it another service."""

BODY = words(
    """nail hair hand foot feet toe finger face skin body leg arm back eye eyebrow brow lip tooth teeth gum
    ظفر اظافر وجه يد ضرس اسنان"""
)
"""Where a service is done (stems): alone they choose none, beside a service they add nothing."""

WEEKEND_FRIDAY_SATURDAY = frozenset({"KW", "SA", "BH", "QA", "OM", "JO", "EG", "IQ", "YE", "LY", "SD", "SY"})
"""Regions whose weekend is Friday and Saturday (Unicode CLDR weekData)."""
