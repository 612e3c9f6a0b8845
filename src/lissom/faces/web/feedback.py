"""`POST /feedback`: true labels, when somebody knows them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from lissom.errors import NoFeedbackError, WrongKindError
from lissom.faces.web.exchange import JSON, json_reply
from lissom.operate.watching import MOST_LABELS, Told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from lissom.faces.web.exchange import Reply, Request

    class Hears(Protocol):
        """Who takes true labels; see `Chronicle`."""

        def tell_labels(self, told: Sequence[Told], who: str) -> int:
            """Write them down."""
            ...


class Label(msgspec.Struct, forbid_unknown_fields=True):
    """One true label.

    Args:
        label: the true answer.
        id: of the prediction it belongs to, as /predict gave it.
        text: or the text, whose latest prediction it belongs to.
        by_lot: the text was chosen to be labelled by lot.
    """

    label: str
    id: str | None = None
    text: str | None = None
    by_lot: bool = False


class Labels(msgspec.Struct, forbid_unknown_fields=True):
    """Several."""

    labels: list[Label]


_ONE = msgspec.json.Decoder(Label)
_SEVERAL = msgspec.json.Decoder(Labels)


async def take_feedback(hears: Hears, request: Request, limit: int, who: str) -> Reply:
    """Write true labels down, all or none.

    Raises:
        RequestError: the body tells no label, or one for what nobody asked.
    """
    if request.header("content-type").partition(";")[0].strip().lower() != JSON:
        raise WrongKindError("JSON with content-type application/json")
    told = read_feedback(await request.body(limit))
    count = await asyncio.to_thread(hears.tell_labels, told, who)
    return json_reply({"taken": count})


def read_feedback(body: bytes) -> list[Told]:
    """Read true labels; no sentence quotes a text.

    Raises:
        NoFeedbackError: there is none, or one without an id and a text.

    >>> read_feedback(b'{"id": "7", "label": "refund"}')[0].number
    7
    """
    try:
        is_several = body.lstrip().startswith(b'{"labels"')
        found = _SEVERAL.decode(body).labels if is_several else [_ONE.decode(body)]
    except UnicodeDecodeError as error:
        raise NoFeedbackError("The body is not UTF-8") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise NoFeedbackError(str(error)) from error
    if not 1 <= len(found) <= MOST_LABELS:
        raise NoFeedbackError(f"There are {len(found)} labels; 1 to {MOST_LABELS} are allowed")
    return [_to_told(one) for one in found]


def _to_told(label: Label) -> Told:
    if (label.id is None) == (label.text is None):
        raise NoFeedbackError("A label needs exactly one of id and text")
    if label.id is None:
        return Told(label.label, None, label.text, label.by_lot)
    if not label.id.isdecimal() or len(label.id) > 19:  # noqa: PLR2004 - what 63 bits may have
        raise NoFeedbackError("An id is no number")
    return Told(label.label, int(label.id), None, label.by_lot)
