"""Budgets, from the order to the recipe that is written and followed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from lissom.bundle import open_bundle
from lissom.errors import BudgetNotMetError, SizeBudgetError
from lissom.evidence import Evidence, Measured, NotMeasured
from lissom.evidence.written import read_evidence
from lissom.learn import Schedule
from lissom.pipeline import Budget, Order, build
from lissom.pipeline.budgeting import hold_to_budget, limits_of, search
from lissom.pipeline.recipe import Recipe, read_recipe
from lissom.progress import Silent
from lissom.shrink import Limits, Moves, Point, lay_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lissom.pipeline.places import Places

LOSS = {0.0: 0.1, 0.01: 0.2, 0.02: 0.3, 0.04: 0.7, 0.08: 1.5, 0.15: 3.0, 1.0: 9.0}
SPEED = {0.0: 700, 0.01: 1500, 0.02: 2500, 0.04: 4000, 0.08: 6000, 0.15: 9000, 1.0: 20000}


@dataclass
class FakeParts:
    size_mib: float
    files: dict[str, bytes] = field(default_factory=lambda: {"model.onnx": b"0" * 1000})


@dataclass
class FakeShrunk:
    parts: FakeParts
    apart: list[int]
    expected_loss: tuple[float, float]
    point: Point


@dataclass
class FakeModel:
    point: Point

    def answer(self, _texts: Sequence[str]) -> Point:
        return self.point


@dataclass
class FakeBench:
    """Makes points whose figures are known."""

    is_words: bool = False
    asked: list[Point] = field(default_factory=list)
    texts: tuple[str, ...] = ()
    moves: Moves = field(default_factory=Moves)

    def shrink(self, point: Point) -> FakeShrunk:
        self.asked.append(point)
        loss = LOSS[point.certify] / 100
        size = 25.0 if point.weights == "int8" else 90.0
        size -= 8 * (point.vocabulary == "trimmed") + (12 - 2 * point.layers) * (point.layers > 0)
        return FakeShrunk(FakeParts(size), [0] * 600, (loss / 2, loss), point)

    def load(self, shrunk: FakeShrunk) -> FakeModel:
        return FakeModel(shrunk.point)


def clockless(answer: Callable[[Sequence[str]], object]) -> tuple[Measured, Measured]:
    """Time an answer by the tables above."""
    point = answer([])
    assert isinstance(point, Point)
    speed = SPEED[point.certify] / (1 if point.weights == "int8" else 2)

    def figure(value: float, unit: str) -> Evidence:
        return Evidence("", value, value, value, 1, unit, "", "")

    return figure(2000 / speed, "ms"), figure(speed, "texts/s")


def find(limits: Limits, bench: FakeBench | None = None) -> tuple[Point, list[str]]:
    bench = bench or FakeBench()
    found = search(bench, Point(), limits, clockless, Silent())  # type: ignore[arg-type] # a small fake
    return found.point, [one.point.name for one in found.tried]


def test_what_ships_anyway_is_tried_first_and_the_search_stops_when_the_budget_is_met() -> None:
    assert find(Limits(max_mib=30)) == (Point(), ["int8, 4 %"])


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(max_loss=0.5), "float32, all read"),
        (Limits(max_loss=0.5, max_mib=30), "int8, all read"),
        (Limits(max_loss=0.5, max_mib=30, min_throughput=1000), "int8, 1 %"),
        (Limits(max_loss=0.5, min_throughput=2000), "int8, 2 %"),
        (Limits(min_throughput=5000), "int8, 8 %"),
        (Limits(max_ms=0.2), "int8, 100 %"),
    ],
)
def test_the_most_faithful_point_that_keeps_to_the_budget_is_found(
    limits: Limits, name: str
) -> None:
    assert find(limits)[0].name == name


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(max_mib=20), "int8, trimmed vocabulary, 4 %"),
        (Limits(max_mib=16), "int8, 3 layers, trimmed vocabulary, 8 %"),
        (Limits(max_mib=8, max_loss=4), "int8, 1 layer, trimmed vocabulary, 8 %"),
    ],
)
def test_what_is_left_out_is_no_more_than_the_size_asks_for(limits: Limits, name: str) -> None:
    bench = FakeBench(moves=Moves((3, 1), is_trimmable=True))
    assert find(limits, bench)[0].name == name
    # A form that is too large is made once, whatever the margins that could go with it.
    forms = [one.form for one in bench.asked]
    assert len(set(forms)) == len(forms)


def test_every_point_that_might_be_chosen_pays_for_the_comparison() -> None:
    point, _ = find(Limits(max_loss=0.5))
    assert point.compared == len(lay_points(Point()))
    bench = FakeBench()
    find(Limits(max_loss=0.5), bench)
    assert {one.compared for one in bench.asked} == {point.compared}


def test_what_cannot_be_met_names_the_limit_that_binds_and_the_nearest() -> None:
    with pytest.raises(BudgetNotMetError, match=r"nearest is int8, 2 %.*--max-loss that binds"):
        find(Limits(max_loss=0.25, min_throughput=2000, max_mib=30))
    with pytest.raises(BudgetNotMetError, match=r"--min-throughput that binds: 2e\+04"):
        find(Limits(min_throughput=50_000))
    with pytest.raises(SizeBudgetError, match="--max-mib"):
        find(Limits(max_mib=20))


def test_a_model_that_is_the_lexical_tier_has_one_point() -> None:
    with pytest.raises(BudgetNotMetError):
        find(Limits(max_loss=0.5), FakeBench(is_words=True))


def test_what_a_person_asks_for_takes_the_place_of_the_recipes_limits() -> None:
    recipe = Recipe(budget=Limits(max_mib=30, max_ms=5))
    order = Order("x.csv", recipe=recipe)
    assert limits_of(order) == recipe.budget
    assert limits_of(replace(order, budget=Budget(max_loss=1))) == Limits(max_loss=1)


def test_where_there_is_no_point_to_choose_the_figures_are_held_to_the_budget() -> None:
    size = Evidence("size.bundle_mib", 24.0, None, None, 1, "MiB", "", "")
    slow = Evidence("cost.latency_p95_ms", 3.0, 2.0, 4.0, 100, "ms", "", "")
    order = Order("x.csv")
    assert hold_to_budget(order, [size]) == Limits()
    met = replace(order, budget=Budget(max_ms=4.0))
    assert hold_to_budget(met, [size, slow]).max_ms == 4
    with pytest.raises(BudgetNotMetError, match=r"--max-ms that binds: 4 where 3.5"):
        hold_to_budget(replace(order, budget=Budget(max_ms=3.5)), [size, slow])
    absent = NotMeasured("compression.accuracy_loss", "no rows")
    with pytest.raises(BudgetNotMetError, match="not measured"):
        hold_to_budget(replace(order, budget=Budget(max_loss=1)), [size, absent])


def test_the_chosen_point_is_written_and_followed_without_a_clock(
    tiny_csv: Path,
    tiny_base: Path,
    tiny_places: Places,
    tmp_path: Path,
    tiny_bundle: Path,
) -> None:
    assert tiny_bundle.is_dir()
    order = Order(tiny_csv, out=tmp_path / "one", base=str(tiny_base), threads=1)
    first = build(replace(order, budget=Budget(max_ms=60_000)), places=tiny_places)
    bundle = open_bundle(first.bundle, trust=None)
    written = read_recipe(bundle.read("recipe.toml"), "recipe.toml")
    assert written.recipe.budget == Limits(max_ms=60_000)
    assert written.recipe.point.compared > 0
    names = {item.name for item in read_evidence(bundle.read("evidence.json"))}
    assert "frontier.int8, 4 %.size_mib" in names
    path = tmp_path / "recipe.toml"
    # Timed again, this would fail: nothing answers in a billionth of a millisecond.
    strict = replace(written.recipe, budget=Limits(max_ms=1e-9))
    path.write_bytes(replace(written, recipe=strict).to_toml())
    again = build(replace(order, out=tmp_path / "two", recipe_file=path), places=tiny_places)
    for name in ("model.onnx", "answer.json", "lexical.safetensors"):
        assert (again.bundle / name).read_bytes() == (first.bundle / name).read_bytes()
    settings = msgspec.json.decode((again.bundle / "answer.json").read_bytes())
    assert settings["classes"] == ["delivery", "praise", "refund"]
    path.write_bytes(replace(written, recipe=replace(strict, point=Point())).to_toml())
    with pytest.raises(BudgetNotMetError, match="--max-ms"):
        build(replace(order, out=tmp_path / "three", recipe_file=path), places=tiny_places)


def test_a_bundle_of_fewer_layers_is_built_written_down_and_built_again(
    tiny_csv: Path, tiny_base: Path, tiny_places: Places, tmp_path: Path, tiny_bundle: Path
) -> None:
    # Encoders that are tuned keep their layers.
    plain = Recipe(schedule=Schedule(("frozen",)))
    order = Order(tiny_csv, tmp_path / "one", base=str(tiny_base), threads=1, recipe=plain)
    usual = (tiny_bundle / "model.onnx").stat().st_size
    files = ("model.onnx", "tokenizer.json", "answer.json", "lexical.safetensors")
    mib = sum((tiny_bundle / name).stat().st_size for name in files) / (1 << 20)
    first = build(replace(order, budget=Budget(max_mib=mib - 0.004)), places=tiny_places)
    assert (first.bundle / "model.onnx").stat().st_size < usual
    written = read_recipe((first.bundle / "recipe.toml").read_bytes(), "recipe.toml")
    assert written.recipe.point.layers == 1
    # Nothing but the size was asked for, so nothing was compared that chance could have decided.
    assert written.recipe.point.compared == 0
    names = {item.name for item in read_evidence((first.bundle / "evidence.json").read_bytes())}
    assert f"frontier.{written.recipe.point.name}.size_mib" in names
    assert len([name for name in names if name.endswith("size_mib")]) > 2
    path = tmp_path / "recipe.toml"
    path.write_bytes(written.to_toml())
    again = build(replace(order, out=tmp_path / "two", recipe_file=path), places=tiny_places)
    for name in files:
        assert (again.bundle / name).read_bytes() == (first.bundle / name).read_bytes()
