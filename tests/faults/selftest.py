"""Whether the loop can fail: careless programs take the place of ours, and each has to be caught."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import powercut
from cases import Case
from powercut import Event

# A tagger as they are often written: what it appends is our "tag". %s: what it does wrong.
CARELESS = """#!/usr/bin/python3 -SE
import os, sys
album = sys.argv[-1]
song = os.path.join(album, "sine.mp3")
temporary = os.path.join(album, ".noai-audio-x.tmp")
TAG = b"tagged"
try:
    data = open(song, "rb").read()
    if not data.endswith(TAG):
%s
except OSError as error:
    print('{"error": {"kind": "io", "message": ""}}')
    print(song, error, file=sys.stderr)
    sys.exit(3)
"""

CREATE = """
        if os.path.exists(temporary): os.unlink(temporary)
        new = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        os.write(new, data + TAG)
        os.setxattr(new, "user.noai.test", b"a\\0b")
        os.utime(new, ns=(1_000_000_000_123_456_789,) * 2)
"""
RENAME = """
        os.rename(temporary, song)
"""
FOLDER = """
        folder = os.open(album, os.O_RDONLY)
        os.fsync(folder)
"""
FSYNC = """
        os.fsync(new)
"""
# What is wrong, the program, and a word of the complaint that it must earn.
WRONGS = (
    ("writes in place", """
        with open(song, "r+b", buffering=0) as file:
            file.write(data[:100]); file.write(data[100:] + TAG)
""", "other bytes"),
    ("does not sync the file", CREATE + RENAME + FOLDER, "may be there without"),
    ("does not sync the folder", CREATE + FSYNC + RENAME, "not synced at the end"),
    ("syncs too early", CREATE.replace("        os.setxattr", FSYNC + "        os.setxattr") + RENAME + FOLDER,
     "may be there without"),
    ("leaves its temporary file", CREATE + FSYNC + RENAME + FOLDER, "left behind"),
    ("says nothing", CREATE + FSYNC + """
        try: os.rename(temporary, song)
        except OSError: pass
""" + FOLDER, "said that all went well"),
    ("forgets the mode", CREATE + FSYNC + RENAME + FOLDER + """
        try: os.chmod(song, 0o600); os.chmod(song, 0o640)
        except OSError: pass
""", "other metadata"),
    ("removes the old file first", CREATE + FSYNC + """
        os.unlink(song)
""" + RENAME + FOLDER, "is gone"),
)


def self_test(play: Callable[..., object]) -> int:
    """Plays the loop over each careless program: 0 when every one was caught."""
    missed = list(logs_missed())
    for name, body, complaint in WRONGS:
        with tempfile.TemporaryDirectory(prefix="careless-") as place:
            program = Path(place, "tag_folder")
            lines = "\n".join(line for line in body.splitlines() if line.strip())
            program.write_text(CARELESS % lines)
            program.chmod(0o755)
            found = play(Case(name, "tag_folder", ("clean/sine.mp3",)), binaries=Path(place)).violations
        hits = sum(complaint in text for text in found)
        print(f"{hits:4} of {len(found):4} complaints: a program that {name}", flush=True)
        if not hits:
            missed.append(f"{name}: nobody complained of {complaint!r}, but {found[:3]}")
    for text in missed:
        print(f"NOT AS IT SHOULD BE: {text}")
    print("self-test: " + (f"{len(missed)} wrong" if missed else "every careless program was caught"))
    return 1 if missed else 0


def logs_missed() -> Iterable[str]:
    """The contents that a power cut may leave, counted by hand."""
    new, album = ".noai-audio-x.tmp", "/album"
    write, sync, rename = Event("change", new), Event("sync", new), Event("rename", new)
    counted = (
        ("nothing renamed", [write, write], set()),
        ("synced, then renamed", [write, sync, rename], {frozenset({0})}),
        ("renamed, not synced", [write, write, rename],
         {frozenset(), frozenset({0}), frozenset({1}), frozenset({0, 1})}),
        ("written after the sync", [write, sync, write, rename], {frozenset({0}), frozenset({0, 2})}),
    )
    for name, done, contents in counted:
        if set(powercut.renamed(done, album)) != contents:
            yield f"{name}: {set(powercut.renamed(done, album))}"
