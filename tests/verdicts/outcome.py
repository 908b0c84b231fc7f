"""One row of the ledger and what was found for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import ledger
from bench import Json
from judge import Exhibit, content_of, measured, problems
from ledger import Row


@dataclass
class Outcome:
    """The treated files of a row, the verdicts on them, and every way in which these are not as they should be."""

    row: Row
    exhibits: list[Exhibit] = field(default_factory=list)
    lines: list[Json] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def judge(self, verdicts: dict[Path, Json]) -> None:
        """Holds the verdict on every exhibit against the row."""
        for exhibit in self.exhibits:
            line = verdicts.get(exhibit.file)
            self.lines += [line] if line is not None else []
            found = list(problems(self.row, exhibit, line))
            self.faults += [(about, f"{exhibit.file.name}: {detail}") for about, detail in found]
            if found and line is not None:
                self.faults[-1] = (found[-1][0], f"{self.faults[-1][1]}\n  {json.dumps(line, ensure_ascii=False)}")

    def blessed(self, with_words: bool) -> Row:
        """The row with what was measured; as it is where its words would have to change, unless that is allowed."""
        is_word_wrong = any(about in ("content", "marker") for about, _ in self.faults)
        if not self.lines or is_word_wrong and not with_words:
            return self.row
        text = measured(self.row, self.exhibits, self.lines)
        if not with_words:
            return ledger.blessed(self.row, text)
        markers = {str(line["marker"]) for line in self.lines if line.get("marker")}
        return ledger.reworded(ledger.blessed(self.row, text), {content_of(line) for line in self.lines}, markers)
