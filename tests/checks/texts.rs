//! What must hold of any text that a tag, a record or a person may hand us.

use std::fmt::{Debug, Display};
use std::io::Cursor;
use std::str::FromStr;

use noai_audio::{
    Answer, ContentCode, Date, Essence, FileDigest, Fingerprint, Format, Inspection, Limits,
    Marker, Pcm, PolicyUrl, Preference, Record, Records, TermsDigest, Usage,
};

use crate::common::{Outcome, build, ensure};

pub(super) fn marker(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(());
    };
    let Ok(marker) = text.parse::<Marker>() else {
        return Ok(());
    };
    let written = marker.to_string();
    let again: Marker = written.parse()?;
    let same = again.declaration() == marker.declaration()
        && again.essence() == marker.essence()
        && again.code() == marker.code();
    ensure(same, || format!("{written} says something else"))?;
    ensure(again.to_string() == written, || {
        format!("{written} is written in another way again")
    })?;
    let alone = look(&flac(&[("AI_CONSENT", text)]))?;
    for usage in Usage::ALL {
        let expected = match marker.declaration().preference(usage) {
            Preference::Disallowed => Answer::Disallowed,
            Preference::Conditional => Answer::Conditional,
            Preference::Allowed => Answer::Claimed,
            Preference::Unknown => Answer::None,
        };
        let answer = alone.answer(usage, None);
        ensure(answer == expected, || {
            format!("{usage} is {answer:?} in a file, {expected:?} in the statement")
        })?;
    }
    Ok(())
}

/// One field a line, `NAME=value`.
pub(super) fn fields(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(());
    };
    let mut fields: Vec<(&str, &str)> = text
        .split('\n')
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| name.bytes().all(|byte| matches!(byte, b' '..=b'}')))
        .collect();
    let comments = look(&flac(&fields))?;
    let same_names = fields.iter().all(|(name, _)| !is_copyright(name));
    let is_latin = |value: &str| value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if same_names && fields.iter().all(|(_, value)| is_latin(value)) {
        let frames: Vec<Vec<u8>> = fields
            .iter()
            .map(|(name, value)| build::user_text(name, value))
            .collect();
        let frames = look(&build::wav(
            2,
            &[build::chunk(b"id3 ", &build::id3(&frames))],
        ))?;
        for usage in Usage::ALL {
            let (one, other) = (comments.answer(usage, None), frames.answer(usage, None));
            ensure(one == other, || {
                format!("{usage} is {one:?} in comments, {other:?} in frames")
            })?;
        }
    }
    for usage in Usage::ALL {
        let answer = comments.answer(usage, None);
        ensure(answer != Answer::Allowed, || {
            format!("{usage} is allowed by a tag")
        })?;
    }
    let all = Usage::ALL.map(Usage::name).join(", ");
    fields.push(("NOAI", &all));
    let denied = look(&flac(&fields))?;
    for usage in Usage::ALL {
        let answer = denied.answer(usage, None);
        ensure(answer == Answer::Disallowed, || {
            format!("{usage} is {answer:?} beside a denial")
        })?;
    }
    Ok(())
}

/// That field has a frame of its own.
fn is_copyright(name: &str) -> bool {
    name.eq_ignore_ascii_case("copyright")
}

pub(super) fn records(bytes: &[u8]) -> Outcome {
    let all = Records::from_json_lines(bytes);
    if let Ok(records) = &all {
        for record in records.iter() {
            let line = record.to_json();
            let again = Record::from_json(&line).map_err(|error| format!("{error}: {line}"))?;
            ensure(again.to_json() == line, || format!("{line} changes"))?;
            let same = again.marker.as_ref().map(Marker::declaration)
                == record.marker.as_ref().map(Marker::declaration)
                && again.essence == record.essence
                && again.sound.fingerprint == record.sound.fingerprint;
            ensure(same, || format!("{line} says something else"))?;
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(record) = Record::from_json(text)
        && !text.contains('\n')
    {
        let first = all?.iter().next().map(Record::to_json);
        ensure(first == Some(record.to_json()), || {
            "a line alone is another record".to_owned()
        })?;
    }
    Ok(())
}

pub(super) fn codes(bytes: &[u8]) -> Outcome {
    if let Ok(text) = std::str::from_utf8(bytes) {
        read_back::<ContentCode>(text)?;
        read_back::<Essence>(text)?;
        read_back::<Pcm>(text)?;
        read_back::<FileDigest>(text)?;
        read_back::<TermsDigest>(text)?;
        read_back::<Fingerprint>(text)?;
        read_back::<Date>(text)?;
        read_back::<PolicyUrl>(text)?;
        read_back::<Usage>(text)?;
        read_back::<Format>(text)?;
    }
    let (items, _) = bytes.as_chunks::<4>();
    // Comparing takes the square of the length.
    let items = items.iter().take(300);
    let items: Vec<u32> = items.map(|item| u32::from_be_bytes(*item)).collect();
    let (first, second) = items.split_at(items.len() / 2);
    let [whole, first, second] =
        [&items, first, second].map(|items| Fingerprint::from_items(items.to_vec()));
    read_back::<Fingerprint>(&whole.to_string())?;
    let _ = first.compare(&second);
    // Where it stands still it says nothing, and is left out.
    let is_moving = items.windows(2).all(|pair| pair.first() != pair.last());
    if is_moving && let Some(likeness) = whole.compare(&whole) {
        ensure(likeness.similarity == 1000, || {
            format!("{} per mille like itself", likeness.similarity)
        })?;
    }
    Ok(())
}

fn read_back<T: FromStr + Display + Debug + PartialEq>(text: &str) -> Outcome {
    if let Ok(value) = text.parse::<T>() {
        let written = value.to_string();
        let again = written.parse::<T>().ok();
        ensure(again.as_ref() == Some(&value), || {
            format!("{value:?} is read back as {again:?}")
        })?;
    }
    Ok(())
}

/// With a frame behind the text, which would else end the file and could be taken for a
/// tag there.
fn flac(fields: &[(&str, &str)]) -> Vec<u8> {
    [build::flac(fields), vec![0xff, 0xf8], vec![0; 256]].concat()
}

fn look(file: &[u8]) -> Result<Inspection, noai_audio::Error> {
    noai_audio::read_from(Cursor::new(file), Limits::default())
}
