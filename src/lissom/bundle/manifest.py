"""manifest.json: what a bundle is, and the hash of every file in it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from lissom.bundle.json_form import canonical, parse
from lissom.bundle.limits import MANIFEST_DEPTH
from lissom.bundle.malformed import Malformed
from lissom.bundle.parts import BY_NAME, LISTED
from lissom.errors import (
    AbsentFileError,
    BundleError,
    LookalikeFileError,
    ManifestError,
    NewerFormatError,
    NotCanonicalError,
    OversizeFileError,
    PathEscapeError,
    UnknownFileError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "lissom-bundle"
FORMAT_MAJOR, FORMAT_MINOR = 1, 1
FORMAT_VERSION = f"{FORMAT_MAJOR}.{FORMAT_MINOR}"

_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")

Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Words = Annotated[
    str,
    # Shown to people: no control codes, nothing that turns the direction of the line around.
    msgspec.Meta(
        min_length=1,
        max_length=200,
        pattern="\\A[^\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]+\\Z",
    ),
]
Kind = Annotated[str, msgspec.Meta(pattern=r"\A[a-z][a-z0-9-]{0,63}\Z")]
Size = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the manifest says of one file.

    Args:
        bytes: its size.
        sha256: of its bytes, 64 lower-case hex digits.
    """

    bytes: Size
    sha256: Sha256


class BaseModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The encoder that the model was made from.

    Args:
        name: as its publisher calls it.
        sha256: of its weights file.
        licence: SPDX identifier where there is one.
    """

    name: Words
    sha256: Sha256
    licence: Words


@dataclass(frozen=True, slots=True)
class Facts:
    """What the writer of a bundle has to say about it.

    Args:
        task: kind of task, as in `lissom.tasks`.
        created_by: the program and its version, "lissom 0.1.0".
        recipe_fingerprint: sha256 of the settings.
        data_fingerprint: sha256 of the rows, as `Dataset` gives it.
        base_model: None when it was made from none.
        measured_on: instruction set that int8 figures hold for; "x86-64 avx512_vnni".
    """

    task: str
    created_by: str
    recipe_fingerprint: str
    data_fingerprint: str
    base_model: BaseModel | None
    measured_on: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """manifest.json.

    Args:
        base_model: see `Facts`; likewise the other fields of the same name.
        files: every file but the manifest, the signature and the signer's key.
        format: always "lissom-bundle".
        format_version: "major.minor".
    """

    base_model: BaseModel | None
    created_by: Words
    data_fingerprint: Sha256
    files: dict[str, FileEntry]
    format: str
    format_version: str
    measured_on: Words
    recipe_fingerprint: Sha256
    task: Kind

    def to_bytes(self) -> bytes:
        """Return the one form in which a manifest may stand on disk."""
        return canonical(msgspec.to_builtins(self))


def make_manifest(files: Mapping[str, bytes], facts: Facts) -> Manifest:
    """Describe these files; whether they may stand in a bundle is not asked here."""
    return Manifest(
        base_model=facts.base_model,
        created_by=facts.created_by,
        data_fingerprint=facts.data_fingerprint,
        files={name: describe(raw) for name, raw in files.items()},
        format=FORMAT,
        format_version=FORMAT_VERSION,
        measured_on=facts.measured_on,
        recipe_fingerprint=facts.recipe_fingerprint,
        task=facts.task,
    )


def describe(raw: bytes) -> FileEntry:
    """Return size and hash.

    >>> describe(b"").sha256[:8]
    'e3b0c442'
    """
    return FileEntry(bytes=len(raw), sha256=hashlib.sha256(raw).hexdigest())


def read_manifest(raw: bytes, bundle: str) -> Manifest:
    """Read a manifest strictly.

    Args:
        raw: the file.
        bundle: the bundle's name, for the sentence.

    Raises:
        BundleError: one of its kinds; see the table in docs/bundle.md.
    """
    try:
        tree = parse(raw, max_depth=MANIFEST_DEPTH)
    except Malformed as error:
        raise ManifestError(bundle, str(error)) from error
    major, minor = _read_version(tree, bundle)
    try:
        manifest = _read_tree(tree, bundle)
    except BundleError as error:
        # Of a later minor version, whatever we stumbled over is most likely what it added.
        if (major, minor) > (FORMAT_MAJOR, FORMAT_MINOR):
            raise NewerFormatError(bundle, f"{major}.{minor}", FORMAT_VERSION) from error
        raise
    if manifest.to_bytes() != raw:
        raise NotCanonicalError(bundle, "manifest.json")
    return manifest


def refuse_name(name: str, bundle: str, *, is_in_folder: bool) -> BundleError:
    """Return the error for a name that no bundle may hold.

    >>> type(refuse_name("Model.ONNX", "shop", is_in_folder=True)).__name__
    'LookalikeFileError'
    """
    if not is_in_folder and (re.search(r"[/\\:]", name) or name in {"", ".", ".."}):
        return PathEscapeError(bundle, name)
    plain = _plain(name)
    if plain in BY_NAME and plain != name:
        return LookalikeFileError(bundle, name, plain)
    return UnknownFileError(bundle, name, is_in_folder=is_in_folder)


def _plain(name: str) -> str:
    """Fold case, width and accents, and drop what cannot be seen."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in folded if unicodedata.category(c) not in {"Mn", "Cf", "Cc"}).strip()


def _read_version(tree: object, bundle: str) -> tuple[int, int]:
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise ManifestError(bundle, f'its "format" is not "{FORMAT}"')
    version = tree.get("format_version")
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        raise ManifestError(bundle, f"format_version is {version!r}, not like 1.0")
    major, minor = int(match[1]), int(match[2])
    if major > FORMAT_MAJOR:
        raise NewerFormatError(bundle, f"{major}.{minor}", FORMAT_VERSION)
    if major < FORMAT_MAJOR:
        raise ManifestError(bundle, f"format_version is {version}, and there never was one")
    return major, minor


def _read_tree(tree: object, bundle: str) -> Manifest:
    try:
        manifest = msgspec.convert(tree, Manifest, strict=True)
    except msgspec.ValidationError as error:
        raise ManifestError(bundle, str(error)) from error
    for name, entry in manifest.files.items():
        if name not in LISTED:
            raise refuse_name(name, bundle, is_in_folder=False)
        if entry.bytes > LISTED[name].max_bytes:
            raise OversizeFileError(bundle, name, entry.bytes, LISTED[name].max_bytes)
    for part in LISTED.values():
        if part.is_required and part.name not in manifest.files:
            raise AbsentFileError(bundle, part.name)
    return manifest
