"""Shadow, canary, live, back: on disk, in the server, and at the stated error rate."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from serving_fakes import LABELS, NOW, PROOF, FakeModel, label_of, make_version
from small_bundle import write_small

from lissom.bundle import open_bundle
from lissom.errors import (
    NoReleaseError,
    NothingOnTrialError,
    NothingToGoBackToError,
    RecordBrokenError,
    RecordWordsError,
    ReleaseNotWrittenError,
    SameVersionError,
    UnsignedError,
)
from lissom.operate import releasing
from lissom.operate.releasing import By, Releases, Rules, Trial, judge, see, step_for
from lissom.operate.serving import Desk, Limits, Metrics, Question, open_version, prove

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from lissom.bundle import SigningKey, Trust
    from lissom.operate.releasing import Plan
    from lissom.operate.serving import Proof, Version

BY = By("anna", "because", "2026-01-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory, key: SigningKey) -> list[Path]:
    """Return three bundles that answer differently."""
    folder = tmp_path_factory.mktemp("bundles")
    return [write_small(folder / f"v{i}", key, weight) for i, weight in enumerate((20, 30, 40))]


@pytest.fixture
def shop(tmp_path: Path, bundles: list[Path], trust: Trust) -> Path:
    """Return a release folder in which the first bundle is live."""
    releasing.go_live(tmp_path / "shop", open_bundle(bundles[0], trust=trust), BY)
    return tmp_path / "shop"


def opened(folder: Path, trust: Trust) -> Version:
    return open_version(open_bundle(folder, trust=trust), folder, "shop")


def test_what_serves_is_a_copy_that_nobody_can_change_from_outside(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    plan = releasing.read_plan(shop)
    copied = opened(shop / "versions" / plan.live, trust)
    original = opened(bundles[0], trust)
    assert copied.version == original.version == plan.live
    assert (plan.previous, plan.canary, plan.shadow, plan.number) == (None, None, None, 1)


def test_a_release_goes_the_whole_way_and_the_record_tells_it(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    first = releasing.read_plan(shop).live
    second = releasing.go_shadow(shop, open_bundle(bundles[1], trust=trust), BY).shadow
    assert (
        releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.05).canary == second
    )
    assert releasing.step(shop, 0.25, BY).share == 0.25
    plan = releasing.promote(shop, BY)
    assert (plan.live, plan.previous, plan.canary) == (second, first, None)
    assert releasing.go_back(shop, BY).live == first
    assert releasing.go_back(shop, BY).live == second
    third = releasing.go_canary(shop, open_bundle(bundles[2], trust=trust), BY, 0.1).canary
    plan = releasing.stop(shop, BY)
    assert (plan.live, plan.canary) == (second, None)
    checked, record = releasing.check(shop)
    assert checked == plan
    assert [entry.act for entry in record] == [
        *("live", "shadow", "canary", "step", "promote", "back", "back", "canary", "stop")
    ]
    assert [entry.version for entry in record][-2:] == [third, third]
    assert {(entry.who, entry.why) for entry in record} == {("anna", "because")}


def test_what_cannot_be_done_is_told_and_changes_nothing(
    shop: Path, bundles: list[Path], trust: Trust, tmp_path: Path
) -> None:
    before = (shop / "record.jsonl").read_bytes()
    with pytest.raises(NothingOnTrialError):
        releasing.promote(shop, BY)
    with pytest.raises(NothingOnTrialError):
        releasing.stop(shop, BY)
    with pytest.raises(NothingOnTrialError):
        releasing.step(shop, 0.5, BY)
    with pytest.raises(NothingToGoBackToError):
        releasing.go_back(shop, BY)
    for act in (releasing.go_live, releasing.go_shadow):
        with pytest.raises(SameVersionError):
            act(shop, open_bundle(bundles[0], trust=trust), BY)
    with pytest.raises(NoReleaseError):
        releasing.go_canary(tmp_path / "new", open_bundle(bundles[0], trust=trust), BY, 0.1)
    with pytest.raises(NoReleaseError):
        releasing.go_back(tmp_path / "none", BY)
    for seal in ("model.sig", "signer.pem"):
        (bundles[2] / seal).rename(tmp_path / seal)
    try:
        with pytest.raises(UnsignedError):
            releasing.go_live(shop, open_bundle(bundles[2], trust=trust), BY)
    finally:
        for seal in ("model.sig", "signer.pem"):
            (tmp_path / seal).rename(bundles[2] / seal)
    assert (shop / "record.jsonl").read_bytes() == before


@pytest.mark.parametrize("line", [0, 1, 2])
@pytest.mark.parametrize("how", ["word", "removed", "doubled", "swapped", "space"])
def test_a_change_of_the_record_is_found(
    shop: Path, bundles: list[Path], trust: Trust, line: int, how: str
) -> None:
    releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.1)
    releasing.promote(shop, BY)
    path = shop / "record.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    match how:
        case "word":
            lines[line] = lines[line].replace(b"anna", b"bert")
        case "removed":
            del lines[line]
        case "doubled":
            lines.insert(line, lines[line])
        case "swapped":
            lines[line], lines[line - 1] = lines[line - 1], lines[line]
        case _:
            lines[line] = lines[line].replace(b'"who":', b'"who": ')
    path.write_bytes(b"".join(lines))
    with pytest.raises(RecordBrokenError):
        releasing.check(shop)
    with pytest.raises(RecordBrokenError):
        releasing.go_back(shop, BY)


def test_a_reason_that_could_not_be_read_again_is_refused(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    before = (shop / "record.jsonl").read_bytes()
    by = By("anna", "x" * 3000, BY.at)
    with pytest.raises(RecordWordsError):
        releasing.go_live(shop, open_bundle(bundles[1], trust=trust), by)
    assert (shop / "record.jsonl").read_bytes() == before
    releasing.go_live(shop, open_bundle(bundles[1], trust=trust), BY)


def test_a_damaged_pointer_is_found(shop: Path) -> None:
    (shop / "pointer.json").write_bytes(b"{")
    with pytest.raises(RecordBrokenError):
        releasing.check(shop)


def test_killed_between_record_and_pointer_the_record_counts(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    old = (shop / "pointer.json").read_bytes()
    releasing.go_live(shop, open_bundle(bundles[1], trust=trust), BY)
    whole = releasing.check(shop)[0]
    (shop / "pointer.json").write_bytes(old)
    assert releasing.check(shop)[0] == whole
    (shop / "pointer.json").unlink()
    assert releasing.check(shop)[0] == whole
    assert releasing.go_back(shop, BY).number == 3
    assert releasing.check(shop)[0].previous == whole.live


def test_killed_in_the_middle_of_a_line_the_line_was_never_written(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    path = shop / "record.jsonl"
    with path.open("ab") as file:
        file.write(b'{"number":2,"at":"2026')
    assert len(releasing.check(shop)[1]) == 1
    releasing.go_live(shop, open_bundle(bundles[1], trust=trust), BY)
    assert [entry.number for entry in releasing.check(shop)[1]] == [1, 2]


def test_a_disk_that_says_no_leaves_what_serves(
    shop: Path, bundles: list[Path], trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lissom.operate.releasing.plan.append", refuse)
    before = releasing.read_plan(shop)
    with pytest.raises(ReleaseNotWrittenError, match="No space left"):
        releasing.go_live(shop, open_bundle(bundles[1], trust=trust), BY)
    assert releasing.check(shop)[0] == before


def test_two_who_change_at_once_take_turns(shop: Path, bundles: list[Path], trust: Trust) -> None:
    releasing.go_live(shop, open_bundle(bundles[1], trust=trust), BY)
    threads = [threading.Thread(target=releasing.go_back, args=(shop, BY)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    plan, record = releasing.check(shop)
    assert len(record) == 10
    assert plan.number == 10


RULES = Rules(error_rate=0.05, disagreement=0.2, errors=0.05, slow=0.1, wrong=0.1)


def hold(seed: int, rates: dict[str, float], rules: Rules, most: int) -> tuple[str, int]:
    """Hold a trial; `rates` are the means of what is seen. Returns the verdict and its answer."""
    rng = np.random.default_rng(seed)
    trial = Trial("b", "a")
    for number in range(1, most + 1):
        for question in ("disagreement", "errors", "slow"):
            mean = rates.get(question, 0.0)
            trial = see(trial, question, float(rng.random() < mean), rules)
        judged = judge(trial, rules)
        if judged.verdict != "go on":
            return judged.verdict, number
    return "go on", most


def test_a_version_that_is_as_good_is_promoted() -> None:
    found = [hold(seed, {"disagreement": 0.02}, RULES, 400) for seed in range(10)]
    assert {verdict for verdict, _ in found} == {"promote"}
    # Sooner where more may be worse: the limits say how much evidence is wanted.
    wide = msgspec.structs.replace(RULES, errors=0.3, slow=0.3, disagreement=0.5)
    assert hold(0, {}, wide, 400)[1] < found[0][1]


@pytest.mark.parametrize("question", ["disagreement", "errors", "slow"])
def test_a_version_that_is_much_worse_is_stopped(question: str) -> None:
    found = [hold(seed, {question: 0.6}, RULES, 400) for seed in range(10)]
    assert {verdict for verdict, _ in found} == {"stop"}


@pytest.mark.slow
@pytest.mark.parametrize("question", ["disagreement", "errors"])
def test_at_the_limit_it_is_promoted_and_stopped_no_oftener_than_stated(question: str) -> None:
    runs = 60
    found = [
        hold(seed, {question: getattr(RULES, question)}, RULES, 250)[0] for seed in range(runs)
    ]
    most = runs * 0.05 + 3 * math.sqrt(runs * 0.05 * 0.95)
    assert found.count("promote") <= most
    assert found.count("stop") <= most


def test_promotion_waits_for_labels_where_they_are_wanted() -> None:
    rules = msgspec.structs.replace(RULES, needs_labels=True)
    assert hold(0, {}, rules, 300) == ("go on", 300)
    trial = Trial("b", "a")
    for _ in range(300):
        for question in releasing.QUESTIONS:
            trial = see(trial, question, 0.0, rules)
    assert judge(trial, rules).verdict == "promote"


def test_the_share_grows_with_the_evidence() -> None:
    steps = (0.05, 0.25, 0.5)
    shares = [step_for(progress / 100, steps) for progress in range(101)]
    assert shares == sorted(shares)
    assert set(shares) == set(steps)


class Other(FakeModel):
    """Answers every text with the label after the right one."""

    def glance(self, texts: list[str]) -> object:
        found = super().glance(texts)
        return replace(found, probabilities=np.roll(found.probabilities, 1, axis=1))


class Server:
    """A desk that follows a release folder, with fake versions behind real pointers."""

    def __init__(self, folder: Path, models: dict[str, FakeModel], rules: Rules) -> None:
        self.folder, self.models, self.log = folder, models, []
        self.desk = Desk(Limits(), Metrics(), 1)
        self.releases = Releases(self.desk, self._open, rules, self._say, lambda: NOW)

    def _open(self, folder: Path, name: str) -> tuple[Version, Proof]:
        model = self.models.get(folder.name, FakeModel())
        return make_version(model, name, folder.name), PROOF

    def _say(self, event: str, **facts: object) -> None:
        self.log.append((event, facts))

    async def ask(self, text: str, subject: str = "") -> tuple[str, str]:
        given = await self.desk.answer(Question([text], "shop", subject=subject))
        return given.version.version, given.answered.cells[0]

    async def settle(self) -> None:
        """Let comparisons end, and look."""
        for _ in range(5):
            await asyncio.sleep(0.005)
        await self.releases.look()


def serve(
    folder: Path,
    act: Callable[[Server], Awaitable[None]],
    models: dict[str, FakeModel] | None = None,
    rules: Rules | None = None,
) -> None:
    async def go() -> None:
        server = Server(folder, models or {}, rules or RULES)
        await server.releases.follow(folder, folder.name)
        await act(server)
        await server.releases.close()
        await server.desk.drain()
        server.desk.close()

    asyncio.run(go())


def test_a_server_follows_the_pointer_and_goes_back_at_once(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    async def act(server: Server) -> None:
        first = (await server.ask("a"))[0]
        second = releasing.go_live(shop, open_bundle(bundles[1], trust=trust), BY).live
        await server.releases.look()
        assert (await server.ask("a"))[0] == second
        # The version before is still in memory, so going back loads nothing.
        assert set(server.desk.lanes["shop"].versions) == {first, second}
        releasing.go_back(shop, BY)
        await server.releases.look()
        assert (await server.ask("a"))[0] == first
        third = releasing.go_live(shop, open_bundle(bundles[2], trust=trust), BY).live
        await server.releases.look()
        assert set(server.desk.lanes["shop"].versions) == {first, third}
        assert [facts["line"] for event, facts in server.log if event == "release"] == [1, 2, 3, 4]

    serve(shop, act)


def test_a_pointer_to_nothing_is_told_and_the_live_version_goes_on(shop: Path) -> None:
    async def act(server: Server) -> None:
        live = (await server.ask("a"))[0]
        (shop / "pointer.json").write_bytes(b"{")
        await server.releases.look()
        assert (await server.ask("a"))[0] == live
        assert server.log[-1][0] == "release not followed"

    serve(shop, act)


def test_a_canary_gets_its_share_and_a_subject_always_the_same_version(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    async def act(server: Server) -> None:
        canary = releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3).canary
        await server.releases.look()
        first = {str(i): (await server.ask("a", str(i)))[0] for i in range(300)}
        again = {str(i): (await server.ask("b", str(i)))[0] for i in range(300)}
        assert first == again
        share = sum(version == canary for version in first.values()) / 300
        assert 0.2 < share < 0.4
        repeated = {(await server.ask("the same text"))[0] for _ in range(10)}
        assert len(repeated) == 1

    serve(shop, act, rules=msgspec.structs.replace(RULES, steps=(0.3,)))


async def ask_until(server: Server, is_over: Callable[[Plan], bool], most: int = 1500) -> Plan:
    for number in range(most):
        await server.ask(f"text {number}")
        if number % 25 == 0:
            await server.settle()
            if is_over(releasing.read_plan(server.folder)):
                break
    return releasing.read_plan(server.folder)


def test_a_canary_that_is_as_good_is_promoted_by_the_server_step_by_step(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    async def act(server: Server) -> None:
        canary = releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3).canary
        await server.releases.look()
        plan = await ask_until(server, lambda plan: plan.canary is None)
        assert plan.live == canary
        record = releasing.check(shop)[1]
        assert [entry.act for entry in record] == ["live", "canary", "step", "promote"]
        assert "sequential test" in record[-1].who
        assert "error rate 0.05" in record[-1].why
        assert (await server.ask("a"))[0] == canary

    rules = msgspec.structs.replace(RULES, errors=0.2, slow=0.2, steps=(0.3, 0.6))
    serve(shop, act, rules=rules)


def test_a_version_that_was_taken_back_is_not_promoted_on_its_old_evidence(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    rules = msgspec.structs.replace(RULES, errors=0.2, slow=0.2, steps=(0.3,))

    async def be_promoted(server: Server) -> None:
        await ask_until(server, lambda plan: plan.canary is None)
        assert releasing.check(shop)[1][-1].act == "promote"

    async def look(server: Server) -> None:
        for _ in range(3):
            await server.settle()
        assert server.releases.progress("shop")[0].evidence == {}

    canary = releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3).canary
    serve(shop, be_promoted, rules=rules)
    releasing.go_back(shop, BY)
    releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3)
    serve(shop, look, rules=rules)
    assert releasing.read_plan(shop).canary == canary


def test_the_same_trial_is_not_begun_twice(shop: Path, bundles: list[Path], trust: Trust) -> None:
    releasing.go_shadow(shop, open_bundle(bundles[1], trust=trust), BY)
    with pytest.raises(SameVersionError, match="in the shadow already"):
        releasing.go_shadow(shop, open_bundle(bundles[1], trust=trust), BY)
    releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3)
    with pytest.raises(SameVersionError, match=r"on trial already.*or another --share"):
        releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3)
    assert releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.1).share == 0.1
    assert len(releasing.check(shop)[1]) == 4


def test_a_canary_that_answers_otherwise_is_stopped_and_the_answers_are_listed(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    canary = releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3).canary

    async def act(server: Server) -> None:
        live = releasing.read_plan(shop).live
        plan = await ask_until(server, lambda plan: plan.canary is None)
        assert (plan.live, plan.canary) == (live, None)
        entry = releasing.check(shop)[1][-1]
        assert (entry.act, entry.version) == ("stop", canary)
        assert entry.why.startswith("disagreement: +1.000")
        lines = (shop / "disagreements.jsonl").read_text("utf-8").splitlines()
        first = json.loads(lines[0])
        assert first["version"] == canary
        assert first["other_version"] == live
        assert LABELS.index(first["label"]) == (LABELS.index(first["other_label"]) + 1) % 16
        assert "text" not in first

    serve(shop, act, {canary: Other()}, msgspec.structs.replace(RULES, steps=(0.3,)))


def test_a_canary_that_fails_is_stopped(shop: Path, bundles: list[Path], trust: Trust) -> None:
    class Failing(FakeModel):
        def glance(self, texts: list[str]) -> object:
            raise ZeroDivisionError(len(texts))

    canary = releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3).canary

    async def act(server: Server) -> None:
        failed = 0
        for number in range(600):
            try:
                await server.ask(f"text {number}")
            except Exception:  # noqa: BLE001 - clients of the canary see its faults
                failed += 1
            if number % 25 == 0:
                await server.settle()
        assert releasing.read_plan(shop).canary is None
        assert "errors" in releasing.check(shop)[1][-1].why
        assert 10 < failed < 120

    serve(shop, act, {canary: Failing()}, msgspec.structs.replace(RULES, steps=(0.3,)))


def test_a_shadow_is_asked_unheard_and_never_promoted_by_itself(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    shadow = releasing.go_shadow(shop, open_bundle(bundles[1], trust=trust), BY).shadow

    async def act(server: Server) -> None:
        live = releasing.read_plan(shop).live
        for number in range(150):
            assert await server.ask(f"text {number}") == (live, label_of(f"text {number}"))
            await asyncio.sleep(0)
        await server.settle()
        trial, judged = server.releases.progress("shop")
        assert trial.evidence["disagreement"].pairs > 50
        assert trial.evidence["disagreement"].total == trial.evidence["disagreement"].pairs
        assert judged.verdict == "stop"
        assert releasing.read_plan(shop).shadow == shadow

    serve(shop, act, {shadow: Other()})


def test_true_labels_speak_for_or_against_a_canary(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    canary = releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.3).canary

    async def act(server: Server) -> None:
        live = releasing.read_plan(shop).live
        for _ in range(120):
            server.releases.label_told("shop", live, is_right=True)
            server.releases.label_told("shop", canary, is_right=False)
        await server.releases.look()
        assert releasing.read_plan(shop).canary is None
        assert "wrong" in releasing.check(shop)[1][-1].why

    serve(shop, act)


def test_a_server_that_starts_anew_goes_on_with_the_trial(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    releasing.go_canary(shop, open_bundle(bundles[1], trust=trust), BY, 0.5)
    seen: list[int] = []

    async def act(server: Server) -> None:
        for number in range(60):
            await server.ask(f"text {len(seen)} {number}")
        await server.settle()
        trial, _ = server.releases.progress("shop")
        seen.append(trial.evidence["disagreement"].pairs)

    rules = msgspec.structs.replace(RULES, errors=0.001, steps=(0.5,))
    serve(shop, act, rules=rules)
    serve(shop, act, rules=rules)
    assert seen[1] > seen[0] > 5


def test_a_real_bundle_is_released_and_followed(
    shop: Path, bundles: list[Path], trust: Trust
) -> None:
    async def go() -> None:
        def opens(folder: Path, name: str) -> tuple[Version, Proof]:
            version = open_version(open_bundle(folder, trust=trust), folder, name)
            return version, prove(version)

        desk = Desk(Limits(), Metrics(), 1)
        releases = Releases(desk, opens, RULES, lambda *_, **__: None, lambda: NOW)
        await releases.follow(shop, shop.name)
        first = await desk.answer(Question(["lovely"], "shop"))
        releasing.go_live(shop, open_bundle(bundles[2], trust=trust), BY)
        await releases.look()
        second = await desk.answer(Question(["lovely"], "shop"))
        assert first.answered.cells == second.answered.cells == ["praise"]
        assert first.answered.chances[0] < second.answered.chances[0]
        await releases.close()
        await desk.drain()
        desk.close()

    asyncio.run(go())
