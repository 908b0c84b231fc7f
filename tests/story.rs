//! Does the story that this crate was made for end well: an artist, a platform whose terms
//! change, a label, and somebody who asks?

mod common;

use common::{Outcome, Shelf, build, date};
use noai_audio::{
    Answer, Declaration, Inspection, Marker, Place, Preset, Role, Statement, Status, Usage,
};

/// What the platform states of everything that it hosts.
fn platform(terms: &str) -> Outcome<Statement> {
    let path = format!("{}/tests/story/{terms}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path)?;
    Ok(text.trim_end().parse::<Marker>()?.into())
}

/// What a song states with these comments.
fn song(comments: &[(&str, &str)]) -> Outcome<Inspection> {
    let shelf = Shelf::new()?;
    let song = shelf.put("song.flac", build::flac(comments))?;
    Ok(noai_audio::read(song.path())?)
}

fn answers(inspection: &Inspection) -> [Answer; 7] {
    Usage::ALL.map(|usage| inspection.answer(usage, None))
}

#[test]
fn the_terms_of_may_2025_are_answered_use_by_use() -> Outcome {
    let mut hosted = song(&[])?;
    hosted.hear([platform("terms-2025-05")?]);
    let expected = [
        (Usage::Replication, Answer::Disallowed),
        (Usage::GenerativeTraining, Answer::None),
        (Usage::PlatformService, Answer::Claimed),
    ];
    for (usage, answer) in expected {
        assert_eq!(hosted.answer(usage, None), answer, "{usage}");
    }
    let mut licensed = song(&[])?;
    licensed.hear([platform("licensed-2025-05")?]);
    assert_eq!(answers(&licensed), [Answer::Disallowed; 7]);
    Ok(())
}

#[test]
fn a_platform_adds_denials_and_never_lifts_one() -> Outcome {
    // The artist denies the platform's own service too: the terms do not override it.
    let strict = Marker::new(Preset::NoMachineUse.into()).to_string();
    let mut hosted = song(&[("AI_CONSENT", &strict)])?;
    hosted.hear([platform("terms-2025-05")?]);
    assert_eq!(
        hosted.answer(Usage::PlatformService, None),
        Answer::Disallowed
    );
    assert_eq!(hosted.conflicts(None), [Usage::PlatformService]);
    // The artist permits what the licence forbids: the denial is added.
    let open = Marker::new(Declaration::new().allow(Usage::Search)).to_string();
    let mut hosted = song(&[("AI_CONSENT", &open)])?;
    assert_eq!(hosted.answer(Usage::Search, None), Answer::Claimed);
    hosted.hear([platform("licensed-2025-05")?]);
    assert_eq!(hosted.answer(Usage::Search, None), Answer::Disallowed);
    Ok(())
}

#[test]
fn a_platform_clears_its_own_service_alone() -> Outcome {
    let mut grabbing = Declaration::new().role(Role::Platform);
    for usage in Usage::ALL {
        if usage != Usage::Replication {
            grabbing = grabbing.allow(usage);
        }
    }
    let terms = Marker::new(grabbing);
    let mut hosted = song(&[])?;
    hosted.hear([terms.clone().into()]);
    for usage in Usage::ALL {
        let expected = match usage {
            Usage::PlatformService => Answer::Claimed,
            _ => Answer::None,
        };
        assert_eq!(hosted.answer(usage, None), expected, "{usage}");
    }
    // In the file it says no more than beside it.
    let tagged = song(&[("AI_CONSENT", &terms.to_string())])?;
    assert_eq!(answers(&tagged), answers(&hosted));
    Ok(())
}

#[test]
fn who_said_it_is_told_apart() -> Outcome {
    let artist = Marker::new(Declaration::new().deny(Usage::GenerativeTraining)).to_string();
    let mut hosted = song(&[("AI_CONSENT", &artist)])?;
    // A blanket flag that a platform sets on every page that it serves.
    hosted.hear(Place::Headers.read("X-Robots-Tag: noai\n", &"/song.flac".parse()?));
    hosted.hear([platform("terms-2025-05")?]);
    let who: Vec<(&str, Option<Role>)> = hosted
        .statements()
        .iter()
        .map(|statement| {
            let declaration = statement.marker().map(Marker::declaration);
            (statement.tag(), declaration.map(Declaration::declarer_role))
        })
        .collect();
    let expected = [
        ("vorbis", Some(Role::Artist)),
        ("headers", None),
        ("elsewhere", Some(Role::Platform)),
    ];
    assert_eq!(who, expected);
    // The flag denies training; that the artist denies is known from the file alone.
    assert_eq!(hosted.answer(Usage::Training, None), Answer::Disallowed);
    let own = song(&[("AI_CONSENT", &artist)])?;
    assert_eq!(
        own.answer(Usage::GenerativeTraining, None),
        Answer::Disallowed
    );
    assert_eq!(own.answer(Usage::Training, None), Answer::None);
    Ok(())
}

#[test]
fn an_artist_opts_in_for_one_use_and_revokes_it() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("song.flac", build::flac(&[("TITLE", "one")]))?;
    let denial = Declaration::from(Preset::NoAi);
    let opted_in = denial.clone().allow(Usage::Search);
    noai_audio::embed(song.path(), &opted_in)?;
    let says = || noai_audio::read(song.path()).map(|read| read.answer(Usage::Search, None));
    assert_eq!(says()?, Answer::Claimed);
    // Taking a permission back needs nobody's leave.
    let revoked = noai_audio::embed(song.path(), &denial)?;
    assert_eq!(revoked.status, Status::Changed);
    assert_eq!(says()?, Answer::None);
    let denied = noai_audio::embed(song.path(), &denial.clone().deny(Usage::Search))?;
    assert_eq!(denied.status, Status::Changed);
    assert_eq!(says()?, Answer::Disallowed);
    // Giving it again does.
    assert!(noai_audio::embed(song.path(), &opted_in).is_err());
    assert_eq!(says()?, Answer::Disallowed);
    Ok(())
}

#[test]
fn of_two_rightsholders_one_says_no() -> Outcome {
    let rightsholder = |declaration: Declaration, name: &str| {
        Marker::new(declaration.declarer(name).role(Role::Rightsholder))
    };
    let yes = rightsholder(Declaration::new().allow(Usage::Training), "Publisher A");
    let no = rightsholder(Declaration::new().deny(Usage::Training), "Publisher B");
    let mut both = song(&[("AI_CONSENT", &yes.to_string())])?;
    assert_eq!(both.answer(Usage::Training, None), Answer::Claimed);
    both.hear([no.into()]);
    assert_eq!(both.answer(Usage::Training, None), Answer::Disallowed);
    assert_eq!(both.conflicts(None), [Usage::Training]);
    Ok(())
}

#[test]
fn a_permission_ends_and_a_denial_does_not() -> Outcome {
    let declaration = Declaration::new()
        .allow(Usage::Search)
        .deny(Usage::Training)
        .expires(date(2026, 12, 31));
    let read = song(&[("AI_CONSENT", &Marker::new(declaration).to_string())])?;
    let (last, after) = (date(2026, 12, 31), date(2027, 1, 1));
    let on = |usage, today| read.answer(usage, Some(today));
    assert_eq!(on(Usage::Search, last), Answer::Claimed);
    assert_eq!(on(Usage::Search, after), Answer::None);
    assert_eq!(on(Usage::Training, last), Answer::Disallowed);
    assert_eq!(on(Usage::Training, after), Answer::Disallowed);
    Ok(())
}

#[test]
fn tdmrep_may_be_layered_where_its_reader_asks_for_it() -> Outcome {
    let path = "/song.flac".parse()?;
    let mut open = song(&[("TDM_RESERVATION", "0")])?;
    open.hear(Place::Headers.read("tdm-reservation: 1\n", &path));
    assert_eq!(open.answer(Usage::DataMining, None), Answer::Disallowed);
    assert_eq!(
        open.layered().answer(Usage::DataMining, None),
        Answer::Claimed
    );
    // The response stands before the server, and another vocabulary before neither.
    let mut served = song(&[])?;
    let reservation = "[{\"location\": \"/\", \"tdm-reservation\": 1}]";
    served.hear(Place::TdmrepJson.read(reservation, &path));
    assert_eq!(
        served.layered().answer(Usage::DataMining, None),
        Answer::Disallowed
    );
    served.hear(Place::Headers.read("tdm-reservation: 0\nX-Robots-Tag: noai\n", &path));
    assert_eq!(
        served.layered().answer(Usage::DataMining, None),
        Answer::Claimed
    );
    assert_eq!(
        served.layered().answer(Usage::Training, None),
        Answer::Disallowed
    );
    assert_eq!(served.answer(Usage::DataMining, None), Answer::Disallowed);
    // What merely repeats a marker says nothing of its own, and supersedes nothing either.
    let shelf = Shelf::new()?;
    let denied = shelf.song("clean/sine.flac")?;
    denied.say(&Declaration::from(Preset::NoGenerativeAi))?;
    let mut heard = noai_audio::read(denied.path())?;
    heard.hear(Place::Headers.read("tdm-reservation: 1\n", &path));
    assert_eq!(heard.answer(Usage::DataMining, None), Answer::Disallowed);
    assert_eq!(
        heard.layered().answer(Usage::DataMining, None),
        Answer::Disallowed
    );
    // What permits nothing, since it is for another host, supersedes nothing.
    let mut served = song(&[])?;
    let elsewhere = "https://staging.example/*\n  tdm-reservation: 0";
    served.hear(Place::Headers.read(elsewhere, &path));
    served.hear(Place::TdmrepJson.read(reservation, &path));
    assert_eq!(
        served.layered().answer(Usage::DataMining, None),
        Answer::Disallowed
    );
    Ok(())
}
