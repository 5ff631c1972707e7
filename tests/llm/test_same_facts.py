"""A rewording goes out only if it says the same: names, numbers, prices, times, order, and nothing besides."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.wording.same_facts import plain, says_the_same

NAMES = (
    "Nail Salon",
    "Plaza",
    "Zahra",
    "Gel Manicure",
    "Hydrating Hair Mask",
    "Monica",
    "بلازا",
    "مناكير جل",
    "Short hair",
)
FIXED = (
    "Plaza is open Mon - Thu 10:30 AM - 9:00 PM, Fri 2:00 PM - 9:00 PM.",
    "Plaza: 12 Main Street, Springfield.",
    (
        "For dry hair these fit:\n• Hydrating Hair Mask: Deep moisture for dry hair (4.000 KWD, 15 min)\n"
        "• Gel Manicure (8.500 KWD, 45 min)"
    ),
    "Gel Manicure takes 45 minutes.",
    "بلازا مفتوح من 10:30 ص إلى 9:00 م كل يوم.",
    "مدة مناكير جل 45 دقيقة.",
)

GOOD = [
    (FIXED[0], "Happy to help: Plaza is open Mon – Thu 10:30 AM – 9:00 PM, and Fri 2:00 PM – 9:00 PM."),
    (FIXED[1], "You'll find Plaza right here: 12 Main Street, in Springfield."),
    (FIXED[3], "Gel Manicure is a treat, it takes 45 minutes."),
    (FIXED[4], "أهلا بك، بلازا مفتوح من ١٠:٣٠ ص إلى ٩:٠٠ م كل يوم."),
    (FIXED[5], "تستغرق مناكير جل حوالي".replace(" حوالي", "") + " 45 دقيقة."),
]

BAD = [
    (FIXED[0], "Plaza is open Mon - Thu 10:30 AM - 10:00 PM, Fri 2:00 PM - 9:00 PM."),
    (FIXED[0], "Plaza is closed Mon - Thu 10:30 AM - 9:00 PM, Fri 2:00 PM - 9:00 PM."),
    (FIXED[0], "Plaza is open Tue - Thu 10:30 AM - 9:00 PM, Fri 2:00 PM - 9:00 PM."),
    (FIXED[0], "Plaza isn't open Mon - Thu 10:30 AM - 9:00 PM, Fri 2:00 PM - 9:00 PM."),
    (FIXED[0], "Zahra is open Mon - Thu 10:30 AM - 9:00 PM, Fri 2:00 PM - 9:00 PM."),
    (FIXED[0], "Plaza is open Mon - Thu 10:30 AM - 9:00 PM, Fri 2:00 PM - 9:00 PM. Shall I book you in?"),
    (FIXED[1], "Plaza: 12 Main Street, Springfield, beside Burger Palace."),
    (FIXED[1], "Plaza: 12 Main Street, Springfield. Everything is free this week."),
    (FIXED[1], "Plaza: 12 Main Street, Springfield, see https://example.com"),
    (
        FIXED[2],
        FIXED[2].replace("4.000 KWD, 15 min", "8.500 KWD, 15 min").replace("8.500 KWD, 45", "4.000 KWD, 45"),
    ),
    (FIXED[2], FIXED[2].replace("4.000 KWD", "4.000 USD")),
    (FIXED[2], FIXED[2].replace("15 min", "15 KWD")),
    (FIXED[2], FIXED[2] + "\nYour booking is confirmed."),
    (FIXED[2], FIXED[2].replace("fit", "cure it")),
    (FIXED[3], "Gel Manicure takes only 45 minutes."),
    (FIXED[3], "Gel Manicure takes about 45 minutes."),
    (FIXED[3], "It takes 45 minutes."),
    (FIXED[3], "مدة Gel Manicure 45 دقيقة"),
    (FIXED[3], ""),
    (FIXED[3], FIXED[3] + " really" * 200),
    (FIXED[4], "بلازا مغلق من 10:30 ص إلى 9:00 م كل يوم."),
    (FIXED[4], "بلازا مفتوح من 10:30 م إلى 9:00 م كل يوم."),
    (FIXED[5], "مدة مناكير جل 45 دقيقة مجانا."),
]


@pytest.mark.parametrize(("fixed", "said"), GOOD)
def test_other_words_for_the_same_pass(fixed, said):
    assert says_the_same(fixed, said, NAMES)


@pytest.mark.parametrize(("fixed", "said"), BAD)
def test_any_other_fact_is_dropped(fixed, said):
    assert not says_the_same(fixed, said, NAMES)


@pytest.mark.parametrize("fixed", FIXED)
def test_the_same_words_say_the_same(fixed):
    assert says_the_same(fixed, fixed, NAMES)


@given(st.sampled_from(FIXED), st.data())
def test_no_digit_can_be_changed(fixed, data):
    at = data.draw(st.sampled_from([i for i, c in enumerate(fixed) if c.isdigit()]))
    other = data.draw(st.sampled_from([d for d in string.digits if d != fixed[at]]))
    assert not says_the_same(fixed, fixed[:at] + other + fixed[at + 1 :], NAMES)


@given(st.sampled_from(FIXED), st.data())
def test_no_number_can_be_added_or_left_out(fixed, data):
    at = data.draw(st.sampled_from([i for i, c in enumerate(fixed) if c.isdigit()]))
    assert not says_the_same(fixed, fixed[:at] + fixed[at + 1 :], NAMES)
    number = data.draw(st.integers(0, 10**6))
    assert not says_the_same(fixed, f"{fixed} {number}", NAMES)


@given(st.sampled_from(FIXED), st.sampled_from(NAMES), st.booleans())
def test_no_name_can_be_added(fixed, name, front):
    assert not says_the_same(fixed, f"{name} {fixed}" if front else f"{fixed} {name}", NAMES)


@given(st.sampled_from(FIXED), st.data())
def test_no_name_can_be_exchanged(fixed, data):
    there = data.draw(st.sampled_from([name for name in NAMES if name in fixed]))
    other = data.draw(st.sampled_from([name for name in NAMES if name != there]))
    assert not says_the_same(fixed, fixed.replace(there, other, 1), NAMES)


@given(
    st.lists(
        st.tuples(st.sampled_from(NAMES[3:6]), st.integers(1, 99)),
        min_size=2,
        max_size=4,
        unique_by=lambda p: p[0],
    ),
    st.randoms(use_true_random=False),
)
def test_prices_stay_with_their_names(pairs, chance):
    prices = [price for _, price in pairs]
    shuffled = prices[:]
    chance.shuffle(shuffled)
    assume(shuffled != prices)
    fixed = "; ".join(f"{name} {price}.000 KWD" for name, price in pairs)
    said = "; ".join(f"{name} {price}.000 KWD" for (name, _), price in zip(pairs, shuffled, strict=True))
    assert not says_the_same(fixed, said, NAMES)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_an_answer(fixed, said):
    assert says_the_same(fixed, said, NAMES) in {True, False}


@given(st.text(max_size=300))
def test_plain_is_stable(text):
    assert plain(plain(text)) == plain(text)
