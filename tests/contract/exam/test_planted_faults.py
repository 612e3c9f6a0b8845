"""Every model with a known fault fails in the part that should find it; a sound one never does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from zoo import FAULTS, SOUND, Fault, make_world

from lissom.evidence import Evidence, find_name, own_words
from lissom.pipeline import Request, Scope, examine
from lissom.pipeline.places import Places

if TYPE_CHECKING:
    from pathlib import Path

    from zoo import World

    from lissom.evidence import Exam

ENOUGH = 15
RUNS = 20


def look(
    world: World, model: object, places: Places, *, only: tuple[str, ...], parent: object = None
) -> Exam:
    scope = Scope(only=only, quick=True)
    request = Request(model, world.rows, world.outside, world.train, parent, scope=scope)
    return examine(request, places=places)


def title_of(figure: str) -> str:
    """Return how a reason about this figure begins."""
    known = find_name(figure)
    assert known is not None
    own = ": ".join(own_words(figure))
    return f"{known.title} ({own}) is" if own else f"{known.title} is"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "cache", tmp_path / "config")


def test_the_zoo_is_large_enough() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= ENOUGH


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_planted_fault_is_caught_by_its_part(fault: Fault, places: Places) -> None:
    world = fault.change(make_world(1))
    exam = look(world, fault.model(world), places, only=(fault.part,), parent=fault.parent)
    (part,) = exam.parts
    assert part.outcome == exam.outcome == "fail"
    if fault.figure:
        (reason,) = [one for one in part.reasons if one.startswith(title_of(fault.figure))]
        assert "misses the limit" in reason or "always guessing" in reason
    else:
        assert any("never" in one or "was found" in one for one in part.reasons)


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_sound_model_raises_no_alarm(seed: int, places: Places) -> None:
    exam = look(make_world(100 + seed), SOUND, places, only=(), parent=SOUND)
    assert [part.key for part in exam.parts if part.outcome == "fail"] == []
    measured = [item for item in exam.evidence if isinstance(item, Evidence)]
    assert len(measured) > 100  # it was looked at in earnest
    for item in measured:
        assert type(item.value) is float, item.name
        assert item.low is None or item.low <= item.value, item.name
        assert item.high is None or item.high >= item.value, item.name
        known = find_name(item.name)
        assert known is not None, item.name
        assert known.unit == item.unit, item.name
