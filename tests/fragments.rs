//! Is a recording in very many fragments handled in the time that its length takes?

mod common;

use std::time::Instant;

use common::build;

use common::pieces::{nothing_else_changed, pieces};
use common::{Outcome, Shelf, no_ai};
use noai_audio::{EmbedOptions, Format, Status};

#[test]
fn a_hundred_thousand_fragments_are_tagged_and_restored() -> Outcome {
    let count = 100_000;
    let shelf = Shelf::new()?;
    let song = shelf.put("day.mp4", build::day_of_fragments(count)?)?;
    let started = Instant::now();
    let embedded = EmbedOptions::new()
        .content_code(false)
        .embed(song.path(), &no_ai())?;
    assert_eq!(embedded.status, Status::Changed);
    let tagged = song.bytes()?;
    let stripped = song.strip()?;
    assert!(stripped.exact && song.is_original()?);
    let (before, after) = (
        pieces(song.original(), Format::Mp4)?,
        pieces(&tagged, Format::Mp4)?,
    );
    nothing_else_changed(&before, &after, true)?;
    // Work that grows with the square of the fragments takes hours.
    assert!(started.elapsed().as_secs() < 600, "{:?}", started.elapsed());
    Ok(())
}
