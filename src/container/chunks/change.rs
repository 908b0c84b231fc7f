//! How a tag chunk comes, grows and goes, and what follows: sizes and pad bytes.

use std::ops::Range;

use super::ending::Ending;
use super::open::Open;
use super::{Chunk, Chunks};
use crate::carrier::Made;
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
        xmp: TagChange,
        prior: Prior<'_>,
    ) -> Result<Changes, Fault> {
        // The note is about what stands before the first chunk that was made.
        let noted = match (prior.made, prior.xmp) {
            (Some(Made::New), _) => self.tag,
            (_, Some(Made::New)) => self.xmp,
            _ => None,
        };
        let mut resize = |index: Option<usize>, splices| match index {
            Some(index) => {
                let stays_odd = self.has_to_stay_odd(index, noted, prior.note);
                self.resize(source, index, splices, stays_odd)
            }
            None => Ok(Vec::new()),
        };
        let mut splices = resize(self.beside, beside)?;
        let (mut new, mut gone) = (Vec::new(), Vec::new());
        let ours = [
            (tag, self.tag, self.tag_name, [].as_slice()),
            (xmp, self.xmp, self.xmp_name, self.xmp_signature),
        ];
        for (change, index, name, signature) in ours {
            match change {
                TagChange::Keep | TagChange::Held(_) => {}
                TagChange::Edit { splices: edits, .. } => {
                    splices.extend(resize(index, edits)?);
                }
                TagChange::Create(payload) => {
                    new.extend(self.chunk(name, &[signature, &payload].concat())?);
                }
                TagChange::Remove => gone.extend(index),
            }
        }
        let mut outer = self.follow(splice::growth(&splices));
        let mut note = prior.note.filter(|_| noted.is_some()).map(str::to_owned);
        gone.sort_unstable();
        for run in gone.chunk_by(|a, b| a + 1 == *b) {
            let is_noted = noted.is_some_and(|index| run.contains(&index));
            let ending = Ending::noted(note.take_if(|_| is_noted).as_deref());
            outer = self.remove(source, run, ending, outer, &mut splices)?;
        }
        if !new.is_empty() {
            let ending = self.ending();
            if noted.is_none() {
                note = ending.note();
            }
            let at = self.list.last().map_or(12, |last| last.end);
            // The pad byte that the last chunk lacks.
            new.splice(0..0, vec![0; usize::from(!ending.padded)]);
            splices.push(Splice::insert(at, new));
            outer = (at - 8).saturating_add_signed(splice::growth(&splices));
            // Behind sound without a length the tag would be taken for sound.
            if self.is_open()
                && let Some(sound) = self.list.last()
            {
                let size = self.number(sound.len(), &sound.size_at)?;
                splices.push(Splice::replace(sound.size_at.clone(), size));
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

    /// A chunk with its pad byte.
    fn chunk(&self, name: [u8; 4], payload: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut bytes = name.to_vec();
        bytes.extend(self.number(payload.len() as u64, &(0..4))?);
        bytes.extend(payload);
        bytes.extend(vec![0; payload.len() % 2]);
        Ok(bytes)
    }

    /// Takes out chunks that follow each other, and gives the file this ending; with what the
    /// outer chunk, which says `size`, then says.
    fn remove(
        &self,
        source: &mut Source,
        run: &[usize],
        mut ending: Ending,
        size: u64,
        splices: &mut Vec<Splice>,
    ) -> Result<u64, Fault> {
        let chunk = |index: Option<usize>| index.and_then(|index| self.list.get(index));
        let first = run.first().copied();
        let (Some(head), Some(last)) = (chunk(first), chunk(run.last().copied())) else {
            return Ok(size);
        };
        let before = chunk(first.and_then(|index| index.checked_sub(1)));
        // Before what somebody has put behind, a pad byte cannot be promised only.
        ending.padded |= ending.counted && last.end < source.len();
        // A pad byte that somebody wrote to is none of ours to take or to leave uncounted.
        let odd = match before.filter(|chunk| chunk.is_odd()) {
            Some(chunk) => source.is_zero(chunk.payload.end..chunk.end)?,
            None => false,
        };
        let start = head.start() - u64::from(odd && !ending.padded);
        splices.push(Splice::remove(start..last.end));
        if let Some(open) = ending.open
            && self.can_be_open(&open, last, before, source.len())
        {
            splices.push(Splice::replace(
                self.size_at.clone(),
                open.outer.to_le_bytes(),
            ));
            if let (Some(data), Some(sound)) = (open.data, before) {
                splices.push(Splice::replace(sound.size_at.clone(), data.to_le_bytes()));
            }
            return Ok(self.stated);
        }
        let mut size = size.saturating_sub(last.end - start);
        if odd && (ending.padded, ending.counted) == (true, false) {
            size = size.saturating_sub(1);
        } else if odd && (ending.padded, ending.counted) == (false, true) {
            size += 1;
        }
        Ok(size)
    }

    /// Whether the sizes can be as open as they were: nobody has put anything else behind.
    fn can_be_open(&self, open: &Open, tag: &Chunk, before: Option<&Chunk>, length: u64) -> bool {
        let is_riff = !self.big_endian && self.size_at == (4..8);
        let is_sound = before.is_some_and(|chunk| &chunk.name == b"data");
        is_riff && tag.end == length && (open.data.is_none() || is_sound)
    }

    /// Whether the chunk ends the file, or did before the one that was `noted` came behind it,
    /// and its pad byte is not there or not counted: only while it is odd that can stay so.
    fn has_to_stay_odd(&self, chunk: usize, noted: Option<usize>, note: Option<&str>) -> bool {
        let behind = chunk + 1;
        let ending = if noted == Some(behind) {
            Ending::noted(note)
        } else if behind == self.list.len() {
            self.ending()
        } else {
            Ending::PLAIN
        };
        let is_odd = self.list.get(chunk).is_some_and(Chunk::is_odd);
        is_odd && !(ending.padded && ending.counted)
    }

    /// Adds to the splices inside a chunk those of its size and its pad byte.
    fn resize(
        &self,
        source: &mut Source,
        index: usize,
        mut splices: Vec<Splice>,
        stays_odd: bool,
    ) -> Result<Vec<Splice>, Fault> {
        let growth = splice::growth(&splices);
        let Some(chunk) = self.list.get(index) else {
            return Ok(Vec::new());
        };
        if growth == 0 {
            return Ok(splices);
        }
        let length = chunk.len().saturating_add_signed(growth);
        let size = self.number(length, &chunk.size_at)?;
        splices.push(Splice::replace(chunk.size_at.clone(), size));
        let pad = chunk.payload.end..chunk.end;
        if !source.is_zero(pad.clone())? || stays_odd && growth % 2 != 0 {
            let what = "the tag's chunk has a missing, uncounted or odd pad byte";
            return Err(Fault::Unsupported(what, chunk.payload.end));
        }
        let new = vec![0; (length % 2) as usize];
        if !stays_odd && new.len() as u64 != pad.end - pad.start {
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
