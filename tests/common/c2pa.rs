//! C2PA manifest stores made by hand, and files that carry them.

use std::fmt;
use std::fs;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Outcome, build, corpus};

/// A superbox of this type and label.
pub(crate) fn superbox(kind: &[u8; 4], label: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    described(
        &[kind, &b"\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71"[..]].concat(),
        3,
        label,
        parts,
    )
}

/// The same, with every byte of its type and with these toggles.
pub(crate) fn described(kind: &[u8], toggles: u8, label: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let description = [kind, &[toggles], label.as_bytes(), &[0]].concat();
    let parts = parts.concat();
    build::atom(
        b"jumb",
        &[build::atom(b"jumd", &description), parts].concat(),
    )
}

/// An assertion with data in CBOR, salted as they are.
pub(crate) fn assertion(label: &str, data: &[u8]) -> Vec<u8> {
    let salt = build::atom(b"c2sh", &[0xff; 16]);
    let kind = b"cbor\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71";
    let description = [&kind[..], &[0x13], label.as_bytes(), &[0], &salt].concat();
    let parts = [
        build::atom(b"jumd", &description),
        build::atom(b"cbor", data),
    ];
    build::atom(b"jumb", &parts.concat())
}

/// A manifest with these assertions, a claim and a signature that signs nothing.
pub(crate) fn manifest(name: &str, assertions: &[Vec<u8>]) -> Vec<u8> {
    let cbor = |data: &[u8]| build::atom(b"cbor", data);
    let parts = [
        superbox(b"c2as", "c2pa.assertions", assertions),
        superbox(b"c2cl", "c2pa.claim.v2", &[cbor(b"\xa0")]),
        superbox(b"c2cs", "c2pa.signature", &[cbor(b"\xd2\x80")]),
    ];
    superbox(b"c2ma", name, &parts)
}

/// A store of these manifests.
pub(crate) fn store(manifests: &[Vec<u8>]) -> Vec<u8> {
    superbox(b"c2pa", "c2pa", manifests)
}

/// A store of one manifest that has one assertion.
pub(crate) fn saying(label: &str, data: &[u8]) -> Vec<u8> {
    store(&[manifest("urn:c2pa:1", &[assertion(label, data)])])
}

/// A text in CBOR.
pub(crate) fn text(text: &str) -> Vec<u8> {
    [&[0x78, text.len() as u8], text.as_bytes()].concat()
}

/// A JSON text in CBOR, with members of one name kept.
pub(crate) fn cbor(json: &str) -> Outcome<Vec<u8>> {
    let Cbor(data) = serde_json::from_str(json)?;
    Ok(data)
}

struct Cbor(Vec<u8>);

impl<'de> Deserialize<'de> for Cbor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Cbor, D::Error> {
        deserializer.deserialize_any(Transcoder)
    }
}

struct Transcoder;

impl<'de> Visitor<'de> for Transcoder {
    type Value = Cbor;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("texts, whole numbers, null, lists and maps of these")
    }

    fn visit_str<E: Error>(self, letters: &str) -> Result<Cbor, E> {
        let length = u8::try_from(letters.len()).map_err(E::custom)?;
        Ok(Cbor([&[0x78, length], letters.as_bytes()].concat()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Cbor, E> {
        Ok(Cbor([&[0x1b][..], &number.to_be_bytes()].concat()))
    }

    fn visit_bool<E: Error>(self, is_so: bool) -> Result<Cbor, E> {
        Ok(Cbor(vec![0xf4 | u8::from(is_so)]))
    }

    fn visit_unit<E: Error>(self) -> Result<Cbor, E> {
        Ok(Cbor(vec![0xf6]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Cbor, A::Error> {
        let mut data = vec![0x9f];
        while let Some(Cbor(value)) = list.next_element()? {
            data.extend(value);
        }
        data.push(0xff);
        Ok(Cbor(data))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cbor, A::Error> {
        let mut data = vec![0xbf];
        while let Some((Cbor(name), Cbor(value))) = map.next_entry()? {
            data.extend([name, value].concat());
        }
        data.push(0xff);
        Ok(Cbor(data))
    }
}

/// A map in CBOR.
pub(crate) fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let inside = members
        .iter()
        .flat_map(|(name, value)| [text(name), value.clone()].concat());
    [0xa0 | members.len() as u8]
        .into_iter()
        .chain(inside)
        .collect()
}

/// The data of an assertion: keys with their words.
pub(crate) fn entries(entries: &[(&str, &str)]) -> Vec<u8> {
    let each = entries
        .iter()
        .map(|(key, word)| (*key, map(&[("use", text(word))])));
    map(&[("entries", map(&each.collect::<Vec<_>>()))])
}

/// A `GEOB` frame's body.
pub(crate) fn object(mime: &str, data: &[u8]) -> Vec<u8> {
    [
        b"\0",
        mime.as_bytes(),
        b"\0c2pa\0c2pa manifest store\0",
        data,
    ]
    .concat()
}

/// The ID3v2 tag that carries a store.
pub(crate) fn tag(store: &[u8]) -> Vec<u8> {
    let title = build::frame(b"TIT2", b"\0Title");
    build::id3(&[
        title,
        build::frame(b"GEOB", &object("application/c2pa", store)),
    ])
}

/// The atom that carries a store.
pub(crate) fn uuid(purpose: &str, store: &[u8]) -> Vec<u8> {
    let kind = b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    let head = [&kind[..], &[0; 4], purpose.as_bytes(), &[0; 9]].concat();
    build::atom(b"uuid", &[&head, store].concat())
}

/// A file with this store in each place that there is for one.
pub(crate) fn carried(store: &[u8]) -> Outcome<Vec<(&'static str, Vec<u8>)>> {
    let clean = |name: &str| fs::read(corpus().join("clean").join(name));
    let in_front = |name| Ok::<_, std::io::Error>([tag(store), clean(name)?].concat());
    Ok(vec![
        ("sine.mp3", in_front("sine.mp3")?),
        ("sine.flac", in_front("sine.flac")?),
        ("sine.aac", in_front("sine.aac")?),
        (
            "sine.m4a",
            [clean("sine.m4a")?, uuid("manifest", store)].concat(),
        ),
        ("sine.wav", build::wav(400, &[build::chunk(b"C2PA", store)])),
        (
            "id3.wav",
            build::wav(400, &[build::chunk(b"id3 ", &tag(store))]),
        ),
    ])
}
