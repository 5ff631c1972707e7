"""Our signature check against Twilio's own validator, its vectors, and every form a request can take."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.channels.twilio.signature import body_hash, compute, form_pairs, is_signed

TOKEN = "test_auth_token_123"
URL = "https://bot.example.com/webhooks/twilio/whatsapp?tenant=7"
PARAMS = {
    "MessageSid": "SM00000000000000000000000000000001",
    "From": "whatsapp:+96550000001",
    "To": "whatsapp:+14155238886",
    "Body": "مرحبا 👋 hi",
    "NumMedia": "0",
    "ProfileName": "Noor",
    "WaId": "96550000001",
}
SHA1, SHA256 = "tfKascKik4x1p83jKaoXHst9JwQ=", "NwYvDJ4LDViEOuBViIvKjGVModAg7aKqKa1ylCaXutY="
SHA256_SETTINGS = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
FORM = "application/x-www-form-urlencoded"


def check(url: str = URL, *, signature: str, body: bytes | None = None, **extra: str) -> bool:
    headers = {"content-type": extra.pop("content_type", FORM), "x-twilio-signature": signature}
    if settings := extra.pop("settings", ""):
        headers["x-twilio-webhooks-signature-settings"] = settings
    method = extra.pop("method", "POST")
    keys = {"auth_token": TOKEN, **extra}
    body = urlencode(PARAMS).encode() if body is None else body
    return is_signed(method=method, url=url, headers=headers, body=body, **keys)


def test_vectors():
    assert compute(URL, PARAMS.items(), TOKEN) == SHA1
    assert compute(URL, PARAMS.items(), TOKEN, sha256=True) == SHA256
    assert (
        compute("https://x/", [("a", "2"), ("a", "1"), ("a", "1")], TOKEN) == "j51w+hJgmsFv8U8honi2LK1l/V4="
    )
    own = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    assert (
        compute("https://mycompany.com/myapp.php?foo=1&bar=2", own.items(), "12345")
        == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    )


def test_a_form_counts():
    assert check(signature=SHA1)


def test_the_fragment_is_not_signed():
    assert check(URL + "#rc=5&rp=5xx", signature=SHA1)


def test_sha256_needs_its_header_and_its_own_key():
    assert check(signature=SHA256, settings=SHA256_SETTINGS, sha256_key=TOKEN)
    assert not check(signature=SHA256, sha256_key=TOKEN)
    assert not check(signature=SHA256, settings=SHA256_SETTINGS)
    assert not check(signature=SHA1, settings=SHA256_SETTINGS, sha256_key=TOKEN)
    assert not check(signature=SHA256, settings="key=1,algorithm=HMAC_SHA512", sha256_key=TOKEN)
    assert check(signature=SHA1, settings="key=1")


def test_json_is_signed_through_its_hash():
    body = '{"a":1,"b":"é"}'.encode()
    digest = "09ad9fd2fb648cb2f62141215828ea00a62c299db05d20aa9ade2f527a301cc6"
    url = f"https://bot.example.com/hook?bodySHA256={digest}"
    signature = "8f0VV1On7y6fdF39E2pwDkDt/kU="
    assert body_hash(body) == digest
    assert check(url, signature=signature, body=body, content_type="application/json")
    assert not check(url, signature=signature, body=body + b" ", content_type="application/json")
    bare = compute("https://bot.example.com/hook", [], TOKEN)
    assert not check(
        "https://bot.example.com/hook", signature=bare, body=body, content_type="application/json"
    )
    twice = f"{url}&bodySHA256={digest}"
    assert not check(twice, signature=compute(twice, [], TOKEN), body=body, content_type="application/json")


def test_get_signs_the_url_alone():
    url = f"{URL}&{urlencode(PARAMS)}"
    assert check(url, signature=compute(url, [], TOKEN), method="GET", body=b"")
    assert not check(url, signature=compute(url, [], TOKEN), method="GET", body=b"unsigned=1")
    assert not check(url + "&x=1", signature=compute(url, [], TOKEN), method="GET", body=b"")


@pytest.mark.parametrize(
    ("ours", "twilios"),
    [
        ("https://bot.example.com/x", "https://bot.example.com:443/x"),
        ("http://bot.example.com/x", "http://bot.example.com:80/x"),
        ("http://127.0.0.1:8080/x?y=1", "http://127.0.0.1/x?y=1"),
        ("http://[::1]:8080/x", "http://[::1]/x"),
    ],
)
def test_a_signature_with_or_without_the_port_counts(ours: str, twilios: str):
    for signed_over in (ours, twilios):
        signature = compute(signed_over, PARAMS.items(), TOKEN)
        assert check(ours, signature=signature)
        assert check(twilios, signature=signature) is ("8080" not in ours or signed_over == twilios)


@pytest.mark.parametrize("url", ["https://bot.example.com:99999/x", "https://[bad/x", "nonsense"])
def test_a_strange_url_is_only_itself(url: str):
    assert check(url, signature=compute(url, PARAMS.items(), TOKEN))
    assert not check(url, signature=SHA1)


def test_names_and_values_are_not_trimmed_and_empty_ones_count():
    body = b"Body=%20Hi%20&Empty="
    url = "https://x.example.com/"
    assert check(
        url,
        signature=RequestValidator(TOKEN).compute_signature(url, {"Body": " Hi ", "Empty": ""}),
        body=body,
    )
    assert not check(url, signature=compute(url, [("Body", "Hi"), ("Empty", "")], TOKEN), body=body)


class MultiDict(dict[str, list[str]]):
    """What aiohttp hands Twilio's validator."""

    def getall(self, name: str) -> list[str]:
        return self[name]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    fields=st.lists(st.tuples(WORDS, WORDS), max_size=8),
    path=st.text("abc/%?=&.-", max_size=12),
    port=st.sampled_from(["", ":443", ":8080"]),
    sha256=st.booleans(),
)
def test_we_agree_with_twilios_validator(
    fields: list[tuple[str, str]], path: str, port: str, *, sha256: bool
):
    url = f"https://bot.example.com{port}/{path}"
    assume(urlsplit(url).geturl() == url)  # theirs drops a bare "?", which no provider sends
    body = urlencode(fields).encode()
    pairs = form_pairs(body)
    params = MultiDict()
    for name, value in pairs:
        params.setdefault(name, []).append(value)
    validator = RequestValidator(TOKEN)
    algorithm = "HMAC_SHA256" if sha256 else "HMAC_SHA1"
    signature = compute(url, pairs, TOKEN, sha256=sha256)
    assert signature == validator.compute_signature(url, params, algorithm)
    assert validator.validate(url, params, signature, algorithm)
    settings = SHA256_SETTINGS if sha256 else ""
    for candidate in (signature, compute(url, [*pairs, ("x", "y")], TOKEN, sha256=sha256)):
        assert check(
            url, signature=candidate, body=body, settings=settings, sha256_key=TOKEN
        ) is validator.validate(url, params, candidate, algorithm)
