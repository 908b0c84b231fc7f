//! What is said, how it is spelled, and what is refused.

mod common;

use std::io::Cursor;

use Preference::{Allowed, Conditional, Disallowed, Unknown};
use Usage::{
    DataMining, GenerativeTraining, Inference, PlatformService, Replication, Search, Training,
};
use common::bytes::{be, find, put};
use common::{NO_AI, Outcome, Shelf, build, corpus, date, day, no_ai};
use noai_audio::{
    Answer, Declaration, DeclarationError, EmbedOptions, ErrorKind, Inspection, Limits, Marker,
    MarkerVerdict, PolicyUrl, Preference, Preferences, Preset, Record, Records, Role, Statement,
    Status, TermsDigest, TermsVerdict, Usage, Vocabulary,
};

const TERMS: &str = "https://example.org/terms";

/// The digest of terms that say this.
fn terms(text: &str) -> Outcome<TermsDigest> {
    Ok(TermsDigest::of(text.as_bytes())?)
}

/// Ask first, on the terms at the address, pinned or not.
fn ask(policy: &str, pinned: Option<TermsDigest>) -> Outcome<Declaration> {
    let ask = Declaration::from(Preset::AskFirst).policy(policy.parse()?);
    Ok(match pinned {
        Some(terms) => ask.terms(terms),
        None => ask,
    })
}

/// What a file with these comments alone says.
fn read(fields: &[(&str, &str)]) -> Outcome<Inspection> {
    Ok(noai_audio::read_from(
        Cursor::new(build::flac(fields)),
        Limits::default(),
    )?)
}

/// The answers for every use, in the order of `ALL`.
fn answers(fields: &[(&str, &str)]) -> Outcome<[Answer; 7]> {
    let inspection = read(fields)?;
    Ok(Usage::ALL.map(|usage| inspection.answer(usage, None)))
}

#[test]
fn combination_is_commutative_associative_and_idempotent() {
    for a in Preference::ALL {
        assert_eq!(a.combine(a), a);
        assert_eq!(a.combine(Unknown), a);
        assert_eq!(a.combine(Disallowed), Disallowed);
        for b in Preference::ALL {
            assert_eq!(a.combine(b), b.combine(a));
            assert!([a, b].contains(&a.combine(b)));
            for c in Preference::ALL {
                assert_eq!(a.combine(b).combine(c), a.combine(b.combine(c)));
            }
        }
    }
    assert_eq!(Allowed.combine(Conditional), Conditional);
    assert_eq!(Unknown.combine(Allowed), Allowed);
}

#[test]
fn preferences_combine_use_by_use() {
    for a in Preference::ALL {
        for b in Preference::ALL {
            let one = Preferences::default()
                .with(&[Search], a)
                .with(&[Training], b);
            let other = Preferences::default().with(&[Search], b);
            let both = one.combine(other);
            assert_eq!(both.get(Search), a.combine(b));
            assert_eq!(both.get(Training), b);
            assert_eq!(both.get(Inference), Unknown);
            assert_eq!(one.combine(one), one);
        }
    }
}

#[test]
fn looser_is_what_permits_more() {
    let from_strict_to_loose = [Disallowed, Conditional, Unknown, Allowed];
    for (i, old) in from_strict_to_loose.into_iter().enumerate() {
        for (j, new) in from_strict_to_loose.into_iter().enumerate() {
            assert_eq!(new.is_looser_than(old), j > i, "{old:?} to {new:?}");
        }
    }
}

#[test]
fn presets_say_exactly_this() {
    let expected: [(Preset, &str, &[Usage], Preference); 4] = [
        (Preset::NoAi, "no-ai", &NO_AI, Disallowed),
        (
            Preset::NoGenerativeAi,
            "no-generative-ai",
            &[GenerativeTraining, Inference, Replication],
            Disallowed,
        ),
        (Preset::AskFirst, "ask-first", &NO_AI, Conditional),
        (
            Preset::NoMachineUse,
            "no-machine-use",
            &Usage::ALL,
            Disallowed,
        ),
    ];
    assert_eq!(expected.map(|row| row.0), Preset::ALL);
    for (preset, name, usages, preference) in expected {
        assert_eq!(preset.name(), name);
        let declaration = Declaration::from(preset);
        for usage in Usage::ALL {
            let said = if usages.contains(&usage) {
                preference
            } else {
                Unknown
            };
            assert_eq!(declaration.preference(usage), said, "{name}: {usage}");
        }
    }
    assert_eq!(Preset::default(), Preset::NoAi);
}

#[test]
fn declarations_that_cannot_be_made() -> Outcome {
    let cases = [
        (Declaration::new(), DeclarationError::Silent),
        (
            Declaration::new().declarer("A").declared(day()),
            DeclarationError::Silent,
        ),
        (
            no_ai().allow(Replication),
            DeclarationError::ReplicationAllowed,
        ),
        (
            Declaration::from(Preset::AskFirst),
            DeclarationError::ConditionalWithoutPolicy,
        ),
        (
            Declaration::new().say(Search, Conditional),
            DeclarationError::ConditionalWithoutPolicy,
        ),
        (
            no_ai().terms(terms("agreed")?),
            DeclarationError::TermsWithoutPolicy,
        ),
        (
            no_ai().expires(day()),
            DeclarationError::ExpiryWithoutPermission,
        ),
        (no_ai().declarer(""), DeclarationError::DeclarerName),
        (no_ai().declarer("a\nb"), DeclarationError::DeclarerName),
        (
            no_ai().declarer("a".repeat(257)),
            DeclarationError::DeclarerName,
        ),
    ];
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    for (declaration, expected) in cases {
        assert_eq!(declaration.check(), Err(expected));
        let error = song
            .say(&declaration)
            .map(|_| ())
            .map_err(|error| error.kind());
        assert_eq!(error, Err(ErrorKind::Declaration), "{expected}");
        assert!(song.is_original()?);
    }
    assert_eq!(no_ai().declarer("a".repeat(256)).check(), Ok(()));
    assert_eq!(
        Declaration::from(Preset::AskFirst)
            .policy(TERMS.parse()?)
            .check(),
        Ok(())
    );
    assert_eq!(no_ai().allow(Search).expires(day()).check(), Ok(()));
    Ok(())
}

#[test]
fn a_statement_that_allows_replication_is_unreadable() -> Outcome {
    assert_eq!(
        answers(&[("AI_CONSENT", "v=1, replication=y, search=y")])?,
        [Answer::Unreadable; 7]
    );
    Ok(())
}

#[test]
fn policy_urls() {
    let long = format!("https://example.org/{}", "a".repeat(2048 - 20));
    assert_eq!(long.len(), 2048);
    for good in [
        "https://a",
        "http://a.b/c?d=e#f",
        "https://example.org/%3B",
        long.as_str(),
    ] {
        assert_eq!(
            good.parse::<PolicyUrl>()
                .map(|url| url.to_string())
                .as_deref(),
            Ok(good)
        );
    }
    let too_long = format!("{long}a");
    let bad = [
        "",
        "https://",
        "https:///path",
        "HTTPS",
        "ftp://a",
        "//a",
        "a.b/c",
        "mailto:a@b",
        "https://a b",
        "https://a\"",
        "https://a\\b",
        "https://a;b",
        "https://\u{e4}.org",
        "https://a\n",
        "https://a\u{7f}",
        "javascript:https://a",
        too_long.as_str(),
    ];
    for text in bad {
        assert_eq!(
            text.parse::<PolicyUrl>(),
            Err(DeclarationError::PolicyUrl),
            "{text:?}"
        );
    }
}

#[test]
fn a_stricter_statement_passes_and_a_looser_one_needs_replace() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    let ask = Declaration::from(Preset::AskFirst)
        .policy(TERMS.parse()?)
        .declared(day());
    song.say(&Declaration::new().allow(Search))?;
    for stricter in [
        ask.clone(),
        no_ai(),
        Declaration::from(Preset::NoMachineUse),
    ] {
        assert_eq!(song.say(&stricter)?.status, Status::Changed);
    }
    let before = song.bytes()?;
    for looser in [
        no_ai(),
        ask,
        Declaration::new().deny(Search),
        Declaration::new().allow(Search),
    ] {
        let error = song.say(&looser).map(|_| ()).map_err(|error| error.kind());
        assert_eq!(error, Err(ErrorKind::Conflict), "{looser:?}");
        assert_eq!(song.bytes()?, before);
        let mut options = EmbedOptions::new();
        let dry = options
            .replace(true)
            .dry_run(true)
            .embed(song.path(), &looser)?;
        assert_eq!(dry.status, Status::Changed);
    }
    song.say_instead(&Declaration::new().allow(Search))?;
    assert_eq!(song.answer(Search)?, Answer::Claimed);
    song.strip()?;
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn nobody_speaks_for_another_declarer() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.ogg")?;
    let strict = Declaration::from(Preset::NoMachineUse);
    song.say(&no_ai().declarer("Ärztin"))?;
    let others = [
        strict.clone(),
        strict.clone().declarer("Another"),
        strict.clone().declarer("Ärztin").role(Role::Platform),
    ];
    for other in others {
        let error = song.say(&other).map(|_| ()).map_err(|error| error.kind());
        assert_eq!(error, Err(ErrorKind::Conflict), "{other:?}");
    }
    assert_eq!(
        song.say(&strict.clone().declarer("Ärztin"))?.status,
        Status::Changed
    );
    assert_eq!(
        song.say_instead(&strict.declarer("Another"))?.status,
        Status::Changed
    );
    Ok(())
}

#[test]
fn a_platform_never_overrides_the_artist() -> Outcome {
    let shelf = Shelf::new()?;
    for (name, artist) in [
        ("clean/sine.mp3", Role::Artist),
        ("clean/sine.m4a", Role::Rightsholder),
    ] {
        let song = shelf.song(name)?;
        song.say(&no_ai().role(artist))?;
        let platform = Declaration::from(Preset::NoMachineUse).role(Role::Platform);
        let error = song
            .say(&platform)
            .map(|_| ())
            .map_err(|error| error.kind());
        assert_eq!(error, Err(ErrorKind::Conflict));
    }
    let song = shelf.song("clean/sine.wav")?;
    song.say(&no_ai().role(Role::Platform))?;
    assert_eq!(
        song.say(&no_ai().role(Role::Artist))?.status,
        Status::Changed
    );
    Ok(())
}

#[test]
fn the_first_day_is_kept() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.aiff")?;
    song.tag()?;
    let later = no_ai().declared(date(2027, 1, 1));
    assert_eq!(song.say(&later)?.status, Status::Unchanged);
    let marker = song.verify()?.found.ok_or("no marker")?;
    assert_eq!(marker.declaration().declared_on(), Some(day()));
    assert_eq!(song.say(&later.deny(Search))?.status, Status::Changed);
    let marker = song.verify()?.found.ok_or("no marker")?;
    assert_eq!(marker.declaration().declared_on(), Some(date(2027, 1, 1)));
    Ok(())
}

#[test]
fn permissions_lapse_and_denials_do_not() -> Outcome {
    let last = date(2026, 12, 31);
    let (before, after) = (date(2026, 12, 31), date(2027, 1, 1));
    let declaration = no_ai().allow(Search).expires(last);
    assert_eq!(declaration.preferences_on(before).get(Search), Allowed);
    assert_eq!(declaration.preferences_on(after).get(Search), Unknown);

    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    song.say(&declaration)?;
    let inspection = song.read()?;
    assert_eq!(inspection.answer(Search, Some(before)), Answer::Claimed);
    assert_eq!(inspection.answer(Search, Some(after)), Answer::None);
    assert_eq!(inspection.answer(Search, None), Answer::Claimed);
    for usage in NO_AI {
        for today in [Some(before), Some(after), None] {
            assert_eq!(
                inspection.answer(usage, today),
                Answer::Disallowed,
                "{usage}"
            );
        }
    }
    Ok(())
}

#[test]
fn companions_do_not_state_a_permission_that_ends() {
    let lasting = Declaration::new()
        .allow(Search)
        .allow(Training)
        .allow(DataMining)
        .allow(GenerativeTraining);
    let names = |declaration: Declaration| -> Vec<&str> {
        Marker::new(declaration)
            .fields()
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(
        names(lasting.clone()),
        ["AI_CONSENT", "CONTENT_USAGE", "TDM_RESERVATION"]
    );
    assert_eq!(names(lasting.clone().expires(day())), ["AI_CONSENT"]);
    let fields = Marker::new(lasting.deny(Inference).expires(day())).fields();
    let value = |name| {
        fields
            .iter()
            .find(|field| field.0 == name)
            .map(|field| field.1.as_str())
    };
    assert_eq!(value("CONTENT_USAGE"), Some("ai-use=n"));
    assert_eq!(value("NOAI"), Some("inference"));
    assert_eq!(value("TDM_RESERVATION"), None);
}

#[test]
fn the_fields_of_the_presets() -> Outcome {
    let fields = |declaration: Declaration| -> Vec<(&str, String)> {
        Marker::new(declaration)
            .fields()
            .into_iter()
            .skip(1)
            .collect()
    };
    let own = |pairs: &[(&'static str, &str)]| -> Vec<(&str, String)> {
        pairs
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect()
    };
    assert_eq!(
        fields(no_ai()),
        own(&[
            (
                "NOAI",
                "generative-training, training, inference, data-mining, replication"
            ),
            ("CONTENT_USAGE", "train-ai=n, ai-use=n"),
            ("TDM_RESERVATION", "1"),
        ])
    );
    assert_eq!(
        fields(Preset::NoGenerativeAi.into()),
        own(&[
            ("NOAI", "generative-training, inference, replication"),
            ("CONTENT_USAGE", "train-ai=n, ai-use=n"),
            ("TDM_RESERVATION", "1"),
        ])
    );
    assert_eq!(
        fields(Declaration::from(Preset::AskFirst).policy(TERMS.parse()?)),
        own(&[
            ("CONTENT_USAGE", "train-ai=n, ai-use=n"),
            ("TDM_RESERVATION", "1"),
            ("TDM_POLICY", TERMS),
        ])
    );
    assert_eq!(fields(Declaration::new().allow(PlatformService)), own(&[]));
    Ok(())
}

#[test]
fn the_notice_says_what_is_denied() {
    let notice = |declaration: Declaration| Marker::new(declaration).notice();
    assert_eq!(
        notice(no_ai()).as_deref(),
        Some(
            "No AI training, AI input or voice cloning without permission. Text and data mining reserved. [Content-Usage: train-ai=n, ai-use=n]"
        )
    );
    assert_eq!(
        notice(Declaration::new().deny(DataMining)).as_deref(),
        Some("Text and data mining reserved.")
    );
    assert_eq!(notice(Declaration::new().allow(Search)), None);
}

#[test]
fn a_statement_survives_its_text() -> Outcome {
    let names = [
        "Plain",
        "a; b",
        "\"quoted\"",
        "back\\slash",
        "100 %",
        "%41",
        "Ärztin Ångström",
        "日本語 🎵",
        ";",
        "\\",
        "\"",
        "%",
        "a, b=c",
        "v=1",
        "\u{202e}turned",
        "%\"x\"",
        "trailing ",
    ];
    let shelf = Shelf::new()?;
    for (index, name) in names.into_iter().enumerate() {
        for role in Role::ALL {
            let declaration = no_ai()
                .say(Search, Conditional)
                .policy(TERMS.parse()?)
                .terms(terms(name)?)
                .allow(PlatformService)
                .declarer(name)
                .role(role)
                .expires(date(9999, 12, 31));
            let marker = Marker::new(declaration.clone());
            let text = marker.to_string();
            assert!(text.is_ascii() && !text.contains([';', '\n']), "{text}");
            assert_eq!(text.parse::<Marker>()?, marker, "{text}");
            assert_eq!(text.parse::<Marker>()?.to_string(), text);
            assert_eq!(marker.declaration(), &declaration);
        }
        let song = shelf.song_as("clean/sine.mp3", format!("{index}.mp3"))?;
        song.say(&no_ai().declarer(name))?;
        let found = song.verify()?.found.ok_or("no marker")?;
        assert_eq!(found.declaration().declarer_name(), Some(name));
    }
    Ok(())
}

#[test]
fn every_preference_of_every_use_survives_its_text() -> Outcome {
    for usage in Usage::ALL {
        for preference in Preference::ALL {
            let declaration = Declaration::new()
                .deny(if usage == Search { Training } else { Search })
                .say(usage, preference)
                .policy(TERMS.parse()?);
            if declaration.check().is_ok() {
                let marker = Marker::new(declaration);
                assert_eq!(marker.to_string().parse::<Marker>()?, marker);
            }
        }
    }
    Ok(())
}

#[test]
fn faults_have_their_position() {
    let cases = [
        ("", 0, "a statement begins with v=1, at byte 0"),
        ("training=n", 0, "a statement begins with v=1, at byte 0"),
        (
            "training=n, v=1",
            0,
            "a statement begins with v=1, at byte 0",
        ),
        (
            "v=2, training=n",
            0,
            "not version 1, the only one known, at byte 0",
        ),
        (
            "v=\"1\", training=n",
            0,
            "not version 1, the only one known, at byte 0",
        ),
        (
            "v=1",
            0,
            "the declaration says nothing about any use, at byte 0",
        ),
        ("v=1, training=maybe", 5, "training is y, n or c, at byte 5"),
        ("v=1, training", 5, "training is y, n or c, at byte 5"),
        ("v=1, training=\"n\"", 5, "training is y, n or c, at byte 5"),
        (
            "v=1, training=n; search=n",
            15,
            "a statement has no semicolon, at byte 15",
        ),
        (
            "v=1, generative-training=n, training=x",
            28,
            "training is y, n or c, at byte 28",
        ),
        (
            "v=1, search=n, search=y",
            15,
            "a member stands twice, at byte 15",
        ),
        ("v=1, v=1, search=n", 5, "a member stands twice, at byte 5"),
        (
            "v=1, search=n, role=king",
            15,
            "role is artist, rightsholder or platform, at byte 15",
        ),
        (
            "v=1, search=n, declared=\"2026-02-30\"",
            15,
            "declared is a day, at byte 15",
        ),
        (
            "v=1, search=n, expires=1",
            15,
            "expires is of another type, at byte 15",
        ),
        (
            "v=1, search=n, policy=\"ftp://a\"",
            15,
            "policy is an http(s) URL, at byte 15",
        ),
        (
            "v=1, search=n, essence=\"mp3\"",
            15,
            "essence is an essence, at byte 15",
        ),
        (
            "v=1, search=n, undo=\"x\"",
            15,
            "undo is an undo note, at byte 15",
        ),
    ];
    for (text, position, message) in cases {
        match text.parse::<Marker>() {
            Ok(marker) => assert_eq!(marker.to_string(), "an error", "{text}"),
            Err(error) => {
                assert_eq!(error.to_string(), message, "{text}");
                assert_eq!(error.position(), position, "{text}");
            }
        }
    }
    for (text, position) in [
        ("v=1, search=n,", 13),
        ("v=1, =n", 5),
        ("v=1 search=n", 4),
        ("v=1, search=n, \u{e4}", 15),
    ] {
        let found = text.parse::<Marker>().map_err(|error| error.position());
        assert_eq!(found, Err(position), "{text}");
    }
}

#[test]
fn terms_are_pinned_byte_for_byte() -> Outcome {
    let agreed = "Recommendation may use AI.\n";
    let digest = format!("sha256:{}", common::hex(&common::sha256(agreed.as_bytes())));
    let pinned = ask(TERMS, Some(terms(agreed)?))?.declarer("A");
    let text = Marker::new(pinned.clone()).to_string();
    let members = format!(", policy=\"{TERMS}\", terms=\"{digest}\", declarer=\"A\", ");
    assert!(text.contains(&members), "{text}");
    assert_eq!(text.parse::<Marker>()?.declaration(), &pinned);
    for damaged in [
        digest.to_uppercase(),
        digest.replace("sha256:", ""),
        digest.replace("sha256", "sha512"),
        format!("{digest}0"),
        digest.chars().take(70).collect(),
    ] {
        let text = text.replace(&digest, &damaged);
        assert_eq!(
            answers(&[("AI_CONSENT", &text)])?,
            [Answer::Unreadable; 7],
            "{text}"
        );
    }

    let unpinned = ask(TERMS, None)?;
    let compared = |declaration: &Declaration, now: &str| -> Outcome<Option<TermsVerdict>> {
        Ok(declaration.compare_terms(terms(now)?))
    };
    assert_eq!(compared(&pinned, agreed)?, Some(TermsVerdict::Same));
    for now in ["Recommendation may use AI.", "Everything may use AI.\n", ""] {
        assert_eq!(compared(&pinned, now)?, Some(TermsVerdict::Other));
        assert_eq!(compared(&unpinned, now)?, Some(TermsVerdict::Unpinned));
        assert_eq!(compared(&no_ai(), now)?, None);
    }
    Ok(())
}

#[test]
fn pinned_terms_are_neither_changed_nor_unpinned_without_replace() -> Outcome {
    let (agreed, newer) = (Some(terms("agreed")?), Some(terms("newer")?));
    let elsewhere = "https://example.org/2026";
    // No condition is left that the terms could loosen.
    let none_stays = Declaration::new()
        .say(Search, Conditional)
        .policy(TERMS.parse()?);
    let cases = [
        (ask(TERMS, None)?, ask(TERMS, agreed)?, true),
        (ask(TERMS, agreed)?, ask(TERMS, agreed)?, true),
        (ask(TERMS, agreed)?, ask(TERMS, newer)?, false),
        (ask(TERMS, agreed)?, ask(TERMS, None)?, false),
        (ask(TERMS, agreed)?, ask(elsewhere, agreed)?, false),
        (ask(TERMS, None)?, ask(elsewhere, agreed)?, false),
        (ask(TERMS, agreed)?, no_ai(), true),
        (
            none_stays.clone().terms(terms("agreed")?),
            none_stays.deny(Search),
            true,
        ),
    ];
    let shelf = Shelf::new()?;
    for (index, (old, new, passes)) in cases.into_iter().enumerate() {
        let song = shelf.song_as("clean/sine.flac", format!("{index}.flac"))?;
        song.say(&old)?;
        let said = song.say(&new).map(|_| ()).map_err(|error| error.kind());
        let expected = if passes {
            Ok(())
        } else {
            Err(ErrorKind::Conflict)
        };
        assert_eq!(said, expected, "{old:?} to {new:?}");
        song.say_instead(&new)?;
        let found = song.verify()?.found.ok_or("no marker")?;
        assert_eq!(found.declaration().terms_digest(), new.terms_digest());
        song.strip()?;
        assert!(song.is_original()?);
    }
    Ok(())
}

#[test]
fn other_terms_than_those_of_a_record_are_a_change() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    let (agreed, newer) = (terms("agreed")?, terms("newer")?);
    song.say(&ask(TERMS, Some(agreed))?)?;
    let records: Records = [Record::of(song.path())?].into_iter().collect();
    song.say_instead(&ask(TERMS, Some(newer))?)?;
    let changes = records.verify(song.path())?.changes;
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, [format!("terms {agreed} → {newer}")]);
    Ok(())
}

#[test]
fn damaged_terms_have_their_position() -> Outcome {
    let digest = terms("agreed")?;
    let policy = "v=1, search=c, policy=\"https://a\", ";
    let cases = [
        (
            format!("{policy}terms=1"),
            "terms is of another type, at byte 35",
        ),
        (
            format!("{policy}terms={digest}"),
            "terms is of another type, at byte 35",
        ),
        (
            format!("{policy}terms=\"agreed\""),
            "terms is a digest of terms, at byte 35",
        ),
        (
            format!("{policy}terms=\"{digest}\", terms=\"{digest}\""),
            "a member stands twice, at byte 116",
        ),
        (
            format!("v=1, search=n, terms=\"{digest}\""),
            "pinned terms need the policy URL at which they stand, at byte 0",
        ),
    ];
    for (text, message) in cases {
        let error = text.parse::<Marker>().err().ok_or("it was read")?;
        assert_eq!(error.to_string(), message, "{text}");
    }
    let whole = format!("{policy}terms=\"{digest}\"").parse::<Marker>()?;
    assert_eq!(whole.declaration().terms_digest(), Some(digest));
    Ok(())
}

#[test]
fn members_of_a_later_version_are_read_past_and_never_overwritten() -> Outcome {
    let later = "v=1, search=n, sculpture=y";
    let marker = later.parse::<Marker>()?;
    assert_eq!(marker.declaration().preference(Search), Disallowed);
    let shelf = Shelf::new()?;
    let song = shelf.put("later.flac", build::flac(&[("AI_CONSENT", later)]))?;
    let error = song
        .say(&Preset::NoMachineUse.into())
        .map(|_| ())
        .map_err(|error| error.kind());
    assert_eq!(error, Err(ErrorKind::Conflict));
    Ok(())
}

/// The answers for `train-ai`, `ai-use` and `search`.
/// What is noted of it can be used by who wrote it alone, what is said by everybody.
#[test]
fn a_note_of_a_later_version_hides_no_statement() -> Outcome {
    let shelf = Shelf::new()?;
    for (name, known, later) in [
        ("clean/sine.mp3", &b" xmp=n"[..], &b" xyz=?"[..]),
        ("clean/sine.flac", b"\"vorbis=g", b"\"vellum=q"),
    ] {
        let song = shelf.song(name)?;
        let essence = song.essence()?;
        song.tag()?;
        let mut bytes = song.bytes()?;
        let at = find(&bytes, known).ok_or("no note")?;
        put(&mut bytes, at, later)?;
        let song = shelf.put(format!("later-{}", name.replace('/', "-")), bytes)?;
        assert_eq!(song.answer(Search)?, Answer::None, "{name}");
        assert_eq!(song.answer(Training)?, Answer::Disallowed, "{name}");
        let inspection = song.read()?;
        let marker = inspection.statements().iter().find_map(Statement::marker);
        assert!(marker.is_some(), "{name}");
        assert_eq!(song.verify()?.marker, MarkerVerdict::Altered, "{name}");
        let refused = song.tag().map_err(|error| error.kind());
        assert_eq!(refused.err(), Some(ErrorKind::Conflict), "{name}");
        assert!(song.is_original()?, "{name}");
        let again = shelf.put(format!("again-{}", name.replace('/', "-")), song.bytes()?)?;
        again.say_instead(&no_ai())?;
        assert_eq!(again.verify()?.marker, MarkerVerdict::Intact, "{name}");
        let stripped = song.strip()?;
        assert!(!stripped.exact, "{name}");
        assert_eq!(song.essence()?, essence, "{name}");
        assert!(find(&song.bytes()?, b"AI_CONSENT").is_none(), "{name}");
    }
    // Nothing else is forgiven.
    let rest = format!("rest={}", "0".repeat(32));
    for note in [
        format!("xyz=n {rest}"),
        format!("xyz {rest}"),
        format!("Xyz=n {rest}"),
        format!("=n {rest}"),
        "xyz=n rest=0".to_owned(),
        "xyz=n".to_owned(),
        format!("xyz=n {rest} {rest}"),
        format!("xyz=n id3v2=q {rest}"),
    ] {
        let parsed = format!("v=1, search=n, undo=\"{note}\"").parse::<Marker>();
        assert_eq!(parsed.is_ok(), note == format!("xyz=n {rest}"), "{note}");
    }
    Ok(())
}

fn content_usage(value: &str) -> Outcome<[Answer; 3]> {
    let inspection = read(&[("CONTENT_USAGE", value)])?;
    let answer = |usage| inspection.answer(usage, None);
    // Damage may have hidden a label of an older draft.
    let is_damaged = answer(Search) == Answer::Unreadable;
    for usage in [Training, DataMining, Replication, PlatformService] {
        let expected = match usage {
            Training | DataMining if is_damaged => Answer::Unreadable,
            _ => Answer::None,
        };
        assert_eq!(answer(usage), expected, "{value}: {usage}");
    }
    let statement = inspection.statements().first().ok_or("no statement")?;
    assert_eq!(statement.vocabulary(), Vocabulary::Aipref);
    assert_eq!(statement.raw(), value);
    Ok([GenerativeTraining, Inference, Search].map(answer))
}

#[test]
fn content_usage_means_what_aipref_says() -> Outcome {
    use Answer::{Claimed as Y, Conditional as C, Disallowed as N, None as U, Unreadable as X};
    let cases = [
        ("train-ai=n, ai-use=n", [N, N, U]),
        ("train-ai=y, ai-use=y, search=y", [Y, Y, Y]),
        ("search=n", [U, U, N]),
        ("train-ai", [U, U, U]),
        ("train-ai, ai-use=n", [U, N, U]),
        ("train-ai=\"n\"", [U, U, U]),
        ("train-ai=maybe", [U, U, U]),
        ("train-ai=?0", [U, U, U]),
        ("train-ai=1", [U, U, U]),
        ("train-ai=N", [U, U, U]),
        ("train-ai=(n)", [U, U, U]),
        ("train-ai=n, train-ai=y", [Y, U, U]),
        ("train-ai=y, train-ai=n", [N, U, U]),
        ("train-ai=n, train-ai=maybe", [U, U, U]),
        ("train-ai=n;exceptions=cc-cr", [C, U, U]),
        ("ai-use=y;exceptions=cc-cr", [U, C, U]),
        ("ai-use=n;other=1", [U, N, U]),
        ("unknown=n, search=y", [U, U, Y]),
        ("personal=n, robots=n", [U, U, U]),
        ("", [U, U, U]),
        ("Train-AI=n", [X, X, X]),
        ("train-ai=n,", [X, X, X]),
        ("train-ai=", [X, X, X]),
        ("train-ai=n ai-use=n", [X, X, X]),
        ("=n", [X, X, X]),
        ("train-ai=n, \u{e9}=y", [X, X, X]),
    ];
    for (value, expected) in cases {
        assert_eq!(content_usage(value)?, expected, "{value:?}");
    }
    Ok(())
}

#[test]
fn tdm_reservation_means_what_tdmrep_says() -> Outcome {
    use Answer::{Claimed, Conditional, Disallowed, None, Unreadable};
    let cases = [
        ("1", Option::None, Disallowed),
        ("1", Some(TERMS), Conditional),
        ("1", Some(""), Disallowed),
        ("0", Option::None, Claimed),
        ("0", Some(TERMS), Claimed),
        ("2", Option::None, Unreadable),
        ("true", Option::None, Unreadable),
        ("", Option::None, Unreadable),
        ("01", Some(TERMS), Unreadable),
        ("0;2", Option::None, Unreadable),
        ("2;1", Option::None, Disallowed),
    ];
    for (reservation, policy, expected) in cases {
        let mut fields = vec![("TDM_RESERVATION", reservation)];
        fields.extend(policy.map(|policy| ("TDM_POLICY", policy)));
        for usage in Usage::ALL {
            let spoken = [DataMining, Training, GenerativeTraining].contains(&usage);
            let expected = if spoken { expected } else { None };
            let answer = read(&fields)?.answer(usage, Option::None);
            assert_eq!(answer, expected, "{reservation} {policy:?} {usage}");
        }
    }
    assert_eq!(answers(&[("TDM_POLICY", TERMS)])?, [None; 7]);
    Ok(())
}

#[test]
fn noai_denies_what_it_names() -> Outcome {
    use Answer::{Disallowed as N, None as U, Unreadable as X};
    let broad = [N, N, N, U, U, U, U];
    let cases = [
        ("1", broad),
        ("true", broad),
        ("YES", broad),
        (" 1 ", broad),
        ("0", [U; 7]),
        ("false", [U; 7]),
        ("training", [U, N, U, U, U, U, U]),
        ("training,search", [U, N, U, U, N, U, U]),
        ("Training ,  Platform-Service", [U, N, U, U, U, U, N]),
        ("training;search", [U, N, U, U, N, U, U]),
        ("training, sculpture", [X, N, X, X, X, X, X]),
        ("training;sculpture", [X, N, X, X, X, X, X]),
        ("", [X; 7]),
        ("perhaps", [X; 7]),
    ];
    for (value, expected) in cases {
        assert_eq!(answers(&[("NOAI", value)])?, expected, "{value:?}");
    }
    Ok(())
}

#[test]
fn labels_of_older_drafts_are_read_and_remarked_on() -> Outcome {
    use Answer::{Claimed as Y, Disallowed as N, None as U};
    let inspection = read(&[("CONTENT_USAGE", "bots=n, train-genai=n, search=y")])?;
    let answers = Usage::ALL.map(|usage| inspection.answer(usage, None));
    assert_eq!(answers, [N, N, N, N, Y, U, U]);
    let statement = inspection.statements().first().ok_or("no statement")?;
    assert_eq!(
        statement.remark(),
        Some("labels of an older draft of AIPREF")
    );
    let inspection = read(&[("CONTENT_USAGE", "train-ai=n")])?;
    let statement = inspection.statements().first().ok_or("no statement")?;
    assert_eq!(statement.remark(), None);
    Ok(())
}

#[test]
fn fields_that_somebody_made_up_are_heard_and_left_alone() -> Outcome {
    use Answer::{Disallowed as N, None as U};
    for (name, value, expected) in [
        ("NO_AI_TRAINING", "1", N),
        ("no-ai-training", "please", N),
        ("AI_TRAINING_OPT_OUT", "TRUE", N),
        ("AI Training Opt Out", "false", U),
    ] {
        let fields = [(name, value)];
        assert_eq!(
            answers(&fields)?,
            [expected, expected, U, U, U, U, U],
            "{name}={value}"
        );
        let shelf = Shelf::new()?;
        let original = build::flac(&fields);
        let song = shelf.put("song.flac", original.clone())?;
        song.say(&Preset::NoGenerativeAi.into())?;
        let inspection = noai_audio::read(song.path())?;
        let mut raw = inspection.statements().iter().map(Statement::raw);
        assert!(raw.any(|raw| raw == value), "{name} is gone");
        assert_eq!(inspection.answer(Training, None), expected);
        noai_audio::strip(song.path())?;
        assert_eq!(song.bytes()?, original, "{name}");
    }
    Ok(())
}

#[test]
fn one_denial_counts_wherever_it_stands() -> Outcome {
    let all = "v=1, generative-training=y, training=y, inference=y, data-mining=y, search=y, platform-service=y";
    let permitted = answers(&[("AI_CONSENT", all)])?;
    let none = Answer::None;
    let claimed = Answer::Claimed;
    assert_eq!(
        permitted,
        [claimed, claimed, claimed, claimed, claimed, none, claimed]
    );
    let denials = [
        ("NOAI", "search", Search),
        ("CONTENT_USAGE", "search=n", Search),
        ("TDM_RESERVATION", "1", DataMining),
        (
            "COPYRIGHT",
            "2026 Me. No AI input without permission.",
            Inference,
        ),
        ("COPYRIGHT", "Text and data mining reserved.", DataMining),
        (
            "COPYRIGHT",
            "Me [Content-Usage: train-ai=n]",
            GenerativeTraining,
        ),
        ("AI_CONSENT", "v=1, platform-service=n", PlatformService),
    ];
    for (field, value, usage) in denials {
        for fields in [
            [("AI_CONSENT", all), (field, value)],
            [(field, value), ("AI_CONSENT", all)],
        ] {
            assert_eq!(
                read(&fields)?.answer(usage, None),
                Answer::Disallowed,
                "{field}={value}"
            );
        }
    }
    Ok(())
}

/// In an MP4 whose `moov` is the last atom and ends in its track: `atom` at the end of this
/// many of the two.
fn at_depth(plain: &[u8], depth: usize, atom: &[u8]) -> Outcome<Vec<u8>> {
    let mut file = [plain, atom].concat();
    for kind in [b"moov", b"trak"].into_iter().take(depth) {
        let at = find(plain, kind).ok_or("no such atom")? - 4;
        let size = be(plain, at, 4)? + atom.len();
        put(&mut file, at, &u32::try_from(size)?.to_be_bytes())?;
    }
    Ok(file)
}

#[test]
fn every_meta_of_an_mp4_is_heard_and_left_alone() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = std::fs::read(corpus().join("clean/no-udta-last.m4a"))?;
    let handler = build::atom(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0");
    let meta = |inside: &[u8]| build::atom(b"meta", &[&[0; 4], &handler[..], inside].concat());
    let items = build::atom(b"ilst", &build::freeform("NOAI", "search"));
    let locations = build::atom(b"iloc", &[0; 20]);
    let notice = b"No search indexing without permission.";
    let notice = [&[0, notice.len() as u8, 0, 0], &notice[..]].concat();
    let notice = build::atom(b"udta", &build::atom(b"\xa9cpy", &notice));
    for depth in 0..3 {
        let mut places = vec![(meta(&items), meta(&locations))];
        if depth == 2 {
            places.push((
                build::atom(b"udta", &meta(&items)),
                build::atom(b"udta", &meta(&locations)),
            ));
            places.push((notice.clone(), meta(&locations)));
        }
        for (said, located) in places {
            let song = shelf.put("song.m4a", at_depth(&plain, depth, &said)?)?;
            assert_eq!(song.answer(Search)?, Answer::Disallowed, "{depth}");
            song.tag()?;
            assert_eq!(song.answer(Search)?, Answer::Disallowed, "{depth}");
            song.strip()?;
            assert!(song.is_original()?, "{depth}");
            let song = shelf.put("song.m4a", at_depth(&plain, depth, &located)?)?;
            let error = song.tag().err().ok_or("it was tagged")?;
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{depth}: {error}");
        }
    }
    Ok(())
}

#[test]
fn names_are_read_in_every_spelling() -> Outcome {
    for name in ["noai", "NoAi", "NOAI"] {
        assert_eq!(
            read(&[(name, "search")])?.answer(Search, None),
            Answer::Disallowed,
            "{name}"
        );
    }
    for name in ["ai_consent", "AI CONSENT", "Ai-Consent"] {
        let inspection = read(&[(name, "v=1, search=n")])?;
        assert_eq!(
            inspection.answer(Search, None),
            Answer::Disallowed,
            "{name}"
        );
    }
    for name in ["AICONSENT", "AI_CONSENTS", "X_NOAI"] {
        assert!(read(&[(name, "search")])?.statements().is_empty(), "{name}");
    }
    Ok(())
}

#[test]
fn a_statement_that_was_joined_with_itself_is_read() -> Outcome {
    let text = "v=1, search=n";
    let twice = format!("{text};{text}");
    assert_eq!(
        read(&[("AI_CONSENT", &twice)])?.answer(Search, None),
        Answer::Disallowed
    );
    let differing = format!("{text};v=1, search=y");
    assert_eq!(
        read(&[("AI_CONSENT", &differing)])?.answer(Search, None),
        Answer::Unreadable
    );
    Ok(())
}

#[test]
fn names_and_texts_of_the_types() -> Outcome {
    for usage in Usage::ALL {
        assert_eq!(usage.to_string().parse::<Usage>()?, usage);
    }
    assert!("Training".parse::<Usage>().is_err());
    for day in [
        "2026-13-01",
        "2026-00-01",
        "2026-04-31",
        "2025-02-29",
        "26-01-01",
        "2026-1-01",
        "2026-01-01 ",
        "+026-01-01",
    ] {
        assert!(day.parse::<noai_audio::Date>().is_err(), "{day}");
    }
    assert_eq!("2024-02-29".parse::<noai_audio::Date>()?, date(2024, 2, 29));
    Ok(())
}
