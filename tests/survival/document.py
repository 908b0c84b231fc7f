"""The page that says what survives, made from what was measured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from outcome import USE, Outcome
from readers import FIELDS
from tools import output_of
from ways import SOURCES

HEAD = f"""# What survives a re-host

A recording that is published is converted, cut into other containers and edited by people who never saw what its tags
say. This page counts what such a way leaves of a statement: files of ten kinds, a few seconds of music each with full
tags of its own (a copyright text in every second), are tagged by `tag_folder` as it is without options, sent along each way
once, and looked at by others: ffprobe and mutagen for the fields, exiftool for the copyright text and the XMP packet.
`show` is asked about the same copies.

A field *lives* where one of these programs still finds a denial of {USE.replace("-", " ")} in it. Where one lives,
`show` has to answer `disallowed`: one way on which it does not fails the run, and so does a copy that it would let
anybody use.

Nobody counts how often each way is taken, so a share is of ways, not of copies. `wav` is a WAV whose tag is an ID3v2 chunk
alone, `wav-info` one with a `LIST INFO` beside it. Neither holds a `PRIV` frame: where one does, ffmpeg discards the whole
chunk.
"""

FOOT = """## How it is measured

```sh
tests/install_oracles
cargo build --release --examples
target/oracles/bin/python -B tests/survival/run.py --write
```

makes every figure and table of this page, in about a minute; without `--write` it holds the page against what it
measures, as it does before every change lands. `--only TEXT` goes some of the ways, `--work FOLDER` keeps the copies,
`--self-test` tells lies and sees whether they are noticed. The ways are in `tests/survival/ways.py`.
"""

VERSIONS = "Measured with "
PROGRAMS = {
    "ffmpeg": ("ffmpeg", "-version"), "sox": ("sox", "--version"), "flac": ("flac", "--version"),
    "vorbis-tools": ("oggenc", "--version"), "opus-tools": ("opusenc", "--version"), "lame": ("lame", "--version"),
    "wavpack": ("wavpack", "--version"), "mkvmerge": ("mkvmerge", "--version"), "exiftool": ("exiftool", "-ver"),
    "eyeD3": ("eyeD3", "--version"), "mutagen": (),
}

Measure = Callable[[Outcome], bool]
COLUMNS: dict[str, Measure] = {
    "`show` denies": lambda outcome: outcome.denies,
    "without XMP": lambda outcome: outcome.denies_without_packet,
    **{name: lambda outcome, name=name: name in outcome.seen for name in FIELDS.values()},
}


def written(outcomes: list[Outcome]) -> str:
    """The whole page."""
    parts = [HEAD, "## In numbers\n", summary(outcomes), *table(outcomes), "", *lost(outcomes), "## Way by way\n", *legend()]
    for kind in kinds(outcomes):
        parts += [f"### {kind[0].upper()}{kind[1:]}\n", *matrix([each for each in outcomes if each.kind == kind]), ""]
    return "\n".join([*parts, FOOT, versions(), ""])


def overview(outcomes: list[Outcome]) -> str:
    """The shares as a table, which is all that a terminal needs."""
    return "\n".join(table(outcomes))


def summary(outcomes: list[Outcome]) -> str:
    """The shares as sentences."""
    whole = len(outcomes)
    fields = {name: count(outcomes, COLUMNS[name]) for name in FIELDS.values()}
    best = max(fields, key=lambda name: fields[name])
    second = max((name for name in fields if name != best), key=lambda name: fields[name])
    shown, bare = (count(outcomes, COLUMNS[name]) for name in ("`show` denies", "without XMP"))
    alone = sum(1 for each in outcomes if each.denies and not each.seen)
    return f"""On {shown} of {whole} ways ({share(shown, whole)}) `show` still answers `disallowed`. The best single field, {best},
lives on {fields[best]} ({share(fields[best], whole)}), the next one, {second}, on {fields[second]} ({share(fields[second], whole)}). Without XMP the answer would be
`disallowed` on {bare} ({share(bare, whole)}). Ways on which `show` hears what none of the other programs finds: {alone}.
"""


def count(outcomes: Iterable[Outcome], measure: Measure) -> int:
    """On how many ways it is so."""
    return sum(1 for outcome in outcomes if measure(outcome))


def share(part: int, whole: int) -> str:
    """In per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def kinds(outcomes: Iterable[Outcome]) -> list[str]:
    """The kinds of ways, in their order."""
    return list(dict.fromkeys(outcome.kind for outcome in outcomes))


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """How often `show` denies and each field lives, for each kind of way."""
    yield f"| kind of way | ways | {' | '.join(COLUMNS)} |"
    yield f"|---|{'---:|' * (len(COLUMNS) + 1)}"
    groups = {kind: [each for each in outcomes if each.kind == kind] for kind in kinds(outcomes)}
    for kind, group in (groups | {"all": outcomes}).items():
        counts = (count(group, measure) for measure in COLUMNS.values())
        yield f"| {kind} | {len(group)} | {' | '.join(str(each) for each in counts)} |"
    rates = (share(count(outcomes, measure), len(outcomes)) for measure in COLUMNS.values())
    yield f"| | | {' | '.join(rates)} |"


def lost(outcomes: list[Outcome]) -> Iterator[str]:
    """The ways on which nothing is left."""
    gone = [outcome for outcome in outcomes if not outcome.seen and not outcome.denies]
    yield "## What loses everything\n"
    yield f"{len(gone)} ways leave nothing in the file that says no. Only records know such a copy again.\n"
    for kind in kinds(gone):
        sources: dict[str, list[str]] = {}
        for outcome in gone:
            if outcome.kind == kind:
                sources.setdefault(outcome.source, []).append(outcome.way)
        ways = "; ".join(f"{source}: {', '.join(names)}" for source, names in sources.items())
        yield f"- {kind}: {ways}"
    yield ""


def legend() -> Iterator[str]:
    """What the letters of the tables stand for."""
    letters = ", ".join(f"{letter} {name}" for letter, name in FIELDS.items())
    yield f"Which fields live: {letters}. `–`: nothing does, and `show` hears nothing; `*`: only `show` hears something.\n"


def matrix(outcomes: list[Outcome]) -> Iterator[str]:
    """One row for each way, one column for each source."""
    sources = [form.name for form in SOURCES if any(each.source == form.name for each in outcomes)]
    cells = {(outcome.way, outcome.source): outcome.letters for outcome in outcomes}
    yield f"| | {' | '.join(sources)} |"
    yield f"|---|{'---|' * len(sources)}"
    for way in dict.fromkeys(outcome.way for outcome in outcomes):
        yield f"| {way} | {' | '.join(cells.get((way, source), '') for source in sources)} |"


def versions() -> str:
    """Which programs it was measured with."""
    return VERSIONS + ", ".join(f"{name} {version(command)}" for name, command in PROGRAMS.items()) + "."


def version(command: tuple[str, ...]) -> str:
    """The first number that the program prints when it is asked for its version."""
    if not command:
        import mutagen
        return mutagen.version_string
    _, out, err = output_of(*command)
    found = re.search(r"\d+\.\d+(\.\d+)*", out or err)
    return found[0] if found else "of Debian"


def differences(page: str, measured: str) -> Iterator[str]:
    """The lines of the page that are not what was measured, whatever the programs' versions."""
    def lines(text: str) -> list[str]:
        return [line for line in text.splitlines() if not line.startswith(VERSIONS)]

    old, new = lines(page), lines(measured)
    if old != new:
        said, found = (set(one) - set(other) for one, other in ((old, new), (new, old)))
        yield "docs/SURVIVAL.md is not what was measured; --write makes it anew"
        yield from (f"  it says: {line}" for line in old if line in said)
        yield from (f"measured: {line}" for line in new if line in found)
