"""Full tags in every format, written by the tools that people use: mutagen and two or three others."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.apev2 import BINARY, EXTERNAL, APEv2, APEValue
from mutagen.flac import FLAC, Picture
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggspeex import OggSpeex
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from tools import ffmpeg, run
from tracks import Track

FREEFORM = "----:com.apple.iTunes:"


# mutagen: the full tags, with a cover.

def id3_frames(track: Track, cover: Path) -> Iterator[id3.Frame]:
    """The full tags as ID3v2 frames, among them some that few tools understand."""
    fields = track.fields()
    yield id3.TIT2(encoding=1, text=fields["TITLE"])
    yield id3.TPE1(encoding=1, text=fields["ARTIST"])
    yield id3.TALB(encoding=0, text=fields["ALBUM"])
    yield id3.TRCK(encoding=0, text=fields["TRACKNUMBER"])
    yield id3.COMM(encoding=0, lang="eng", desc="", text=fields["COMMENT"])
    yield id3.COMM(encoding=1, lang="deu", desc="Anmerkung", text="schöne Grüße")
    yield id3.TSRC(encoding=0, text=fields["ISRC"])
    yield id3.TXXX(encoding=0, desc="MOOD", text=fields["MOOD"])
    yield id3.WCOP(url="https://example.org/terms")
    yield id3.WXXX(encoding=1, desc="Läden", url="https://example.org/shop")
    yield id3.PRIV(owner="org.example.private", data=bytes(range(256)))
    yield id3.UFID(owner="https://example.org/ids", data=b"0123")
    yield id3.POPM(email="fan@example.org", rating=200, count=3)
    yield id3.ETCO(format=2, events=[(2, 0), (3, 20000)])
    yield id3.OWNE(encoding=0, price="USD1.00", date="20190101", seller="shop")
    yield id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="front", data=cover.read_bytes())
    if "COPYRIGHT" in fields:
        encoding = id3.Encoding.LATIN1 if fields["COPYRIGHT"].isascii() else id3.Encoding.UTF16
        yield id3.TCOP(encoding=encoding, text=fields["COPYRIGHT"])


def id3_version(track: Track) -> int:
    """Version 3 of ID3v2 on every second track, version 4 on the others."""
    return 3 if int(track.name[1:]) % 2 else 4


def mutagen_id3(file: Path, track: Track, cover: Path) -> None:
    """Writes the full tags as ID3v2 with mutagen."""
    if file.suffix in (".mp3", ".aac", ".tta"):
        tags = id3.ID3()
    else:
        audio = (WAVE if file.suffix == ".wav" else AIFF)(file)
        audio.add_tags()
        tags = audio.tags
    for frame in id3_frames(track, cover):
        # ffmpeg discards the whole id3 chunk of a WAV with a PRIV frame: every second one goes without.
        if not (frame.FrameID == "PRIV" and file.suffix == ".wav" and int(track.name[1:]) % 2):
            tags.add(frame)
    tags.save(file, v2_version=id3_version(track))


def picture(cover: Path) -> Picture:
    """The cover as a FLAC picture block."""
    block = Picture()
    block.type, block.mime, block.desc, block.data = 3, "image/jpeg", "front", cover.read_bytes()
    block.width = block.height = 680
    block.depth = 24
    return block


def mutagen_vorbis(file: Path, track: Track, cover: Path) -> None:
    """Writes the full tags as Vorbis comments with mutagen, one of them twice."""
    kinds = {".flac": FLAC, ".ogg": OggVorbis, ".opus": OggOpus, ".oga": OggFLAC, ".spx": OggSpeex}
    audio = kinds[file.suffix](file)
    for name, value in track.fields().items():
        audio[name] = value
    audio["PERFORMER"] = ["Flöte", "Oboe"]
    if isinstance(audio, FLAC):
        audio.add_picture(picture(cover))
    else:
        audio["METADATA_BLOCK_PICTURE"] = base64.b64encode(picture(cover).write()).decode()
    audio.save()


def mutagen_ape(file: Path, track: Track, cover: Path) -> None:
    """Writes the full tags as APEv2 with mutagen, some of them no text."""
    tags = APEv2()
    for name, value in track.fields().items():
        tags[name.capitalize()] = value
    tags["Performer"] = ["Flöte", "Oboe"]
    tags["Related"] = APEValue("https://example.org/shop", EXTERNAL)
    tags["Cover Art (Front)"] = APEValue(b"front.jpg\0" + cover.read_bytes(), BINARY)
    tags.save(file)


def mutagen_mp4(file: Path, track: Track, cover: Path) -> None:
    """Writes the full tags as an ilst with mutagen."""
    fields = track.fields()
    audio = MP4(file)
    audio["\xa9nam"] = fields["TITLE"]
    audio["\xa9ART"] = fields["ARTIST"]
    audio["\xa9alb"] = fields["ALBUM"]
    audio["trkn"] = [(int(fields["TRACKNUMBER"]), 12)]
    audio["\xa9cmt"] = fields["COMMENT"]
    audio["tmpo"] = [96]
    audio["cpil"] = True
    audio[FREEFORM + "ISRC"] = MP4FreeForm(fields["ISRC"].encode())
    audio[FREEFORM + "MOOD"] = MP4FreeForm(fields["MOOD"].encode())
    audio[FREEFORM + "RAW"] = MP4FreeForm(bytes(range(64)), AtomDataType.IMPLICIT)
    audio["covr"] = [MP4Cover(cover.read_bytes(), MP4Cover.FORMAT_JPEG)]
    if "COPYRIGHT" in fields:
        audio["cprt"] = fields["COPYRIGHT"]
    audio.save()


# Other tools that edit a file where it is.

def eyed3(file: Path, track: Track, cover: Path) -> None:
    """Writes full tags and the cover with eyeD3."""
    fields = track.fields()
    command = [
        "eyeD3", "-Q", f"--to-v2.{id3_version(track)}", "--title", fields["TITLE"],
        "--artist", fields["ARTIST"], "--album", fields["ALBUM"], "--track", fields["TRACKNUMBER"],
        "--comment", fields["COMMENT"], "--text-frame", f"TSRC:{fields['ISRC']}",
        "--user-text-frame", f"MOOD:{fields['MOOD']}", "--add-image", f"{cover}:FRONT_COVER",
    ]
    if "COPYRIGHT" in fields:
        command += ["--text-frame", f"TCOP:{fields['COPYRIGHT']}"]
    run(*command, file)


def kid3(file: Path, track: Track, cover: Path) -> None:
    """Writes full tags and the cover with Kid3."""
    commands = [f"set {name.lower()} '{value}'" for name, value in track.fields().items() if name != "MOOD"]
    commands += [f"set MOOD '{track.fields()['MOOD']}'", f"set picture:'{cover}' 'front'"]
    run("kid3-cli", *(word for command in commands for word in ("-c", command)), file)


def metaflac(file: Path, track: Track, cover: Path) -> None:
    """Writes full tags and the cover with metaflac."""
    fields = [f"--set-tag={name}={value}" for name, value in track.fields().items()]
    run("metaflac", "--no-utf8-convert", *fields, f"--import-picture-from={cover}", file)


def vorbiscomment(file: Path, track: Track, _cover: Path) -> None:
    """Writes full tags with vorbiscomment."""
    fields = [word for name, value in track.fields().items() for word in ("-t", f"{name}={value}")]
    run("vorbiscomment", "--raw", "-w", *fields, file)


def atomicparsley(file: Path, track: Track, cover: Path) -> None:
    """Writes full tags and the cover with AtomicParsley."""
    fields = track.fields()
    command = [
        "AtomicParsley", file, "--overWrite", "--title", fields["TITLE"], "--artist", fields["ARTIST"],
        "--album", fields["ALBUM"], "--tracknum", f"{int(fields['TRACKNUMBER'])}/12",
        "--comment", fields["COMMENT"], "--artwork", cover,
        "--rDNSatom", fields["ISRC"], "name=ISRC", "domain=com.apple.iTunes",
        "--rDNSatom", fields["MOOD"], "name=MOOD", "domain=com.apple.iTunes",
    ]
    if "COPYRIGHT" in fields:
        # Its fields hold 255 bytes.
        command += ["--copyright", fields["COPYRIGHT"][:200]]
    run(*command)


# Tools that write a new file: from a tagless one or from the uncompressed master.

def ffmpeg_metadata(track: Track) -> list[str]:
    """The full tags as ffmpeg's options."""
    return [word for name, value in track.fields().items() for word in ("-metadata", f"{name.lower()}={value}")]


def ffmpeg_copy(source: Path, file: Path, track: Track) -> None:
    """Copies the coded audio into a new file with full tags by ffmpeg."""
    odd = int(track.name[1:]) % 2 == 1
    options = {
        ".mp3": ["-id3v2_version", str(id3_version(track)), "-write_id3v1", str(int(odd))],
        ".aiff": ["-write_id3v2", str(int(odd))],
        ".wav": ["-write_bext", str(int(odd))],
        ".m4a": ["-movflags", "+faststart"] if odd else [],
        ".mp4": [] if odd else ["-movflags", "+faststart"],
        ".aac": ["-write_id3v2", "1"],
    }.get(file.suffix, [])
    ffmpeg("-i", source, "-map", "0:a", "-c", "copy", *ffmpeg_metadata(track), *options, file)


def lame(master: Path, file: Path, track: Track, cover: Path) -> None:
    """Encodes with LAME's own program and its own tags, ID3v1 beside ID3v2."""
    fields = track.fields()
    small = cover.with_name("small.jpg")
    command = [
        "lame", "--silent", "-V5", "--id3v2-utf16", "--add-id3v2", "--pad-id3v2",
        "--tt", fields["TITLE"], "--ta", fields["ARTIST"], "--tl", fields["ALBUM"],
        "--tn", fields["TRACKNUMBER"], "--tc", fields["COMMENT"], "--ti", small,
        "--tv", f"TSRC={fields['ISRC']}", "--tv", f"TXXX=MOOD={fields['MOOD']}",
    ]
    if "COPYRIGHT" in fields:
        command += ["--tv", f"TCOP={fields['COPYRIGHT']}"]
    run(*command, master, file)


def flac(master: Path, file: Path, track: Track, cover: Path) -> None:
    """Encodes with flac's own program, tags, cover, seek points and, on some tracks, no padding."""
    fields = [f"--tag={name}={value}" for name, value in track.fields().items()]
    padding = "--no-padding" if int(track.name[1:]) % 3 == 0 else "--padding=4096"
    ogg = ["--ogg"] if file.suffix == ".oga" else []
    run("flac", "--silent", "-f", "-4", *ogg, padding, "-S", "2s", *fields, f"--picture={cover}", "-o", file, master)


def wavpack(master: Path, file: Path, track: Track, _cover: Path) -> None:
    """Encodes with WavPack's own program, tags and an MD5; every second track hybrid."""
    fields = [word for name, value in track.fields().items() for word in ("-w", f"{name.capitalize()}={value}")]
    hybrid = [] if int(track.name[1:]) % 2 else ["-b320"]
    run("wavpack", "-q", "-y", "-m", *hybrid, *fields, master, "-o", file)


def oggenc(master: Path, file: Path, track: Track, _cover: Path) -> None:
    """Encodes with oggenc and its own tags."""
    fields = [word for name, value in track.fields().items() for word in ("-c", f"{name}={value}")]
    run("oggenc", "--quiet", "--utf8", *fields, "-o", file, master)


def opusenc(master: Path, file: Path, track: Track, cover: Path) -> None:
    """Encodes with opusenc and its own tags and cover."""
    fields = [word for name, value in track.fields().items() for word in ("--comment", f"{name}={value}")]
    run("opusenc", "--quiet", *fields, "--picture", cover, master, file)
