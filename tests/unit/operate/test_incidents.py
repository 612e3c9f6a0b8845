"""From a planted fault to the incident it opens, and from there to the report."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from small_bundle import write_small
from watching_fakes import ALARM, CALM, HOUR_MS, NAMES, Stream, open_log, remember, tell_nobody

from lissom.bundle import open_bundle
from lissom.errors import (
    IncidentNumberError,
    IncidentsNotWrittenError,
    RecordBrokenError,
    RecordWordsError,
)
from lissom.evidence import Evidence
from lissom.operate import releasing
from lissom.operate.chain import read_chain
from lissom.operate.incidents import (
    MISSING,
    AlarmOrder,
    Book,
    Cost,
    GoBack,
    Incidents,
    Look,
    Row,
    Told,
    count_cost,
    find_cause,
    follow,
    go_back_for,
    to_aiid,
    wants_back,
    write_act,
    write_report,
)
from lissom.operate.incidents.causes import suggest, weigh
from lissom.operate.incidents.record import FILE, HEAD
from lissom.operate.releasing import By
from lissom.operate.watching import Keeping, MonitorStatus, Promise, Watcher, accept
from lissom.operate.watching import monitors as watched_monitors
from lissom.operate.watching.watcher import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from lissom.bundle import SigningKey, Trust
    from lissom.operate.incidents import Incident, Line
    from lissom.operate.watching import VersionStatus

REFERENCE = 600
MOVED = np.array([0.55, 0.15, 0.15, 0.15])
AT = "2026-01-01T00:00:00+00:00"
BY = By("anna", "because", AT)


@pytest.fixture(autouse=True)
def small_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a smaller reference than a server does, so that tests are quick."""
    monkeypatch.setattr(watched_monitors, "REFERENCE_ROWS", REFERENCE)
    monkeypatch.setattr("lissom.operate.watching.describing.REFERENCE_ROWS", REFERENCE)


class Server:
    """A log that grows by the hour, is looked at, and whose looks are heard."""

    def __init__(self, folder: Path, keeping: Keeping | None = None, **how: object) -> None:
        self.log = open_log(folder, keeping)
        self.stream, self.now_ms = Stream(0), 0
        self.watcher = Watcher(self.log, Promise(), np.random.default_rng(1000))
        self.told: list[tuple[str, dict[str, object]]] = []
        self.incidents = Incidents(self.log, remember(self.told), **how)

    def hour(
        self,
        count: int = 60,
        shares: NDArray[np.float64] = CALM,
        *,
        counts: Counts | None = None,
        wrong: int = 0,
        **how: float,
    ) -> None:
        self.now_ms += HOUR_MS
        entries = [
            replace(one, at_ms=self.now_ms) for one in self.stream.draw(count, shares, **how)
        ]
        self.log.write(entries, [True] * count)
        self._label(entries[:wrong])
        if counts is not None:
            self.watcher.counts[1] = counts
        self.incidents.looked(self.watcher.look(1, self.now_ms).status, self.now_ms)

    def _label(self, entries: Iterable[object]) -> None:
        """Tell a true label that is another than the answer."""
        with self.log.writing() as base:
            for one in entries:
                other = NAMES[(NAMES.index(one.label) + 1) % 4]
                base.execute(
                    "insert into labels (at_ms, answer, version, hash, label, by_lot, who, "
                    "given, chance, given_ms) values (?, ?, 1, x'00', ?, 1, '', ?, ?, ?)",
                    (self.now_ms, one.number, other, one.label, one.chance, one.at_ms),
                )

    @property
    def all(self) -> tuple[Incident, ...]:
        return self.incidents.book.read()


def status_with(*monitors: str, version: str = "aaaaaaaaaaaa", **how: object) -> VersionStatus:
    """Return what a look says while these monitors have an alarm."""
    alarms = tuple(MonitorStatus(name, "alarm", 1.0, 1_000) for name in monitors)
    (strange,) = ALARM.figures
    figures = (replace(strange, value=0.08, low=0.06, high=0.1),)
    how = {"figures": figures, **how}
    return msgspec.structs.replace(ALARM, version=version, monitors=alarms, **how)


def look_at(*monitors: str, can_go_back: bool = False, **how: object) -> Look:
    row = Row("7", "refund", 0.5, "why")
    return Look(status_with(*monitors, **how), AT, can_go_back, lambda _cause: (row,))


def book_with(folder: Path, *looks: Look) -> Book:
    book = Book(folder)
    for look in looks:
        book.add(partial(follow, look=look))
    return book


@pytest.mark.parametrize(
    ("fault", "cause", "monitor", "rows"),
    [
        ({"shares": MOVED}, "class mix", "mix", 5),
        ({"strange": 0.6}, "out of scope", "outside", 5),
        ({"doubt": 1.0}, "confidence", "confidence", 5),
        ({"counts": Counts(100, slow=60)}, "latency", "slow", 5),
        ({"counts": Counts(50, failed=50)}, "errors", "errors", 0),
        ({"wrong": 40}, "accuracy", "accuracy", 5),
    ],
    ids=["mix", "strange", "doubt", "slow", "errors", "wrong"],
)
def test_a_planted_fault_opens_one_incident_with_its_cause(
    tmp_path: Path, fault: dict[str, object], cause: str, monitor: str, rows: int
) -> None:
    server = Server(tmp_path)
    server.hour(REFERENCE)
    for _ in range(12):
        server.hour(**fault)
    (one,) = server.all
    assert (one.last.cause, one.closed) == (cause, None)
    assert monitor in one.monitors
    assert one.opened.act == "open"
    assert len(one.rows) >= rows
    assert (not one.rows) == (rows == 0)
    # Twelve looks at an alarm that goes on, and each alarm is noted once.
    assert len(one.alarms) == len(one.monitors) == sum(len(line.alarms) for line in one.lines)
    numbers = {int(row.id) for row in one.rows}
    assert numbers <= {int(str(number)) for (number,) in server.log.read("select id from answers")}


def test_a_stream_that_does_not_change_opens_none(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.hour(REFERENCE)
    for _ in range(20):
        server.hour(counts=Counts(60))
    assert server.all == ()
    assert server.told == []
    assert not (tmp_path / "incidents").exists()


def test_the_figures_are_frozen_as_they_stood(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.hour(REFERENCE)
    while not server.all:
        server.hour(counts=Counts(100, slow=60))
    then = server.all[0].opened.status
    for _ in range(3):
        server.hour(counts=Counts(100))
    (one,) = server.all
    assert one.opened.status == then
    (slow,) = [figure for figure in then.figures if figure.name == "watch.slow"]
    assert slow == Evidence(
        *("watch.slow", 0.6, slow.low, slow.high, 100, "share"),
        *("longer than 250 ms; Wilson", "since the last look"),
    )
    assert slow.low < 0.6 < slow.high


def test_no_text_hash_or_subject_comes_into_the_record(tmp_path: Path) -> None:
    server = Server(tmp_path, Keeping(text_days=10))
    server.hour(REFERENCE)
    while not server.all:
        server.hour(strange=0.6)
    raw = (tmp_path / "incidents" / FILE).read_bytes()
    texts = server.log.read("select t.text, a.hash from texts t join answers a on a.id = t.id")
    assert len(texts) > REFERENCE
    assert b"text " not in raw
    assert not any(bytes(digest).hex().encode() in raw for _, digest in texts)


def test_an_accepted_change_that_comes_back_is_added_to_the_open_incident(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.hour(REFERENCE)
    while not server.all:
        server.hour(shares=MOVED)
    accept(server.log, "inbox", None)
    server.hour(REFERENCE)
    for _ in range(12):
        server.hour(shares=np.array([0.1, 0.1, 0.1, 0.7]))
    (one,) = server.all
    assert len({alarm.since_ms for alarm in one.alarms if alarm.monitor == "mix"}) == 2
    assert "alarm" in [line.act for line in one.lines]


# --- which alarm belongs to which incident ----------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then", "causes"),
    [
        (("inputs",), ("inputs", "confidence"), ["input drift"]),
        (("confidence",), ("confidence", "inputs"), ["input drift"]),
        (("confidence",), ("confidence", "outside", "mix"), ["out of scope"]),
        (("mix",), ("mix", "outside"), ["out of scope"]),
        (("mix",), ("mix", "accuracy"), ["class mix", "accuracy"]),
        (("slow",), ("slow", "errors"), ["latency", "errors"]),
        (("inputs", "slow"), ("inputs", "slow"), ["input drift", "latency"]),
    ],
)
def test_an_alarm_joins_the_incident_that_explains_it(
    tmp_path: Path, first: tuple[str, ...], then: tuple[str, ...], causes: list[str]
) -> None:
    book = book_with(tmp_path, look_at(*first), look_at(*then), look_at(*then))
    found = book.read()
    assert [one.last.cause for one in found] == causes
    assert {alarm.monitor for one in found for alarm in one.alarms} == set(then)


def test_figures_that_speak_against_a_cause_leave_the_next_one() -> None:
    status = status_with("outside", "mix", "inputs")
    (strange,) = status.figures
    usual = (replace(strange, value=0.011, low=0.006),)
    calm = (msgspec.structs.replace(status.mix[0], before=0.3),)
    monitors = ("inputs", "mix", "outside")

    def cause(**figures: object) -> str:
        return find_cause(monitors, msgspec.structs.replace(status, **figures))

    assert cause() == "out of scope"
    # Strange texts are too few to have moved the labels so far.
    far = (msgspec.structs.replace(status.mix[0], now=0.5, low=0.4, high=0.6),)
    assert cause(mix=far) == "class mix"
    assert cause(figures=usual) == "class mix"
    assert cause(figures=usual, mix=calm) == "input drift"
    assert cause(figures=(), mix=()) == "out of scope"  # not measured speaks against nothing
    assert find_cause(("outside",), msgspec.structs.replace(status, figures=usual)) == (
        "out of scope"
    )


def test_another_version_joins_and_another_model_does_not(tmp_path: Path) -> None:
    other = look_at("mix")
    other = replace(other, status=msgspec.structs.replace(other.status, model="orders"))
    book = book_with(tmp_path, look_at("mix"), look_at("mix", version="b" * 12), other)
    found = book.read()
    assert [(one.model, len(one.alarms)) for one in found] == [("in<b>box", 2), ("orders", 1)]


def test_a_closed_incident_stays_closed_and_a_new_alarm_opens_another(tmp_path: Path) -> None:
    book = book_with(tmp_path, look_at("mix"))
    close(book, 1)
    book.add(partial(follow, look=look_at("mix")))
    assert [one.closed is None for one in book.read()] == [False]
    book.add(partial(follow, look=look_at("mix", version="b" * 12)))
    assert [one.closed is None for one in book.read()] == [False, True]


def test_harm_that_shows_later_makes_it_graver_and_never_less_so(tmp_path: Path) -> None:
    looks = [look_at("mix", harm=harm) for harm in ("unlikely", "likely", "unlikely", "likely")]
    (one,) = book_with(tmp_path, *looks).read()
    assert [(line.act, line.severity) for line in one.lines] == [("open", "low"), ("worse", "high")]
    assert [line.suggested for line in one.lines] == ["ignore and say why", "label these rows"]


def test_going_back_is_suggested_only_where_a_version_waits() -> None:
    assert suggest("errors", "", can_go_back=False) == "look at the machine"
    assert suggest("accuracy", "likely", can_go_back=False) == "label these rows"
    assert suggest("accuracy", "likely", can_go_back=True) == "go back"
    assert weigh("latency", "likely") == weigh("latency", "unlikely") == "medium"


# --- the chain ---------------------------------------------------------------------------------


def close(book: Book, number: int, told: Told | None = None) -> None:
    def make(found: tuple[Incident, ...]) -> list[Line]:
        (one,) = [one for one in found if one.number == number]
        line = write_act(one, "close", "it is over", "anna", "2026-01-01T02:30:00+00:00")
        return [msgspec.structs.replace(line, told=told or Told("it is over"))]

    book.add(make)


@pytest.mark.parametrize("how", ["word", "removed", "doubled", "swapped", "cut", "all", "no head"])
def test_a_change_of_the_record_is_found(tmp_path: Path, how: str) -> None:
    book = book_with(tmp_path, look_at("mix"), look_at("mix", "slow"), look_at("mix", "errors"))
    path = book.folder / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    match how:
        case "word":
            lines[1] = lines[1].replace(b"promised", b"expected")
        case "removed":
            del lines[0]
        case "doubled":
            lines.insert(1, lines[1])
        case "swapped":
            lines[0], lines[1] = lines[1], lines[0]
        case "cut":
            del lines[-1]
        case "all":
            lines = []
        case _:
            (book.folder / HEAD).write_bytes(b"{")
    path.write_bytes(b"".join(lines))
    with pytest.raises(RecordBrokenError):
        book.read()
    with pytest.raises(RecordBrokenError):
        book.add(partial(follow, look=look_at("accuracy")))
    assert path.read_bytes() == b"".join(lines)


def test_killed_in_the_middle_of_a_line_the_next_look_writes_it(tmp_path: Path) -> None:
    book = book_with(tmp_path, look_at("mix"))
    whole = (book.folder / FILE).read_bytes()
    with (book.folder / FILE).open("ab") as file:
        file.write(b'{"number":2,"at":"20')
    book.add(partial(follow, look=look_at("mix", "slow")))
    assert [one.last.cause for one in book.read()] == ["class mix", "latency"]
    assert (book.folder / FILE).read_bytes().startswith(whole)


def test_killed_before_the_head_was_written_the_line_counts(tmp_path: Path) -> None:
    book = book_with(tmp_path, look_at("mix"))
    head = (book.folder / HEAD).read_bytes()
    book.add(partial(follow, look=look_at("mix", "slow")))
    (book.folder / HEAD).write_bytes(head)
    assert len(book.read()) == 2


def test_a_disk_that_says_no_is_told_and_the_next_look_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    incidents = Incidents(open_log(tmp_path), remember(told))

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("lissom.operate.incidents.record.append", refuse)
        with pytest.raises(IncidentsNotWrittenError, match="No space left"):
            incidents.book.add(partial(follow, look=look_at("mix")))
        incidents.looked(status_with("mix"), 0)
    assert [event for event, _ in told] == ["incident not noted"]
    incidents.looked(status_with("mix"), 0)
    assert [event for event, _ in told][1:] == ["incident"]
    assert incidents.count_open() == {("in<b>box",): 1}


def test_a_record_that_was_changed_is_counted_as_such(tmp_path: Path) -> None:
    incidents = Incidents(open_log(tmp_path), tell_nobody)
    incidents.looked(status_with("mix"), 0)
    path = incidents.book.folder / FILE
    path.write_bytes(path.read_bytes().replace(b"labels", b"lables"))
    assert incidents.count_open() == {("",): -1}
    incidents.looked(status_with("slow"), 0)


@pytest.mark.parametrize("words", ["x" * 5000, "half a sign: \ud800"], ids=["long", "surrogate"])
def test_words_that_could_not_be_read_again_are_refused_and_harm_nothing(
    tmp_path: Path, words: str
) -> None:
    book = book_with(tmp_path, look_at("mix"))
    with pytest.raises(RecordWordsError, match="fewer, plain words"):
        close(book, 1, Told(words))
    assert [line.act for line in book.find(1).lines] == ["open"]


def test_who_reads_while_somebody_writes_finds_a_whole_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = book_with(tmp_path, look_at("mix"))

    def read_late(path: Path, kind: type[Line]) -> tuple[Line, ...]:
        monkeypatch.undo()
        found = read_chain(path, kind)
        book.add(partial(follow, look=look_at("mix", "slow")))
        return found

    monkeypatch.setattr("lissom.operate.incidents.record.read_chain", read_late)
    assert len(book.read()) == 1
    assert len(book.read()) == 2


def test_a_fault_of_ours_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    incidents = Incidents(open_log(tmp_path), remember(told))
    monkeypatch.setattr("lissom.operate.incidents.keeping.follow", lambda *_: 1 / 0)
    incidents.looked(status_with("mix"), 0)
    assert [(event, facts["why"]) for event, facts in told] == [
        ("incident not noted", "ZeroDivisionError")
    ]


def test_an_incident_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    book = book_with(tmp_path, look_at("mix"), look_at("mix", "slow"))
    close(book, 1)
    assert book.find(1).closed
    with pytest.raises(IncidentNumberError, match=r"no open incident 1\. There are: 2"):
        book.find(1, is_open=True)
    with pytest.raises(IncidentNumberError, match=r"no incident 9\. There are: 1, 2"):
        book.find(9)


# --- the report --------------------------------------------------------------------------------


def test_a_report_invents_nothing(tmp_path: Path) -> None:
    book = book_with(tmp_path, look_at("mix"))
    draft = write_report(book.find(1), Cost(0, 0, 0))
    assert "This is a draft" in draft
    assert draft.count(MISSING) == 3  # what was done, what it cost, what would have been sooner
    assert "not measured; no true label" in draft
    assert "not enough data yet: 3 of 30 labels" in draft
    assert "<b>" not in draft.replace("\\<b\\>", "")
    assert "| watch.outside | 8.0% | 6.0% to 10.0% | 1000 | Wilson |" in draft
    assert "- 7: refund, probability 0.50; why" in draft


def test_a_report_says_what_people_and_the_log_know(tmp_path: Path) -> None:
    book = book_with(tmp_path, look_at("mix"), look_at("mix", "inputs"))
    book.add(lambda found: [write_act(found[0], "note", "labelled 50 rows", "bert", AT)])
    close(book, 1, Told("a sale", "two | hours", "a note from sales"))
    said = write_report(book.find(1), Cost(1234, 40, 10))
    for part in (
        *("Open for: 0 d 2 h 30 min", "Closed because: a sale", "two \\| hours", "1,234"),
        *("25.0% (", "n = 40 drawn by lot", "a note from sales", "Done: labelled 50 rows | bert"),
        "One more alarm: inputs",
    ):
        assert part in said
    assert MISSING not in said
    assert "draft" not in said


def test_what_it_cost_is_counted_in_the_log_while_it_was_open(tmp_path: Path) -> None:
    server = Server(tmp_path)
    for wrong in (5, 3, 2):
        server.hour(20, wrong=wrong)
    look = replace(look_at("mix"), at="1970-01-01T02:00:00+00:00")
    look = replace(look, status=msgspec.structs.replace(look.status, model="inbox"))
    book = book_with(tmp_path, look)
    assert count_cost(server.log, book.find(1), 3 * HOUR_MS) == Cost(40, 5, 5)
    assert count_cost(server.log, book.find(1), 2 * HOUR_MS) == Cost(20, 3, 3)


def test_an_export_has_the_fields_of_the_database_and_names_nobody(tmp_path: Path) -> None:
    book = book_with(tmp_path, look_at("mix"))
    close(book, 1)
    found = to_aiid(book.find(1))
    assert list(found) == [
        *("incident_id", "title", "description", "date", "Alleged deployer of AI system"),
        *("Alleged developer of AI system", "Alleged harmed or nearly harmed parties"),
        *("implicated_systems", "reports", "editors", "editor_notes"),
    ]
    assert found["date"] == "2026-01-01"
    assert found["Alleged harmed or nearly harmed parties"] == [MISSING]
    assert found["implicated_systems"] == ["in-b-box-aaaaaaaaaaaa"]
    assert json.loads(json.dumps(found)) == found


# --- going back by itself ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> list[Path]:
    folder = tmp_path_factory.mktemp("bundles")
    return [write_small(folder / f"v{i}", key, weight) for i, weight in enumerate((20, 30))]


@pytest.fixture
def shop(tmp_path: Path, bundles: list[Path], trust: Trust) -> Path:
    """Return a release in which the second bundle serves and the first one waits."""
    for bundle in bundles:
        releasing.go_live(tmp_path / "shop", open_bundle(bundle, trust=trust), BY)
    return tmp_path / "shop"


def server_with(shop: Path, *rules: GoBack, has_release: bool = True) -> Incidents:
    releases = {"in<b>box": shop} if has_release else {}
    log = open_log(shop.parent / "log")
    return Incidents(log, tell_nobody, AlarmOrder(go_back=rules), releases)


def test_an_incident_of_the_named_cause_goes_back_once_and_both_records_say_so(shop: Path) -> None:
    before = releasing.read_plan(shop)
    incidents = server_with(shop, GoBack("errors"))
    for _ in range(3):
        incidents.looked(status_with("errors", version=before.live), 0)
    plan, record = releasing.check(shop)
    assert (plan.live, plan.previous) == (before.previous, before.live)
    assert [line.act for line in record] == ["live", "live", "back"]
    assert "incident 1: errors, high" in record[-1].why
    (one,) = incidents.book.read()
    assert [line.act for line in one.lines] == ["open", "back"]
    assert one.opened.suggested == "go back"
    assert f"line {plan.number} of the release's record, sha256 {plan.head}" in one.last.says


@pytest.mark.parametrize(
    ("rules", "monitor", "harm"),
    [
        ((), "errors", "likely"),
        ((GoBack("accuracy"),), "errors", "likely"),
        ((GoBack("class mix", "high"),), "mix", "unknown"),
        ((GoBack("latency"),), "slow", "likely"),
    ],
    ids=["no policy", "another cause", "not grave enough", "never grave enough"],
)
def test_without_a_policy_for_it_nothing_goes_back(
    shop: Path, rules: tuple[GoBack, ...], monitor: str, harm: str
) -> None:
    before = (shop / "record.jsonl").read_bytes()
    incidents = server_with(shop, *rules)
    incidents.looked(status_with(monitor, version=releasing.read_plan(shop).live, harm=harm), 0)
    assert [line.act for line in incidents.book.find(1).lines] == ["open"]
    assert (shop / "record.jsonl").read_bytes() == before


def test_two_versions_never_take_turns(shop: Path) -> None:
    incidents = server_with(shop, GoBack("errors"))
    for _ in range(2):
        live = releasing.read_plan(shop).live
        incidents.looked(status_with("errors", version=live), 0)
        close(incidents.book, len(incidents.book.read()))
    first, second = incidents.book.read()
    assert [line.act for line in first.lines] == ["open", "back", "close"]
    assert [line.act for line in second.lines] == ["open", "not back", "close"]
    assert "a person must choose" in second.lines[1].says
    assert len(releasing.check(shop)[1]) == 3


def test_a_version_on_trial_is_taken_off_it(shop: Path, bundles: list[Path], trust: Trust) -> None:
    live = releasing.go_back(shop, BY).live
    tried = releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.1).canary
    incidents = server_with(shop, GoBack("errors"))
    incidents.looked(status_with("errors", version=tried), 0)
    plan = releasing.read_plan(shop)
    assert (plan.live, plan.canary) == (live, None)
    assert "taken off trial" in incidents.book.find(1).last.says


@pytest.mark.parametrize(
    ("version", "has_release", "why"),
    [("gone00000000", True, "serves no longer"), ("x", False, "only a release can go back")],
)
def test_what_cannot_go_back_says_why(
    shop: Path,
    version: str,
    has_release: bool,  # noqa: FBT001 - a claim
    why: str,
) -> None:
    incidents = server_with(shop, GoBack("errors"), has_release=has_release)
    for _ in range(2):
        incidents.looked(status_with("errors", version=version), 0)
    lines = incidents.book.find(1).lines
    assert [line.act for line in lines] == ["open", "not back"]
    assert why in lines[-1].says
    assert len(releasing.check(shop)[1]) == 2


def test_the_first_version_of_all_has_nothing_to_go_back_to(
    tmp_path: Path, bundles: list[Path], trust: Trust
) -> None:
    plan = releasing.go_live(tmp_path / "shop", open_bundle(bundles[0], trust=trust), BY)
    (one,) = book_with(tmp_path, look_at("errors", version=plan.live)).read()
    assert wants_back(one, [GoBack("errors")])
    act, says = go_back_for(one, tmp_path / "shop", AT)
    assert (act, "no other version served" in says) == ("not back", True)
