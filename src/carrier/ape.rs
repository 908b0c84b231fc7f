//! Our lines in an APEv2 tag at the end of a file (Hydrogenaudio: "APEv2 specification";
//! integers are little-endian).
//!
//! Fields are text items with our name as the key; the copyright field is the last item
//! `Copyright`. New items stand behind the last one. Every other item, the version of the
//! tag, its flags and whether it has a header stay byte for byte.

use std::ops::Range;

use super::{Copyright, Created, Edited, Field, Notice, Value, Wanted, keep};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

const MAGIC: &[u8; 8] = b"APETAGEX";
/// Length of the header and of the footer.
const END: u64 = 32;
const HAS_HEADER: u32 = 1 << 31;
const IS_HEADER: u32 = 1 << 29;
/// Of a tag and of an item.
const READ_ONLY: u32 = 1;
/// Two bits of an item's flags: 0 is text in UTF-8.
const KIND: u32 = 0b110;

/// The range of the APEv2 tag, header included, that ends at `end`; `None` where none does.
pub(crate) fn ends_at(source: &mut Source, end: u64) -> Result<Option<Range<u64>>, Fault> {
    let Some(footer) = end.checked_sub(END) else {
        return Ok(None);
    };
    if !source.has(footer, MAGIC)? {
        return Ok(None);
    }
    let size = u64::from(source.le32(footer + 12)?);
    let has_header = source.le32(footer + 20)? & HAS_HEADER != 0;
    let start = end
        .checked_sub(size + if has_header { END } else { 0 })
        .filter(|_| size >= END)
        .ok_or(Fault::Malformed("APEv2: wrong tag size", footer + 12))?;
    if has_header && !source.has(start, MAGIC)? {
        let what = "APEv2: no header where the footer says one";
        return Err(Fault::Malformed(what, start));
    }
    Ok(Some(start..end))
}

/// The length of the APEv2 tag that begins at `at` with its header; `None` where none does.
pub(crate) fn length(source: &mut Source, at: u64) -> Result<Option<u64>, Fault> {
    if !source.has(at, MAGIC)? || source.le32(at + 20)? & IS_HEADER == 0 {
        return Ok(None);
    }
    let length = END + u64::from(source.le32(at + 12)?);
    match ends_at(source, at.saturating_add(length))? {
        Some(range) if range.start == at => Ok(Some(length)),
        _ => Err(Fault::Malformed("APEv2: a header without its footer", at)),
    }
}

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let mut fields = Vec::new();
    for item in Tag::walk(source, range)?.items {
        let name = item.name(source)?;
        if wants(&name) {
            for value in item.values(source, is_copyright(&name))? {
                keep(&mut fields, source, item.at, &name, value)?;
            }
        }
    }
    Ok(fields)
}

pub(crate) fn edit(
    source: &mut Source,
    range: Range<u64>,
    wanted: &Wanted<'_>,
) -> Result<Edited, Fault> {
    let tag = Tag::walk(source, range)?;
    tag.refuse_unclear(source)?;
    let mut splices = Vec::new();
    let (mut removed, mut before) = (0, 0);
    let mut found = None;
    for item in &tag.items {
        let name = item.name(source)?;
        if (wanted.out)(&name) {
            splices.push(Splice::remove(item.whole()));
            removed += 1;
            before += item.len();
        } else if is_copyright(&name) {
            found = Some(item);
        }
    }
    let found = found.filter(|_| !wanted.copyright.is_untouched());
    let copyright = edit_copyright(source, found, wanted.copyright)?;
    splices.extend(copyright.splices);
    removed += usize::from(copyright.removed);
    let (new, added) = new_items(wanted, copyright.created.as_deref());
    let after = new.len() as u64 + copyright.appended;
    if !new.is_empty() {
        splices.push(Splice::insert(tag.footer, new));
    }
    let left = tag.items.len() - removed + added;
    splices.extend(tag.resized(splice::growth(&splices), left)?);
    Ok(Edited {
        splices,
        before: before + copyright.before,
        after,
        padded: false,
        notice: copyright.notice,
        bare: left == 0,
        ..Edited::default()
    })
}

/// What becomes of the copyright item.
#[derive(Default)]
struct CopyrightItem {
    splices: Vec<Splice>,
    notice: Option<Notice>,
    /// The text of a new item.
    created: Option<String>,
    /// The old item goes.
    removed: bool,
    /// Bytes that an earlier edit of ours added.
    before: u64,
    /// Bytes that this one appends.
    appended: u64,
}

fn edit_copyright(
    source: &mut Source,
    item: Option<&Item>,
    mut wanted: Copyright<'_>,
) -> Result<CopyrightItem, Fault> {
    let Some(item) = item else {
        let edit = wanted.edit(None, false);
        return Ok(CopyrightItem {
            notice: edit.notice,
            created: edit.create,
            ..CopyrightItem::default()
        });
    };
    let last = item.last_value(source)?;
    if !last.is_only {
        // An item that we made has one value: what stands before ours is somebody's.
        let is_appended = |(notice, _): &(Notice, &str)| matches!(notice, Notice::Appended(_));
        wanted.prior = wanted.prior.filter(is_appended);
    }
    let edit = wanted.edit(Some(&last.text), false);
    if edit.remove {
        return Ok(CopyrightItem {
            splices: vec![Splice::remove(item.whole())],
            notice: edit.notice,
            created: edit.create,
            removed: true,
            before: item.len(),
            ..CopyrightItem::default()
        });
    }
    let (old, appended) = (edit.drop as u64, edit.add.len() as u64);
    let mut splices = Vec::new();
    if old > 0 || appended > 0 {
        let size = item.value.end - item.value.start + appended - old;
        let size = number(size, item.at)?;
        splices.push(Splice::replace(item.at..item.at + 4, size));
        splices.push(Splice::replace(last.end - old..last.end, edit.add));
    }
    Ok(CopyrightItem {
        splices,
        notice: edit.notice,
        before: old,
        appended,
        ..CopyrightItem::default()
    })
}

pub(crate) fn create(wanted: &Wanted<'_>) -> Created {
    let edit = wanted.copyright.edit(None, false);
    let (items, count) = new_items(wanted, edit.create.as_deref());
    let numbers = [2000, (items.len() as u32) + END as u32, count as u32];
    let end = |flags: u32| {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(
            numbers
                .into_iter()
                .chain([flags])
                .flat_map(u32::to_le_bytes),
        );
        bytes.extend([0; 8]);
        bytes
    };
    Created {
        bytes: [end(HAS_HEADER | IS_HEADER), items, end(HAS_HEADER)].concat(),
        notice: edit.notice,
    }
}

fn new_items(wanted: &Wanted<'_>, copyright: Option<&str>) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut count = 0;
    for (name, value) in wanted.new_fields("Copyright", copyright) {
        bytes.extend((value.len() as u32).to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(name.bytes().chain([0]).chain(value.bytes()));
        count += 1;
    }
    (bytes, count)
}

fn is_copyright(name: &str) -> bool {
    name.eq_ignore_ascii_case("Copyright")
}

fn number(size: u64, at: u64) -> Result<[u8; 4], Fault> {
    match u32::try_from(size) {
        Ok(size) => Ok(size.to_le_bytes()),
        Err(_) => Err(Fault::Limit("APEv2: the tag would be over 4 GiB", at)),
    }
}

struct Tag {
    header: Option<u64>,
    /// As the footer states it: the items and the footer.
    size: u64,
    count: u32,
    items: Vec<Item>,
    footer: u64,
}

impl Tag {
    fn walk(source: &mut Source, range: Range<u64>) -> Result<Tag, Fault> {
        let footer = range.end - END;
        let size = u64::from(source.le32(footer + 12)?);
        let count = source.le32(footer + 16)?;
        let mut at = range.end - size;
        let header = (range.start < at).then_some(range.start);
        let mut items = Vec::new();
        // Up to the footer, whatever number of items that states: a wrong one hides nothing.
        while at < footer {
            if items.len() >= source.limits().parts as usize {
                return Err(Fault::Limit("APEv2: too many items", at));
            }
            let item = Item::read(source, at, footer)?;
            at = item.value.end;
            items.push(item);
        }
        Ok(Tag {
            header,
            size,
            count,
            items,
            footer,
        })
    }

    /// Refuses to edit a tag that readers may see differently, or that nobody shall edit.
    fn refuse_unclear(&self, source: &mut Source) -> Result<(), Fault> {
        if self.items.len() != self.count as usize {
            let what = "APEv2: another number of items than stated";
            return Err(Fault::Malformed(what, self.footer + 16));
        }
        if let Some(header) = self.header
            && source.array::<12>(header + 8)? != source.array(self.footer + 8)?
        {
            let what = "APEv2: header and footer disagree";
            return Err(Fault::Malformed(what, header + 8));
        }
        if source.le32(self.footer + 20)? & READ_ONLY != 0 {
            let what = "APEv2: the tag is marked read-only";
            return Err(Fault::Unsupported(what, self.footer + 20));
        }
        Ok(())
    }

    /// Size and count, in the footer and, where there is one, the header.
    fn resized(&self, growth: i64, count: usize) -> Result<Vec<Splice>, Fault> {
        if growth == 0 && count == self.count as usize {
            return Ok(Vec::new());
        }
        let size = number(self.size.saturating_add_signed(growth), self.footer)?;
        let both = [size, (count as u32).to_le_bytes()].concat();
        let ends = self.header.into_iter().chain([self.footer]);
        Ok(ends
            .map(|at| Splice::replace(at + 12..at + 20, both.clone()))
            .collect())
    }
}

struct Item {
    at: u64,
    flags: u32,
    value: Range<u64>,
}

/// The last value of an item that is not empty, or the only one.
struct LastValue {
    text: String,
    end: u64,
    is_only: bool,
}

impl Item {
    fn read(source: &mut Source, at: u64, footer: u64) -> Result<Item, Fault> {
        let wrong = Fault::Malformed("APEv2: wrong item", at);
        if footer.saturating_sub(at) < 9 {
            return Err(wrong);
        }
        // A key has 255 bytes at most.
        let key = source.bytes(at + 8..footer.min(at + 8 + 256))?;
        let length = key.iter().position(|byte| *byte == 0).ok_or(wrong)?;
        let start = at + 8 + length as u64 + 1;
        let end = start + u64::from(source.le32(at)?);
        if end > footer {
            let what = "APEv2: the item is longer than the tag";
            return Err(Fault::Malformed(what, start));
        }
        Ok(Item {
            at,
            flags: source.le32(at + 4)?,
            value: start..end,
        })
    }

    fn whole(&self) -> Range<u64> {
        self.at..self.value.end
    }

    fn len(&self) -> u64 {
        self.value.end - self.at
    }

    fn name(&self, source: &mut Source) -> Result<String, Fault> {
        let key = source.bytes(self.at + 8..self.value.start - 1)?;
        Ok(String::from_utf8_lossy(&key).into_owned())
    }

    /// The values, between zero bytes.
    fn values(&self, source: &mut Source, is_copyright: bool) -> Result<Vec<Value>, Fault> {
        let range = self.value.clone();
        let value = if self.flags & KIND != 0 {
            Value::NO_TEXT
        } else if is_copyright {
            Value::lossy_utf8(source, range)?
        } else {
            Value::utf8(source, range)?
        };
        let Value::Text(text) = value else {
            return Ok(vec![value]);
        };
        let values = text.trim_end_matches('\0').split('\0');
        Ok(values.map(|value| Value::Text(value.to_owned())).collect())
    }

    /// The value that a notice is appended to.
    fn last_value(&self, source: &mut Source) -> Result<LastValue, Fault> {
        if self.flags & (KIND | READ_ONLY) != 0 {
            let what = "APEv2: a Copyright item that is no text, or marked read-only";
            return Err(Fault::Unsupported(what, self.at + 4));
        }
        if self.value.end - self.value.start > source.limits().field {
            let what = "APEv2: Copyright is too long for a notice";
            return Err(Fault::Limit(what, self.value.start));
        }
        let bytes = source.bytes(self.value.clone())?;
        let filled = bytes.iter().rposition(|byte| *byte != 0);
        let end = filled.map_or(0, |last| last + 1);
        let values = bytes.get(..end).unwrap_or_default();
        let last = values.rsplit(|byte| *byte == 0).next().unwrap_or_default();
        Ok(LastValue {
            text: String::from_utf8_lossy(last).into_owned(),
            end: self.value.start + end as u64,
            is_only: last.len() == values.len(),
        })
    }
}
