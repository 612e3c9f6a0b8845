"""Whose bundles are taken, until when, and why no longer."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lissom.bundle import (
    TRUST_FILE,
    Trust,
    TrustedKey,
    load_trust,
    load_trust_file,
    make_key,
    open_bundle,
    trust_key,
    untrust_key,
    verify,
)
from lissom.errors import (
    AmbiguousKeyError,
    RevokedKeyError,
    RevokedSignerError,
    SigningKeyError,
    TrustFileError,
    UnknownKeyError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from lissom.bundle import SigningKey

TODAY = date(2026, 11, 23)
ONE, TWO = "1" * 64, "12" * 32


def entry(fingerprint: str = ONE, **more: object) -> TrustedKey:
    return TrustedKey(name="Jo", fingerprint=fingerprint, **more)


def written(folder: Path, text: str) -> Path:
    path = folder / TRUST_FILE
    path.write_text(text, encoding="utf-8")
    return path


def test_nobody_is_trusted_before_the_first_key(tmp_path: Path) -> None:
    assert load_trust(tmp_path, TODAY) == Trust(frozenset())


def test_a_trusted_key_is_accepted_and_can_be_read_by_a_person(tmp_path: Path) -> None:
    trust_key(tmp_path, entry(added=TODAY, expires=date(2027, 1, 1)))
    assert load_trust(tmp_path, TODAY).fingerprints == {ONE}
    tree = tomllib.loads((tmp_path / TRUST_FILE).read_text("utf-8"))
    (key,) = tree["keys"]
    assert key == {
        "name": "Jo",
        "fingerprint": ONE,
        "added": TODAY,
        "expires": date(2027, 1, 1),
    }
    assert [path.name for path in tmp_path.iterdir()] == [TRUST_FILE]


def test_from_the_day_of_expiry_on_a_key_is_refused(tmp_path: Path) -> None:
    trust_key(tmp_path, entry(expires=date(2027, 1, 1)))
    assert load_trust(tmp_path, date(2026, 12, 31)).fingerprints == {ONE}
    after = load_trust(tmp_path, date(2027, 1, 1))
    assert after.fingerprints == frozenset()
    assert after.refused == {ONE: "it expired on 2027-01-01"}


def test_an_expired_key_may_be_prolonged_and_a_revoked_one_may_not(tmp_path: Path) -> None:
    trust_key(tmp_path, entry(expires=date(2026, 1, 1)))
    trust_key(tmp_path, entry(expires=date(2028, 1, 1)))
    assert load_trust(tmp_path, TODAY).fingerprints == {ONE}
    untrust_key(tmp_path, ONE[:8], TODAY, "left the team")
    with pytest.raises(RevokedKeyError, match="left the team"):
        trust_key(tmp_path, entry())
    assert load_trust(tmp_path, TODAY).refused[ONE] == "it was revoked on 2026-11-23: left the team"


def test_a_second_revocation_keeps_the_first_day(tmp_path: Path) -> None:
    trust_key(tmp_path, entry())
    untrust_key(tmp_path, ONE, date(2026, 1, 1), "lost")
    again = untrust_key(tmp_path, ONE, TODAY, "")
    assert (again.revoked, again.reason) == (date(2026, 1, 1), "lost")


def test_a_key_is_named_by_digits_that_fit_it_alone(tmp_path: Path) -> None:
    trust_key(tmp_path, entry())
    trust_key(tmp_path, entry("1" * 10 + "0" * 54))
    with pytest.raises(AmbiguousKeyError, match="2 keys begin"):
        untrust_key(tmp_path, "1" * 8, TODAY, "")
    for typed in ("1111", TWO):
        with pytest.raises(UnknownKeyError, match="11111111"):
            untrust_key(tmp_path, typed, TODAY, "")
    assert untrust_key(tmp_path, "1" * 11, TODAY, "").fingerprint == ONE


def test_the_files_of_the_first_versions_still_count(tmp_path: Path) -> None:
    theirs = make_key().public
    (tmp_path / "trusted").mkdir()
    for name in ("a", "copy\x07 of a"):
        (tmp_path / "trusted" / f"{name}.pem").write_bytes(theirs.pem)
    assert load_trust(tmp_path, TODAY).fingerprints == {theirs.fingerprint}
    untrust_key(tmp_path, theirs.fingerprint, TODAY, "")
    assert load_trust(tmp_path, TODAY).fingerprints == frozenset()


def test_a_damaged_file_among_them_is_named(tmp_path: Path) -> None:
    (tmp_path / "trusted").mkdir()
    other = generate_private_key(SECP384R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for raw in (b"x" * 9_000, pem):
        (tmp_path / "trusted" / "a.pem").write_bytes(raw)
        with pytest.raises(SigningKeyError, match=r"\.pem: not a P-256 public key in PEM\. Del"):
            load_trust(tmp_path, TODAY)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "missing required field `format`"),
        ("format = 'zip'", "its format is not"),
        ("format = 'lissom-trust'\nmore = 1", "unknown field `more`"),
        ("format = 'lissom-trust'\n[[keys]]\nname = 'a'", "missing required field `fingerprint`"),
        (f"format = 'lissom-trust'\n[[keys]]\nname = 'a'\nfingerprint = '{ONE}0'", "regex"),
        (
            f"format = 'lissom-trust'\n[[keys]]\nname = 'a'\nfingerprint = '{ONE}'\nexpires = 1",
            "Expected `date",
        ),
        (
            "format = 'lissom-trust'\n" + f"[[keys]]\nname = 'a'\nfingerprint = '{ONE}'\n" * 2,
            "stands there twice",
        ),
        ("format = 'lissom-trust'\nkeys = " + "[" * 9_000, "trust.toml: "),
        ("format = " + "a" * (2 << 20), "more than 1048576 bytes"),
    ],
)
def test_a_trust_file_that_breaks_a_rule_trusts_nobody(
    text: str, says: str, tmp_path: Path
) -> None:
    path = written(tmp_path, text)
    for load in (lambda: load_trust(tmp_path, TODAY), lambda: load_trust_file(path, TODAY)):
        with pytest.raises(TrustFileError, match="Nobody is trusted by it") as caught:
            load()
        assert says in str(caught.value)


def test_a_trust_file_that_is_missing_is_no_trust_in_everybody(tmp_path: Path) -> None:
    with pytest.raises(TrustFileError, match="No such file"):
        load_trust_file(tmp_path / "team.toml", TODAY)


@pytest.mark.skipif(os.name != "posix", reason="2026-11-23: such rights are POSIX's")
def test_a_trust_file_that_everybody_may_write_is_refused(tmp_path: Path) -> None:
    trust_key(tmp_path, entry())
    (tmp_path / TRUST_FILE).chmod(0o646)
    with pytest.raises(TrustFileError, match="chmod o-w"):
        load_trust(tmp_path, TODAY)


def test_a_handed_on_file_trusts_those_in_it_and_nobody_else(tmp_path: Path) -> None:
    trust_key(tmp_path / "mine", entry())
    trust_key(tmp_path / "team", entry(TWO))
    assert load_trust_file(tmp_path / "team" / TRUST_FILE, TODAY).fingerprints == {TWO}


def test_a_bundle_of_a_revoked_or_expired_key_is_refused_with_the_reason(
    signed: Path, key: SigningKey, tmp_path: Path
) -> None:
    theirs = key.public.fingerprint
    config = tmp_path / "config"
    trust_key(config, entry(theirs, expires=date(2027, 1, 1)))
    assert open_bundle(signed, trust=load_trust(config, TODAY)).is_signed
    late = load_trust(config, date(2027, 1, 1))
    with pytest.raises(RevokedSignerError, match=r"no longer counts here: it expired on 2027-01"):
        open_bundle(signed, trust=late)
    untrust_key(config, theirs, TODAY, "lost")
    with pytest.raises(RevokedSignerError, match=r"it was revoked on 2026-11-23: lost") as caught:
        verify(signed, load_trust(config, TODAY))
    assert caught.value.exit_code == 5
    # Told to take any signer, it is opened, and said not to be trusted.
    seen = verify(signed, load_trust(config, TODAY), needs_signature=False)
    assert not seen.is_trusted
