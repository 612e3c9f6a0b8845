"""The graph that is written computes what torch computes."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file
from transformers import AutoModel, DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel

from lissom.bundle.graph import check_graph
from lissom.errors import ExportDiffersError
from lissom.nets import (
    Base,
    Head,
    add_head,
    clips_here,
    embed,
    export,
    find_base,
    is_bert,
    to_int8,
    write_graph,
)
from lissom.runtime import open_session

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from numpy.typing import NDArray
    from tiny_models import Made, Shipped

_IDS = [[2, 50, 9, 3], [2, 3], [2, *range(5, 100), 3], [2, 60, 60, 60, 3]]


def _torch_says(folder: Path, pooling: str) -> NDArray[np.float32]:
    net = AutoModel.from_pretrained(str(folder), attn_implementation="eager").eval()
    rows = []
    with torch.inference_mode():
        for ids in _IDS:
            hidden = net(input_ids=torch.tensor([ids])).last_hidden_state[0]
            pooled = hidden[0] if pooling == "cls" else hidden.mean(dim=0)
            rows.append((pooled / pooled.norm()).numpy())
    return np.stack(rows)


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_the_graph_of_a_bert_is_torchs_answer(
    tiny_models: ModuleType, tmp_path: Path, pooling: str
) -> None:
    folder = tiny_models.write_base(tmp_path / "bert", pooling=pooling)
    base = find_base(str(folder))
    assert base.pooling == pooling
    ours = embed(write_graph(base), _IDS, threads=1)
    theirs = _torch_says(folder, pooling)
    assert np.abs(ours - theirs).max() < 1e-5
    # Were the two poolings the same thing, the law above would prove little.
    other = _torch_says(folder, "mean" if pooling == "cls" else "cls")
    assert np.abs(other - theirs).max() > 0.05


def test_export_says_how_far_it_is_from_torch(shipped: Shipped) -> None:
    found = export(shipped.base, _IDS)
    assert found.compared == len(_IDS)
    assert 0 < found.difference < 1e-5


def test_a_bert_saved_with_a_task_head_is_read_too(shipped: Shipped, tmp_path: Path) -> None:
    folder = tmp_path / "prefixed"
    shutil.copytree(shipped.base.folder, folder)
    weights = load_file(folder / "model.safetensors")
    named = {f"bert.{key}": values for key, values in weights.items()}
    save_file(named, folder / "model.safetensors", metadata={"format": "pt"})
    again = embed(write_graph(find_base(str(folder))), _IDS, threads=1)
    assert np.array_equal(again, embed(shipped.graph, _IDS, threads=1))


@pytest.mark.parametrize(
    ("setting", "value"), [("num_attention_heads", 4), ("layer_norm_eps", 0.5)]
)
def test_a_graph_that_does_not_compute_what_torch_computes_is_refused(
    shipped: Shipped, tmp_path: Path, setting: str, value: float
) -> None:
    # Planted: the graph is written from one config.json, torch opens a folder with another.
    folder = tmp_path / "changed"
    shutil.copytree(shipped.base.folder, folder)
    base = _TwoFaced(**{name: getattr(shipped.base, name) for name in Base.__slots__})
    object.__setattr__(base, "folder", folder)
    assert export(base, _IDS).difference < 1e-5
    config = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(json.dumps(config | {setting: value}))
    with pytest.raises(ExportDiffersError, match="differs from torch"):
        export(base, _IDS)


class _TwoFaced(Base):
    """A base that goes on saying the config.json which it was shipped with."""

    __slots__ = ()

    @property
    def config(self) -> dict[str, Any]:
        return {
            "model_type": "bert",
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "hidden_size": 32,
        }


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["distilbert", "roberta"])
def test_an_encoder_of_another_shape_goes_through_torchs_exporter(
    tiny_base: Path, tmp_path: Path, kind: str
) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        if kind == "distilbert":
            net = DistilBertModel(
                DistilBertConfig(vocab_size=120, dim=32, n_layers=2, n_heads=2, hidden_dim=64)
            )
        else:
            net = RobertaModel(
                RobertaConfig(
                    vocab_size=120,
                    hidden_size=32,
                    num_hidden_layers=2,
                    num_attention_heads=2,
                    intermediate_size=64,
                    max_position_embeddings=130,
                    pad_token_id=1,
                ),
                add_pooling_layer=False,
            )
    net.save_pretrained(tmp_path)
    shutil.copy(tiny_base / "tokenizer.json", tmp_path)
    base = find_base(str(tmp_path))
    assert not is_bert(base.config)
    found = export(base, _IDS)
    assert found.difference < 1e-5
    vectors = embed(found.graph, _IDS, threads=1)
    assert np.abs(vectors - _torch_says(tmp_path, "mean")).max() < 1e-5
    # What ships is the int8 form with a head; that must hold for this path too.
    head = Head(np.eye(32, 3, dtype=np.float32), np.zeros(3, np.float32))
    small = to_int8(add_head(found.graph, head))
    assert small.ByteSize() < add_head(found.graph, head).ByteSize()
    check_graph(small.SerializeToString())  # a bundle would take it
    session = open_session(small.SerializeToString())
    for ids, vector in zip(_IDS, vectors, strict=True):
        (scores,) = session.run(None, {"input_ids": np.asarray([ids], np.int32)})
        assert np.abs(scores[0] - vector[:3]).max() < 0.1


@pytest.mark.parametrize("is_narrow", sorted({True, clips_here()}))
def test_int8_keeps_the_direction_of_every_embedding(
    shipped: Shipped, made: Made, *, is_narrow: bool
) -> None:
    ids = shipped.material.ids[:60]
    full, small = shipped.graph, to_int8(shipped.graph, is_narrow=is_narrow)
    before = full.SerializeToString()
    session = open_session(small.SerializeToString())
    vectors = np.stack(
        [session.run(None, {"input_ids": np.asarray([one], np.int32)})[0][0] for one in ids]
    )
    cosines = (vectors * embed(full, ids, threads=1)).sum(axis=1)
    assert len(made.texts) > 60
    assert cosines.min() > 0.98
    assert small.ByteSize() < 0.6 * full.ByteSize()
    assert full.SerializeToString() == before


@pytest.mark.parametrize("is_narrow", [True, False])
def test_narrow_weights_never_fill_sixteen_bits(shipped: Shipped, *, is_narrow: bool) -> None:
    """Two products of a byte and a weight are summed in 16 bits on processors without VNNI."""
    largest = max(
        int(np.abs(numpy_helper.to_array(one).astype(np.int64)).max())
        for one in to_int8(shipped.graph, is_narrow=is_narrow).graph.initializer
        if numpy_helper.to_array(one).dtype == np.int8 and numpy_helper.to_array(one).ndim > 1
    )
    assert (2 * 255 * largest < 1 << 15) == is_narrow


def test_every_layer_of_our_graph_becomes_int8(shipped: Shipped) -> None:
    # An operator that the quantizer does not know is left in float without a word.
    left = {
        one.name
        for one in to_int8(shipped.graph).graph.initializer
        if numpy_helper.to_array(one).dtype == np.float32 and numpy_helper.to_array(one).ndim > 1
    }
    assert left == set()


def test_a_head_on_the_graph_scores_as_the_head_alone(shipped: Shipped) -> None:
    rng = np.random.default_rng(1)
    head = Head(rng.normal(size=(32, 4)).astype(np.float32), rng.normal(size=4).astype(np.float32))
    before = shipped.graph.SerializeToString()
    session = open_session(add_head(shipped.graph, head).SerializeToString())
    vectors = embed(shipped.graph, _IDS, threads=1)
    for ids, vector in zip(_IDS, vectors, strict=True):
        (scores,) = session.run(None, {"input_ids": np.asarray([ids], np.int32)})
        assert np.abs(scores[0] - (vector @ head.weights + head.bias)).max() < 1e-5
        assert np.abs(scores[0] - head.score(vector[None])[0]).max() < 1e-5
    assert shipped.graph.SerializeToString() == before


@pytest.mark.parametrize("threads", [1, 2])
def test_an_embedding_depends_neither_on_order_nor_on_neighbours(
    shipped: Shipped, threads: int
) -> None:
    ids = shipped.material.ids[:70]
    order = np.random.default_rng(0).permutation(len(ids))
    straight = embed(shipped.graph, ids, threads=1)
    mixed = embed(shipped.graph, [ids[i] for i in order], threads=threads)
    assert np.abs(mixed - straight[order]).max() < 1e-6
    alone = np.concatenate([embed(shipped.graph, [one], threads=1) for one in ids[:5]])
    assert np.abs(alone - straight[:5]).max() < 1e-6
    assert np.allclose(np.linalg.norm(straight, axis=1), 1, atol=1e-5)


def test_embedding_tells_how_far_it_is_and_takes_no_text(shipped: Shipped) -> None:
    told: list[tuple[int, int]] = []
    embed(
        shipped.graph,
        shipped.material.ids[:40],
        threads=2,
        tell=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (40, 40)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert embed(shipped.graph, [], threads=1).shape == (0, 32)
