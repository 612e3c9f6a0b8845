"""Encoders tuned on some rows, and how they see others; each is made once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from lissom.learn import View
from lissom.nets import Examples, embed, export, tune, tune_in_processes, write_job
from lissom.pipeline.store import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from lissom.nets import Base, Exported, Tuning, Weights
    from lissom.pipeline.material import Material
    from lissom.pipeline.store import Store
    from lissom.runtime import Windows

TUNING_VERSION = 1
"""Raised whenever the same settings would give another tuned encoder."""


@dataclass(frozen=True, slots=True, eq=False)
class Tuned:
    """A tuned encoder.

    Args:
        key: fingerprint of all that it was made from.
        weights: what differs from the base.
    """

    key: str
    weights: Weights


@dataclass(frozen=True, slots=True)
class Tuner:
    """Tunes the base on labelled rows and reads texts with the outcome.

    Args:
        base: the encoder to start from.
        how: steps, rate, batch.
        seed: decides the batches.
        store: keeps each tuned encoder and what it read.
        threads: cores to read with.
        tell: hears (steps done, steps in all) of each encoder.
        processes: how many tune together; with several, a stopped encoder starts again.
        windows: how a text is cut that is too long to be read at once; None when none is.
    """

    base: Base
    how: Tuning
    seed: int
    store: Store
    threads: int
    tell: Callable[[int, int], None]
    processes: int = 1
    windows: Windows | None = None

    def tune(self, material: Material) -> Tuned:
        """Tune on the labelled ones of some rows."""
        rows = material.labelled
        ids = [list(material.ids[i]) for i in rows]
        targets = material.targets[rows]
        names = [list(name) for name in material.name_ids] if material.name_ids else None
        key = fingerprint(
            *(TUNING_VERSION, self.base.fingerprint, self.how, self.seed),
            *(ids, targets.tolist(), names, material.other),
        )

        def make() -> dict[str, NDArray[np.generic]]:
            examples = Examples(ids, targets, names, material.other)
            if self.processes > 1:
                return dict(self._tune_together(examples))
            checkpoint = self.store.unfinished("tune", key)
            made = tune(
                *(self.base, examples, self.how),
                seed=self.seed,
                checkpoint=checkpoint,
                tell=self.tell,
            )
            checkpoint.clear()
            return dict(made)

        kept = self.store.keep("tune", key, make)
        return Tuned(key, cast("Weights", kept))

    def _tune_together(self, examples: Examples) -> Weights:
        with TemporaryDirectory() as folder:
            write_job(Path(folder), self.base, examples, self.how, seed=self.seed)
            weights = tune_in_processes(Path(folder), self.processes)
        self.tell(self.how.steps, self.how.steps)
        return weights

    def export(self, tuned: Tuned, material: Material) -> Exported:
        """Return the tuned encoder as a graph, compared with torch on a few rows."""
        texts = [list(ids) for ids in material.ids[:_COMPARED]]
        cut = [self.windows.cut(ids)[0] for ids in texts] if self.windows else texts
        return export(self.base, cut, tuned.weights)

    def see(self, tuned: Tuned, material: Material) -> Material:
        """Return some rows as the tuned encoder sees them, too."""
        ids = [list(text) for text in material.ids]
        names = [list(name) for name in material.name_ids] if material.name_ids else []
        key = fingerprint(tuned.key, ids, names)

        def make() -> dict[str, NDArray[np.generic]]:
            graph = self.export(tuned, material).graph
            read = embed(graph, ids + names, threads=self.threads, windows=self.windows)
            return {"vectors": read}

        read = cast("NDArray[np.float32]", self.store.keep("tuned", key, make)["vectors"])
        view = View(read[: len(ids)], read[len(ids) :] if names else None, material.other)
        return replace(material, tuned=view)


_COMPARED = 4
"""Texts on which a tuned graph and torch are compared."""
