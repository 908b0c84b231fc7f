"""Where a treatment is made: the tagged recordings, the strangers, and our own programs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import make_covers
from recordings import EVERY, RECORDINGS, Recording, make
from tools import ENVIRONMENT, ToolFailed, ffmpeg, in_parallel, run

Json = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """The folder of one run."""

    programs: Path
    folder: Path

    @property
    def records(self) -> Path:
        """What tagging noted of every recording."""
        return self.folder / "records.jsonl"

    @property
    def cover(self) -> Path:
        """A small picture."""
        return self.folder / "small.jpg"

    def tagged(self, recording: Recording) -> Path:
        """The original of a row."""
        return recording.file(self.folder / "tagged")

    def other(self, recording: Recording) -> Path:
        """Other music in the same format, which carries no tag of ours."""
        return recording.file(self.folder / "others")

    def neighbour(self, recording: Recording) -> Path:
        """Another tagged recording of the same format."""
        return self.tagged(neighbour(recording))

    def prepare(self) -> None:
        """Makes and tags every recording."""
        make_covers(self.folder)
        in_parallel(lambda each: make(each, self.folder / "tagged", self.folder / "others", self.cover), EVERY)
        run(self.programs / "tag_folder", "--records", self.records, self.folder / "tagged")

    def verdicts(self, files: Iterable[Path], with_records: bool) -> dict[Path, Json]:
        """What verify_folder says of every file."""
        options = ["--records", self.records] if with_records else []
        command = [self.programs / "verify_folder", *options, "--json", *files]
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True,
                              env=ENVIRONMENT)
        lines = [json.loads(text) for text in done.stdout.decode().splitlines()]
        if not lines:
            raise ToolFailed(f"verify_folder says nothing, status {done.returncode}: {done.stderr.decode()[-800:]}")
        return {Path(line["path"]): line for line in lines}


def neighbour(recording: Recording) -> Recording:
    """The other recording of the same format."""
    return next(each for each in RECORDINGS if each.form is recording.form and each is not recording)


def copied(source: Path, target: Path) -> Path:
    """A copy of the bytes under another name and time."""
    shutil.copyfile(source, target)
    return target


def converted(source: Path, target: Path, *options: str) -> None:
    """A new file of the sound, with what ffmpeg makes of the tags."""
    ffmpeg("-i", source, "-map", "0:a:0", *options, target)
