//! Does the gate stay shut wherever nobody has opened it?

mod common;

use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use common::{NO_AI, Outcome, Shelf, TONES, build, corpus, date, day, ensure, ledger, no_ai};
use noai_audio::{
    Answer, Batch, Date, Decision, Declaration, ErrorKind, Gate, Limits, Place, Preset, Statement,
    Usage,
};

const TERMS: &str = "https://example.org/terms";

/// Asks for one use, on the day of the tests.
fn gate(usage: Usage) -> Gate {
    Gate::new(usage).today(day())
}

/// What a file says that has these fields and no others.
fn of_fields(gate: &Gate, fields: &[(&str, &str)]) -> Decision {
    gate.ask_from(Cursor::new(build::flac(fields)))
}

fn answers(decision: &Decision) -> Vec<(Usage, Answer)> {
    decision.answers().collect()
}

/// The fields that decided about `usage`.
fn fields(decision: &Decision, usage: Usage) -> Vec<&'static str> {
    decision.evidence(usage).map(Statement::field).collect()
}

fn ask_first() -> Outcome<Declaration> {
    Ok(Declaration::from(Preset::AskFirst)
        .policy(TERMS.parse()?)
        .allow(Usage::Search)
        .declared(day()))
}

#[test]
fn each_answer_is_decided_on() -> Outcome {
    use Usage::{Inference, Search, Training};
    let shelf = Shelf::new()?;
    let permits = shelf.song("clean/sine.flac")?;
    permits.say(&no_ai().allow(Usage::Search))?;
    let asks = shelf.song("clean/sine.mp3")?;
    asks.say(&ask_first()?)?;
    let silent = shelf.song("clean/sine.wav")?;
    let damaged = shelf.song("broken/ai-consent.mp3")?;
    for (song, usage, answer, evidence) in [
        (&permits, Search, Answer::Claimed, &["AI_CONSENT"][..]),
        (&permits, Training, Answer::Disallowed, &["AI_CONSENT"]),
        (&asks, Inference, Answer::Conditional, &["AI_CONSENT"]),
        (&silent, Search, Answer::None, &[]),
        (&damaged, Search, Answer::Unreadable, &["AI_CONSENT"]),
    ] {
        for accept in [false, true] {
            let gate = gate(usage).accept_unsigned(accept);
            let bytes = song.bytes()?;
            for decision in [
                gate.ask(song.path()),
                gate.ask_from(Cursor::new(&bytes[..])),
                gate.decide(song.read()),
            ] {
                let may = accept && answer == Answer::Claimed;
                assert_eq!(decision.may(), may, "{answer:?}, {accept}: {decision}");
                assert_eq!(answers(&decision), [(usage, answer)]);
                assert_eq!(fields(&decision, usage), evidence, "{answer:?}");
                assert_eq!(decision.format(), Some(song.read()?.format()));
                assert!(decision.error().is_none());
            }
        }
    }
    Ok(())
}

#[test]
fn the_reason_names_what_stands_in_the_way() -> Outcome {
    use Usage::{Inference, Search, Training};
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    song.say(&ask_first()?)?;
    for (gate, sentence) in [
        (
            gate(Inference),
            "May not be used: inference: conditional, ask at https://example.org/terms (AI_CONSENT in id3v2).",
        ),
        (
            gate(Search).and(Usage::PlatformService),
            "May not be used: search: permitted, but unsigned (AI_CONSENT in id3v2); platform-service: nothing is said.",
        ),
        (
            gate(Search).accept_unsigned(true),
            "May be used for search.",
        ),
    ] {
        assert_eq!(gate.ask(song.path()).to_string(), sentence);
    }
    let tdm = [("TDM_RESERVATION", "1"), ("TDM_POLICY", TERMS)];
    let decision = of_fields(&gate(Training).and(Search), &tdm);
    assert_eq!(decision.policies(Training), [TERMS]);
    assert!(decision.policies(Search).is_empty());
    let raw: Vec<&str> = decision.evidence(Training).map(Statement::raw).collect();
    assert_eq!(raw, ["1"]);
    let denied = of_fields(&gate(Training), &[("NOAI", "training")]);
    assert_eq!(
        denied.to_string(),
        "May not be used: training: disallowed (NOAI in vorbis)."
    );
    assert!(denied.policies(Training).is_empty());
    Ok(())
}

#[test]
fn every_policy_is_named_once_wherever_it_stands() -> Outcome {
    let (mine, other) = ("https://example.org/mine", "https://example.org/others");
    let ours = format!("v=1, training=c, policy=\"{TERMS}\"");
    let file = build::flac(&[("AI_CONSENT", ours.as_str())]);
    let mut inspection = noai_audio::read_from(Cursor::new(file), Limits::default())?;
    let path = "/song.flac".parse()?;
    let tdm = format!("tdm-reservation: 1\ntdm-policy: {mine}\n");
    inspection.hear(Place::Headers.read(&tdm, &path));
    let tdm = format!(r#"[{{"location": "/*", "tdm-reservation": 1, "tdm-policy": "{TERMS}"}}]"#);
    inspection.hear(Place::TdmrepJson.read(&tdm, &path));
    let license = format!("Link: <{other}>; rel=\"license\"; type=\"application/rsl+xml\"\n");
    inspection.hear(Place::Headers.read(&license, &path));
    let decision = gate(Usage::Training).decide(Ok(inspection));
    assert_eq!(decision.policies(Usage::Training), [TERMS, mine, other]);
    Ok(())
}

/// A stranger's prose must not be given to a person, or a program, as an address to go to.
#[test]
fn a_policy_is_an_address_and_nothing_else() {
    let asked = |constraint: &str| {
        let packet = format!(
            "<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
             <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
             <rdf:Description rdf:about='' xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/'>\
             <plus:DataMining>DMI-PROHIBITED-SEECONSTRAINT</plus:DataMining>\
             <plus:OtherConstraints><rdf:Alt><rdf:li xml:lang='x-default'>{constraint}</rdf:li></rdf:Alt>\
             </plus:OtherConstraints></rdf:Description></rdf:RDF></x:xmpmeta>"
        );
        let file = build::wav(100, &[build::chunk(b"_PMX", packet.as_bytes())]);
        let decision = gate(Usage::Training).ask_from(Cursor::new(file));
        assert_eq!(
            answers(&decision),
            [(Usage::Training, Answer::Conditional)],
            "{constraint}"
        );
        let policies = decision.policies(Usage::Training);
        policies.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(asked(&format!("See {TERMS}")), [TERMS]);
    assert_eq!(asked(TERMS), [TERMS]);
    for prose in [
        "Ask me",
        "See the sleeve",
        "javascript:alert(1)",
        "See See https://example.org/terms",
        "See https://example.org/terms or write",
    ] {
        assert!(asked(prose).is_empty(), "{prose}");
    }
    let relative = [("TDM_RESERVATION", "1"), ("TDM_POLICY", "/terms.html")];
    let decision = of_fields(&gate(Usage::Training), &relative);
    assert_eq!(answers(&decision), [(Usage::Training, Answer::Conditional)]);
    assert!(decision.policies(Usage::Training).is_empty());
}

#[test]
fn all_uses_must_be_permitted() {
    use Usage::{DataMining, Search, Training};
    let says = [("AI_CONSENT", "v=1, search=y, data-mining=y, training=n")];
    let open = |gate: Gate| of_fields(&gate.accept_unsigned(true), &says).may();
    assert!(open(gate(Search)));
    assert!(open(gate(Search).and(DataMining).and(Search)));
    assert!(!open(gate(Search).and(Training)));
    assert!(!open(gate(Training).and(Search)));
    assert!(
        !open(gate(Search).and(Usage::PlatformService)),
        "silence on one"
    );
    let both = of_fields(&gate(Training).and(Search), &says);
    let expected = [(Training, Answer::Disallowed), (Search, Answer::Claimed)];
    assert_eq!(answers(&both), expected);
    // One denial beside a permission, whichever field it stands in.
    let conflict = [says[0], ("NOAI", "search")];
    let conflict = of_fields(&gate(Search).accept_unsigned(true), &conflict);
    assert!(!conflict.may());
    assert_eq!(fields(&conflict, Search), ["NOAI"]);
}

#[test]
fn a_permission_that_ends_needs_a_day() {
    use Usage::{Search, Training};
    let says = r#"v=1, search=y, training=n, expires="2026-11-24""#;
    let ask = |usage, today: Option<Date>| {
        let gate = Gate::new(usage).accept_unsigned(true);
        let gate = match today {
            Some(today) => gate.today(today),
            None => gate,
        };
        of_fields(&gate, &[("AI_CONSENT", says)])
    };
    for (today, may) in [
        (Some(date(2026, 11, 23)), true),
        (Some(day()), true),
        (Some(date(2026, 11, 25)), false),
        (None, false),
    ] {
        let decision = ask(Search, today);
        assert_eq!(decision.may(), may, "{today:?}");
        assert_eq!(fields(&decision, Search), ["AI_CONSENT"]);
        assert!(!ask(Training, today).may(), "a denial does not end");
        let denied = [(Training, Answer::Disallowed)];
        assert_eq!(answers(&ask(Training, today)), denied);
    }
    let ended = ask(Search, None).to_string();
    let sentence = "May not be used: search: the permission has ended (AI_CONSENT in vorbis).";
    assert_eq!(ended, sentence);
    // One that does not end needs none.
    let gate = Gate::new(Search).accept_unsigned(true);
    assert!(of_fields(&gate, &[("AI_CONSENT", "v=1, search=y")]).may());
}

/// A reader that is no use.
struct Bad(fn() -> io::Result<u64>);

impl Read for Bad {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        (self.0)().map(|length| length as usize)
    }
}

impl Seek for Bad {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        (self.0)()
    }
}

#[test]
fn what_cannot_be_looked_at_is_a_no() -> Outcome {
    let shelf = Shelf::new()?;
    let gate = gate(Usage::Search).accept_unsigned(true);
    let narrow = gate.clone().limits(Limits {
        parts: 1,
        ..Limits::default()
    });
    let gone = shelf.path().join("gone.mp3");
    let sine = corpus().join("clean/sine.flac");
    let cut = corpus().join("broken/cut-in-block.flac");
    let failing = Bad(|| Err(io::Error::other("the disk is gone")));
    for (decision, kind) in [
        (gate.ask(&gone), ErrorKind::Io),
        (gate.ask(shelf.path()), ErrorKind::NotAudio),
        (gate.ask(corpus().join("README.md")), ErrorKind::NotAudio),
        (gate.ask(cut), ErrorKind::Malformed),
        (narrow.ask(&sine), ErrorKind::Limit),
        (gate.ask_from(Cursor::new([])), ErrorKind::NotAudio),
        (gate.ask_from(failing), ErrorKind::Io),
        (gate.ask_from(Bad(|| Ok(1 << 40))), ErrorKind::Unsupported),
        (
            gate.ask_from(Bad(|| panic!("on purpose"))),
            ErrorKind::Unsupported,
        ),
    ] {
        assert!(!decision.may(), "{decision}");
        let error = decision.error().ok_or("no error")?;
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(answers(&decision), [(Usage::Search, Answer::Unreadable)]);
        assert_eq!(decision.evidence(Usage::Search).count(), 0);
        assert_eq!(decision.format(), None);
        let reason = error.reason();
        assert!(decision.to_string().contains(&reason), "{decision}");
    }
    assert_eq!(gate.ask(&gone).error().and_then(|e| e.path()), Some(&*gone));
    Ok(())
}

#[test]
fn no_file_of_the_corpus_may_be_used() -> Outcome {
    let gates = Usage::ALL.map(gate);
    ledger::all(
        &ledger::cases()?,
        |case| &case.path,
        |case| {
            let path = corpus().join(&case.path);
            let bytes = fs::read(&path)?;
            let inspected = noai_audio::read(&path);
            for (gate, usage) in gates.iter().zip(Usage::ALL) {
                let decision = gate.ask(&path);
                ensure(!decision.may(), || format!("{usage}: {decision}"))?;
                // With the flag, where it is claimed and nowhere else.
                let gate = gate.clone().accept_unsigned(true);
                let claimed = inspected.as_ref().is_ok_and(|inspection| {
                    inspection.answer(usage, Some(day())) == Answer::Claimed
                });
                for decision in [gate.ask(&path), gate.ask_from(Cursor::new(&bytes[..]))] {
                    ensure(decision.may() == claimed, || format!("{usage}: {decision}"))?;
                    let proven = decision.error().is_some()
                        || answers(&decision) == [(usage, Answer::None)]
                        || decision.evidence(usage).next().is_some();
                    ensure(proven, || format!("{usage}: no evidence: {decision}"))?;
                }
            }
            Ok(())
        },
    );
    Ok(())
}

#[test]
fn a_list_is_answered_line_by_line() -> Outcome {
    let shelf = Shelf::new()?;
    let open = shelf.song("clean/sine.flac")?;
    open.say(&Declaration::new().allow(Usage::Search))?;
    let shut = shelf.song("clean/sine.mp3")?;
    let gone = shelf.path().join("a/gone.mp3");
    let text = shelf.put("text.txt", "no sound")?;
    let list = [
        open.path(),
        shelf.path(),
        shut.path(),
        &gone,
        text.path(),
        open.path(),
    ];
    let gate = gate(Usage::Search).accept_unsigned(true);
    for jobs in [1, 4] {
        let mut said = Vec::new();
        let summary = Batch::list(list).jobs(jobs).run(
            |path| Ok(gate.ask(path)),
            |item| {
                let decision = item.result.unwrap_or_else(|error| gate.decide(Err(error)));
                said.push((item.path, decision.may()));
            },
        );
        let may = [true, false, false, false, false, true];
        let expected = list.into_iter().map(ToOwned::to_owned).zip(may);
        assert_eq!(said, expected.collect::<Vec<_>>());
        assert_eq!((summary.audio, summary.skipped), (6, 0));
    }
    Ok(())
}

#[test]
fn every_format_opens_what_it_permits_and_nothing_else() -> Outcome {
    let shelf = Shelf::new()?;
    for tone in TONES {
        let song = shelf.song(&format!("clean/{tone}"))?;
        song.say(&no_ai().allow(Usage::Search))?;
        for usage in Usage::ALL {
            let unsigned = gate(usage).ask(song.path());
            assert!(!unsigned.may(), "{tone}: {unsigned}");
            let accepting = gate(usage).accept_unsigned(true).ask(song.path());
            assert_eq!(accepting.may(), usage == Usage::Search, "{tone}: {usage}");
            let denied = answers(&accepting) == [(usage, Answer::Disallowed)];
            assert_eq!(denied, NO_AI.contains(&usage), "{tone}: {usage}");
        }
    }
    Ok(())
}
