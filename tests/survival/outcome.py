"""What was left of the statement on one way, and whether what stands was heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readers import COPYRIGHT, FIELDS, PACKET, denying

Json = dict[str, Any]
USE = "generative-training"
DENIED = (USE, "training", "inference", "data-mining", "replication")
"""What `tag_folder` denies where it is not told otherwise."""
UNSAFE = ("allowed", "claimed")


@dataclass
class Outcome:
    """A file that arrived: which fields other programs see in it, and what `show` says of it."""

    kind: str
    source: str
    way: str
    file: Path
    seen: set[str] = field(default_factory=set)
    line: Json | None = None
    fault: str = ""

    @property
    def name(self) -> str:
        """How a report calls it."""
        return f"{self.source} {self.way}"

    @property
    def answers(self) -> Json:
        """What `show` answers for each use."""
        return (self.line or {}).get("answer", {})

    @property
    def denies(self) -> bool:
        """Whether `show` answers that generative training is disallowed."""
        return self.answers.get(USE) == "disallowed"

    @property
    def denies_all(self) -> bool:
        """Whether it answers so for every use that was denied."""
        return all(self.answers.get(use) == "disallowed" for use in DENIED)

    @property
    def heard(self) -> set[str]:
        """The fields of ours that `show` has a denial from. Whatever it reads in XMP is the packet."""
        whole = [each for each in (self.line or {}).get("statements", ()) if "fault" not in each]
        plain = denying((each["field"], each["raw"]) for each in whole if each["tag"] != "xmp")
        return plain | {PACKET for each in whole if each["tag"] == "xmp"}

    @property
    def denies_without_packet(self) -> bool:
        """Whether it would say so of a file without XMP."""
        return self.denies and bool(self.heard - {PACKET})

    @property
    def letters(self) -> str:
        """The fields that live; `*` where `show` alone finds one, `–` where none does."""
        found = "".join(letter for letter, name in FIELDS.items() if name in self.seen)
        return found or ("*" if self.denies else "–")


def problems(outcome: Outcome) -> Iterator[str]:
    """Everything that must not happen on any way."""
    if outcome.fault:
        yield f"could not be made: {outcome.fault}"
        return
    if outcome.line is None:
        yield "show has no line"
        return
    if outcome.seen and not outcome.denies:
        seen, answer = ", ".join(sorted(outcome.seen)), outcome.answers.get(USE)
        yield f"others see a denial in {seen}, show answers {answer}"
    if COPYRIGHT in outcome.seen and not outcome.denies_all:
        yield f"the notice stands, and show answers {outcome.answers}"
    unsafe = [use for use, answer in outcome.answers.items() if answer in UNSAFE]
    if unsafe:
        yield f"show lets it be used for {', '.join(unsafe)}"


def source_problems(outcome: Outcome, has_packet: bool) -> Iterator[str]:
    """What is wrong with a file that has gone no way yet: each field of ours has to be seen in it, and heard."""
    wanted = set(FIELDS.values()) - (set() if has_packet else {PACKET})
    for what, found in (("seen by others", outcome.seen), ("heard", outcome.heard)):
        if found != wanted:
            yield f"{what}: {', '.join(sorted(found))}; not {', '.join(sorted(wanted))}"
    if not outcome.denies_all:
        yield f"show answers {outcome.answers}"
