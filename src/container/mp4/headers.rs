//! What do the atoms of a track fragment state? (ISO/IEC 14496-12 sections 8.8.7 and 8.8.8)

use std::ops::Range;

use super::atoms::Atom;
use crate::error::Fault;
use crate::source::Source;

/// What a `tfhd` states (section 8.8.7).
pub(super) struct Header {
    pub(super) track: u32,
    pub(super) base: Base,
    pub(super) size: Option<u32>,
}

/// From where the samples of a track fragment count.
pub(super) enum Base {
    At(u64),
    Fragment,
    /// From where those of the track fragment before end.
    Follows,
}

impl Header {
    pub(super) fn read(source: &mut Source, tfhd: &Atom) -> Result<Header, Fault> {
        let (mut fields, flags) = Fields::of(source, tfhd)?;
        let track = fields.be32(source)?;
        let base = if flags & 1 != 0 {
            Base::At(fields.be64(source)?)
        } else if flags & 0x2_0000 != 0 {
            Base::Fragment
        } else {
            Base::Follows
        };
        let _description = fields.be32_if(source, flags & 2 != 0)?;
        let _duration = fields.be32_if(source, flags & 8 != 0)?;
        let size = fields.be32_if(source, flags & 0x10 != 0)?;
        Ok(Header { track, base, size })
    }
}

/// What a `trun` states (section 8.8.8).
pub(super) struct Trun {
    pub(super) count: u32,
    pub(super) offset: Option<i32>,
    pub(super) length: u64,
}

impl Trun {
    /// `size` is that of samples of which the run states none.
    pub(super) fn read(source: &mut Source, trun: &Atom, size: Option<u32>) -> Result<Trun, Fault> {
        let wrong = Fault::Malformed("MP4: wrong track run", trun.start());
        let (mut fields, flags) = Fields::of(source, trun)?;
        let count = fields.be32(source)?;
        let offset = fields.be32_if(source, flags & 1 != 0)?;
        let _first_flags = fields.be32_if(source, flags & 4 != 0)?;
        // Duration, size, flags and composition time, each where its flag is set.
        let width = 4 * u64::from((flags & 0xf00).count_ones());
        let entries = fields.left.start..fields.left.start + width * u64::from(count);
        if entries.end > fields.left.end {
            return Err(wrong);
        }
        let (length, largest) = match size {
            _ if count == 0 => (0, 0),
            _ if flags & 0x200 != 0 => {
                let skip = if flags & 0x100 == 0 { 0 } else { 4 };
                total(source, entries, width as usize, skip)?
            }
            Some(size) => (u64::from(size) * u64::from(count), size),
            None => return Err(wrong),
        };
        if u64::from(largest) > source.limits().packet {
            let what = "MP4: a sample is too large";
            return Err(Fault::Limit(what, trun.start()));
        }
        Ok(Trun {
            count,
            offset: offset.map(u32::cast_signed),
            length,
        })
    }
}

/// The sum and the largest of the sizes that stand `skip` bytes into entries of `width`.
fn total(
    source: &mut Source,
    entries: Range<u64>,
    width: usize,
    skip: usize,
) -> Result<(u64, u32), Fault> {
    /// A multiple of every width.
    const BLOCK: u64 = 12 * 1024;
    let (mut sum, mut largest) = (0, 0);
    let mut at = entries.start;
    while at < entries.end {
        let end = entries.end.min(at + BLOCK);
        for entry in source.bytes(at..end)?.chunks_exact(width) {
            let size = entry.get(skip..).and_then(<[u8]>::first_chunk);
            let size = u32::from_be_bytes(size.copied().unwrap_or_default());
            sum += u64::from(size);
            largest = largest.max(size);
        }
        at = end;
    }
    Ok((sum, largest))
}

/// The fields of an atom, one after the other.
pub(super) struct Fields {
    atom: u64,
    pub(super) left: Range<u64>,
}

impl Fields {
    /// Those behind version and flags, and the flags.
    pub(super) fn of(source: &mut Source, atom: &Atom) -> Result<(Fields, u32), Fault> {
        let mut fields = Fields {
            atom: atom.start(),
            left: atom.payload(),
        };
        let flags = fields.be32(source)?;
        Ok((fields, flags))
    }

    pub(super) fn skip(&mut self, length: u64) -> Result<u64, Fault> {
        let at = self.left.start;
        if self.left.end - at < length {
            return Err(Fault::Malformed("MP4: an atom ends early", self.atom));
        }
        self.left.start += length;
        Ok(at)
    }

    pub(super) fn be32(&mut self, source: &mut Source) -> Result<u32, Fault> {
        let at = self.skip(4)?;
        source.be32(at)
    }

    pub(super) fn be64(&mut self, source: &mut Source) -> Result<u64, Fault> {
        let at = self.skip(8)?;
        source.be64(at)
    }

    pub(super) fn be32_if(
        &mut self,
        source: &mut Source,
        is_there: bool,
    ) -> Result<Option<u32>, Fault> {
        is_there.then(|| self.be32(source)).transpose()
    }
}
