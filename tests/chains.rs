//! Is no denial lost, and no link forgotten, in Ogg streams that stand one after the other?

mod common;

use std::fs;

use common::bytes::{find, put};
use common::pieces::{Kind, pieces};
use common::{Outcome, Shelf, Song, corpus, ensure, fail, hex, ledger, no_ai, ogg, sha256};
use noai_audio::{
    Answer, Declaration, EmbedOptions, ErrorKind, Format, Limits, MarkerVerdict, Preset, Status,
    Usage, read_from,
};

/// The corpus file under another serial number.
fn link(name: &str, serial: u32) -> Outcome<Vec<u8>> {
    ogg::with_serial(&fs::read(corpus().join(name))?, serial)
}

/// The same with a statement of its own.
fn tagged(bytes: &[u8], declaration: &Declaration) -> Outcome<Vec<u8>> {
    let shelf = Shelf::new()?;
    let song = shelf.put("link", bytes)?;
    song.say(declaration)?;
    song.bytes()
}

/// How many of our fields stand in each link.
fn fields(song: &Song) -> Outcome<Vec<usize>> {
    let bytes = song.bytes()?;
    let mut counts = Vec::new();
    for piece in pieces(&bytes, Format::Ogg)? {
        if piece.place == "vendor" {
            counts.push(0);
        }
        if let (Kind::Ours, Some(count)) = (piece.kind, counts.last_mut()) {
            *count += 1;
        }
    }
    Ok(counts)
}

fn training(song: &Song) -> Outcome<Answer> {
    Ok(song.answer(Usage::GenerativeTraining)?)
}

#[test]
fn every_link_gets_the_same_statement() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/chained-layouts.opus")?;
    song.tag()?;
    assert_eq!(fields(&song)?, [4, 4, 4, 4]);
    let markers: Vec<String> = song
        .read()?
        .statements()
        .iter()
        .filter(|statement| statement.field() == "AI_CONSENT")
        .map(|statement| statement.raw().to_owned())
        .collect();
    assert_eq!(markers.len(), 4);
    let first = markers.first().ok_or("no statement")?;
    assert!(markers.iter().all(|marker| marker == first));
    let steps =
        "vorbis=g+131 vorbis=g*130 vorbis=g*130 vorbis=g+131 layout=1/17x2.15/255.1/1 rest=";
    assert!(
        find(first.as_bytes(), steps.as_bytes()).is_some(),
        "{first}"
    );
    Ok(())
}

#[test]
fn the_essence_is_the_packets_of_every_link() -> Outcome {
    let is_ogg = |case: &ledger::Case| case.format == Some(Format::Ogg);
    let mut cases = ledger::tagged_cases()?;
    cases.retain(is_ogg);
    ledger::for_each(&cases, |_, _, song| {
        let mut sound = Vec::new();
        for piece in pieces(song.original(), Format::Ogg)? {
            if piece.kind == Kind::Sound {
                sound.extend(piece.bytes);
            }
        }
        let expected = format!("sha256:{}", hex(&sha256(&sound)));
        ensure(song.essence()?.digest.to_string() == expected, || {
            "another essence".to_owned()
        })
    });
    Ok(())
}

#[test]
fn a_denial_in_any_link_is_heard() -> Outcome {
    let shelf = Shelf::new()?;
    let (plain, other) = (link("clean/sine.opus", 1)?, link("clean/sine.opus", 2)?);
    let denied = tagged(&other, &no_ai())?;
    for (name, parts) in [("behind", [&plain, &denied]), ("before", [&denied, &plain])] {
        let song = shelf.put(name, parts.map(Vec::as_slice).concat())?;
        assert_eq!(training(&song)?, Answer::Disallowed, "{name}");
        assert!(song.verify()?.denies, "{name}");
        assert_ne!(song.verify()?.marker, MarkerVerdict::Intact, "{name}");
        // Saying it again says it in every link.
        song.tag()?;
        assert_eq!(fields(&song)?, [4, 4], "{name}");
        assert_eq!(song.verify()?.marker, MarkerVerdict::Intact, "{name}");
        song.strip()?;
        assert_eq!(fields(&song)?, [0, 0], "{name}");
    }
    // Cut off in the middle of the last page, as downloads are.
    let mut cut = [plain, denied].concat();
    cut.truncate(cut.len() - 40);
    assert_eq!(training(&shelf.put("cut", cut)?)?, Answer::Disallowed);
    Ok(())
}

#[test]
fn links_that_were_tagged_one_by_one_are_given_back() -> Outcome {
    let shelf = Shelf::new()?;
    let names = [
        "clean/sine.ogg",
        "tagged/many-pages.ogg",
        "tagged/shared-page-full.ogg",
    ];
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (serial, name) in (1..).zip(names) {
        let plain = link(name, serial)?;
        after.extend(tagged(&plain, &no_ai())?);
        before.extend(plain);
    }
    let song = shelf.put("chain", after)?;
    assert_eq!(training(&song)?, Answer::Disallowed);
    song.strip()?;
    assert!(song.bytes()? == before, "not what they were");
    Ok(())
}

#[test]
fn a_link_that_lost_its_statement_gets_it_again() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/chained.opus")?;
    song.tag()?;
    let bytes = song.bytes()?;
    // Another program wrote the comments of the second link anew.
    let second = ogg::pages(&bytes)?
        .iter()
        .rposition(|page| page.flags & 2 != 0);
    let at = ogg::pages(&bytes)?
        .get(second.ok_or("no link")?)
        .map(|page| page.at);
    let mut edited = bytes.get(..at.ok_or("no page")?).ok_or("no link")?.to_vec();
    edited.extend(link("clean/sine.opus", 99)?);
    let edited = shelf.put("edited", edited)?;
    assert_eq!(fields(&edited)?, [4, 0]);
    assert_eq!(training(&edited)?, Answer::Disallowed);
    assert_eq!(edited.verify()?.marker, MarkerVerdict::Altered);
    edited.tag()?;
    assert_eq!(fields(&edited)?, [4, 4]);
    let stripped = edited.strip()?;
    assert!(stripped.exact && edited.bytes()? == song.original());
    Ok(())
}

#[test]
fn what_somebody_else_says_in_one_link_stays() -> Outcome {
    let shelf = Shelf::new()?;
    let foreign = fs::read(corpus().join("broken/chained-noai.opus"))?;
    let pages = ogg::pages(&foreign)?;
    let second = pages.iter().rposition(|page| page.flags & 2 != 0);
    let at = pages.get(second.ok_or("no link")?).ok_or("no page")?.at;
    let (first, second) = foreign.split_at(at);
    let song = shelf.put("mixed", [&tagged(first, &no_ai())?, second].concat())?;
    let before = song.bytes()?;
    let refused = song.tag().map_err(|error| error.kind());
    assert_eq!(refused.map(|_| ()), Err(ErrorKind::Conflict));
    assert!(song.bytes()? == before);
    song.strip()?;
    assert!(song.bytes()? == foreign, "not ours alone");
    assert_eq!(training(&song)?, Answer::Disallowed);
    Ok(())
}

#[test]
fn a_statement_is_looser_than_that_of_the_strictest_link() -> Outcome {
    let shelf = Shelf::new()?;
    let strict = Declaration::from(Preset::NoMachineUse).declared(common::day());
    let links = [
        tagged(&link("clean/sine.opus", 1)?, &no_ai())?,
        tagged(&link("clean/sine.opus", 2)?, &strict)?,
    ];
    let song = shelf.put("links", links.concat())?;
    let refused = song.tag().map_err(|error| error.kind());
    assert_eq!(refused.map(|_| ()), Err(ErrorKind::Conflict));
    assert!(song.is_original()?);
    song.say(&strict)?;
    assert_eq!(fields(&song)?, [4, 4]);
    Ok(())
}

#[test]
fn a_damaged_statement_in_one_link_is_not_written_over() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/chained.ogg")?;
    song.tag()?;
    let mut bytes = song.bytes()?;
    let text = b"v=1, generative-training=n";
    let first = find(&bytes, text).ok_or("no statement")?;
    let behind = bytes.get(first + 1..).unwrap_or_default();
    let second = first + 1 + find(behind, text).ok_or("one statement")?;
    put(&mut bytes, second + 25, b"?")?;
    ogg::repair(&mut bytes)?;
    let damaged = shelf.put("damaged", bytes)?;
    assert_eq!(damaged.answer(Usage::Search)?, Answer::Unreadable);
    assert_eq!(training(&damaged)?, Answer::Disallowed);
    let refused = damaged.tag().map_err(|error| error.kind());
    assert_eq!(refused.map(|_| ()), Err(ErrorKind::Conflict));
    assert!(damaged.is_original()?);
    Ok(())
}

#[test]
fn links_are_counted_and_notes_bounded() -> Outcome {
    let shelf = Shelf::new()?;
    let mut chain = Vec::new();
    for serial in 1..=40 {
        chain.extend(link("clean/sine.opus", serial)?);
    }
    let song = shelf.put("forty", chain.clone())?;
    assert_eq!(song.tag()?.status, Status::Changed);
    assert_eq!(fields(&song)?, [4; 40]);
    assert!(song.strip()?.exact && song.is_original()?);
    let few = Limits {
        parts: 39,
        ..Limits::default()
    };
    let error = read_from(std::io::Cursor::new(&chain), few).err();
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Limit));
    for limits in [
        Limits {
            field: 700,
            ..Limits::default()
        },
        Limits {
            held_tag: 20_000,
            ..Limits::default()
        },
    ] {
        let refused = EmbedOptions::new()
            .limits(limits)
            .embed(song.path(), &no_ai());
        let Err(error) = refused else {
            return fail("no limit");
        };
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert!(song.is_original()?);
    }
    Ok(())
}

#[test]
fn a_block_of_flac_in_ogg_stays_below_16_mib() -> Outcome {
    let shelf = Shelf::new()?;
    let plain = fs::read(corpus().join("tagged/ogg-flac-only.oga"))?;
    let pages = ogg::pages(&plain)?;
    let (first, sound) = (
        pages.first().ok_or("no page")?,
        pages.get(2).ok_or("no sound")?,
    );
    let filler = vec![b'x'; (1 << 24) - 200];
    let list = common::build::comment_list(&[[b"FILLER=".as_slice(), &filler].concat()]);
    let packet = common::build::block(4, &list);
    let mut file = plain.get(..first.end).ok_or("no first page")?.to_vec();
    let mut lacing = vec![255; packet.len() / 255];
    lacing.push((packet.len() % 255) as u8);
    let mut bytes = packet.as_slice();
    for (number, values) in (1_u32..).zip(lacing.chunks(255)) {
        let length = values.iter().map(|value| usize::from(*value)).sum();
        let (body, behind) = bytes.split_at(length);
        let ends = values.last() != Some(&255);
        file.extend(b"OggS\0");
        file.push(u8::from(number > 1));
        file.extend(if ends { [0; 8] } else { [0xff; 8] });
        file.extend((first.serial as u32).to_le_bytes());
        file.extend(number.to_le_bytes());
        file.extend([0; 4]);
        file.push(values.len() as u8);
        file.extend(values);
        file.extend(body);
        bytes = behind;
    }
    let numbers = lacing.chunks(255).count();
    for (number, page) in (1 + numbers..).zip(pages.iter().skip(2)) {
        let start = file.len();
        file.extend(plain.get(page.at..page.end).unwrap_or_default());
        put(&mut file, start + 18, &(number as u32).to_le_bytes())?;
    }
    ogg::repair(&mut file)?;
    assert!(sound.at > 0);
    let song = shelf.put("large.oga", file)?;
    let limits = Limits {
        held_tag: 1 << 25,
        ..Limits::default()
    };
    let inspection = noai_audio::read_within(song.path(), limits)?;
    assert_eq!(inspection.answer(Usage::Training, None), Answer::None);
    let error = EmbedOptions::new()
        .limits(limits)
        .embed(song.path(), &no_ai());
    let error = error.err().ok_or("it was tagged")?;
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    assert!(error.reason().contains("16 MiB"), "{error}");
    assert!(song.is_original()?);
    Ok(())
}
