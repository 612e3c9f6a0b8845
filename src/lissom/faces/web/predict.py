"""`POST /predict`: for people, and for programs that a person writes in ten minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import numpy as np

from lissom.errors import NoQuestionError, WrongKindError
from lissom.faces.web.exchange import JSON, json_reply
from lissom.operate.serving import Question, rank, smallest_set
from lissom.runtime import Reason, inquire, say_why
from lissom.tasks import Labels, names_given

if TYPE_CHECKING:
    from lissom.faces.web.exchange import Reply, Request
    from lissom.operate.serving import Desk, Given, Limits

_MOST_TOP = 10


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What a client may send: a text or texts, and what it wants to know of each.

    Args:
        text: one text.
        texts: several.
        top: how many labels to show, best first.
        set: show the fewest labels that hold this much probability together.
        subject: whom the texts are about; never stored as it is.
        why: tell what each word did for the answer; of one text only, since it asks up to 50 times.
    """

    text: str | msgspec.UnsetType = msgspec.UNSET
    texts: list[str] | msgspec.UnsetType = msgspec.UNSET
    top: Annotated[int, msgspec.Meta(ge=1, le=_MOST_TOP)] | None = None
    set: Annotated[float, msgspec.Meta(gt=0, lt=1)] | None = None
    subject: Annotated[str, msgspec.Meta(max_length=256)] = ""
    why: bool = False


class Chance(msgspec.Struct):
    """A label and how likely it is to be right."""

    label: str
    probability: float


class Why(msgspec.Struct):
    """The likeliest label, and what each word did for it, the weightiest first."""

    label: str
    sentence: str
    reasons: list[Reason]


class Said(msgspec.Struct, omit_defaults=True):
    """One answer; the names are those of `lissom predict --json`."""

    label: str
    probability: float
    unsure: bool
    labels: tuple[str, ...] | None = None
    id: str = ""
    tier: str = ""
    top: list[Chance] | None = None
    set: list[str] | None = None
    why: Why | None = None


class Predictions(msgspec.Struct):
    """All answers, in the order of the texts."""

    model: str
    version: str
    predictions: list[Said]


_DECODER = msgspec.json.Decoder(Asked)


async def predict(
    desk: Desk, request: Request, model: str | None, *, is_logged: bool = False
) -> Reply:
    """Answer one request.

    Args:
        desk: answers.
        request: what is asked.
        model: its name, or None where only one is served.
        is_logged: answers can be told from each other later, so each gets an id.

    Raises:
        RequestError: it asks nothing, or nobody can answer.
    """
    kind = request.header("content-type")
    if kind != JSON and kind.partition(";")[0].strip().lower() != JSON:
        raise WrongKindError('JSON with content-type application/json: {"text": "..."}')
    asked = read_question(await request.body(desk.limits.body_bytes))
    texts = check_texts(asked, desk.limits)
    question = Question(
        texts, model, request.header("x-model-version") or None, None, asked.subject
    )
    given = await desk.answer(question)
    name, version = given.version.name, given.version.version
    said = Predictions(name, version, tell(given, asked))
    if asked.why:
        said.predictions[0].why = await find_why(desk, given)
    if is_logged:
        for row, one in enumerate(said.predictions):
            one.id = str(given.number + row)
    return json_reply(said, facts={"model": name, "version": version, "texts": len(texts)})


def read_question(body: bytes) -> Asked:
    """Read a request body; its sentence quotes no text.

    Raises:
        NoQuestionError: it is not JSON, or has other keys than those of `Asked`.

    >>> read_question(b'{"text": "Where is my parcel?"}').text
    'Where is my parcel?'
    """
    try:
        return _DECODER.decode(body)
    except UnicodeDecodeError as error:
        raise NoQuestionError("The body is not UTF-8") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise NoQuestionError(str(error)) from error


def check_texts(asked: Asked, limits: Limits) -> list[str]:
    """Return the texts that were asked about.

    Raises:
        NoQuestionError: none, both of text and texts, too many, or one that is too long.
    """
    match asked.text, asked.texts:
        case str(text), msgspec.UnsetType():
            texts = [text]
        case msgspec.UnsetType(), list(texts):
            pass
        case _:
            raise NoQuestionError("The body needs exactly one of text and texts")
    if asked.why and len(texts) != 1:
        raise NoQuestionError(f"why is told of one text at a time, and there are {len(texts)}")
    if not 1 <= len(texts) <= limits.texts:
        raise NoQuestionError(f"There are {len(texts)} texts; 1 to {limits.texts} are allowed")
    if max(map(len, texts)) > limits.characters:
        raise NoQuestionError(f"A text is longer than {limits.characters} characters")
    return texts


async def find_why(desk: Desk, given: Given) -> Why:
    """Return why the one text of a request got its answer.

    Raises:
        RequestError: there is no answer; it says why.
    """
    inquiry = inquire(given.question.texts[0])
    answer = int(given.answered.probabilities[0].argmax())
    again = await desk.look_again(given, inquiry.questions)
    weights = inquiry.weigh(again.probabilities[:, answer].astype(np.float64))
    reasons = inquiry.reasons(weights)
    return Why(given.version.labels[answer], say_why(reasons), reasons)


def tell(given: Given, asked: Asked) -> list[Said]:
    """Return the answers as they are sent.

    Raises:
        NoQuestionError: a set is asked of a model whose answers are sets already.
    """
    answered, output = given.answered, given.version.meaning.output
    said = [
        Said(cell, chance, unsure, names_given(cell, output))
        for cell, chance, unsure in zip(
            answered.cells, answered.chances, answered.unsure, strict=True
        )
    ]
    if asked.set is not None and isinstance(output, Labels):
        raise NoQuestionError("This model may give several labels; set is for one label a text")
    if asked.top is None and asked.set is None:
        return said
    labels = given.version.labels
    for row, (one, chances) in enumerate(zip(said, answered.probabilities, strict=True)):
        one.tier = "lexical" if answered.is_lexical[row] else "encoder"
        if asked.top is not None:
            one.top = [Chance(*pair) for pair in rank(chances, labels, asked.top)]
        if asked.set is not None:
            one.set = smallest_set(chances, labels, asked.set)
    return said
