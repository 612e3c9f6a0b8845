"""A teacher: found on this machine or not at all, heard in the race, left out of the bundle."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tiny_labels import make_marked

from lissom.errors import RecipeError, TeacherNotFoundError, TeacherNotHeardError
from lissom.learn import CHEAP, TAUGHT, UNKNOWN, Schedule, View
from lissom.nets import embed, export, find_base
from lissom.pipeline import Declared, Order, build, load
from lissom.pipeline.crossfit import Fitting
from lissom.pipeline.material import Material
from lissom.pipeline.recipe import Recipe, read_recipe
from lissom.pipeline.store import Store
from lissom.pipeline.teaching import find_teacher
from lissom.progress import Silent
from lissom.runtime import Tokens
from lissom.shrink import Shrinking

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from tiny_models import Made

    from lissom.pipeline import Built
    from lissom.pipeline.places import Places

_RECIPE = Recipe(
    shrink=Shrinking(min_pairs=20), schedule=Schedule((*CHEAP, *sorted(TAUGHT)), 0, 0, 0)
)
_ANSWERING = ("model.onnx", "tokenizer.json", "lexical.safetensors", "answer.json")


@pytest.fixture(scope="module")
def teacher(tiny_models: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with another encoder than the tiny base: other weights, other pooling."""
    folder: Path = tiny_models.write_base(
        tmp_path_factory.mktemp("teacher") / "bert", pooling="cls"
    )
    weights = load_file(folder / "model.safetensors")
    save_file({name: w * 1.5 for name, w in weights.items()}, folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def taught(
    tiny_csv: Path,
    tiny_base: Path,
    teacher: Path,
    tiny_places: Places,
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    """Return a build with a teacher; the plan itself asks it, as nothing is tuned here."""
    order = Order(
        *(tiny_csv, tmp_path_factory.mktemp("taught") / "model"),
        base=str(tiny_base),
        teacher=str(teacher),
        threads=1,
        seconds=1e-6,
    )
    return build(order, places=tiny_places)


def test_a_hub_name_that_is_not_here_is_a_sentence_and_no_download() -> None:
    def look(_name: str, **_how: object) -> str:
        message = "nothing of that name in the cache"
        raise OSError(message)

    with pytest.raises(TeacherNotFoundError) as caught:
        find_teacher("someone/large", look=look)
    said = str(caught.value)
    assert '"someone/large": it is not on this machine' in said
    assert "hf download someone/large" in said


def test_a_hub_name_is_looked_for_here_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def snapshot(_name: str, **how: object) -> str:
        asked.append(how["local_files_only"])
        message = "not here"
        raise OSError(message)

    # The edge of our own code: what must not happen is a call that may reach the network.
    monkeypatch.setattr("lissom.nets.source.snapshot_download", snapshot)
    with pytest.raises(TeacherNotFoundError):
        find_teacher("someone/large")
    assert asked == [True]


def test_a_folder_that_is_not_whole_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(TeacherNotFoundError, match=r"holds no config\.json.+--teacher a folder"):
        find_teacher(str(tmp_path))
    with pytest.raises(TeacherNotFoundError, match="no such folder"):
        find_teacher("./nowhere")


def test_a_missing_teacher_ends_the_build_before_anything_is_read(
    tiny_csv: Path, tiny_base: Path, tiny_places: Places, tmp_path: Path
) -> None:
    order = Order(tiny_csv, tmp_path / "out", base=str(tiny_base), teacher="./no", threads=1)
    with pytest.raises(TeacherNotFoundError):
        build(order, places=replace(tiny_places, cache=tmp_path / "cache"))
    assert not (tmp_path / "cache" / "vectors").exists()
    assert not (tmp_path / "out").exists()


def test_its_candidates_are_judged_and_it_does_not_ship(
    taught: Built, teacher: Path, tiny_bundle: Path
) -> None:
    found = {candidate.name: candidate.accuracy for candidate in taught.story.candidates}
    assert set(found) >= TAUGHT
    facts = taught.story.facts["teacher, not shipped"]
    assert find_base(str(teacher)).sha256[:16] in facts
    sizes = [(bundle / "model.onnx").stat().st_size for bundle in (taught.bundle, tiny_bundle)]
    assert abs(sizes[0] - sizes[1]) < 4096, "the small encoder alone is in the bundle"


def test_a_recipe_with_a_teacher_is_replayed_with_it_and_not_without(
    taught: Built,
    tiny_csv: Path,
    tiny_base: Path,
    teacher: Path,
    tiny_places: Places,
    tmp_path: Path,
) -> None:
    path = taught.bundle / "recipe.toml"
    written = read_recipe(path.read_bytes(), "recipe.toml")
    assert written.teacher == find_base(str(teacher)).sha256
    assert set(written.recipe.schedule.candidates) >= TAUGHT
    order = Order(
        *(tiny_csv, tmp_path / "again"),
        base=str(tiny_base),
        teacher=str(teacher),
        threads=1,
        recipe_file=path,
        fresh=True,
    )
    again = build(order, places=tiny_places)
    for name in _ANSWERING:
        assert (again.bundle / name).read_bytes() == (taught.bundle / name).read_bytes(), name
    with pytest.raises(RecipeError, match="name that encoder with --teacher"):
        build(replace(order, teacher=None), places=tiny_places)
    with pytest.raises(RecipeError, match="name that encoder with --teacher"):
        build(replace(order, teacher=str(tiny_base)), places=tiny_places)
    plain = tmp_path / "plain.toml"
    plain.write_text("seed = 3\n")
    with pytest.raises(RecipeError, match="without a teacher; build without --teacher"):
        build(replace(order, recipe_file=plain), places=tiny_places)


def test_candidates_that_want_a_teacher_are_refused_in_a_recipe_without_one() -> None:
    raw = b'[recipe.schedule]\ncandidates = ["frozen", "taught"]\n'
    with pytest.raises(RecipeError, match="wants a teacher, and there is none"):
        read_recipe(raw, "recipe.toml")
    assert read_recipe(b'teacher = "ab"\n' + raw, "recipe.toml").teacher == "ab"


def _material(tiny_base: Path, teacher: Path, made: Made) -> Material:
    views = []
    for folder in (tiny_base, teacher):
        base = find_base(str(folder))
        ids = Tokens(base.tokenizer, base.max_tokens).encode(made.texts)
        views.append((ids, embed(export(base, ids[:2]).graph, ids, threads=1)))
    (ids, vectors), (_, seen) = views
    rows = np.arange(len(ids))
    return Material(ids, vectors, made.targets, rows, 3, taught=View(seen))


@pytest.mark.parametrize("name", sorted(TAUGHT))
def test_no_held_out_row_reaches_the_teachers_head(
    name: str, tiny_base: Path, teacher: Path, made: Made, tmp_path: Path
) -> None:
    material = _material(tiny_base, teacher, made)
    assert material.taught is not None
    inside, outside = np.arange(0, 240), np.arange(240, 360)
    targets, seen = material.targets.copy(), material.taught.vectors.copy()
    known = outside[targets[outside] != UNKNOWN]
    targets[known] = (targets[known] + 1) % 3
    seen[outside] = -seen[outside]
    other = replace(material, targets=targets, taught=View(seen))
    mirrored = replace(material, taught=View(np.ascontiguousarray(material.vectors)))
    heads = [
        Fitting(rows, _RECIPE, Store(tmp_path / str(n)), "key").candidate(name, inside).head
        for n, rows in enumerate((material, other, mirrored))
    ]
    assert heads[0] is not None
    assert heads[1] is not None
    assert heads[2] is not None
    np.testing.assert_array_equal(heads[0].weights, heads[1].weights)
    assert not np.allclose(heads[0].weights, heads[2].weights), "the teacher is heard at all"


def test_rows_with_several_labels_refuse_a_teacher(
    tiny_base: Path, teacher: Path, tiny_places: Places, tmp_path: Path
) -> None:
    marked = make_marked(240, seed=4)
    path = tmp_path / "tickets.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("text", "label"), *zip(marked.texts, marked.cells, strict=True)]
        )
    order = Order(path, tmp_path / "out", base=str(tiny_base), teacher=str(teacher), threads=1)
    order = replace(order, task="labels")
    with pytest.raises(TeacherNotHeardError, match="Leave --teacher out"):
        build(order, places=tiny_places)


def test_labels_that_cannot_choose_leave_the_teacher_unread(
    made: Made, tiny_base: Path, teacher: Path, tiny_places: Places, tmp_path: Path
) -> None:
    path = tmp_path / "bare.csv"
    path.write_text("text\n" + "\n".join(made.texts), encoding="utf-8")
    told: list[str] = []

    class _Listening(Silent):
        def note(self, text: str) -> None:
            told.append(text)

    order = Order(
        *(path, tmp_path / "out"),
        base=str(tiny_base),
        teacher=str(teacher),
        threads=1,
        declared=Declared("delivery,praise,refund"),
    )
    built = build(order, places=tiny_places, progress=_Listening())
    assert "The teacher is not heard: no row has a label." in told
    assert "teacher" not in built.seconds
    assert len(load(built.bundle, trust=False).predict(["my parcel"])) == 1
