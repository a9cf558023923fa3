"""The exported HTML page in a real browser: numbers, colours, keyboard, stepping, and not one request."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attention_viewer.model.contract.api import Kind, Token, Trace
from attention_viewer.model.contract.maps import CROSS, DECODER, ENCODER
from attention_viewer.viewer.export.page import page_bytes
from attention_viewer.viewer.look.colormaps import COLORMAPS
from attention_viewer.viewer.look.theme import PALETTES
from support import traces
from support.traces import KINDS

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER or not DRIVER, reason="chromium or chromedriver is not installed"),
]

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1400,1000",
)  # fmt: skip
ABOUT = {"sentence": "The mat is", "translation": "Le tapis"}
HOSTILE = "</script><script>document.title = 'broken'</script><!-- & \u2028 \ud800"
Open = Callable[..., "Page"]


class Page:
    """A page in the browser, and where things are on it."""

    def __init__(self, driver: Any, trace: Trace) -> None:
        self.driver, self.trace = driver, trace

    def one(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def card(self, kind: Kind, selector: str) -> Any:
        return self.one(f'.card[data-kind="{kind}"] {selector}')

    def press(self, *keys: str) -> None:
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def focus(self, element: Any) -> None:
        self.driver.execute_script("arguments[0].focus()", element)

    def hover(self, kind: Kind, row: int, column: int) -> str:
        canvas, (left, top, side, _, _) = self.card(kind, ".map"), self.geometry(kind)
        x = round(left + (column + 0.5) * side - canvas.size["width"] / 2)
        y = round(top + (row + 0.5) * side - canvas.size["height"] / 2)
        ActionChains(self.driver, duration=0).move_to_element_with_offset(canvas, x, y).perform()
        return self.readout(kind)

    def readout(self, kind: Kind) -> str:
        return str(self.card(kind, ".readout").text)

    def geometry(self, kind: Kind) -> tuple[float, float, float, int, int]:
        names = ("left", "top", "side", "rows", "columns")
        left, top, side, rows, columns = self.driver.execute_script(
            "return arguments[1].map(name => Number(arguments[0].dataset[name]))", self.card(kind, ".map"), names
        )
        return left, top, side, int(rows), int(columns)

    def pixel(self, kind: Kind, row: float, column: float) -> str:
        """The colour at a place in cells: (0.5, 0.5) is the middle of the first."""
        left, top, side, _, _ = self.geometry(kind)
        # The browser warns where the page's own canvas is read often.
        code = (
            "const copy = document.createElement('canvas'), scale = window.devicePixelRatio;"
            "const context = copy.getContext('2d', {willReadFrequently: true});"
            "context.drawImage(arguments[0], -Math.floor(arguments[1] * scale), -Math.floor(arguments[2] * scale));"
            "return [...context.getImageData(0, 0, 1, 1).data]"
        )
        data = self.driver.execute_script(code, self.card(kind, ".map"), left + column * side, top + row * side)
        return "#" + bytes(data[:3]).hex()

    def framed(self, kind: Kind) -> tuple[list[int], list[int]]:
        """The rows and the columns that are lit."""
        _, _, _, rows, columns = self.geometry(kind)
        accent = PALETTES["light"].accent
        across = [self.pixel(kind, row, 0.5) == accent for row in range(rows + 1)]
        down = [self.pixel(kind, 0.5, column) == accent for column in range(columns + 1)]
        return [row for row in range(rows) if across[row] and across[row + 1]], [
            column for column in range(columns) if down[column] and down[column + 1]
        ]

    def problems(self) -> list[Any]:
        return list(self.driver.get_log("browser"))


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    result = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield result
    result.quit()


@pytest.fixture
def open_page(driver: Any, tmp_path: Path) -> Iterator[Open]:
    def open_one(trace: Trace, about: dict[str, Any] = ABOUT) -> Page:
        path = tmp_path / "page.html"
        path.write_bytes(page_bytes(trace, about))
        driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
        )
        # Where the mouse was left would light a cell of the next page.
        away = ActionChains(driver, duration=0)
        away.w3c_actions.pointer_action.move_to_location(2, 2)
        away.perform()
        driver.get(path.as_uri())
        return Page(driver, trace)

    yield open_one
    assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert driver.get_log("browser") == []


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page(traces.trace(4))


def test_a_heads_button_changes_the_map(page: Page) -> None:
    assert page.card(CROSS, ".chosen").text == "layer 2, head 3"
    button = page.card(CROSS, '[aria-label="layer 1, head 2"]')
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert page.card(CROSS, ".chosen").text == "layer 1, head 2"
    assert button.get_attribute("aria-pressed") == "true"
    assert page.card(ENCODER, ".chosen").text == "layer 2, head 3", "the other maps stay"
    assert len(page.driver.find_elements(By.CSS_SELECTOR, '.heads [aria-pressed="true"]')) == 3
    weight = page.trace.cross_attention[0, 1, 3, 1]
    assert page.hover(CROSS, 3, 1) == f"layer 1 head 2 · is → </s> attends to ma: {weight:.4f}"


@pytest.mark.parametrize("cell", [(0, 4), (3, 0), (2, 3)])
def test_a_readout_tells_the_weight_of_its_cell(page: Page, cell: tuple[int, int]) -> None:
    row, column = cell
    for kind in (CROSS, ENCODER):
        found = float(page.hover(kind, row, column).rpartition(": ")[2])
        assert found == pytest.approx(float(page.trace.weights(kind)[1, 2, row, column]), abs=1e-4)
    key = page.trace.source_tokens[column].text
    assert f"attends to {key}:" in page.hover(CROSS, row, column)


@pytest.mark.parametrize("name", ["viridis", "ink"])
def test_cells_have_the_colormaps_colours(page: Page, name: str) -> None:
    page.one(f'#colormap option[value="{name}"]').click()
    for kind, layer, head in ((CROSS, 1, 2), (DECODER, 1, 1)):
        stored = np.rint(page.trace.weights(kind)[layer, head].astype(np.float64) * 65535.0) / 65535.0
        for row in range(4):
            wanted = COLORMAPS[name][round(float(stored[row, 0]) * 255)]
            assert page.pixel(kind, row + 0.5, 0.5) == "#" + wanted.tobytes().hex()


def test_colour_ranges(page: Page) -> None:
    weights = page.trace.cross_attention[1, 2]
    row, column = (int(index) for index in np.unravel_index(weights.argmax(), weights.shape))
    page.one('#range option[value="maximum"]').click()
    assert page.pixel(CROSS, row + 0.5, column + 0.5) == "#" + COLORMAPS["viridis"][255].tobytes().hex()
    page.one('#range option[value="square root"]').click()
    wanted = COLORMAPS["viridis"][round(float(np.sqrt(weights[row, column])) * 255)]
    assert page.pixel(CROSS, row + 0.5, column + 0.5) == "#" + wanted.tobytes().hex()


def test_masked_cells_say_so_and_are_hatched(page: Page) -> None:
    assert page.hover(DECODER, 1, 3) == "layer 2 head 2 · Le → tap may not look at is: masked"
    page.hover(ENCODER, 0, 0)
    light = PALETTES["light"]
    assert page.pixel(DECODER, 0.25, 2.25) == light.mask
    across = {page.pixel(DECODER, 0.5, 2.4 + 0.02 * index) for index in range(11)}
    assert len(across) > 1 and not across & _hex_colours("viridis")
    assert page.pixel(DECODER, 2.25, 0.25) in _hex_colours("viridis")


def test_the_keyboard_reaches_heads_and_cells(page: Page) -> None:
    for _ in range(15):
        page.press(Keys.TAB)
        if "thumbnail" in page.driver.switch_to.active_element.get_attribute("class"):
            break
    assert page.driver.switch_to.active_element.get_attribute("aria-label") == "layer 2, head 3"
    page.press(Keys.ARROW_LEFT, Keys.ARROW_UP, Keys.ARROW_UP)
    assert page.card(ENCODER, ".chosen").text == "layer 1, head 2"
    focused = page.driver.switch_to.active_element
    assert (focused.get_attribute("aria-label"), focused.get_attribute("aria-pressed")) == ("layer 1, head 2", "true")
    page.press(Keys.TAB)
    assert page.driver.switch_to.active_element == page.card(ENCODER, ".map"), "one tab stop for all heads"
    assert page.card(ENCODER, ".readout").get_attribute("aria-live") == "polite"
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    weight = page.trace.weights(ENCODER)[0, 1, 2, 1]
    assert page.readout(ENCODER) == f"layer 1 head 2 · t attends to ma: {weight:.4f}"
    page.press(Keys.END, Keys.ARROW_RIGHT)
    assert "attends to </s>" in page.readout(ENCODER)
    page.focus(page.card(DECODER, ".map"))
    page.press(Keys.ARROW_RIGHT)
    assert page.readout(DECODER) == "layer 2 head 2 · <start> → Le may not look at Le: masked"


def test_stepping(page: Page) -> None:
    assert page.geometry(CROSS)[3:] == (4, 5) and page.geometry(DECODER)[3:] == (4, 4)
    assert page.one("#step-text").text == "step 4 of 4 · ended"
    page.press(Keys.ARROW_LEFT)
    assert page.geometry(CROSS)[3:] == (3, 5), "the page's own arrow key"
    page.focus(page.one("#step"))
    page.press(Keys.ARROW_LEFT)
    assert page.geometry(DECODER)[3:] == (2, 2) and page.one("#step-text").text == "step 2 of 4"
    surface = PALETTES["light"].surface
    assert page.pixel(CROSS, 1.5, 0.5) != surface and page.pixel(CROSS, 2.5, 0.5) in (surface, "#000000")
    chips = page.driver.find_elements(By.CSS_SELECTOR, "#target .chip")
    assert [re.sub("chip ?", "", chip.get_attribute("class")) for chip in chips] == ["", "prediction", "ahead", "ahead"]
    assert chips[1].text == "tap 0.70"
    chips[2].click()
    assert page.geometry(CROSS)[3:] == (3, 5)
    page.focus(page.one("#step"))
    page.press(Keys.HOME)
    assert "No decoder row yet" in page.card(CROSS, ".missing").text
    assert page.geometry(ENCODER)[3:] == (5, 5)


def test_tokens_light_what_belongs_to_them(page: Page) -> None:
    source = page.driver.find_elements(By.CSS_SELECTOR, "#source .chip")
    ActionChains(page.driver, duration=0).move_to_element(source[3]).perform()
    assert page.framed(ENCODER) == ([3], [3])
    assert page.framed(CROSS) == ([], [3]) and page.framed(DECODER) == ([], [])
    assert "▁is" in page.one("#note").text
    page.focus(page.driver.find_elements(By.CSS_SELECTOR, "#target .chip")[1])
    ActionChains(page.driver, duration=0).move_to_element(page.one("h1")).perform()
    assert page.framed(DECODER) == ([1], [2]) and page.framed(CROSS) == ([1], [])
    assert page.framed(ENCODER) == ([], []) and "probability 0.7000 · rank 1" in page.one("#note").text
    page.press(Keys.ARROW_RIGHT)
    assert page.framed(CROSS) == ([2], []), "arrow keys move along the chips"


def test_row_labels(page: Page) -> None:
    page.one('#row-labels option[value="predicts"]').click()
    assert "· is attends to The:" in page.hover(CROSS, 2, 0)
    assert "(queries: token predicted)" in page.card(CROSS, ".map").get_attribute("aria-label")


def test_the_theme_follows_the_system_until_it_is_chosen(page: Page) -> None:
    def surface() -> str:
        return str(page.card(CROSS, "").value_of_css_property("background-color"))

    def prefer(theme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        # The page is told before it is painted.
        page.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    light, dark = "rgba(255, 255, 255, 1)", "rgba(29, 33, 39, 1)"
    assert surface() == light
    prefer("dark")
    assert surface() == dark and page.pixel(DECODER, 0.25, 2.25) == PALETTES["dark"].mask
    page.one("#theme").click()
    assert surface() == light and page.pixel(DECODER, 0.25, 2.25) == PALETTES["light"].mask
    prefer("light")
    prefer("dark")
    assert surface() == light, "a choice stays"


@pytest.mark.parametrize("width", [1400, 800, 500])
def test_nothing_is_clipped(driver: Any, open_page: Open, width: int) -> None:
    tokens = tuple(Token(index, "▁uninterestingness", "uninterestingness") for index in range(18))
    trace = traces.with_weights(traces.trace(4), encoder=traces.attention(18, 18), cross=traces.attention(4, 18))
    page = open_page(replace(trace, source_tokens=tokens))
    driver.set_window_size(width, 1000)
    code = (
        "const {width, height} = arguments[0], context = arguments[0].getContext('2d');"
        "const {data} = context.getImageData(0, 0, width, height);"
        "const ink = (x, y) => data[4 * (y * width + x) + 3] > 0;"
        "for (let y = 0; y < height; y += 1) if (ink(0, y) || ink(width - 1, y)) return true;"
        "for (let x = 0; x < width; x += 1) if (ink(x, 0) || ink(x, height - 1)) return true;"
        "return false;"
    )
    cut = [kind for kind in KINDS if driver.execute_script(code, page.card(kind, ".map"))]
    is_wide = driver.execute_script("return document.documentElement.scrollWidth > innerWidth")
    driver.set_window_size(1400, 1000)
    assert not cut and not is_wide


def test_a_long_sentence_stays_legible_and_in_view(open_page: Open) -> None:
    long = 200
    step = replace(traces.decode_step(0), output=Token(1, "▁interesting", "interesting"))
    weights = traces.attention(long, long)
    trace = traces.with_weights(traces.trace(1), encoder=weights, decoder=np.tril(weights), cross=weights)
    page = open_page(replace(trace, source_tokens=traces.SOURCE[:1] * long, steps=(step,) * long))
    assert page.geometry(CROSS)[2] == 3.0, "cells no smaller than this; the card scrolls"
    page.focus(page.card(CROSS, ".map"))
    assert page.card(CROSS, ".scroller").get_property("scrollLeft") == 0
    page.press(Keys.END)
    assert f"{weights[1, 2, 0, 199]:.4f}" in page.readout(CROSS)
    assert page.card(CROSS, ".scroller").get_property("scrollLeft") > 0
    strip, chip = page.one("#target").rect, page.one("#target .prediction").rect
    assert strip["y"] <= chip["y"] and chip["y"] + chip["height"] <= strip["y"] + strip["height"] < 500


@pytest.mark.parametrize(("rows", "message"), [(0, "No decoder row: the sentence was only encoded."), (1, "")])
def test_few_rows(open_page: Open, rows: int, message: str) -> None:
    page = open_page(traces.trace(rows))
    for kind in (DECODER, CROSS):
        assert page.card(kind, ".missing").text == message
    assert page.card(ENCODER, ".missing").text == ""
    assert f"attends to ma: {page.trace.weights(ENCODER)[1, 2, 3, 1]:.4f}" in page.hover(ENCODER, 3, 1)


def test_without_a_causal_mask_there_is_nothing_to_step(open_page: Open) -> None:
    page = open_page(replace(traces.trace(4), causal=False, hidden=frozenset({2})))
    assert "looks ahead at is:" in page.hover(DECODER, 0, 3)
    assert "may not look at t: masked" in page.hover(ENCODER, 4, 2)
    assert page.pixel(DECODER, 0.15, 2.85) == PALETTES["light"].danger
    assert not page.one("#step").is_enabled()
    page.press(Keys.ARROW_LEFT)
    assert page.geometry(CROSS)[3] == 4
    assert page.one("#changes").text == "With: causal mask off: marked cells look ahead; source token 3 “t” hidden"


def test_a_hostile_sentence_is_only_text(open_page: Open) -> None:
    page = open_page(traces.trace(2), {"sentence": HOSTILE, "translation": "Le"})
    code = "return document.getElementById('sentence').textContent === JSON.parse(arguments[0])"
    assert page.driver.execute_script(code, json.dumps(HOSTILE)) is True
    assert page.driver.title.endswith("→ Le") and page.driver.title.startswith("</script>")


def test_the_policy_forbids_every_request(driver: Any, open_page: Open) -> None:
    open_page(traces.trace(1))
    code = (
        "const done = arguments[0];"
        "document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective), {once: true});"
        "new Image().src = 'http://127.0.0.1:9/pixel.png';"
    )
    driver.set_script_timeout(5)
    assert driver.execute_async_script(code) == "img-src"
    assert "Content Security Policy" in driver.get_log("browser")[0]["message"]
    driver.get("about:blank")


def _hex_colours(name: str) -> set[str]:
    return {"#" + color.tobytes().hex() for color in COLORMAPS[name]}
