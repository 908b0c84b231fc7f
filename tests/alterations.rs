//! Is every change to a statement told from the statement as it was written?

mod common;

use common::bytes::{find, put};
use common::{Outcome, Shelf, Song, build, corpus, no_ai};
use noai_audio::MarkerVerdict::{Altered, Intact};
use noai_audio::{EmbedOptions, MarkerVerdict, Statement};

type Comments = Vec<(String, String)>;

/// The comments of a tagged song with a title and a copyright text.
fn comments() -> Outcome<Comments> {
    let shelf = Shelf::new()?;
    let untagged = build::flac(&[("TITLE", "Song"), ("COPYRIGHT", "2026 Test")]);
    let song = shelf.put("song.flac", untagged)?;
    song.tag()?;
    let inspection = noai_audio::read(song.path())?;
    let field = |statement: &Statement| (statement.field().to_owned(), statement.raw().to_owned());
    let mut comments = vec![("TITLE".to_owned(), "Song".to_owned())];
    comments.extend(inspection.statements().iter().map(field));
    assert_eq!(comments.len(), 6);
    Ok(comments)
}

/// The verdict on a song with these comments and the same sound.
fn verdict(comments: &Comments) -> Outcome<MarkerVerdict> {
    let fields: Vec<(&str, &str)> = comments
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let shelf = Shelf::new()?;
    let song = shelf.put("copy.flac", build::flac(&fields))?;
    Ok(song.verify()?.marker)
}

/// The verdict after `change` has been done to every comment of that name.
fn after(name: &str, change: impl Fn(&mut Comments, usize)) -> Outcome<MarkerVerdict> {
    let mut changed = comments()?;
    let at = changed.iter().position(|(other, _)| other == name);
    change(&mut changed, at.ok_or("no such comment")?);
    verdict(&changed)
}

#[test]
fn a_field_that_is_gone_other_or_there_twice_is_told() -> Outcome {
    assert_eq!(verdict(&comments()?)?, Intact);
    for name in ["NOAI", "CONTENT_USAGE", "TDM_RESERVATION"] {
        let gone = after(name, |comments, at| drop(comments.remove(at)))?;
        let other = after(name, |comments, at| comments[at].1 += " ")?;
        let twice = after(name, |comments, at| comments.push(comments[at].clone()))?;
        let renamed = after(name, |comments, at| comments[at].0 = "MOOD".to_owned())?;
        assert_eq!([gone, other, twice, renamed], [Altered; 4], "{name}");
    }
    // As many fields as there should be, and one of them for another.
    let exchanged = after("CONTENT_USAGE", |comments, at| {
        comments[at] = comments[at - 1].clone();
    })?;
    assert_eq!(exchanged, Altered);
    let policy = after("TITLE", |comments, _| {
        comments.push(("TDM_POLICY".to_owned(), "https://example.org".to_owned()));
    })?;
    assert_eq!(policy, Altered);
    let title = after("TITLE", |comments, at| {
        comments[at].1 = "Another".to_owned();
    })?;
    assert_eq!(title, Intact);
    Ok(())
}

#[test]
fn a_notice_that_is_gone_is_told_and_what_stands_beside_it_is_not() -> Outcome {
    let cut = after("COPYRIGHT", |comments, at| {
        comments[at].1 = "2026 Test".to_owned();
    })?;
    let gone = after("COPYRIGHT", |comments, at| drop(comments.remove(at)))?;
    let moved = after("COPYRIGHT", |comments, at| {
        comments[at].0 = "DESCRIPTION".to_owned();
    })?;
    assert_eq!([cut, gone, moved], [Altered; 3]);
    let longer = after("COPYRIGHT", |comments, at| {
        comments[at].1.insert_str(0, "(P) ");
    })?;
    let second = after("COPYRIGHT", |comments, _| {
        comments.insert(0, ("COPYRIGHT".to_owned(), "2020 Test".to_owned()));
    })?;
    assert_eq!([longer, second], [Intact; 2]);
    Ok(())
}

/// Tags the song, then writes over the first byte of the last `text` in it.
fn with_letter_changed(song: &Song, text: &[u8], shelf: &Shelf) -> Outcome<MarkerVerdict> {
    song.tag()?;
    assert_eq!(song.verify()?.marker, Intact);
    let mut bytes = song.bytes()?;
    let mut last = 0;
    while let Some(next) = find(bytes.get(last + 1..).unwrap_or_default(), text) {
        last += 1 + next;
    }
    put(&mut bytes, last, b"Z")?;
    Ok(shelf.put("changed", bytes)?.verify()?.marker)
}

#[test]
fn the_list_in_the_info_of_a_wav_is_a_part_of_the_statement() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/ffmpeg.wav")?;
    assert_eq!(
        with_letter_changed(&song, b"data-mining, repl", &shelf)?,
        Altered
    );
    Ok(())
}

#[test]
fn a_second_tag_may_say_the_same_and_nothing_else() -> Outcome {
    let noai = comments()?;
    let noai = noai
        .iter()
        .find(|(name, _)| name == "NOAI")
        .ok_or("no list")?;
    let sound = std::fs::read(corpus().join("clean/sine.mp3"))?;
    for (value, expected) in [
        (noai.1.as_str(), Intact),
        ("training", Altered),
        ("1", Altered),
    ] {
        let shelf = Shelf::new()?;
        let song = shelf.put("song.mp3", sound.clone())?;
        song.tag()?;
        let item = build::ape_item("NOAI", 0, value.as_bytes());
        let both = [song.bytes()?, build::ape(&[item])].concat();
        let song = shelf.put("both.mp3", both)?;
        assert_eq!(song.verify()?.marker, expected, "{value}");
    }
    Ok(())
}

/// What begins as a statement of ours and is damaged is replaced only where that is asked
/// for; what does not is somebody else's, and stays.
#[test]
fn a_damaged_statement_is_ours_and_another_text_is_not() -> Outcome {
    let shelf = Shelf::new()?;
    let ours = shelf.put(
        "ours.flac",
        build::flac(&[("AI_CONSENT", "v=1, training=maybe")]),
    )?;
    let text = [("AI_CONSENT", "whatever you like")];
    let theirs = shelf.put("theirs.flac", build::flac(&text))?;
    for song in [&ours, &theirs] {
        assert!(song.tag().is_err());
        assert!(song.is_original()?);
    }
    let mut replacing = EmbedOptions::new();
    replacing.replace(true);
    assert!(replacing.embed(theirs.path(), &no_ai()).is_err());
    assert!(theirs.is_original()?);
    noai_audio::strip(ours.path())?;
    assert!(find(&ours.bytes()?, b"maybe").is_none());
    let _ = noai_audio::strip(theirs.path());
    assert!(theirs.is_original()?);
    // With nothing of ours in it, there is nothing to take off.
    let bare = shelf.put("bare.flac", build::flac(&[("TITLE", "Song")]))?;
    let stripped = noai_audio::strip(bare.path())?;
    assert_eq!(stripped.status, noai_audio::Status::Unchanged);
    assert!(bare.is_original()?);
    Ok(())
}

/// A packet that we made says what the statement says, or somebody was at it; one that is gone,
/// as after a conversion, or was another's says nothing about the statement.
#[test]
fn an_xmp_packet_that_says_otherwise_is_told() -> Outcome {
    let shelf = Shelf::new()?;
    for name in ["clean/sine.mp3", "clean/sine.wav", "clean/sine.m4a"] {
        let song = shelf.song(name)?;
        song.tag()?;
        assert_eq!(song.verify()?.marker, Intact, "{name}");
        let tagged = song.bytes()?;
        for (old, new) in [
            (&b"reservation>1<"[..], &b"reservation>0<"[..]),
            (b"/DMI-PROHIBITED-E", b"/DMI-PROHIBITED-F"),
        ] {
            let mut edited = tagged.clone();
            put(&mut edited, find(&tagged, old).ok_or("no property")?, new)?;
            std::fs::write(song.path(), &edited)?;
            assert_eq!(song.verify()?.marker, Altered, "{name}");
        }
        let mut edited = tagged.clone();
        let start = find(&tagged, b"<?xpacket begin").ok_or("no packet")?;
        let end = find(&tagged, b"<?xpacket end=\"w\"?>").ok_or("no packet")? + 19;
        put(&mut edited, start, &vec![b' '; end - start])?;
        std::fs::write(song.path(), &edited)?;
        assert_eq!(song.verify()?.marker, Intact, "{name}");
    }
    Ok(())
}
