"""A model without numbers worth knowing, and requests without a socket."""

from __future__ import annotations

import asyncio
import json
import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lissom.faces.web.app import App, House
from lissom.operate.serving import Desk, Events, Limits, Meaning, Metrics, Proof, Version
from lissom.runtime import Glance
from lissom.tasks import Classes, Labels, find_task

if TYPE_CHECKING:
    import threading
    from collections.abc import AsyncIterator, Callable, Sequence

    from numpy.typing import NDArray

LABELS = tuple(f"label {i}" for i in range(16))
MEANING = Meaning(find_task("text-classification"), Classes(LABELS))
SETS = Meaning(find_task("text-labels"), Labels(LABELS, none="-", thresholds=(0.4,) * 16))
"""The same numbers, where a text may have any number of labels."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def label_of(text: str) -> str:
    """Return the one right answer, whichever tier gives it."""
    return LABELS[zlib.crc32(text.encode()) % len(LABELS)]


@dataclass
class FakeModel:
    """Answers every text with its own label; one that begins with "?" must be read.

    Args:
        gate: reading waits for it, where there is one.
        before_reading: called in the reading thread with the text's number.
    """

    gate: threading.Event | None = None
    before_reading: Callable[[int], None] | None = None
    glances: list[int] = field(default_factory=list)
    read_texts: list[int] = field(default_factory=list)

    def glance(self, texts: Sequence[str]) -> Glance:
        self.glances.append(len(texts))
        if "poison" in texts:
            message = "cannot read: my card is 4111"
            raise ValueError(message)
        rows = np.stack([_row(text) for text in texts])
        return Glance(
            [[zlib.crc32(text.encode()), *([1] * len(text))] for text in texts],
            rows,
            np.ones(len(texts), np.float32),
            np.array([not text.startswith("?") for text in texts]),
            # Only reading makes it right for those that must be read.
            np.stack([_row("wrong") if text.startswith("?") else _row(text) for text in texts]),
            np.ones(len(texts), np.float32),
        )

    def read(
        self, ids: Sequence[int], words: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], float]:
        if self.gate is not None and not self.gate.wait(20):
            raise TimeoutError
        if self.before_reading is not None:
            self.before_reading(ids[0])
        self.read_texts.append(ids[0])
        if ids[0] == zlib.crc32(b"?poison"):
            message = "cannot read: my card is 4111"
            raise ValueError(message)
        # Read texts look a little strange, so that a number in another's place is seen.
        return words, 0.5

    def find_unsure(
        self,
        probabilities: NDArray[np.float32],
        familiar: NDArray[np.float32],
        texts: Sequence[str],
    ) -> NDArray[np.bool_]:
        assert len(probabilities) == len(texts) == len(familiar)
        return np.array([not text.strip() for text in texts])


def _row(text: str) -> NDArray[np.float32]:
    row = np.full(len(LABELS), 0.5 / (len(LABELS) - 1), np.float32)
    row[LABELS.index(label_of(text))] = 0.5
    return row


def make_version(
    model: FakeModel | None = None,
    name: str = "inbox",
    version: str = "aaaaaaaaaaaa",
    meaning: Meaning = MEANING,
) -> Version:
    return Version(
        name, version, Path("nowhere"), model or FakeModel(), meaning, LABELS, None, 1, None, b""
    )


PROOF = Proof(("by a test",), ((1, 0.001), (10, 0.002)))


class Ask:
    """A request without a socket."""

    def __init__(
        self,
        method: str = "GET",
        path: str = "/predict",
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.method = method
        self.path, _, self.query = path.partition("?")
        self._body = body
        self._headers = headers or {}

    def header(self, name: str) -> str:
        return self._headers.get(name, "")

    async def body(self, limit: int) -> bytes:
        assert limit > 0
        return self._body


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


@dataclass
class Shop:
    """An app on a desk with one fake model called inbox."""

    desk: Desk
    app: App
    log: list[str]

    async def ask(
        self,
        body: object = None,
        *,
        path: str = "/predict",
        method: str = "POST",
        headers: dict[str, str] | None = None,
    ) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json"} if headers is None else headers
        reply = await self.app.answer(Ask(method, path, raw, headers))
        return Reply(reply.status, dict(reply.headers), reply.body)


@asynccontextmanager
async def open_shop(
    model: FakeModel | None = None,
    limits: Limits | None = None,
    *,
    threads: int = 2,
    meaning: Meaning = MEANING,
    **house: object,
) -> AsyncIterator[Shop]:
    log: list[str] = []
    desk = Desk(limits or Limits(), Metrics(), threads)
    desk.put(make_version(model, meaning=meaning), PROOF)
    events = Events(log.append, lambda: NOW)
    try:
        yield Shop(desk, App(House(desk, events, **house)), log)
    finally:
        await asyncio.wait_for(desk.drain(), 20)
        desk.close()
