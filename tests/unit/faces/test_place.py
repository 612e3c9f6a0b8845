from __future__ import annotations

from pathlib import Path

import pytest

from lissom.faces.place import default_out, to_source


@pytest.mark.parametrize(
    ("typed", "out"),
    [
        ("inbox.csv", "inbox-model"),
        ("a/inbox.2024.CSV.GZ", "a/inbox.2024-model"),
        ("mail/", "mail-model"),
        ("v1.2", "v1.2-model"),
        (".csv", ".csv-model"),
        ("https://example.org/", "lissom-model"),
        ("s3://b/rows.parquet", "rows-model"),
    ],
)
def test_the_model_lies_beside_its_data(typed: str, out: str) -> None:
    assert default_out(to_source(typed)) == Path(out)


def test_the_folder_we_are_in_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_out(Path()) == tmp_path.with_name(f"{tmp_path.name}-model")


def test_a_drive_is_no_web_address() -> None:
    assert isinstance(to_source("C://inbox.csv"), Path)
