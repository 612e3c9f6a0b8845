"""What a server answers instead of an answer; each has its HTTP status."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from lissom.errors.families import RequestError
from lissom.errors.wording import did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


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
            f'No model "{shown(model)}" is served here.{did_you_mean(model, known)} '
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
            f'The model has no label "{shown(label)}".{did_you_mean(label, known)} '
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
