"""The open inference protocol, version 2, over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lissom import __version__
from lissom.errors import NotReadyError, WrongKindError
from lissom.faces.web.exchange import Reply, json_reply
from lissom.faces.web.tensors import (
    BINARY,
    HEADER,
    INPUT,
    OUTPUTS,
    read_inference,
    write_inference,
)
from lissom.operate.serving import Question

if TYPE_CHECKING:
    from lissom.faces.web.exchange import Request
    from lissom.operate.serving import Desk

EXTENSIONS = ("binary_tensor_data",)
PLATFORM = "lissom_bundlev1"

_NOT_JSON = {"text/plain", "multipart/form-data", "application/x-www-form-urlencoded"}
"""What a page of another site may send without asking first; a program has no use for them."""


def server() -> Reply:
    """Say what this server is."""
    return json_reply({"name": "lissom", "version": __version__, "extensions": EXTENSIONS})


def health(desk: Desk, *, asks_ready: bool) -> Reply:
    """Say whether the process answers at all, and whether to send requests here.

    One client looks at the status and another at the field, so both say the same.
    """
    is_fine = desk.is_ready if asks_ready else True
    body = {"live": True, "ready": desk.is_ready, "models": sorted(desk.lanes)}
    return json_reply(body, 200 if is_fine else 503)


def metadata(desk: Desk, model: str, version: str | None) -> Reply:
    """Say what a model takes and gives.

    Raises:
        NoSuchModelError: it is not served here.
    """
    served = desk.find(model, version)
    labels = len(served.version.labels)
    return json_reply(
        {
            "name": model,
            "versions": sorted(desk.lane(model).versions),
            "platform": PLATFORM,
            "inputs": [{"name": INPUT, "datatype": "BYTES", "shape": [-1]}],
            "outputs": [
                {
                    "name": output.name,
                    "datatype": output.datatype,
                    "shape": [-1, labels] if output.is_wide else [-1],
                }
                for output in OUTPUTS
            ],
        }
    )


def model_ready(desk: Desk, model: str, version: str | None) -> Reply:
    """Say whether a model answers.

    Raises:
        NoSuchModelError: it is not served here.
    """
    try:
        desk.find(model, version)
        is_ready = not desk.is_stopping
    except NotReadyError:
        is_ready = False
    return json_reply({"name": model, "ready": is_ready}, 200 if is_ready else 503)


async def infer(desk: Desk, request: Request, model: str, version: str | None) -> Reply:
    """Answer one inference request.

    Raises:
        RequestError: it does not fit the protocol, or nobody can answer.
    """
    if request.header("content-encoding") not in {"", "identity"}:
        raise WrongKindError("the body as it is, without content-encoding")
    if request.header("content-type").partition(";")[0].strip().lower() in _NOT_JSON:
        raise WrongKindError(f"application/json, or {BINARY} with {HEADER}")
    body = await request.body(desk.limits.body_bytes)
    asked = read_inference(body, request.header(HEADER), desk.limits)
    given = await desk.answer(Question(asked.texts, model, version, asked.wait_s))
    raw, head = write_inference(asked, given)
    headers = [("x-content-type-options", "nosniff")]
    if head is None:
        headers.append(("content-type", "application/json"))
    else:
        headers += [("content-type", BINARY), (HEADER, str(head))]
    facts = {"model": model, "version": given.version.version, "texts": len(asked.texts)}
    return Reply(200, headers, raw, facts)
