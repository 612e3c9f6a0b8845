"""Facts that documents look for by name in `Story.facts`; any other is shown as it is given."""

BUILT = "built"  # the date in the report's header, as a person writes it
TASK = "task"  # "text-classification"
DATA = "data"
BASE_MODEL = "base model"
BASE_LICENCE = "licence of the base"
DATA_LICENCE = "licence of the data"
LANGUAGE = "language"  # hub codes, "en, de"
INTENDED_USE = "intended use"  # in the user's words; nobody else can write it
