"""A running server as a target: Open Inference Protocol v2, or plain JSON."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lissom.errors import ServerTargetError
from lissom.pipeline.targets.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

_BATCH = 64
_WAIT_S = 60.0
_TRIES = 6
_BUSY = frozenset({429, 503})
_MOST_BYTES = 64 << 20
_V2 = re.compile(r"/v2/models/[^/]+(/versions/[^/]+)?")


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a server, as `lissom.examine.read_replies` reads it."""

    label: str
    probability: float
    unsure: bool | None


def _open_web() -> urllib.request.OpenerDirector:
    """Return an opener for http and https alone: no file:, no ftp:, no redirect to either."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


@dataclass(frozen=True, slots=True, eq=False)
class Web:
    """Sends JSON and reads JSON; a busy server is asked again after the time that it names.

    Args:
        sleep: waits so many seconds.
        wait_s: longest silence of the server, in seconds.
    """

    sleep: Callable[[float], None] = time.sleep
    wait_s: float = _WAIT_S
    _opener: urllib.request.OpenerDirector = field(default_factory=_open_web)

    def ask(self, url: str, body: object | None = None) -> Any:  # noqa: ANN401 - JSON of any shape
        """Return the JSON behind an address; with a body it is posted there.

        Raises:
            ServerTargetError: no answer, an error, or no JSON.
        """
        raw = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(  # noqa: S310 - the opener speaks http and https only
            url, data=raw, headers={"content-type": "application/json"}
        )
        for left in reversed(range(_TRIES)):
            try:
                with self._opener.open(asked, timeout=self.wait_s) as answer:
                    return json.loads(answer.read(_MOST_BYTES))
            except urllib.error.HTTPError as error:
                if error.code in _BUSY and left:
                    self.sleep(_seconds(error.headers.get("retry-after")))
                    continue
                detail = error.read(500).decode("utf-8", "replace").strip()
                why = f"it answered {error.code} {error.reason}: {detail}"
                raise ServerTargetError(url, why) from error
            except urllib.error.URLError as error:
                raise ServerTargetError(url, f"no answer ({error.reason})") from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise ServerTargetError(url, f"the answer cannot be read ({error})") from error
        raise AssertionError  # the last try returns or raises


def open_server(url: str, web: Web | None = None) -> Target:
    """Return a target that asks a server.

    Args:
        url: ".../v2/models/NAME" speaks Open Inference Protocol v2. Anything else takes a POST of
            {"texts": [...]}; without a path that is /predict.
        web: sends and reads.

    Raises:
        ServerTargetError: it does not answer, or not in a form that can be read.
    """
    web = web or Web()
    found = _V2.search(urlsplit(url).path)
    if found:
        model = url[: url.index(found[0]) + len(found[0])]
        speak: _Plain | _Protocol = _read_metadata(web, model)
    else:
        path = urlsplit(url).path.strip("/")
        speak = _Plain(web, url if path else url.rstrip("/") + "/predict")
    speak.answer(["hello"])
    return Target(url, "server", speak.answer, speak.classes, is_here=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Plain:
    web: Web
    url: str
    classes: tuple[str, ...] = ()

    def answer(self, texts: list[str]) -> object:
        """Ask in batches; read labels, pairs, maps of probabilities, or objects of ours."""
        said: list[object] = []
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            found = self.web.ask(self.url, {"texts": batch})
            answers = found.get("predictions") if isinstance(found, dict) else found
            if not isinstance(answers, list) or len(answers) != len(batch):
                why = f"no list of {len(batch)} predictions came back"
                raise ServerTargetError(self.url, why)
            said += [_read_one(one, self.url) for one in answers]
        return said


def _read_one(one: object, url: str) -> object:
    match one:
        case str() | int():
            return str(one)
        case {"label": label, **rest} if not isinstance(label, float):
            chance, unsure = rest.get("probability"), rest.get("unsure")
            known = float(chance) if isinstance(chance, int | float) else float("nan")
            return Said(str(label), known, None if unsure is None else bool(unsure))
        case dict():
            return one
    raise ServerTargetError(url, f"a prediction is a {type(one).__name__}")


@dataclass(frozen=True, slots=True, eq=False)
class _Protocol:
    """Open Inference Protocol v2.

    Args:
        web: sends and reads.
        url: of the model.
        takes: name of the input of texts.
        classes: never told by the protocol.
    """

    web: Web
    url: str
    takes: str
    classes: tuple[str, ...] = ()

    def answer(self, texts: list[str]) -> list[Said]:
        """Ask in batches; the label is the output of texts, the probability that of numbers."""
        said: list[Said] = []
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            given = {"name": self.takes, "shape": [len(batch)], "datatype": "BYTES", "data": batch}
            found = self.web.ask(f"{self.url}/infer", {"inputs": [given]})
            said += self._read(found, len(batch))
        return said

    def _read(self, found: object, count: int) -> list[Said]:
        outputs = found.get("outputs") if isinstance(found, dict) else None
        if not isinstance(outputs, list):
            raise ServerTargetError(self.url, "the reply holds no outputs")
        flat = [one for one in outputs if isinstance(one, dict) and _is_flat(one, count)]
        labels = _first(flat, ("BYTES",), "label")
        if labels is None:
            raise ServerTargetError(self.url, "no output of texts gives one label for each text")
        chances = _first(flat, ("FP64", "FP32", "FP16"), "prob")
        unsure = _first(flat, ("BOOL",), "unsure")
        return [
            Said(
                str(labels[i]),
                float("nan") if chances is None else float(chances[i]),
                None if unsure is None else bool(unsure[i]),
            )
            for i in range(count)
        ]


def _is_flat(one: dict[str, Any], count: int) -> bool:
    """Say whether an output holds one value for each text."""
    return isinstance(one.get("data"), list) and len(one["data"]) == count


def _first(outputs: list[dict[str, Any]], kinds: tuple[str, ...], like: str) -> list[Any] | None:
    """Return the values of the output whose name fits best among those of these kinds."""
    fit = [one for one in outputs if one.get("datatype") in kinds]
    fit.sort(key=lambda one: like not in str(one.get("name", "")).lower())
    if not fit:
        return None
    data: list[Any] = fit[0]["data"]
    return data


def _read_metadata(web: Web, url: str) -> _Protocol:
    told = web.ask(url)
    inputs = told.get("inputs") if isinstance(told, dict) else None
    texts = [
        one.get("name")
        for one in inputs or ()
        if isinstance(one, dict) and one.get("datatype") == "BYTES"
    ]
    if not texts:
        raise ServerTargetError(url, "the model has no input of texts (datatype BYTES)")
    return _Protocol(web, url, str(texts[0]))


def _seconds(said: str | None) -> float:
    try:
        return min(max(float(said or 1), 0.1), 30.0)
    except ValueError:
        return 1.0
