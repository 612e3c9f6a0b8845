"""`POST /predict/file`: a table in, the same table with answers out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lissom.errors import WrongKindError
from lissom.faces.web.exchange import bytes_reply, read_query
from lissom.operate.serving import Question
from lissom.pipeline.uploads import FILE_BYTES, Format, Upload

if TYPE_CHECKING:
    from lissom.faces.web.exchange import Reply, Request
    from lissom.operate.serving import Desk

KINDS: dict[str, Format] = {
    "text/csv": "csv",
    "application/vnd.apache.arrow.stream": "arrow",
}


class AnswersUploads(Protocol):
    """The part of the pipeline that this path calls."""

    async def __call__(self, desk: Desk, upload: Upload, question: Question) -> bytes:
        """Return the table with its answers."""
        ...


async def predict_file(desk: Desk, request: Request, answer: AnswersUploads) -> Reply:
    """Answer a table.

    Raises:
        RequestError: it is of another kind, too long, or nobody can answer.
    """
    kind = request.header("content-type").partition(";")[0].strip().lower()
    if kind not in KINDS:
        raise WrongKindError(f"a table with content-type {' or '.join(KINDS)}")
    asked = read_query(request.query, ("model", "text"))
    question = Question([], asked.get("model"), request.header("x-model-version") or None)
    desk.find(question.model, question.version)  # before a long body is read for nobody
    upload = Upload(await request.body(FILE_BYTES), KINDS[kind], asked.get("text"))
    return bytes_reply(kind, await answer(desk, upload, question))
