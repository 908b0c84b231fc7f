#!/usr/bin/env python3
"""Opens a page that verify_folder --html wrote in headless Chromium, and looks whether a person can read it.

    tests/page/check.py --rows 12 --text '<script>alert(1)</script>' FILE

Needs Debian's chromium and nothing beyond Python's standard library.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import picture

Json = dict[str, Any]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (320, 390, 700, 1280, 1920)
SCHEMES = ("light", "dark")
PATIENCE = 90
"""Seconds."""
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, level AA, for text of this size."""

ELEMENTS = frozenset(
    "html head meta title style body header main footer section div span p a b ul li dl dt dd bdi h1 h2 svg path rect "
    "table colgroup col thead tbody tr th td label input script".split())
"""All that the page is made of. A stranger's element is none of these, or one too many of script and input."""
ONCE = ("script", "style", "title", "h1", "input")
VOID = frozenset(("meta", "col", "input", "br", "img", "link", "base", "embed", "source", "wbr", "hr"))
FETCHING = ("src", "href", "xlink:href", "action", "formaction", "data", "srcset", "poster", "background")
POLICY = "default-src 'none'"

PROBE = (Path(__file__).parent / "probe.js").read_text()


@dataclass
class Page(HTMLParser):
    """The elements and the text of a document."""

    text: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    rows: int = 0
    stack: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        self.close()

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.rows += tag == "tr" and "tbody" in self.stack
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while tag in self.stack and self.stack.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] not in ("script", "style", "title"):
            self.words.append(data)

    def count(self, tag: str) -> int:
        """How many elements of this name there are."""
        return sum(name == tag for name, _ in self.elements)

    @cached_property
    def shown(self) -> str:
        """Everything that a person reads, in one text."""
        return re.sub(r"\s+", " ", "".join(self.words))


class Browser:
    """Chromium without a window, each time with a profile of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder

    def run(self, page: Path, width: int, dark: bool, *options: str) -> str:
        """Opens the page; what the browser prints, nothing where it hangs (in a stranger's alert, say)."""
        with tempfile.TemporaryDirectory(dir=self.folder) as profile:
            command = [
                self.program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                f"--user-data-dir={profile}", f"--window-size={width},1600",
                f"--blink-settings=preferredColorScheme={0 if dark else 1}", *options, page.resolve().as_uri(),
            ]
            try:
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                return ""
        return done.stdout.decode(errors="replace")

    def dom(self, page: Path, width: int = 1280, dark: bool = False) -> str:
        """The document after it was loaded and its scripts ran."""
        return self.run(page, width, dark, "--dump-dom")

    def picture(self, page: Path, width: int, dark: bool) -> picture.Picture:
        """What a person sees."""
        file = self.folder / f"{width}-{dark}.png"
        self.run(page, width, dark, f"--screenshot={file}")
        return picture.read(file.read_bytes()) if file.exists() else picture.NOTHING


class Report:
    """What passed and what did not."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def check(self, what: str, good: bool, detail: object = "") -> None:
        """Counts a check, and prints it where it failed."""
        self.passed += good
        self.failed += not good
        if not good:
            print(f"FAIL {what}: {str(detail)[:600]}")


def check_elements(report: Report, where: str, page: Page) -> None:
    """Nobody's text became an element or an attribute, and nothing is fetched."""
    strange = {name for name, _ in page.elements} - ELEMENTS
    report.check(f"{where}: only elements of the page", not strange, strange)
    for name in ONCE:
        report.check(f"{where}: at most one {name}", page.count(name) <= 1, page.count(name))
    handlers = [(tag, name) for tag, found in page.elements for name in found if name.startswith("on")]
    report.check(f"{where}: no event handlers", not handlers, handlers)
    sources = [found[name] for _, found in page.elements for name in FETCHING if name in found]
    outside = [source for source in sources if not source.startswith("#")]
    report.check(f"{where}: no address outside the page", not outside, outside)
    identities = [found["id"] for _, found in page.elements if "id" in found]
    report.check(f"{where}: every id once", len(identities) == len(set(identities)), identities)
    dangling = [source for source in sources if source[1:] not in identities]
    report.check(f"{where}: every link leads somewhere", not dangling, dangling)


def check_source(report: Report, text: str, page: Page) -> None:
    """What the file says by itself, before any browser."""
    policies = [found.get("content", "") for _, found in page.elements
                if found.get("http-equiv", "").lower() == "content-security-policy"]
    report.check("a policy that forbids everything else", len(policies) == 1 and POLICY in policies[0], policies)
    style = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    fetched = re.findall(r"url\(|@import|image-set", style)
    report.check("the style fetches nothing", style and not fetched, fetched)
    languages = [found.get("lang") for tag, found in page.elements if tag == "html"]
    report.check("a language", languages == ["en-GB"], languages)
    report.check("one h1", page.count("h1") == 1, page.count("h1"))
    scopes = [found.get("scope") for tag, found in page.elements if tag == "th"]
    report.check("every th has a scope", set(scopes) <= {"col", "row"}, set(scopes))
    report.check("one row header for each row", scopes.count("row") == page.rows, scopes.count("row"))
    unnamed = [found for tag, found in page.elements if tag == "svg" and found.get("aria-hidden") != "true"]
    report.check("drawings are hidden from screen readers, words stand beside them", not unnamed, unnamed)


def probes(browser: Browser, text: str) -> list[Json]:
    """What a script of ours measures in copies of the page, one in a frame for each width and scheme.

    Chromium without a window makes none of less than 500 pixels.
    """
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    script = f"<script>const LEAST_CONTRAST = {LEAST_CONTRAST};\n{PROBE}</script>"
    copy = policy.sub("", text).replace("</body>", f"{script}</body>")
    frames = "".join(
        f'<iframe style="border: 0; width: {width}px; color-scheme: {scheme}" srcdoc="{escape(copy)}"></iframe>'
        for scheme in SCHEMES for width in WIDTHS)
    wrapper = browser.folder / "frames.html"
    wrapper.write_text(f'<!DOCTYPE html><meta charset="utf-8"><body><p id="probes"></p>{frames}</body>')
    found = re.search(r'<p id="probes">([^<]*)</p>', browser.dom(wrapper))
    return [json.loads(line) for line in unescape(found[1]).splitlines() if line] if found else []


def check_layout(report: Report, found: list[Json]) -> None:
    """Nothing wider than the window, nothing too faint, in both schemes."""
    wanted = {(width, scheme) for width in WIDTHS for scheme in SCHEMES}
    tried = {(each["window"], each["scheme"]) for each in found}
    report.check("every width and scheme was tried", tried == wanted, wanted - tried)
    for each in found:
        about = f"{each['window']} px, {each['scheme']}"
        report.check(f"{about}: nothing overflows", not each["wide"] and each["content"] == each["window"], each)
        report.check(f"{about}: contrast of all text at least {LEAST_CONTRAST}", each["faint"] == [], each["faint"])


def check_filter(report: Report, found: list[Json], rows: int) -> None:
    """The filter leaves what has the words, and gives everything back."""
    if rows < 2:
        return
    for each in found[:1]:
        one, none, everything = (each["filter"][name] for name in ("one", "none", "all"))
        report.check("the filter finds the first row by its words", 1 <= one <= rows, one)
        report.check("the filter hides everything where nothing fits", none == 0, none)
        report.check("an empty filter shows everything", everything == rows, everything)


def check_pictures(report: Report, browser: Browser, file: Path) -> None:
    """Something is to be seen, light and dark."""
    for width in (390, 1280):
        light, dark = (browser.picture(file, width, dark) for dark in (False, True))
        for name, seen in (("light", light), ("dark", dark)):
            report.check(f"{width} px, {name}: the picture has its size", seen.width == width, (seen.width, seen.height))
            report.check(f"{width} px, {name}: the picture is not blank", seen.colours >= 32, seen.colours)
        report.check(f"{width} px: dark is darker", dark.light < 80 < 175 < light.light, (dark.light, light.light))


def check(report: Report, browser: Browser, file: Path, rows: int | None, hostile: list[str]) -> None:
    """All checks."""
    text = file.read_text()
    source, live = Page(text), Page(browser.dom(file))
    wanted = source.rows if rows is None else rows
    check_source(report, text, source)
    for where, page in (("file", source), ("browser", live)):
        check_elements(report, where, page)
        report.check(f"{where}: {wanted} rows", page.rows == wanted, page.rows)
        for words in hostile:
            report.check(f"{where}: shows {words!r}", re.sub(r"\s+", " ", words) in page.shown, page.shown)
    opened = [found for tag, found in live.elements if tag == "p" and found.get("class") == "filter"]
    report.check("the page's own script may run", all("hidden" not in found for found in opened), opened)
    measured = probes(browser, text)
    check_layout(report, measured)
    check_filter(report, measured, wanted)
    check_pictures(report, browser, file)


def main() -> int:
    """Opens the page and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, help="how many files the page must show")
    parser.add_argument("--text", action="append", default=[], help="words that must appear as words; may be repeated")
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        print("check.py: there is no chromium", file=sys.stderr)
        return 2
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        check(report, Browser(program, Path(folder)), options.file, options.rows, options.text)
    print(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
