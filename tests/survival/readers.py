"""Which of our fields other programs still find in a file, with a denial of generative training in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from checks import OURS, mp4_tags, probe, read_tags, spelling
from tools import output_of

COPYRIGHT, PACKET = "copyright", "plus:DataMining"
# By the letters that the table has for them.
FIELDS = {"C": COPYRIGHT, **dict(zip("ANUT", OURS)), "X": PACKET}
DENIALS: dict[str, Callable[[str], bool]] = {
    COPYRIGHT: lambda text: "No AI training" in text,
    "AI_CONSENT": lambda text: "generative-training=n" in text,
    "NOAI": lambda text: "generative-training" in text,
    "CONTENT_USAGE": lambda text: "train-ai=n" in text,
    "TDM_RESERVATION": lambda text: text.strip() == "1",
    PACKET: lambda text: "prohibited" in text.lower(),
}
MUTAGEN = (".mp3", ".flac", ".ogg", ".opus", ".m4a", ".mp4", ".wav", ".aiff", ".aac", ".wv")


def by_ffprobe(file: Path) -> set[str]:
    """Our fields in the tags of the file or of a stream, as ffprobe shows them."""
    return denying((key.split(" ", 1 if key.startswith("file ") else 2)[-1], text) for key, text in probe(file).items())


def by_mutagen(file: Path) -> set[str]:
    """Our fields as mutagen reads them, in the formats it knows."""
    if file.suffix == ".mov":
        tags = mp4_tags(file)
    elif file.suffix in MUTAGEN:
        tags = read_tags(file)
    else:
        return set()
    return denying([
        *((COPYRIGHT, text) for text in tags.copyright),
        *((name, text) for name, texts in tags.ours.items() for text in texts)])


def by_exiftool(folder: Path) -> dict[Path, set[str]]:
    """The copyright field and the XMP packet of every file below the folder, as exiftool reads them."""
    status, out, err = output_of(
        "exiftool", "-json", "-a", "-G1", "-n", "-r", "-ext", "*", "-Copyright", "-XMP-plus:DataMining", folder)
    if not out:
        raise RuntimeError(f"exiftool, status {status}: {err[-400:]}")
    found = {}
    for item in json.loads(out):
        pairs = ((key.split(":", 1)[-1], str(text)) for key, text in item.items())
        found[Path(item["SourceFile"])] = denying(
            (PACKET if key == "DataMining" else key, text) for key, text in pairs)
    return found


def denying(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Our fields among names and texts, of those that deny."""
    names = {spelling(name): name for name in FIELDS.values()}
    known = ((names.get(spelling(key)), text) for key, text in pairs)
    return {name for name, text in known if name is not None and DENIALS[name](text)}
