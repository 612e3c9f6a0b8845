"""An encoder that was tuned tells apart what its base did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lissom.nets import Examples, Tuning, embed, export, find_base, tune
from lissom.nets.tune import batch_of, contrast, padded
from lissom.pipeline.store import Store
from lissom.runtime import Tokens

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from tiny_models import Made

    from lissom.nets import Base

_HOW = Tuning(steps=30, rate=3e-3, batch=24)


class _StoppedError(Exception):
    pass


def _examples(base: Base, made: Made, rows: int = 60) -> Examples:
    ids = Tokens(base.tokenizer, base.max_tokens).encode(made.texts[:rows])
    return Examples(ids, made.kinds[:rows])


def _apart(vectors: NDArray[np.float32], kinds: NDArray[np.int64]) -> float:
    """Return how much nearer texts of one kind are than others, as a difference of cosines."""
    closeness = vectors @ vectors.T
    same = kinds[:, None] == kinds[None, :]
    np.fill_diagonal(same, val=False)
    return float(closeness[same].mean() - closeness[kinds[:, None] != kinds[None, :]].mean())


def test_texts_of_one_kind_lie_together_afterwards(tiny_base: Path, made: Made) -> None:
    base = find_base(str(tiny_base))
    weights = tune(base, _examples(base, made), _HOW, seed=0)
    ids = Tokens(base.tokenizer, base.max_tokens).encode(made.texts[100:200])
    kinds = made.kinds[100:200]
    before = _apart(embed(export(base, ids[:2]).graph, ids, threads=1), kinds)
    after = _apart(embed(export(base, ids[:2], weights).graph, ids, threads=1), kinds)
    assert after > before + 0.1
    # A planted fault: tuned on labels that mean nothing, it learns nothing about the kinds.
    shuffled = np.random.default_rng(0).permutation(made.kinds[:60])
    lost = tune(base, Examples(_examples(base, made).ids, shuffled), _HOW, seed=0)
    assert _apart(embed(export(base, ids[:2], lost).graph, ids, threads=1), kinds) < after - 0.1


def test_the_same_seed_gives_the_same_weights_and_another_does_not(
    tiny_base: Path, made: Made
) -> None:
    base = find_base(str(tiny_base))
    examples = _examples(base, made)
    how = Tuning(steps=4, rate=1e-3, batch=12)
    first, again, other = (tune(base, examples, how, seed=seed) for seed in (1, 1, 2))
    assert {name: values.tobytes() for name, values in first.items()} == {
        name: values.tobytes() for name, values in again.items()
    }
    assert any(first[name].tobytes() != other[name].tobytes() for name in first)


def test_the_token_table_is_left_as_it_is(tiny_base: Path, made: Made) -> None:
    base = find_base(str(tiny_base))
    weights = tune(base, _examples(base, made), Tuning(steps=1, batch=12), seed=0)
    assert weights
    assert not [name for name in weights if "embeddings" in name]


def test_stopped_half_way_it_goes_on_where_it_was(
    tiny_base: Path, made: Made, tmp_path: Path
) -> None:
    base = find_base(str(tiny_base))
    examples, how = _examples(base, made), Tuning(steps=40, rate=1e-3, batch=12)
    whole = tune(base, examples, how, seed=0)
    place = Store(tmp_path).unfinished("tune", "key")

    def stop_at_33(done: int, _total: int) -> None:
        if done == 33:
            raise _StoppedError

    with pytest.raises(_StoppedError):
        tune(base, examples, how, seed=0, checkpoint=place, tell=stop_at_33)
    told: list[int] = []
    resumed = tune(
        base, examples, how, seed=0, checkpoint=place, tell=lambda done, _total: told.append(done)
    )
    assert told == list(range(26, 41)), "the first 25 steps were kept"
    for name, values in whole.items():
        np.testing.assert_allclose(resumed[name], values, atol=1e-6)
    assert Store(tmp_path, fresh=True).unfinished("tune", "key").load() is None
    place.clear()
    assert place.load() is None


def test_a_batch_takes_at_least_two_rows_of_a_class_and_all_classes_in_turn() -> None:
    targets = np.repeat(np.arange(50), 3)
    examples = Examples([[1]] * len(targets), targets)
    seen: set[int] = set()
    for step in range(13):
        rows = batch_of(examples, 16, 0, step)
        kinds, counts = np.unique(targets[rows], return_counts=True)
        assert len(rows) == len(set(rows.tolist())) <= 16
        assert counts.min() >= 2
        seen |= set(kinds.tolist())
    assert seen == set(range(50))


def test_a_class_with_one_row_is_drawn_and_does_no_harm() -> None:
    examples = Examples([[1]] * 9, np.array([0] * 8 + [1]))
    assert 8 in batch_of(examples, 8, 0, 0)
    lonely = contrast(torch.eye(3), torch.tensor([0, 0, 1]), 0.1)
    assert torch.isfinite(lonely)


def test_the_loss_is_what_it_says() -> None:
    vectors = torch.nn.functional.normalize(torch.randn(5, 4, dtype=torch.float64), dim=-1)
    targets = torch.tensor([0, 0, 1, 1, 1])
    wanted = []
    for row in range(5):
        others = [i for i in range(5) if i != row]
        cosines = {i: float(vectors[row] @ vectors[i]) / 0.2 for i in others}
        bottom = float(np.log(sum(np.exp(value) for value in cosines.values())))
        mates = [i for i in others if targets[i] == targets[row]]
        wanted.append(-sum(cosines[i] - bottom for i in mates) / len(mates))
    assert float(contrast(vectors, targets, 0.2)) == pytest.approx(sum(wanted) / 5)


def test_a_long_text_is_cut_and_keeps_its_end_mark() -> None:
    ids, mask = padded([[2, 9, 9, 9, 9, 3], [2, 3]], 4, torch.device("cpu"))
    assert ids.tolist() == [[2, 9, 9, 3], [2, 3, 0, 0]]
    assert mask.tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]


def test_the_name_of_a_catch_all_is_no_text_of_it(tiny_base: Path, made: Made) -> None:
    base = find_base(str(tiny_base))
    plain, tokens = _examples(base, made), Tokens(base.tokenizer, base.max_tokens)
    how = Tuning(steps=3, rate=1e-3, batch=12)

    def tuned(last: str, other: int | None) -> dict[str, bytes]:
        names = tokens.encode(["late parcel", "lovely great", last])
        weights = tune(base, Examples(plain.ids, plain.targets, names, other), how, seed=1)
        return {name: values.tobytes() for name, values in weights.items()}

    assert tuned("money refund", 2) == tuned("the other", 2)
    assert tuned("money refund", None) != tuned("the other", None)
