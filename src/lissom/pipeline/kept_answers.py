"""Answers of a target, kept from one examination to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from lissom.examine import Replies
from lissom.pipeline.store import fingerprint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lissom.examine import Asker
    from lissom.examine.replies import Says
    from lissom.pipeline.store import Store
    from lissom.pipeline.targets import Target

_STAGE = "answers"
_SAYS: tuple[Says, ...] = ("all", "best", "label")
_MOST = 100_000


@dataclass(slots=True)
class KeptAnswers:
    """Keeps what a target said under its fingerprint, so that a second look costs next to nothing.

    A target without a fingerprint (a server, a live object) may answer otherwise tomorrow; nothing
    of it is kept. Texts are kept as digests, so no row of anybody's lies in the cache.

    Args:
        store: where to.
        target: whose answers.
    """

    store: Store
    target: Target
    _known: int = field(default=0)

    @property
    def key(self) -> str:
        """Return what the answers are kept under."""
        return fingerprint(_STAGE, self.target.fingerprint, self.target.classes)

    def recall(self, asker: Asker) -> None:
        """Tell an asker what the target said before."""
        found = self.store.look(_STAGE, self.key) if self.target.fingerprint else None
        if found is None or self.store.fresh:
            return
        names = bytes(found["classes"].astype(np.uint8)).decode().split("\0")
        unsure = cast("NDArray[np.int8]", found["unsure"])
        strange = cast("NDArray[np.float64]", found["strangeness"])
        replies = Replies(
            tuple(names),
            cast("NDArray[np.float64]", found["probabilities"]),
            _SAYS[int(found["says"][0])],
            unsure.astype(np.bool_) if len(unsure) else None,
            strange if len(strange) else None,
        )
        digests = [row.tobytes() for row in found["digests"]]
        asker.remember(digests, replies)
        self._known = len(digests)

    def keep(self, asker: Asker) -> None:
        """Keep what the target has said by now."""
        if not self.target.fingerprint or asker.known <= self._known or asker.known > _MOST:
            return
        digests, replies = asker.everything()
        unsure, strange = replies.is_unsure, replies.strangeness
        self.store.put(
            _STAGE,
            self.key,
            {
                "digests": np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), -1),
                "classes": np.frombuffer("\0".join(replies.classes).encode(), np.uint8),
                "probabilities": replies.probabilities,
                "says": np.array([_SAYS.index(replies.says)]),
                "unsure": np.zeros(0, np.int8) if unsure is None else unsure.astype(np.int8),
                "strangeness": np.zeros(0) if strange is None else strange,
            },
        )
