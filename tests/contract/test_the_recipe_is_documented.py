"""Every setting is in docs/recipe.md with its default and a meaning, and nothing else is."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from lissom.pipeline.recipe import Written

PAGE = (Path(__file__).parents[2] / "docs" / "recipe.md").read_text(encoding="utf-8")
SECTIONS = {
    "The file itself": "",
    "recipe.learn": "learn",
    "recipe.tune": "tune",
    "recipe.schedule": "schedule",
    "recipe.shrink": "shrink",
    "recipe.point": "point",
    "recipe.budget": "budget",
    "recipe.examine": "examine",
    "recipe.shapes": "shapes",
}


def documented(page: str, heading: str) -> dict[str, object]:
    """Return key -> default of the table under a heading."""
    part = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+) \|$", part, re.MULTILINE)
    assert all(meaning.endswith(".") for _, _, meaning in rows)
    return {key: json.loads(default) for key, default, _ in rows}


def settings(group: str) -> dict[str, object]:
    """Return key -> default of one group of settings; "" for those of the file itself."""
    whole = json.loads(json.dumps(asdict(Written())))
    if group:
        return dict(whole["recipe"][group])
    del whole["recipe"]
    return dict(whole)


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_page_has_the_settings_of_a_group_and_no_others(heading: str) -> None:
    found = settings(SECTIONS[heading])
    assert found
    assert documented(PAGE, heading) == found


def test_every_group_of_settings_has_a_section() -> None:
    groups = set(asdict(Written())["recipe"])
    assert groups == set(SECTIONS.values()) - {""}
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == list(SECTIONS)


def test_a_setting_that_is_not_documented_is_found() -> None:
    page = PAGE.replace("| `folds` |", "| folds |")
    assert documented(page, "recipe.learn") != settings("learn")
