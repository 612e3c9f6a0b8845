"""Pictures drawn as static SVG.

The colours below are names: the report's style sheet finds them in the SVG and puts the page's own
colours there, so one drawing serves light, dark and paper. Layout never measures a text, so the
bytes do not depend on the fonts of the machine. No user text becomes a field name or expression.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import altair as alt
import vl_convert

from lissom.govern.drawing import Values, is_share, name_lines
from lissom.govern.markup import Markup, clean, tag, text

if TYPE_CHECKING:
    from lissom.evidence import Picture

INK, MUTED, LINE, ACCENT, BAD = "#1b2430", "#5a6675", "#d8dee6", "#0b6a67", "#a8412b"
WIDTH = 330  # fits a phone of 360 px without scaling down, so the letters stay readable
LETTER = 11
_LABELS, _RIGHT, _ROW = 124, 16, 21
_STROKES = ([1, 0], [8, 4], [2, 2], [9, 3, 2, 3], [1, 5])
"""Of lines, in the order of `drawing.STROKES`."""
_CELL = (27, 22)
_HEAT_ROOM = 740  # the report's column on a wide screen, in px
_LABEL_CELLS = 19  # half-width letters that fit into _LABELS


def draw(picture: Picture, key: str, desc: str) -> Markup:
    """Return the picture as inline SVG with an accessible name.

    Args:
        picture: what to draw; "heat" has at most `HEAT_MOST` names on each side.
        key: unique in the page; ids are made from it.
        desc: a sentence for somebody who cannot see it.
    """
    kind = {"bars": _bars, "line": _line, "dots": _dots, "heat": _heat}[picture.shape]
    return _name(vl_convert.vegalite_to_svg(kind(picture)), picture, key, desc)


def shorten(label: str, cells: int = _LABEL_CELLS) -> str:
    """Return a label that fits beside a bar; a wide letter takes two cells.

    >>> shorten("where_is_my_parcel_please")
    'where_is_my_…please'
    """
    shown = clean(label).replace("\n", " ").strip() or "(blank)"
    if _cells(shown) <= cells:
        return shown
    tail = cells // 3
    head = cells - tail - 1
    # Names of one kind often begin alike, so the end is kept too.
    start = next(i for i in range(len(shown), -1, -1) if _cells(shown[:i]) <= head)
    end = next(i for i in range(len(shown) + 1) if _cells(shown[i:]) <= tail)
    return f"{shown[:start]}…{shown[end:]}"


def _cells(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)


def _name(svg: str, picture: Picture, key: str, desc: str) -> Markup:
    """Give the drawing an accessible name, and ids that no other drawing in the page has."""
    head, _, body = svg.partition(">")
    box = re.search(r'viewBox="([\d. ]+)"', head)
    shape = box.group(1) if box else "0 0 1 1"
    body = body.removesuffix("</svg>")
    # Vega counts its ids on from drawing to drawing; counted anew, the same story gives the
    # same bytes.
    for i, clip in enumerate(dict.fromkeys(re.findall(r'id="(clip\d+)"', body))):
        new = f"{key}-c{i}"
        body = body.replace(f'id="{clip}"', f'id="{new}"').replace(f"url(#{clip})", f"url(#{new})")
    # Vega draws empty groundwork for every group and repeats defaults; half of the bytes are these.
    body = re.sub(r'<path class="(?:background|foreground)"[^>]*/>', "", body)
    body = re.sub(
        r' (?:class="[^"]*"|role="[^"]*"|aria-\w+="[^"]*"|pointer-events="none"|opacity="1")',
        "",
        body,
    )
    return tag(
        "svg",
        tag("title", text(picture.title), id=f"{key}-title"),
        tag("desc", text(desc), id=f"{key}-desc"),
        Markup(body),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=shape,
        role="img",
        **_place(picture, float(shape.split()[2])),
        aria_labelledby=f"{key}-title {key}-desc",
    )


def _place(picture: Picture, width: float) -> dict[str, str]:
    """A chart fills its column; a heat map keeps its size, or its counts shrink on a phone."""
    if picture.shape != "heat":
        return {"class_": "chart"}
    shown = max(width, min(width * 1.35, _HEAT_ROOM))
    return {"class_": "chart heat", "width": f"{shown:.0f}"}


def _spec(
    chart: alt.LayerChart | alt.FacetChart, size: tuple[int, int], *, left: int, bottom: int
) -> dict[str, object]:
    padding = {"left": left, "right": _RIGHT, "top": 14, "bottom": bottom}
    dressed = (
        chart.properties(width=size[0], height=size[1], padding=padding, autosize={"type": "none"})
        .configure(background="transparent", font="sans-serif", aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=LETTER,
            titleFontSize=LETTER,
            titleFontWeight="normal",
            labelColor=MUTED,
            titleColor=MUTED,
            gridColor=LINE,
            domainColor=LINE,
            ticks=False,
            labelPadding=6,
            titlePadding=8,
        )
    )
    spec: dict[str, object] = dressed.to_dict()
    return spec


def _rows(picture: Picture) -> list[dict[str, object]]:
    """Return one mapping per row with fixed names, so that no column name reaches Vega."""
    given = {"x": picture.x, "y": picture.y, "low": picture.low, "high": picture.high}
    given["colour"] = picture.colour
    columns = {key: picture.columns[name] for key, name in given.items() if name}
    count = len(picture.columns[picture.x])
    return [{"row": i, **{key: values[i] for key, values in columns.items()}} for i in range(count)]


def _scale(values: Values) -> alt.Scale:
    return alt.Scale(domain=[0, 1]) if is_share(values) else alt.Scale(zero=True)


def _axis(values: Values, title: str = "") -> alt.Axis:
    shown = ".0%" if is_share(values) else ",.4~r"
    return alt.Axis(format=shown, tickCount=4, title=clean(title) or None)


def _bars(picture: Picture) -> dict[str, object]:
    """Draw a point with its interval for each name, or a bar where there is no interval."""
    rows = _rows(picture)
    for row in rows:
        row["name"] = shorten(str(row.pop("x")))
    values = picture.columns[picture.y]
    data = alt.InlineData(values=rows)
    place = alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.3, paddingOuter=0.15))
    scale, axis = _scale(values), _axis(values)
    x = alt.X("y:Q", scale=scale, axis=axis)
    names = alt.Chart(data).mark_text(align="right", color=INK, fontSize=LETTER)
    layers = [names.encode(x=alt.value(-9), y=place, text="name:N")]
    if picture.low and picture.high:
        span = alt.Chart(data).mark_rule(color=ACCENT, strokeWidth=2, opacity=0.45)
        layers.append(span.encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high", y=place))
        dots = alt.Chart(data).mark_circle(color=ACCENT, size=62, opacity=1)
        layers.append(dots.encode(x=x, y=place))
    else:
        layers.append(
            alt.Chart(data).mark_bar(color=ACCENT, cornerRadiusEnd=2).encode(x=x, y=place)
        )
    size = (WIDTH - _LABELS - _RIGHT, _ROW * len(rows))
    return _spec(alt.layer(*layers), size, left=_LABELS, bottom=26)


def _line(picture: Picture) -> dict[str, object]:
    """Draw points joined by lines, with a band where there is an interval."""
    rows = _rows(picture)
    for row in rows:
        row["colour"] = clean(str(row.get("colour", "")))
    data = alt.InlineData(values=rows)
    across, up = picture.columns[picture.x], picture.columns[picture.y]
    x = alt.X("x:Q", scale=_scale(across), axis=_axis(across, picture.x))
    y = alt.Y("y:Q", scale=_scale(up), axis=_axis(up))
    layers = []
    if picture.low and picture.high:
        band = alt.Chart(data).mark_area(color=ACCENT, opacity=0.16)
        layers.append(
            band.encode(x=x, y=alt.Y("low:Q", scale=_scale(up), axis=_axis(up)), y2="high")
        )
    if picture.name.startswith("calibration.reliability"):
        ideal = alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])
        layers.append(
            alt.Chart(ideal)
            .mark_line(color=MUTED, strokeDash=[3, 4], strokeWidth=1)
            .encode(x=x, y=y)
        )
    line = alt.Chart(data).mark_line(color=ACCENT, strokeWidth=2)
    dots = alt.Chart(data).mark_circle(color=ACCENT, size=40, opacity=1)
    split = {"strokeDash": _dashes(picture)} if picture.colour else {}
    layers += [line.encode(x=x, y=y, **split), dots.encode(x=x, y=y)]
    return _spec(alt.layer(*layers), (WIDTH - 46 - _RIGHT, 190), left=46, bottom=44)


def _dashes(picture: Picture) -> alt.StrokeDash:
    """Give each line the stroke that the words beneath the drawing name."""
    names = [clean(name) for name in name_lines(picture)]
    scale = alt.Scale(domain=names, range=[_STROKES[i % len(_STROKES)] for i in range(len(names))])
    return alt.StrokeDash("colour:N", legend=None, scale=scale)


def _dots(picture: Picture) -> dict[str, object]:
    """Draw points that no order joins; upwards, only as much of the scale as they take."""
    data = alt.InlineData(values=_rows(picture))
    across, up = picture.columns[picture.x], picture.columns[picture.y]
    x = alt.X("x:Q", scale=_scale(across), axis=_axis(across, picture.x))
    # Nobody could tell 98.5 % from 99.4 % on a scale that begins at nothing.
    shown = ".3~%" if is_share(up) else ",.4~r"
    axis = alt.Axis(format=shown, tickCount=4, title=None)
    y = alt.Y("y:Q", scale=alt.Scale(zero=False, nice=True, padding=8), axis=axis)
    dots = alt.Chart(data).mark_circle(color=ACCENT, size=60, opacity=1).encode(x=x, y=y)
    return _spec(alt.layer(dots), (WIDTH - 46 - _RIGHT, 190), left=46, bottom=44)


def _heat(picture: Picture) -> dict[str, object]:
    """Draw rows of what the file says against columns of what the model said."""
    said = list(dict.fromkeys([*picture.columns[picture.y], *picture.columns[picture.x]]))
    at = {name: i for i, name in enumerate(said)}
    totals = dict.fromkeys(said, 0.0)
    rows = _rows(picture)
    for row in rows:
        totals[str(row["y"])] += float(str(row["colour"]))
    cells = [
        {
            "row": at[str(row["y"])],
            "column": at[str(row["x"])],
            "count": row["colour"],
            # At most 0.5, so that ink can be read on it in light and in dark.
            "shade": 0.08 + 0.42 * float(str(row["colour"])) / max(totals[str(row["y"])], 1),
            "right": row["x"] == row["y"],
        }
        for row in rows
        if row["colour"]
    ]
    names = [
        {"row": i, "name": shorten(str(name)), "number": f"{i + 1}"} for i, name in enumerate(said)
    ]
    return _heat_spec(cells, names)


def _heat_spec(cells: list[dict[str, object]], names: list[dict[str, object]]) -> dict[str, object]:
    """Rows carry a name and a number, columns the number only: long names never lie on a side."""
    order = list(range(len(names)))
    room = alt.Scale(domain=order, paddingInner=0.06, paddingOuter=0)
    x = alt.X("column:O", axis=None, scale=room)
    y = alt.Y("row:O", axis=None, scale=room)
    labels = alt.Chart(alt.InlineData(values=names))
    size = LETTER - 1
    tiles = alt.Chart(alt.InlineData(values=cells))
    shade = alt.Opacity("shade:Q", scale=None)
    right, wrong = alt.datum.right, ~alt.datum.right
    chart = alt.layer(
        tiles.transform_filter(right).mark_rect(color=ACCENT).encode(x=x, y=y, opacity=shade),
        tiles.transform_filter(wrong).mark_rect(color=BAD).encode(x=x, y=y, opacity=shade),
        tiles.mark_text(color=INK, fontSize=size).encode(x=x, y=y, text="count:Q"),
        labels.mark_text(align="right", color=INK, fontSize=size).encode(
            x=alt.value(-26), y=y, text="name:N"
        ),
        labels.mark_text(align="right", color=MUTED, fontSize=size).encode(
            x=alt.value(-8), y=y, text="number:N"
        ),
        labels.mark_text(color=MUTED, fontSize=size).encode(
            x=alt.X("row:O", axis=None, scale=room), y=alt.value(-8), text="number:N"
        ),
    )
    across, down = _CELL[0] * len(names), _CELL[1] * len(names)
    return _spec(chart, (across, down), left=_LABELS + 20, bottom=8)
