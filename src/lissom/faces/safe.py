"""Make text from a file or a bundle harmless to a terminal."""

import re

# Control characters can move the cursor, recolour or retitle a terminal; direction marks can make
# a name read as another. Neither has a place in one line. Joiners inside emoji stay.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]",
)


def safe(text: str) -> str:
    r"""Return `text` on one line, with what could drive a terminal replaced by a space or U+FFFD.

    >>> safe("two\nlines"), safe("red\x1b[31m") == "red\ufffd[31m"
    ('two lines', True)
    """
    return _UNSAFE.sub(lambda found: " " if found[0] in "\t\r\n" else "\ufffd", text)
