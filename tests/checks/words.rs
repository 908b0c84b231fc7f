//! What must hold of any words in which others state consent, in a file or beside it.

use noai_audio::{
    Declaration, Place, PolicyUrl, Preference, Publication, Statement, UrlPath, Usage, Vocabulary,
    Wording,
};

use crate::common::{Outcome, ensure};

/// A text, of which every vocabulary and every place makes what it can: no permission where a
/// denial stands before it, and no work that grows with the square of its length.
pub(super) fn read(bytes: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Ok(());
    };
    let (value, terms) = text.split_once('\n').unwrap_or((text, ""));
    for vocabulary in Vocabulary::ALL {
        for terms in [None, Some(terms.to_owned())] {
            let value = value.to_owned();
            let _ = vocabulary.understand(&Wording { value, terms });
        }
        let _ = vocabulary.understand(&text.into());
    }
    let path: UrlPath = "/music/song.mp3".parse()?;
    // The engine tells what takes too long.
    let times = if bytes.len().is_multiple_of(64) {
        32
    } else {
        1
    };
    for place in Place::ALL {
        let _ = place.read(&text.repeat(times), &path);
        let Some(denial) = denial(place) else {
            continue;
        };
        let statements = place.read(&(denial.to_owned() + text), &path);
        let denied = said(&statements, Usage::Training) == Some(Preference::Disallowed);
        ensure(denied, || format!("{place}: a denial is not heard"))?;
    }
    Ok(())
}

/// Words of a place that deny training, whatever stands behind them.
fn denial(place: Place) -> Option<&'static str> {
    match place {
        Place::Headers => Some("X-Robots-Tag: noai\n"),
        Place::Page => Some("<meta name=robots content=noai>"),
        Place::RobotsTxt => Some("User-agent: *\nContent-Signal: ai-train=no\nUser-agent: a\n"),
        Place::Assertions => Some(
            "{\"path\": \"/music/song.mp3\", \"label\": \"cawg.training-mining\", \
             \"data\": {\"ai_training\": {\"use\": \"notAllowed\"}}}\n",
        ),
        _ => None,
    }
}

/// Seven bytes are a declaration, the lines behind them its policy and the recording's path:
/// nothing that is written of it says more than it does.
pub(super) fn write(bytes: &[u8]) -> Outcome {
    let Some((words, text)) = bytes.split_first_chunk::<7>() else {
        return Ok(());
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return Ok(());
    };
    let mut declaration = Declaration::new();
    for (usage, word) in Usage::ALL.into_iter().zip(words) {
        if let Some(preference) = Preference::ALL.get(usize::from(word % 4)) {
            declaration = declaration.say(usage, *preference);
        }
    }
    let (policy, path) = text.split_once('\n').unwrap_or((text, ""));
    let policy: Option<PolicyUrl> = policy.parse().ok();
    if let Some(policy) = policy {
        declaration = declaration.policy(policy);
    }
    let path: UrlPath = path.parse().or_else(|_| "/song.mp3".parse())?;
    for vocabulary in Vocabulary::ALL {
        let Some(wording) = vocabulary.spell(&declaration).wording else {
            continue;
        };
        let reading = vocabulary.understand(&wording);
        let read = |usage| reading.preference(usage);
        is_never_looser(&declaration, read, &format!("{vocabulary}: {wording:?}"))?;
    }
    let mut publication = Publication::new();
    publication.list(path.clone(), &declaration);
    for place in Place::ALL {
        let text = publication.write(place);
        if !text.is_empty() {
            let statements = place.read(&text, &path);
            let read = |usage| said(&statements, usage);
            is_never_looser(&declaration, read, &format!("{place}: {text}"))?;
        }
    }
    Ok(())
}

/// The words that were written can be read; what they permit was permitted, and they have
/// conditions where there was no denial.
fn is_never_looser(
    declaration: &Declaration,
    read: impl Fn(Usage) -> Option<Preference>,
    written: &str,
) -> Outcome {
    for usage in Usage::ALL {
        let declared = declaration.preference(usage);
        let read = read(usage);
        let holds = match read {
            Some(Preference::Allowed) => declared == Preference::Allowed,
            Some(Preference::Conditional) => declared != Preference::Disallowed,
            Some(_) => true,
            None => false,
        };
        ensure(holds, || {
            format!("{usage}: {declared:?} is read as {read:?}: {written}")
        })?;
    }
    Ok(())
}

fn said(statements: &[Statement], usage: Usage) -> Option<Preference> {
    let mut strongest = Some(Preference::Unknown);
    for statement in statements {
        match statement.preference(usage, None) {
            Some(Preference::Disallowed) => return Some(Preference::Disallowed),
            word => strongest = strongest.zip(word).map(|(known, word)| known.max(word)),
        }
    }
    strongest
}
