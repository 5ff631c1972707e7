"""English words that people write all day: one of them is never taken for a typing error of a catalog's word.

Folded; four to nine letters, because shorter ones aren't corrected and longer ones don't look alike. Words that are
frequent in booking talk stand in words.COMMON.
"""

from __future__ import annotations

from bot.understanding.words import words

EVERYDAY = words(
    """able above accept across actual address adult advance advice afford age agree ahead alike alive allow almost
    alone along alot alright although always amazing among amount angry animal annoyed answer apart apartment apply
    area argue around arrive aside asleep assist attend aunt avoid aware away awful
    babies badly ball band bank bare base basic bath beach bear beat beautiful become bedroom began behind believe
    below bench bend beside better beyond bike bill bird birth birthday bite black blame blind block blood blue board
    boat body bone born borrow boss bother bottle bottom bought bowl boxes brain brand brave bread break breakfast
    bridge brief bright bring broke broken brother brought brown bucket budget build built bunch burn bus business
    busy butter button buying
    cafe cake calm came camera camp cancel candy care careful case cash cast catch cats caught cause celebrate cell
    central certain chain chair chance change charge chat check cheers cheese chicken chief choose church circle city
    claim class clean clear clever click climb clock close cloth clothes cloud club coach coast coat code coffee coin
    cold collect college color colour coming common company compare complain complete computer concern concert
    consider contact contain contract control cook cookie cooking copy corner correct cost cotton couch cough could
    count country couple course court cover crash crazy cream create credit crime cross crowd cruel cry cup current
    curious custom cycle
    daily damage dance danger dare dark data dead deaf deal dear death debt decide deep degree delay deliver demand
    dentist depend desk detail diet differ difficult dinner direct dirty disease dish distance divide doctor dog
    dollar door double doubt dozen draft drama draw dream dress drink drive driver drop drove drug drunk dump during
    dust duty
    each eager early earn earth easily east easy eaten edge education effect effort eight either elder elect else
    employ empty enemy energy engine enjoy enough enter entire equal error escape event exact exam example excellent
    excited excuse exist exit expect expert explain extra eyes
    faces fact fail fair faith fall false fame family famous fancy farm fashion father fault favor favorite favour fear
    feed fell fence fever field fight figure file fill film final finger finish fire firm fish fitness five fixed
    flat flight float flood floor flow flower fold follow food fool foot force foreign forest forget forgot form
    former forth forward four frame fresh fridge fried friend front frozen fruit fuel fully fund funny further future
    gain game garage garden gas gate gather gave general gentle gift girl given glad glass goal gold gone goods grab
    grade grand grandma grandpa grant grass great green grew ground group grow guard guess guest guide gym
    habit half hall hand handle hang happen harbor hard hardly harm hate head health hear heard heart heat heavy
    height held hell help hence here hers hide high hill hire history hold hole holiday home honest honey hope horse
    hospital host hotel hour house huge human humor hundred hungry hunt hurry hurt husband
    idea ideal image imagine impact improve income indeed indoor inside insist instead insure interest into invite
    iron island issue item
    jacket joke join joined journey judge juice jump junior jury just justice
    keen keep kept keys kick kill kind kindly king kiss kitchen knee knew knock known
    lack lady lake lamp land lane language large later laugh launch laundry law lawyer layer lazy lead leader leaf
    league learn least leather left legal legs lemon length lesson letter level lift light like limit line link list
    listen litter live lively living load loan local lock long loose lord lose loss lost loud love lovely lower luck
    lucky lunch lunchtime
    machine magic main major male manage manager many march mark market marriage married mass master match material
    math matter maybe meal mean meant meat media medical meet meeting member memory mental mention mess metal middle
    might mile milk million mind mine minor minute mirror miss missed mistake mix model modern moment money month mood
    moon moral morning mostly mother motor mountain mouse mouth move movie much music must myself
    narrow nation native nature near nearby nearly neat neck need nephew nerve nervous network never news next nice
    niece night noise none normal north nose notes notice novel nurse
    object obtain obvious occur ocean offer office often older once onion online open opera opinion option orange
    order other ought outdoor outdoors outside oven over owner
    pack page paid pain paint pair palace pale panel panic pants paper parcel pardon parent parents park parking part
    party pass past path patient pattern pause peace pencil people pepper perfect perhaps period person phone photo
    phrase piano pick picked pictures piece pilot pink pipe pizza place plain plan plane plant plastic plate play
    player plays pleasant plenty pocket poem poet point police polite pool poor popular port position possible post
    potato pound power practice pray prefer present president press pretty prevent pride prince print prior prison
    private prize problem process produce profit program project promise proof proper protect proud prove public pull
    pupil pure purple purpose push
    quality quarter queen quick quiet quite quote
    race radio rain raise random range rank rapid rare rate rather raw reach react read reader ready real realize
    really reason receive recent record reduce refer reflect refuse regard region regret regular reject relate relax
    release remain remember remind rent repair repeat reply report request require rescue research respect rest
    restaurant result retire return reveal review rice rich ride right ring rise risk river road rock role roof room
    root rope rough round route row royal rude ruin rule rural rush
    sack safe safety said sail salad salary sale salt same sand save scale scared scene school science score scream
    screen sea search season seat seats second secret section secure seem seen seldom select sell senior sense sent
    serious serve served serves server serving settle seven several severe shade shadow shake shall shame shape share
    sharp sheet shelf shell shift shine ship shirt shock shoe shoes shoot shop shore short shot should shout shower
    shown shut sick side sight sign signal silent silver similar simple since sing singer single sink sister site
    size skill skin skirt sky sleep slept slice slight slip slow smart smell smile smoke smooth snack snow social soft
    soil sold soldier solid solve some song soon sorry sort soul sound soup source south space spare speak special
    specific speech speed spell spend spent spicy spirit spoke spoon sport spot spring square stable staff stage
    stairs stand star start state station stay steak steal steel step stick still stock stomach stone stood store
    storm story straight strange stream street stress stretch strict strike string strong student study stuff stupid
    style subject succeed such sudden suffer sugar suggest suit suitable summer supply support suppose sure surface
    surprise sweet swim switch system
    table take tale talent talk tall target task taste taught taxi teach teacher team tears tell tennis term terrible
    test than thank that theatre their them then theory there these they thick thin thing think third this those
    though thought thousand threw throat through throw thus ticket tidy tight till times tiny tip tired title toast
    tongue tool tooth topic total touch tough tour toward towel tower town trade traffic train training transfer
    travel treat tree trial trick trip trouble truck true truly trust truth trying tube tune turn twelve twenty twice
    twin type typical
    ugly uncle under union unit unless until upon upper upset urban urgent used useful user usual
    vacation valley value variety various vast vegetable vehicle very victim view village violent visit visitor voice
    vote
    wage wait wake walk wall wallet warm warn wash waste watch water wave weak wealth wear weather website wedding
    weigh weight weird well went were west wheel when where whether which while white whole whom whose wide wife wild
    will wind window wine winner winter wire wise wish with within without witness woke woman wonder wood wooden word
    work worker world worn worry worse worst worth would wound wrap write writer writing wrong wrote
    yard year yell yellow yesterday young your youth zero zone"""
)
