"""The pages under test are those of the unit tests' stories."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "govern"))
