"""The shrinking stage: the files that ship, and the margin that is certified on rows kept apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from lissom.pipeline.settle import lean, settle
from lissom.pipeline.shipping import Form, ship
from lissom.pipeline.smaller import check_point, find_moves, leave_out_layers, trim
from lissom.pipeline.starts import judged_targets
from lissom.runtime import keeps, lead, softmax
from lissom.shrink import Compared, Point, certify, expect_loss, lay_margins, walk

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import ModelProto

    from lissom.nets import Base
    from lissom.pipeline.crossfit import Held
    from lissom.pipeline.learning import Learned
    from lissom.pipeline.recipe import Recipe
    from lissom.pipeline.rows import Rows
    from lissom.pipeline.shipping import Parts
    from lissom.pipeline.smaller import Smaller
    from lissom.runtime import Model, Tiers
    from lissom.shrink import Certificate, Deferral, Moves

FEWEST_WALKED = 200
"""Rows kept apart under which the margin is chosen elsewhere and only certified here."""

FEWEST_CERTIFIED = 50
"""Rows kept apart under which nothing is said: even without a differing row, 6 % might differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """What ships, and what is claimed of it.

    Args:
        parts: the files that answer.
        learned: with the settings that these files hold.
        certificate: from the rows kept apart, or None where they are too few.
        apart: those rows.
        full: (apart,) the full model's answers.
        small: (apart,) the answers of what ships.
        expected_loss: share of answers that shrinking is expected to lose, and the upper end; None
            where the rows are too few.
    """

    parts: Parts
    learned: Learned
    certificate: Certificate | None
    apart: NDArray[np.int64]
    full: NDArray[np.int64]
    small: NDArray[np.int64]
    expected_loss: tuple[float, float] | None

    @property
    def deferral(self) -> Deferral | None:
        """Return the deferral where it was chosen on the rows kept apart, else None."""
        is_walked = self.certificate is not None and self.certificate.is_walked
        return self.learned.settled.deferral if is_walked else None


class Bench:
    """Makes the model small, at one point or at several; what points share is done once.

    Args:
        learned: both tiers and the settings chosen on held-out rows.
        graph: the encoder in float32.
        base: where it came from.
        rows: texts and classes.
        recipe: settings.
        threads: texts read at a time.
    """

    def __init__(
        self,
        learned: Learned,
        graph: ModelProto,
        base: Base,
        rows: Rows,
        recipe: Recipe,
        threads: int,
    ) -> None:
        """Read the rows that are kept apart with the full model."""
        self._learned, self._recipe, self._threads = learned, recipe, threads
        self._graph, self._base, self._rows = graph, base, rows
        self._made: dict[tuple[str, int, str], tuple[Parts, Tiers]] = {}
        self._smaller: dict[int, Smaller] = {}
        self._apart = learned.apart_rows[: recipe.examine.max_texts]
        material, trained = learned.material.select(self._apart), learned.trained
        score = trained.score_words if trained.is_words else trained.score_reading
        settled = learned.settled
        heat = settled.words_temperature if trained.is_words else settled.reading_temperature
        scores = score(material)
        self._chances, self._full = softmax(scores / np.float32(heat)), scores.argmax(axis=1)

    @property
    def texts(self) -> list[str]:
        """Return the texts that nothing was fitted on."""
        return [self._rows.texts[i] for i in self._apart]

    @property
    def is_words(self) -> bool:
        """Say whether the lexical tier is the model itself, so that there is no point to choose."""
        return self._learned.trained.is_words

    @cached_property
    def moves(self) -> Moves:
        """Return what can be left out of the encoder; asked once, for it reads the tokenizer."""
        return find_moves(self._learned, self._graph, self._base.tokenizer)

    def load(self, shrunk: Shrunk) -> Model:
        """Return what ships as it answers, on as many cores as the build may use."""
        return shrunk.parts.load(self._threads)

    def shrink(self, point: Point) -> Shrunk:
        """Make the files that ship at a point, and certify how often they differ.

        Raises:
            RecipeError: the encoder has not that much that could be left out.
        """
        if point.layers or point.vocabulary == "trimmed":
            check_point(point, self.moves)
        parts, tiers = self._make(point)
        learned, certificate = self._learned_at(point), None
        deferral = learned.settled.deferral
        compared = compare(tiers, self._full, deferral)
        if len(self._apart) >= FEWEST_WALKED and not self.is_words:
            margins = self._lay_margins(learned, point)
            certificate = walk(compared, margins, point.certify, level=point.level)
            learned = self._settle(learned, replace(deferral, margin=certificate.margin))
            parts = parts.with_settings(learned.settled)
        elif len(self._apart) >= FEWEST_CERTIFIED:
            certificate = certify(compared, deferral.margin, level=point.level)
        is_words = compared.is_words(learned.settled.deferral.margin)
        small = np.where(is_words, tiers.words.argmax(axis=1), tiers.read.argmax(axis=1))
        expected = None
        if certificate is not None:
            expected = expect_loss(self._chances, self._full, small)
        return Shrunk(parts, learned, certificate, self._apart, self._full, small, expected)

    def _learned_at(self, point: Point) -> Learned:
        """Return held-out scores and settings as the encoder has them that a point keeps."""
        return self._leave_out(point.layers).learned if point.layers else self._learned

    def _leave_out(self, layers: int) -> Smaller:
        if layers not in self._smaller:
            made = self._learned, self._graph, layers, self._recipe, self._threads
            self._smaller[layers] = leave_out_layers(*made)
        return self._smaller[layers]

    def _make(self, point: Point) -> tuple[Parts, Tiers]:
        if point.form not in self._made:
            learned, graph = self._learned_at(point), self._graph
            trained, tokenizer = learned.trained, None
            if point.layers:
                graph, trained = (one := self._leave_out(point.layers)).graph, one.trained
            if point.vocabulary == "trimmed":
                graph, tokenizer = trim(learned, graph, self._base.tokenizer)
            form = Form(learned.tuner.windows, point.weights, tokenizer)
            parts = ship(*(trained, learned.settled, graph, self._base, self._rows.classes), form)
            self._made[point.form] = parts, parts.load(self._threads).ask_tiers(self.texts)
        return self._made[point.form]

    def _lay_margins(self, learned: Learned, point: Point) -> tuple[float | None, ...]:
        """Lay out the margins to walk, from held-out rows alone."""
        deferral = learned.settled.deferral
        held = lean(learned.held, learned.settled, is_words=False)
        may_keep = _may_keep(held.words, held.known, deferral)
        margins = lay_margins(lead(held.words), may_keep)
        if point.layers:
            return begin_at_best(margins, held, may_keep)
        if point.certify > Point().certify:
            return margins
        # Nobody asked for more speed than usual, so what the repeats would not have allowed is
        # not taken either, however well the rows kept apart would turn out.
        least = deferral.margin
        if least is None:
            return (None,)
        return (*(one for one in margins if one is None or one > least), least)

    def _settle(self, learned: Learned, deferral: Deferral) -> Learned:
        """Make temperatures and promise again: they depend on which tier answers."""
        inside = learned.material.select(learned.held_rows)
        targets = judged_targets(learned.field, inside.targets, inside.groups)
        everything = np.arange(len(targets))
        settled = settle(
            learned.held, targets, everything, self._recipe, is_words=False, deferral=deferral
        )
        return replace(learned, settled=settled)


def begin_at_best(
    margins: tuple[float | None, ...], held: Held, may_keep: NDArray[np.bool_]
) -> tuple[float | None, ...]:
    """Leave out margins at which more is read than is good for it.

    A small encoder may say something else than the full model more often than the lexical tier
    does. Having it read more is then slower and worse, so the walk begins where held-out rows
    differ least, and goes on to where less is read.

    Args:
        margins: from `lay_margins`, most read first.
        held: held-out scores, those of the small encoder among them.
        may_keep: (rows,) the lexical tier may answer, whatever its lead.
    """
    words_differ = held.words.argmax(axis=1) != held.parent
    reading_differs = held.reading.argmax(axis=1) != held.parent
    ahead = lead(held.words)

    def differing(margin: float | None) -> int:
        kept = may_keep & (ahead >= (inf if margin is None else margin))
        return int(np.where(kept, words_differ, reading_differs).sum())

    counts = [differing(margin) for margin in margins]
    return margins[counts.index(min(counts)) :]


def compare(tiers: Tiers, full: NDArray[np.int64], deferral: Deferral) -> Compared:
    """Hold the answers of both tiers against the full model's.

    Args:
        tiers: what the files that ship say of texts that nothing was fitted on.
        full: (texts,) the full model's answers.
        deferral: what a text must be like for the lexical tier to answer, whatever its margin.
    """
    scores = tiers.lexical.scores
    return Compared(
        lead(scores),
        _may_keep(scores, tiers.lexical.known, deferral),
        tiers.words.argmax(axis=1) != full,
        tiers.read.argmax(axis=1) != full,
    )


def _may_keep(
    scores: NDArray[np.float32], known: NDArray[np.float32], deferral: Deferral
) -> NDArray[np.bool_]:
    return keeps(scores, known, -inf, deferral.known, deferral.least)
