//! Our lines in an iTunes item list (the payload of an MP4 `ilst` atom; Apple: "QuickTime
//! File Format, Metadata"; integers are big-endian).
//!
//! Fields are freeform `----` items with the mean `com.apple.iTunes` and our name; the
//! copyright field is `cprt`. New items stand behind the last one; every other item
//! stays byte for byte.

use std::ops::Range;

use super::{Created, Edited, Field, Value, Wanted, keep};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

const MEAN: &[u8] = b"com.apple.iTunes";
/// Well-known types of a `data` atom.
const UTF8: u32 = 1;
const UTF16: u32 = 2;

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let mut fields = Vec::new();
    for item in atoms(source, range)? {
        if let Some(name) = item_name(source, &item)?.filter(|name| wants(name)) {
            keep_values(&mut fields, source, item.whole.start, &name, &item)?;
        }
    }
    Ok(fields)
}

pub(crate) fn edit(
    source: &mut Source,
    range: Range<u64>,
    wanted: &Wanted<'_>,
) -> Result<Edited, Fault> {
    let items = atoms(source, range.clone())?;
    let mut splices = Vec::new();
    let (mut removed, mut before) = (0, 0);
    for item in items.iter().filter(|item| &item.kind == b"----") {
        if has_our_mean(source, item)?
            && item_name(source, item)?.as_deref().is_some_and(wanted.out)
        {
            splices.push(Splice::remove(item.whole.clone()));
            removed += 1;
            before += item.whole.end - item.whole.start;
        }
    }
    let untouched = wanted.copyright.is_untouched();
    let copyright = items
        .iter()
        .find(|item| &item.kind == b"cprt" && !untouched);
    let (text, data) = match copyright {
        Some(item) => last_text(source, item)?.unzip(),
        None => (None, None),
    };
    let edit = wanted.copyright.edit(text.as_deref(), false);
    let mut appended = 0;
    if let (Some(item), Some(data)) = (copyright, data) {
        if edit.remove {
            splices.push(Splice::remove(item.whole.clone()));
            removed += 1;
            before += item.whole.end - item.whole.start;
        } else if edit.drop > 0 || !edit.add.is_empty() {
            before += (edit.drop * data.unit()) as u64;
            appended = (edit.add.len() * data.unit()) as u64;
            splices.extend(append(item, &data, edit.drop, &edit.add));
        }
    }
    let new = new_items(wanted, edit.create.as_deref());
    let bare = removed == items.len() && new.is_empty();
    let after = new.len() as u64 + appended;
    if !new.is_empty() {
        splices.push(Splice::insert(range.end, new));
    }
    Ok(Edited {
        splices,
        before,
        after,
        padded: false,
        notice: edit.notice,
        bare,
        ..Edited::default()
    })
}

pub(crate) fn create(wanted: &Wanted<'_>) -> Created {
    let edit = wanted.copyright.edit(None, false);
    Created {
        bytes: new_items(wanted, edit.create.as_deref()),
        notice: edit.notice,
    }
}

fn new_items(wanted: &Wanted<'_>, copyright: Option<&str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in wanted.fields {
        let parts = [
            atom(*b"mean", &[&[0; 4], MEAN]),
            atom(*b"name", &[&[0; 4], name.as_bytes()]),
            text_data(value),
        ];
        bytes.extend(atom(*b"----", &[&parts.concat()]));
    }
    if let Some(text) = copyright {
        bytes.extend(atom(*b"cprt", &[&text_data(text)]));
    }
    bytes
}

fn text_data(text: &str) -> Vec<u8> {
    atom(*b"data", &[&UTF8.to_be_bytes(), &[0; 4], text.as_bytes()])
}

fn atom(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let payload = parts.concat();
    let mut bytes = (payload.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(payload);
    bytes
}

pub(super) struct Atom {
    pub(super) kind: [u8; 4],
    whole: Range<u64>,
}

impl Atom {
    pub(super) fn payload(&self) -> Range<u64> {
        self.whole.start + 8..self.whole.end
    }

    /// The payload behind version and flags.
    fn versioned(&self) -> Range<u64> {
        (self.whole.start + 12).min(self.whole.end)..self.whole.end
    }
}

/// The atoms that fill `range`, which in an item list have 32-bit sizes.
pub(super) fn atoms(source: &mut Source, range: Range<u64>) -> Result<Vec<Atom>, Fault> {
    let mut atoms = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let wrong = Fault::Malformed("ilst: wrong atom size", at);
        if range.end - at < 8 {
            return Err(wrong);
        }
        let size = u64::from(source.be32(at)?);
        if size < 8 || at + size > range.end {
            return Err(wrong);
        }
        if atoms.len() >= source.limits().parts as usize {
            return Err(Fault::Limit("ilst: too many items", at));
        }
        if size >= 16 && source.has(at + 12, b"data")? && u64::from(source.be32(at + 8)?) > size - 8
        {
            return Err(Fault::Malformed("ilst: data longer than its item", at + 8));
        }
        atoms.push(Atom {
            kind: source.array(at + 4)?,
            whole: at..at + size,
        });
        at += size;
    }
    Ok(atoms)
}

/// The name that a freeform item states, or `COPYRIGHT`; `None` for every other item.
fn item_name(source: &mut Source, item: &Atom) -> Result<Option<String>, Fault> {
    match &item.kind {
        b"cprt" => Ok(Some("COPYRIGHT".to_owned())),
        b"----" => {
            for part in atoms(source, item.payload())? {
                let text = part.versioned();
                if &part.kind == b"name" && text.end - text.start <= 64 {
                    let bytes = source.bytes(text)?;
                    return Ok(String::from_utf8(bytes).ok());
                }
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn has_our_mean(source: &mut Source, item: &Atom) -> Result<bool, Fault> {
    let parts = atoms(source, item.payload())?;
    let mean = parts.iter().find(|part| &part.kind == b"mean");
    match mean.map(Atom::versioned) {
        Some(text) => {
            Ok(text.end - text.start == MEAN.len() as u64 && source.has(text.start, MEAN)?)
        }
        None => Ok(false),
    }
}

struct Data {
    whole: Range<u64>,
    kind: u32,
}

/// Adds every value of an item, one at least, that was found at `at` under this name.
pub(super) fn keep_values(
    fields: &mut Vec<Field>,
    source: &mut Source,
    at: u64,
    name: &str,
    item: &Atom,
) -> Result<(), Fault> {
    let data = item_data(source, item)?;
    if data.is_empty() {
        return keep(fields, source, at, name, Value::MISSING);
    }
    for data in data {
        let value = data.value(source)?;
        keep(fields, source, at, name, value)?;
    }
    Ok(())
}

fn item_data(source: &mut Source, item: &Atom) -> Result<Vec<Data>, Fault> {
    let mut data = Vec::new();
    for part in atoms(source, item.payload())? {
        if &part.kind == b"data" {
            if part.whole.end - part.whole.start < 16 {
                return Err(Fault::Malformed(
                    "ilst: data atom too short",
                    part.whole.start,
                ));
            }
            data.push(Data {
                kind: source.be32(part.whole.start + 8)? & 0x00ff_ffff,
                whole: part.whole,
            });
        }
    }
    Ok(data)
}

impl Data {
    /// Bytes for each ASCII character.
    fn unit(&self) -> usize {
        if self.kind == UTF16 { 2 } else { 1 }
    }

    fn text(&self) -> Range<u64> {
        self.whole.start + 16..self.whole.end
    }

    fn value(&self, source: &mut Source) -> Result<Value, Fault> {
        let range = self.text();
        if !matches!(self.kind, 0 | UTF8 | UTF16) {
            return Ok(Value::NO_TEXT);
        }
        if self.kind != UTF16 || range.end - range.start > source.limits().field {
            return Value::utf8(source, range);
        }
        let bytes = source.bytes(range)?;
        let (units, odd) = bytes.as_chunks::<2>();
        let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
        let text = char::decode_utf16(units).collect::<Result<String, _>>();
        Ok(match text {
            Ok(text) if odd.is_empty() => Value::Text(text),
            _ => Value::Unreadable("the text is not UTF-16"),
        })
    }
}

/// The last text of the copyright item.
fn last_text(source: &mut Source, item: &Atom) -> Result<Option<(String, Data)>, Fault> {
    let Some(data) = item_data(source, item)?.pop() else {
        return Err(Fault::Malformed(
            "ilst: cprt without data",
            item.whole.start,
        ));
    };
    match data.value(source)? {
        Value::Text(text) => Ok(Some((text, data))),
        Value::Unreadable(_) => Err(Fault::Unsupported(
            "ilst: cprt with data that the notice cannot be appended to",
            data.whole.start,
        )),
    }
}

fn append(item: &Atom, data: &Data, drop: usize, add: &str) -> Vec<Splice> {
    let unit = data.unit();
    let old = (drop * unit) as u64;
    let new: Vec<u8> = match unit {
        1 => add.bytes().collect(),
        _ => add.bytes().flat_map(|byte| [0, byte]).collect(),
    };
    let resized = |range: &Range<u64>| {
        let size = (range.end - range.start + new.len() as u64 - old) as u32;
        Splice::replace(range.start..range.start + 4, size.to_be_bytes())
    };
    vec![
        resized(&item.whole),
        resized(&data.whole),
        Splice::replace(data.whole.end - old..data.whole.end, new),
    ]
}
