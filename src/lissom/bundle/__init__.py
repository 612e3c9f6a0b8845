"""The folder on disk: write, read, check, sign."""

from lissom.bundle.keyring import (
    OwnKey,
    find_own_key,
    list_retired,
    load_or_make_key,
    make_key_file,
    retire_key,
)
from lissom.bundle.keys import PublicKey, SigningKey, make_key, read_public
from lissom.bundle.manifest import BaseModel, Facts, Manifest
from lissom.bundle.parts import PARTS
from lissom.bundle.read import Bundle, open_bundle
from lissom.bundle.trust import (
    TRUST_FILE,
    Trust,
    TrustedKey,
    list_trusted,
    load_trust,
    load_trust_file,
    read_trust,
    trust_key,
    untrust_key,
)
from lissom.bundle.verify import Verified, verify
from lissom.bundle.whole import write_whole
from lissom.bundle.write import write_bundle

__all__ = [
    "PARTS",
    "TRUST_FILE",
    "BaseModel",
    "Bundle",
    "Facts",
    "Manifest",
    "OwnKey",
    "PublicKey",
    "SigningKey",
    "Trust",
    "TrustedKey",
    "Verified",
    "find_own_key",
    "list_retired",
    "list_trusted",
    "load_or_make_key",
    "load_trust",
    "load_trust_file",
    "make_key",
    "make_key_file",
    "open_bundle",
    "read_public",
    "read_trust",
    "retire_key",
    "trust_key",
    "untrust_key",
    "verify",
    "write_bundle",
    "write_whole",
]
