//! Are XMP packets of others heard and kept, and do ours say what was declared?
//!
//! The files of the class XMP-1 live through the invariants, too: `tests/hazards.rs`.
//! `tests/xmp/check.py` has exiftool and Adobe's toolkit read what is written.

mod common;

use std::fs;

use Answer::{Claimed, Conditional, Disallowed, Unreadable};
use Usage::{DataMining, GenerativeTraining, Inference, Search, Training};
use common::bytes::{be, find, le32, part, put, rest};
use common::ledger::{self, Case};
use common::{NO_AI, Outcome, Shelf, Song, build, corpus, ensure, no_ai};
use noai_audio::{Answer, Declaration, EmbedOptions, Preset, Status, Usage, Warning};

const ENDING: &str = "<?xpacket end=\"w\"?>";

/// Our description, as far as it is the same in every packet.
const OURS: &str = "<rdf:Description \
    xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" rdf:about=\"";

/// The packets of a file, as texts between their first and last lines.
fn packets(file: &[u8]) -> Vec<String> {
    let text: String = file.iter().copied().map(char::from).collect();
    let mut parts = text.split("<?xpacket begin").skip(1);
    let mut found = Vec::new();
    for part in &mut parts {
        if let Some((packet, _)) = part.split_once(ENDING) {
            found.push(packet.to_owned());
        }
    }
    found
}

/// A packet without our description, if it is there once.
fn without_ours(packet: &str) -> Option<String> {
    let (before, ours) = packet.split_once(OURS)?;
    let (_, behind) = ours.split_once("</rdf:Description>")?;
    (!behind.contains(OURS)).then(|| [before, behind].concat())
}

/// The text of a property that stands once in a packet.
fn property<'a>(packet: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = packet.split_once(&format!("<{name}>"))?;
    let (value, behind) = behind.split_once(&format!("</{name}>"))?;
    let value = value
        .strip_prefix("<rdf:Alt><rdf:li xml:lang=\"x-default\">")
        .and_then(|value| value.strip_suffix("</rdf:li></rdf:Alt>"))
        .unwrap_or(value);
    (!behind.contains(&format!("<{name}>"))).then_some(value)
}

/// The files with packets of others.
fn files() -> Outcome<Vec<Case>> {
    let mut cases = ledger::cases()?;
    cases.retain(|case| case.path.starts_with("tagged/xmp-"));
    assert!(cases.len() >= 100, "only {} files", cases.len());
    Ok(cases)
}

/// In each shape, and in each place.
#[test]
fn what_others_say_is_heard() -> Outcome {
    const SAID: [(&str, Usage, Answer); 61] = [
        ("allowed.wav", Training, Claimed),
        ("prohibited.wav", Search, Disallowed),
        ("resource.wav", Training, Disallowed),
        ("resource.wav", DataMining, Answer::None),
        ("label.wav", GenerativeTraining, Disallowed),
        ("label.wav", Training, Answer::None),
        ("attribute.wav", Inference, Disallowed),
        ("constraint.wav", Training, Conditional),
        ("two-words.wav", Training, Disallowed),
        ("reservation.wav", Training, Disallowed),
        ("reservation.wav", Inference, Answer::None),
        ("reservation-hash.wav", Training, Conditional),
        ("unreserved.wav", DataMining, Claimed),
        ("terms.wav", Training, Answer::None),
        ("denial-in-terms.wav", GenerativeTraining, Disallowed),
        // What cannot be read may deny.
        ("utf16.wav", Training, Unreadable),
        ("latin1.wav", Training, Unreadable),
        ("not-xml.wav", Training, Unreadable),
        ("doctype.wav", Training, Unreadable),
        ("v24-unsync-utf16.mp3", Training, Unreadable),
        // Nothing is there.
        ("zeros.wav", Training, Answer::None),
        ("spaces.wav", Training, Answer::None),
        ("empty.wav", Training, Answer::None),
        ("appl-empty.aiff", Training, Answer::None),
        ("v24-zeros.mp3", Training, Answer::None),
        ("several.wav", Training, Answer::None),
        ("no-rdf.wav", Training, Answer::None),
        ("empty-rdf.wav", Training, Answer::None),
        ("two-rdf.wav", Training, Answer::None),
        ("zeros-behind.wav", Training, Answer::None),
        // Places.
        ("other-name.wav", DataMining, Disallowed),
        ("both-names.wav", DataMining, Disallowed),
        ("two.wav", DataMining, Disallowed),
        ("in-id3.wav", DataMining, Disallowed),
        ("appl-denied.aiff", DataMining, Disallowed),
        ("appl-two.aiff", DataMining, Disallowed),
        ("v23-denied.mp3", DataMining, Disallowed),
        ("v23-two.mp3", DataMining, Disallowed),
        ("appended.mp3", DataMining, Disallowed),
        ("leading.flac", DataMining, Disallowed),
        ("priv.aac", DataMining, Disallowed),
        ("denied.m4a", DataMining, Disallowed),
        ("two.m4a", DataMining, Disallowed),
        ("both.m4a", DataMining, Disallowed),
        ("denied.mov", DataMining, Disallowed),
        ("two.mov", DataMining, Disallowed),
        ("both.mov", DataMining, Disallowed),
        ("track.mov", DataMining, Disallowed),
        ("track-beside.mov", DataMining, Disallowed),
        ("odd.wav", Training, Answer::None),
        ("rf64.wav", Training, Answer::None),
        ("appl.aiff", Training, Answer::None),
        ("in-udta.m4a", Training, Answer::None),
        ("to-end.m4a", Training, Answer::None),
        ("wide.m4a", Training, Answer::None),
        ("fragments-counted.m4a", Training, Answer::None),
        ("later-udta.mov", Training, Answer::None),
        // Places where no packet is.
        ("appl-other.aiff", Training, Answer::None),
        ("v23-other-owner.mp3", Training, Answer::None),
        ("other-uuid.m4a", Training, Answer::None),
        ("v22.mp3", Training, Answer::None),
    ];
    let mut wrong = Vec::new();
    for (name, usage, expected) in SAID {
        let inspection = noai_audio::read(corpus().join(format!("tagged/xmp-{name}")))?;
        let answer = inspection.answer(usage, None);
        if answer != expected {
            wrong.push(format!("{name}: {usage} is {}", answer.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A word that denies, put into any place that holds a packet, is heard there.
#[test]
fn a_denial_is_heard_in_every_place() -> Outcome {
    const TOOL: &[u8] = b"<xmp:CreatorTool>Test Program 1.0</xmp:CreatorTool>";
    let denial = b"<p:DataMining xmlns:p='http://ns.useplus.org/ldf/xmp/1.0/'>";
    // No packet to anybody, or one that is not read at all, or behind fragments, of which there
    // may be too many to pass over.
    let others = [
        "appl-other.aiff",
        "other-uuid.m4a",
        "v23-compressed.mp3",
        "v23-other-owner.mp3",
        "doctype.wav",
        "fragments-behind.m4a",
    ];
    let mut cases = files()?;
    cases.retain(|case| !others.contains(&case.path.trim_start_matches("tagged/xmp-")));
    ledger::for_each(&cases, |_, _, song| {
        let mut bytes = song.bytes()?;
        let Some(at) = find(&bytes, b"   <dc:creator>") else {
            return Ok(());
        };
        let end = find(rest(&bytes, at)?, b"</rdf:Description>")
            .or(find(rest(&bytes, at)?, b"</r:Description>"))
            .or(find(rest(&bytes, at)?, b"</Description>"));
        // Room comes from the tool's name before it, and its own element.
        let mut tools = part(&bytes, 0, at)?.windows(TOOL.len());
        let tool = tools.rposition(|text| text == TOOL).ok_or("no tool")?;
        let room = at + end.ok_or("no end")? - tool;
        let said = [
            &denial[..],
            b"http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</p:DataMining>",
        ]
        .concat();
        put(&mut bytes, tool, &vec![b' '; room])?;
        put(&mut bytes, tool, &said)?;
        fs::write(song.path(), bytes)?;
        let answer = song.answer(DataMining)?;
        ensure(answer == Disallowed, || {
            format!("data mining is {}", answer.name())
        })
    });
    Ok(())
}

const PLACES: [(&str, &str, usize); 5] = [
    ("clean/sine.mp3", "XMP\0", 1),
    ("clean/sine.wav", "_PMX", 1),
    ("clean/sine.aiff", "XMP ", 2),
    (
        "clean/sine.m4a",
        "uuid\u{be}\u{7a}\u{cf}\u{cb}\u{97}\u{a9}\u{42}\u{e8}\u{9c}\u{71}\u{99}\u{94}\u{91}\u{e3}\u{af}\u{ac}",
        1,
    ),
    ("clean/pcm.mov", "XMP_", 1),
];

fn ask_first() -> Outcome<Declaration> {
    Ok(Declaration::from(Preset::AskFirst)
        .policy("https://example.org/terms?a=1&b=2".parse()?)
        .declared(common::day()))
}

#[test]
fn every_format_with_a_place_for_xmp_says_all_of_it() -> Outcome {
    let all = [
        (
            "plus:DataMining",
            "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT",
        ),
        (
            "plus:OtherConstraints",
            "See https://example.org/terms?a=1&amp;b=2",
        ),
        ("tdm:reservation", "1"),
        ("tdm:policy", "https://example.org/terms?a=1&amp;b=2"),
        (
            "xmpRights:WebStatement",
            "https://example.org/terms?a=1&amp;b=2",
        ),
    ];
    let denied = [
        (
            "plus:DataMining",
            "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        ),
        ("tdm:reservation", "1"),
        (
            "xmpRights:UsageTerms",
            "No AI training, AI input or voice cloning without permission. \
             Text and data mining reserved. [Content-Usage: train-ai=n, ai-use=n]",
        ),
    ];
    let statements = [(ask_first()?, &all[..]), (no_ai(), &denied[..])];
    for (name, place, count) in PLACES {
        for (declaration, expected) in &statements {
            let shelf = Shelf::new()?;
            let song = shelf.song(name)?;
            let embedded = song.say(declaration)?;
            assert_eq!(embedded.warnings, [], "{name}");
            let bytes = song.bytes()?;
            let text: String = bytes.iter().copied().map(char::from).collect();
            assert!(text.contains(place), "{name}");
            let packets = packets(&bytes);
            assert_eq!(packets.len(), count, "{name}");
            for packet in &packets {
                for (property_name, value) in *expected {
                    let found = property(packet, property_name);
                    assert_eq!(found, Some(*value), "{name}: {property_name}");
                }
                let names = ["plus:", "tdm:", "xmpRights:"].map(|prefix| format!("<{prefix}"));
                let written: usize = names.iter().map(|name| packet.matches(name).count()).sum();
                let terms = usize::from(property(packet, "xmpRights:UsageTerms").is_some());
                let listed = expected
                    .iter()
                    .filter(|(name, _)| !name.contains("UsageTerms"));
                assert_eq!(written, listed.count() + terms, "{name}: {packet}");
            }
            assert!(song.strip()?.exact);
            assert!(song.is_original()?, "{name}");
        }
    }
    for name in [
        "clean/sine.flac",
        "clean/sine.ogg",
        "clean/sine.aac",
        "tagged/xmp-v22.mp3",
    ] {
        let shelf = Shelf::new()?;
        let song = shelf.song(name)?;
        song.tag()?;
        assert_eq!(packets(&song.bytes()?), [""; 0], "{name}");
    }
    Ok(())
}

/// These get no word of ours, or not every one.
const KEPT: [&str; 39] = [
    // There is no place in the packet,
    "empty-rdf.wav",
    "no-rdf.wav",
    "two-rdf.wav",
    "utf16.wav",
    "latin1.wav",
    "not-xml.wav",
    "doctype.wav",
    "zeros.wav",
    "spaces.wav",
    "empty.wav",
    "appl-empty.aiff",
    "v24-zeros.mp3",
    "v24-unsync-utf16.mp3",
    // or it cannot grow, or is one of which a reader would not see a second,
    "odd-unpadded.wav",
    "odd-uncounted.wav",
    "odd-uncounted-id3.wav",
    "odd-promised.wav",
    "other-name.wav",
    "fragments-counted.m4a",
    "fragments-behind.m4a",
    "second-udta.mov",
    "later-udta.mov",
    "track.mov",
    // or somebody said a part of it already.
    "allowed.wav",
    "prohibited.wav",
    "resource.wav",
    "label.wav",
    "attribute.wav",
    "constraint.wav",
    "two-words.wav",
    "terms-alone.wav",
    "reservation.wav",
    "reservation-hash.wav",
    "unreserved.wav",
    "terms.wav",
    "denial-in-terms.wav",
    "appl-denied.aiff",
    "v23-denied.mp3",
    "denied.m4a",
];

#[test]
fn a_packet_that_cannot_take_all_of_it_is_told_of() -> Outcome {
    ledger::for_each(&files()?, |case, _, song| {
        let name = case.path.trim_start_matches("tagged/xmp-");
        let kept = KEPT.contains(&name) || name == "denied.mov";
        let warned = song.tag()?.warnings.contains(&Warning::PacketKept);
        ensure(warned == kept, || format!("warned: {warned}"))?;
        // The same again says so again.
        ensure(
            song.tag()?.warnings.contains(&Warning::PacketKept) == kept,
            || "warned otherwise the second time".to_owned(),
        )
    });
    Ok(())
}

#[test]
fn every_byte_of_a_packet_of_others_stays_around_ours() -> Outcome {
    let declarations = [no_ai(), ask_first()?];
    ledger::for_each(&files()?, |_, _, song| {
        let before = packets(song.original());
        // A new one, where the format has a second place or there was none in the first.
        let is_ours = |packet: &&String| {
            without_ours(packet).is_some_and(|rest| rest.ends_with("#\"></rdf:RDF></x:xmpmeta>\n"))
        };
        for declaration in &declarations {
            song.say_instead(declaration)?;
            let after = packets(&song.bytes()?);
            let others = after.iter().filter(|packet| !is_ours(packet));
            let others: Vec<String> = others
                .map(|packet| without_ours(packet).unwrap_or_else(|| packet.clone()))
                .collect();
            ensure(others == before, || "another packet".to_owned())?;
            let count = after.iter().map(|packet| packet.matches(OURS).count());
            ensure(count.clone().all(|count| count <= 1), || {
                "ours stands twice in a packet".to_owned()
            })?;
        }
        ensure(song.strip()?.exact && song.is_original()?, || {
            "not restored".to_owned()
        })
    });
    Ok(())
}

/// In a packet all descriptions are about the same; exiftool warns where they are not.
#[test]
fn ours_is_about_what_those_of_others_are() -> Outcome {
    let about = "rdf:about=\"uuid:00000000-0000-4000-8000-000000000001\"";
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/xmp-about.wav")?;
    song.tag()?;
    assert_eq!(packet_in(&song.bytes()?)?.matches(about).count(), 2);
    assert!(song.strip()?.exact && song.is_original()?);
    // What is in it stays text.
    let packet = packet_in(song.original())?.replacen("uuid:", "a&quot;&gt;&lt;b/&gt;", 1);
    let song = shelf.put(
        "odd.wav",
        build::wav(400, &[build::chunk(b"_PMX", packet.as_bytes())]),
    )?;
    song.tag()?;
    assert_eq!(
        packet_in(&song.bytes()?)?.matches("rdf:about=\"\"").count(),
        1
    );
    assert!(song.strip()?.exact && song.is_original()?);
    Ok(())
}

#[test]
fn without_xmp_no_packet_comes_or_changes() -> Outcome {
    let mut cases = files()?;
    let clean = |case: &Case| PLACES.iter().any(|(name, ..)| case.path == *name);
    cases.extend(ledger::cases()?.into_iter().filter(clean));
    ledger::for_each(&cases, |_, _, song| {
        let before = packets(song.original());
        let mut without = EmbedOptions::new();
        without.xmp(false).replace(true);
        let embedded = without.embed(song.path(), &no_ai())?;
        ensure(packets(&song.bytes()?) == before, || "a packet".to_owned())?;
        ensure(!embedded.warnings.contains(&Warning::PacketKept), || {
            "warned of what nobody asked for".to_owned()
        })?;
        // What came with another statement goes.
        song.say_instead(&no_ai())?;
        without.embed(song.path(), &no_ai())?;
        ensure(packets(&song.bytes()?) == before, || "left one".to_owned())?;
        ensure(song.strip()?.exact && song.is_original()?, || {
            "not restored".to_owned()
        })
    });
    Ok(())
}

#[test]
fn a_permission_of_others_never_lifts_our_denial() -> Outcome {
    for name in ["allowed.wav", "unreserved.wav"] {
        let shelf = Shelf::new()?;
        let song = shelf.song(&format!("tagged/xmp-{name}"))?;
        assert_eq!(song.answer(DataMining)?, Claimed);
        song.tag()?;
        for usage in NO_AI {
            assert_eq!(song.answer(usage)?, Disallowed, "{name}: {usage}");
        }
        // Nor does it lift one that follows.
        song.say_instead(&ask_first()?)?;
        assert_ne!(song.answer(DataMining)?, Claimed, "{name}");
    }
    Ok(())
}

/// A prohibition of others outlives a permission of ours.
#[test]
fn a_permission_of_ours_never_lifts_the_denial_of_others() -> Outcome {
    let allowed = Declaration::new().allow(DataMining).declared(common::day());
    for name in [
        "prohibited.wav",
        "v23-denied.mp3",
        "denied.m4a",
        "denied.mov",
        "leading.flac",
    ] {
        let shelf = Shelf::new()?;
        let song = shelf.song(&format!("tagged/xmp-{name}"))?;
        song.say(&allowed)?;
        assert_eq!(song.answer(DataMining)?, Disallowed, "{name}");
        song.strip()?;
        assert!(song.is_original()?, "{name}");
    }
    Ok(())
}

/// The WAV file with another packet in its `_PMX`, which is the last chunk, or without one.
fn with_packet(file: &[u8], packet: Option<&str>) -> Outcome<Vec<u8>> {
    let at = find(file, b"_PMX").ok_or("no packet")?;
    let length = le32(file, at + 4)?;
    assert_eq!(at + 8 + length + length % 2, file.len(), "not the last");
    let mut changed = part(file, 0, at)?.to_vec();
    changed.extend(packet.map_or(Vec::new(), |text| build::chunk(b"_PMX", text.as_bytes())));
    let size = (changed.len() as u32 - 8).to_le_bytes();
    put(&mut changed, 4, &size)?;
    Ok(changed)
}

/// The text in `_PMX`.
fn packet_in(file: &[u8]) -> Outcome<String> {
    let at = find(file, b"_PMX").ok_or("no packet")?;
    let text = part(file, at + 8, le32(file, at + 4)?)?;
    Ok(String::from_utf8(text.to_vec())?)
}

fn tagged_wav(shelf: &Shelf) -> Outcome<Song> {
    let song = shelf.song("clean/sine.wav")?;
    song.tag()?;
    Ok(song)
}

const RATING: &str = "<rdf:Description rdf:about=\"\" \
    xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"><xmp:Rating>5</xmp:Rating></rdf:Description>";

#[test]
fn what_others_put_into_our_packet_stays_when_ours_goes() -> Outcome {
    let shelf = Shelf::new()?;
    let song = tagged_wav(&shelf)?;
    let packet = packet_in(&song.bytes()?)?;
    let theirs = packet.replacen("</rdf:RDF>", &format!("{RATING}</rdf:RDF>"), 1);
    fs::write(song.path(), with_packet(&song.bytes()?, Some(&theirs))?)?;
    // Theirs stays through another statement, too.
    song.say_instead(&ask_first()?)?;
    assert!(packet_in(&song.bytes()?)?.contains(RATING));
    let stripped = song.strip()?;
    assert_eq!((stripped.status, stripped.exact), (Status::Changed, false));
    let left = packet_in(&song.bytes()?)?;
    assert!(left.contains(RATING) && !left.contains("plus:"), "{left}");
    assert_eq!(song.answer(DataMining)?, Answer::None);
    Ok(())
}

/// As Adobe's toolkit writes it: one description, in lines.
#[test]
fn what_others_have_made_of_ours_stays_and_is_heard() -> Outcome {
    let shelf = Shelf::new()?;
    let song = tagged_wav(&shelf)?;
    let packet = packet_in(&song.bytes()?)?;
    let merged = packet.replacen(
        "<plus:",
        "\n <xmp:Rating xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">5</xmp:Rating><plus:",
        1,
    );
    fs::write(song.path(), with_packet(&song.bytes()?, Some(&merged))?)?;
    let stripped = song.strip()?;
    assert_eq!((stripped.status, stripped.exact), (Status::Changed, false));
    assert_eq!(packet_in(&song.bytes()?)?, merged);
    assert!(find(&song.bytes()?, b"AI_CONSENT").is_none());
    assert_eq!(song.answer(DataMining)?, Disallowed);
    Ok(())
}

#[test]
fn a_packet_that_others_took_away_is_not_missed() -> Outcome {
    let shelf = Shelf::new()?;
    let song = tagged_wav(&shelf)?;
    fs::write(song.path(), with_packet(&song.bytes()?, None)?)?;
    for usage in NO_AI {
        assert_eq!(song.answer(usage)?, Disallowed);
    }
    let again = song.tag()?;
    assert_eq!(again.status, Status::Changed, "it does not come back");
    assert_eq!(packets(&song.bytes()?).len(), 1);
    fs::write(song.path(), with_packet(&song.bytes()?, None)?)?;
    assert!(song.strip()?.exact);
    assert!(song.is_original()?);
    Ok(())
}

/// Where the marker is gone, nothing tells that the packet was ours.
#[test]
fn a_packet_without_its_marker_is_as_that_of_others() -> Outcome {
    let shelf = Shelf::new()?;
    let song = tagged_wav(&shelf)?;
    let bytes = song.bytes()?;
    let (tag, packet) = (find(&bytes, b"id3 "), find(&bytes, b"_PMX"));
    let (tag, packet) = (tag.ok_or("no tag")?, packet.ok_or("no packet")?);
    let mut left = [part(&bytes, 0, tag)?, rest(&bytes, packet)?].concat();
    let size = (left.len() as u32 - 8).to_le_bytes();
    put(&mut left, 4, &size)?;
    let song = shelf.put("left.wav", left)?;
    assert_eq!(song.answer(DataMining)?, Disallowed);
    assert_eq!(song.strip()?.status, Status::Unchanged);
    assert!(song.is_original()?);
    assert_eq!(song.tag()?.warnings, [Warning::PacketKept]);
    assert_eq!(packets(&song.bytes()?), packets(song.original()));
    assert!(song.strip()?.exact);
    assert!(song.is_original()?);
    Ok(())
}

/// A mebibyte is read and edited, a byte more is neither.
#[test]
fn a_packet_that_is_too_long_is_unreadable_and_stays() -> Outcome {
    let packet = packet_in(&fs::read(corpus().join("tagged/xmp-prohibited.wav"))?)?;
    let plain = packet_in(&fs::read(corpus().join("tagged/xmp-several.wav"))?)?;
    let sized = |packet: &str, length: usize| {
        let space = " ".repeat(length - packet.len());
        packet.replacen(ENDING, &format!("{space}{ENDING}"), 1)
    };
    let long = [&b"XMP\0"[..], sized(&packet, (1 << 20) + 1).as_bytes()].concat();
    let long_uuid = uuid(sized(&packet, (1 << 20) + 1).as_bytes());
    let m4a = fs::read(corpus().join("clean/sine.m4a"))?;
    let mp3 = fs::read(corpus().join("clean/sine.mp3"))?;
    let files = [
        (
            "long.wav",
            build::wav(
                400,
                &[build::chunk(b"_PMX", long.get(4..).unwrap_or_default())],
            ),
        ),
        ("long.m4a", [m4a, long_uuid].concat()),
        (
            "long.mp3",
            [build::id3(&[build::frame(b"PRIV", &long)]), mp3].concat(),
        ),
    ];
    let shelf = Shelf::new()?;
    for (name, bytes) in files {
        let song = shelf.put(name, bytes)?;
        assert_eq!(song.answer(DataMining)?, Unreadable, "{name}");
        let before = packets(song.original());
        assert_eq!(song.tag()?.warnings, [Warning::PacketKept], "{name}");
        assert_eq!(packets(&song.bytes()?), before, "{name}");
        assert!(song.strip()?.exact && song.is_original()?, "{name}");
    }
    let most = sized(&packet, 1 << 20);
    let song = shelf.put(
        "most.wav",
        build::wav(400, &[build::chunk(b"_PMX", most.as_bytes())]),
    )?;
    assert_eq!(song.answer(DataMining)?, Disallowed);
    // One that ours would make too long to be read again gets none.
    let most = sized(&plain, 1 << 20);
    let song = shelf.put(
        "full.wav",
        build::wav(400, &[build::chunk(b"_PMX", most.as_bytes())]),
    )?;
    song.tag()?;
    for usage in NO_AI {
        assert_eq!(song.answer(usage)?, Disallowed, "{usage}");
    }
    assert_eq!(song.answer(Search)?, Answer::None);
    assert_eq!(song.tag()?.status, Status::Unchanged);
    assert!(song.strip()?.exact && song.is_original()?);
    Ok(())
}

/// Too short for what it is told by.
#[test]
fn a_uuid_of_eight_bytes_is_no_packet() -> Outcome {
    let m4a = fs::read(corpus().join("clean/sine.m4a"))?;
    let short = build::atom(b"uuid", b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8");
    let shelf = Shelf::new()?;
    let song = shelf.put("short.m4a", [m4a, short].concat())?;
    assert_eq!(song.tag()?.warnings, []);
    assert_eq!(packets(&song.bytes()?).len(), 1);
    assert!(song.strip()?.exact && song.is_original()?);
    Ok(())
}

/// The atom of a packet at the top of an MP4.
fn uuid(packet: &[u8]) -> Vec<u8> {
    let kind = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";
    build::atom(b"uuid", &[kind, packet].concat())
}

/// Where an atom that stands once starts, and its size.
fn atom_at(file: &[u8], kind: &[u8; 4]) -> Outcome<(usize, usize)> {
    let at = find(file, kind).ok_or("no such atom")? - 4;
    Ok((at, be(file, at, 4)?))
}

/// The file with `uuid` before `moov`, paid by the `free` atom behind it, as is a `skip` atom
/// behind that one.
fn before_moov(file: &[u8], uuid: &[u8], skip: usize) -> Outcome<Vec<u8>> {
    let (moov, _) = atom_at(file, b"moov")?;
    let (at, size) = atom_at(file, b"free")?;
    let skipped = build::atom(b"skip", &vec![0; skip]);
    let left = size - uuid.len() - skipped.len();
    let free = build::atom(b"free", &vec![0; left - 8]);
    Ok([
        part(file, 0, moov)?,
        uuid,
        part(file, moov, at - moov)?,
        &free,
        &skipped,
        rest(file, at + size)?,
    ]
    .concat())
}

/// Other statements come and go, with a packet and without; then the file is as it was.
fn comes_and_goes(song: &Song) -> Outcome {
    let long = common::long_statement()?;
    let short = common::short_statement();
    let mut without = EmbedOptions::new();
    without.xmp(false).replace(true);
    for declarations in [[&short, &long], [&long, &short]] {
        for declaration in declarations {
            song.say_instead(declaration)?;
        }
        without.embed(song.path(), &no_ai())?;
        song.say_instead(&no_ai())?;
        assert!(song.strip()?.exact && song.is_original()?);
        without.embed(song.path(), &no_ai())?;
        song.say_instead(&long)?;
        assert!(song.strip()?.exact && song.is_original()?);
    }
    Ok(())
}

#[test]
fn a_moov_to_the_end_of_the_file_gets_its_packet_before_it() -> Outcome {
    let mut file = fs::read(corpus().join("tagged/ilst-moov-last.m4a"))?;
    let (moov, size) = atom_at(&file, b"moov")?;
    assert_eq!(moov + size, file.len());
    put(&mut file, moov, &[0; 4])?;
    let shelf = Shelf::new()?;
    let song = shelf.put("song.m4a", file)?;
    assert_eq!(song.tag()?.warnings, []);
    assert_eq!(packets(&song.bytes()?).len(), 1);
    assert_eq!(song.answer(Training)?, Disallowed);
    assert!(song.strip()?.exact && song.is_original()?);
    comes_and_goes(&song)
}

/// It takes nothing, and none of the free space beside it is paid for it.
#[test]
fn an_empty_packet_beside_free_space_stays() -> Outcome {
    let file = fs::read(corpus().join("tagged/free-after-moov.m4a"))?;
    let (moov, size) = atom_at(&file, b"moov")?;
    let (free, left) = atom_at(&file, b"free")?;
    let (udta, room) = atom_at(&file, b"udta")?;
    assert_eq!((moov + size, udta + room), (free, free));
    let mut quicktime = [
        part(&file, 0, free)?,
        &build::atom(b"XMP_", &[]),
        &build::atom(b"free", &vec![0; left - 16]),
        rest(&file, free + left)?,
    ]
    .concat();
    put(&mut quicktime, 8, b"qt  ")?;
    put(&mut quicktime, moov, &(size as u32 + 8).to_be_bytes())?;
    put(&mut quicktime, udta, &(room as u32 + 8).to_be_bytes())?;
    let shelf = Shelf::new()?;
    for (name, file) in [
        ("song.m4a", before_moov(&file, &uuid(&[]), 0)?),
        ("song.mov", quicktime),
    ] {
        let song = shelf.put(name, file)?;
        assert_eq!(song.tag()?.warnings, [Warning::PacketKept], "{name}");
        assert_eq!(song.bytes()?.len(), song.original().len(), "{name}");
        assert!(song.strip()?.exact && song.is_original()?, "{name}");
        comes_and_goes(&song)?;
    }
    Ok(())
}

/// However much there is: for all, for the fields alone, for nothing.
#[test]
fn free_space_beside_a_packet_of_others_pays_and_comes_back() -> Outcome {
    let file = fs::read(corpus().join("tagged/free-after-moov.m4a"))?;
    let shelf = Shelf::new()?;
    let root = "rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"";
    let packet = format!("<{root}>{RATING}</rdf:RDF>");
    let (_, size) = atom_at(&file, b"free")?;
    let uuid = uuid(packet.as_bytes());
    let most = size - uuid.len() - 16;
    let mut paid = Vec::new();
    for skip in (0..=most).step_by(61) {
        let song = shelf.put("song.m4a", before_moov(&file, &uuid, skip)?)?;
        comes_and_goes(&song).map_err(|error| format!("{skip}: {error}"))?;
        song.tag()?;
        paid.push(song.bytes()?.len() == song.original().len());
    }
    assert!(paid.contains(&true) && paid.contains(&false));
    Ok(())
}

#[test]
fn an_mp4_whose_ftyp_is_not_the_first_atom_is_no_quicktime() -> Outcome {
    let file = fs::read(corpus().join("clean/sine.m4a"))?;
    let (free, size) = atom_at(&file, b"free")?;
    let swapped = [
        part(&file, free, size)?,
        part(&file, 0, free)?,
        rest(&file, free + size)?,
    ]
    .concat();
    let shelf = Shelf::new()?;
    let song = shelf.put("song.m4a", swapped)?;
    assert_eq!(song.tag()?.warnings, []);
    let tagged = song.bytes()?;
    assert!(find(&tagged, b"XMP_").is_none());
    assert!(find(&tagged, rest(&uuid(&[]), 4)?).is_some());
    assert!(song.strip()?.exact && song.is_original()?);
    Ok(())
}
