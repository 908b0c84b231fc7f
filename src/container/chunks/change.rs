//! How a tag chunk comes, grows and goes, and what follows: sizes and pad bytes.

use std::ops::Range;

use super::ending::Ending;
use super::open::Open;
use super::{Chunk, Chunks};
use crate::container::{Changes, Prior, TagChange};
use crate::error::Fault;
use crate::source::Source;
use crate::splice::{self, Splice};

impl Chunks {
    pub(in crate::container) fn changes(
        &self,
        source: &mut Source,
        tag: TagChange,
        beside: Vec<Splice>,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        let mut splices = self.resize(source, self.beside, beside)?;
        let mut note = prior.note.map(str::to_owned);
        let growth = splice::growth(&splices);
        let mut outer = self.follow(growth);
        match tag {
            TagChange::Keep | TagChange::Held(_) => {}
            TagChange::Edit { splices: edits, .. } => {
                let edits = self.resize(source, self.tag, edits)?;
                outer = self.follow(growth + splice::growth(&edits));
                splices.extend(edits);
            }
            TagChange::Create(payload) => {
                let ending = self.ending();
                note = ending.note();
                let at = self.list.last().map_or(12, |last| last.end);
                let chunk = self.new_chunk(payload, ending)?;
                outer = (at - 8).saturating_add_signed(growth + chunk.len().cast_signed() as i64);
                splices.push(Splice::insert(at, chunk));
                // Behind sound without a length the tag would be taken for sound.
                if self.open.is_some_and(|open| open.data.is_some())
                    && let Some(sound) = self.list.last()
                {
                    let size = self.number(sound.len(), &sound.size_at)?;
                    splices.push(Splice::replace(sound.size_at.clone(), size));
                }
            }
            TagChange::Remove => {
                let (removed, left) = self.remove(source, prior.note, growth)?;
                splices.extend(removed);
                outer = left;
                note = None;
            }
        }
        if outer != self.stated {
            let size = self.number(outer, &self.size_at)?;
            splices.push(Splice::replace(self.size_at.clone(), size));
        }
        Ok(Changes {
            note,
            ..Changes::plain(splices)
        })
    }

    /// What the outer chunk says where its payload has grown. A size that was never
    /// filled in stays so; a true one may count a last pad byte that was never written.
    fn follow(&self, growth: i64) -> u64 {
        let promised = (8 + self.size) % 2;
        if (self.size..=self.size + promised).contains(&self.stated) {
            self.stated.saturating_add_signed(growth)
        } else {
            self.stated
        }
    }

    /// How the file ends, behind which a tag chunk shall stand.
    fn ending(&self) -> Ending {
        let odd = self.list.last().filter(|last| last.is_odd());
        Ending {
            padded: odd.is_none_or(|last| last.end > last.payload.end),
            counted: odd.is_none_or(|last| 8 + self.size > last.payload.end),
            open: self.open,
        }
    }

    /// A tag chunk with its pad byte, and before it the one that the last chunk lacks.
    fn new_chunk(&self, payload: Vec<u8>, ending: Ending) -> Result<Vec<u8>, Fault> {
        let mut bytes = vec![0; usize::from(!ending.padded)];
        bytes.extend(self.tag_name);
        bytes.extend(self.number(payload.len() as u64, &(0..4))?);
        let odd = payload.len() % 2 == 1;
        bytes.extend(payload);
        bytes.extend(vec![0; usize::from(odd)]);
        Ok(bytes)
    }

    /// Takes the tag's chunk out, and gives the file the ending that was noted; with what
    /// the outer chunk then says.
    fn remove(
        &self,
        source: &mut Source,
        note: Option<&str>,
        growth: i64,
    ) -> Result<(Vec<Splice>, u64), Fault> {
        let chunk = self.tag.and_then(|index| self.list.get(index));
        let Some((index, chunk)) = self.tag.zip(chunk) else {
            return Ok((Vec::new(), self.follow(growth)));
        };
        let before = index.checked_sub(1).and_then(|index| self.list.get(index));
        let mut ending = Ending::noted(note);
        // Before what somebody has put behind, a pad byte cannot be promised only.
        ending.padded |= ending.counted && chunk.end < source.len();
        // A pad byte that somebody wrote to is none of ours to take or to leave uncounted.
        let odd = match before.filter(|chunk| chunk.is_odd()) {
            Some(chunk) => source.is_zero(chunk.payload.end..chunk.end)?,
            None => false,
        };
        let start = chunk.start() - u64::from(odd && !ending.padded);
        let mut splices = vec![Splice::remove(start..chunk.end)];
        if let Some(open) = ending.open
            && self.can_be_open(&open, chunk, before, source.len())
        {
            splices.push(Splice::replace(
                self.size_at.clone(),
                open.outer.to_le_bytes(),
            ));
            if let (Some(data), Some(sound)) = (open.data, before) {
                splices.push(Splice::replace(sound.size_at.clone(), data.to_le_bytes()));
            }
            return Ok((splices, self.stated));
        }
        let mut size = self.follow(growth).saturating_sub(chunk.end - start);
        if odd && (ending.padded, ending.counted) == (true, false) {
            size = size.saturating_sub(1);
        } else if odd && (ending.padded, ending.counted) == (false, true) {
            size += 1;
        }
        Ok((splices, size))
    }

    /// Whether the sizes can be as open as they were: nobody has put anything else behind.
    fn can_be_open(&self, open: &Open, tag: &Chunk, before: Option<&Chunk>, length: u64) -> bool {
        let is_riff = !self.big_endian && self.size_at == (4..8);
        let is_sound = before.is_some_and(|chunk| &chunk.name == b"data");
        is_riff && tag.end == length && (open.data.is_none() || is_sound)
    }

    /// Adds to the splices inside a chunk those of its size and its pad byte.
    fn resize(
        &self,
        source: &mut Source,
        index: Option<usize>,
        mut splices: Vec<Splice>,
    ) -> Result<Vec<Splice>, Fault> {
        let growth = splice::growth(&splices);
        let Some(chunk) = index.and_then(|index| self.list.get(index)) else {
            return Ok(Vec::new());
        };
        if growth == 0 {
            return Ok(splices);
        }
        let length = chunk.len().saturating_add_signed(growth);
        let size = self.number(length, &chunk.size_at)?;
        splices.push(Splice::replace(chunk.size_at.clone(), size));
        let pad = chunk.payload.end..chunk.end;
        let unpadded = chunk.is_odd() && pad.is_empty();
        if !source.is_zero(pad.clone())? || unpadded {
            let what = "the tag's chunk has a missing or odd pad byte";
            return Err(Fault::Unsupported(what, chunk.payload.end));
        }
        let new = vec![0; (length % 2) as usize];
        if new.len() as u64 != pad.end - pad.start {
            splices.push(Splice::replace(pad, new));
        }
        Ok(splices)
    }

    /// A size as it stands at `place`.
    fn number(&self, number: u64, place: &Range<u64>) -> Result<Vec<u8>, Fault> {
        if place.end - place.start == 8 {
            return Ok(number.to_le_bytes().to_vec());
        }
        let number = u32::try_from(number)
            .ok()
            .filter(|number| *number < u32::MAX);
        let what = "the file would be over 4 GiB (a RIFF is not made into an RF64)";
        let number = number.ok_or(Fault::Limit(what, place.start))?;
        Ok(if self.big_endian {
            number.to_be_bytes().to_vec()
        } else {
            number.to_le_bytes().to_vec()
        })
    }
}
