"""The one exception inside this room."""


class Malformed(ValueError):  # noqa: N818 - never leaves the room; `read` turns it into an error
    """Bytes that are not what their name says; the text is a clause without a full stop."""
