"""Facts that documents look for by name; any other fact is shown as it is given."""

BUILT = "built"
BASE_MODEL = "base model"
BASE_LICENCE = "licence of the base"
DATA_LICENCE = "licence of the data"
LANGUAGE = "language"
INTENDED_USE = "intended use"
