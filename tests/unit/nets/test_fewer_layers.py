"""A few layers say what they saw, and a linear layer makes of it what all of them say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from transformers import AutoModel

from lissom.bundle.graph import check_graph
from lissom.nets import (
    Head,
    add_head,
    count_layers,
    embed,
    find_base,
    first_layers,
    fit_again,
    fit_stand_in,
    join,
    to_int8,
    write_graph,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tiny_models import Shipped

_IDS = [[2, 50, 9, 3], [2, 3], [2, 60, 60, 60, 3]]


@pytest.mark.parametrize("layers", [1, 2])
def test_what_each_layer_saw_is_what_torch_saw(tiny_base: Path, layers: int) -> None:
    graph = write_graph(find_base(str(tiny_base)))
    assert count_layers(graph) == 2
    small = first_layers(graph, layers)
    assert count_layers(small) == layers
    ours = embed(small, _IDS, threads=1)
    assert ours.shape == (3, (layers + 1) * 32)
    net = AutoModel.from_pretrained(str(tiny_base), attn_implementation="eager").eval()
    with torch.inference_mode():
        for row, ids in zip(ours, _IDS, strict=True):
            said = net(input_ids=torch.tensor([ids]), output_hidden_states=True).hidden_states
            seen = torch.cat([one[0].mean(dim=0) for one in said[: layers + 1]])
            assert row == pytest.approx(seen.numpy(), abs=1e-5)
    # The one that it was made from is as it was.
    assert embed(graph, _IDS, threads=1).shape == (3, 32)


def test_what_is_left_out_takes_no_room_and_the_bundle_takes_the_graph(tiny_base: Path) -> None:
    graph = write_graph(find_base(str(tiny_base)))
    small = first_layers(graph, 1)
    names = {one.name for one in small.graph.initializer}
    assert not any("layer.1" in name for name in names)
    head = Head(np.zeros((64, 3), np.float32), np.zeros(3, np.float32))
    shipped = to_int8(add_head(small, head)).SerializeToString()
    check_graph(shipped)
    assert len(shipped) < len(to_int8(graph).SerializeToString())


def test_a_graph_of_an_exporter_has_no_layers_to_leave_out(shipped: Shipped) -> None:
    other = type(shipped.graph)()
    other.CopyFrom(shipped.graph)
    for node in other.graph.node:
        node.output[:] = [f"x{name}" for name in node.output]
    assert count_layers(other) == 0


def test_the_stand_in_says_what_can_be_told_and_shrinks_from_noise() -> None:
    rng = np.random.default_rng(0)
    seen = (rng.normal(size=(400, 40)) * rng.uniform(0.1, 10, 40) + 3).astype(np.float32)
    slopes = rng.normal(size=(40, 5)).astype(np.float32)
    clean = seen @ slopes
    assert fit_stand_in(seen[:200], clean[:200]).head.score(seen[200:]) == pytest.approx(
        clean[200:], abs=0.1 * float(clean.std())
    )
    noise = rng.normal(size=(400, 5)).astype(np.float32)
    said = fit_stand_in(seen[:200], noise[:200]).head.score(seen[200:])
    least_squares = np.linalg.lstsq(np.c_[seen[:200], np.ones(200)], noise[:200], rcond=None)[0]
    plain = np.c_[seen[200:], np.ones(200)] @ least_squares
    assert ((said - noise[200:]) ** 2).mean() < ((plain - noise[200:]) ** 2).mean()


def test_fitted_again_with_its_penalty_it_is_the_same() -> None:
    rng = np.random.default_rng(2)
    seen = rng.normal(size=(90, 12)).astype(np.float32)
    said = (seen @ rng.normal(size=(12, 4)) + rng.normal(size=(90, 4))).astype(np.float32)
    first = fit_stand_in(seen, said)
    again = fit_again(seen, said, first.penalty)
    assert again.score(seen) == pytest.approx(first.head.score(seen), abs=1e-4)


def test_two_linear_layers_are_one() -> None:
    rng = np.random.default_rng(1)
    first = Head(rng.normal(size=(4, 3)).astype(np.float32), np.ones(3, np.float32))
    then = Head(rng.normal(size=(3, 2)).astype(np.float32), np.ones(2, np.float32))
    rows = rng.normal(size=(7, 4)).astype(np.float32)
    assert join(first, then).score(rows) == pytest.approx(then.score(first.score(rows)), abs=1e-5)
