//! Embed and strip in memory: what [`EmbedOptions`] does with a file, without a file.
//!
//! For fuzz targets alone, which do it thousands of times a second. Everything but the
//! replacement of the file is the code that a file goes through.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    reason = "no part of the crate's interface"
)]

use std::io::Cursor;

use crate::consent::Declaration;
use crate::container::{Layout, Piece, Plan};
use crate::error::{Error, Fault};
use crate::identify::Sound;
use crate::identity::{Essence, Measured, measure};
use crate::limits::Limits;
use crate::options::EmbedOptions;
use crate::planned::Planned;
use crate::source::Source;

/// The sound of a file.
pub fn essence(bytes: &[u8]) -> Result<Essence, Error> {
    let mut reader = Cursor::new(bytes);
    let mut source = Source::new(&mut reader, Limits::default())?;
    let layout = Layout::scan(&mut source)?;
    Ok(measure(&mut source, &layout)?.essence)
}

impl EmbedOptions {
    /// The new file, or none where it says already what it should.
    pub fn embed_bytes(
        &self,
        bytes: &[u8],
        declaration: &Declaration,
    ) -> Result<Option<Vec<u8>>, Error> {
        declaration.check()?;
        let mut reader = Cursor::new(bytes);
        let mut source = Source::new(&mut reader, self.limits)?;
        let silent = |_: &mut Source, _: &Layout, _| Ok(Sound::default());
        let planned = self.plan_embed(&mut source, declaration, silent)?;
        let proven = self.replaced(bytes, &mut source, &planned)?;
        Ok(proven.map(|(new, _)| new))
    }

    /// The new file, or none where no statement of ours is in it, and whether it is exact.
    pub fn strip_bytes(&self, bytes: &[u8]) -> Result<(Option<Vec<u8>>, bool), Error> {
        let mut reader = Cursor::new(bytes);
        let mut source = Source::new(&mut reader, self.limits)?;
        let planned = self.plan_strip(&mut source)?;
        Ok(match self.replaced(bytes, &mut source, &planned)? {
            Some((new, after)) => (Some(new), planned.rest == Some(after.rest)),
            None => (None, true),
        })
    }

    fn replaced(
        &self,
        bytes: &[u8],
        source: &mut Source,
        planned: &Planned,
    ) -> Result<Option<(Vec<u8>, Measured)>, Error> {
        let Some(proof) = planned.proof() else {
            return Ok(None);
        };
        let new = written(proof.plan, source)?;
        let (mut old_file, mut new_file) = (Cursor::new(bytes), Cursor::new(&new));
        let after = proof.hold(&mut old_file, source, &mut new_file, self.limits)?;
        Ok(Some((new, after)))
    }
}

fn written(plan: &Plan, source: &mut Source) -> Result<Vec<u8>, Fault> {
    let mut new = Vec::new();
    plan.pieces(source, &mut |source, piece| match piece {
        Piece::Bytes(bytes) => {
            new.extend_from_slice(bytes);
            Ok(())
        }
        Piece::Copy(range) => source.each(range, |bytes| {
            new.extend_from_slice(bytes);
            Ok(())
        }),
    })?;
    Ok(new)
}
