"""What a user installs: the wheel without extras, in a fresh environment, answers a bundle."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = ROOT / ".bench" / "installed-size.json"
MIB = 1 << 20
NOT_INSTALLED = ("torch", "transformers", "scipy", "sklearn", "onnx", "onnxscript", "granian")
UNREACHABLE = re.compile(
    r"new connection|name resolution|Connection refused|Network is unreachable|timed out"
    r"|ProxyError|Could not fetch URL"
)
WORDS = {
    "delivery": ("where is my parcel", "the courier never came", "tracking shows no progress"),
    "refund": ("please send my money back", "i was charged twice", "refund the broken lamp"),
}
ENDINGS = ("", " please", " today", " again", " thanks", ", it is urgent", " since monday", " now")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(540)]


def bare(home: Path) -> dict[str, str]:
    """Return the environment without anything that would bring our own packages in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**kept, "PYTHONNOUSERSITE": "1", "LISSOM_HOME": str(home)}


def run(words: list[str | Path], env: dict[str, str] | None = None, *, cwd: Path) -> str:
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installed")


@pytest.fixture(scope="module")
def python(place: Path) -> Path:
    """Return the Python of a fresh environment that holds the wheel and what it needs."""
    pip = [sys.executable, "-m", "pip"]
    options = ["-q", "--no-deps", "--no-build-isolation", "-w", str(place)]
    run([*pip, "wheel", *options, str(ROOT)], cwd=place)
    (wheel,) = place.glob("lissom-*.whl")
    venv.create(place / "env", with_pip=False)
    inside = place / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = subprocess.run(
        [*pip, "--python", inside, "install", "-q", wheel],
        env=bare(place),
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    # In CI a network is promised; without this a lost one would look like a passing test.
    if done.returncode and UNREACHABLE.search(done.stderr) and os.environ.get("CI") != "true":
        pytest.skip("2026-11-23: pip reaches no package index from here")
    assert done.returncode == 0, done.stderr
    return inside


@pytest.fixture(scope="module")
def bundle(place: Path, tiny_base: Path) -> Path:
    """Return a bundle, built here with all extras and signed by a key that `place` trusts.

    From the tiny base: what is tested is the opening, and that needs no good answers.
    """
    rows = [f'"{text}{end}",{kind}' for end in ENDINGS for kind in WORDS for text in WORDS[kind]]
    (place / "inbox.csv").write_text("\n".join(["text,label", *rows]) + "\n", encoding="utf-8")
    command = "from lissom.faces.cli import main; main()"
    given = ["build", "inbox.csv", "--base", str(tiny_base), "--out", "shop", "--seed", "1"]
    run(
        [sys.executable, "-c", command, *given],
        {**os.environ, "LISSOM_HOME": str(place)},
        cwd=place,
    )
    return place / "shop"


def test_nothing_that_only_building_needs_is_installed(python: Path, place: Path) -> None:
    ask = "import sys, importlib.util as u; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    assert run([python, "-c", ask, *NOT_INSTALLED], bare(place), cwd=place) == "[]\n"
    assert run([python, "-c", ask, "numpy", "torch"], bare(place), cwd=place) == "['numpy']\n"


def test_it_comes_from_the_wheel(python: Path, place: Path) -> None:
    where = run([python, "-c", "import lissom; print(lissom.__file__)"], bare(place), cwd=place)
    assert Path(where.strip()).is_relative_to(place / "env")


def test_a_bundle_is_opened_and_answers(python: Path, place: Path, bundle: Path) -> None:
    command = python.with_name("lissom")
    said = run(
        [command, "predict", bundle, "--json", "--say", "where is my parcel"],
        bare(place),
        cwd=place,
    )
    answer = json.loads(said)
    assert answer["label"] in WORDS
    assert 1 / len(WORDS) <= answer["probability"] <= 1
    run([command, "verify", bundle], bare(place), cwd=place)


def test_it_gives_the_answers_that_the_machine_which_built_it_gives(
    python: Path, place: Path, bundle: Path
) -> None:
    texts = ["where is my parcel", "refund the lamp", "", "something else entirely"]
    ask = (
        "import json, sys, lissom; model = lissom.load(sys.argv[1]); "
        "print(json.dumps([[a.label, a.probability] for a in model.predict(sys.argv[2:])]))"
    )
    there = run([python, "-c", ask, bundle, *texts], bare(place), cwd=place)
    here = run(
        [sys.executable, "-c", ask, bundle, *texts],
        {**os.environ, "LISSOM_HOME": str(place)},
        cwd=place,
    )
    assert json.loads(there) == json.loads(here)


def test_building_without_the_extra_says_what_to_install(python: Path, place: Path) -> None:
    done = subprocess.run(
        [python.with_name("lissom"), "build", "inbox.csv"],
        env=bare(place),
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert 'pip install "lissom[train]"' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_call_that_needs_the_extra_says_what_to_install(python: Path, place: Path) -> None:
    ask = (
        "import lissom\ntry:\n    lissom.build\nexcept lissom.errors.LissomError as error:\n"
        "    print(error)"
    )
    said = run([python, "-c", ask], bare(place), cwd=place)
    assert 'lissom.build needs a part that is not installed. Run: pip install "lissom[' in said


def test_the_installed_size_is_reported(python: Path, place: Path) -> None:
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run([python, "-c", ask], bare(place), cwd=place).strip())
    sizes = {
        path.name: sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())
        for path in packages.iterdir()
    }
    largest = sorted(sizes, key=lambda name: -sizes[name])[:6]
    report = {
        "installed_mib": round(sum(sizes.values()) / MIB, 1),
        "lissom_mib": round(sizes["lissom"] / MIB, 2),
        "largest_mib": {name: round(sizes[name] / MIB, 1) for name in largest},
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"\nInstalled without extras: {report['installed_mib']} MiB\n")
    assert 10 < report["installed_mib"] < 1024, "that is no longer a small install"
    assert report["lissom_mib"] < 8  # more than half of it is what Python compiles on arrival
