"""One plain form for a text, so that a copy in other clothes is seen to be a copy."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Letters of other alphabets that look Latin; written as code points because they look Latin.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u03bf\u03b1\u03bd\u03c1"
    "\u04bb\u04cf\u051b\u051d\u0261\u0251\u0131\u03b9\u03ba\u03c5\u043a\u0578\u057d\u0570\u0585",
    "aeopcyxijsdoavp" + "hlqwgaiikuknuho",
)
_APOSTROPHES = re.compile(r"['\u2019\u02bc`\u00b4]")
_OTHER = re.compile(r"[\W_]+")
# What draws nothing and is not of the category of invisible characters.
_UNSEEN = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")

# For ASCII the same rules as one table: capitals to small letters, all else to blanks. The mark
# between texts is a byte that UTF-8 never has.
_MARK = b"\xff"
_TABLE = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() and code < 128 else code if code == 255 else 32  # noqa: PLR2004 - ASCII and the mark
    for code in range(256)
)
_DROPPED = b"'`"


def normalise(text: str) -> str:
    r"""Return a text without what people change when they copy it.

    Letter case, spaces, punctuation, accents' composition, invisible characters, and letters of
    other alphabets that look Latin. A text with nothing but signs keeps them, so two different
    emoji are not the same text.

    >>> normalise("What's  my PIN?"), normalise("wh\u0430t\u200bs my pin"), normalise("\U0001f44d")
    ('whats my pin', 'whats my pin', '👍')
    """
    plain = text
    if not text.isascii():
        plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
        plain = "".join(ch for ch in plain if unicodedata.category(ch) != "Cf")
    plain = plain.casefold().translate(_LOOKALIKES)
    words = _OTHER.sub(" ", _APOSTROPHES.sub("", plain)).strip()
    return words or " ".join(plain.split())


def normalise_all(texts: Sequence[str]) -> list[bytes]:
    r"""Return what `normalise` returns for each text, in UTF-8; ten times as fast on ASCII.

    A lone surrogate, which no file holds, is written as "?".

    >>> normalise_all(["What's  my PIN?", "!!", "Ça va"])
    [b'whats my pin', b'!!', b'\xc3\xa7a va']
    """
    plain = [text for text in texts if text.isascii()]
    # A run of blanks halves with every pass.
    joined = _MARK.join([text.encode() for text in plain]).translate(_TABLE, _DROPPED)
    while b"  " in joined:
        joined = joined.replace(b"  ", b" ")
    joined = joined.replace(b" \xff", _MARK).replace(b"\xff ", _MARK).strip(b" ")
    found = iter(joined.split(_MARK))
    keys = [next(found) if text.isascii() else b"" for text in texts]
    # What is left empty is blank, all signs, or not ASCII: few, so one at a time will do.
    for at, key in enumerate(keys):
        if not key and texts[at]:
            keys[at] = normalise(texts[at]).encode("utf-8", "replace")
    return keys
