"""A bundle that will not be opened, or could not be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom.errors.families import BundleError, BundleWriteError
from lissom.errors.wording import REFUSED, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class NoBundleError(BundleError):
    """What was named is not a bundle."""

    def __init__(self, bundle: str, why: str) -> None:
        """Name the path and what is wrong with it."""
        super().__init__(
            f"{shown(bundle, 300)} is not a bundle: {why}. Give the folder that lissom build wrote."
        )


class ManifestError(BundleError):
    """manifest.json is damaged, or holds what this version does not know."""

    def __init__(self, bundle: str, why: str) -> None:
        """Name the rule that was broken."""
        super().__init__(f"Bundle {bundle}: manifest.json: {shown(why, 200)}. {REFUSED}")


class NotCanonicalError(BundleError):
    """The content may be right, but the bytes are not the one form allowed."""

    def __init__(self, bundle: str, name: str) -> None:
        """Name the file."""
        super().__init__(
            f"Bundle {bundle}: {name} was written in another form than the one allowed, so "
            f"something has rewritten it. {REFUSED}"
        )


class NewerFormatError(BundleError):
    """The bundle was written by a later lissom."""

    def __init__(self, bundle: str, found: str, known: str) -> None:
        """Name the format found and the one known here."""
        super().__init__(
            f"Bundle {bundle}: its format is {shown(found)} and holds what this lissom, which "
            f"reads {known}, does not know. Update lissom, then try again."
        )


class PathEscapeError(BundleError):
    """A name in the manifest points out of the folder."""

    def __init__(self, bundle: str, name: str) -> None:
        """Name the name."""
        super().__init__(
            f'Bundle {bundle}: the manifest names "{shown(name)}", which points out of the '
            "bundle's folder. It will not be opened. Somebody made it to do harm; delete it."
        )


class UnknownFileError(BundleError):
    """A file that has no business in a bundle."""

    def __init__(self, bundle: str, name: str, *, is_in_folder: bool) -> None:
        """Name the file and where its name was found."""
        where = "the folder holds" if is_in_folder else "the manifest names"
        super().__init__(
            f'Bundle {bundle}: {where} "{shown(name)}", which does not belong in it. It will not '
            "be opened. Move that file away if you put it there; else fetch the bundle again."
        )


class LookalikeFileError(BundleError):
    """A name that only looks like one we know: other case, or other code points."""

    def __init__(self, bundle: str, name: str, like: str) -> None:
        """Name it, escaped, and the name it looks like."""
        super().__init__(
            f'Bundle {bundle}: "{shown(name)}" looks like {like} and is another name. {REFUSED}'
        )


class AbsentFileError(BundleError):
    """A file that should be there is not."""

    def __init__(self, bundle: str, name: str) -> None:
        """Name the file."""
        super().__init__(f"Bundle {bundle}: {name} is missing. {REFUSED}")


class LinkedFileError(BundleError):
    """A file in the bundle is a link, so somebody else can change it."""

    def __init__(self, bundle: str, name: str, kind: str) -> None:
        """Name the file and the kind of link."""
        super().__init__(
            f"Bundle {bundle}: {name} is a {kind} link. It will not be opened. Copy the bundle "
            "to a new folder so that its files stand on their own, or fetch it again."
        )


class SpecialFileError(BundleError):
    """A folder, pipe or device stands where a file should be."""

    def __init__(self, bundle: str, name: str, kind: str) -> None:
        """Name the entry and what it is."""
        super().__init__(f'Bundle {bundle}: "{shown(name)}" is a {kind}, not a file. {REFUSED}')


class OversizeFileError(BundleError):
    """A file is larger than a reader has to accept."""

    def __init__(self, bundle: str, name: str, size: int, limit: int) -> None:
        """Name the file, its size and the limit, in bytes."""
        super().__init__(
            f"Bundle {bundle}: {name} is said to have {size} bytes; at most {limit} are allowed. "
            f"{REFUSED}"
        )


class ChangedFileError(BundleError):
    """A file is not the one that the manifest speaks of."""

    def __init__(self, bundle: str, name: str) -> None:
        """Name the file."""
        super().__init__(f"Bundle {bundle}: {name} changed after it was written. {REFUSED}")


class UnreadableFileError(BundleError):
    """The system would not let us read a file."""

    def __init__(self, bundle: str, name: str, reason: str) -> None:
        """Name the file and what the system said."""
        super().__init__(
            f"Bundle {bundle}: {name} cannot be read: {reason}. Check the disk and the rights of "
            "the file, then try again."
        )


class UnsafeFileError(BundleError):
    """A file is not of its kind, or asks for something that a bundle may not ask for."""

    def __init__(self, bundle: str, name: str, why: str) -> None:
        """Name the file and what was found in it."""
        super().__init__(f"Bundle {bundle}: {name}: {shown(why, 200)}. {REFUSED}")


class NotReplaceableError(BundleWriteError):
    """Something that is not ours stands where the bundle should go."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what was found there."""
        super().__init__(
            f"{folder} was left as it is: {why}, so it is not a bundle that may be replaced. "
            "Choose another --out, or move it away."
        )


class WrongFilesError(BundleWriteError):
    """What was to be written would be refused by every reader."""

    def __init__(self, bundle: str, why: str) -> None:
        """Say what is wrong."""
        super().__init__(
            f"Bundle {bundle} was not written: {shown(why, 300)}. Correct what is handed in."
        )


class CannotWriteError(BundleWriteError):
    """The system would not let us write."""

    def __init__(self, folder: str, reason: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"{folder} was not written: {reason}. What stood there before is untouched. Make room "
            "or choose another --out, then run it again."
        )


class UnknownTaskError(BundleError):
    """A bundle speaks of a task that this version does not know."""

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        """Name the task and those that are known."""
        super().__init__(
            f'The task "{kind}" is not known here; known: {", ".join(known)}. '
            "Update lissom, then try again."
        )


class EvidenceFileError(BundleError):
    """evidence.json does not hold figures."""

    def __init__(self, bundle: str, why: str) -> None:
        """Name the bundle and what is wrong."""
        super().__init__(f"Bundle {bundle}: evidence.json: {why}. Build it again.")


class StoryFileError(BundleError):
    """story.json does not hold what documents are written from."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(f"story.json: {shown(why, 250)}. Build the bundle again.")


class DecisionFileError(BundleError):
    """decision.json does not hold a decision."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(f"decision.json: {shown(why, 250)}. Build the bundle again.")


class DocumentDiffersError(BundleError):
    """A document does not say what the figures beside it say."""

    def __init__(self, bundle: str, name: str, line: int) -> None:
        """Name the document and the first line of it that is not what it should be."""
        super().__init__(
            f"Bundle {bundle}: {name}, line {line}: this is not what the figures and the story "
            "beside it give. Do not rely on it: its signer changed it by hand, or made it with "
            "something else. Fetch the bundle from its maker, or build it again."
        )


class AnswerSettingsError(BundleError):
    """answer.json does not say how to answer."""

    def __init__(self, why: str) -> None:
        """Name the rule that was broken."""
        super().__init__(f"answer.json: {why}. The bundle will not be used; build it again.")


class LexicalShapeError(BundleError):
    """The parts of the lexical tier do not fit each other."""

    def __init__(self, slots: tuple[int, ...], weights: tuple[int, ...], classes: int) -> None:
        """Name the shapes that were found."""
        super().__init__(
            f"lexical.safetensors: slots {slots}, weights {weights} and {classes} classes do not "
            "fit each other. The bundle will not be used; build it again."
        )


class LexicalFileError(BundleError):
    """lexical.safetensors does not hold a lexical tier."""

    def __init__(self, why: str) -> None:
        """Say what it holds instead."""
        super().__init__(
            f"lexical.safetensors: {shown(why, 250)}. The bundle will not be used; build it again."
        )


class TokenizerFileError(BundleError):
    """tokenizer.json does not turn texts into numbers."""

    def __init__(self, why: str) -> None:
        """Say what its reader said."""
        super().__init__(
            f"tokenizer.json: {shown(why, 200)}. The bundle will not be used; build it again."
        )


class GraphFailedError(BundleError):
    """model.onnx does not run, or gives something else than scores."""

    def __init__(self, why: str) -> None:
        """Say what went wrong."""
        super().__init__(
            f"model.onnx failed: {shown(why, 250)}. The bundle will not be used; build it again, "
            "or fetch it from somebody you trust."
        )


class DisagreeingPartsError(BundleError):
    """The parts that answer were not made for each other."""

    def __init__(self, named: int, lexical: int, graph: int, wanted: int) -> None:
        """Name how many classes each of them has, and what the graph should give."""
        super().__init__(
            f"answer.json names {named} classes, lexical.safetensors scores {lexical} and "
            f"model.onnx gives {graph} numbers, where {wanted} are wanted. The bundle will not be "
            "used; build it again."
        )


class GoldenRowsError(BundleError):
    """A bundle does not answer as it did when it was built."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(
            f"golden.json: {why}. The bundle will not be used on this machine; build it here, or "
            "run lissom doctor and compare the int8 instructions with those it was measured on."
        )
