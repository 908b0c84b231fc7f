//! What is a file taken for whose first bytes nearly say it?

mod common;

use common::{Outcome, Shelf, build, ensure};
use noai_audio::ErrorKind;

/// The kind of the error that these bytes give.
fn refused(bytes: &[u8]) -> Outcome<ErrorKind> {
    let error = Shelf::new()?.put("song", bytes)?.read().err();
    Ok(error.ok_or("it was read")?.kind())
}

#[test]
fn layers_one_and_two_are_refused_by_name_and_nothing_else_is() -> Outcome {
    let headers = [
        ([0xff, 0xfd, 0x80, 0], ErrorKind::Unsupported),
        ([0xff, 0xff, 0x80, 0], ErrorKind::Unsupported),
        ([0xff, 0xf5, 0x14, 0], ErrorKind::Unsupported),
        ([0xff, 0xe5, 0xe8, 0], ErrorKind::Unsupported),
        ([0xff, 0xfd, 0x18, 0], ErrorKind::Unsupported),
        ([0xfe, 0xfd, 0x80, 0], ErrorKind::NotAudio),
        ([0xff, 0xdd, 0x80, 0], ErrorKind::NotAudio),
        ([0xff, 0xbd, 0x80, 0], ErrorKind::NotAudio),
        ([0xff, 0x7d, 0x80, 0], ErrorKind::NotAudio),
        ([0xff, 0xf9, 0xf0, 0], ErrorKind::NotAudio),
        ([0xff, 0xfd, 0xf0, 0], ErrorKind::NotAudio),
        ([0xff, 0xfd, 0x00, 0], ErrorKind::NotAudio),
        ([0xff, 0xfd, 0x8c, 0], ErrorKind::NotAudio),
    ];
    let tag = build::id3(&[build::frame(b"TIT2", b"\0T")]);
    for (header, kind) in headers {
        for behind in [0, 600] {
            let frame = [&header[..], &vec![0; behind]].concat();
            for file in [frame.clone(), [&tag[..], &frame].concat()] {
                let found = refused(&file)?;
                ensure(found == kind, || {
                    format!("{header:x?} +{behind}: {found:?}")
                })?;
            }
        }
    }
    // Too short for a header, which the tag in front does not make up for.
    for file in [&b"\xff\xfd\x80"[..], &[&tag[..], b"\xff\xfd\x80"].concat()] {
        assert_eq!(refused(file)?, ErrorKind::NotAudio);
    }
    Ok(())
}

#[test]
fn outer_names_alone_make_no_container() -> Outcome {
    for (outer, inner) in [(b"RIFF", b"AVI "), (b"RF64", b"WAVX"), (b"FORM", b"ILBM")] {
        let file = [&outer[..], &[0; 4], inner, &[0; 100]].concat();
        assert_eq!(refused(&file)?, ErrorKind::NotAudio);
    }
    Ok(())
}

/// A frame of MPEG-1 layer III at 44,100 Hz in stereo: 417 bytes.
fn frame(fill: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0];
    frame.extend(fill);
    frame.resize(417, 7);
    frame
}

#[test]
fn a_table_in_stereo_is_no_sound() -> Outcome {
    let shelf = Shelf::new()?;
    let sound = [frame(b""), frame(b"a"), frame(b"b")].concat();
    let plain = shelf.put("plain.mp3", sound.clone())?.essence()?;
    let side = [0; 32];
    for name in [b"Xing", b"Info"] {
        let table = frame(&[&side[..], name].concat());
        let song = shelf.put("table.mp3", [table, sound.clone()].concat())?;
        assert_eq!(song.essence()?, plain);
        // Elsewhere the same letters are sound.
        let other = frame(&[&side[..9], name].concat());
        let song = shelf.put("sound.mp3", [other, sound.clone()].concat())?;
        assert_ne!(song.essence()?, plain);
    }
    Ok(())
}

#[test]
fn behind_junk_a_chain_of_frames_alike_is_sound() -> Outcome {
    let junk = [1; 30];
    let frames = |count: usize| frame(b"").repeat(count);
    let shelf = Shelf::new()?;
    for file in [
        [&junk[..], &frames(4)].concat(),
        // The sound may end before there are so many.
        [&junk[..], &frames(1)].concat(),
        [&junk[..], &frames(2), b"TAG", &[0; 125]].concat(),
    ] {
        let essence = shelf.put("song.mp3", file)?.essence()?;
        assert_eq!(essence.stream.codec, "mp3");
    }
    // At 48 kHz, or no frame at all.
    let other = [&[0xff, 0xfb, 0x94, 0][..], &[0; 380]].concat();
    for behind in [other, vec![0; 417]] {
        assert_eq!(
            refused(&[&junk[..], &frames(2), &behind, &[0; 600]].concat())?,
            ErrorKind::NotAudio
        );
    }
    Ok(())
}
