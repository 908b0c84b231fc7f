//! The life of a file: what the crate must do with it, from the first statement to the last byte.

use noai_audio::{Answer, ContentVerdict, MarkerVerdict, Status};

use super::ledger::{Case, Expected};
use super::{NO_AI, Outcome, Shelf, Song, ensure, fail, pieces};

/// Fails unless the file becomes what its line of the ledger says.
pub(crate) fn holds(case: &Case, shelf: &Shelf, song: &Song) -> Outcome {
    match &case.expected {
        Expected::Tagged => is_tagged(case, shelf, song),
        Expected::Refused(kind) => is_refused(case, kind, shelf, song),
    }
}

/// Fails unless the file is refused for this kind of reason and no trace is left.
fn is_refused(case: &Case, kind: &str, shelf: &Shelf, song: &Song) -> Outcome {
    let before = (song.modified()?, shelf.names()?);
    match song.tag() {
        Ok(embedded) => return fail(format!("{:?} instead of {kind}", embedded.status)),
        Err(error) => {
            ensure(error.kind().name() == kind, || {
                format!(
                    "{} instead of {kind}: {}",
                    error.kind().name(),
                    error.reason()
                )
            })?;
            ensure(error.path() == Some(song.path()), || {
                "the error names no path".to_owned()
            })?;
        }
    }
    ensure(song.is_original()?, || {
        "refused, and bytes changed".to_owned()
    })?;
    ensure((song.modified()?, shelf.names()?) == before, || {
        "refused, and left a trace: time or files".to_owned()
    })?;
    if let Ok(inspection) = song.read() {
        let format = Some(inspection.format());
        ensure(format == case.format, || format!("read as {format:?}"))?;
    } else {
        let readable = matches!(kind, "conflict" | "protected");
        ensure(!readable, || {
            "refused only for its tags, and cannot be read".to_owned()
        })?;
    }
    Ok(())
}

/// Fails unless the file is tagged, read, verified and stripped again, byte for byte.
fn is_tagged(case: &Case, shelf: &Shelf, song: &Song) -> Outcome {
    let before = song.essence()?;
    let embedded = song.tag()?;
    let tagged = song.bytes()?;
    ensure(embedded.status == Status::Changed, || {
        "not changed".to_owned()
    })?;
    ensure(Some(embedded.format) == case.format, || {
        format!("taken for {}", embedded.format)
    })?;
    ensure(tagged != song.original(), || {
        "said to be changed, and was not".to_owned()
    })?;
    ensure(shelf.names()?.len() == 1, || {
        "left a file behind".to_owned()
    })?;

    let after = song.essence()?;
    ensure(before == after, || "I1: another essence".to_owned())?;
    ensure(embedded.essence == after, || {
        "I1: reported another essence".to_owned()
    })?;

    let pieces = |bytes| pieces::pieces(bytes, embedded.format);
    pieces::nothing_else_changed(&pieces(song.original())?, &pieces(&tagged)?, true)?;

    let inspection = song.read()?;
    for usage in NO_AI {
        let answer = inspection.answer(usage, None);
        ensure(answer == Answer::Disallowed, || {
            format!("{usage} is {}", answer.name())
        })?;
    }
    let verdict = song.verify()?;
    ensure(verdict.marker == MarkerVerdict::Intact, || {
        format!("marker {:?}", verdict.marker)
    })?;
    ensure(verdict.content == ContentVerdict::Essence, || {
        format!("content {:?}", verdict.content)
    })?;

    let again = song.tag()?;
    ensure(again.status == Status::Unchanged, || {
        "the same again is a change".to_owned()
    })?;
    ensure(song.bytes()? == tagged, || {
        "the same again changed bytes".to_owned()
    })?;

    let stripped = song.strip()?;
    ensure(song.is_original()?, || {
        "I2: strip does not give the first file".to_owned()
    })?;
    ensure(stripped.status == Status::Changed && stripped.exact, || {
        "I2: not called exact".to_owned()
    })?;
    let again = song.strip()?;
    ensure(again.status == Status::Unchanged, || {
        "stripped twice".to_owned()
    })
}
