"""What a server counts, and what it writes down."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from lissom.operate.serving import Events, Metrics
from lissom.operate.serving.metrics import SECONDS

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)
LINE = re.compile(r'[a-z_]+(\{([a-z_]+="(\\.|[^"\\\n])*",?)*\})? (\d+(\.\d+)?(e-?\d+)?|NaN)')


def series(text: str, name: str) -> dict[str, float]:
    """Return what stands between the name and the value, and the value."""
    found = {}
    for line in text.splitlines():
        if line.startswith((f"{name} ", f"{name}{{")):
            labels, _, value = line.removeprefix(name).rpartition(" ")
            found[labels] = float(value)
    return found


def test_a_counter_counts_for_each_combination_of_labels() -> None:
    metrics = Metrics()
    metrics.requests.add("predict", "200")
    metrics.requests.add("predict", "200")
    metrics.requests.add("predict", "429")
    assert series(metrics.write(), "lissom_requests_total") == {
        '{route="predict",status="200"}': 2,
        '{route="predict",status="429"}': 1,
    }


def test_a_histogram_is_cumulative_and_agrees_with_its_count_and_sum() -> None:
    metrics = Metrics()
    times = [0.00005, 0.0001, 0.003, 99.0]
    for seconds in times:
        metrics.encoder_s.add(seconds, "inbox")
    text = metrics.write()
    buckets = list(series(text, "lissom_encoder_duration_seconds_bucket").values())
    assert buckets == sorted(buckets)
    assert buckets[0] == 2  # a bucket holds its own upper end
    assert buckets[-2:] == [3, 4]
    assert len(buckets) == len(SECONDS) + 1
    assert series(text, "lissom_encoder_duration_seconds_count") == {'{model="inbox"}': 4}
    (total,) = series(text, "lissom_encoder_duration_seconds_sum").values()
    assert abs(total - sum(times)) < 1e-9


def test_every_line_is_one_that_prometheus_reads() -> None:
    metrics = Metrics()
    metrics.requests.add('a "quoted"\nname\\', "200")
    metrics.lexical_s.add(0.00012, "inbox")
    metrics.watch("lissom_ready", "1 when ready.", (), lambda: {(): 1.0})
    lines = metrics.write().split("\n")
    assert lines[-1] == ""
    figures = [line for line in lines[:-1] if not line.startswith("# ")]
    assert len(figures) > 15
    assert [line for line in figures if not LINE.fullmatch(line)] == []
    kinds = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(kinds) == len(set(kinds))


def test_a_gauge_is_asked_for_when_somebody_looks() -> None:
    metrics, value = Metrics(), {("inbox",): 1.0}
    metrics.watch("lissom_waiting_texts", "Texts.", ("model",), lambda: value)
    value["inbox",] = 7.0
    assert series(metrics.write(), "lissom_waiting_texts") == {'{model="inbox"}': 7}


def test_a_family_of_which_nothing_was_seen_takes_no_room() -> None:
    assert Metrics().write() == ""


def test_an_event_is_one_line_of_json_with_its_time() -> None:
    lines: list[str] = []
    Events(lines.append, lambda: NOW).say("ready", model="in\nbox", count=2)
    (line,) = lines
    assert "\n" not in line
    assert json.loads(line) == {
        "at": "2026-01-02T03:04:05.678Z",
        "event": "ready",
        "model": "in\nbox",
        "count": 2,
    }


def test_what_happens_often_is_said_once_in_ten_seconds_with_how_often() -> None:
    lines: list[str] = []
    events = Events(lines.append, lambda: NOW)
    for second in range(25):
        events.say_sometimes("fault", float(second), kind="ValueError")
    assert [json.loads(line)["more"] for line in lines] == [0, 9, 9]
