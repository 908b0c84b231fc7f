//! Files made by hand, around fields or pictures that the test chooses.

use super::Outcome;
use super::bytes::{be, find, part, put, rest};

/// A FLAC file without a frame, with these comments.
pub(crate) fn flac(fields: &[(&str, &str)]) -> Vec<u8> {
    let raw: Vec<Vec<u8>> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}").into_bytes())
        .collect();
    flac_of(&[block(4, &comment_list(&raw))])
}

/// A FLAC file without a frame, with these blocks behind STREAMINFO.
pub(crate) fn flac_of(blocks: &[Vec<u8>]) -> Vec<u8> {
    let mut info = [0; 34];
    // 4,096 samples a block, 44.1 kHz, two channels, 16 bits.
    info.iter_mut()
        .zip([0x10, 0, 0x10, 0])
        .for_each(|(to, from)| *to = from);
    info.iter_mut()
        .skip(10)
        .zip([0x0a, 0xc4, 0x42, 0xf0])
        .for_each(|(to, from)| *to = from);
    let mut file = b"fLaC".to_vec();
    file.extend(block(0, &info));
    for (index, block) in blocks.iter().enumerate() {
        let start = file.len();
        file.extend(block);
        if index + 1 == blocks.len()
            && let Some(first) = file.get_mut(start)
        {
            *first |= 0x80;
        }
    }
    file
}

pub(crate) fn block(kind: u8, payload: &[u8]) -> Vec<u8> {
    let [_, size @ ..] = (payload.len() as u32).to_be_bytes();
    [&[kind], &size[..], payload].concat()
}

/// A Vorbis comment list.
pub(crate) fn comment_list(comments: &[Vec<u8>]) -> Vec<u8> {
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    let mut list = length(b"hand").to_vec();
    list.extend(b"hand");
    list.extend((comments.len() as u32).to_le_bytes());
    for comment in comments {
        list.extend(length(comment));
        list.extend(comment);
    }
    list
}

/// An ID3v2.3 tag of these frames.
pub(crate) fn id3(frames: &[Vec<u8>]) -> Vec<u8> {
    let frames = frames.concat();
    let size = frames.len();
    let digit = |shift: u32| (size >> shift & 0x7f) as u8;
    let size = [digit(21), digit(14), digit(7), digit(0)];
    [&b"ID3\x03\x00\x00"[..], &size, &frames].concat()
}

pub(crate) fn frame(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&id[..], &(body.len() as u32).to_be_bytes(), &[0, 0], body].concat()
}

/// A `TXXX` frame in ISO-8859-1.
pub(crate) fn user_text(name: &str, value: &str) -> Vec<u8> {
    frame(b"TXXX", format!("\0{name}\0{value}").as_bytes())
}

pub(crate) fn atom(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32 + 8).to_be_bytes()[..], kind, payload].concat()
}

/// A freeform item of an `ilst`.
pub(crate) fn freeform(name: &str, value: &str) -> Vec<u8> {
    let parts = [
        atom(b"mean", b"\0\0\0\0com.apple.iTunes"),
        atom(b"name", &[&[0; 4], name.as_bytes()].concat()),
        atom(
            b"data",
            &[&[0, 0, 0, 1, 0, 0, 0, 0], value.as_bytes()].concat(),
        ),
    ];
    atom(b"----", &parts.concat())
}

/// An M4A with these items: `plain` has no `udta`, and its `moov` is the last atom.
pub(crate) fn m4a(plain: &[u8], items: &[Vec<u8>]) -> Outcome<Vec<u8>> {
    let handler = atom(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0");
    let list = atom(b"ilst", &items.concat());
    let meta = atom(b"meta", &[&[0; 4], &handler[..], &list].concat());
    let udta = atom(b"udta", &meta);
    let moov = find(plain, b"moov").ok_or("no moov")? - 4;
    let size = be(plain, moov, 4)?;
    if moov + size != plain.len() {
        return super::fail("moov is not the last atom");
    }
    let mut file = [part(plain, 0, moov)?, rest(plain, moov)?, &udta].concat();
    put(&mut file, moov, &((size + udta.len()) as u32).to_be_bytes())?;
    Ok(file)
}

/// A WAV of `sound` bytes of silence with these chunks behind the sound.
pub(crate) fn wav(sound: usize, chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut inside = b"WAVE".to_vec();
    inside.extend(chunk(
        b"fmt ",
        b"\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0",
    ));
    inside.extend(chunk(b"data", &vec![0; sound]));
    inside.extend(chunks.concat());
    chunk(b"RIFF", &inside)
}

pub(crate) fn chunk(name: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let pad = vec![0; payload.len() % 2];
    [
        &name[..],
        &(payload.len() as u32).to_le_bytes(),
        payload,
        &pad,
    ]
    .concat()
}

/// An element of Matroska, with its size in eight bytes.
pub(crate) fn element(id: &[u8], payload: &[u8]) -> Vec<u8> {
    let size = (1 << 56 | payload.len() as u64).to_be_bytes();
    [id, &size, payload].concat()
}

/// A tag of Matroska with one name and one value of a kind: `45a3` and `4487` are texts.
pub(crate) fn simple_tag(name: &[u8], kind: &[u8], value: &[u8]) -> Vec<u8> {
    let parts = [element(b"\x45\xa3", name), element(kind, value)].concat();
    element(b"\x73\x73", &element(b"\x67\xc8", &parts))
}

/// The Matroska file `plain`, whose segment has a size of eight bytes and is the last
/// element, with these tags behind what it holds.
pub(crate) fn mka(plain: &[u8], tags: &[u8]) -> Outcome<Vec<u8>> {
    let segment = find(plain, b"\x18\x53\x80\x67").ok_or("no segment")? + 4;
    let tags = element(b"\x12\x54\xc3\x67", tags);
    let mut file = [plain, &tags].concat();
    let size = (1 << 56 | (file.len() - segment - 8) as u64).to_be_bytes();
    put(&mut file, segment, &size)?;
    Ok(file)
}

/// The CAF file `plain` with this information chunk before its description's successor.
pub(crate) fn caf(plain: &[u8], information: &[u8]) -> Outcome<Vec<u8>> {
    let description = 8 + 12 + be(plain, 12, 8)?;
    let chunk = [
        b"info",
        &(information.len() as u64).to_be_bytes()[..],
        information,
    ]
    .concat();
    Ok([
        part(plain, 0, description)?,
        &chunk,
        rest(plain, description)?,
    ]
    .concat())
}

/// An item of an APEv2 tag; bits 1 and 2 of the flags tell its kind, 0 is text.
pub(crate) fn ape_item(name: &str, flags: u32, value: &[u8]) -> Vec<u8> {
    let numbers = [(value.len() as u32).to_le_bytes(), flags.to_le_bytes()].concat();
    [&numbers, name.as_bytes(), &[0], value].concat()
}

/// An APEv2 tag without a header.
pub(crate) fn ape(items: &[Vec<u8>]) -> Vec<u8> {
    let (count, items) = (items.len() as u32, items.concat());
    let numbers = [2000, items.len() as u32 + 32, count, 0].map(u32::to_le_bytes);
    [&items, &b"APETAGEX"[..], &numbers.concat(), &[0; 8]].concat()
}

/// A `data` atom of this type.
pub(crate) fn data(kind: u32, value: &[u8]) -> Vec<u8> {
    atom(b"data", &[&kind.to_be_bytes(), &[0; 4], value].concat())
}

/// A freeform item with whatever stands behind its name.
pub(crate) fn freeform_of(name: &str, behind: &[Vec<u8>]) -> Vec<u8> {
    let parts = [
        atom(b"mean", b"\0\0\0\0com.apple.iTunes"),
        atom(b"name", &[&[0; 4], name.as_bytes()].concat()),
        behind.concat(),
    ];
    atom(b"----", &parts.concat())
}

/// An MP4 with metadata keys in `moov`, and items by the number of their key.
pub(crate) fn keyed(plain: &[u8], names: &[&str], items: &[Vec<u8>]) -> Outcome<Vec<u8>> {
    let handler = atom(b"hdlr", b"\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let mut keys = [0; 4].to_vec();
    keys.extend((names.len() as u32).to_be_bytes());
    for name in names {
        keys.extend(atom(b"mdta", name.as_bytes()));
    }
    let list = atom(b"ilst", &items.concat());
    let meta = atom(b"meta", &[handler, atom(b"keys", &keys), list].concat());
    in_moov(plain, &meta)
}

/// An MP4 that ends with `moov`, with these atoms at the end of it.
pub(crate) fn in_moov(plain: &[u8], atoms: &[u8]) -> Outcome<Vec<u8>> {
    let moov = find(plain, b"moov").ok_or("no moov")? - 4;
    let size = be(plain, moov, 4)? + atoms.len();
    let mut file = [plain, atoms].concat();
    put(&mut file, moov, &(size as u32).to_be_bytes())?;
    Ok(file)
}

/// A track of MP4 that has no samples and is no sound.
pub(crate) fn track() -> Vec<u8> {
    let tables = [
        atom(b"stsd", &[]),
        atom(b"stsz", &[0; 12]),
        atom(b"stsc", &[0; 8]),
        atom(b"stco", &[0; 8]),
    ];
    let media = [
        atom(b"hdlr", b"\0\0\0\0\0\0\0\0text"),
        atom(b"minf", &atom(b"stbl", &tables.concat())),
    ];
    let parts = [atom(b"tkhd", &[0; 16]), atom(b"mdia", &media.concat())];
    atom(b"trak", &parts.concat())
}

/// The AAC tone of the corpus, its second packet again and again in `count` fragments,
/// whose `tfhd` and `tfra` count from the start of the file.
pub(crate) fn day_of_fragments(count: usize) -> Outcome<Vec<u8>> {
    let one = std::fs::read(super::corpus().join("tagged/fragments-file.m4a"))?;
    let moov = find(&one, b"moov").ok_or("no moov")? - 4;
    let behind = moov + be(&one, moov, 4)?;
    let head = part(&one, 0, behind + be(&one, behind, 4)?)?;
    let first = find(&one, b"moof").ok_or("no moof")? - 4;
    let fragment = part(&one, first, be(&one, first, 4)?)?;
    let data = first + fragment.len();
    let fragment = [fragment, part(&one, data, be(&one, data, 4)?)?].concat();
    let base = find(&fragment, b"tfhd").ok_or("no tfhd")? + 12;
    let mut file = head.to_vec();
    let mut entries = Vec::new();
    for number in 0..count {
        let at = (file.len() as u64).to_be_bytes();
        entries.extend([&(number as u64).to_be_bytes()[..], &at, &[1, 1, 1]].concat());
        let start = file.len();
        file.extend(&fragment);
        put(&mut file, start + base, &at)?;
    }
    let header = [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    let table = [&header, &(count as u32).to_be_bytes()[..], &entries].concat();
    file.extend(atom(b"mfra", &atom(b"tfra", &table)));
    Ok(file)
}
