"""Our server beside others that serve the same ONNX graph with the same tokenizer.

    python benchmarks/operate_serving.py [--redo CELL ...] [--only CELL ...]

A cell is one number of clients. All servers run one after the other in short rounds, each in an
environment of its own, asked by `wrk` for distinct texts of clinc150 that no bundle has seen.
"encoder": every text is read by the encoder; "cascade": the bundle as it was built. The null runs
answer without a model: FastAPI with a constant, ours with the word tier, which takes microseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cells import Bench
from main_job import LISSOM
from operate_drift import environment
from operate_streams import FOLDER, open_pools

from lissom.bundle import Facts, load_or_make_key, open_bundle, write_bundle
from lissom.pipeline.places import find_places

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = (8, 64, 1)
ROUNDS = 3
ROUND_S = 4
WARM_S = 2
READY_S = 60
PEERS = Path(__file__).resolve().parent / "operate_peers"
SHARED_WANTS = ("onnxruntime", "tokenizers", "numpy")
WANTS = {
    "fastapi": ("fastapi", "uvicorn[standard]", *SHARED_WANTS),
    "litserve": ("litserve", *SHARED_WANTS),
    "bentoml": ("bentoml", *SHARED_WANTS),
    "mlserver": ("mlserver", *SHARED_WANTS),
}
VARIANTS = {
    "encoder": {"defer_margin": None},
    "words": {"defer_margin": 0.0, "defer_known": 0.0, "defer_score": None},
}
OURS = {"lissom, encoder": "encoder", "lissom, cascade": "bundle", "null: lissom": "words"}
THEIRS = {
    "FastAPI": "fastapi",
    "LitServe": "litserve",
    "BentoML": "bentoml",
    "MLServer": "mlserver",
    "null: FastAPI": "fastapi",
}


def variants(bundle: Path) -> dict[str, Path]:
    """Write the bundle again with other rules for its cascade, signed with the same key."""
    os.environ["LISSOM_HOME"] = str(FOLDER / "home")
    opened = open_bundle(bundle, trust=None)
    told = opened.manifest
    facts = Facts(
        told.task,
        told.created_by,
        told.recipe_fingerprint,
        told.data_fingerprint,
        told.base_model,
        told.measured_on,
    )
    key = load_or_make_key(find_places().config, datetime.now(UTC).date())
    found = {"bundle": bundle}
    for name, change in VARIANTS.items():
        out = FOLDER / f"{bundle.name}-{name}"
        files = {one: opened.read(one) for one in told.files if one != "golden.json"}
        settings = json.loads(files["answer.json"]) | change
        files["answer.json"] = json.dumps(settings, indent=1).encode() + b"\n"
        write_bundle(out, files, facts, key)
        found[name] = out
    return found


def bodies(texts: list[str]) -> dict[str, Path]:
    """Write one request per line, for each way of asking."""
    forms = {
        "text": lambda text: {"text": text},
        "list": lambda text: {"text": [text]},
        "v2": lambda text: {
            "inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [text]}]
        },
    }
    found = {}
    for name, form in forms.items():
        found[name] = FOLDER / f"bodies-{name}.jsonl"
        lines = [json.dumps(form(text)) for text in texts]
        found[name].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return found


def command_of(name: str, port: int, kinds: dict[str, Path]) -> tuple[list[str], dict[str, str]]:
    """Return how a server is started, and what its environment has besides."""
    if name in OURS:
        typed = ["serve", str(kinds[OURS[name]]), "--port", str(port), "--despite-policy"]
        return [*LISSOM, *typed], {"LISSOM_HOME": str(FOLDER / "home")}
    kind = THEIRS[name]
    python = environment(kind, WANTS[kind])
    if python is None:
        raise NotInstalledError(name)
    folder = python.parent
    more = {"BUNDLE": str(kinds["bundle"]), "PYTHONPATH": str(PEERS), "PORT": str(port)}
    if kind == "fastapi":
        more["NULL"] = "1" if name.startswith("null") else "0"
        quiet = ["--log-level", "warning", "--no-access-log"]
        typed = [str(folder / "uvicorn"), "fastapi_app:app", "--port", str(port), *quiet]
    elif kind == "litserve":
        typed = [str(python), str(PEERS / "litserve_app.py")]
    elif kind == "bentoml":
        typed = [str(folder / "bentoml"), "serve", "bentoml_app:Labels", "--port", str(port)]
        more |= {"BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(FOLDER / "bentoml")}
    else:
        typed = [str(folder / "mlserver"), "start", str(_mlserver_folder(port))]
    return typed, more


class NotInstalledError(RuntimeError):
    """A peer could not be installed."""


def _mlserver_folder(port: int) -> Path:
    folder = FOLDER / "mlserver"
    folder.mkdir(exist_ok=True)
    model = {
        "name": "labels",
        "implementation": "mlserver_app.Labels",
        "max_batch_size": 16,
        "max_batch_time": 0.002,
    }
    settings = {
        "http_port": port,
        "grpc_port": port + 1,
        "metrics_port": port + 2,
        "host": "127.0.0.1",
        "parallel_workers": 0,
        "debug": False,
    }
    (folder / "model-settings.json").write_text(json.dumps(model), encoding="utf-8")
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


def how_to_ask(name: str) -> tuple[str, str]:
    """Return path and form of the body."""
    if name == "MLServer":
        return "/v2/models/labels/infer", "v2"
    return "/predict", "list" if name == "BentoML" else "text"


@contextmanager
def served(name: str, kinds: dict[str, Path], asks: dict[str, Path]) -> Iterator[str]:
    """Start a server, and give the address once it has answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    typed, more = command_of(name, port, kinds)
    path, form = how_to_ask(name)
    address = f"http://127.0.0.1:{port}{path}"
    first = asks[form].read_bytes().splitlines()[0]
    log = FOLDER / f"{name.replace(': ', '-').replace(', ', '-')}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - commands of our own
            typed,
            env={**os.environ, **more},
            stdout=said,
            stderr=said,
            cwd=FOLDER,
            start_new_session=True,
        )
        try:
            _wait(address, first, process)
            yield address
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)


def _wait(address: str, body: bytes, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + READY_S
    request = urllib.request.Request(  # noqa: S310 - of this machine
        address, body, {"content-type": "application/json"}
    )
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310 - likewise
                print(f"  {reply.read()[:80]!r}", file=sys.stderr)
                return
        except urllib.error.HTTPError as error:
            message = f"{address}: {error.code} {error.read()[:300]!r}"
            if error.code not in {404, 503}:
                raise RuntimeError(message) from error
            time.sleep(0.2)
        except OSError:
            time.sleep(0.2)
    message = f"{address} did not answer within {READY_S} s"
    raise RuntimeError(message)


def ask(address: str, body: Path, clients: int, seconds: int) -> dict[str, float]:
    """Let wrk ask for a while."""
    wrk = shutil.which("wrk")
    if wrk is None:
        message = "There is no wrk. On Debian and Ubuntu: apt-get install wrk"
        raise RuntimeError(message)
    done = subprocess.run(  # noqa: S603 - likewise
        [
            wrk,
            "-t1",
            f"-c{clients}",
            f"-d{seconds}s",
            "--timeout",
            "20s",
            "-s",
            str(PEERS / "ask.lua"),
            address,
        ],
        env={**os.environ, "BODIES": str(body)},
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(one for one in done.stdout.splitlines() if one.startswith("FOUND "))
    told: dict[str, float] = json.loads(line.removeprefix("FOUND "))
    answered = told["requests"] - told["refused"]
    return {
        "per_s": answered / told["us"] * 1e6,
        "p50_ms": told["p50_us"] / 1000,
        "p99_ms": told["p99_us"] / 1000,
        "refused": told["refused"],
        "broken": told["broken"],
    }


def measure(clients: int) -> dict[str, Any]:
    """Ask every server, round by round."""
    pools = open_pools("clinc150")
    plain = pools.texts[: len(pools.parts["plain"].truth)]
    kinds, asks = variants(FOLDER / "clinc150-bundle"), bodies(list(dict.fromkeys(plain)))
    rounds: dict[str, list[dict[str, float]]] = {}
    not_measured: dict[str, str] = {}
    for _ in range(ROUNDS):
        for name in (*OURS, *THEIRS):
            if name in not_measured:
                continue
            try:
                with served(name, kinds, asks) as address:
                    body = asks[how_to_ask(name)[1]]
                    ask(address, body, clients, WARM_S)
                    rounds.setdefault(name, []).append(ask(address, body, clients, ROUND_S))
                    print(f"  {name}: {rounds[name][-1]}", file=sys.stderr, flush=True)
            except (RuntimeError, StopIteration, subprocess.SubprocessError) as error:
                not_measured[name] = f"{type(error).__name__}: {error}"[:300]
                print(f"  {name}: {not_measured[name]}", file=sys.stderr, flush=True)
    return {
        "clients": clients,
        "rounds": rounds,
        "not_measured": not_measured,
        "round_s": ROUND_S,
        "texts": len(set(plain)),
        "peers": {name: _versions(kind) for name, kind in THEIRS.items()},
    }


def _versions(kind: str) -> str:
    python = environment(kind, WANTS[kind])
    if python is None:
        return "not installed"
    done = subprocess.run(  # noqa: S603 - likewise
        [str(python), "-m", "pip", "freeze"], capture_output=True, text=True, check=True
    )
    wanted = {kind, "onnxruntime", "uvicorn"}
    lines = [one for one in done.stdout.splitlines() if one.split("==")[0].lower() in wanted]
    return ", ".join(lines)


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redo", nargs="*", default=[], help="cells to measure again, or all")
    parser.add_argument("--only", nargs="*", default=[], help="cells")
    chosen = parser.parse_args()
    bench = Bench("operate_serving", tuple(chosen.redo))
    for clients in CLIENTS:
        name = f"{clients} clients"
        if not chosen.only or name in chosen.only:
            bench.cell(name, partial(measure, clients))


if __name__ == "__main__":
    main()
