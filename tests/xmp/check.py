#!/usr/bin/env python3
"""Has other programs read the XMP packets that `tag_folder` writes, beside those of others.

    tests/xmp/check.py --bin target/release/examples

exiftool reads all of them; exempi, which is Adobe's XMP toolkit, through its own handlers of files; Python's
parser the packets themselves. Needs what tests/install_oracles installs.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from comparison import Comparisons

CORPUS = Path(__file__).parents[2] / "test-audio"
NEW = ["sine.mp3", "sine.wav", "sine.aiff", "sine.m4a", "pcm.mov"]
TERMS = "https://example.org/terms?a=1&b=2"
VOCABULARY = "http://ns.useplus.org/ldf/vocab/DMI-"
NOTICE = ("No AI training, AI input or voice cloning without permission. "
          "Text and data mining reserved. [Content-Usage: train-ai=n, ai-use=n]")
SAID = {
    "no-ai": {
        "XMP-plus:DataMining": VOCABULARY + "PROHIBITED-EXCEPTSEARCHENGINEINDEXING", "XMP-tdm:Reservation": 1,
        "XMP-xmpRights:UsageTerms": NOTICE,
    },
    "ask-first": {
        "XMP-plus:DataMining": VOCABULARY + "PROHIBITED-SEECONSTRAINT", "XMP-plus:OtherConstraints": "See " + TERMS,
        "XMP-tdm:Reservation": 1, "XMP-tdm:Policy": TERMS, "XMP-xmpRights:WebStatement": TERMS,
    },
}
# What the packets of others say.
TOOL = "<xmp:CreatorTool>Test Program 1.0</xmp:CreatorTool>"
OPTIONS = {"no-ai": ["--preset", "no-ai"], "ask-first": ["--preset", "ask-first", "--policy", TERMS]}
SPACES = {"plus": "http://ns.useplus.org/ldf/xmp/1.0/", "tdm": "http://www.w3.org/ns/tdmrep/", "xmpRights": "http://ns.adobe.com/xap/1.0/rights/"}

# What exiftool says anew of files of others, and why that is no fault of ours.
SAID_ANEW = {
    # To its eyes a comment ends rdf:RDF, and the default namespace has no properties of others.
    "Improperly enclosed XMP property": {"xmp-comment.wav", "xmp-default.wav"},
    # It reads the id3 chunk's PRIV in WAV, too, where no packet belongs.
    "Duplicate XMP at RIFF-XMP": {"xmp-in-id3.wav"},
    # It asks of a last frame of v2.4 over 127 bytes that ten follow.
    "Invalid ID3 frame size": {"xmp-v24-zeros.mp3"},
    # It was so before, behind an error that hid it.
    "Superfluous BOM at start of XMP": {"xmp-v24-unsync-utf16.mp3"},
}

# Of two packets it shows one, here the first, in which ours is beside nobody's.
SHOWN_OF_TWO = {"xmp-both.m4a", "xmp-two.wav", "xmp-v23-two.mp3", "xmp-track-beside.mov"}

check = Comparisons()


def exiftool(folder: Path) -> dict[str, dict[str, object]]:
    """The XMP properties of every file, and the warnings about it."""
    command = ["exiftool", "-G1", "-j", "-a", "-validate", "-warning", "-error", "-XMP:all", folder]
    said = json.loads(subprocess.run(command, check=False, capture_output=True).stdout)
    return {Path(str(about.pop("SourceFile"))).name: about for about in said}


def warnings(about: dict[str, object]) -> set[str]:
    """The warnings without their numbers."""
    found = [str(value) for name, value in about.items() if re.search(r"Warning|Error", name)]
    return {re.sub(r"\d+", "#", text) for text in found}


def toolkit(file: Path) -> str:
    """What Adobe's toolkit finds in the file, as it writes it; nothing where it refuses the file."""
    printed = subprocess.run(["exempi", "-x", file], check=False, capture_output=True, text=True).stdout
    return printed[printed.index("<x:xmpmeta"):] if "<x:xmpmeta" in printed else ""


def properties(packet: str) -> dict[str, str]:
    """The properties of our schemas in a packet, by Python's parser."""
    found = {}
    for node in xml.fromstring(packet).iter():
        for prefix, name in SPACES.items():
            if node.tag.startswith(f"{{{name}}}"):
                key = f"XMP-{prefix}:{node.tag.rpartition('}')[2]}"
                assert key not in found, f"{key} twice"
                found[key] = "".join(node.itertext()).strip()
    return found


def as_texts(said: dict[str, object]) -> dict[str, str]:
    """Properties with the names that they have in a packet."""
    names = {"XMP-tdm:Reservation": "XMP-tdm:reservation", "XMP-tdm:Policy": "XMP-tdm:policy"}
    return {names.get(name, name): str(value) for name, value in said.items()}


def packet_of(file: Path) -> str:
    """The packet as exiftool takes it out of a file."""
    return subprocess.run(["exiftool", "-b", "-XMP", file], check=True, capture_output=True).stdout.decode()


def written_anew(programs: Path, folder: Path) -> None:
    """Our own packets, by each of the readers."""
    for preset, said in SAID.items():
        here = folder / preset
        here.mkdir()
        for name in NEW:
            shutil.copy(CORPUS / "clean" / name, here / name)
        before = exiftool(here)
        subprocess.run([programs / "tag_folder", *OPTIONS[preset], here], check=True, capture_output=True)
        after = exiftool(here)
        for name in NEW:
            found = {key: value for key, value in after[name].items() if key.startswith("XMP-")}
            notice = found.pop("XMP-xmpRights:UsageTerms", None) if preset == "ask-first" else None
            told = said | ({"XMP-xmpRights:UsageTerms": notice} if notice else {})
            check(f"{preset} {name}: exiftool", found, said)
            check(f"{preset} {name}: warnings", warnings(after[name]), warnings(before[name]))
            check(f"{preset} {name}: the toolkit", properties(toolkit(here / name)), as_texts(told))
            check(f"{preset} {name}: Python", properties(packet_of(here / name)), as_texts(told))


def beside_others(programs: Path, folder: Path) -> None:
    """Packets of others with our properties in them."""
    folder.mkdir()
    for file in (CORPUS / "tagged").glob("xmp-*"):
        shutil.copy(file, folder / file.name)
    before = exiftool(folder)
    seen = {name for name in before if TOOL in toolkit(folder / name)}
    subprocess.run([programs / "tag_folder", *OPTIONS["no-ai"], folder], check=True, capture_output=True)
    after = exiftool(folder)
    for name, old in sorted(before.items()):
        kept = {key: value for key, value in old.items() if key.startswith("XMP-")}
        if name in SHOWN_OF_TWO:
            kept.pop("XMP-plus:DataMining")
        found = {key: after[name].get(key) for key in kept}
        check(f"{name}: what others said", found, kept)
        for warning in warnings(after[name]) - warnings(old):
            known = [names for start, names in SAID_ANEW.items() if warning.startswith(start)]
            check(f"{name}: {warning}", any(name in names for names in known), True)
        check(f"{name}: the toolkit on what others said", TOOL in toolkit(folder / name), name in seen)
    check("files with a packet of others that the toolkit sees", len(seen) > 50, True)


def main() -> int:
    """Tags, reads."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of the programs")
    programs = parser.parse_args().bin.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        written_anew(programs, Path(temporary))
        beside_others(programs, Path(temporary) / "others")
    return check.report("XMP")


if __name__ == "__main__":
    sys.exit(main())
