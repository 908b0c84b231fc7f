//! What does a C2PA manifest store say about training and data mining?
//!
//! A store is boxes in boxes (C2PA 2.2 section 11.1; ISO/IEC 19566-5; integers are big-endian): a
//! superbox `jumb` begins with its description `jumd`. The store holds manifests, the last of
//! which is active, these hold assertion stores, and these assertions, told by their labels,
//! with data in a box `cbor` or `json`. Nothing here asks whether a manifest is valid.

mod cbor;

use std::ops::Range;

use super::Value;
use crate::error::Fault;
use crate::source::Source;

/// The labels of the assertions that are heard.
pub(crate) const LABELS: [&str; 2] = ["cawg.training-mining", "c2pa.training-mining"];

/// The one of them that a label is, whatever version and instance stands behind.
pub(crate) fn known(label: &str) -> Option<&'static str> {
    LABELS.into_iter().find(|known| {
        let behind = label.strip_prefix(known);
        behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(['.', '_']))
    })
}

/// What C2PA's own superboxes are: a store, manifests, an assertion store. They hold
/// superboxes alone.
const STRUCTURE: [&[u8; 4]; 5] = [b"c2pa", b"c2ma", b"c2um", b"c2cm", b"c2as"];

/// A manifest store, or a box that belongs to one.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// Where it stands, or the tag that it is in.
    pub(crate) at: u64,
    /// Why some of it cannot be read.
    pub(crate) fault: Option<&'static str>,
    pub(crate) assertions: Vec<Assertion>,
}

/// What one assertion says.
#[derive(Debug)]
pub(crate) struct Assertion {
    pub(crate) label: &'static str,
    /// JSON.
    pub(crate) value: Value,
    /// It stands in the active manifest. Others are about earlier files and ingredients.
    pub(crate) is_active: bool,
}

impl Manifest {
    /// One without assertions.
    pub(crate) fn empty(at: u64, fault: Option<&'static str>) -> Manifest {
        Manifest {
            at,
            fault,
            assertions: Vec::new(),
        }
    }
}

/// What is done with each manifest store of a file.
pub(crate) type Hear<'a> = dyn FnMut(Manifest) -> Result<(), Fault> + 'a;

/// Reads the store at `range` of what stands at `at`. What can be read of a damaged one is.
pub(crate) fn read(source: &mut Source, at: u64, range: Range<u64>) -> Result<Manifest, Fault> {
    let mut walk = Walk {
        manifest: Manifest::empty(at, None),
        left: source.limits().parts,
    };
    if range.end.saturating_sub(range.start) > source.limits().tag {
        walk.manifest.fault = Some("C2PA: the manifest store is too large");
        return Ok(walk.manifest);
    }
    let stores = walk.boxes(source, range, true)?;
    if stores.is_empty() {
        walk.fail("C2PA: no manifest store");
    }
    for store in stores {
        if store.is_superbox() {
            walk.superbox(source, store.payload, 0, false)?;
        } else {
            walk.fail("C2PA: a box that is no manifest store");
        }
    }
    Ok(walk.manifest)
}

struct Part {
    kind: [u8; 4],
    payload: Range<u64>,
}

impl Part {
    fn is_superbox(&self) -> bool {
        &self.kind == b"jumb"
    }
}

struct Walk {
    manifest: Manifest,
    /// How many boxes more there may be.
    left: u32,
}

impl Walk {
    fn fail(&mut self, why: &'static str) {
        self.manifest.fault.get_or_insert(why);
    }

    /// What was found; nothing where the file cannot be understood there.
    fn note<T>(&mut self, found: Result<T, Fault>) -> Result<Option<T>, Fault> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Fault::Malformed(why, _) | Fault::Unsupported(why, _) | Fault::Limit(why, _)) => {
                self.fail(why);
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The boxes that fill `range`, up to one that is wrong.
    fn boxes(
        &mut self,
        source: &mut Source,
        range: Range<u64>,
        may_be_padded: bool,
    ) -> Result<Vec<Part>, Fault> {
        let mut found = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let part = self.part(source, at..range.end);
            let may_end = may_be_padded && part.is_err() && !found.is_empty();
            if may_end && source.is_zero(at..range.end)? {
                break;
            }
            let Some(part) = self.note(part)? else {
                break;
            };
            at = part.payload.end;
            found.push(part);
        }
        Ok(found)
    }

    /// The box at the start of `within`.
    fn part(&mut self, source: &mut Source, within: Range<u64>) -> Result<Part, Fault> {
        let Range { start: at, end } = within;
        let too_many = Fault::Limit("C2PA: too many boxes", at);
        self.left = self.left.checked_sub(1).ok_or(too_many)?;
        let wrong = || Fault::Malformed("C2PA: wrong box size", at);
        if end - at < 8 {
            return Err(wrong());
        }
        let (header, size) = match source.be32(at)? {
            1 if end - at >= 16 => (16, source.be64(at + 8)?),
            size => (8, u64::from(size)),
        };
        let own_end = at.checked_add(size).filter(|own| *own <= end);
        let own_end = own_end.filter(|_| size >= header).ok_or_else(wrong)?;
        Ok(Part {
            kind: source.array(at + 4)?,
            payload: at + header..own_end,
        })
    }

    /// Hears the assertions in a superbox that stands in `depth` others.
    fn superbox(
        &mut self,
        source: &mut Source,
        payload: Range<u64>,
        depth: u32,
        is_active: bool,
    ) -> Result<(), Fault> {
        if depth > source.limits().depth {
            self.fail("C2PA: too many boxes in boxes");
            return Ok(());
        }
        let parts = self.boxes(source, payload, false)?;
        let Some((first, parts)) = parts.split_first() else {
            self.fail("C2PA: a box without its description");
            return Ok(());
        };
        let description = Description::read(source, first);
        let description = self.note(description)?.unwrap_or_default();
        if let Some(label) = description.label {
            self.assertion(source, label, parts, is_active)?;
        }
        let last = parts.iter().rposition(Part::is_superbox);
        for (index, part) in parts.iter().enumerate() {
            match &part.kind {
                b"jumb" => {
                    let is_active = if depth == 0 {
                        Some(index) == last
                    } else {
                        is_active
                    };
                    self.superbox(source, part.payload.clone(), depth + 1, is_active)?;
                }
                b"brob" => self.fail("C2PA: the manifest is compressed"),
                b"free" => {}
                _ if description.is_structure => self.fail("C2PA: a box of an unknown kind"),
                _ => {}
            }
        }
        Ok(())
    }

    /// The data of an assertion.
    fn assertion(
        &mut self,
        source: &mut Source,
        label: &'static str,
        parts: &[Part],
        is_active: bool,
    ) -> Result<(), Fault> {
        let mut values = Vec::new();
        for part in parts {
            values.extend(match &part.kind {
                b"cbor" => Some(json(source, &part.payload)?),
                b"json" => Some(Value::utf8(source, part.payload.clone())?),
                _ => None,
            });
        }
        if values.is_empty() {
            values.push(Value::MISSING);
        }
        for value in values {
            if self.manifest.assertions.len() >= source.limits().fields as usize {
                self.fail("C2PA: too many assertions");
                return Ok(());
            }
            self.manifest.assertions.push(Assertion {
                label,
                value,
                is_active,
            });
        }
        Ok(())
    }
}

/// The CBOR at `range` as JSON.
fn json(source: &mut Source, range: &Range<u64>) -> Result<Value, Fault> {
    if range.end - range.start > source.limits().field {
        return Ok(Value::TOO_LONG);
    }
    let bytes = source.bytes(range.clone())?;
    Ok(match cbor::to_json(&bytes, source.limits().depth) {
        // A byte becomes up to six.
        Some(text) if text.len() as u64 > source.limits().field => Value::TOO_LONG,
        Some(text) => Value::Text(text),
        None => Value::Unreadable("the data is no CBOR that can be read"),
    })
}

/// What a superbox is.
#[derive(Default)]
struct Description {
    is_structure: bool,
    /// Where it is one of ours.
    label: Option<&'static str>,
}

impl Description {
    fn read(source: &mut Source, part: &Part) -> Result<Description, Fault> {
        let at = part.payload.start;
        let wrong = Fault::Malformed("C2PA: wrong description of a box", at);
        if &part.kind != b"jumd" || part.payload.end - at > source.limits().field {
            return Err(wrong);
        }
        let bytes = source.bytes(part.payload.clone())?;
        Description::parse(&bytes).ok_or(wrong)
    }

    /// Type, toggles, label, and what else the toggles announce: number, digest, a box of the
    /// writer's own. All of it has to be there, and nothing else.
    fn parse(bytes: &[u8]) -> Option<Description> {
        let (kind, rest) = bytes.split_first_chunk::<16>()?;
        let (toggles, rest) = rest.split_first()?;
        // C2PA has every box labelled.
        if toggles & 0xe2 != 2 {
            return None;
        }
        let end = rest.iter().position(|byte| *byte == 0)?;
        let (label, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
        let announced = |toggle, length| if toggles & toggle == 0 { 0 } else { length };
        let rest = rest.get(announced(4, 4) + announced(8, 32)..)?;
        let own = match rest.split_first_chunk() {
            Some((size, _)) if toggles & 0x10 != 0 => u32::from_be_bytes(*size) as usize,
            _ => 0,
        };
        let label = std::str::from_utf8(label).ok()?;
        (own == rest.len()).then(|| Description {
            is_structure: STRUCTURE.iter().any(|name| kind.starts_with(*name)),
            label: known(label),
        })
    }
}
