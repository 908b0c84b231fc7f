"""What tagging may change and what not: two measures of a file, and the answers of our programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from checks import OURS, Measure, spelling
from packets import foreign_part

Problem = tuple[str, str]
Json = dict[str, Any]

SUFFIX = r" No AI .*\]"
NEW_NOTICE = r"No AI .*\]"
NEW_ID3_NOTICE = r"\d{4} No AI .*\]"
DENIED = ("generative-training", "training", "inference", "data-mining", "replication")
SILENT = ("search", "platform-service")
FORMATS = {
    ".mp3": "mp3", ".flac": "flac", ".ogg": "ogg", ".opus": "ogg", ".oga": "ogg", ".spx": "ogg", ".m4a": "mp4", ".mp4": "mp4",
    ".wav": "wav", ".aiff": "aiff", ".aac": "adts", ".wv": "wavpack", ".tta": "tta",
}


# Two measures.

def tagging_problems(suffix: str, before: Measure, after: Measure) -> Iterator[Problem]:
    """Every way in which tagging did too much or too little."""
    for name, check in MEASURE_CHECKS:
        for detail in check(suffix, before, after):
            yield name, detail


def essence_problems(_suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """The coded packets and the decoded samples are the same."""
    if len(before.essence) != 64:
        yield f"before tagging: {before.essence}"
    if before.essence != after.essence:
        yield f"coded packets: {before.essence} became {after.essence}"
    if before.decoded != after.decoded:
        yield f"decoded samples: {before.decoded} became {after.decoded}"


def complaint_problems(_suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """No validator has a complaint that it had not before."""
    for text, count in (after.complaints - before.complaints).items():
        yield f"new{f', {count} times' if count > 1 else ''}: {text}"


def foreign_problems(_suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """Every field and picture that is not ours is the same, in the same order and tag version."""
    yield from list_difference("field", before.tags.foreign, after.tags.foreign)
    if before.tags.version not in (None, after.tags.version):
        yield f"tag version {before.tags.version} became {after.tags.version}"
    yield from list_difference("INFO item", foreign_info(before), foreign_info(after))
    if (before.structure.info is None) != (after.structure.info is None):
        yield "a LIST INFO appeared or disappeared"


def list_difference(what: str, before: list[tuple], after: list[tuple]) -> Iterator[str]:
    """Items lost, added, or in another order."""
    lost = [item for item in before if item not in after]
    added = [item for item in after if item not in before]
    yield from (f"{what} lost or changed: {item}" for item in lost)
    yield from (f"{what} added or changed: {item}" for item in added)
    if not lost and not added and before != after:
        yield f"{what}s in another order or number: {[item[0] for item in after]}"


def foreign_info(measure: Measure) -> list[tuple[str, bytes]]:
    """The items of LIST INFO that are not ours to change."""
    return [item for item in measure.structure.info or [] if item[0] not in ("ICOP", "NOAI")]


def structure_problems(suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """Chunks, blocks and boxes outside the tags are the same; MP4 may get the boxes a tag list needs."""
    for (name, _), count in (before.structure.parts - after.structure.parts).items():
        yield f"{count} {name} lost or changed"
    for (name, _), count in (after.structure.parts - before.structure.parts).items():
        if not (suffix in (".m4a", ".mp4") and name == "/moov/udta/meta/hdlr"):
            yield f"{count} {name} added or changed"


def copyright_problems(suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """Every copyright notice is the old text with our suffix, or a new one."""
    new = NEW_ID3_NOTICE if suffix in (".mp3", ".wav", ".aiff", ".aac") else NEW_NOTICE
    if suffix == ".tta":
        new = f"{NEW_ID3_NOTICE}|{NEW_NOTICE}"
    yield from notice_problems("copyright field", before.tags.copyright, after.tags.copyright, new)
    if before.structure.info is not None:
        yield from notice_problems("ICOP", info_texts(before, "ICOP"), info_texts(after, "ICOP"), NEW_NOTICE)
    old_chunks, new_chunks = aiff_notices(before), aiff_notices(after)
    if old_chunks:
        yield from notice_problems("(c) chunk", old_chunks, new_chunks, NEW_NOTICE)
    elif new_chunks:
        yield f"a (c) chunk appeared: {new_chunks}"


def notice_problems(what: str, before: list[str], after: list[str], new: str) -> Iterator[str]:
    """One kind of copyright field: suffixed where it was, made where it was not."""
    if not before:
        if len(after) != 1 or not re.fullmatch(new, after[0]):
            yield f"{what}: none before, now {after}"
        return
    if len(before) != len(after):
        yield f"{what}: {len(before)} before, now {after}"
        return
    for old, now in zip(before, after):
        if now != old and not (now.startswith(old) and re.fullmatch(SUFFIX, now[len(old):])):
            yield f"{what}: {old!r} became {now!r}"
    if before == after and not any("verify at" in text.lower() for text in before):
        yield f"{what}: no suffix at {after}"


def info_texts(measure: Measure, item: str) -> list[str]:
    """The values of an INFO item, byte for byte."""
    return [value.decode("latin-1") for name, value in measure.structure.info or [] if name == item]


def aiff_notices(measure: Measure) -> list[str]:
    """The copyright chunks of an AIFF, byte for byte but for closing zeros."""
    return [body.rstrip(b"\0").decode("latin-1") for body in measure.structure.notices]


def marker_problems(suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """mutagen and ffprobe see our fields, and the statement names this essence."""
    for name in OURS:
        if name in before.tags.ours:
            yield f"{name} was there before"
        values = after.tags.ours.get(name, [])
        if len(values) != 1 or not values[0].strip():
            yield f"mutagen sees {name} as {values}"
    statement = after.tags.ours.get("AI_CONSENT", [""])[0]
    if after.essence not in statement:
        yield f"the statement does not name the essence {after.essence}: {statement}"
    if after.structure.info is not None and len(info_texts(after, "NOAI")) != 1:
        yield f"INFO items: {[name for name, _ in after.structure.info]}"
    yield from probe_problems(suffix, after, statement)


def probe_problems(suffix: str, after: Measure, statement: str) -> Iterator[str]:
    """ffprobe shows what it can: the statement, or in a WAV with LIST INFO what that holds."""
    shown = plain_probe(after)
    if after.structure.info is not None:
        if not shown.get("NOAI"):
            yield f"ffprobe does not show NOAI: {sorted(shown)}"
        if not re.search(SUFFIX + "$", " " + shown.get("COPYRIGHT", "")):
            yield f"ffprobe shows this copyright: {shown.get('COPYRIGHT')}"
    elif not (suffix == ".wav" and hides_id3(after)) and shown.get("AI_CONSENT") != statement:
        yield f"ffprobe shows AI_CONSENT as {shown.get('AI_CONSENT')}"


def hides_id3(measure: Measure) -> bool:
    """Whether ffmpeg discards the id3 chunk of this WAV for something else it finds."""
    others = any(name == "bext" for name, _ in measure.structure.parts)
    return others or any(name.startswith("PRIV") for name, _ in measure.tags.foreign)


def plain_probe(measure: Measure) -> dict[str, str]:
    """ffprobe's tags by their names alone, as we spell them."""
    return {spelling(bare_key(key)): value for key, value in measure.probe.items()}


def bare_key(key: str) -> str:
    """A key of the probe without `file` or `stream N`."""
    return key.split(" ", 2)[2] if key.startswith("stream ") else key.split(" ", 1)[1]


def probe_foreign_problems(_suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """What ffprobe shows beside our fields and the copyright is the same."""
    yield from list_difference("ffprobe's tag", foreign_probe(before), foreign_probe(after))


def foreign_probe(measure: Measure) -> list[tuple[str, str]]:
    """ffprobe's tags without ours and the copyright."""
    changing = (*OURS, "COPYRIGHT")
    others = {key: value for key, value in measure.probe.items() if spelling(bare_key(key)) not in changing}
    for key in [key for key in others if bare_key(key) == "id3v2_priv.XMP"]:
        # ffmpeg shows what is no printable ASCII as `\\xNN`.
        packet = re.sub(rb"\\x([0-9a-f]{2})", lambda byte: bytes.fromhex(byte[1].decode()), others.pop(key).encode())
        foreign = foreign_part(packet)
        others |= {} if foreign is None else {key: repr(foreign)}
    return sorted(others.items())


def attribute_problems(_suffix: str, before: Measure, after: Measure) -> Iterator[str]:
    """The time of the last change and the mode are kept, and something was written at all."""
    if before.mtime_ns != after.mtime_ns:
        yield f"modification time {before.mtime_ns} became {after.mtime_ns}"
    if before.mode != after.mode:
        yield f"mode {before.mode:o} became {after.mode:o}"
    if before.sha256 == after.sha256:
        yield "the file did not change"


MEASURE_CHECKS: tuple[tuple[str, Callable[[str, Measure, Measure], Iterator[str]]], ...] = (
    ("essence", essence_problems),
    ("validators", complaint_problems),
    ("foreign fields", foreign_problems),
    ("structure", structure_problems),
    ("copyright", copyright_problems),
    ("marker", marker_problems),
    ("ffprobe's tags", probe_foreign_problems),
    ("attributes", attribute_problems),
)


# Answers of our programs, one line of JSON a file.

def expect(line: Json, **wanted: Any) -> Iterator[str]:
    """Keys that have another value than the wanted one."""
    for key, value in wanted.items():
        if line.get(key) != value:
            yield f"{key} is {line.get(key)!r}, not {value!r} (error: {line.get('error')})"


def tagged_problems(suffix: str, line: Json, measure: Measure) -> Iterator[str]:
    """tag_folder says that it tagged the file, and names ffmpeg's digest of its essence."""
    yield from expect(line, status="tagged", format=FORMATS[suffix])
    essence = str(line.get("essence"))
    if essence.rsplit("sha256:", 1)[-1] != measure.essence:
        yield f"essence is {essence}, ffmpeg says {measure.essence}"


def shown_problems(suffix: str, line: Json, _measure: Measure) -> Iterator[str]:
    """show answers with a denial for the five denied uses and nothing for the two others."""
    yield from expect(line, format=FORMATS[suffix])
    answer = line.get("answer") or {}
    yield from expect(answer, **{use: "disallowed" for use in DENIED}, **{use: "none" for use in SILENT})


def verified_problems(_suffix: str, line: Json, _measure: Measure) -> Iterator[str]:
    """verify_folder finds the marker intact and the sound the one it was bound to."""
    yield from expect(line, marker="intact", content="essence")


def unchanged_problems(_suffix: str, line: Json, _measure: Measure) -> Iterator[str]:
    """A second run of tag_folder leaves the file alone."""
    yield from expect(line, status="unchanged")


def identified_problems(suffix: str, line: Json, measure: Measure) -> Iterator[str]:
    """identify names the digests that sha256sum and ffmpeg name."""
    yield from expect(
        line, format=FORMATS[suffix], file=f"sha256:{measure.sha256}", essence=f"sha256:{measure.essence}")
    for key in ("codec", "sample_rate", "channels"):
        if not line.get(key):
            yield f"{key} is {line.get(key)!r}"


def stripped_problems(_suffix: str, line: Json, _measure: Measure) -> Iterator[str]:
    """strip_folder says that it restored the file exactly."""
    yield from expect(line, status="stripped", exact=True)


def restored_problems(original: str, restored: str) -> Iterator[str]:
    """The stripped file is the original, byte for byte."""
    if original != restored:
        yield f"sha256 {original} became {restored}"
