"""Which column is the text, the label, the date, the group, the id, the licence, the annotator."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from lissom.data.dataset import Roles
from lissom.errors import NoHeaderError, RoleTwiceError, UnclearColumnError, UnknownColumnError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


@dataclass(frozen=True, slots=True)
class Given:
    """The columns that the user named; None where they left it to us.

    Args:
        text: the column that is read.
        label: the answer.
        date: when the row was made.
        group: rows that must not be split.
        id: names the row.
        licence: the row's licence, as SPDX writes it.
        annotator: who gave the label.
    """

    text: str | None = None
    label: str | None = None
    date: str | None = None
    group: str | None = None
    id: str | None = None
    licence: str | None = None
    annotator: str | None = None


# Words of column names by role, likeliest first, in English, German and Spanish, without accents.
_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        *("text", "message", "body", "content", "review", "comment", "sentence", "utterance"),
        *("query", "question", "description", "abstract", "tweet", "post", "document", "request"),
        *("feedback", "complaint", "headline", "title", "subject", "phrase", "prompt", "email"),
        *("nachricht", "inhalt", "bewertung", "kommentar", "satz", "frage", "beschreibung"),
        *("anfrage", "betreff", "titel", "texto", "mensaje", "contenido", "cuerpo", "resena"),
        *("comentario", "frase", "pregunta", "descripcion", "consulta", "asunto", "titulo"),
    ),
    "label": (
        *("label", "category", "class", "intent", "target", "tag", "topic", "sentiment", "kind"),
        *("type", "answer", "rating", "polarity", "genre", "y", "gold", "etikett", "kategorie"),
        *("klasse", "absicht", "ziel", "thema", "stimmung", "art", "typ", "etiqueta", "categoria"),
        *("clase", "intencion", "objetivo", "tema", "sentimiento", "tipo"),
        *("labels", "categories", "tags", "topics", "intents", "genres", "kategorien", "themen"),
        *("schlagworte", "etiketten", "etiquetas", "categorias", "temas", "generos"),
    ),
    "date": (
        *("date", "time", "timestamp", "datetime", "created", "received", "sent", "published"),
        *("updated", "day", "datum", "zeit", "erstellt", "eingang", "fecha", "hora", "creado"),
    ),
    "group": (
        *("group", "customer", "user", "author", "client", "thread", "conversation", "session"),
        *("account", "gruppe", "kunde", "nutzer", "autor", "verlauf", "grupo", "cliente"),
        *("usuario", "hilo", "conversacion"),
    ),
    "id": (
        *("id", "uuid", "guid", "key", "identifier", "number", "nr", "no", "index", "rowid"),
        *("nummer", "kennung", "schluessel", "numero", "clave", "codigo"),
    ),
    "licence": ("license", "licence", "spdx", "lizenz", "licencia"),
    "annotator": (
        *("annotator", "rater", "labeller", "labeler", "annotated", "labelled", "labeled"),
        *("annotiert", "annotatorin", "anotador", "anotadora", "etiquetador", "etiquetadora"),
    ),
}
_UNCLEAR = frozenset({"annotated", "labelled", "labeled", "annotiert", "worker", "coder"})
"""Whether a row is labelled, or whose complaint it is, is not who labelled it: "labelled_by" is."""

_NAMING = frozenset({"id", "nr", "no", "name", "code", "key", "by", "von", "por"})
"""What may stand beside the name of a person's part: "annotator_id", "labelled by"."""
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}([T ]\d.*)?|\d{4}/\d{1,2}/\d{1,2}.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*"
)
_NUMBER = re.compile(r"[-+]?\d[\d.,]*")
_SAMPLE_ROWS = 2000
_OTHERS = ("label", "date", "group", "id", "licence", "annotator")


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column looks like, from at most 2,000 of its filled cells."""

    name: str
    words: frozenset[str]
    filled: int
    chars: float
    spaces: float
    distinct: int
    dates: float
    numbers: float
    codes: float
    lists: float
    most: float
    example: str

    @property
    def is_id(self) -> bool:
        """Each row has another value, and the values are codes rather than words."""
        is_unique = self.filled > 1 and self.distinct > 0.95 * self.filled
        return is_unique and self.codes + self.dates > 0.9  # noqa: PLR2004 - nearly all cells

    def fits(self, role: str) -> float:
        """Return how well the name fits a role: 0 to 3, more for the likelier words."""
        known = _NAMES[role]
        whole = "_".join(sorted(self.words))
        if whole in known:
            return 3 - known.index(whole) / len(known)
        return max((2 - known.index(w) / len(known) for w in self.words if w in known), default=0.0)


def choose_roles(
    frame: pl.DataFrame, given: Given, source: str, *, needs_label: bool = False
) -> tuple[Roles, list[str]]:
    """Choose a column for each role: what the user gave, then names, then contents.

    The scores are fixed sums of name and content, so the same table always gives the same roles.

    Args:
        frame: text columns.
        given: the user's choices, which always win.
        source: for the errors.
        needs_label: whether it is an error when no label column can be told.

    Returns:
        The roles, and sentences that say what was guessed from what.

    Raises:
        UnknownColumnError: a given column does not exist.
        RoleTwiceError: one column was given two roles.
        UnclearColumnError: the text (or a needed label) cannot be told.
        NoHeaderError: the column names look like a row.
    """
    taken = _check_given(frame.columns, given, source)
    columns = [_look(frame[name]) for name in frame.columns]
    if given.text is None:
        _check_header(columns, source)
    chosen: dict[str, str | None] = {f.name: getattr(given, f.name) for f in fields(given)}
    if chosen["text"] is None:
        chosen["text"] = text = _text(columns, taken, source)
        taken.add(text)
    # These first: their few values that repeat would be taken for labels.
    firsts = (("licence", _licence), ("annotator", _annotator))
    guesses = (*firsts, ("date", _date), ("label", _label))
    for role, guess in (*guesses, ("group", _group), ("id", _id)):
        if chosen[role] is None:
            chosen[role] = guess([c for c in columns if c.name not in taken])
            taken |= {chosen[role]} - {None}  # type: ignore[arg-type]  # None was taken out
    if needs_label and chosen["label"] is None:
        raise UnclearColumnError(source, "label", [_show(c) for c in columns])
    roles = Roles(chosen["text"] or "", *(chosen[r] for r in _OTHERS))
    return roles, _told(roles, given)


def _check_given(columns: Sequence[str], given: Given, source: str) -> set[str]:
    taken: set[str] = set()
    for field in fields(given):
        name = getattr(given, field.name)
        if name is None:
            continue
        if name not in columns:
            raise UnknownColumnError(source, field.name, name, columns)
        if name in taken:
            raise RoleTwiceError(source, name)
        taken.add(name)
    return taken


def _check_header(columns: list[_Column], source: str) -> None:
    """Refuse a file without a header: its first row would be lost without a word."""
    if any(column.fits(role) for column in columns for role in _NAMES):
        return
    for column in columns:
        if len(column.name) > 120 or len(column.name.split()) > 7:  # noqa: PLR2004 - a sentence
            raise NoHeaderError(source, column.name)


def _look(series: pl.Series) -> _Column:
    filled = series.drop_nulls()
    filled = filled.filter(filled.str.strip_chars() != "")
    total = filled.len()
    if total > _SAMPLE_ROWS:
        filled = filled.gather_every(-(-total // _SAMPLE_ROWS))
    cells: list[str] = [cell[:2000].strip() for cell in filled]
    n = max(len(cells), 1)
    counts: dict[str, int] = {}
    for cell in cells:
        counts[cell] = counts.get(cell, 0) + 1
    return _Column(
        name=series.name,
        words=_words(series.name),
        filled=len(cells),
        chars=sum(map(len, cells)) / n,
        spaces=sum(cell.count(" ") for cell in cells) / n,
        distinct=len(counts),
        dates=sum(bool(_DATE.fullmatch(cell)) for cell in cells) / n,
        numbers=sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) / n,
        codes=sum(" " not in cell and any(ch.isdigit() for ch in cell) for cell in cells) / n,
        lists=sum("|" in cell for cell in cells) / n,
        most=max(counts.values(), default=0) / n,
        example=cells[0][:40] if cells else "",
    )


def _words(name: str) -> frozenset[str]:
    """Split a column name into plain lower-case words: "CustomerID" is customer and id."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain)
    return frozenset(re.findall(r"[a-z]+|\d+", plain.lower()))


def _text(columns: list[_Column], taken: set[str], source: str) -> str:
    scored = sorted(
        ((_text_score(c), -i, c) for i, c in enumerate(columns) if c.name not in taken),
        reverse=True,
        key=lambda item: item[:2],
    )
    if len(scored) == 1 and not scored[0][2].is_id:
        return scored[0][2].name
    is_clear = bool(scored) and scored[0][0] >= 1.5  # noqa: PLR2004 - a name, or long distinct cells
    if is_clear and (len(scored) == 1 or scored[0][0] - scored[1][0] >= 0.25):  # noqa: PLR2004 - a lead
        return scored[0][2].name
    raise UnclearColumnError(source, "text", [_show(c) for c in columns])


def _text_score(column: _Column) -> float:
    """Long, many-worded, mostly distinct cells under a likely name make a text."""
    if column.is_id or column.dates > 0.5 or column.numbers > 0.5:  # noqa: PLR2004 - most cells
        return -1.0
    distinct = column.distinct / max(column.filled, 1)
    content = min(column.chars / 40, 1.5) + min(column.spaces / 5, 1.0) + 0.5 * distinct
    names_another = max(column.fits("label"), column.fits("id"), column.fits("date"))
    name = column.fits("text")
    return content + 1.5 * name - (names_another if not name else 0)


def _label(columns: list[_Column]) -> str | None:
    """Take the likeliest name; else the only column of lists ("a|b"), or of few values."""
    usable = [c for c in columns if c.filled and c.dates < 0.5]  # noqa: PLR2004 - most cells
    named = [(c.fits("label"), -i, c) for i, c in enumerate(usable) if c.fits("label")]
    if named:
        return max(named, key=lambda item: item[:2])[2].name
    empty = [c for c in columns if not c.filled and c.fits("label")]
    if empty:
        return empty[0].name
    lists = [c for c in usable if c.lists > 0.5 and c.chars < 80]  # noqa: PLR2004 - most cells, short
    if len(lists) == 1:
        return lists[0].name
    others = ("group", "id", "date", "text")
    few = [c for c in usable if not c.is_id and 2 <= c.distinct <= c.filled / 3 and c.chars < 40]  # noqa: PLR2004 - few values, short
    few = [c for c in few if not any(c.fits(role) for role in others)]
    return few[0].name if len(few) == 1 else None


def _date(columns: list[_Column]) -> str | None:
    """Most cells are dates; a likely name decides between several."""
    dated = [(c.fits("date"), -i, c) for i, c in enumerate(columns) if c.dates > 0.8]  # noqa: PLR2004 - most cells
    return max(dated, key=lambda item: item[:2])[2].name if dated else None


def _group(columns: list[_Column]) -> str | None:
    """Go by the name only, since a wrong group would spoil the splits without a sign.

    A column with few values or one huge one is no group that folds could keep together.
    """
    named = [
        (c.fits("group"), -i, c)
        for i, c in enumerate(columns)
        if c.fits("group") and 20 <= c.distinct < c.filled and c.most < 0.2  # noqa: PLR2004 - many, none dominant
    ]
    return max(named, key=lambda item: item[:2])[2].name if named else None


def _id(columns: list[_Column]) -> str | None:
    named = [(c.fits("id"), -i, c) for i, c in enumerate(columns) if c.fits("id") or c.is_id]
    named = [item for item in named if item[2].filled]
    return max(named, key=lambda item: item[:2])[2].name if named else None


def _licence(columns: list[_Column]) -> str | None:
    """Go by the name only, and by cells that are short enough to be a licence."""
    named = [c for c in columns if c.words <= set(_NAMES["licence"]) and c.filled and c.chars < 60]  # noqa: PLR2004 - a short name
    return named[0].name if named else None


def _annotator(columns: list[_Column]) -> str | None:
    """Go by the name only, and by short cells of which at least two differ."""
    named = [c for c in columns if _names_people(c.words) and c.distinct > 1 and c.chars < 60]  # noqa: PLR2004 - a short name
    return named[0].name if named else None


def _names_people(words: frozenset[str]) -> bool:
    who = words & (frozenset(_NAMES["annotator"]) | _UNCLEAR)
    return bool(who) and words <= who | _NAMING and bool(words & _NAMING or who - _UNCLEAR)


def _show(column: _Column) -> str:
    example = f'"{column.example}"' if column.example else "all empty"
    return f"{column.name} ({column.distinct} values, such as {example})"


def _told(roles: Roles, given: Given) -> list[str]:
    """Say what was guessed, in one sentence."""
    guessed = [
        f'{field.name} is "{getattr(roles, field.name)}"'
        for field in fields(given)
        if getattr(given, field.name) is None and getattr(roles, field.name) is not None
    ]
    return [f"Guessed from the columns: {', '.join(guessed)}."] if guessed else []
