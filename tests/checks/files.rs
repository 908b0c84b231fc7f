//! What must hold of any bytes that may be an audio file.

use std::io::Cursor;

use noai_audio::{
    Answer, Declaration, ErrorKind, Essence, Inspection, Level, Limits, Preference, Preset,
    Statement, Usage, Vocabulary,
};

use crate::common::pieces::{Kind, OURS, Piece, nothing_else_changed, pieces};
use crate::common::{Outcome, ensure, fail};
use crate::operations;

pub(super) fn read(bytes: &[u8]) -> Outcome {
    let Ok(whole) = look(bytes, Limits::default()) else {
        return Ok(());
    };
    let tight = Limits {
        field: 32,
        ..Limits::default()
    };
    let tight = look(bytes, tight)?;
    // A copyright text that is too long to read may be anyone's, and says nothing.
    let by_notice = |said: &Statement| said.vocabulary() == Vocabulary::Notice;
    let is_noticed = whole.statements().iter().any(by_notice);
    for usage in Usage::ALL {
        let answer = whole.answer(usage, None);
        ensure(answer != Answer::Allowed, || {
            format!("{usage} is allowed by a tag")
        })?;
        let silent = |answer| matches!(answer, Answer::None | Answer::Claimed);
        ensure(
            is_noticed || silent(answer) || !silent(tight.answer(usage, None)),
            || format!("{usage} is {answer:?}, and not where less is read"),
        )?;
    }
    Ok(())
}

pub(super) fn essence(bytes: &[u8]) -> Outcome {
    let Ok(essence) = operations::essence(bytes) else {
        return Ok(());
    };
    let text = essence.to_string();
    ensure(text.parse::<Essence>().as_ref() == Ok(&essence), || {
        format!("{text} is not read back")
    })
}

pub(super) fn write(bytes: &[u8]) -> Outcome {
    let (declaration, notice) = statement(bytes.len())?;
    let was_plain = matches!(operations::strip(bytes), Ok((None, _)));
    let tagged = match operations::embed(bytes, &declaration, notice) {
        Ok(Some(tagged)) => tagged,
        Ok(None) => return Ok(()),
        // What is refused at the last moment should have been refused by name. Only a
        // damaged statement of ours may be beyond that.
        Err(error) => {
            let is_named = error.kind() != ErrorKind::Unproven;
            return ensure(is_named || !was_plain, || error.to_string());
        }
    };
    same_sound(bytes, &tagged)?;
    let again = operations::embed(&tagged, &declaration, notice)?;
    ensure(again.is_none(), || {
        "the same statement again changed bytes".to_owned()
    })?;
    let inspection = look(&tagged, Limits::default())?;
    for usage in declaration.preferences().which(Preference::Disallowed) {
        let answer = inspection.answer(usage, None);
        ensure(answer == Answer::Disallowed, || {
            format!("{usage} was denied and is {answer:?}")
        })?;
    }
    let format = inspection.format();
    // Where a statement stood before, its notice goes too.
    if let Ok(old) = pieces(bytes, format)
        && was_plain
    {
        nothing_else_changed(&old, &pieces(&tagged, format)?, notice)?;
    }
    let stripped = operations::strip(&tagged);
    if stripped.is_err() && !was_plain {
        // Others wrote to it since; then it may be refused.
        return Ok(());
    }
    let (stripped, exact) = stripped?;
    let Some(stripped) = stripped else {
        return fail("nothing is taken off");
    };
    same_sound(bytes, &stripped)?;
    ensure(!was_plain || stripped == bytes, || {
        format!("strip gives {} bytes for {}", stripped.len(), bytes.len())
    })?;
    ensure(!was_plain || exact, || {
        "restored, and not called exact".to_owned()
    })
}

pub(super) fn strip(bytes: &[u8]) -> Outcome {
    let Ok((Some(stripped), _)) = operations::strip(bytes) else {
        return Ok(());
    };
    same_sound(bytes, &stripped)?;
    let format = look(&stripped, Limits::default())?.format();
    if let (Ok(mut old), Ok(mut new)) = (pieces(&stripped, format), pieces(bytes, format)) {
        // Perhaps ours by name, however damaged.
        let stays = |piece: &Piece| piece.kind != Kind::Foreign || !names_ours(&piece.bytes);
        old.retain(stays);
        new.retain(stays);
        nothing_else_changed(&old, &new, true)?;
    }
    ensure(operations::strip(&stripped)?.0.is_none(), || {
        "a second strip finds more".to_owned()
    })
}

pub(super) fn sound(bytes: &[u8]) -> Outcome {
    operations::on_disk(bytes, |path| {
        if let Ok(identity) = noai_audio::identify_levels(path, &Level::ALL) {
            let essence = operations::essence(bytes)?;
            ensure(identity.essence.as_ref() == Some(&essence), || {
                "two walks, two essences".to_owned()
            })?;
        }
        // A mismatch is a verdict, whatever it is.
        let _ = noai_audio::verify(path);
        Ok(())
    })
}

fn names_ours(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_uppercase();
    let text = text.replace([' ', '-'], "_");
    OURS.iter().any(|name| text.contains(name))
}

fn look(bytes: &[u8], limits: Limits) -> Result<Inspection, noai_audio::Error> {
    noai_audio::read_from(Cursor::new(bytes), limits)
}

/// A fuzzer finds out soon that the length decides on what is said.
fn statement(length: usize) -> Outcome<(Declaration, bool)> {
    Ok(match length % 4 {
        0 => (Declaration::from(Preset::NoAi), false),
        1 => (Declaration::new().allow(Usage::Search), true),
        2 => {
            let policy = format!("https://example.org/{}", "terms/".repeat(60));
            let long = Declaration::from(Preset::NoMachineUse).policy(policy.parse()?);
            (
                long.declarer("Ärztin; \"Ångström\" \\ 100 % ".repeat(4)),
                true,
            )
        }
        _ => (Declaration::from(Preset::NoAi), true),
    })
}

fn same_sound(old: &[u8], new: &[u8]) -> Outcome {
    ensure(
        operations::essence(old)? == operations::essence(new)?,
        || "another essence".to_owned(),
    )
}
