//! Our lines in a Vorbis comment list (Xiph: "Ogg Vorbis I format specification: comment
//! field and header specification"; lengths are little-endian).
//!
//! Fields are `NAME=value` comments; the copyright field is the last `COPYRIGHT`
//! comment. New comments stand behind the last one. The vendor string, every other
//! comment and whatever follows the list (Vorbis' framing bit, Opus' extra bytes) stay
//! byte for byte.

use std::ops::Range;

use super::{Created, Edited, Field, Value, Wanted, keep};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::Splice;

/// No name of ours, and `=`, is longer than this.
const LONGEST_NAME: u64 = 64;

pub(crate) fn read(
    source: &mut Source,
    range: Range<u64>,
    wants: &dyn Fn(&str) -> bool,
) -> Result<Vec<Field>, Fault> {
    let mut fields = Vec::new();
    let list = List::walk(source, range.clone())?;
    for comment in &list.comments {
        if let Some(name) = comment.name(source)?.filter(|name| wants(name)) {
            let value = comment.value(source, &name)?;
            keep(&mut fields, source, comment.text.start, &name, value)?;
        }
    }
    // A number of comments that is too small must not hide the rest of them.
    let (mut at, mut parts) = (list.end, 0);
    while let Ok((text, next)) = sized(source, at, range.end)
        && parts < source.limits().parts
    {
        let comment = Comment { text };
        if let Some(name) = comment.name(source)?.filter(|name| wants(name)) {
            let why = Value::Unreadable("it stands behind the end of the list");
            keep(&mut fields, source, at, &name, why)?;
        }
        at = next;
        parts += 1;
    }
    Ok(fields)
}

pub(crate) fn edit(
    source: &mut Source,
    range: Range<u64>,
    wanted: &Wanted<'_>,
) -> Result<Edited, Fault> {
    let list = List::walk(source, range)?;
    let mut splices = Vec::new();
    let (mut removed, mut before) = (0, 0);
    let mut copyright = None;
    for comment in &list.comments {
        let name = comment.name(source)?;
        if name.as_deref().is_some_and(wanted.out) {
            splices.push(Splice::remove(comment.whole()));
            removed += 1;
            before += comment.len() + 4;
        } else if !wanted.copyright.is_untouched() && name.as_deref().is_some_and(is_copyright) {
            copyright = Some(comment);
        }
    }
    let text = match copyright {
        Some(comment) => Some(comment.lossy_value(source)?),
        None => None,
    };
    let edit = wanted.copyright.edit(text.as_deref(), false);
    if let Some(comment) = copyright {
        if edit.remove {
            splices.push(Splice::remove(comment.whole()));
            removed += 1;
            before += comment.len() + 4;
        } else if edit.drop > 0 || !edit.add.is_empty() {
            let old = edit.drop as u64;
            before += old;
            let length = comment.len() - old + edit.add.len() as u64;
            let length = u32::try_from(length)
                .map_err(|_| Fault::Limit("Vorbis comment: too long", comment.text.start))?;
            splices.push(Splice::replace(
                comment.text.start - 4..comment.text.start,
                length.to_le_bytes(),
            ));
            let end = comment.text.end;
            splices.push(Splice::replace(end - old..end, edit.add.as_bytes()));
        }
    }
    let (new, added) = new_comments(wanted, edit.create.as_deref());
    let after = (new.len() + edit.add.len()) as u64;
    if !new.is_empty() {
        splices.push(Splice::insert(list.end, new));
    }
    let kept = list.comments.len() - removed;
    if added != removed {
        let count = (kept + added) as u32;
        splices.push(Splice::replace(
            list.count_at..list.count_at + 4,
            count.to_le_bytes(),
        ));
    }
    Ok(Edited {
        splices,
        before,
        after,
        padded: false,
        notice: edit.notice,
        bare: kept + added == 0,
        ..Edited::default()
    })
}

pub(crate) fn create(wanted: &Wanted<'_>) -> Created {
    const VENDOR: &[u8] = b"noai-audio";
    let edit = wanted.copyright.edit(None, false);
    let (comments, count) = new_comments(wanted, edit.create.as_deref());
    let mut bytes = (VENDOR.len() as u32).to_le_bytes().to_vec();
    bytes.extend(VENDOR);
    bytes.extend((count as u32).to_le_bytes());
    bytes.extend(comments);
    Created {
        bytes,
        notice: edit.notice,
    }
}

fn new_comments(wanted: &Wanted<'_>, copyright: Option<&str>) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut count = 0;
    for (name, value) in wanted.new_fields("COPYRIGHT", copyright) {
        let length = name.len() + 1 + value.len();
        bytes.extend((length as u32).to_le_bytes());
        bytes.extend(format!("{name}={value}").into_bytes());
        count += 1;
    }
    (bytes, count)
}

/// Where the list at `range` ends, before a framing bit or whatever else follows.
pub(crate) fn end(source: &mut Source, range: Range<u64>) -> Result<u64, Fault> {
    Ok(List::walk(source, range)?.end)
}

fn is_copyright(name: &str) -> bool {
    name.eq_ignore_ascii_case("COPYRIGHT")
}

struct List {
    count_at: u64,
    comments: Vec<Comment>,
    /// Behind the last comment.
    end: u64,
}

struct Comment {
    /// Without the length before it.
    text: Range<u64>,
}

impl List {
    fn walk(source: &mut Source, range: Range<u64>) -> Result<List, Fault> {
        let (_vendor, count_at) = sized(source, range.start, range.end)?;
        if range.end - count_at < 4 {
            return Err(Fault::Malformed("Vorbis comment: no count", count_at));
        }
        let count = source.le32(count_at)?;
        let mut end = count_at + 4;
        let mut comments = Vec::new();
        for _ in 0..count {
            if comments.len() >= source.limits().parts as usize {
                return Err(Fault::Limit("Vorbis comment: too many", end));
            }
            let (text, next) = sized(source, end, range.end)?;
            comments.push(Comment { text });
            end = next;
        }
        Ok(List {
            count_at,
            comments,
            end,
        })
    }
}

/// The bytes behind the length at `at`, and where they end.
fn sized(source: &mut Source, at: u64, limit: u64) -> Result<(Range<u64>, u64), Fault> {
    let wrong = Fault::Malformed("Vorbis comment: longer than the list", at);
    if limit.saturating_sub(at) < 4 {
        return Err(wrong);
    }
    let end = at + 4 + u64::from(source.le32(at)?);
    if end > limit {
        return Err(wrong);
    }
    Ok((at + 4..end, end))
}

impl Comment {
    fn len(&self) -> u64 {
        self.text.end - self.text.start
    }

    fn whole(&self) -> Range<u64> {
        self.text.start - 4..self.text.end
    }

    /// The name, where it is no longer than one that we know.
    fn name(&self, source: &mut Source) -> Result<Option<String>, Fault> {
        let end = self.text.end.min(self.text.start + LONGEST_NAME);
        let bytes = source.bytes(self.text.start..end)?;
        let name = bytes.split(|byte| *byte == b'=').next().unwrap_or_default();
        let complete = name.len() < bytes.len() && name.is_ascii();
        Ok(complete.then(|| String::from_utf8_lossy(name).into_owned()))
    }

    fn value(&self, source: &mut Source, name: &str) -> Result<Value, Fault> {
        let range = self.text.start + name.len() as u64 + 1..self.text.end;
        if is_copyright(name) {
            Value::lossy_utf8(source, range)
        } else {
            Value::utf8(source, range)
        }
    }

    /// The value for a search at its end, whatever its bytes.
    fn lossy_value(&self, source: &mut Source) -> Result<String, Fault> {
        if self.len() > source.limits().field {
            let what = "Vorbis comment: COPYRIGHT is too long for a notice";
            return Err(Fault::Limit(what, self.text.start));
        }
        let bytes = source.bytes(self.text.clone())?;
        let start = bytes
            .iter()
            .position(|byte| *byte == b'=')
            .map_or(0, |at| at + 1);
        Ok(String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned())
    }
}
