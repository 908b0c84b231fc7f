#!/usr/bin/env python3
"""Has c2pa-python sign recordings, and holds what `show` hears in them against what was signed.

    tests/c2pa/check.py --bin target/release/examples

The certificate is made on the spot. No network. Needs what tests/install_oracles installs.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import c2pa
from comparison import Comparisons
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CORPUS = Path(__file__).parents[2] / "test-audio" / "clean"
TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "m4a": "audio/mp4", "flac": "audio/flac"}
TERMS = "https://example.org/terms"
USES = {
    "ai_generative_training": {"use": "constrained", "constraint_info": TERMS},
    "ai_training": {"use": "notAllowed"},
    "data_mining": {"use": "allowed"},
}
ANSWERS = {
    "generative-training": "conditional",
    "training": "disallowed",
    "data-mining": "claimed",
    "inference": "none",
    "search": "none",
    "replication": "none",
    "platform-service": "none",
}

check = Comparisons()


def certificates() -> tuple[ec.EllipticCurvePrivateKey, str]:
    """A key, and its certificate with that of whoever issued it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)

    def builder(name: str, issuer: str, key: ec.EllipticCurvePrivateKey, may_issue: bool) -> x509.CertificateBuilder:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "test")])

        usage = x509.KeyUsage(
            digital_signature=not may_issue, key_cert_sign=may_issue, crl_sign=may_issue, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False)
        made = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer)).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
        made = made.add_extension(x509.BasicConstraints(ca=may_issue, path_length=None), critical=True)
        made = made.add_extension(usage, critical=True)
        return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)

    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    leaf = builder("signer", "root", key, may_issue=False)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
    issued = [leaf.sign(root, hashes.SHA256()), builder("root", "root", root, may_issue=True).sign(root, hashes.SHA256())]
    return key, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in issued).decode()


def signed(key: ec.EllipticCurvePrivateKey, chain: str, source: Path, target: Path, assertions: list[dict]) -> None:
    """Writes a signed copy."""

    def sign(data: bytes) -> bytes:
        r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    kind = TYPES[source.suffix[1:]]
    capture = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": capture}]}
    definition = {
        "claim_generator_info": [{"name": "check", "version": "1"}],
        "title": source.name,
        "format": kind,
        "assertions": [{"label": "c2pa.actions", "data": actions}, *assertions],
    }
    signer = c2pa.Signer.from_callback(sign, c2pa.C2paSigningAlg.ES256, chain, None)
    with source.open("rb") as old, target.open("w+b") as new:
        c2pa.Builder(definition).sign(signer, kind, old, new)


def state(path: Path) -> tuple[str, dict[str, object]]:
    """What c2pa-python says: whether the manifest is valid, and its assertions."""
    with path.open("rb") as file:
        report = json.loads(c2pa.Reader(TYPES[path.suffix[1:]], file).json())
    active = report["manifests"][report["active_manifest"]]
    return report["validation_state"], {one["label"]: one["data"] for one in active["assertions"]}


def compare(programs: Path, song: Path, label: str) -> None:
    """What `show` says of a signed file, and whether it stays as it is."""

    def show() -> dict:
        return json.loads(subprocess.run([programs / "show", "--json", song], check=True, capture_output=True, text=True).stdout)

    what = f"{song.name}, {label}"
    validity, assertions = state(song)
    check(f"{what}: valid when signed", validity, "Valid")
    line = show()
    check(f"{what}: manifest", line["manifest"], "not-evaluated")
    check(f"{what}: answer", line["answer"], ANSWERS)
    found = [(one["field"], one["tag"], one["vocabulary"]) for one in line["statements"]]
    check(f"{what}: statements", found, [(label, "c2pa", "training-mining")])
    check(f"{what}: data", json.loads(line["statements"][0]["raw"]), assertions[label])

    before = song.read_bytes()
    tag = [programs / "tag_folder", "--json", song]
    refused = subprocess.run(tag, check=False, capture_output=True, text=True)
    check(f"{what}: status of tag_folder", refused.returncode, 1)
    check(f"{what}: refused", json.loads(refused.stdout)["error"]["kind"], "protected")
    check(f"{what}: unchanged", song.read_bytes() == before, True)
    subprocess.run([*tag, "--void-c2pa"], check=True, capture_output=True)
    check(f"{what}: valid when tagged", state(song)[0], "Invalid")
    check(f"{what}: still heard", [one["tag"] for one in show()["statements"]].count("c2pa"), 1)


def main() -> int:
    """Signs, shows, compares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True, help="the folder of the programs")
    programs = parser.parse_args().bin.resolve()
    key, chain = certificates()
    with tempfile.TemporaryDirectory() as temporary:
        for kind in TYPES:
            for prefix in ["cawg", "c2pa"]:
                label = f"{prefix}.training-mining"
                song = Path(temporary) / f"{prefix}.{kind}"
                entries = {"entries": {f"{prefix}.{use}": words for use, words in USES.items()}}
                signed(key, chain, CORPUS / f"sine.{kind}", song, [{"label": label, "data": entries}])
                compare(programs, song, label)
            silent = Path(temporary) / f"silent.{kind}"
            signed(key, chain, CORPUS / f"sine.{kind}", silent, [])
            shown = subprocess.run([programs / "show", silent], check=True, capture_output=True, text=True).stdout
            check(f"{kind}: told in words", "C2PA manifest: not evaluated" in shown, True)
            check(f"{kind}: silent", "disallowed" in shown or "claimed" in shown, False)
            plain = subprocess.run([programs / "show", "--json", CORPUS / f"sine.{kind}"], check=True, capture_output=True, text=True).stdout
            check(f"{kind}: without", json.loads(plain)["manifest"], None)
    return check.report("c2pa")


if __name__ == "__main__":
    sys.exit(main())
