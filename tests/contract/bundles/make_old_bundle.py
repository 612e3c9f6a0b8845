"""Write the bundle that later versions must still open. Run once for each format version.

The key is made, used and forgotten: opening needs its public half only, which is in the bundle.
The graph, the vocabulary and every text in it were made up here; no row of anybody is in it.

    python tests/contract/bundles/make_old_bundle.py
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "unit" / "bundle"))

import bundle_makers  # noqa: E402 - found through the line above

from lissom.bundle import make_key, write_bundle  # noqa: E402 - stays beside the other
from lissom.bundle.manifest import FORMAT_VERSION  # noqa: E402 - likewise

if __name__ == "__main__":
    files = bundle_makers.files(lexical_safetensors=bundle_makers.lexical(18))
    write_bundle(HERE / f"v{FORMAT_VERSION}", files, bundle_makers.FACTS, make_key())
