"""What every run shares: the desk it works at, and the encoder that turns texts into vectors."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from lissom.learn import READ_PACE
from lissom.nets import embed, export, find_base
from lissom.pipeline.replay import check_base
from lissom.pipeline.store import fingerprint
from lissom.runtime import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from lissom.nets import Base, Exported
    from lissom.pipeline.order import Order
    from lissom.pipeline.places import Places
    from lissom.pipeline.store import Store
    from lissom.progress import Progress

GRAPH_VERSION = 1
"""Raised whenever the encoder's graph computes something else, so that old vectors are not used."""

_FEWEST_TOKENS = 20_000
"""Read by fewer than these, the machine's pace is not known."""

_COMPARED = 16
"""Texts on which graph and torch are compared."""


@dataclass(slots=True)
class Desk:
    """What the stages share: where finished work is, who waits, what took how long."""

    order: Order
    places: Places
    store: Store
    progress: Progress
    clock: Callable[[], float]
    now: datetime
    threads: int
    seconds: dict[str, float] = field(default_factory=dict)
    read_tokens: int = 0
    read_seconds: float = 0.0
    _started: float = 0.0
    _stage: str = ""

    def stage(self, name: str, detail: str = "") -> None:
        """End the stage before and begin this one."""
        moment = self.clock()
        if self._stage:
            spent = self.seconds.get(self._stage, 0.0) + moment - self._started
            self.seconds[self._stage] = round(spent, 2)
        self._stage, self._started = name, moment
        if name:
            self.progress.stage(name, detail)

    def step(self, done: int, total: int) -> None:
        """Tell whoever waits."""
        self.progress.step(done, total)

    def note(self, text: str) -> None:
        """Tell whoever waits."""
        self.progress.note(text)

    @property
    def pace(self) -> float:
        """Return how fast this machine read, over the reference; 1 where it read too little."""
        if self.read_tokens < _FEWEST_TOKENS or self.read_seconds <= 0:
            return 1.0
        return self.read_tokens / self.read_seconds / READ_PACE


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """An encoder, ready to turn texts into vectors.

    Args:
        base: what it is.
        exported: its graph.
        tokens: its tokenizer.
        teacher: an encoder that this one is to learn from, or None.
    """

    base: Base
    exported: Exported
    tokens: Tokens
    teacher: Encoder | None = None


def open_encoder(desk: Desk, texts: Sequence[str]) -> Encoder:
    """Find the base and write its graph, compared with torch on a few of the texts.

    Raises:
        BaseError: there is no such base, or it cannot be used.
        MissingPartError: the default base is not installed.
        RecipeError: the recipe that is followed was made with another base.
    """
    desk.stage("encoder", "export and compare with torch")
    base = find_base(desk.order.base)
    check_base(desk.order, base)
    return open_base(desk, base, texts)


def open_base(desk: Desk, base: Base, texts: Sequence[str]) -> Encoder:
    """Write the graph of a base, compared with torch on a few of the texts."""
    tokens = Tokens(base.tokenizer, base.max_tokens, desk.order.recipe.shapes.max_windows)
    compared = [tokens.windows.cut(ids)[0] for ids in tokens.encode(texts[:_COMPARED])]
    return Encoder(base, export(base, compared), tokens)


def read_vectors(desk: Desk, encoder: Encoder, texts: list[str]) -> NDArray[np.float32]:
    """Return a vector for each text, see `embed`; one that was seen before costs nothing."""
    key = fingerprint(encoder.base.fingerprint, GRAPH_VERSION, asdict(encoder.tokens.windows))

    def make(some: list[str], tell: Callable[[int], None]) -> NDArray[np.float32]:
        ids, start = encoder.tokens.encode(some), desk.clock()
        found = embed(
            encoder.exported.graph,
            ids,
            threads=desk.threads,
            windows=encoder.tokens.windows,
            tell=lambda done, _total: tell(done),
        )
        desk.read_tokens += sum(map(len, ids))
        desk.read_seconds += desk.clock() - start
        return found

    return desk.store.vectors(key, texts, make, desk.progress.step)
