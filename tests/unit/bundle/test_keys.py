"""The user's key is made once, kept private, and trusted."""

from __future__ import annotations

import shutil
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from lissom.bundle import (
    find_own_key,
    keyring,
    keys,
    list_retired,
    load_or_make_key,
    load_trust,
    make_key,
    make_key_file,
    retire_key,
)
from lissom.errors import (
    KeyExistsError,
    LockedKeyError,
    NoSigningKeyError,
    OtherKeyError,
    SigningKeyError,
)

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 23)
WORD, LONG = "secret", "a longer secret, ünïcode too"
FILES = [keyring.PUBLIC_FILE, keyring.KEY_FILE, "trust.toml"]


def test_the_first_use_makes_a_private_key_that_is_trusted(tmp_path: Path) -> None:
    home = tmp_path / "config"
    key = load_or_make_key(home, TODAY)
    assert stat.S_IMODE((home / keyring.KEY_FILE).stat().st_mode) == 0o600
    assert load_trust(home, TODAY).fingerprints == {key.public.fingerprint}
    assert (home / keyring.KEY_FILE).read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")


def test_the_second_use_finds_the_same_key_and_no_leftover(tmp_path: Path) -> None:
    first = load_or_make_key(tmp_path, TODAY)
    assert load_or_make_key(tmp_path, TODAY).public.pem == first.public.pem
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


def test_first_uses_at_once_agree(tmp_path: Path) -> None:
    barrier = Barrier(8)

    def first_use(_: int) -> str:
        barrier.wait()
        return load_or_make_key(tmp_path, TODAY).public.fingerprint

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(first_use, range(8)))
    assert len(found) == 1
    assert load_trust(tmp_path, TODAY).fingerprints == found
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


def test_a_key_that_others_may_read_is_refused_with_the_command(tmp_path: Path) -> None:
    load_or_make_key(tmp_path, TODAY)
    (tmp_path / keyring.KEY_FILE).chmod(0o644)
    with pytest.raises(SigningKeyError, match=r"mode 0644\)\. Run: chmod 600"):
        load_or_make_key(tmp_path, TODAY)


def _private(key: keys.SigningKey, password: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.inner.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not a private key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not a private key"),
        (_private(keys.SigningKey(generate_private_key(SECP384R1()))), "not a P-256 key"),
    ],
)
def test_a_key_of_another_kind_is_refused(raw: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / keyring.KEY_FILE
    path.write_bytes(raw)
    path.chmod(0o600)
    with pytest.raises(SigningKeyError, match=says):
        load_or_make_key(tmp_path, TODAY)
    assert path.read_bytes() == raw


def test_a_key_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").touch()
    with pytest.raises(SigningKeyError, match="config"):
        load_or_make_key(tmp_path / "config", TODAY)


def test_a_key_under_a_passphrase_opens_with_it_and_never_without(tmp_path: Path) -> None:
    made = make_key_file(tmp_path, TODAY, passphrase=LONG)
    assert stat.S_IMODE((tmp_path / keyring.KEY_FILE).stat().st_mode) == 0o600
    again = load_or_make_key(tmp_path, TODAY, lambda: LONG)
    assert again.public.fingerprint == made.public.fingerprint
    with pytest.raises(LockedKeyError, match="LISSOM_PASSPHRASE"):
        load_or_make_key(tmp_path, TODAY)
    with pytest.raises(SigningKeyError, match=r"the passphrase does not open it\. Try again"):
        load_or_make_key(tmp_path, TODAY, lambda: "another")


def test_a_key_under_a_passphrase_by_another_program_opens_too(tmp_path: Path) -> None:
    key = make_key()
    path = tmp_path / keyring.KEY_FILE
    path.write_bytes(_private(key, b"secret"))
    path.chmod(0o600)
    opened = load_or_make_key(tmp_path, TODAY, lambda: WORD)
    assert opened.public.fingerprint == key.public.fingerprint


def test_a_passphrase_hides_the_key_and_is_stretched_anew_for_each_file() -> None:
    key = make_key()
    plain, one, two = key.to_pem(None), key.to_pem("secret"), key.to_pem("secret")
    secret = b"".join(plain.split(b"\n")[1:-2])
    assert secret[60:120] not in one.replace(b"\n", b"")
    assert one != two
    assert keys.read_private(two, "secret").public.fingerprint == key.public.fingerprint


def test_a_key_can_be_shown_without_its_passphrase(tmp_path: Path) -> None:
    assert find_own_key(tmp_path) is None
    made = make_key_file(tmp_path, TODAY, passphrase=WORD)
    own = find_own_key(tmp_path)
    assert own is not None
    assert own.is_locked
    assert own.public.pem == made.public.pem


def test_a_key_from_before_the_public_half_was_kept_can_be_shown(tmp_path: Path) -> None:
    made = make_key_file(tmp_path, TODAY)
    (tmp_path / keyring.PUBLIC_FILE).unlink()
    own = find_own_key(tmp_path)
    assert own is not None
    assert (own.is_locked, own.public.pem) == (False, made.public.pem)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    made = make_key_file(tmp_path, TODAY)
    with pytest.raises(KeyExistsError, match="lissom keys retire"):
        make_key_file(tmp_path, TODAY)
    assert load_or_make_key(tmp_path, TODAY).public.fingerprint == made.public.fingerprint


def test_a_retired_key_signs_no_more_and_what_it_signed_is_accepted(tmp_path: Path) -> None:
    old = load_or_make_key(tmp_path, TODAY).public.fingerprint
    assert retire_key(tmp_path, old[:8], TODAY, compromised=None).fingerprint == old
    assert [key.fingerprint for key in list_retired(tmp_path)] == [old]
    private = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in private if b"PRIVATE" in path.read_bytes()]
    new = load_or_make_key(tmp_path, TODAY).public.fingerprint
    assert new != old
    assert load_trust(tmp_path, TODAY).fingerprints == {old, new}


def test_a_compromised_key_is_refused_with_all_that_it_signed(tmp_path: Path) -> None:
    old = make_key_file(tmp_path, TODAY, passphrase=WORD).public.fingerprint
    retire_key(tmp_path, old[:12].upper(), TODAY, compromised="laptop stolen")
    trust = load_trust(tmp_path, TODAY)
    assert trust.fingerprints == frozenset()
    assert trust.refused == {old: "it was revoked on 2026-11-23: laptop stolen"}


def test_a_key_that_nobody_entered_as_trusted_can_be_compromised(tmp_path: Path) -> None:
    old = make_key_file(tmp_path, TODAY).public.fingerprint
    (tmp_path / "trust.toml").unlink()
    retire_key(tmp_path, old, TODAY, compromised="lost")
    assert old in load_trust(tmp_path, TODAY).refused


@pytest.mark.parametrize("typed", ["", "0", "zzzzzzzz"])
def test_a_key_is_not_retired_by_mistake(typed: str, tmp_path: Path) -> None:
    key = load_or_make_key(tmp_path, TODAY)
    with pytest.raises(OtherKeyError, match="Nothing was retired"):
        retire_key(tmp_path, typed, TODAY, compromised=None)
    assert load_or_make_key(tmp_path, TODAY).public.fingerprint == key.public.fingerprint


def test_there_is_nothing_to_retire_before_the_first_key(tmp_path: Path) -> None:
    with pytest.raises(NoSigningKeyError, match="lissom keys make"):
        retire_key(tmp_path, "0" * 8, TODAY, compromised=None)


def test_the_key_opens_in_openssl_with_the_passphrase(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("2026-11-23: there is no openssl here to ask")
    path = tmp_path / "key.pem"
    path.write_bytes(make_key().to_pem("secret"))
    command = [openssl, "pkey", "-in", str(path), "-noout", "-passin"]
    right, wrong = (
        subprocess.run([*command, f"pass:{word}"], capture_output=True, check=False).returncode
        for word in ("secret", "other")
    )
    assert (right, wrong != 0) == (0, True)
