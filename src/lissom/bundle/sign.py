"""model.sig: a signature in the layout of OpenSSF model-signing 1.x, over every file.

Everything in it but the signature itself follows from the files and the key, so it is built again
and compared byte for byte; nothing that it says is believed.

Source: DSSE 1.0.2, protocol.md; in-toto Statement v1; sigstore bundle v0.3; the predicate
https://model_signing/signature/v1.0 as model-signing 1.1.1 reads it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING

import msgspec

from lissom.bundle.json_form import canonical, parse
from lissom.bundle.keys import read_public
from lissom.bundle.limits import SIGNATURE_DEPTH
from lissom.bundle.malformed import Malformed
from lissom.bundle.parts import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lissom.bundle.keys import PublicKey, SigningKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://model_signing/signature/v1.0"
MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SUBJECT = "lissom-bundle"
"""Always the same, so that a bundle may be renamed."""


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: tuple[_Signature]


class _SigstoreBundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    dsse_envelope: _Envelope
    media_type: str
    verification_material: dict[str, object]


def make_payload(digests: Mapping[str, str]) -> bytes:
    """Return the in-toto statement that is signed.

    Args:
        digests: name to sha256 (hex) of every file but the signature.
    """
    ordered = sorted(digests.items())
    root = hashlib.sha256(b"".join(bytes.fromhex(digest) for _, digest in ordered)).hexdigest()
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "predicate": {
                "resources": [
                    {"algorithm": "sha256", "digest": digest, "name": name}
                    for name, digest in ordered
                ],
                "serialization": {
                    "allow_symlinks": False,
                    "hash_type": "sha256",
                    "ignore_paths": [SIGNATURE],
                    "method": "files",
                },
            },
            "predicateType": PREDICATE_TYPE,
            "subject": [{"digest": {"sha256": root}, "name": SUBJECT}],
        }
    )


def sign(digests: Mapping[str, str], key: SigningKey) -> bytes:
    """Return model.sig for these files."""
    payload = make_payload(digests)
    return _envelope(payload, key.public, key.sign(_encode(payload)))


def check_signature(raw: bytes, pem: bytes, digests: Mapping[str, str]) -> str:
    """Return the fingerprint of who signed these files.

    Args:
        raw: model.sig.
        pem: signer.pem.
        digests: name to sha256 of every file but the signature, as they are now.

    Raises:
        Malformed: the signature does not hold; says why.
    """
    key = read_public(pem)
    if key.pem != pem:
        message = "signer.pem is not in the one form allowed"
        raise Malformed(message)
    payload = make_payload(digests)
    signature = _read_signature(raw, payload)
    # Whatever else model.sig says must be what we would say.
    if _envelope(payload, key, signature) != raw:
        message = "model.sig was changed, or speaks of another key"
        raise Malformed(message)
    if not key.holds(signature, _encode(payload)):
        message = "the owner of signer.pem did not sign these files"
        raise Malformed(message)
    return key.fingerprint


def _read_signature(raw: bytes, payload: bytes) -> bytes:
    try:
        found = msgspec.convert(parse(raw, max_depth=SIGNATURE_DEPTH), _SigstoreBundle)
        signature = base64.b64decode(found.dsse_envelope.signatures[0].sig, validate=True)
    except Malformed as error:
        message = f"model.sig: {error}"
        raise Malformed(message) from error
    except (msgspec.ValidationError, binascii.Error, ValueError) as error:
        message = "model.sig is not a sigstore bundle with one signature"
        raise Malformed(message) from error
    if found.dsse_envelope.payload != base64.b64encode(payload).decode():
        message = "it was made for other files than these"
        raise Malformed(message)
    return signature


def _encode(payload: bytes) -> bytes:
    """Return what the key signs: DSSE's pre-authentication encoding."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _envelope(payload: bytes, key: PublicKey, signature: bytes) -> bytes:
    return canonical(
        {
            "dsseEnvelope": {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": "", "sig": base64.b64encode(signature).decode()}],
            },
            "mediaType": MEDIA_TYPE,
            "verificationMaterial": {
                "publicKey": {"hint": key.fingerprint},
                "tlogEntries": [],
            },
        }
    )
