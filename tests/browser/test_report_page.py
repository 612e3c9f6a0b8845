"""The report in a real browser, at desktop and phone width, light and dark."""

from __future__ import annotations

import importlib.util
import itertools
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import sync_playwright

from lissom.govern import write_private, write_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

    from lissom.evidence import Story

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="2026-11-23: no Chromium on this machine"),
]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {1280: 900, 360: 740}
PAGES = ("shop", "many", "nothing", "hostile", "public")

# Contrast of every visible letter against what is painted behind it, by the colours as computed.
# Grounds of our own may be half transparent, so they are laid over one another.
CONTRAST = """() => {
  const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const read = (colour, over) => {
    paint.globalAlpha = 1; paint.fillStyle = `rgb(${over.join(',')})`; paint.fillRect(0, 0, 1, 1);
    paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    const chain = [];
    for (let at = node; at; at = at.parentElement) chain.unshift(at);
    return chain.reduce((over, at) => read(getComputedStyle(at).backgroundColor, over),
                        [255, 255, 255]);
  };
  document.querySelectorAll('details').forEach(node => node.open = true);
  const letters = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (letters.nextNode()) {
    const node = letters.currentNode.parentElement;
    if (!letters.currentNode.textContent.trim() || !node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    const inSvg = node.namespaceURI.endsWith('svg');
    const over = ground(node);
    const ink = read(inSvg ? style.fill : style.color, over);
    const [a, b] = [light(ink), light(over)].sort((p, q) => q - p);
    found.push([(a + 0.05) / (b + 0.05), node.tagName, letters.currentNode.textContent]);
  }
  return found;
}"""


def load_stories() -> ModuleType:
    """Return the unit tests' stories; test folders are no packages."""
    path = Path(__file__).parents[1] / "unit" / "govern" / "stories.py"
    spec = importlib.util.spec_from_file_location("report_stories", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stories = load_stories()
    out = tmp_path_factory.mktemp("pages")
    for name in PAGES[:-1]:
        story: Story = getattr(stories, name)()
        (out / f"{name}.html").write_text(write_private(story), "utf-8")
    public = write_report(stories.shop(), private=False)
    (out / "public.html").write_text(public, "utf-8")
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(
    scope="module", params=[(name, width) for name in PAGES for width in WIDTHS], ids=str
)
def tab(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Tab]:
    """Open one page at one width, and fail if it complains or asks for anything."""
    name, width = request.param
    context = browser.new_context(viewport={"width": width, "height": WIDTHS[width]})
    opened = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("dialog", lambda dialog: said.append(dialog.message))
    opened.on("request", lambda given: asked.append(given.url))
    opened.goto((folder / f"{name}.html").as_uri())
    yield opened
    assert said == []
    assert asked == [(folder / f"{name}.html").as_uri()]
    context.close()


def test_the_page_never_scrolls_sideways_even_with_everything_open(tab: Tab) -> None:
    wide = "document.documentElement.scrollWidth <= window.innerWidth"
    assert tab.evaluate(wide)
    tab.evaluate("document.querySelectorAll('details').forEach(node => node.open = true)")
    assert tab.evaluate(wide)


def test_the_verdict_and_its_sentence_are_seen_without_scrolling(tab: Tab) -> None:
    for part in (".verdict .word", ".verdict .headline"):
        box = tab.locator(part).bounding_box()
        assert box
        size = tab.viewport_size
        assert size
        assert box["y"] + box["height"] <= size["height"]


def test_every_drawing_has_a_name_that_assistive_technology_reads(tab: Tab) -> None:
    drawn: list[str] = tab.evaluate("[...document.querySelectorAll('svg.chart')].map(n => n.id)")
    assert tab.get_by_role("img", name=re.compile(r"\w+")).count() == len(drawn)
    hidden = tab.locator("svg:not(.chart):not([aria-hidden=true])")
    assert hidden.count() == 0


def test_headings_step_down_one_level_at_a_time_from_a_single_first(tab: Tab) -> None:
    levels: list[int] = tab.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map(node => Number(node.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_letter_can_be_read_in_light_and_dark(tab: Tab) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        tab.emulate_media(color_scheme=scheme)
        found: list[tuple[float, str, str]] = tab.evaluate(CONTRAST)
        assert len(found) > 50
        assert [item for item in found if item[0] < 4.5] == []


def test_counts_on_the_heat_map_can_be_read_on_its_darkest_tile(
    browser: Browser, folder: Path
) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        opened = context.new_page()
        opened.goto((folder / "shop.html").as_uri())
        worst = opened.evaluate(HEAT_CONTRAST)
        assert worst["tiles"] > 20
        assert worst["contrast"] >= 4.5, (scheme, worst)
        context.close()


# Tiles are accent colours, half transparent, over the ground of the page; letters are ink.
HEAT_CONTRAST = """() => {
  const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const lay = (colour, alpha) => {
    paint.globalAlpha = alpha; paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = getComputedStyle(document.body).backgroundColor;
  const ink = light(lay(getComputedStyle(document.querySelector('.heat text')).fill, 1));
  const tiles = [...document.querySelectorAll('.heat path[opacity]')];
  const ratios = tiles.map(tile => {
    lay(ground, 1);
    const style = getComputedStyle(tile);
    const [a, b] = [ink, light(lay(style.fill, Number(style.opacity)))].sort((p, q) => q - p);
    return (a + 0.05) / (b + 0.05);
  });
  return {tiles: tiles.length, contrast: Math.min(...ratios)};
}"""


def test_on_paper_everything_folded_is_open(browser: Browser, folder: Path) -> None:
    opened = browser.new_page()
    opened.goto((folder / "shop.html").as_uri())
    inside = (
        "document.querySelector('#evidence table').checkVisibility({contentVisibilityAuto: true})"
    )
    assert not opened.evaluate(inside)
    opened.emulate_media(media="print")
    # The browser opens them with the next frame it draws, which may come after this line.
    opened.wait_for_function(inside, timeout=5_000)
    opened.close()
