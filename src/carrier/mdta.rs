//! Lines like ours among QuickTime's metadata keys (Apple, "QuickTime File Format",
//! "Metadata Item Keys Atom"; integers are big-endian), which ffmpeg writes into MP4 too.
//! Read, never written.
//!
//! The atom `keys` names the items; the atom `ilst` beside it holds them, each under the
//! number of its key, from 1.

use std::ops::Range;

use super::ilst::{self, atoms, keep_values};
use super::{Field, Value, keep};
use crate::error::Fault;
use crate::source::Source;

/// The range is that of the children of `meta`.
pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let inside = atoms(source, range)?;
    let find = |kind: &[u8; 4]| inside.iter().find(|atom| &atom.kind == kind);
    let Some(names) = find(b"keys") else {
        // An item list whose handler is damaged is one all the same.
        return match find(b"ilst") {
            Some(items) => ilst::read(source, items.payload(), wants),
            None => Ok(Vec::new()),
        };
    };
    let names = keys(source, names.payload(), wants)?;
    let items = match find(b"ilst") {
        Some(items) => atoms(source, items.payload())?,
        None => Vec::new(),
    };
    let mut fields = Vec::new();
    for key in &names {
        let mut is_missing = true;
        for item in items.iter().filter(|item| item.kind == key.number) {
            keep_values(&mut fields, source, key.at, &key.name, item)?;
            is_missing = false;
        }
        if is_missing {
            keep(&mut fields, source, key.at, &key.name, Value::MISSING)?;
        }
    }
    Ok(fields)
}

/// A key whose name is wanted.
struct Key {
    /// The kind of the items that belong to it.
    number: [u8; 4],
    name: String,
    at: u64,
}

/// Version, flags and count, then for each key its size, its namespace and its name.
fn keys(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Key>, Fault> {
    let (mut keys, mut number) = (Vec::new(), 0_u32);
    let mut at = range.start + 8;
    while at < range.end {
        let wrong = Fault::Malformed("keys: wrong size", at);
        let size = u64::from(source.be32(at)?);
        if size < 8 || at + size > range.end {
            return Err(wrong);
        }
        number += 1;
        if number > source.limits().parts {
            return Err(Fault::Limit("keys: too many of them", at));
        }
        let name = source.bytes(at + 8..(at + size).min(at + 8 + 256))?;
        let name = String::from_utf8_lossy(&name);
        let name = name.strip_prefix("com.apple.quicktime.").unwrap_or(&name);
        if wants(name) {
            if keys.len() >= source.limits().fields as usize {
                return Err(Fault::Limit("too many fields of ours", at));
            }
            let (number, name) = (number.to_be_bytes(), name.to_owned());
            keys.push(Key { number, name, at });
        }
        at += size;
    }
    Ok(keys)
}
