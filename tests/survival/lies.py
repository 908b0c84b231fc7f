"""Whether the measurement can fail: readers that have to miss what is taken away, and lies that have to be noticed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import document
import readers
from bench import Bench
from fields import write_fields
from outcome import DENIED, Json, Outcome, problems, source_problems
from readers import COPYRIGHT, FIELDS, PACKET
from recordings import FLAC, MP3, WAV
from ways import RECORDINGS

USES = (*DENIED, "search", "platform-service")


def line(answer: str) -> Json:
    """A line of `show` with the same answer for each denied use."""
    return {"answer": {use: answer if use in DENIED else "none" for use in USES}, "statements": []}


TRUTH = Outcome("a kind", "mp3", "a way", Path("a.mp3"), set(FIELDS.values()), line("disallowed"))
LOST = replace(TRUTH, way="another way", seen=set(), line=line("none"))


def missed_lies() -> Iterator[tuple[str, bool]]:
    """What was said, and whether the judge took it as it has to."""
    for honest in (TRUTH, LOST, replace(LOST, line=line("disallowed"))):
        yield f"the truth was refused: {honest}", not any(problems(honest))
    for name in FIELDS.values():
        for answer in ("none", "unreadable", "conditional", "claimed", "allowed"):
            lie = replace(TRUTH, seen={name}, line=line(answer))
            yield f"{name} is seen and {answer} was not noticed", any(problems(lie))
    for answer in ("claimed", "allowed"):
        for use in USES:
            lie = replace(LOST, line={"answer": LOST.answers | {use: answer}, "statements": []})
            yield f"{use}: {answer} was not noticed", any(problems(lie))
    for use in DENIED:
        lie = replace(TRUTH, seen={COPYRIGHT}, line={"answer": TRUTH.answers | {use: "none"}, "statements": []})
        yield f"{use} is denied in the notice and not in the answer, unnoticed", any(problems(lie))
    yield "a missing line was not noticed", any(problems(replace(TRUTH, line=None)))
    yield "a way that cannot be gone was not noticed", any(problems(replace(TRUTH, fault="status 1")))


def missed_sources() -> Iterator[tuple[str, bool]]:
    """A source has to have every field, seen and heard."""
    raw = {COPYRIGHT: "No AI training", "AI_CONSENT": "generative-training=n", "NOAI": "generative-training",
           "CONTENT_USAGE": "train-ai=n", "TDM_RESERVATION": "1", PACKET: "DMI-PROHIBITED"}
    statements = [
        {"field": name, "raw": text, "tag": "xmp" if name == PACKET else "id3v2"} for name, text in raw.items()]
    whole = replace(TRUTH, line=line("disallowed") | {"statements": statements})
    yield "a good source was refused", not any(source_problems(whole, True))
    yield "a packet in a format without one was not noticed", any(source_problems(whole, False))
    for index, name in enumerate(raw):
        unseen = replace(whole, seen=whole.seen - {name})
        unheard = replace(whole, line=whole.line | {"statements": statements[:index] + statements[index + 1:]})
        broken = statements[:index] + [statements[index] | {"fault": "no"}] + statements[index + 1:]
        yield f"an unseen {name} was not noticed", any(source_problems(unseen, True))
        yield f"an unheard {name} was not noticed", any(source_problems(unheard, True))
        yield f"a broken {name} counts as heard", any(
            source_problems(replace(whole, line=whole.line | {"statements": broken}), True))


def missed_by_readers(bench: Bench) -> Iterator[tuple[str, bool]]:
    """What mutagen takes out of a file is found no more by anybody, and the rest still is."""
    for form in (MP3, FLAC, WAV):
        source = bench.tagged(RECORDINGS[form])
        for name in FIELDS.values():
            if name == PACKET:
                continue
            folder = bench.folder / "without" / form.name / name
            folder.mkdir(parents=True)
            file = folder / source.name
            shutil.copyfile(source, file)
            write_fields(file, {name.upper(): None})
            seen, was = everybody(file), everybody(source)
            yield f"{form.name} without {name}: {sorted(seen)} of {sorted(was)}", seen == was - {name}


def everybody(file: Path) -> set[str]:
    """What any of the other programs finds."""
    return readers.by_ffprobe(file) | readers.by_mutagen(file) | readers.by_exiftool(file.parent).get(file, set())


def missed_documents() -> Iterator[tuple[str, bool]]:
    """A page with another figure is noticed, one by another version is not."""
    page = document.written([TRUTH, LOST])
    yield "the same page was refused", not any(document.differences(page, page))
    for text in ("50.0 %", "CANUTX", "| 2 |"):
        yield f"another page was not noticed: {text}", any(document.differences(page.replace(text, "?"), page))
    yield "another version was refused", not any(document.differences(page.replace("ffmpeg 5", "ffmpeg 6"), page))


def self_test(bench: Bench) -> int:
    """Tells every lie."""
    told = [*missed_lies(), *missed_sources(), *missed_by_readers(bench), *missed_documents()]
    missed = [text for text, is_right in told if not is_right]
    for text in missed:
        print(f"FAIL {text}")
    print(f"{len(told) - len(missed)} passed, {len(missed)} failed")
    return 1 if missed else 0
