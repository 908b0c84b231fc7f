"""Whether the runner can fail: honest verdicts are altered key by key, and each lie has to be noticed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import ledger
from bench import Json
from judge import AGREEMENT, EXACT, FORMATS, NAMED, NEAR, Exhibit, problems, spelled
from ledger import NOTHING, UNDECIDED, Key, LedgerFault, Row
from outcome import Outcome
from treatments import TREATMENTS, Treatment

CONTENTS = (*NAMED, "other", "differs", "unbound")
MARKERS = ("intact", "altered", "missing", "moved")


def honest(row: Row, exhibit: Exhibit) -> Json:
    """A line that agrees with the row."""
    content = row.contents[0] if row.content != UNDECIDED else "recording"
    if content.startswith("error:"):
        return {"path": str(exhibit.file), "error": {"kind": content.removeprefix("error:"), "message": "no"}}
    near = content in NEAR
    return {
        "path": str(exhibit.file),
        "format": FORMATS[exhibit.file.suffix],
        "content": content,
        "marker": row.markers[0] if row.marker != UNDECIDED else "intact",
        "denies": True,
        "level": content if content in EXACT else "fingerprint" if near else None,
        "similarity": sum(row.range) // 2 if row.range and near else None,
        "from": row.seconds[0] if row.seconds else None,
        "to": row.seconds[1] if row.seconds else None,
        "record": exhibit.title if row.by == "records" and content in NAMED else None,
        "changes": [] if row.changes == NOTHING else [spelled(change) for change in row.changes.split(",")],
    }


def lies(row: Row, line: Json) -> Iterator[Json]:
    """The line with one thing in it that is not true."""
    if "content" not in line:
        yield line | {"error": {"kind": "io", "message": "no"}}
        return
    if row.content != UNDECIDED:
        yield from (line | {"content": word} for word in CONTENTS if word not in row.contents)
    if row.marker != UNDECIDED:
        yield from (line | {"marker": word} for word in MARKERS if word not in row.markers)
    yield line | {"format": "midi"}
    yield line | {"error": {"kind": "malformed", "message": "no"}}
    yield line | {"record": "Another piece"}
    if line["record"] is not None:
        yield line | {"record": None}
    if line["level"] is not None:
        yield line | {"level": "guess"}
        yield line | {"level": None}
    if row.range is not None and line["content"] in NEAR:
        yield from (line | {"similarity": number} for number in (row.range[0] - 1, row.range[1] + 1, None))
        yield line | {"similarity": line["similarity"] + AGREEMENT + 1}
    elif line["content"] not in NEAR:
        yield line | {"similarity": 999}
    if row.seconds is not None:
        yield from (line | {key: line[key] + 2} for key in ("from", "to"))
        yield line | {"from": None, "to": None}
    if row.changes != NOTHING:
        yield line | {"changes": []}
    else:
        yield line | {"changes": ["search n → y"]}
    yield line | {"denies": False}


def exhibit_of(treatment: Treatment) -> Exhibit:
    """A file that the treatment would make."""
    recording = treatment.of[0]
    return Exhibit(treatment.target(Path("treated"), recording), treatment.heard(recording).title, Path("original"))


def missed_lies(row: Row, treatment: Treatment) -> Iterator[tuple[int, str]]:
    """For every lie one, and what was wrong with the judge's answer, if anything was."""
    exhibit = exhibit_of(treatment)
    truth = honest(row, exhibit)
    exhibit = replace(exhibit, reference=truth.get("similarity"), notice=True)
    yield 0, "; ".join(f"{row.name}: the truth was refused: {detail}" for _, detail in problems(row, exhibit, truth))
    for lie in (None, *lies(row, truth)):
        noticed = any(problems(row, exhibit, lie))
        yield 1, "" if noticed else f"{row.name}: not noticed: {lie}"


def ledger_faults(file: Path, rows: dict[Key, Row]) -> Iterator[str]:
    """Lines that say nothing clear have to be refused, and blessing must leave words alone."""
    row = next(iter(rows.values()))
    for spoilt in (f"{row.line()}\n{row.line()}", row.line().replace("|", " "), row.line().replace(row.by, "guess", 1)):
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "ledger.txt"
            copy.write_text(spoilt + "\n")
            try:
                ledger.read(copy)
                yield f"was read: {spoilt}"
            except LedgerFault:
                pass
    if ledger.rewritten(file, rows) != file.read_text():
        yield "the ledger is not spelled as it would be written"
    yield from blessing_faults(next(row for row in rows.values() if row.key == ("mp3", "copy", "records")))


def blessing_faults(row: Row) -> Iterator[str]:
    """A verdict in other words is not blessed unless that is asked for."""
    treatment = next(each for each in TREATMENTS if (each.form.name, each.name) == row.key[:2])
    exhibit = exhibit_of(treatment)
    for line, words in ((honest(row, exhibit), False), (honest(row, exhibit) | {"content": "other"}, True)):
        outcome = Outcome(row, [exhibit])
        outcome.judge({exhibit.file: line})
        if outcome.blessed(False) != (row if words else ledger.blessed(row, "file")):
            yield f"blessed without being asked for words: {outcome.blessed(False)}"
        if outcome.blessed(True).content != line["content"]:
            yield f"blessed with words: {outcome.blessed(True)}"


def self_test(file: Path, rows: dict[Key, Row]) -> int:
    """Tells every lie about every row."""
    treatments = {(each.form.name, each.name): each for each in TREATMENTS}
    told, missed = 0, list(ledger_faults(file, rows))
    for key, row in rows.items():
        for count, fault in missed_lies(row, treatments[key[:2]]):
            told += count
            missed += [fault] if fault else []
    for fault in missed:
        print(f"FAIL {fault}")
    print(f"{told - len(missed)} passed, {len(missed)} failed")
    return 1 if missed else 0
