"""What can be examined: a bundle, a graph, a scikit-learn file, a folder, a server, a callable.

Whatever it was, from here on it is a callable over a list of texts. Nothing is ever unpickled.
"""

from lissom.pipeline.targets.opening import open_target
from lissom.pipeline.targets.target import Target

__all__ = ["Target", "open_target"]
