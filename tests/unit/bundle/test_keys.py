"""The user's key is made once, kept private, and trusted."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from lissom.bundle import keys, load_or_make_key, load_trust, make_key, trust_key
from lissom.errors import SigningKeyError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_first_use_makes_a_private_key_that_is_trusted(tmp_path: Path) -> None:
    home = tmp_path / "config"
    key = load_or_make_key(home)
    assert stat.S_IMODE((home / keys.KEY_FILE).stat().st_mode) == 0o600
    assert load_trust(home).fingerprints == {key.public.fingerprint}
    assert (home / keys.KEY_FILE).read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")


def test_the_second_use_finds_the_same_key_and_no_leftover(tmp_path: Path) -> None:
    first = load_or_make_key(tmp_path)
    assert load_or_make_key(tmp_path).public.pem == first.public.pem
    assert sorted(path.name for path in tmp_path.iterdir()) == [keys.KEY_FILE, "trusted"]


def test_first_uses_at_once_agree(tmp_path: Path) -> None:
    barrier = Barrier(8)

    def first_use(_: int) -> str:
        barrier.wait()
        return load_or_make_key(tmp_path).public.fingerprint

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(first_use, range(8)))
    assert len(found) == 1
    assert load_trust(tmp_path).fingerprints == found
    assert sorted(path.name for path in tmp_path.iterdir()) == [keys.KEY_FILE, "trusted"]


def test_a_key_that_others_may_read_is_refused_with_the_command(tmp_path: Path) -> None:
    load_or_make_key(tmp_path)
    (tmp_path / keys.KEY_FILE).chmod(0o644)
    with pytest.raises(SigningKeyError, match=r"mode 0644\)\. Run: chmod 600"):
        load_or_make_key(tmp_path)


def _private(key: keys.SigningKey, password: bytes | None = None) -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.inner.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not a private key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not a private key"),
        (_private(make_key(), b"secret"), "without a password"),
        (_private(keys.SigningKey(generate_private_key(SECP384R1()))), "not a P-256 key"),
    ],
)
def test_a_key_of_another_kind_is_refused(raw: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / keys.KEY_FILE
    path.write_bytes(raw)
    path.chmod(0o600)
    with pytest.raises(SigningKeyError, match=says):
        load_or_make_key(tmp_path)
    assert path.read_bytes() == raw


def test_nobody_is_trusted_before_the_first_key(tmp_path: Path) -> None:
    assert load_trust(tmp_path).fingerprints == frozenset()


def test_a_key_of_somebody_else_is_trusted_when_its_file_is_put_there(tmp_path: Path) -> None:
    theirs = make_key().public
    trust_key(tmp_path, theirs)
    (tmp_path / "trusted" / "copy of theirs.pem").write_bytes(theirs.pem)
    assert load_trust(tmp_path).fingerprints == {theirs.fingerprint}


def test_a_damaged_file_among_the_trusted_is_named(tmp_path: Path) -> None:
    trust_key(tmp_path, make_key().public).write_bytes(b"x" * 9_000)
    with pytest.raises(SigningKeyError, match=r"\.pem: not a P-256 public key in PEM\. Delete it"):
        load_trust(tmp_path)


def test_another_curve_is_not_a_key_to_trust(tmp_path: Path) -> None:
    other = generate_private_key(SECP384R1()).public_key()
    (tmp_path / "trusted").mkdir()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "trusted" / "a.pem").write_bytes(pem)
    with pytest.raises(SigningKeyError, match="not a P-256 public key"):
        load_trust(tmp_path)


def test_a_key_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").touch()
    with pytest.raises(SigningKeyError, match="config"):
        load_or_make_key(tmp_path / "config")
