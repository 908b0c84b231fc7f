//! What can an XMP packet of a stranger not do: silence a denial, hide one, cost much, or keep a
//! statement out of the file?

mod common;

use std::time::{Duration, Instant};

use Answer::{Conditional, Disallowed, Unreadable};
use common::{Outcome, Shelf, Song, build, day, no_ai};
use noai_audio::{Answer, Declaration, EmbedOptions, PolicyUrl, Preset, Usage, Warning};

const PLUS: &str = "http://ns.useplus.org/ldf/vocab/DMI-";

/// A packet with what stands in its only description.
fn packet(inside: &str) -> String {
    of_rdf(&format!(
        "<rdf:Description rdf:about=''>{inside}</rdf:Description>"
    ))
}

/// A packet with what stands in its `rdf:RDF`.
fn of_rdf(inside: &str) -> String {
    format!(
        "<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:plus='http://ns.useplus.org/ldf/xmp/1.0/' \
         xmlns:tdm='http://www.w3.org/ns/tdmrep/' xmlns:dc='http://purl.org/dc/elements/1.1/' \
         xmlns:xmpRights='http://ns.adobe.com/xap/1.0/rights/' xmlns:q='urn:example'>\
         <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>{inside}</rdf:RDF>\
         </x:xmpmeta>"
    )
}

fn data_mining(code: &str) -> String {
    packet(&format!("<plus:DataMining>{PLUS}{code}</plus:DataMining>"))
}

/// A WAV with these packets.
fn wav(shelf: &Shelf, packets: &[&str]) -> Outcome<Song> {
    let chunks: Vec<Vec<u8>> = packets
        .iter()
        .map(|packet| build::chunk(b"_PMX", packet.as_bytes()))
        .collect();
    shelf.put("song.wav", build::wav(64, &chunks))
}

/// What we would have said in the same coarse words is still another's word.
#[test]
fn a_permission_of_ours_never_silences_a_denial_of_others() -> Outcome {
    use Usage::{DataMining, GenerativeTraining, Inference, Search, Training};
    let permits = |denied: Usage| {
        let all = [GenerativeTraining, Training, Inference, DataMining, Search];
        let permit = |all: Declaration, usage| all.allow(usage);
        let others = all.into_iter().filter(|usage| *usage != denied);
        others
            .fold(Declaration::new().deny(denied), permit)
            .declared(day())
    };
    let reserved = packet("<tdm:reservation>1</tdm:reservation>");
    for (packet, denied) in [
        (data_mining("PROHIBITED"), Search),
        (
            data_mining("PROHIBITED-EXCEPTSEARCHENGINEINDEXING"),
            Inference,
        ),
        (data_mining("PROHIBITED-AIMLTRAINING"), GenerativeTraining),
        (reserved, DataMining),
    ] {
        let shelf = Shelf::new()?;
        let song = wav(&shelf, &[&packet])?;
        let other = if denied == Training {
            DataMining
        } else {
            Training
        };
        assert_eq!(song.answer(other)?, Disallowed, "{packet}");
        song.say(&permits(denied))?;
        assert_eq!(song.answer(other)?, Disallowed, "{packet}");
        song.strip()?;
        assert!(song.is_original()?);
        // Where nobody denies it, the same word of ours does not either.
        let own = shelf.put("own.wav", build::wav(64, &[]))?;
        own.say(&permits(denied))?;
        assert_eq!(own.answer(other)?, Answer::Claimed, "{packet}");
    }
    Ok(())
}

/// A packet that lost its marker is somebody's word, in our form too.
#[test]
fn a_packet_of_ours_that_is_left_alone_is_a_denial() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.put("song.wav", build::wav(64, &[]))?;
    song.say(&Declaration::new().deny(Usage::Search).declared(day()))?;
    let tagged = song.bytes()?;
    let text = String::from_utf8_lossy(&tagged).into_owned();
    let start = text.find("<?xpacket").ok_or("no packet")?;
    let end = text.find("<?xpacket end=\"w\"?>").ok_or("no packet")?;
    let left = format!("{}<?xpacket end=\"w\"?>", &text[start..end]);
    let song = wav(&shelf, &[&left])?;
    let declaration = Declaration::new()
        .deny(Usage::Search)
        .allow(Usage::Training);
    song.say(&declaration.declared(day()))?;
    assert_eq!(song.answer(Usage::Training)?, Disallowed);
    Ok(())
}

#[test]
fn a_denial_is_heard_in_whatever_form() -> Outcome {
    let denied = format!("{PLUS}PROHIBITED");
    let allowed = format!("{PLUS}ALLOWED");
    let shelf = Shelf::new()?;
    for (inside, expected) in [
        (
            format!(
                "<plus:DataMining><rdf:Description rdf:value='{denied}'><q:n>{allowed}</q:n>\
                 </rdf:Description></plus:DataMining>"
            ),
            Disallowed,
        ),
        (
            "<tdm:reservation rdf:value='1'>0</tdm:reservation>".to_owned(),
            Disallowed,
        ),
        (
            "<tdm:reservation><rdf:Bag><rdf:li>0</rdf:li><rdf:li><rdf:Description rdf:about='1'/>\
             </rdf:li></rdf:Bag></tdm:reservation>"
                .to_owned(),
            Disallowed,
        ),
        (
            "<tdm:reservation><rdf:Bag><rdf:li>0</rdf:li><rdf:li/></rdf:Bag></tdm:reservation>"
                .to_owned(),
            Unreadable,
        ),
        (
            format!("<plus:DataMining>{PLUS}PROHI<!-- x -->BITED</plus:DataMining>"),
            Disallowed,
        ),
        (
            format!("<plus:DataMining><![CDATA[{denied}]]></plus:DataMining>"),
            Disallowed,
        ),
        (
            "<xmpRights:UsageTerms>No AI training<!-- x --> without permission.\
             </xmpRights:UsageTerms>"
                .to_owned(),
            Disallowed,
        ),
        (
            format!(
                "<plus:DataMining>{allowed}</plus:DataMining>\
                 <plus:DataMining>{denied}</plus:DataMining>"
            ),
            Disallowed,
        ),
    ] {
        let song = wav(&shelf, &[&packet(&inside)])?;
        assert_eq!(song.answer(Usage::Training)?, expected, "{inside}");
    }
    // Properties around which no `rdf:RDF` stands.
    let bare = of_rdf("").replace("rdf:RDF", "rdf:Description");
    let bare = bare.replace("></rdf:D", &format!(" plus:DataMining='{denied}'></rdf:D"));
    assert_eq!(
        wav(&shelf, &[&bare])?.answer(Usage::Training)?,
        Unreadable,
        "{bare}"
    );
    Ok(())
}

/// The terms beside a reservation are those of the same packet.
#[test]
fn terms_in_another_packet_soften_nothing() -> Outcome {
    let shelf = Shelf::new()?;
    let reserved = packet("<tdm:reservation>1</tdm:reservation>");
    let terms = packet("<tdm:policy>https://example.org/terms</tdm:policy>");
    let both = packet(
        "<tdm:reservation>1</tdm:reservation><tdm:policy>https://example.org/terms</tdm:policy>",
    );
    assert_eq!(
        wav(&shelf, &[&reserved, &terms])?.answer(Usage::Training)?,
        Disallowed
    );
    assert_eq!(
        wav(&shelf, &[&terms, &reserved])?.answer(Usage::Training)?,
        Disallowed
    );
    assert_eq!(wav(&shelf, &[&both])?.answer(Usage::Training)?, Conditional);
    // Nor in another frame of one tag, be it the tag of the file that was packed.
    let frames = [&reserved, &terms]
        .map(|packet| build::frame(b"PRIV", &[b"XMP\0", packet.as_bytes()].concat()));
    let chunk = build::chunk(b"id3 ", &build::id3(&frames));
    let blocks =
        [&b"RIFF\x08\0\0\0WAVE"[..], &chunk].map(|kept| build::block(2, &[b"riff", kept].concat()));
    let packed = shelf.put("packed.flac", build::flac_of(&blocks))?;
    assert_eq!(packed.answer(Usage::Training)?, Disallowed);
    Ok(())
}

/// A property's name is one in packets alone.
#[test]
fn a_field_named_like_a_property_is_none() -> Outcome {
    let shelf = Shelf::new()?;
    let fields = [("plus:DataMining", "DMI-ALLOWED"), ("tdm:reservation", "0")];
    let song = shelf.put("song.flac", build::flac(&fields))?;
    assert_eq!(song.answer(Usage::Training)?, Answer::None);
    Ok(())
}

/// One wrong bit in the flags of a frame.
#[test]
fn a_flag_hides_no_packet() -> Outcome {
    let shelf = Shelf::new()?;
    let body = [b"XMP\0", data_mining("PROHIBITED").as_bytes()].concat();
    for version in [3, 4] {
        let mut frame = build::frame(b"PRIV", &body);
        if version == 4 {
            let size = u32::try_from(body.len())?;
            let safe = (size & 0x7f) | (size & 0x3f80) << 1;
            frame[4..8].copy_from_slice(&safe.to_be_bytes());
        }
        let sound = std::fs::read(common::corpus().join("clean/sine.mp3"))?;
        for bit in 0..8 {
            let mut frame = frame.clone();
            frame[9] ^= 1 << bit;
            let mut tag = build::id3(&[frame]);
            tag[3] = version;
            let song = shelf.put("song.mp3", [tag, sound.clone()].concat())?;
            let answer = song.answer(Usage::Training)?;
            assert!(
                matches!(answer, Disallowed | Unreadable),
                "{version} {bit}: {answer:?}"
            );
            if song.tag().is_ok() {
                let bytes = song.bytes()?;
                let owners = bytes
                    .windows(8)
                    .filter(|at| at == b"XMP\0<?xp" || at == b"XMP\0<x:x");
                assert_eq!(owners.count(), 1, "{version} {bit}");
                song.strip()?;
                assert!(song.is_original()?, "{version} {bit}");
            }
        }
    }
    Ok(())
}

/// A packet is no weapon, and what would become one with ours in it stays as it is.
#[test]
fn a_packet_costs_what_it_is_long() -> Outcome {
    let shelf = Shelf::new()?;
    let nest =
        "<rdf:RDF><d><tdm:policy>a".repeat(8_000) + &"</tdm:policy></d></rdf:RDF>".repeat(8_000);
    let deep = "<a>".repeat(120_000) + &"</a>".repeat(120_000);
    let languages = "<rdf:li>a</rdf:li>".repeat(101);
    let languages = format!("<dc:rights><rdf:Alt>{languages}</rdf:Alt></dc:rights>");
    let prefixes: Vec<String> = (0..248).map(|n| format!("xmlns:n{n}='urn:{n}'")).collect();
    let prefixes = of_rdf(&format!("<rdf:Description {}/>", prefixes.join(" ")));
    let start = Instant::now();
    for (text, is_kept) in [
        (packet(&nest), false),
        (of_rdf(&nest), false),
        (packet(&deep), true),
        (packet(&languages), true),
        (prefixes, true),
    ] {
        let song = wav(&shelf, &[&text])?;
        song.answer(Usage::Training)?;
        let warnings = song.tag()?.warnings;
        let is_told = warnings == [Warning::PacketKept];
        assert!(is_told || warnings.is_empty(), "{warnings:?}");
        assert_eq!(is_told, is_kept, "{}", &text[300..500]);
        assert_eq!(song.answer(Usage::Training)?, Disallowed);
        song.strip()?;
        assert!(song.is_original()?);
    }
    // Seconds in a debug build; it was minutes, and gigabytes, before there was a bound.
    assert!(start.elapsed() < Duration::from_secs(60));
    Ok(())
}

/// Terms of ours come to no word of others, and no word of ours to terms of theirs.
#[test]
fn half_a_pair_of_others_keeps_the_other_half_out() -> Outcome {
    let shelf = Shelf::new()?;
    let policy: PolicyUrl = "https://example.org/ours".parse()?;
    let ask = Declaration::from(Preset::AskFirst)
        .policy(policy)
        .declared(day());
    for half in [
        "<tdm:policy>https://example.org/theirs</tdm:policy>",
        "<tdm:reservation>1</tdm:reservation>",
        "<plus:OtherConstraints>by letter</plus:OtherConstraints>",
    ] {
        let song = wav(&shelf, &[&packet(half)])?;
        for declaration in [&ask, &no_ai()] {
            EmbedOptions::new()
                .replace(true)
                .embed(song.path(), declaration)?;
            let text = String::from_utf8_lossy(&song.bytes()?).into_owned();
            let (name, _) = half[1..].split_once('>').ok_or("no name")?;
            let pair = name.split(':').next().ok_or("no prefix")?;
            let ours = format!(" xmlns:{pair}=\"");
            assert!(!text.contains(&ours), "{half}: {text}");
        }
        song.strip()?;
        assert!(song.is_original()?);
    }
    Ok(())
}

/// A stranger's frame that cannot be read, before ours: ours goes all the same.
#[test]
fn a_frame_of_others_that_cannot_be_read_keeps_ours_from_nothing() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    song.tag()?;
    let mut theirs = build::frame(b"PRIV", b"XMP\0packed");
    theirs[9] = 0x80;
    let mut edited = song.bytes()?;
    edited.splice(10..10, theirs.clone());
    let size = (edited[8] as usize) << 7 | edited[9] as usize;
    let size = size + theirs.len();
    edited[8] = u8::try_from(size >> 7)?;
    edited[9] = u8::try_from(size & 0x7f)?;
    std::fs::write(song.path(), &edited)?;
    assert!(!song.strip()?.exact);
    let left = song.bytes()?;
    assert!(left.windows(theirs.len()).any(|bytes| bytes == theirs));
    assert!(!left.windows(8).any(|bytes| bytes == b"<?xpacke"));
    Ok(())
}

/// Also of a use that only a notice could speak of.
#[test]
fn a_packet_that_cannot_be_read_may_speak_of_every_use() -> Outcome {
    let shelf = Shelf::new()?;
    let many = "<rdf:li>No platform AI services without permission.</rdf:li>".repeat(51);
    let terms = format!("<xmpRights:UsageTerms><rdf:Bag>{many}</rdf:Bag></xmpRights:UsageTerms>");
    let song = wav(&shelf, &[&packet(&terms)])?;
    song.say(
        &Declaration::new()
            .allow(Usage::PlatformService)
            .declared(day()),
    )?;
    assert_eq!(song.answer(Usage::PlatformService)?, Unreadable);
    let reserved = "<rdf:Description tdm:reservation='1'/>";
    let outside = of_rdf("").replace("</x:x", &format!("{reserved}</x:x"));
    let outside = outside.replace(
        "xmlns:q=",
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:q=",
    );
    assert_eq!(
        wav(&shelf, &[&outside])?.answer(Usage::Training)?,
        Unreadable
    );
    Ok(())
}
