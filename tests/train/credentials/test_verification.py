"""Anybody checks a certificate: five outcomes, nothing personal before the signature holds, and no forged text is valid."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chiakhoa.foundation import sealing
from chiakhoa.ground.registry.models import Body
from chiakhoa.train.credentials import actions, signing
from chiakhoa.train.credentials.models import SigningKey
from chiakhoa.train.credentials.verification import Outcome, verify

ON = date(2027, 6, 1)
LAST_DAY = date(2030, 3, 4)
PROPERTY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SAID = signing.Statement(
    "ictu", str(uuid.UUID(int=1)), date(2027, 3, 5), "2027/1", "Nguyễn Hoa", "AN-1", "An toàn mạng"
)
BYTES = st.binary(max_size=80)


@pytest.fixture
def text(certificate):
    """The text of Hoa's QR code."""
    return signing.as_text(bytes(certificate.token))


@pytest.fixture
def forge(certificate):
    """Signs a statement with the body's own key, as whoever stole it would."""
    private = sealing.unseal(bytes(certificate.key.private_sealed), actions.SEAL)

    def sign(**changes):
        said = signing.Statement(**(vars(SAID) | changes))
        return signing.as_text(signing.sign(said, bytes.fromhex(certificate.key.kid), private))

    return sign


def passed(verdict):
    return [ok for _check, ok in verdict.checks]


def test_a_certificate_that_holds_is_valid_and_says_whose_it_is(text, certificate):
    verdict = verify(text, on=ON)
    assert verdict.outcome is Outcome.VALID and verdict.holds
    assert passed(verdict) == [True] * 6
    assert (verdict.statement.person, verdict.statement.number) == ("Nguyễn Hoa", certificate.number)
    assert (verdict.issuer, verdict.issuer_now) == ("Đại học ICTU", "")


def test_the_whole_address_of_the_code_is_checked_like_the_code(text):
    assert verify(f" https://chiakhoa.example/credentials/verify/?c={text}\n", on=ON).holds


@pytest.mark.parametrize("write", [str, str.lower, str.upper, "  {} ".format])
def test_the_number_on_the_paper_finds_the_certificate_however_it_is_typed(certificate, write):
    verdict = verify(write(certificate.number), on=ON)
    assert verdict.holds and verdict.statement.subject == str(certificate.pk)


def test_a_withdrawn_certificate_is_revoked_and_says_why(readers, text, certificate, day):
    actions.revoke(readers.coordinator, certificate.pk, "Cấp nhầm người", at=day)
    verdict = verify(text, on=ON)
    assert verdict.outcome is Outcome.REVOKED
    assert verdict.reason == "Cấp nhầm người"
    assert passed(verdict) == [True, True, True, True, False, True]


def test_a_certificate_holds_on_its_last_day_and_has_expired_on_the_next(text):
    assert verify(text, on=LAST_DAY).outcome is Outcome.VALID
    verdict = verify(text, on=LAST_DAY + timedelta(days=1))
    assert verdict.outcome is Outcome.EXPIRED
    assert passed(verdict) == [True, True, True, True, True, False]
    assert not verdict.holds


def test_withdrawn_outweighs_expired(readers, text, certificate, day):
    actions.revoke(readers.coordinator, certificate.pk, "Cấp nhầm người", at=day)
    assert verify(text, on=LAST_DAY + timedelta(days=1)).outcome is Outcome.REVOKED


def test_a_statement_signed_by_another_key_in_the_body_s_name_is_wrong_and_tells_nothing(certificate):
    private, _public = signing.new_key()
    forged = signing.as_text(signing.sign(SAID, bytes.fromhex(certificate.key.kid), private))
    verdict = verify(forged, on=ON)
    assert verdict.outcome is Outcome.WRONG_SIGNATURE
    assert verdict.statement is None and "Hoa" not in str(verdict.as_dict())
    assert passed(verdict) == [True, True, False]


def test_a_body_s_key_cannot_speak_for_another_body(forge):
    assert verify(forge(), on=ON).holds, "the key itself signs well"
    verdict = verify(forge(issuer="rival"), on=ON)
    assert verdict.outcome is Outcome.WRONG_SIGNATURE and verdict.statement is None


@pytest.mark.parametrize("issued_on", [date(2027, 3, 4), date(2027, 5, 1)])
def test_a_key_out_of_force_on_the_day_of_issue_signs_nothing_and_nothing_personal_is_told(forge, issued_on):
    SigningKey.objects.update(valid_from=date(2027, 3, 5), valid_to=date(2027, 5, 1))
    verdict = verify(forge(issued_on=issued_on), on=ON)
    assert verdict.outcome is Outcome.WRONG_SIGNATURE
    assert verdict.statement is None and "Hoa" not in str(verdict.as_dict())
    assert passed(verdict) == [True, True, True, False]
    assert verify(forge(issued_on=date(2027, 4, 30)), on=ON).holds


def test_a_certificate_outlives_its_key(text):
    SigningKey.objects.update(valid_to=date(2027, 4, 1), private_sealed=None)
    assert verify(text, on=ON).holds


def test_a_key_that_nobody_here_knows_is_not_checkable(certificate):
    private, _public = signing.new_key()
    verdict = verify(signing.as_text(signing.sign(SAID, b"foreign!", private)), on=ON)
    assert verdict.outcome is Outcome.NOT_CHECKABLE
    assert verdict.statement is None
    assert passed(verdict) == [True, False]


@pytest.mark.parametrize(
    "text", ["", "?c=", "hello", "2027/99999-001", "0", "🎋", "AAAA", "\x00", "0\x001", "%00", "a" * 5000]
)
def test_what_is_no_certificate_is_not_checkable(certificate, text):
    assert verify(text, on=ON).outcome is Outcome.NOT_CHECKABLE


def test_a_subject_that_no_certificate_can_have_is_still_answered(forge):
    assert verify(forge(subject="no uuid"), on=ON).outcome in (Outcome.VALID, Outcome.NOT_CHECKABLE)


def test_a_body_that_was_succeeded_is_named_with_its_successor(text, teaching):
    Body.objects.filter(pk="ictu").update(successor="rival")
    verdict = verify(text, on=ON)
    assert verdict.holds
    assert (verdict.issuer, verdict.issuer_now) == ("Đại học ICTU", "Trường Khác")


def test_a_successor_that_was_itself_succeeded_leads_to_the_body_of_today(text, teaching):
    last = Body.objects.create(id="last", kind="university", name_vi="Đại học Mới", search_key="dai hoc moi")
    Body.objects.filter(pk="ictu").update(successor="rival")
    Body.objects.filter(pk="rival").update(successor=last)
    assert verify(text, on=ON).issuer_now == "Đại học Mới"


@settings(PROPERTY, max_examples=1000)
@given(place=st.integers(0, 10_000), character=st.sampled_from("ABCDwxyz0189-_=+/ .%"))
@example(place=-1, character="B")
def test_a_code_with_one_character_changed_is_never_valid(text, place, character):
    place %= len(text)
    changed = (text[:place] + character + text[place + 1 :]).strip()
    assert changed == text or not verify(changed, on=ON).holds


@settings(PROPERTY, max_examples=2000)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_token_with_one_byte_changed_is_never_valid(certificate, place, byte):
    token = bytearray(certificate.token)
    token[place % len(token)] = byte
    assert bytes(token) == bytes(certificate.token) or not verify(signing.as_text(bytes(token)), on=ON).holds


def test_no_single_bit_of_a_token_can_be_turned(certificate):
    token = bytes(certificate.token)
    for place in range(len(token)):
        for bit in range(8):
            turned = token[:place] + bytes([token[place] ^ 1 << bit]) + token[place + 1 :]
            assert not verify(signing.as_text(turned), on=ON).holds, f"byte {place}, bit {bit}"


@settings(PROPERTY, max_examples=300)
@given(data=st.data())
def test_a_token_cut_spliced_or_lengthened_is_never_valid(certificate, data):
    token = bytes(certificate.token)
    begin = data.draw(st.integers(0, len(token)))
    end = data.draw(st.integers(begin, len(token)))
    changed = token[:begin] + data.draw(BYTES) + token[end:]
    assert changed == token or not verify(signing.as_text(changed), on=ON).holds


@settings(PROPERTY, max_examples=300)
@given(st.text(max_size=200))
def test_any_text_at_all_is_answered_and_never_valid(certificate, typed):
    verdict = verify(typed, on=ON)
    assert not verdict.holds and verdict.word


@settings(PROPERTY, max_examples=200)
@given(st.builds(signing.Statement, *[st.text(max_size=40)] * 2, st.dates(date(1970, 1, 1)), *[st.text(max_size=40)] * 4,
                 expires_on=st.none() | st.dates(date(1970, 1, 2))))  # fmt: skip
def test_what_is_signed_is_what_is_read(said):
    private, public = signing.new_key()
    opened = signing.take_apart(signing.from_text(signing.as_text(signing.sign(said, b"kid", private))))
    assert opened.statement == said
    assert signing.holds(opened, public)
