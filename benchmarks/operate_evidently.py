"""Evidently's default tests, hour by hour; runs in an environment of its own.

    python operate_evidently.py HOURS.json

Reads {"reference": columns, "hours": [columns, ...]}; prints, for each hour, the default tests
that say drift: one for each column, and one for the share of columns.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

DEFINITION = DataDefinition(
    text_columns=["text"],
    categorical_columns=["label"],
    numerical_columns=["probability", "length", "known"],
)


def look(reference: Dataset, columns: dict[str, list[Any]]) -> list[str]:
    """Return the tests that fail in one hour."""
    now = Dataset.from_pandas(pd.DataFrame(columns), data_definition=DEFINITION)
    told = Report([DataDriftPreset()], include_tests=True).run(now, reference).dict()
    return [test["name"] for test in told["tests"] if str(test["status"]).endswith("FAIL")]


def main() -> None:
    """Look at every hour of a file."""
    warnings.simplefilter("ignore")
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    frame = pd.DataFrame(asked["reference"])
    reference = Dataset.from_pandas(frame, data_definition=DEFINITION)
    print(json.dumps([look(reference, columns) for columns in asked["hours"]]))


if __name__ == "__main__":
    main()
