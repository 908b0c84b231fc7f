"""Edits of the tags where they are: what people's programs do to a file that stays the same recording."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import mutagen
from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.apev2 import APEBinaryValue, APEv2
from mutagen.flac import FLAC
from mutagen.mp4 import MP4, MP4Cover
from mutagen.wave import WAVE

from fields import COPYRIGHT, read_fields, write_fields
from selftest import ID3_SUFFIXES, edit_id3
from taggers import picture
from tools import output_of, run

TITLE, ARTIST = "Another title – 2", "Somebody else"


def mutagen_retag(file: Path, _cover: Path) -> None:
    """Changes title and artist with mutagen."""
    if file.suffix in ID3_SUFFIXES:
        edit_id3(file, lambda tags: tags.add(id3.TIT2(encoding=1, text=TITLE)))
        edit_id3(file, lambda tags: tags.add(id3.TPE1(encoding=1, text=ARTIST)))
        return
    audio = mutagen.File(file)
    is_mp4 = isinstance(audio, MP4)
    audio["\xa9nam" if is_mp4 else "TITLE"] = TITLE
    audio["\xa9ART" if is_mp4 else "ARTIST"] = ARTIST
    audio.save()


def id3_of(file: Path, translate: bool) -> id3.ID3:
    """The ID3v2 tag of an MP3, WAV or AIFF, as it is or translated to version 4."""
    if file.suffix == ".mp3":
        return id3.ID3(file, translate=translate, load_v1=False)
    return (WAVE if file.suffix == ".wav" else AIFF)(file, translate=translate).tags


def other_version(file: Path, _cover: Path) -> None:
    """Rewrites the ID3v2 tag in the version that it does not have."""
    tags = id3_of(file, translate=True)
    if tags.version[1] == 4:
        tags.update_to_v23()
        tags.save(file, v2_version=3)
    else:
        tags.update_to_v24()
        tags.save(file, v2_version=4)


def kid3_retag(file: Path, _cover: Path) -> None:
    """Changes title and artist with Kid3."""
    run("kid3-cli", "-c", f"set title '{TITLE}'", "-c", f"set artist '{ARTIST}'", file)


def eyed3_retag(file: Path, _cover: Path) -> None:
    """Changes title and artist with eyeD3."""
    run("eyeD3", "-Q", "--title", TITLE, "--artist", ARTIST, file)


def metaflac_retag(file: Path, _cover: Path) -> None:
    """Changes title and artist with metaflac."""
    run("metaflac", "--no-utf8-convert", "--remove-tag=TITLE", "--remove-tag=ARTIST", f"--set-tag=TITLE={TITLE}",
        f"--set-tag=ARTIST={ARTIST}", file)


def vorbiscomment_retag(file: Path, _cover: Path) -> None:
    """Adds comments with vorbiscomment, which rewrites the file."""
    run("vorbiscomment", "--raw", "-a", "-t", f"TITLE={TITLE}", "-t", f"ARTIST={ARTIST}", file)


def atomicparsley_retag(file: Path, _cover: Path) -> None:
    """Changes title and artist with AtomicParsley."""
    run("AtomicParsley", file, "--overWrite", "--title", TITLE, "--artist", ARTIST)


def exiftool_retag(file: Path, _cover: Path) -> None:
    """Changes title and artist with exiftool."""
    run("exiftool", "-overwrite_original", f"-ItemList:Title={TITLE}", f"-ItemList:Artist={ARTIST}", file)


def cover_added(file: Path, cover: Path) -> None:
    """Adds a second picture."""
    data = cover.read_bytes()
    if file.suffix in ID3_SUFFIXES:
        edit_id3(file, lambda tags: tags.add(id3.APIC(encoding=0, mime="image/jpeg", type=4, desc="back", data=data)))
        return
    audio = mutagen.File(file)
    block = picture(cover)
    block.type, block.desc = 4, "back"
    if isinstance(audio, MP4):
        audio["covr"] = [*audio["covr"], MP4Cover(data, MP4Cover.FORMAT_JPEG)]
    elif isinstance(audio, FLAC):
        audio.add_picture(block)
    else:
        audio["METADATA_BLOCK_PICTURE"] = [
            *audio["METADATA_BLOCK_PICTURE"], base64.b64encode(block.write()).decode()]
    audio.save()


def cover_removed(file: Path, _cover: Path) -> None:
    """Takes all pictures away."""
    if file.suffix in ID3_SUFFIXES:
        edit_id3(file, lambda tags: tags.delall("APIC"))
        return
    audio = mutagen.File(file)
    if isinstance(audio, FLAC):
        audio.clear_pictures()
    else:
        del audio["covr" if isinstance(audio, MP4) else "METADATA_BLOCK_PICTURE"]
    audio.save()


def padding_added(file: Path, _cover: Path) -> None:
    """Rewrites the tag with 20,000 bytes of padding."""
    def room(_info: object) -> int:
        return 20_000

    if file.suffix in ID3_SUFFIXES:
        tags = id3_of(file, translate=False)
        tags.save(file, v2_version=tags.version[1], padding=room)
    else:
        mutagen.File(file).save(padding=room)


def id3v1_added(file: Path, _cover: Path) -> None:
    """Appends an ID3v1 tag."""
    fields = (TITLE.encode("latin-1", "replace"), ARTIST.encode(), b"An album", b"2020", b"A comment")
    sizes = (30, 30, 30, 4, 30)
    body = b"".join(field[:size].ljust(size, b"\0") for field, size in zip(fields, sizes))
    with file.open("ab") as opened:
        opened.write(b"TAG" + body + b"\x0c")


def ape_added(file: Path, cover: Path) -> None:
    """Adds an APEv2 tag with a cover, in which MPEG frames seem to stand."""
    tags = APEv2()
    tags["Title"], tags["Artist"] = TITLE, ARTIST
    frame = b"\xff\xfb\x90\x64" + bytes(413)
    tags["Cover Art (Front)"] = APEBinaryValue(b"cover.jpg\0" + cover.read_bytes()[:20_000] + frame * 8)
    tags.save(file)


def xing_removed(file: Path, _cover: Path) -> None:
    """Takes the first frame away, which holds a table and no sound."""
    data = file.read_bytes()
    begin = 10 + sum(byte << 7 * place for place, byte in enumerate(reversed(data[6:10])))
    _, out, _ = output_of("ffprobe", "-v", "error", "-select_streams", "a:0", "-read_intervals", "%+#1",
                          "-show_entries", "packet=pos", "-of", "json", file)
    sound = int(json.loads(out)["packets"][0]["pos"])
    table = data[begin:sound]
    if b"Xing" not in table and b"Info" not in table:
        raise ValueError(f"{file.name} has no table")
    file.write_bytes(data[:begin] + data[sound:])


def copyright_replaced(file: Path, _cover: Path) -> None:
    """Overwrites the copyright field, and the notice in it."""
    write_fields(file, {COPYRIGHT: "2024 Somebody else"})


def companions_removed(file: Path, _cover: Path) -> None:
    """Leaves AI_CONSENT alone of our fields."""
    names = set(read_fields(file)) - {"AI_CONSENT", COPYRIGHT}
    write_fields(file, dict.fromkeys(names))


def statement_removed(file: Path, _cover: Path) -> None:
    """Takes AI_CONSENT away and leaves its companions."""
    write_fields(file, {"AI_CONSENT": None})


def statement_loosened(file: Path, _cover: Path) -> None:
    """Turns one denial into a permission, in AI_CONSENT alone."""
    statement = read_fields(file)["AI_CONSENT"]
    loose = statement.replace("generative-training=n", "generative-training=y", 1)
    if loose == statement:
        raise ValueError(f"{file.name} does not deny generative training")
    write_fields(file, {"AI_CONSENT": loose})
