"""The folder on disk: write, read, check, sign."""

from lissom.bundle.keys import SigningKey, Trust, load_or_make_key, load_trust, make_key, trust_key
from lissom.bundle.manifest import BaseModel, Facts, Manifest
from lissom.bundle.parts import PARTS
from lissom.bundle.read import Bundle, open_bundle
from lissom.bundle.verify import Verified, verify
from lissom.bundle.write import write_bundle

__all__ = [
    "PARTS",
    "BaseModel",
    "Bundle",
    "Facts",
    "Manifest",
    "SigningKey",
    "Trust",
    "Verified",
    "load_or_make_key",
    "load_trust",
    "make_key",
    "open_bundle",
    "trust_key",
    "verify",
    "write_bundle",
]
