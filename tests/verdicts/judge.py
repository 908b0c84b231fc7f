"""Whether a verdict is the one that the ledger asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import Json
from compare import FORMATS as WRITTEN
from ledger import NOTHING, UNDECIDED, Row

FORMATS = {
    **WRITTEN, ".mov": "mp4", ".mkv": "matroska", ".mka": "matroska", ".webm": "matroska", ".aac": "adts",
    ".caf": "caf",
}
# A level that is exact decides on a verdict of its own name.
EXACT = ("file", "essence", "pcm")
NAMED = (*EXACT, "recording", "excerpt", "review")
NEAR = {"recording": ("iscc", "fingerprint"), "excerpt": ("fingerprint",), "review": ("iscc", "fingerprint")}
# Seconds by which a place may be off.
SLACK = 1.5
# Per mille between our similarity and fpcalc's: decoders differ in the last bits.
AGREEMENT = 10


@dataclass(frozen=True)
class Exhibit:
    """A treated file, the recording that it has to be held against, how alike fpcalc finds the two, and whether ffprobe
    shows a denial in it."""

    file: Path
    title: str
    original: Path
    reference: int | None = None
    notice: bool = False


def problems(row: Row, exhibit: Exhibit, line: Json | None) -> Iterator[tuple[str, str]]:
    """Every way in which a line of verify_folder departs from the ledger, with what it is about."""
    if line is None:
        yield "line", "has no line"
        return
    fault, content = line.get("error"), content_of(line)
    if row.content != UNDECIDED and content not in row.contents:
        yield "content", f"content is {content}, not {row.content}"
    if fault:
        if not row.content.startswith("error:"):
            yield "error", f"{fault}"
        return
    marker = str(line.get("marker"))
    if row.marker != UNDECIDED and marker not in row.markers:
        yield "marker", f"marker is {marker}, not {row.marker}"
    wanted = FORMATS[exhibit.file.suffix]
    if line.get("format") != wanted:
        yield "format", f"format is {line.get('format')}, not {wanted}"
    yield from level_problems(content, line)
    yield from contradictions(row, content, marker, line)
    yield from record_problems(row, exhibit, content, line)
    yield from number_problems(row, content, line)
    yield from reference_problems(exhibit, line)
    yield from change_problems(row, marker, line)
    yield from denial_problems(exhibit, marker, line)


def content_of(line: Json) -> str:
    """The word for the sound, or which error there was."""
    return f"error:{line['error']['kind']}" if line.get("error") else str(line.get("content"))


def level_problems(content: str, line: Json) -> Iterator[tuple[str, str]]:
    """An exact word is decided by the level of its name, a near one by a level that can be near."""
    level = line.get("level")
    lawful = (content,) if content in EXACT else NEAR.get(content)
    if lawful is not None and level not in lawful:
        yield "level", f"{content} by {level}"


def contradictions(row: Row, content: str, marker: str, line: Json) -> Iterator[tuple[str, str]]:
    """The marker's own code cannot name this sound and another; alone it moves a marker exactly where it says other."""
    if content == "recording" and line.get("level") == "iscc" and marker == "moved":
        yield "contradiction", "the marker's code names this recording, and the marker is called moved"
    if row.by == "marker" and marker != "missing" and (content == "other") != (marker == "moved"):
        yield "contradiction", f"without records {content} does not go with {marker}"


def record_problems(row: Row, exhibit: Exhibit, content: str, line: Json) -> Iterator[tuple[str, str]]:
    """A match names the recording that is heard; a marker alone, and its content code, name none."""
    is_named = row.by == "records" and content in NAMED and line.get("level") != "iscc"
    wanted = exhibit.title if is_named else None
    if line.get("record") != wanted:
        yield "record", f"record is {line.get('record')}, not {wanted}"


def number_problems(row: Row, content: str, line: Json) -> Iterator[tuple[str, str]]:
    """Similarity within the range where the word has one, and an excerpt where it was taken from."""
    similarity = line.get("similarity")
    if content not in NEAR:
        if similarity not in (None, 1000):
            yield "similarity", f"similarity is {similarity} where there should be none"
    elif row.range is not None and not (isinstance(similarity, int) and row.range[0] <= similarity <= row.range[1]):
        yield "similarity", f"similarity is {similarity}, not {row.allowed}"
    if row.seconds is not None:
        found = line.get("from"), line.get("to")
        near = [isinstance(at, (int, float)) and abs(at - right) <= SLACK for at, right in zip(found, row.seconds)]
        if not all(near):
            yield "place", f"stands at {found[0]} to {found[1]}, not {row.place}"


def reference_problems(exhibit: Exhibit, line: Json) -> Iterator[tuple[str, str]]:
    """Our fingerprints find the two as alike as fpcalc's do."""
    similarity, reference = line.get("similarity"), exhibit.reference
    if line.get("level") != "fingerprint" or similarity is None or reference is None:
        return
    if abs(similarity - reference) > AGREEMENT:
        yield "fpcalc", f"similarity is {similarity}, and {reference} by fpcalc"


def change_problems(row: Row, marker: str, line: Json) -> Iterator[tuple[str, str]]:
    """The changes that the row names; none in a statement that is as it was."""
    changes = line.get("changes") or []
    if row.changes == NOTHING:
        if changes:
            yield "changes", f"changed where nothing should be: {changes}"
        return
    wanted = [spelled(change) for change in row.changes.split(",")]
    if changes != wanted:
        yield "changes", f"changes are {changes}, not {wanted}"


def denial_problems(exhibit: Exhibit, marker: str, line: Json) -> Iterator[tuple[str, str]]:
    """Where ffprobe shows our notice, or where the marker is whole, the file denies."""
    if not line.get("denies") and (exhibit.notice or marker == "intact"):
        yield "denies", "says that nothing is denied, and something is"


def spelled(change: str) -> str:
    """`use:n>y` as the program says it."""
    use, _, values = change.partition(":")
    return f"{use} {values.replace('>', ' → ')}"


def measured(row: Row, exhibits: list[Exhibit], lines: list[Json]) -> str:
    """What the ledger keeps: undecided words, the deciding level, the similarities, or else fpcalc's."""
    words = [joined(f"{line.get('content')}:{line.get('marker')}" for line in lines)] if row.is_undecided else []
    words.append(joined(str(line.get("level") or NOTHING) for line in lines))
    numbers = [line["similarity"] for line in lines if isinstance(line.get("similarity"), int)]
    words += [spread(numbers)] if numbers else []
    references = [each.reference for each in exhibits if each.reference is not None]
    if references and len(numbers) < len(lines):
        words += ["fpcalc", spread(references)]
    return " ".join(words)


def spread(numbers: list[int]) -> str:
    """The least and the greatest."""
    return f"{min(numbers)}..{max(numbers)}"


def joined(words: Iterable[str]) -> str:
    """Different words, each once."""
    return "/".join(sorted(set(words)))
