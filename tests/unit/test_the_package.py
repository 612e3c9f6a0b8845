from __future__ import annotations

import subprocess
import sys

import pytest

import lissom


@pytest.mark.parametrize("name", ["build", "next_rows", "load", "LissomClassifier", "LissomLabels"])
def test_a_public_name_is_there_when_asked_for(name: str) -> None:
    assert getattr(lissom, name).__module__.startswith("lissom.pipeline")


def test_the_public_names_are_listed_before_they_are_loaded() -> None:
    assert set(lissom.__all__) <= set(dir(lissom))


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'biuld'"):
        _ = lissom.biuld


def test_asking_for_the_version_loads_no_pipeline() -> None:
    ask = "import lissom, sys; lissom.__version__; print('lissom.pipeline' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
