"""What `identify` says of a track: of the whole, of its pieces of 30 seconds, of a cut and all its variants."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import variants
from corpus import Track
from tools import ffmpeg, output_of

PIECE = 30
"""Seconds of the pieces that stand for short uses of a track."""

Maker = Callable[[Track, Path], Iterator[tuple[str, Path]]]


@dataclass(frozen=True)
class Identity:
    """One line of `identify`, under the names that the comparison needs."""

    kind: str
    name: str
    code: str | None
    fingerprint: str | None
    essence: str | None
    problem: str | None

    def line(self, track: Track) -> str:
        """The line that `scores` reads."""
        return "\t".join((self.kind, self.name, track.name, track.group, self.code or "-", self.fingerprint or "-"))


@dataclass(frozen=True)
class Identifier:
    """Our program, and where its answers are kept."""

    program: Path
    kept: Path

    def of(self, track: Track, with_variants: bool) -> list[Identity]:
        """All identities of a track, from an earlier run where track, program and rules are the same."""
        parts = [self.recall(track, f"pieces {PIECE}", whole_and_pieces)]
        if with_variants:
            parts.append(self.recall(track, variants.rules(), cut_and_variants))
        return [identity for part in parts for identity in named(part, track)]

    def recall(self, track: Track, rules: str, make: Maker) -> list[dict[str, Any]]:
        """The kept answers, or new ones about the files that `make` puts into a temporary folder."""
        key = "\0".join((track.name, track.sha256, digest(self.program), rules))
        kept = self.kept / f"{hashlib.sha256(key.encode()).hexdigest()}.json"
        if not kept.is_file():
            self.kept.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.kept.parent) as work:
                answers = self.ask(make(track, Path(work)))
            kept.write_text(json.dumps(answers))
        return json.loads(kept.read_text())

    def ask(self, files: Iterable[tuple[str, Path]]) -> list[dict[str, Any]]:
        """Runs the program over the files, which are named by kind; a file it cannot decode has no levels."""
        kinds = {str(file): kind for kind, file in files}
        levels = "essence,iscc,fingerprint"
        out = output_of(self.program, "--json", "--jobs", "1", "--levels", levels, *kinds, good=(0, 3))
        lines = [json.loads(line) for line in out.splitlines()]
        return [{**line, "kind": kinds[line.pop("path")]} for line in lines]


def digest(file: Path) -> str:
    """The digest of all of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def whole_and_pieces(track: Track, work: Path) -> Iterator[tuple[str, Path]]:
    """The track as the package has it, and its successive pieces of 30 seconds; a shorter rest is left out."""
    yield "whole", Path(track.path).absolute()
    ffmpeg("-i", track.path, "-f", "segment", "-segment_time", str(PIECE), "-c:a", "pcm_s16le", work / "%03d.wav")
    for number, piece in enumerate(sorted(work.glob("*.wav"))):
        if (number + 1) * PIECE <= track.seconds:
            yield "segment", piece


def cut_and_variants(track: Track, work: Path) -> Iterator[tuple[str, Path]]:
    """The track's middle, and everything that is made of it."""
    source = work / "cut.wav"
    variants.cut(Path(track.path), track.seconds, source)
    yield "cut", source
    for variant in variants.VARIANTS:
        yield variant.name, variants.make(source, variant, work / variant.name)


def named(answers: list[dict[str, Any]], track: Track) -> Iterator[Identity]:
    """Gives every identity a name of its own."""
    number = 0
    for answer in answers:
        kind, name = answer["kind"], track.name
        if kind == "segment":
            number, name = number + 1, f"{track.name} @ {number * PIECE} s"
        elif kind != "whole":
            name = f"{track.name} as {kind}"
        error = answer.get("error") or answer.get("undecoded")
        yield Identity(kind, name, answer.get("iscc"), answer.get("fingerprint"), answer.get("essence"),
                       json.dumps(error) if error else None)
