"""The ledger as text: one line for each source format, treatment and way of judging."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

Key = tuple[str, str, str]

UNDECIDED = "?"
NOTHING = "-"
WIDTHS = (9, 27, 8, 18, 12, 24, 6, 10)


class LedgerFault(Exception):
    """A line of the ledger that says nothing clear."""


@dataclass(frozen=True)
class Row:
    """What has to be found, and behind the bar what was."""

    source: str
    treatment: str
    by: str
    content: str
    marker: str
    changes: str
    place: str
    allowed: str
    measured: str

    @property
    def key(self) -> Key:
        """What is treated, how, and whether it is judged by the records or by its own marker alone."""
        return self.source, self.treatment, self.by

    @property
    def name(self) -> str:
        """The key as text."""
        return " ".join(self.key)

    @property
    def contents(self) -> tuple[str, ...]:
        """The words for the sound that are right."""
        return tuple(self.content.split("/"))

    @property
    def markers(self) -> tuple[str, ...]:
        """The words for the statement that are right."""
        return tuple(self.marker.split("/"))

    @property
    def is_undecided(self) -> bool:
        """Whether nobody has said yet what would be right."""
        return UNDECIDED in (self.content, self.marker)

    @property
    def range(self) -> tuple[int, int] | None:
        """The similarity that is allowed, per mille."""
        if self.allowed == NOTHING:
            return None
        low, high = self.allowed.split("..")
        return int(low), int(high)

    @property
    def seconds(self) -> tuple[float, float] | None:
        """Where in the original the sound has to be."""
        if self.place == NOTHING:
            return None
        start, end = self.place.split("-")
        return float(start), float(end)

    def line(self) -> str:
        """The row as it stands in the file."""
        words = (*self.key, self.content, self.marker, self.changes, self.place, self.allowed)
        cells = " ".join(word.ljust(width) for word, width in zip(words, WIDTHS))
        return f"{cells} | {self.measured}".rstrip()


def parse(line: str) -> Row:
    """One row."""
    expected, bar, measured = line.partition("|")
    words = expected.split()
    if not bar or len(words) != len(WIDTHS):
        raise LedgerFault(f"not {len(WIDTHS)} words and a bar: {line}")
    row = Row(*words, measured.strip())
    try:
        _ = row.range, row.seconds
    except ValueError:
        raise LedgerFault(f"no range where one should be: {line}") from None
    if row.by not in ("records", "marker"):
        raise LedgerFault(f"judged by neither records nor marker: {line}")
    return row


def is_row(line: str) -> bool:
    """Whether the line is neither empty nor a comment."""
    return bool(line.strip()) and not line.startswith("#")


def read(file: Path) -> dict[Key, Row]:
    """Every row by its key."""
    rows: dict[Key, Row] = {}
    for line in filter(is_row, file.read_text().splitlines()):
        row = parse(line)
        if row.key in rows:
            raise LedgerFault(f"stands there twice: {row.name}")
        rows[row.key] = row
    return rows


def rewritten(file: Path, news: dict[Key, Row]) -> str:
    """The ledger's text with some rows replaced; comments, order and all other lines stay."""
    def lines() -> Iterator[str]:
        for line in file.read_text().splitlines():
            row = parse(line) if is_row(line) else None
            yield news[row.key].line() if row is not None and row.key in news else line
    return "".join(f"{line}\n" for line in lines())


def blessed(row: Row, measured: str) -> Row:
    """The row with what was measured."""
    return replace(row, measured=measured)


def reworded(row: Row, contents: set[str], markers: set[str]) -> Row:
    """The row with the words that were found, where they are not those that it has; what is undecided stays so."""
    content = row.content if contents <= set(row.contents) or row.content == UNDECIDED else "/".join(sorted(contents))
    marker = row.marker if markers <= set(row.markers) or row.marker == UNDECIDED else "/".join(sorted(markers))
    return replace(row, content=content, marker=marker)
