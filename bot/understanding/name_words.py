"""What can't be a person's name, and what ends one. Folded, apostrophes removed."""

from __future__ import annotations

from bot.understanding.words import COMMON, words

TITLES = words(
    "dr doctor prof professor mr mrs ms miss mister sir sheikh sheikha eng د دكتور دكتوره الدكتور الدكتوره"
)

PARTICLES = words("al el bin bint ibn abu de del della la van von der den da di dos du le y ter ten st")
"""Small words inside a name."""

ENDS = words(
    """and or but from at on in for to with is my the of at here by please pls plz thanks thank that speaking calling
    i im id ill ive we so because who which as when if account party table booking also know remember
    رقمي ايميلي تلفوني جوالي موبايلي و من في الي عند بس لكن حابه ابي ابغي اريد"""
)
"""Words after which a name is over."""

MONTHS_THAT_ARE_NAMES = frozenset(("april", "may", "june", "august", "jan"))
GIVEN_NAMES = words(
    """mark grace rose grant hope faith frank dawn bill jack rob sue dean earl ray joy lily ruby amber angel iris drew
    hunter mason chase crystal pearl violet daisy carol eve gene art pat max"""
)
"""Everyday words that are given names just as well."""
USUAL_NAMES = words(
    """james robert john michael david william richard joseph thomas charles daniel matthew anthony steven andrew joshua
    kevin brian george timothy jason ryan jacob gary eric stephen larry justin scott brandon samuel patrick tyler aaron
    jose adam nathan henry peter noah ethan sean roger terry maria mary linda susan sarah sara karen lisa nancy betty
    sandra ashley emily donna michelle amanda melissa laura amy angela anna emma nicole helen katherine rachel carolyn
    janet julie olivia lauren megan hannah martha gloria teresa ann gail polly tori toni tina gina nina dina lena lina
    nora mona madison
    hala huda layla leila fatima aisha noura nour maha reem dana hessa rawan talal turki fahad khalid omar ali hassan
    hussein yousef ahmed mohammed muhammad abdullah salem jassim hamad nasser bader faisal saud sultan maryam zainab
    salma amal hanan nadia rania rana lama dalal shaikha
    ساره نوره نورا نور مريم فاطمه عائشه عايشه هند ليلي مني مها ريم ريما رنا رانيا دانا دانه دلال شيخه حصه لطيفه موضي
    العنود جواهر هيا هيفاء امل امنه خديجه زينب سلمي سميه سميره سعاد شهد شوق غاده لولوه نوف نجود وضحه بدريه حنان هدي
    هنادي ياسمين روان رهف رغد جود لين ديما تالا فرح اسماء ايمان عبير اريج
    محمد احمد علي حسن حسين عبدالله عبدالرحمن عبدالعزيز فهد فيصل خالد سالم سلطان سعود سعد ناصر بدر يوسف ابراهيم عمر
    عثمان بندر مشعل مشاري طلال تركي نايف جاسم حمد حمود راشد زيد زياد ماجد مازن وليد ياسر طارق كريم مصطفي محمود هشام
    صالح عادل غازي فواز فارس نواف منصور مبارك مساعد ثامر عيسي موسي"""
)
"""Given names that many people have: none of them is a service or a place misspelt."""
NICKNAMES = words("big little old young good long happy lady king cool fast slim")
"""Frequent words before a name."""
SURNAMES = words(
    "day little long short good best may will price rich small young love moon man guy noon friend"
)
"""Frequent words that end a name well, though they begin none."""

_NO_NAMES = words(
    """looking interested trying calling writing running coming going planning free busy new sorry back
    beginner beginners first-time newbie newcomer regular customer patient member buyer seller mom mum dad mother father
    parent
    here happy glad sure not just so very really fine good great okay well ready afraid thinking
    wondering hoping allergic pregnant married single late early outside inside home lost confused
    curious able unable flexible located based asking waiting available currently still also only
    manicure pedicure massage haircut test-drive nothing nobody nope unknown anonymous guest admin lol
    haha hmm huh wow omg nvm whoa certainly obviously honestly sadly unfortunately hopefully basically
    vegetarian vegan diabetic engaged urgent wifi breakfast lunch dinner brunch supper dessert
    christmas easter eid ramadan valentine valentines thanksgiving halloween diwali hanukkah
    anniversary birthday birthdays wedding party graduation honeymoon
    account pin balance fee reservation refund deposit discount offer family friends colleagues clients
    ladies gents gentlemen girls boys teens guests adults adult seniors student students couple couples group
    myself everyone
    private pardon oops brb عفوا نفسي اسف لحظه
    stuck desperate mad unhappy thirsty dizzy swollen burnt sunburnt bald blonde brunette fat asthmatic overdue far
    abroad overseas together wheelchair unsure uncertain downstairs upstairs indoors underground nauseous feverish itchy
    sore achy numb stiff cranky grumpy moody jealous lazy clumsy filthy muddy sweaty hairy frizzy
    مشغول مشغوله موجود موجوده جاهز جاهزه تعبان تعبانه مستعجل مستعجله متاخر متاخره محتاج محتاجه حامل
    عروس جاي جايه رايح رايحه متزوج متزوجه مريض مريضه زعلان زعلانه حاب حابه حابب ودي مو مب مش ما هنا هني
    بالطريق بالبيت برا بره الحين اسف اسفه متاسف متاسفه متاكد متاكده موافق موافقه فاضي فاضيه محتار
    محتاره مهتم مهتمه جديد جديده زبون زبونه عميل عميله موظفه حق وقت رقم فلوس كاش وحده لوحدي"""
)
_RELATIONS = words(
    "اختي خواتي بنتي امي ماما ابوي زوجي زوجتي ريلي رجلي ولدي اخوي رفيجتي رفيقتي صديقتي صديقي صاحبتي خالتي عمتي حماتي"
)
NOT_A_NAME = COMMON | _NO_NAMES | _RELATIONS | {f"و{one}" for one in _RELATIONS}
