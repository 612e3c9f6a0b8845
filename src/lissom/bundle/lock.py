"""A private key under a passphrase: PKCS #8 that other programs can open, and slow to guess.

The usual writer stretches a passphrase 2,048 times, which a graphics card undoes. Here it is
scrypt, at the lowest memory of the strengths that OWASP's password storage sheet calls equal, so
that `openssl pkey` opens it without another option.

Source: RFC 5958 (the envelope), RFC 8018 (PBES2), RFC 7914 (scrypt and its parameters).
"""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

LOCKED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
"""The first line of a key under a passphrase."""

_COST, _BLOCK, _LANES = 1 << 14, 8, 5
_SALT_BYTES = _IV_BYTES = 16
_SEQUENCE, _INTEGER, _OCTETS, _NAME = 0x30, 0x02, 0x04, 0x06
_LONG = 0x80
_PBES2 = bytes.fromhex("2a864886f70d01050d")
_SCRYPT = bytes.fromhex("2b06010401da47040b")
_AES256_CBC = bytes.fromhex("60864801650304012a")


def unlocked_pem(key: EllipticCurvePrivateKey) -> bytes:
    """Return the key in PEM, readable by whoever has the file."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def locked_pem(key: EllipticCurvePrivateKey, passphrase: str) -> bytes:
    """Return the key in PEM, readable by whoever has the file and the passphrase.

    Args:
        key: the private key.
        passphrase: any text, at least one character.

    >>> from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    >>> locked_pem(generate_private_key(SECP256R1()), "a secret").startswith(LOCKED)
    True
    """
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, start = os.urandom(_SALT_BYTES), os.urandom(_IV_BYTES)
    secret = hashlib.scrypt(
        passphrase.encode(),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_LANES,
        maxmem=256 * _COST * _BLOCK,
        dklen=32,
    )
    filler = PKCS7(AES.block_size).padder()
    whole = filler.update(plain) + filler.finalize()
    cipher = Cipher(AES(secret), CBC(start)).encryptor()
    hidden = cipher.update(whole) + cipher.finalize()
    stretched = _der(_SEQUENCE, _der(_OCTETS, salt), *map(_number, (_COST, _BLOCK, _LANES)))
    how = _der(
        _SEQUENCE,
        _der(_SEQUENCE, _der(_NAME, _SCRYPT), stretched),
        _der(_SEQUENCE, _der(_NAME, _AES256_CBC), _der(_OCTETS, start)),
    )
    scheme = _der(_SEQUENCE, _der(_NAME, _PBES2), how)
    return _pem(_der(_SEQUENCE, scheme, _der(_OCTETS, hidden)))


def _der(kind: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < _LONG:
        return bytes([kind, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([kind, _LONG | len(size)]) + size + body


def _number(value: int) -> bytes:
    # One byte more than the digits need where the first bit would read as a minus.
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _pem(der: bytes) -> bytes:
    letters = base64.b64encode(der)
    lines = [letters[i : i + 64] for i in range(0, len(letters), 64)]
    return b"\n".join((LOCKED, *lines, LOCKED.replace(b"BEGIN", b"END"), b""))
