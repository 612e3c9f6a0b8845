"""A made-up world whose truth is known, one sound model of it, and many with one fault each.

Texts hold two or three words of their class among words of none. One row in ten has another label
than its words say, so the best that anybody can do is about 90 %. The sound model states exactly
that.
"""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lissom.data import normalise
from lissom.examine import Replies

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Answer = Callable[[list[str]], Replies]

CLASSES = ("delivery", "praise", "refund", "repair")
_OWN = (
    ("parcel", "courier", "tracking", "shipment", "doorstep", "postman", "warehouse", "dispatch"),
    ("lovely", "delightful", "splendid", "thankful", "cheerful", "wonderful", "pleased", "superb"),
    ("refund", "repayment", "voucher", "chargeback", "invoice", "reimburse", "overpaid", "credit"),
    ("broken", "cracked", "leaking", "faulty", "rattling", "shattered", "loosened", "defective"),
)
_OTHER = (
    "yesterday", "between", "several", "kitchen", "garden", "window", "afternoon", "usually",
    "colour", "another", "morning", "quietly", "evening", "station", "blanket", "pattern",
)  # fmt: skip
_STRANGE = (
    "quantum", "senator", "volcano", "orchestra", "algebra", "dinosaur", "penalty", "sonnet",
    "galaxy", "tournament", "parliament", "molecule", "harvest", "marathon", "glacier", "chess",
)  # fmt: skip
_WHO = ("he", "she", "muslim", "christian")
NOISE = 0.1
_HOME = {word: c for c, words in enumerate(_OWN) for word in words}


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Rows, training rows of the same kind, and texts from outside."""

    rows: pl.DataFrame
    train: pl.DataFrame
    outside: pl.DataFrame


def make_world(seed: int, *, rows: int = 400) -> World:
    """Draw a world; no two texts are copies of each other."""
    rng = np.random.default_rng(seed)
    strange = [_strange(rng) for _ in range(80)]
    return World(_draw(rng, rows), _draw(rng, 250), pl.DataFrame({"text": strange}))


def _strange(rng: np.random.Generator) -> str:
    words = [*rng.choice(_STRANGE, 4), *rng.choice(_OTHER, 3)]
    return " ".join(map(str, rng.permutation(words)))


def _draw(rng: np.random.Generator, count: int) -> pl.DataFrame:
    said = rng.integers(0, len(CLASSES), count)
    is_noise = rng.random(count) < NOISE
    true = np.where(is_noise, (said + rng.integers(1, len(CLASSES), count)) % len(CLASSES), said)
    channels = rng.choice(["mail", "chat"], count)
    months = np.sort(rng.integers(1, 13, count))
    texts = []
    for kind, channel, month in zip(said, channels, months, strict=True):
        own = rng.choice(_OWN[kind], int(rng.integers(2, 4)), replace=False)
        filling = rng.choice(_OTHER, int(rng.integers(4, 13)))
        words = [str(word) for word in rng.permutation([*own, *filling, str(rng.choice(_WHO))])]
        # What a model could read, and should not: who writes how, when, and under which number.
        words.append("regards" if channel == "mail" else "cheers")
        words.append("lately" if month > 9 else "recently")
        words.append(f"no{int(rng.integers(10000, 99999))}")
        texts.append(f"{' '.join(words)}.")
    return pl.DataFrame(
        {
            "text": texts,
            "label": [CLASSES[c] for c in true],
            "channel": channels.tolist(),
            "date": [f"2025-{month:02d}-10" for month in months],
        }
    )


def words_of(text: str) -> list[str]:
    """Return a text's words as a careful reader sees them."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return normalise(plain).split()


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model made of parts that can be spoilt one at a time.

    Args:
        read: text to words.
        count: words to a count for each class.
        sharpen: power that probabilities are raised to; 1 states the truth.
        is_strange: what it says of a text it has no word of.
        spoil: changes its answers at the end.
    """

    read: Callable[[str], list[str]] = words_of
    sharpen: float = 1.0
    doubts: bool = True
    spoil: Callable[[str, NDArray[np.float64]], NDArray[np.float64]] = field(
        default=lambda _, chances: chances
    )

    def __call__(self, texts: list[str]) -> Replies:
        """Answer each text."""
        counts = np.array([self._count(text) for text in texts]).reshape(-1, len(CLASSES))
        best = counts.max(axis=1, keepdims=True)
        winners = (counts == best) & (best > 0)
        chances = np.full(counts.shape, 1 / len(CLASSES))
        known = winners.any(axis=1)
        spread = winners[known] / winners[known].sum(axis=1, keepdims=True)
        chances[known] = spread * (1 - NOISE) + (1 - spread) * NOISE / (len(CLASSES) - 1)
        chances = chances**self.sharpen
        chances /= chances.sum(axis=1, keepdims=True)
        rows = [self.spoil(text, row) for text, row in zip(texts, chances, strict=True)]
        total = counts.sum(axis=1)
        if not self.doubts:
            total = np.ones(len(texts))
        unsure = total < 1
        return Replies(CLASSES, np.array(rows).reshape(-1, 4), "all", unsure, -total.astype(float))

    def _count(self, text: str) -> NDArray[np.float64]:
        found = np.zeros(len(CLASSES))
        for word in self.read(text):
            if word in _HOME:
                found[_HOME[word]] += 1
        return found


SOUND = Model()


def certain(label: int, sure: float = 0.9) -> NDArray[np.float64]:
    """Return probabilities that name one class."""
    row = np.full(len(CLASSES), (1 - sure) / (len(CLASSES) - 1))
    row[label] = sure
    return row


def chance_of(text: str) -> int:
    """Return a class that only looks like chance: the same for the same text."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % len(CLASSES)


def turned(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities moved to the next class: as sure as before, and wrong."""
    return np.roll(chances, 1)


def wrong_when(is_met: Callable[[str], bool]) -> Model:
    """Return a model that is wrong on some texts and as sure as ever."""
    return Model(spoil=lambda text, row: turned(row) if is_met(text) else row)


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One model, or one world, with one known fault.

    Args:
        name: what is wrong with it.
        part: the part that must say fail.
        figure: the figure that must break its rule.
        model: made for a world, since one that memorises has to see it.
        change: makes the world that shows it.
        parent: what the model was made from, or None.
    """

    name: str
    part: str
    figure: str
    model: Callable[[World], Answer]
    change: Callable[[World], World] = lambda world: world
    parent: Answer | None = None


def _majority(world: World) -> Answer:
    top = world.rows["label"].mode().sort()[0]
    return lambda texts: Replies(
        CLASSES,
        np.array([certain(CLASSES.index(top), 0.3)] * len(texts)).reshape(-1, 4),
        "all",
        np.array([not text.strip(' .?!-"') for text in texts], np.bool_),
    )


def _by_number(_: World) -> Answer:
    """Read nothing but the number at the end, in which the label was hidden."""

    def read(text: str, row: NDArray[np.float64]) -> NDArray[np.float64]:
        digits = [c for c in text if c.isdigit()]
        return certain(int(digits[0]) % len(CLASSES)) if digits else row

    return Model(spoil=read)


def hide_label_in_number(world: World) -> World:
    """Make the first digit of every number give the label away."""
    texts = [
        text.replace(" no", f" no{CLASSES.index(label) + 4}", 1)
        for text, label in zip(world.rows["text"], world.rows["label"], strict=True)
    ]
    return replace(world, rows=world.rows.with_columns(pl.Series("text", texts)))


def _memory(world: World) -> Answer:
    """Know the training rows by heart, and guess at everything else."""
    known = dict(zip(world.train["text"], world.train["label"], strict=True))

    def recall(text: str, _: NDArray[np.float64]) -> NDArray[np.float64]:
        return certain(CLASSES.index(known[text]) if text in known else chance_of(text), 0.4)

    return Model(spoil=recall)


def _near_memory(world: World) -> Answer:
    """Know the training rows by heart even when a word is added, and guess at everything else."""
    pairs = (world.train["text"], world.train["label"])
    known = {text[:25]: label for text, label in zip(*pairs, strict=True)}

    def recall(text: str, _: NDArray[np.float64]) -> NDArray[np.float64]:
        label = known.get(text[:25])
        return certain(CLASSES.index(label) if label else chance_of(text), 0.4)

    return Model(spoil=recall)


def _sure_memory(share: int, sure: float) -> Callable[[World], Answer]:
    """Answer as a sound model does, but be surer of one training row in so many, and right."""

    def make(world: World) -> Answer:
        pairs = zip(world.train["text"], world.train["label"], strict=True)
        known = {text: label for text, label in pairs if zlib.crc32(text.encode()) % share == 0}

        def recall(text: str, row: NDArray[np.float64]) -> NDArray[np.float64]:
            return certain(CLASSES.index(known[text]), sure) if text in known else row

        return Model(spoil=recall)

    return make


def draw_more(world: World) -> World:
    """Draw rows enough for a claim at one false alarm in a hundred."""
    return replace(world, rows=make_world(2, rows=1200).rows)


def add_copies(world: World) -> World:
    """Put a hundred rows into the training file that are in the test file but for one word."""
    copies = world.rows.head(100).with_columns(pl.col("text") + " thanks")
    return replace(world, train=pl.concat([copies, world.train]))


def tie_label_to_channel(world: World) -> World:
    """Let a column give the label away, as when each team labels its own kind."""
    teams = [f"team {CLASSES.index(label)}" for label in world.rows["label"]]
    return replace(world, rows=world.rows.with_columns(pl.Series("channel", teams)))


def _plain_words(text: str) -> list[str]:
    return text.replace(".", "").split()


def _fragile(text: str, row: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fall to chance when a word is not in the dictionary."""
    known = {*_HOME, *_OTHER, *_WHO, "regards", "cheers", "lately", "recently"}
    strange = [word for word in words_of(text) if word not in known and not word.startswith("no")]
    return certain(chance_of(text)) if strange else row


def _by_probability(texts: list[str]) -> Replies:
    """Say everything with the same certainty, and never doubt."""
    found = SOUND(texts)
    flat = np.array([certain(int(i), 0.9) for i in found.predicted]).reshape(-1, 4)
    return Replies(CLASSES, flat, "all")


def _sure_of_nonsense(texts: list[str]) -> Replies:
    """Be surest of what it knows no word of."""
    found = SOUND(texts)
    strange = np.where(found.strangeness == 0, -10.0, found.strangeness)
    return replace(found, strangeness=strange, is_unsure=np.zeros(len(texts), np.bool_))


def _never_doubts_blanks(texts: list[str]) -> Replies:
    found = SOUND(texts)
    return replace(found, is_unsure=np.zeros(len(texts), np.bool_))


def _doubts_backwards(texts: list[str]) -> Replies:
    """Be unsure wherever it is right, as after a mixed-up threshold."""
    found = SOUND(texts)
    is_odd = np.array([chance_of(text) == 0 for text in texts], np.bool_)
    table = np.where(is_odd[:, None], np.roll(found.probabilities, 1, axis=1), found.probabilities)
    return replace(found, probabilities=table, is_unsure=~is_odd)


def _collapsed(texts: list[str]) -> Replies:
    """Answer every third text with one class, as a net whose scales went wrong."""
    found = SOUND(texts)
    lost = np.array([zlib.crc32(text.encode()[::-1]) % 3 == 0 for text in texts], np.bool_)
    return replace(found, probabilities=np.where(lost[:, None], certain(0), found.probabilities))


def _loses_a_class(texts: list[str]) -> Replies:
    """Answer half of one class as another."""
    found = SOUND(texts)
    lost = (found.predicted == 2) & [chance_of(text) < 2 for text in texts]
    return replace(found, probabilities=np.where(lost[:, None], certain(3), found.probabilities))


def _forgets(label: int) -> Model:
    def spoil(_: str, row: NDArray[np.float64]) -> NDArray[np.float64]:
        return turned(row) if int(row.argmax()) == label else row

    return Model(spoil=spoil)


def _by_length(text: str, _: NDArray[np.float64]) -> NDArray[np.float64]:
    return certain(len(text) // 12 % len(CLASSES))


_TREES = ("alder", "birch", "cedar", "rowan")
_THINGS = ("purchase", "damaged", "glad", "mistake")


def put_word(words: tuple[str, ...]) -> Callable[[World], World]:
    """Return what puts one more word into every text, the same for all texts of a class."""

    def change(world: World) -> World:
        said = SOUND(world.rows["text"].to_list()).predicted.tolist()
        texts = [f"{words[i]} {text}" for i, text in zip(said, world.rows["text"], strict=True)]
        return replace(world, rows=world.rows.with_columns(pl.Series("text", texts)))

    return change


def by_word(words: tuple[str, ...]) -> Model:
    """Return a model that reads nothing but those words, as they are spelt."""

    def spoil(text: str, _: NDArray[np.float64]) -> NDArray[np.float64]:
        found = [label for label, word in enumerate(words) if word in text.split()]
        return certain(found[0]) if found else certain(chance_of(text), 0.4)

    return Model(spoil=spoil)


def always(answer: Answer) -> Callable[[World], Answer]:
    """Return the same model for every world."""
    return lambda _: answer


FAULTS = (
    Fault("majority only", "task", "task.accuracy", _majority),
    Fault("never answers one class", "task", "", always(_forgets(1))),
    Fault("too sure", "calibration", "calibration.overconfidence", always(
        Model(sharpen=6.0, spoil=lambda text, row: turned(row) if chance_of(text) == 1 else row)
    )),
    Fault("far too modest", "calibration", "calibration.ece", always(Model(sharpen=0.2))),
    Fault("doubts what it knows", "calibration", "abstention.precision", always(_doubts_backwards)),
    Fault("takes any topic for its own", "outside", "outside.auroc", always(_by_probability)),
    Fault("sure of nonsense", "outside", "outside.far.auroc", always(_sure_of_nonsense)),
    Fault("answers blanks", "outside", "outside.blank.passed_share", always(_never_doubts_blanks)),
    Fault("case-sensitive", "robustness", "robustness.capitals.loss", always(
        Model(read=_plain_words)
    )),
    Fault("one typing error undoes it", "robustness", "robustness.typo.loss", always(
        Model(spoil=_fragile)
    )),
    Fault("odd spaces undo it", "robustness", "robustness.spaces.loss", always(
        wrong_when(lambda text: text != " ".join(text.split()) and "  " in text)
    )),
    Fault("invisible characters undo it", "robustness", "robustness.invisible.loss", always(
        wrong_when(lambda text: any(unicodedata.category(c) == "Cf" for c in text))
    )),
    Fault("one spelling is all it knows", "adversary", "adversary.pruthi_one.loss", always(
        Model(spoil=_fragile)
    )),
    Fault("hangs on one word of each class", "adversary", "adversary.pruthi_one.loss", always(
        by_word(_TREES)
    ), put_word(_TREES)),
    Fault("knows one of several words for a thing", "adversary", "adversary.synonym.loss", always(
        by_word(_THINGS)
    ), put_word(_THINGS)),
    Fault("fails one group", "groups", "groups.channel.gap", always(
        wrong_when(lambda text: "cheers" in text and chance_of(text) < 3)
    )),
    Fault("has aged", "groups", "groups.date.gap", always(
        wrong_when(lambda text: "lately" in text)
    )),
    Fault("lost in long texts", "groups", "groups.length.gap", always(
        wrong_when(lambda text: len(text) > 100)
    )),
    Fault("minds who is spoken of", "groups", "groups.swap.changed_share", always(
        wrong_when(lambda text: " she " in f" {text} ")
    )),
    Fault("reads the ticket number", "shortcuts", "shortcuts.numbers.loss", _by_number,
          hide_label_in_number),
    Fault("one keyword decides", "shortcuts", "shortcuts.one_word.flip_share", always(
        Model(spoil=lambda text, row: certain(2) if "refund" in text.casefold() else row)
    )),
    Fault("knows training rows by heart", "shortcuts", "shortcuts.train_gap", _memory),
    Fault("knows copies by heart", "shortcuts", "shortcuts.copy_gain", _near_memory, add_copies),
    Fault("a column gives the label away", "shortcuts", "shortcuts.from.channel.gain",
          always(SOUND), tie_label_to_channel),
    Fault("answers by a hash of the text", "explanation", "explanation.faithfulness", always(
        Model(spoil=lambda text, _: certain(chance_of(text)))
    )),
    Fault("answers by the length of the text", "explanation", "explanation.faithfulness", always(
        Model(spoil=_by_length)
    )),
    Fault("right for other reasons than its parent", "explanation", "explanation.agreement",
          always(by_word(_TREES)), put_word(_TREES), parent=SOUND),
    Fault("surer of what it learned from", "privacy", "privacy.membership_excess",
          _sure_memory(1, 0.99)),
    Fault("gives one training row in four away", "privacy", "privacy.tpr_at_1pct_fpr",
          _sure_memory(4, 0.9999), draw_more),
    Fault("collapsed in eight bits", "compression", "compression.disagreement",
          always(_collapsed), parent=SOUND),
    Fault("one class paid for shrinking", "compression", "compression.worst_slice_loss",
          always(_loses_a_class), parent=SOUND),
)  # fmt: skip
