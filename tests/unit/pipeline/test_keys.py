"""Keys through the calls that the faces make, on real bundles."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lissom.bundle import make_key as fresh_key
from lissom.errors import (
    FingerprintDiffersError,
    LockedKeyError,
    NoFingerprintError,
    OtherSignerError,
    RevokedSignerError,
    SigningKeyError,
    TrustFileError,
    UnknownKeyError,
    UnsignedError,
    UntrustedSignerError,
)
from lissom.pipeline import (
    export_key,
    list_keys,
    load,
    make_key,
    retire_key,
    trust_key,
    untrust_key,
    verify,
)
from lissom.pipeline.keys import open_signer
from lissom.pipeline.places import Places

if TYPE_CHECKING:
    from lissom.pipeline.places import Places as Folders

OLD = Path(__file__).parents[2] / "contract" / "bundles" / "v1.0"
TODAY = date(2026, 11, 23)
WORD = "secret"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home of its own, and a signed bundle of somebody else's in it."""
    monkeypatch.setenv("LISSOM_HOME", str(tmp_path))
    for name in ("LISSOM_TRUST", "LISSOM_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(OLD, tmp_path / "theirs")
    return tmp_path


@pytest.fixture
def theirs(home: Path) -> Path:
    return home / "theirs"


def fingerprint_of(bundle: Path) -> str:
    return verify(bundle, needs_signature=False).signer


def test_a_strangers_bundle_is_refused_until_their_key_is_trusted(theirs: Path) -> None:
    with pytest.raises(UntrustedSignerError):
        load(theirs)
    assert load(theirs, trust=False).labels == ("praise", "refund")
    trust_key(theirs, name="Shop", fingerprint=fingerprint_of(theirs))
    assert load(theirs).predict(["lovely shop"])[0].label == "praise"
    untrust_key(fingerprint_of(theirs), reason="lost")
    with pytest.raises(RevokedSignerError, match="lost"):
        load(theirs)
    with pytest.raises(RevokedSignerError):
        verify(theirs)


def test_a_bundles_own_key_proves_nothing_by_itself(theirs: Path) -> None:
    signer = fingerprint_of(theirs)
    for digits in ("", signer[:31]):
        with pytest.raises(NoFingerprintError, match=signer):
            trust_key(theirs, fingerprint=digits)
    with pytest.raises(FingerprintDiffersError) as caught:
        trust_key(theirs, fingerprint="0" * 32)
    assert caught.value.exit_code == 5
    assert list_keys().trusted == ()
    assert trust_key(theirs, fingerprint=f" {signer[:32].upper()}").fingerprint == signer


def test_a_key_in_a_file_is_trusted_by_the_files_name(theirs: Path) -> None:
    pem = theirs / "signer.pem"
    moved = shutil.copy(pem, theirs.parent / "shop team.pem")
    key = trust_key(Path(moved), expires=date(2999, 1, 1))
    assert (key.name, key.expires) == ("shop team", date(2999, 1, 1))
    assert load(theirs).labels


def test_what_is_no_key_is_named(theirs: Path) -> None:
    with pytest.raises(SigningKeyError, match=r"card\.md: not a P-256 public key"):
        trust_key(theirs / "card.md")
    with pytest.raises(SigningKeyError, match="No such file"):
        trust_key(theirs.parent / "nowhere.pem")


def test_verify_asks_whose_signature_it_is(theirs: Path) -> None:
    signer = fingerprint_of(theirs)
    for wanted in (str(theirs / "signer.pem"), signer, signer[:32]):
        assert verify(theirs, signed_by=[wanted]).is_trusted
    assert verify(theirs, signed_by=["0" * 64, signer]).is_trusted
    with pytest.raises(OtherSignerError, match="not signed by 0000000000000000") as caught:
        verify(theirs, signed_by=["0" * 64])
    assert caught.value.exit_code == 5
    with pytest.raises(UnknownKeyError, match="32 digits or more"):
        verify(theirs, signed_by=[signer[:31]])


def test_an_unsigned_bundle_is_refused_where_a_signature_is_asked_for(theirs: Path) -> None:
    signer = fingerprint_of(theirs)
    for seal in ("model.sig", "signer.pem"):
        (theirs / seal).unlink()
    for asked in ([], [signer]):
        with pytest.raises(UnsignedError):
            verify(theirs, signed_by=asked)
    with pytest.raises(UnsignedError):
        verify(theirs, signed_by=[signer], needs_signature=False)
    seen = verify(theirs, needs_signature=False)
    assert (seen.signer, seen.is_trusted) == ("", False)
    assert not [line for line in seen.checked if "signature" in line]


def test_a_trust_file_handed_on_replaces_the_users_own(
    home: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust_key(theirs, fingerprint=fingerprint_of(theirs))
    team = Path(shutil.copy(home / "config" / "trust.toml", home / "team.toml"))
    untrust_key(fingerprint_of(theirs))
    monkeypatch.setenv("LISSOM_TRUST", str(team))
    assert load(theirs).labels
    assert list_keys().trust_file == team
    team.write_text("format = 'lissom-trust'\n", encoding="utf-8")
    with pytest.raises(UntrustedSignerError):
        load(theirs)
    team.unlink()
    with pytest.raises(TrustFileError):
        load(theirs)


def test_the_users_own_key_is_made_shown_and_retired(home: Path) -> None:
    assert list_keys().own is None
    with pytest.raises(SigningKeyError, match="lissom keys make"):
        export_key()
    made = make_key(name="me")
    own = list_keys().own
    assert own is not None
    assert own.public.fingerprint == made
    assert export_key() == own.public.pem
    assert retire_key(made[:8], compromised="lost") == made
    found = list_keys()
    assert (found.own, found.retired) == (None, (made,))
    assert found.refused[made].endswith("lost")
    assert found.trust_file.is_relative_to(home)


def test_the_passphrase_comes_from_the_surroundings_or_from_a_person(home: Path) -> None:
    made = make_key(passphrase=WORD)
    folders: Folders = Places(home / "cache", home / "config")
    told: Folders = Places(home / "cache", home / "config", passphrase=WORD)
    assert open_signer(told, TODAY, None).public.fingerprint == made
    assert open_signer(folders, TODAY, lambda: WORD).public.fingerprint == made
    assert "secret" not in repr(told)
    with pytest.raises(LockedKeyError):
        open_signer(folders, TODAY, None)


def test_a_passphrase_that_nobody_needs_is_not_asked_for(home: Path) -> None:
    def ask() -> str:
        raise AssertionError

    folders: Folders = Places(home / "cache", home / "config", passphrase=WORD)
    made = open_signer(folders, TODAY, ask).public.fingerprint
    assert (
        open_signer(Places(home / "cache", home / "config"), TODAY, ask).public.fingerprint == made
    )
    assert made != fresh_key().public.fingerprint
