//! Lines like ours among QuickTime's metadata keys (Apple, "QuickTime File Format",
//! "Metadata Item Keys Atom"; integers are big-endian), which ffmpeg writes into MP4 too.
//! Read, never written.
//!
//! The atom `keys` names the items; the atom `ilst` beside it holds them, each under the
//! number of its key, from 1.

use std::ops::Range;

use super::Field;
use super::ilst::{atoms, item_data};
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
    let (Some(names), Some(items)) = (find(b"keys"), find(b"ilst")) else {
        return Ok(Vec::new());
    };
    let names = keys(source, names.payload())?;
    let mut fields = Vec::new();
    for item in atoms(source, items.payload())? {
        let index = u32::from_be_bytes(item.kind).checked_sub(1);
        let name = index.and_then(|index| names.get(index as usize));
        if let Some(name) = name.filter(|name| wants(name)) {
            for data in item_data(source, &item)? {
                let (name, value) = (name.clone(), data.value(source)?);
                fields.push(Field { name, value });
            }
        }
    }
    Ok(fields)
}

/// Version, flags and count, then for each key its size, its namespace and its name.
fn keys(source: &mut Source, range: Range<u64>) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    let mut at = range.start + 8;
    while at < range.end {
        let wrong = Fault::Malformed("keys: wrong size", at);
        let size = u64::from(source.be32(at)?);
        if size < 8 || at + size > range.end {
            return Err(wrong);
        }
        if names.len() >= source.limits().parts as usize {
            return Err(Fault::Limit("keys: too many of them", at));
        }
        let name = source.bytes(at + 8..(at + size).min(at + 8 + 256))?;
        let name = String::from_utf8_lossy(&name).into_owned();
        let short = name.strip_prefix("com.apple.quicktime.");
        names.push(short.map_or(name.clone(), str::to_owned));
        at += size;
    }
    Ok(names)
}
