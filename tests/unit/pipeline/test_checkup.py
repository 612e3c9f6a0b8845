from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lissom.pipeline.checkup import Machine, best_int8, doctor, judge, look

GOOD = Machine(
    python=(3, 12, 1),
    cores=4,
    memory_gib=16.0,
    int8="avx512_vnni",
    missing={"train": (), "serve": ()},
    has_base=True,
    config=Path("config"),
    config_trouble="",
    disk_gib=50.0,
)


def complaints(machine: Machine) -> list[str]:
    return [check.name for check in judge(machine) if not check.ok]


def test_a_good_machine_needs_no_remedy() -> None:
    assert complaints(GOOD) == []
    assert {check.remedy for check in judge(GOOD)} == {""}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"python": (3, 10, 9)}, "Python"),
        ({"cores": 1}, "cores"),
        ({"memory_gib": 1.9}, "memory"),
        ({"int8": "avx2"}, "int8 instructions"),
        ({"missing": {"train": ("torch",), "serve": ()}}, "extra train"),
        ({"has_base": False}, "base model"),
        ({"config_trouble": "config: Permission denied"}, "config folder"),
        ({"disk_gib": 0.4}, "free disk here"),
    ],
)
def test_each_trouble_is_found_alone_and_has_a_remedy(change: dict[str, object], name: str) -> None:
    ill = replace(GOOD, **change)
    assert complaints(ill) == [name]
    assert next(check for check in judge(ill) if not check.ok).remedy.endswith((".", ")", '"'))


@pytest.mark.parametrize("change", [{"memory_gib": None}, {"int8": ""}])
def test_what_a_system_does_not_say_is_no_complaint(change: dict[str, object]) -> None:
    unknown = replace(GOOD, **change)
    assert complaints(unknown) == []
    assert "does not say" in " ".join(check.found for check in judge(unknown))


def test_the_best_instruction_set_wins() -> None:
    assert best_int8("flags : avx2 avx512bw avx_vnni") == "avx_vnni"
    assert best_int8("Features : fp asimd asimddp") == "asimddp"
    assert best_int8("") == ""


def test_looking_leaves_nothing_in_the_config_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    machine = look()
    assert machine.config_trouble == ""
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_config_folder_that_is_a_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "not-a-folder").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "not-a-folder"))
    monkeypatch.setenv("HOME", str(tmp_path / "not-a-folder"))
    assert [check.name for check in doctor() if check.name == "config folder" and not check.ok]
