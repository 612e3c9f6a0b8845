"""A target: something that answers texts, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lissom.evidence import Measured


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Something that answers texts.

    Args:
        name: as the user would say it.
        kind: "bundle", "ONNX graph", "scikit-learn file", "Hugging Face folder", "server",
            "callable".
        answer: texts in, answers out; see `lissom.examine.read_replies`.
        classes: what it can answer, in the order of its columns; () when that is not known.
        fingerprint: of all that decides an answer; "" when that is not known, and then no answer is
            kept from one run to the next.
        is_here: it answers in this process, so its processor time can be measured.
        probe: given texts, measures memory and start in a process of its own; None where that
            cannot be.
        parent: what it was made from, as far as that is in it.
        learned_from: fingerprint of the table that it was made from; "" when that is not known.
    """

    name: str
    kind: str
    answer: Callable[[list[str]], object]
    classes: tuple[str, ...] = ()
    fingerprint: str = ""
    is_here: bool = True
    probe: Callable[[list[str]], tuple[Measured, ...]] | None = None
    parent: Target | None = None
    learned_from: str = ""
