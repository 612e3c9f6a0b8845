"""`GET /openapi.json`: every path, for programs that write clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lissom import __version__
from lissom.faces.web.predict import Asked, Predictions
from lissom.faces.web.tables import KINDS
from lissom.faces.web.tensors import Inference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lissom.faces.web.app import Route

_REF = "#/components/schemas/{name}"

SUMMARIES = {
    ("POST", "/predict"): "Answer a text, or several; where one model is served",
    ("POST", "/predict/{model}"): "Answer a text, or several",
    ("POST", "/predict/file"): "Answer a table; it comes back with answers, in its own format",
    ("GET", "/health/live"): "Does the process answer at all?",
    ("GET", "/health/ready"): "Should requests be sent here? 503 when not",
    ("GET", "/v2/health/live"): "As /health/live",
    ("GET", "/v2/health/ready"): "As /health/ready",
    ("GET", "/v2"): "What this server is",
    ("GET", "/v2/models/{model}"): "What a model takes and gives",
    ("GET", "/v2/models/{model}/ready"): "Does a model answer?",
    ("POST", "/v2/models/{model}/infer"): "Open inference protocol v2",
    ("GET", "/v2/models/{model}/versions/{version}"): "What a version takes and gives",
    ("GET", "/v2/models/{model}/versions/{version}/ready"): "Does a version answer?",
    ("POST", "/v2/models/{model}/versions/{version}/infer"): "Open inference protocol v2",
    ("GET", "/metrics"): "Figures for Prometheus",
    ("GET", "/openapi.json"): "This description",
    ("POST", "/feedback"): "Tell true labels",
    ("GET", "/status"): "What the monitors say, as a page",
    ("GET", "/status.json"): "What the monitors say",
}
"""What each path is for; a test holds it against the paths that there are."""

_REFUSALS = {
    "400": "the body does not fit the protocol, or the table cannot be read",
    "401": "a key is wanted",
    "403": "the key is not for this",
    "404": "no such path, model or version",
    "405": "not with this method",
    "408": "the body did not arrive in time",
    "413": "the body is too long",
    "415": "another content type is wanted",
    "422": "JSON that asks nothing",
    "429": "too much work is waiting, or the key has asked too often; see Retry-After",
    "500": "the model failed on this request",
    "503": "the server is stopping, or the model is not ready",
    "504": "no answer within the time that was given",
}
"""Every status that is no success, and when."""


def describe(paths: Iterable[tuple[str, Route]], *, wants_key: bool) -> dict[str, Any]:
    """Return the description of a server.

    Args:
        paths: path, with names in braces, and what stands behind it.
        wants_key: whether keys are asked for.

    Source: OpenAPI Specification 3.1.
    """
    _, schemas = msgspec.json.schema_components([Asked, Predictions, Inference], ref_template=_REF)
    described: dict[str, dict[str, Any]] = {}
    for path, route in paths:
        for method in route.calls:
            described.setdefault(path, {})[method.lower()] = _operation(
                method, path, route, wants_key=wants_key
            )
    components: dict[str, Any] = {"schemas": {**schemas, "Refusal": _REFUSAL}}
    if wants_key:
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "lissom", "version": __version__},
        "paths": described,
        "components": components,
    }


_REFUSAL = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "one sentence"}},
}


def _operation(method: str, path: str, route: Route, *, wants_key: bool) -> dict[str, Any]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    operation: dict[str, Any] = {
        "summary": SUMMARIES.get((method, path), route.name),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ],
        "responses": {"200": _ok(path), "default": _refused()},
    }
    content = _content(path) if method == "POST" else None
    if content is not None:
        operation["requestBody"] = {"required": True, "content": content}
    if wants_key and route.scope:
        operation["security"] = [{"key": []}]
    return operation


def _content(path: str) -> Mapping[str, Any] | None:
    if path == "/predict/file":
        return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS}
    if path == "/feedback":
        one, several = ({"$ref": _REF.format(name=name)} for name in ("Label", "Labels"))
        return {"application/json": {"schema": {"oneOf": [one, several]}}}
    if path.endswith("/infer"):
        return {"application/json": {"schema": {"$ref": _REF.format(name="Inference")}}}
    if path.startswith("/predict"):
        return {"application/json": {"schema": {"$ref": _REF.format(name="Asked")}}}
    return None


def _ok(path: str) -> dict[str, Any]:
    if path in {"/predict", "/predict/{model}"}:
        schema = {"$ref": _REF.format(name="Predictions")}
        return {"description": "answers", "content": {"application/json": {"schema": schema}}}
    return {"description": "as asked"}


def _refused() -> dict[str, Any]:
    said = "; ".join(f"{status}: {when}" for status, when in _REFUSALS.items())
    schema = {"$ref": _REF.format(name="Refusal")}
    return {"description": said, "content": {"application/json": {"schema": schema}}}
