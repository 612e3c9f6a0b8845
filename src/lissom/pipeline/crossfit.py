"""The whole recipe, repeated on rows that it did not see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np

from lissom.learn import (
    BESIDE,
    DEFAULT,
    LABELLED_WEIGHT,
    LEARNERS,
    STARTERS,
    TUNED,
    UNKNOWN,
    WORDS,
    Choice,
    Learnt,
    choose,
    combine,
    see_words_too,
)
from lissom.nets import Head, Lexicon, RidgeFit
from lissom.pipeline.store import fingerprint
from lissom.runtime import softmax
from lissom.shrink import distil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from lissom.learn import Pool
    from lissom.pipeline.material import Material
    from lissom.pipeline.recipe import Recipe
    from lissom.pipeline.store import Store
    from lissom.pipeline.tuner import Tuner


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What the recipe says of rows that it did not see: no label, no text, no neighbour.

    Args:
        folds: (rows,) the fold in which a row was held out.
        candidates: candidate to (rows, classes) scores.
        reading: (rows, classes) scores of the tier that reads.
        words: (rows, classes) scores of the lexical tier.
        known: (rows,) share of features known to the lexical tier.
        parent: (rows,) the answer of the uncompressed model.
        near: (rows,) greatest cosine to the middle of a class, as the tier that reads sees it.
    """

    folds: NDArray[np.int64]
    candidates: dict[str, NDArray[np.float32]]
    reading: NDArray[np.float32]
    words: NDArray[np.float32]
    known: NDArray[np.float32]
    parent: NDArray[np.int64]
    near: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """Both tiers, fitted on the same rows.

    Args:
        reading: head of the tier that reads.
        words: the lexical tier.
        lexicon: the features of the lexical tier.
        is_words: the lexical tier is the model itself, not a student of the other.
        is_tuned: the head reads with a tuned encoder.
        mix: weight of the lexical scores in the answer of the tier that reads.
        places: cosines to the middles of the classes; None where words are the model.
    """

    reading: Head
    words: RidgeFit
    lexicon: Lexicon
    is_words: bool
    is_tuned: bool
    mix: float
    places: Head | None = None

    def score_words(self, material: Material) -> NDArray[np.float32]:
        """Return the lexical tier's scores."""
        return self.words.score(self.lexicon.table(material.ids))

    def score_reading(self, material: Material) -> NDArray[np.float32]:
        """Return the scores of the tier that reads, the lexical tier's part in them."""
        read = self.reading.score(_view(material, is_tuned=self.is_tuned))
        return read + np.float32(self.mix) * self.score_words(material) if self.mix else read

    def nearness(self, material: Material) -> NDArray[np.float32]:
        """Return (rows,) the greatest cosine to the middle of a class; 0 where there is none."""
        if self.places is None:
            return np.zeros(len(material.ids), np.float32)
        near: NDArray[np.float32] = self.places.score(_view(material, is_tuned=self.is_tuned)).max(
            axis=1
        )
        return near

    def parent(self, material: Material) -> NDArray[np.int64]:
        """Return the uncompressed model's answer for each row."""
        score = self.score_words if self.is_words else self.score_reading
        found: NDArray[np.int64] = score(material).argmax(axis=1)
        return found


class Fitting:
    """Fits candidates and students, and keeps what is fitted.

    Args:
        material: every row that may be learned from.
        recipe: settings.
        store: keeps each finished fit.
        key: fingerprint of the material.
        tuner: tunes encoders, or None where none may be.
        is_seen: the material already is as the encoder sees it that was tuned on its labels.
    """

    def __init__(
        self,
        material: Material,
        recipe: Recipe,
        store: Store,
        key: str,
        tuner: Tuner | None = None,
        *,
        is_seen: bool = False,
    ) -> None:
        """Remember what to fit on."""
        self._material = material
        self._recipe = recipe
        self._store = store
        self._key = key
        self._tuner = tuner
        self._is_seen = is_seen
        self._latest: tuple[bytes, Lexicon] | None = None
        self._latest_seen: tuple[bytes, Material] | None = None
        self._latest_beside: tuple[bytes, NDArray[np.float32]] | None = None

    def see(self, name: str, rows: NDArray[np.int64]) -> Material:
        """Return all rows as a candidate sees them that was fitted on some of them."""
        if name not in TUNED or self._tuner is None or self._is_seen:
            return self._material
        asked = rows.tobytes()
        if self._latest_seen is None or self._latest_seen[0] != asked:
            tuned = self._tuner.tune(self._material.select(rows))
            self._latest_seen = (asked, self._tuner.see(tuned, self._material))
        return self._latest_seen[1]

    def candidate(self, name: str, rows: NDArray[np.int64]) -> Learnt:
        """Fit one candidate on some rows."""

        def fit() -> dict[str, NDArray[np.generic]]:
            inside = self.see(name, rows).select(rows)
            learn = LEARNERS.get(name) or STARTERS[name]
            learnt = learn(self._pool(name, inside, rows), self._recipe.learn)
            part = learnt.head or learnt.words
            return {"weights": part.weights, "bias": part.bias} if part else {}

        # The least rows of a feature decide which weights the lexical candidate has.
        settings = (self._recipe.learn, self._recipe.shrink.min_rows, self._tuning(name))
        at = fingerprint(self._key, name, rows.tolist(), settings)
        kept = self._store.keep("learn", at, fit)
        weights = cast("NDArray[np.float32]", kept["weights"])
        bias = cast("NDArray[np.float32]", kept["bias"])
        if name == WORDS:
            return Learnt(words=RidgeFit(weights, bias))
        return Learnt(head=Head(weights, bias), is_tuned=self._is_tuned(name))

    def _pool(self, name: str, inside: Material, rows: NDArray[np.int64]) -> Pool:
        pool = inside.pool(self.lexicon(rows))
        if name not in BESIDE:
            return pool
        asked = rows.tobytes()
        if self._latest_beside is None or self._latest_beside[0] != asked:
            self._latest_beside = (asked, see_words_too(pool))
        return replace(pool, beside=self._latest_beside[1])

    def _is_tuned(self, name: str) -> bool:
        return name in TUNED and self._tuner is not None

    def _tuning(self, name: str) -> object:
        return self._tuner.how if self._tuner is not None and name in TUNED else None

    def lexicon(self, rows: NDArray[np.int64]) -> Lexicon:
        """Return the features of some rows' texts."""
        asked = rows.tobytes()
        if self._latest is None or self._latest[0] != asked:
            ids = [self._material.ids[i] for i in rows]
            self._latest = (asked, Lexicon.read(ids, min_rows=self._recipe.shrink.min_rows))
        return self._latest[1]

    def both(self, choice: Choice, rows: NDArray[np.int64]) -> Trained:
        """Fit the two tiers on some rows, with what was chosen as the model."""
        lexicon = self.lexicon(rows)
        if choice.name == WORDS:
            words = cast("RidgeFit", self.candidate(WORDS, rows).words)
            head = cast("Head", self.candidate(DEFAULT, rows).head)
            # The two were not fitted to one scale, so their scores are not added.
            return Trained(head, words, lexicon, is_words=True, is_tuned=False, mix=0.0)
        model = self._model(choice, rows)
        head = cast("Head", model.head)
        seen = self._seen_for(choice.weights, rows)

        def fit() -> dict[str, NDArray[np.generic]]:
            inside = seen.select(rows)
            table = lexicon.table(inside.ids)
            taught = head.score(_view(inside, is_tuned=model.is_tuned))
            student = distil(table, taught, self._recipe.shrink)
            return {"weights": student.weights, "bias": student.bias}

        kept = self._store.keep("shrink", self._key_of("student", choice.weights, rows), fit)
        student = RidgeFit(
            cast("NDArray[np.float32]", kept["weights"]), cast("NDArray[np.float32]", kept["bias"])
        )
        mix = self._recipe.shrink.mix
        inside = seen.select(rows)
        vectors = _view(inside, is_tuned=model.is_tuned)
        places = find_places(vectors, inside.targets, softmax(head.score(vectors)))
        trained = Trained(head, student, lexicon, is_words=False, is_tuned=model.is_tuned, mix=mix)
        return replace(trained, places=places)

    def _model(self, choice: Choice, rows: NDArray[np.int64]) -> Learnt:
        """Fit the candidates that are heard, and one head that says what they say together."""
        names = list(choice.weights)
        if len(names) == 1:
            return self.candidate(names[0], rows)
        learnt = {name: self.candidate(name, rows) for name in names}

        def fit() -> dict[str, NDArray[np.generic]]:
            inside = self._seen_for(choice.weights, rows).select(rows)
            pool = inside.pool(self.lexicon(rows))
            head = cast("Head", combine(pool, learnt, choice.weights, self._recipe.learn).head)
            return {"weights": head.weights, "bias": head.bias}

        kept = self._store.keep("learn", self._key_of("combined", choice.weights, rows), fit)
        head = Head(
            cast("NDArray[np.float32]", kept["weights"]), cast("NDArray[np.float32]", kept["bias"])
        )
        return Learnt(head=head, is_tuned=any(self._is_tuned(name) for name in names))

    def _seen_for(self, weights: Mapping[str, float], rows: NDArray[np.int64]) -> Material:
        tuned = [name for name in weights if self._is_tuned(name)]
        return self.see(tuned[0] if tuned else DEFAULT, rows)

    def see_for(self, choice: Choice, rows: NDArray[np.int64]) -> Material:
        """Return all rows as what was chosen sees them, fitted on some of them."""
        return self._seen_for(choice.weights, rows)

    def _key_of(self, what: str, weights: Mapping[str, float], rows: NDArray[np.int64]) -> str:
        settings = (self._recipe.learn, self._recipe.shrink)
        tuning = [self._tuning(name) for name in weights]
        return fingerprint(self._key, what, dict(weights), rows.tolist(), settings, tuning)


def _view(material: Material, *, is_tuned: bool) -> NDArray[np.float32]:
    if is_tuned and material.tuned is not None:
        return material.tuned.vectors
    return material.vectors


def find_places(
    vectors: NDArray[np.float32], targets: NDArray[np.int64], chances: NDArray[np.float32]
) -> Head:
    """Return what gives the cosine to the middle of each class.

    A row without a label belongs to its likeliest class, and counts as much as that is sure.

    Args:
        vectors: (rows, dimensions) of length 1.
        targets: (rows,) class numbers, `UNKNOWN` where unlabelled.
        chances: (rows, classes) probabilities; a class without a row is at 0 from everywhere.

    >>> sure = np.float32([[1, 0], [1, 0]])
    >>> places = find_places(np.eye(2, dtype=np.float32), np.array([0, -1]), sure)
    >>> [round(float(cosine), 2) for cosine in places.score(np.float32([[0.6, 0.8]]))[0]]
    [0.82, 0.0]
    """
    is_labelled = targets != UNKNOWN
    said = np.where(is_labelled, targets, chances.argmax(axis=1))
    weights = np.where(is_labelled, np.float32(LABELLED_WEIGHT), chances.max(axis=1))
    middles = np.zeros((chances.shape[1], vectors.shape[1]), np.float32)
    np.add.at(middles, said, vectors * weights[:, None].astype(np.float32))
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), np.float32(1e-9))
    return Head(middles.T.copy(), np.zeros(len(middles), np.float32))


def race(
    fitting: Fitting,
    material: Material,
    folds: NDArray[np.int64],
    names: Sequence[str],
    tell: Callable[[int, int], None],
) -> dict[str, NDArray[np.float32]]:
    """Score every row by every candidate, each fitted without the row's fold.

    Args:
        fitting: fits candidates.
        material: the rows.
        folds: (rows,) fold numbers from 0.
        names: the candidates.
        tell: hears (fits done, fits in all).
    """
    count = int(folds.max()) + 1
    shape = (len(folds), material.classes)
    scores = {name: np.zeros(shape, np.float32) for name in names}
    done = 0
    for fold in range(count):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        pool = material.select(outside).pool(fitting.lexicon(inside))
        for name in names:
            seen = replace(pool, tuned=fitting.see(name, inside).select(outside).tuned)
            scores[name][outside] = fitting.candidate(name, inside).score(seen)
            done += 1
            tell(done, count * len(names))
    return scores


def pick(
    scores: dict[str, NDArray[np.float32]], targets: NDArray[np.int64], rows: NDArray[np.int64]
) -> Choice:
    """Choose among the candidates by what they got right on some labelled rows."""
    if DEFAULT not in scores:
        # Labels that cannot judge let one run alone; see `find_field`.
        name = next(iter(scores))
        return Choice(name, "it ran alone", {name: 1.0})
    return choose(
        {name: found[rows].argmax(axis=1) == targets[rows] for name, found in scores.items()}
    )


def repeat(
    fitting: Fitting,
    material: Material,
    folds: NDArray[np.int64],
    scores: dict[str, NDArray[np.float32]],
    tell: Callable[[int, int], None],
    vectors: NDArray[np.float32] | None = None,
) -> Held:
    """Repeat choice and distillation for every fold, on the other folds alone.

    Args:
        fitting: fits students.
        material: the rows.
        folds: (rows,) fold numbers from 0.
        scores: from `race`.
        tell: hears (folds done, folds in all).
        vectors: (rows, dimensions) from an encoder that stands in for the one that all was fitted
            with, where that one is not tuned; None where none does. It reads; the uncompressed
            model is still the other.
    """
    shape = (len(folds), material.classes)
    reading, words = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    known, parent = np.zeros(len(folds), np.float32), np.zeros(len(folds), np.int64)
    near = np.zeros(len(folds), np.float32)
    labelled = material.labelled
    count = int(folds.max()) + 1
    for fold in range(count):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        choice = pick(scores, material.targets, labelled[folds[labelled] != fold])
        trained = fitting.both(choice, inside)
        rows = fitting.see_for(choice, inside).select(outside)
        shown = rows if vectors is None else replace(rows, vectors=vectors[outside])
        reading[outside] = trained.score_reading(shown)
        words[outside] = trained.score_words(rows)
        known[outside] = trained.lexicon.known(rows.ids)
        parent[outside] = trained.parent(rows)
        near[outside] = trained.nearness(shown)
        tell(fold + 1, count)
    return Held(folds, scores, reading, words, known, parent, near)
