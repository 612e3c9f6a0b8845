"""Let these tests import the stories and dossiers that the unit tests use."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "govern"))
