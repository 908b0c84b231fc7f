#!/usr/bin/env python3
"""Has other programs read what `publish` writes for a folder.

    tests/publish/check.py --bin target/release/examples

datadiligence reads the headers, http-sf the structured field, protego and Python's own parser
robots.txt, Python's parsers of HTML, XML and JSON the rest. Needs what tests/install_oracles installs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.robotparser
import xml.etree.ElementTree as xml
from html.parser import HTMLParser
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import http_sf
from comparison import Comparisons
from protego import Protego

with contextlib.redirect_stdout(io.StringIO()):  # It prints that it has no key of its own service.
    from datadiligence.rules import TDMRepHeader, XRobotsTagHeader

CORPUS = Path(__file__).parents[2] / "test-audio" / "clean"
TERMS = "https://example.com/terms"
RSL = "https://example.com/rsl.xml"
SONGS = {
    "denied.mp3": ["--preset", "no-ai"],
    "ask first & 100% ö.flac": ["--preset", "ask-first", "--policy", TERMS],
    "open.wav": ["--preset", "no-ai"] + [f"--{word}={use}" for word, use in [("deny", "search")]],
    "silent.m4a": None,
}
PATHS = {
    "denied.mp3": "/music/denied.mp3",
    "ask first & 100% ö.flac": "/music/ask%20first%20%26%20100%25%20%C3%B6.flac",
    "open.wav": "/music/open.wav",
}

check = Comparisons()


def headers_by_path(text: str) -> dict[str, dict[str, str]]:
    """A `_headers` file as its hosts read it."""
    paths: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("/"):
            current = paths.setdefault(line, {})
        else:
            name, value = line.strip().split(": ", 1)
            assert name not in current, f"{name} twice"
            current[name] = value
    return paths


class Head(HTMLParser):
    """The elements that state something."""

    def __init__(self) -> None:
        super().__init__()
        self.metas: dict[str, str | None] = {}
        self.links: list[tuple[str | None, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "meta":
            self.metas[found["name"] or ""] = found["content"]
        elif tag == "link":
            self.links.append((found["type"], found["href"]))


def read_by_others(out: Path) -> None:
    """Every text, through somebody else's parser."""
    headers = headers_by_path((out / "_headers").read_text())
    check("paths with headers", sorted(headers), sorted(PATHS.values()))
    with contextlib.redirect_stdout(io.StringIO()):
        robots, tdmrep = XRobotsTagHeader(), TDMRepHeader()
    for path, values in headers.items():
        check(f"{path}: datadiligence on noai", robots.is_allowed(headers=values), False)
        check(f"{path}: datadiligence on TDMRep", tdmrep.is_allowed(headers=values), False)
        usage = http_sf.parse(values["Content-Usage"].encode(), tltype="dictionary")
        words = {key: str(value) for key, (value, _) in usage.items()}
        expected = {"train-ai": "n", "ai-use": "n"} | ({"search": "n"} if "open" in path else {})
        check(f"{path}: http-sf on Content-Usage", words, expected)
        check(f"{path}: policy", values.get("tdm-policy"), TERMS if "ask" in path else None)
        check(f"{path}: link", values["Link"], f'<{RSL}>; rel="license"; type="application/rsl+xml"')

    text = (out / "robots.txt").read_text()
    standard = urllib.robotparser.RobotFileParser()
    standard.parse(text.splitlines())
    for path in PATHS.values():
        url = f"https://example.com{path}"
        check(f"{path}: protego may fetch", Protego.parse(text).can_fetch(url, "anybot"), True)
        check(f"{path}: Python may fetch", standard.can_fetch("anybot", url), True)
        rules = [line for line in text.splitlines() if line.startswith(f"Content-Usage: {path}$ ")]
        check(f"{path}: rules in robots.txt", len(rules), 1)

    rules = json.loads((out / ".well-known" / "tdmrep.json").read_text())
    check("tdmrep.json", {rule["location"]: rule["tdm-reservation"] for rule in rules}, {path + "$": 1 for path in PATHS.values()})
    space = "{https://rslstandard.org/rsl}"
    contents = xml.parse(out / "rsl.xml").getroot().findall(f"{space}content")
    prohibited = {node.get("url"): node.findtext(f"{space}license/{space}prohibits") for node in contents}
    check("rsl.xml", prohibited, {path + "$": "all" for path in PATHS.values()})
    head = Head()
    head.feed((out / "head.html").read_text())
    check("metas", head.metas, {"tdm-reservation": "1", "robots": "noai"})
    check("links", head.links, [("application/rsl+xml", RSL)])
    lines = [json.loads(line) for line in (out / "assertions.jsonl").read_text().splitlines()]
    uses = {line["path"]: {entry["use"] for entry in line["data"]["entries"].values()} for line in lines}
    expected_uses = {path: {"constrained" if "ask" in path else "notAllowed"} for path in PATHS.values()}
    check("assertions", uses, expected_uses)
    check("labels", {line["label"] for line in lines}, {"cawg.training-mining"})


def main() -> int:
    """Tags, publishes, reads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of the programs")
    programs = parser.parse_args().bin.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        songs, out = Path(temporary) / "songs", Path(temporary) / "out"
        songs.mkdir()
        for name, options in SONGS.items():
            shutil.copy(CORPUS / f"sine{Path(name).suffix}", songs / name)
            if options is not None:
                subprocess.run([programs / "tag_folder", *options, songs / name], check=True, capture_output=True)
        command = [programs / "publish", "--base", "/music/", "--rsl", RSL, "--out", out, songs]
        check("status", subprocess.run(command, check=False, capture_output=True).returncode, 0)
        check("status where texts are there", subprocess.run(command, check=False, capture_output=True).returncode, 3)
        read_by_others(out)
    return check.report("published")


if __name__ == "__main__":
    sys.exit(main())
