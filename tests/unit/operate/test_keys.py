"""Who may ask, how often, and what is kept of their keys."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from serving_fakes import NOW

from lissom.errors import NoKeyError, ServerKeyError, TooOftenError, WrongScopeError
from lissom.operate.serving import Events, KeyFile, Keyring, make_key, read_keys, write_keys

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_holds_no_key_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "config" / "api-keys.json"
    made = make_key("shop", ("predict",))
    write_keys(path, (made.key,))
    assert made.secret not in path.read_text("utf-8")
    assert made.secret.removeprefix("lsm_") not in path.read_text("utf-8")
    assert read_keys(path) == (made.key,)
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_two_keys_are_never_alike() -> None:
    assert len({make_key("a", ("predict",)).secret for _ in range(100)}) == 100


def test_no_file_means_no_keys(tmp_path: Path) -> None:
    assert read_keys(tmp_path / "none.json") == ()


@pytest.mark.parametrize("raw", ["", "{", '{"keys": [{"name": "a"}]}', '{"keys": [], "x": 1}'])
def test_a_damaged_file_is_told_with_a_remedy(tmp_path: Path, raw: str) -> None:
    path = tmp_path / "api-keys.json"
    path.write_text(raw, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ServerKeyError, match="lissom access new"):
        read_keys(path)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such bits (2026-11-23)")
def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "api-keys.json"
    write_keys(path, ())
    path.chmod(0o640)
    with pytest.raises(ServerKeyError, match="chmod 600"):
        read_keys(path)


def test_a_key_opens_what_it_is_for_and_nothing_else() -> None:
    made = make_key("shop", ("predict",))
    ring = Keyring((made.key,))
    assert ring.admit(made.secret, "predict", 0).name == "shop"
    with pytest.raises(WrongScopeError, match="look"):
        ring.admit(made.secret, "look", 0)


@pytest.mark.parametrize("sent", ["", "lsm_", "lsm_wrong", "x" * 10_000, "é"])
def test_nobody_and_somebody_unknown_are_told_the_same(sent: str) -> None:
    ring = Keyring((make_key("shop", ("predict",)).key,))
    with pytest.raises(NoKeyError):
        ring.admit(sent, "predict", 0)


def test_the_hash_itself_is_no_key() -> None:
    made = make_key("shop", ("predict",))
    with pytest.raises(NoKeyError):
        Keyring((made.key,)).admit(made.key.sha256, "predict", 0)


def test_a_key_gets_its_rate_and_is_told_when_to_come_back() -> None:
    made = make_key("shop", ("predict",), per_minute=6)
    ring = Keyring((made.key,))
    for _ in range(6):
        ring.admit(made.secret, "predict", 100.0)
    with pytest.raises(TooOftenError) as caught:
        ring.admit(made.secret, "predict", 100.0)
    assert caught.value.retry_after_s == 10
    ring.admit(made.secret, "predict", 110.0)
    with pytest.raises(TooOftenError):
        ring.admit(made.secret, "predict", 110.0)


def test_one_key_does_not_use_up_anothers_rate() -> None:
    first, second = (make_key(name, ("predict",), per_minute=1) for name in "ab")
    ring = Keyring((first.key, second.key))
    ring.admit(first.secret, "predict", 0)
    ring.admit(second.secret, "predict", 0)


def test_a_wrong_scope_costs_nothing() -> None:
    made = make_key("shop", ("predict",), per_minute=1)
    ring = Keyring((made.key,))
    with pytest.raises(WrongScopeError):
        ring.admit(made.secret, "look", 0)
    ring.admit(made.secret, "predict", 0)


class Followed:
    """A keyring that follows a file."""

    def __init__(self, path: Path) -> None:
        self.log: list[str] = []
        self.ring = Keyring(read_keys(path))
        events = Events(self.log.append, lambda: NOW)
        self.file = KeyFile(path, self.ring, events)


def test_a_running_server_takes_new_keys_and_drops_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "api-keys.json"
    old, new = make_key("old", ("predict",)), make_key("new", ("predict",))
    write_keys(path, (old.key,))
    followed = Followed(path)
    followed.file.look()
    assert followed.log == []
    write_keys(path, (new.key,))
    followed.file.look()
    assert followed.ring.admit(new.secret, "predict", 0).name == "new"
    with pytest.raises(NoKeyError):
        followed.ring.admit(old.secret, "predict", 0)


def test_half_a_file_locks_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "api-keys.json"
    made = make_key("shop", ("predict",))
    write_keys(path, (made.key,))
    followed = Followed(path)
    path.write_text('{"keys": [', encoding="utf-8")
    followed.file.look()
    assert followed.ring.admit(made.secret, "predict", 0).name == "shop"
    assert json.loads(followed.log[0])["event"] == "keys not read"


def test_a_withdrawn_key_does_not_get_its_rate_back_by_a_change_of_the_file() -> None:
    made = make_key("shop", ("predict",), per_minute=1)
    ring = Keyring((made.key,))
    ring.admit(made.secret, "predict", 0)
    ring.replace((made.key,))
    with pytest.raises(TooOftenError):
        ring.admit(made.secret, "predict", 0)
