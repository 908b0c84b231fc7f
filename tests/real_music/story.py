"""The life of a marker over a folder, step by step, every step held against what was measured."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import compare
from checks import Measure, measure_all, sha256_of
from compare import Json
from corpus import AUDIO_SUFFIXES

# An old time, with a fraction that a careless restoration would cut off.
FIRST_MTIME_NS = 1_500_000_000_123_456_789
LONGEST_DETAIL = 600


@dataclass
class Report:
    """The failures of every file, and those that belong to no file."""

    files: dict[str, list[tuple[str, str]]]
    general: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, check: str, detail: str) -> None:
        """Adds one failure of a file of the corpus or, by any other name, a general one."""
        if name in self.files:
            self.files[name].append((check, detail))
        else:
            self.general.append((f"{check} {name}".strip(), detail))

    def failed(self) -> int:
        """How many files failed; general failures count as one more."""
        return sum(1 for found in self.files.values() if found) + bool(self.general)

    def passed(self) -> int:
        """How many files passed every check."""
        return sum(1 for found in self.files.values() if not found)


@dataclass(frozen=True)
class Programs:
    """Our programs, and where their output is kept."""

    folder: Path
    output: Path

    def run(self, program: str, step: str, folder: Path, report: Report) -> dict[str, Json]:
        """Runs a program over a folder: its lines by file name; a failing status is reported."""
        name = step.replace(" ", "-")
        out, err = self.output / f"{name}.jsonl", self.output / f"{name}.err"
        with out.open("wb") as stdout, err.open("wb") as stderr:
            status = subprocess.run(
                [self.folder / program, "--json", folder], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
            ).returncode
        if status != 0:
            report.add("", step, f"{program} ended with status {status}: {tail(err)}")
        return read_lines(out, folder, step, report)


def tail(file: Path) -> str:
    """The end of a program's error output."""
    return file.read_text(errors="replace").strip()[-LONGEST_DETAIL:]


def read_lines(file: Path, folder: Path, step: str, report: Report) -> dict[str, Json]:
    """JSON lines by the file's path below the folder."""
    lines: dict[str, Json] = {}
    for text in file.read_text(errors="replace").splitlines():
        try:
            line = json.loads(text)
            name = os.path.relpath(line["path"], folder)
        except (ValueError, KeyError, TypeError) as error:
            report.add("", step, f"not a line about a file ({error!r}): {text[:200]}")
            continue
        if name in lines or name not in report.files:
            report.add(name, step, "is named twice" if name in lines else "is not audio, but has a line")
        lines[name] = line
    return lines


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints how long a step took."""
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:7.1f} s  {what}", flush=True)


def audio_names(folder: Path) -> list[str]:
    """The audio files below the folder."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.suffix in AUDIO_SUFFIXES)


def all_names(folder: Path) -> list[str]:
    """Everything below the folder that is no folder."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir())


def copy_corpus(corpus: Path, folder: Path, names: list[str] | None = None) -> None:
    """Copies the corpus, or the named files of it, with old modification times and two modes."""
    for index, name in enumerate(all_names(corpus) if names is None else names):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(corpus / name, target)
        target.chmod(0o640 if index % 2 else 0o644)
        moment = FIRST_MTIME_NS + index * 86_400_000_000_000
        os.utime(target, ns=(moment, moment))


def judge(
    report: Report, step: str, lines: dict[str, Json], measures: dict[str, Measure],
    problems: Callable[[str, Json, Measure], Iterator[str]],
) -> None:
    """Holds a program's line for every file against what was measured."""
    for name, measure in measures.items():
        if name not in lines:
            report.add(name, step, "has no line")
            continue
        for detail in problems(Path(name).suffix, lines[name], measure):
            report.add(name, step, detail)


def ask(
    report: Report, step: str, program: str, programs: Programs, folder: Path, measures: dict[str, Measure],
    problems: Callable[[str, Json, Measure], Iterator[str]],
) -> None:
    """Runs a program over the folder and judges its lines."""
    judge(report, step, programs.run(program, step, folder, report), measures, problems)


def judge_tagging(report: Report, before: dict[str, Measure], after: dict[str, Measure]) -> None:
    """Holds every file after tagging against itself before."""
    for name in before:
        for check, detail in compare.tagging_problems(Path(name).suffix, before[name], after[name]):
            report.add(name, check, detail)


def judge_bytes(report: Report, check: str, folder: Path, wanted: dict[str, Measure]) -> None:
    """Holds every file's bytes against an earlier moment's."""
    for name, measure in wanted.items():
        found = sha256_of(folder / name) if (folder / name).is_file() else "nothing"
        for detail in compare.restored_problems(measure.sha256, found):
            report.add(name, check, detail)


def judge_strangers(report: Report, folder: Path, strangers: dict[str, str], names: list[str]) -> None:
    """Other files are untouched, and no temporary file is left."""
    expected = {*strangers, *names}
    found = set(all_names(folder))
    for name in sorted(found - expected):
        report.add("", "left behind", name)
    for name in sorted(expected - found):
        report.add(name, "disappeared", "the file is no longer in the folder")
    for name, digest in strangers.items():
        if name in found and sha256_of(folder / name) != digest:
            report.add("", "changed", f"{name} is no audio and was changed")


def story(corpus: Path, work: Path, programs: Programs) -> Report:
    """The whole life of a marker, step by step."""
    folder = work / "music"
    with timed("copy the corpus"):
        copy_corpus(corpus, folder)
    names = audio_names(folder)
    strangers = {name: sha256_of(folder / name) for name in all_names(folder) if name not in set(names)}
    report = Report({name: [] for name in names})
    with timed(f"measure {len(names)} files before"):
        before = measure_all(folder, names)
    with timed("tag_folder"):
        lines = programs.run("tag_folder", "tag", folder, report)
    judge_strangers(report, folder, strangers, names)
    with timed("measure after"):
        after = measure_all(folder, [name for name in names if (folder / name).is_file()])
    judge(report, "tag", lines, before, compare.tagged_problems)
    judge_tagging(report, {name: before[name] for name in after}, after)
    with timed("show, verify_folder, identify"):
        ask(report, "show", "show", programs, folder, after, compare.shown_problems)
        ask(report, "verify", "verify_folder", programs, folder, after, compare.verified_problems)
        ask(report, "identify", "identify", programs, folder, after, compare.identified_problems)
    with timed("tag_folder again"):
        ask(report, "tag again", "tag_folder", programs, folder, after, compare.unchanged_problems)
    judge_bytes(report, "bytes after tagging again", folder, after)
    with timed("strip_folder"):
        ask(report, "strip", "strip_folder", programs, folder, after, compare.stripped_problems)
    judge_bytes(report, "bytes after stripping", folder, before)
    judge_strangers(report, folder, strangers, names)
    return report
