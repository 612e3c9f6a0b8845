"""Finished work is kept whole or not at all, and is found again by what it was made from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors import SafetensorError

from lissom.learn import Learning
from lissom.pipeline.store import Store, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


class _Work:
    """Counts how often it is done."""

    def __init__(self, value: float = 1.0) -> None:
        self.times = 0
        self._value = value

    def __call__(self) -> dict[str, NDArray[np.generic]]:
        self.times += 1
        return {"x": np.full(4, self._value, np.float32)}


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_finished_work_is_not_done_again(tmp_path: Path) -> None:
    work, store = _Work(), Store(tmp_path / "cache")
    first = store.keep("learn", fingerprint(1), work)
    second = Store(tmp_path / "cache").keep("learn", fingerprint(1), work)
    assert work.times == 1
    assert first["x"].tobytes() == second["x"].tobytes()


def test_another_key_or_stage_is_other_work(tmp_path: Path) -> None:
    work, store = _Work(), Store(tmp_path)
    store.keep("learn", fingerprint(1), work)
    store.keep("learn", fingerprint(2), work)
    store.keep("shrink", fingerprint(1), work)
    assert (work.times, store.reused) == (3, ())
    store.keep("shrink", fingerprint(1), work)
    assert (work.times, store.found) == (3, ["shrink"])


def test_fresh_does_it_again_and_keeps_what_came_out(tmp_path: Path) -> None:
    old, new = _Work(1.0), _Work(2.0)
    Store(tmp_path).keep("learn", "k", old)
    found = Store(tmp_path, fresh=True).keep("learn", "k", new)
    assert (new.times, found["x"][0]) == (1, 2.0)
    assert Store(tmp_path).keep("learn", "k", old)["x"][0] == 2.0
    assert old.times == 1


class _Stopped(BaseException):
    """A person pressed Ctrl-C."""


def test_work_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def stop() -> dict[str, NDArray[np.generic]]:
        raise _Stopped

    with pytest.raises(_Stopped):
        Store(tmp_path).keep("learn", "k", stop)
    assert _files(tmp_path) == []


def test_a_write_that_is_interrupted_leaves_nothing_and_the_old_file_whole(tmp_path: Path) -> None:
    Store(tmp_path).keep("learn", "k", _Work())
    before = _files(tmp_path)

    def broken() -> dict[str, NDArray[np.generic]]:
        return {"x": np.array([object()], dtype=object)}  # safetensors has no such type

    with pytest.raises(SafetensorError):
        Store(tmp_path, fresh=True).keep("learn", "k", broken)
    assert _files(tmp_path) == before
    assert Store(tmp_path).keep("learn", "k", _Work())["x"][0] == 1.0


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


@pytest.mark.parametrize(
    "damage",
    [_cut, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"\xff" * 40)],
)
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    work = _Work()
    Store(tmp_path).keep("learn", "k", work)
    (path,) = tmp_path.rglob("*.safetensors")
    damage(path)
    assert Store(tmp_path).keep("learn", "k", work)["x"].tolist() == [1.0] * 4
    assert work.times == 2
    Store(tmp_path).keep("learn", "k", work)
    assert work.times == 2


def test_fingerprints_tell_values_and_settings_apart() -> None:
    seen = {
        fingerprint(*parts)
        for parts in (
            (),
            ("",),
            (1,),
            ("1",),
            (1, 2),
            ([1, 2],),
            ("ab", "c"),
            ("a", "bc"),
            (None,),
            (True,),
            (Learning(),),
            (Learning(folds=4),),
        )
    }
    assert len(seen) == 12
    assert fingerprint(Learning()) == fingerprint(Learning(folds=5))


class _Reader:
    """Makes a vector out of a text's length, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: list[str], tell: Callable[[int], None]) -> NDArray[np.float32]:
        self.asked.append(texts)
        tell(len(texts))
        return np.array([[len(text), ord(text[0])] for text in texts], np.float32)


def _ignore(_done: int, _total: int) -> None:
    pass


def test_only_texts_that_were_not_seen_are_read(tmp_path: Path) -> None:
    reader = _Reader()
    first = Store(tmp_path).vectors("base", ["b", "aaa", "b"], reader, _ignore)
    assert first.tolist() == [[1, 98], [3, 97], [1, 98]]
    assert reader.asked == [["b", "aaa"]]
    store = Store(tmp_path)
    second = store.vectors("base", ["cc", "aaa", "b"], reader, _ignore)
    assert second.tolist() == [[2, 99], [3, 97], [1, 98]]
    assert reader.asked[1:] == [["cc"]]
    assert store.reused == ()
    store.vectors("base", ["b", "cc"], reader, _ignore)
    assert len(reader.asked) == 2
    assert Store(tmp_path).reused == ()


def test_another_encoder_shares_no_vectors(tmp_path: Path) -> None:
    reader = _Reader()
    for base in ("one", "two"):
        Store(tmp_path).vectors(base, ["a"], reader, _ignore)
    assert reader.asked == [["a"], ["a"]]


def test_vectors_are_read_again_when_fresh_or_damaged(tmp_path: Path) -> None:
    reader = _Reader()
    Store(tmp_path).vectors("base", ["a"], reader, _ignore)
    Store(tmp_path, fresh=True).vectors("base", ["a"], reader, _ignore)
    assert len(reader.asked) == 2
    for path in tmp_path.rglob("*.safetensors"):
        _cut(path)
    assert Store(tmp_path).vectors("base", ["a"], reader, _ignore).tolist() == [[1, 97]]
    assert len(reader.asked) == 3


def test_what_a_stop_has_finished_is_kept(tmp_path: Path) -> None:
    texts = [f"{i:05d}" for i in range(5000)]
    reader = _Reader()

    def stops(some: list[str], tell: Callable[[int], None]) -> NDArray[np.float32]:
        if len(reader.asked) == 2:
            raise _Stopped
        return reader(some, tell)

    with pytest.raises(_Stopped):
        Store(tmp_path).vectors("base", texts, stops, _ignore)
    told: list[tuple[int, int]] = []
    Store(tmp_path).vectors("base", texts, reader, lambda done, total: told.append((done, total)))
    assert sum(map(len, reader.asked)) == 5000
    assert told == [(5000, 5000)]


def test_a_text_that_is_not_sound_unicode_has_a_vector(tmp_path: Path) -> None:
    assert Store(tmp_path).vectors("base", ["\ud800"], _Reader(), _ignore).shape == (1, 2)


def test_no_texts_have_no_vectors(tmp_path: Path) -> None:
    assert len(Store(tmp_path).vectors("base", [], _Reader(), _ignore)) == 0


def test_the_oldest_files_go_first_when_the_folder_is_too_large(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "middle", "old")):
        Store(tmp_path).keep("learn", name, _Work())
        os.utime(tmp_path / "learn" / f"{name}.safetensors", (1e9 - age, 1e9 - age))
    size = (tmp_path / "learn" / "new.safetensors").stat().st_size
    # Reading refreshes a file, so what is in use is not thrown away.
    Store(tmp_path).keep("learn", "old", _Work())
    Store(tmp_path, most_bytes=2 * size + 250).vectors("base", ["a"], _Reader(), _ignore)
    assert "old.safetensors" in _files(tmp_path)
    assert "middle.safetensors" not in _files(tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.safetensors")) <= 2 * size + 250
