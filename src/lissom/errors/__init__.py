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
│   ├── NoSuchGroupError       a column to group by that the rows do not have
│   └── FingerprintFileError
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
│   ├── TuneJobError           tuning in several processes broke off
│   ├── TeacherNotFoundError
│   └── TeacherNotHeardError
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
│   ├── NoSuchLogError
│   └── HourDamagedError       a Parquet file of the log that is none
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

from lissom.errors.asking import (
    DescriptionError,
    GateRangeError,
    LabelNameError,
    MissingPartError,
    NoneWordError,
    NoSuchClassError,
    NotATableError,
    NothingToPredictError,
    NotTextsError,
    NoWhereToWriteError,
    OnlyForFilesError,
    OutputNotBuiltError,
    PolicyFileError,
    RecipeError,
    RoleTwiceError,
    TaskWordError,
    UnknownQuestionError,
)
from lissom.errors.building import (
    BaseChangedError,
    BaseNotFoundError,
    BudgetNotMetError,
    ExportDiffersError,
    NotReleasedError,
    SizeBudgetError,
    TeacherNotFoundError,
    TeacherNotHeardError,
    TuneJobError,
)
from lissom.errors.bundle import (
    AbsentFileError,
    AnswerSettingsError,
    CannotWriteError,
    ChangedFileError,
    DecisionFileError,
    DisagreeingPartsError,
    DocumentDiffersError,
    EvidenceFileError,
    GoldenRowsError,
    GraphFailedError,
    LexicalFileError,
    LexicalShapeError,
    LinkedFileError,
    LookalikeFileError,
    ManifestError,
    NewerFormatError,
    NoBundleError,
    NotCanonicalError,
    NotReplaceableError,
    OversizeFileError,
    PathEscapeError,
    SpecialFileError,
    StoryFileError,
    TokenizerFileError,
    UnknownFileError,
    UnknownTaskError,
    UnreadableFileError,
    UnsafeFileError,
    WrongFilesError,
)
from lissom.errors.examine import (
    ExamFileError,
    NoSuchGroupError,
    PickleRefusedError,
    ServerTargetError,
    TargetNotFoundError,
    TargetUnreadableError,
    UnknownPartError,
    WrongAnswersError,
)
from lissom.errors.families import (
    BaseError,
    BudgetError,
    BundleError,
    BundleWriteError,
    DataError,
    LissomError,
    LogError,
    ReleaseError,
    RequestError,
    SigningKeyError,
    TargetError,
    UsageError,
)
from lissom.errors.keys import (
    AmbiguousKeyError,
    BrokenSignatureError,
    FingerprintDiffersError,
    KeyExistsError,
    LockedKeyError,
    NoFingerprintError,
    NoSigningKeyError,
    OtherKeyError,
    OtherSignerError,
    RevokedKeyError,
    RevokedSignerError,
    TrustFileError,
    UnknownKeyError,
    UnsignedError,
    UntrustedSignerError,
)
from lissom.errors.operate import (
    AlarmFileError,
    BecauseError,
    HourDamagedError,
    IncidentNumberError,
    IncidentsNotWrittenError,
    NoReleaseError,
    NoSuchLogError,
    NothingOnTrialError,
    NothingToAcceptError,
    NothingToGoBackToError,
    NotWatchedError,
    OneAtATimeError,
    OnlyWithLogError,
    PortTakenError,
    ProofError,
    RecordBrokenError,
    RecordWordsError,
    ReleaseNotWrittenError,
    SameVersionError,
    ServeNothingError,
    ServerKeyError,
    TlsError,
)
from lissom.errors.reading import (
    ClassListError,
    ColumnTakenError,
    DamagedSourceError,
    DifferentColumnsError,
    EmptySourceError,
    FetchError,
    LicenceError,
    NamesSayNothingError,
    NoHeaderError,
    NoLabelsError,
    NoRowsError,
    NotAWorkbookError,
    SourceMissingError,
    TooFewClassesError,
    TooLongLineError,
    UnclearColumnError,
    UnknownColumnError,
    UnknownFormatError,
)
from lissom.errors.request import (
    BadRequestError,
    BusyError,
    FaultError,
    LateError,
    NoFeedbackError,
    NoKeyError,
    NoQuestionError,
    NoSuchAnswerError,
    NoSuchModelError,
    NoSuchPathError,
    NotLoggedError,
    NotReadyError,
    OversizeBodyError,
    SlowBodyError,
    StoppingError,
    TensorError,
    TooOftenError,
    UnknownLabelError,
    WrongKindError,
    WrongMethodError,
    WrongScopeError,
)
from lissom.errors.rows import (
    FindingsFileError,
    FingerprintFileError,
    LabelsFileError,
    LineTooLongError,
    NothingToLabelError,
    OtherRowsError,
    OverInputError,
    SampleDiffersError,
    SampleNotWrittenError,
    SheetInTheWayError,
    SheetNotWrittenError,
    StrangeLabelsError,
    UnknownKindError,
    UnknownSampleError,
)
from lissom.errors.wording import (
    shown,
)

__all__ = [
    "AbsentFileError",
    "AlarmFileError",
    "AmbiguousKeyError",
    "AnswerSettingsError",
    "BadRequestError",
    "BaseChangedError",
    "BaseError",
    "BaseNotFoundError",
    "BecauseError",
    "BrokenSignatureError",
    "BudgetError",
    "BudgetNotMetError",
    "BundleError",
    "BundleWriteError",
    "BusyError",
    "CannotWriteError",
    "ChangedFileError",
    "ClassListError",
    "ColumnTakenError",
    "DamagedSourceError",
    "DataError",
    "DecisionFileError",
    "DescriptionError",
    "DifferentColumnsError",
    "DisagreeingPartsError",
    "DocumentDiffersError",
    "EmptySourceError",
    "EvidenceFileError",
    "ExamFileError",
    "ExportDiffersError",
    "FaultError",
    "FetchError",
    "FindingsFileError",
    "FingerprintDiffersError",
    "FingerprintFileError",
    "GateRangeError",
    "GoldenRowsError",
    "GraphFailedError",
    "HourDamagedError",
    "IncidentNumberError",
    "IncidentsNotWrittenError",
    "KeyExistsError",
    "LabelNameError",
    "LabelsFileError",
    "LateError",
    "LexicalFileError",
    "LexicalShapeError",
    "LicenceError",
    "LineTooLongError",
    "LinkedFileError",
    "LissomError",
    "LockedKeyError",
    "LogError",
    "LookalikeFileError",
    "ManifestError",
    "MissingPartError",
    "NamesSayNothingError",
    "NewerFormatError",
    "NoBundleError",
    "NoFeedbackError",
    "NoFingerprintError",
    "NoHeaderError",
    "NoKeyError",
    "NoLabelsError",
    "NoQuestionError",
    "NoReleaseError",
    "NoRowsError",
    "NoSigningKeyError",
    "NoSuchAnswerError",
    "NoSuchClassError",
    "NoSuchGroupError",
    "NoSuchLogError",
    "NoSuchModelError",
    "NoSuchPathError",
    "NoWhereToWriteError",
    "NoneWordError",
    "NotATableError",
    "NotAWorkbookError",
    "NotCanonicalError",
    "NotLoggedError",
    "NotReadyError",
    "NotReleasedError",
    "NotReplaceableError",
    "NotTextsError",
    "NotWatchedError",
    "NothingOnTrialError",
    "NothingToAcceptError",
    "NothingToGoBackToError",
    "NothingToLabelError",
    "NothingToPredictError",
    "OneAtATimeError",
    "OnlyForFilesError",
    "OnlyWithLogError",
    "OtherKeyError",
    "OtherRowsError",
    "OtherSignerError",
    "OutputNotBuiltError",
    "OverInputError",
    "OversizeBodyError",
    "OversizeFileError",
    "PathEscapeError",
    "PickleRefusedError",
    "PolicyFileError",
    "PortTakenError",
    "ProofError",
    "RecipeError",
    "RecordBrokenError",
    "RecordWordsError",
    "ReleaseError",
    "ReleaseNotWrittenError",
    "RequestError",
    "RevokedKeyError",
    "RevokedSignerError",
    "RoleTwiceError",
    "SameVersionError",
    "SampleDiffersError",
    "SampleNotWrittenError",
    "ServeNothingError",
    "ServerKeyError",
    "ServerTargetError",
    "SheetInTheWayError",
    "SheetNotWrittenError",
    "SigningKeyError",
    "SizeBudgetError",
    "SlowBodyError",
    "SourceMissingError",
    "SpecialFileError",
    "StoppingError",
    "StoryFileError",
    "StrangeLabelsError",
    "TargetError",
    "TargetNotFoundError",
    "TargetUnreadableError",
    "TaskWordError",
    "TeacherNotFoundError",
    "TeacherNotHeardError",
    "TensorError",
    "TlsError",
    "TokenizerFileError",
    "TooFewClassesError",
    "TooLongLineError",
    "TooOftenError",
    "TrustFileError",
    "TuneJobError",
    "UnclearColumnError",
    "UnknownColumnError",
    "UnknownFileError",
    "UnknownFormatError",
    "UnknownKeyError",
    "UnknownKindError",
    "UnknownLabelError",
    "UnknownPartError",
    "UnknownQuestionError",
    "UnknownSampleError",
    "UnknownTaskError",
    "UnreadableFileError",
    "UnsafeFileError",
    "UnsignedError",
    "UntrustedSignerError",
    "UsageError",
    "WrongAnswersError",
    "WrongFilesError",
    "WrongKindError",
    "WrongMethodError",
    "WrongScopeError",
    "shown",
]
