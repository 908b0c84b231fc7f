"""Our fields in a file's own tags, read and written by mutagen, as anybody could."""

from __future__ import annotations

from pathlib import Path

import mutagen
from mutagen import id3
from mutagen.mp4 import MP4, MP4FreeForm

from checks import OURS, read_tags
from selftest import ID3_SUFFIXES, edit_id3
from taggers import FREEFORM

COPYRIGHT = "COPYRIGHT"


def read_fields(file: Path) -> dict[str, str]:
    """Our fields and the copyright field of a tagged file."""
    tags = read_tags(file)
    fields = {name: values[0] for name, values in tags.ours.items()}
    if tags.copyright:
        fields[COPYRIGHT] = tags.copyright[-1]
    absent = set(OURS) - set(fields)
    if absent:
        raise ValueError(f"{file.name} is not tagged: no {', '.join(sorted(absent))}")
    return fields


def write_fields(file: Path, fields: dict[str, str | None]) -> None:
    """Puts in or, with no value, takes out fields of ours and the copyright field."""
    if file.suffix in ID3_SUFFIXES:
        ensure_id3(file)
        edit_id3(file, lambda tags: write_frames(tags, fields))
        return
    audio = mutagen.File(file)
    if audio.tags is None:
        audio.add_tags()
    for name, value in fields.items():
        key = name if not isinstance(audio, MP4) else "cprt" if name == COPYRIGHT else FREEFORM + name
        if value is None:
            del audio[key]
        else:
            audio[key] = [MP4FreeForm(value.encode())] if key.startswith(FREEFORM) else [value]
    audio.save()


def ensure_id3(file: Path) -> None:
    """Gives a file without an ID3v2 tag an empty one."""
    audio = mutagen.File(file)
    if audio.tags is None:
        audio.add_tags()
        audio.save()


def write_frames(tags: id3.ID3, fields: dict[str, str | None]) -> None:
    """Puts fields into ID3v2 frames or takes them out."""
    for name, value in fields.items():
        tags.delall("TCOP" if name == COPYRIGHT else f"TXXX:{name}")
        if value is None:
            continue
        encoding = id3.Encoding.LATIN1 if value.isascii() else id3.Encoding.UTF16
        if name == COPYRIGHT:
            tags.add(id3.TCOP(encoding=encoding, text=value))
        else:
            tags.add(id3.TXXX(encoding=encoding, desc=name, text=value))
