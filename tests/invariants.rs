//! The invariants of docs/DESIGN.md, each with the test of its name.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Duration;

use common::bytes::{find, part, put};
use common::ledger::{self, Case};
use common::pieces::{nothing_else_changed, pieces, sound, text_of};
use common::random::Random;
use common::{
    NO_AI, Outcome, Shelf, Song, TONES, build, corpus, day, ensure, fail, hex, long_statement,
    no_ai, ogg, sha256, short_statement,
};
use noai_audio::{
    Answer, Declaration, EmbedOptions, Format, Inspection, Limits, Marker, Preference, Status,
    Usage,
};
use walkdir::WalkDir;

/// Something that is done to a song.
type Operation<'a> = dyn Fn() -> Result<(), noai_audio::Error> + 'a;

/// I1: essence before = essence after every operation, or the file is untouched.
#[test]
fn i1_essence_is_unchanged() -> Outcome {
    let long = long_statement()?;
    ledger::for_each(&ledger::cases()?, |case, _, song| {
        let Ok(before) = song.identify() else {
            ensure(song.tag().is_err() && song.strip().is_err(), || {
                "changed unseen".to_owned()
            })?;
            return ensure(song.is_original()?, || {
                "an error, and bytes changed".to_owned()
            });
        };
        let heard = if case.is_tagged() {
            Some(sound(song.original(), before.format)?)
        } else {
            None
        };
        let operations: [(&str, &Operation); 4] = [
            ("embed", &|| song.tag().map(drop)),
            ("embed more", &|| song.say_instead(&long).map(drop)),
            ("embed less", &|| {
                song.say_instead(&short_statement()).map(drop)
            }),
            ("strip", &|| song.strip().map(drop)),
        ];
        for (name, operation) in operations {
            let old = song.bytes()?;
            let done = operation();
            ensure(done.is_ok() || song.bytes()? == old, || {
                format!("{name}: an error, and bytes changed")
            })?;
            ensure(Some(song.essence()?) == before.essence, || {
                format!("{name}: another essence")
            })?;
            if let Some(heard) = &heard {
                ensure(*heard == sound(&song.bytes()?, before.format)?, || {
                    format!("{name}: other sound")
                })?;
            }
        }
        Ok(())
    });
    Ok(())
}

/// I2: `strip(embed(f)) == f`, whatever was embedded in between; the same statement again
/// changes no byte.
#[test]
fn i2_strip_restores() -> Outcome {
    let (long, short) = (long_statement()?, short_statement());
    let histories: [(&str, Vec<(Declaration, bool)>); 6] = [
        ("one", vec![(no_ai(), true)]),
        ("one without notice", vec![(no_ai(), false)]),
        (
            "long after short",
            vec![(short.clone(), true), (long.clone(), true)],
        ),
        (
            "short after long",
            vec![(long.clone(), true), (short.clone(), true)],
        ),
        (
            "there and back",
            vec![(no_ai(), true), (long.clone(), false), (no_ai(), true)],
        ),
        (
            "notice comes, goes, comes",
            vec![
                (short, true),
                (long, true),
                (no_ai(), false),
                (no_ai(), true),
            ],
        ),
    ];
    ledger::for_each(&ledger::tagged_cases()?, |_, _, song| {
        for (name, history) in &histories {
            for (declaration, notice) in history {
                let mut options = EmbedOptions::new();
                options.replace(true).notice(*notice);
                options
                    .embed(song.path(), declaration)
                    .map_err(|error| format!("{name}: {error}"))?;
                let bytes = song.bytes()?;
                let again = options.embed(song.path(), declaration)?;
                ensure(
                    again.status == Status::Unchanged && song.bytes()? == bytes,
                    || format!("{name}: the same statement again changed bytes"),
                )?;
            }
            let stripped = song.strip()?;
            let now = song.bytes()?;
            ensure(now == song.original(), || {
                format!(
                    "{name}: strip gives {} bytes for {}",
                    now.len(),
                    song.original().len()
                )
            })?;
            ensure(stripped.exact, || {
                format!("{name}: restored, and not called exact")
            })?;
        }
        Ok(())
    });
    Ok(())
}

/// I2, the other side: `exact` is not said where somebody wrote to the file in between.
#[test]
fn i2_strip_says_so_where_it_does_not_restore() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/mutagen-v23.mp3")?;
    song.tag()?;
    let mut bytes = song.bytes()?;
    let at = find(&bytes, b"TIT2").ok_or("no title")? + 13;
    put(&mut bytes, at, b"#")?;
    fs::write(song.path(), &bytes)?;
    let stripped = song.strip()?;
    assert_eq!(stripped.status, Status::Changed);
    assert!(!stripped.exact);
    assert!(find(&song.bytes()?, b"AI_CONSENT").is_none());
    Ok(())
}

/// I3: bytes that are not ours, and no size, offset or checksum of what moved, are
/// identical (the copyright suffix excepted).
#[test]
fn i3_foreign_bytes_are_identical() -> Outcome {
    let long = long_statement()?;
    ledger::for_each(&ledger::tagged_cases()?, |_, _, song| {
        let format = song.read()?.format();
        let before = pieces(song.original(), format)?;
        for (declaration, notice) in [(&no_ai(), false), (&long, false), (&long, true)] {
            EmbedOptions::new()
                .replace(true)
                .notice(notice)
                .embed(song.path(), declaration)?;
            let after = pieces(&song.bytes()?, format)?;
            nothing_else_changed(&before, &after, notice)
                .map_err(|error| format!("notice {notice}: {error}"))?;
            let ours = after
                .iter()
                .filter(|piece| piece.kind == common::pieces::Kind::Ours);
            ensure(ours.count() >= 3, || {
                "our fields are not where they should be".to_owned()
            })?;
        }
        Ok(())
    });
    Ok(())
}

/// I3: padding that is not zero is somebody's, however well our fields would fit.
#[test]
fn i3_padding_that_is_not_zero_stays() -> Outcome {
    let shelf = Shelf::new()?;
    let comments = build::comment_list(&[b"TITLE=One".to_vec()]);
    for (name, padding) in [("text", b"left over ".repeat(400)), ("bit", bit(4_000))] {
        let blocks = [build::block(4, &comments), build::block(1, &padding)];
        let song = shelf.put(name, build::flac_of(&blocks))?;
        song.tag()?;
        let tagged = song.bytes()?;
        assert!(
            find(&tagged, &build::block(0x81, &padding)).is_some(),
            "{name}"
        );
        song.strip()?;
        assert!(song.is_original()?, "{name}");
    }
    Ok(())
}

/// Zeros, and a single one at the end.
fn bit(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    bytes.push(1);
    bytes
}

/// I4: no file digest inside the file it covers.
#[test]
fn i4_no_file_digest_inside() -> Outcome {
    ledger::for_each(&ledger::tagged_cases()?, |_, _, song| {
        song.tag()?;
        let tagged = song.bytes()?;
        let essence = song.essence()?.digest.to_string();
        for (whose, digest) in [
            ("its own", sha256(&tagged)),
            ("the first", sha256(song.original())),
        ] {
            let text = hex(&digest);
            // Where a file is nothing but sound, its essence is its file digest.
            let nothing_but_sound = whose == "the first" && essence.ends_with(&text);
            let written = find(&tagged.to_ascii_lowercase(), text.as_bytes()).is_some();
            ensure(!written || nothing_but_sound, || {
                format!("{whose} file digest as text")
            })?;
            ensure(find(&tagged, &digest).is_none(), || {
                format!("{whose} file digest as bytes")
            })?;
        }
        Ok(())
    });
    Ok(())
}

/// I5: carriers know no containers, containers know no consent, vocabularies know no
/// files; no dependency's type in a public signature.
#[test]
fn i5_layers_do_not_leak() -> Outcome {
    let rules: [(&str, &[&str]); 5] = [
        (
            "carrier",
            &[
                "container",
                "consent",
                "marker",
                "Layout",
                "Declaration",
                "Usage",
            ],
        ),
        (
            "container",
            &["consent", "marker", "vocabulary", "Declaration", "Usage"],
        ),
        (
            "vocabulary",
            &[
                "fs",
                "path",
                "carrier",
                "container",
                "File",
                "Source",
                "Layout",
            ],
        ),
        (
            "consent",
            &[
                "fs",
                "path",
                "carrier",
                "container",
                "marker",
                "vocabulary",
                "File",
                "Source",
            ],
        ),
        (
            "marker",
            &["fs", "path", "container", "File", "Source", "Layout"],
        ),
    ];
    let mut leaks = Vec::new();
    for (folder, forbidden) in rules {
        for (name, code) in sources(&Path::new("src").join(folder))? {
            let known: BTreeSet<&str> = words(&code).collect();
            for word in forbidden.iter().filter(|word| known.contains(**word)) {
                leaks.push(format!("{name} mentions {word}"));
            }
        }
    }
    for (name, code) in sources(Path::new("src"))? {
        let foreign = dependencies(&code);
        for signature in signatures(&code) {
            for word in words(&signature).filter(|word| foreign.contains(*word)) {
                leaks.push(format!(
                    "{name} shows {word} in public: {}",
                    signature.trim()
                ));
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    Ok(())
}

/// The source files of a folder, without comments and texts.
fn sources(folder: &Path) -> Outcome<Vec<(String, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    let files = [root.join(folder), root.join(folder).with_extension("rs")];
    for entry in files
        .iter()
        .filter(|path| path.exists())
        .flat_map(WalkDir::new)
    {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|extension| extension == "rs")
        {
            let code = fs::read_to_string(entry.path())?;
            let name = entry
                .path()
                .strip_prefix(root)?
                .to_string_lossy()
                .into_owned();
            sources.push((
                name,
                code.lines().map(code_alone).collect::<Vec<_>>().join("\n"),
            ));
        }
    }
    assert!(sources.len() > 1, "no sources in {}", folder.display());
    Ok(sources)
}

/// A line without its comment, and without what stands in quotes.
fn code_alone(line: &str) -> String {
    let code = line.split("//").next().unwrap_or_default();
    code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// The names of our dependencies, and what a file imports from them.
fn dependencies(code: &str) -> BTreeSet<String> {
    let crates = [
        "lofty",
        "minicbor",
        "sfv",
        "symphonia",
        "sha2",
        "crc",
        "tempfile",
        "walkdir",
        "xattr",
    ];
    let mut names: BTreeSet<String> = crates.map(str::to_owned).into();
    for import in code
        .split(';')
        .filter_map(|statement| statement.rsplit_once("use "))
    {
        if words(import.1)
            .next()
            .is_some_and(|first| crates.contains(&first))
        {
            names.extend(
                words(import.1)
                    .filter(|word| word.starts_with(char::is_uppercase))
                    .map(str::to_owned),
            );
        }
    }
    names
}

/// From each `pub` (not `pub(crate)`) and each `impl From` to its brace or semicolon.
fn signatures(code: &str) -> Vec<String> {
    let mut signatures = Vec::new();
    for (at, _) in code
        .match_indices("pub ")
        .chain(code.match_indices("impl From<"))
    {
        let rest = code.get(at..).unwrap_or_default();
        let end = rest.find(['{', ';']).unwrap_or(rest.len());
        signatures.push(rest.get(..end).unwrap_or_default().to_owned());
    }
    signatures
}

/// I6: nothing unreadable, unsigned or unknown is ever allowed.
#[test]
fn i6_nothing_unproven_is_allowed() -> Outcome {
    every_declaration_is_answered_as_strictly_as_it_was_made()?;
    damage_never_permits()?;
    damage_is_not_silence()
}

/// All 4⁷ of them: alone in `AI_CONSENT` exactly so, with the other fields never looser.
fn every_declaration_is_answered_as_strictly_as_it_was_made() -> Outcome {
    let count = Preference::ALL.len().pow(Usage::ALL.len() as u32);
    assert_eq!(count, 16_384);
    for number in 0..count {
        let mut declaration = Declaration::new().policy("https://example.org/terms".parse()?);
        let mut left = number;
        for usage in Usage::ALL {
            let said = Preference::ALL
                .into_iter()
                .cycle()
                .nth(left % 4)
                .unwrap_or_default();
            declaration = declaration.say(usage, said);
            left /= 4;
        }
        let sound = declaration.check().is_ok();
        let fields = Marker::new(declaration.clone()).fields();
        let all: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let alone = look(&build::flac(all.get(..1).unwrap_or_default()))?;
        let together = look(&build::flac(&all))?;
        for usage in Usage::ALL {
            let said = declaration.preference(usage);
            let expected = match said {
                _ if !sound => Answer::Unreadable,
                Preference::Unknown => Answer::None,
                Preference::Allowed => Answer::Claimed,
                Preference::Conditional => Answer::Conditional,
                Preference::Disallowed => Answer::Disallowed,
            };
            assert_eq!(
                alone.answer(usage, None),
                expected,
                "{usage} alone: {declaration:?}"
            );
            let answer = together.answer(usage, Some(day()));
            assert!(
                !sound || answer == expected,
                "{usage} by all fields is {}: {declaration:?}",
                answer.name()
            );
            let permits = answer == Answer::Claimed;
            assert_ne!(answer, Answer::Allowed, "{usage}: {declaration:?}");
            assert!(
                !permits || (sound && said == Preference::Allowed),
                "{usage}: {declaration:?}"
            );
            let lost = said == Preference::Disallowed && answer != Answer::Disallowed;
            assert!(!lost, "a denial of {usage} is lost: {declaration:?}");
            let conditions = said == Preference::Conditional && answer == Answer::None;
            assert!(
                !conditions,
                "a condition of {usage} is lost: {declaration:?}"
            );
        }
    }
    Ok(())
}

fn look(file: &[u8]) -> Result<Inspection, noai_audio::Error> {
    noai_audio::read_from(Cursor::new(file), Limits::default())
}

/// Every byte of `AI_CONSENT` and of `NOAI` is damaged in turn, in every format.
fn damage_never_permits() -> Outcome {
    let declaration = no_ai().policy("https://example.org/terms".parse()?);
    for name in TONES {
        let shelf = Shelf::new()?;
        let song = shelf.song(&format!("clean/{name}"))?;
        EmbedOptions::new()
            .notice(false)
            .embed(song.path(), &declaration)?;
        let tagged = song.bytes()?;
        for field in ["AI_CONSENT", "NOAI"] {
            let text = raw(&song.read()?, field)?;
            let start = text_of(&tagged, &text)?;
            for at in start..start + text.len() {
                let old = part(&tagged, at, 1)?.iter().sum::<u8>();
                for new in [b'y', b';', b',', 0, b'\n', old ^ 1, old ^ 0x20, old | 0x80] {
                    let mut damaged = tagged.clone();
                    put(&mut damaged, at, &[new])?;
                    if song.read()?.format() == Format::Ogg {
                        ogg::repair(&mut damaged)?;
                    }
                    let inspection = look(&damaged)?;
                    for usage in Usage::ALL {
                        let answer = inspection.answer(usage, Some(day()));
                        let denied = NO_AI.contains(&usage);
                        let what = || {
                            format!(
                                "{name}, {field} byte {at} = {new}: {usage}: {}",
                                answer.name()
                            )
                        };
                        assert!(
                            !matches!(answer, Answer::Allowed | Answer::Claimed),
                            "{}",
                            what()
                        );
                        assert!(!denied || answer == Answer::Disallowed, "{}", what());
                    }
                }
            }
        }
    }
    Ok(())
}

fn raw(inspection: &Inspection, field: &str) -> Outcome<String> {
    let mut statements = inspection.statements().iter();
    let found = statements.find(|statement| statement.field() == field);
    found.map_or_else(
        || fail(format!("no {field}")),
        |statement| Ok(statement.raw().to_owned()),
    )
}

/// A field that cannot be read answers for every use of which its vocabulary speaks.
fn damage_is_not_silence() -> Outcome {
    use Usage::{DataMining, GenerativeTraining, Inference, Search, Training};
    // Nobody can tell which draft's labels stood there.
    let dictionary = [GenerativeTraining, Training, Inference, DataMining, Search];
    let cases: [(&str, &str, &[Usage]); 8] = [
        ("AI_CONSENT", "", &Usage::ALL),
        ("AI_CONSENT", "v=1, search=yes", &Usage::ALL),
        ("AI_CONSENT", "v=2, search=y", &Usage::ALL),
        ("AI_CONSENT", "v=1, search=y;v=1, search=n", &Usage::ALL),
        ("NOAI", "perhaps", &Usage::ALL),
        ("CONTENT_USAGE", "train-ai=y, =", &dictionary),
        ("CONTENT_USAGE", "train-ai=y\u{e4}", &dictionary),
        (
            "COPYRIGHT",
            "Me. [Content-Usage: train-ai=y, =]",
            &dictionary,
        ),
    ];
    let claims = ("TDM_RESERVATION", "0");
    for (field, value, about) in cases {
        let alone = look(&build::flac(&[(field, value)]))?;
        let beside = look(&build::flac(&[claims, (field, value)]))?;
        for usage in Usage::ALL {
            let spoken = about.contains(&usage);
            let expected = if spoken {
                Answer::Unreadable
            } else {
                Answer::None
            };
            assert_eq!(
                alone.answer(usage, None),
                expected,
                "{field}={value}: {usage}"
            );
            let claimed = [DataMining, Training, GenerativeTraining].contains(&usage);
            let expected = match (spoken, claimed) {
                (true, _) => Answer::Unreadable,
                (false, true) => Answer::Claimed,
                (false, false) => Answer::None,
            };
            assert_eq!(
                beside.answer(usage, None),
                expected,
                "{field}={value} and a claim: {usage}"
            );
        }
    }
    let denied = look(&build::flac(&[("AI_CONSENT", "v=1, ~"), ("NOAI", "1")]))?;
    assert_eq!(denied.answer(Training, None), Answer::Disallowed);
    assert_eq!(denied.answer(Search, None), Answer::Unreadable);
    Ok(())
}

/// I7: format by content, one function, every operation.
#[test]
fn i7_format_by_content() -> Outcome {
    const NAMES: [&str; 11] = [
        "mp3", "flac", "ogg", "opus", "m4a", "mp4", "wav", "aiff", "txt", "", "MP3",
    ];
    let cases = ledger::cases()?;
    let numbered: Vec<(usize, &Case)> = cases.iter().enumerate().collect();
    ledger::all(
        &numbered,
        |(_, case)| &case.path,
        |(index, case)| {
            let shelf = Shelf::new()?;
            let first = shelf.song_as(&case.path, "song.xyz")?;
            let expected = (
                seen(&first),
                planned(&first),
                error_of(first.tag().map(|done| done.format)),
            );
            let tagged = first.bytes()?;
            for (number, extension) in NAMES.into_iter().enumerate() {
                let song =
                    shelf.song_as(&case.path, Path::new("other").with_extension(extension))?;
                ensure(seen(&song) == expected.0, || {
                    format!("read or identified by .{extension}")
                })?;
                ensure(planned(&song) == expected.1, || {
                    format!("planned by .{extension}")
                })?;
                if number == index % NAMES.len() {
                    ensure(
                        error_of(song.tag().map(|done| done.format)) == expected.2,
                        || format!("embedded by .{extension}"),
                    )?;
                    ensure(song.bytes()? == tagged, || {
                        format!("written by .{extension}")
                    })?;
                    let stripped = song.strip().map(|stripped| stripped.exact);
                    ensure(
                        stripped.is_ok() != case.is_tagged() || song.is_original()?,
                        || format!("stripped by .{extension}"),
                    )?;
                }
                fs::remove_file(song.path())?;
            }
            Ok(())
        },
    );
    Ok(())
}

fn seen(song: &Song) -> (String, String) {
    let read = song
        .read()
        .map(|found| (found.format(), found.statements().len()));
    let identified = song.identify().map(|found| {
        (
            found.format,
            found.essence.map(|essence| essence.to_string()),
        )
    });
    (error_of(read), error_of(identified))
}

fn planned(song: &Song) -> String {
    let planned = EmbedOptions::new()
        .dry_run(true)
        .embed(song.path(), &no_ai());
    error_of(planned.map(|planned| (planned.format, planned.status, planned.essence.to_string())))
}

/// What came out, without the path.
fn error_of<T: std::fmt::Debug>(result: Result<T, noai_audio::Error>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{}: {}", error.kind().name(), error.reason()),
    }
}

/// How many damaged versions of each corpus file are tried.
const MUTANTS: u64 = if cfg!(debug_assertions) { 10 } else { 24 };

/// I8: no panic, no endless loop on any input; and I1 and I2 hold for whatever is not refused.
#[test]
fn i8_no_panic_on_damage() -> Outcome {
    let cases = ledger::cases()?;
    let (report, progress) = mpsc::channel();
    let report = Mutex::new(report);
    let worker = thread::spawn(move || {
        let tell = |name: &str, step| {
            let report = report.lock().map_err(|_| "another case has panicked")?;
            Outcome::Ok(report.send((name.to_owned(), step))?)
        };
        ledger::all(
            &cases,
            |case| &case.path,
            |case| {
                let original = fs::read(corpus().join(&case.path))?;
                for seed in 0..MUTANTS {
                    let name = format!("{} with seed {seed}", case.path);
                    tell(&name, Step::Begun)?;
                    let changed = survives(&mutant(&original, seed));
                    let changed = changed.map_err(|error| format!("seed {seed}: {error}"))?;
                    tell(&name, Step::Done { changed })?;
                }
                Ok(())
            },
        );
    });
    let (mut running, mut tagged) = (BTreeSet::new(), 0);
    loop {
        match progress.recv_timeout(Duration::from_secs(60)) {
            Ok((name, Step::Begun)) => drop(running.insert(name)),
            Ok((name, Step::Done { changed })) => {
                running.remove(&name);
                tagged += u32::from(changed);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            // The worker is left behind: the test must end all the same.
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return fail(format!("no end after a minute: {running:?}"));
            }
        }
    }
    let survived = worker.join().is_ok();
    assert!(survived, "some mutants, above, did not survive");
    assert!(tagged >= 600, "only {tagged} mutants were not refused");
    Ok(())
}

/// How far a mutant has come.
enum Step {
    Begun,
    Done { changed: bool },
}

/// Looks at a mutant in every way; tells whether a statement was put into it.
fn survives(mutant: &[u8]) -> Outcome<bool> {
    let shelf = Shelf::new()?;
    let song = shelf.put("song", mutant)?;
    let quietly = |name: &str, work: &dyn Fn() -> Outcome| {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| fail(format!("panic in {name}")))
    };
    quietly("read", &|| {
        let _ = look(mutant);
        Ok(())
    })?;
    let identified = std::cell::RefCell::new(None);
    quietly("identify", &|| {
        *identified.borrow_mut() = song.identify().ok();
        Ok(())
    })?;
    quietly("verify", &|| {
        let _ = song.verify();
        Ok(())
    })?;
    // Whatever the decoders do with it, they end, and no panic of theirs gets out.
    quietly("listen", &|| {
        let _ = noai_audio::identify_levels(song.path(), &noai_audio::Level::ALL);
        Ok(())
    })?;
    let changed = std::cell::Cell::new(false);
    quietly("embed", &|| {
        let done = song.tag();
        changed.set(matches!(&done, Ok(done) if done.status == Status::Changed));
        ensure(changed.get() || song.is_original()?, || {
            "not changed, and changed".to_owned()
        })
    })?;
    if changed.get() {
        let before = identified.take().and_then(|identity| identity.essence);
        ensure(before == Some(song.essence()?), || {
            "another essence".to_owned()
        })?;
        quietly("strip", &|| {
            song.strip()?;
            ensure(song.is_original()?, || "strip does not restore".to_owned())
        })?;
    }
    Ok(changed.get())
}

/// The file itself for the first seed; else one to four damages: bytes, sizes, cuts,
/// insertions, swaps; mostly near the ends, where the structure is.
fn mutant(original: &[u8], seed: u64) -> Vec<u8> {
    let mut bytes = original.to_vec();
    if seed == 0 {
        return bytes;
    }
    let mut random = Random::new(seed ^ (original.len() as u64) << 8);
    for _ in 0..=random.below(4) {
        let length = bytes.len();
        let place = match random.below(4) {
            0 => random.below(length),
            1 => length - random.below(length.min(200)).min(length),
            _ => random.below(length.min(600)),
        };
        let size = 1 + random.below(40);
        let end = place.saturating_add(size).min(length);
        match random.below(9) {
            0 => bytes.truncate(place),
            1 => drop(bytes.splice(place..place, (0..size).map(|_| random.byte()))),
            2 => drop(bytes.drain(place..end)),
            3 => {
                let moved: Vec<u8> = bytes.drain(place..end).collect();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, moved);
            }
            4 => overwrite(&mut bytes, place, &extreme(&mut random)),
            5 | 6 => resize(&mut bytes, &mut random),
            _ => {
                for _ in 0..=random.below(3) {
                    let at = place + random.below(8);
                    let new = random.byte();
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = if new & 1 == 0 {
                            *byte ^ (1 << (new >> 5))
                        } else {
                            new
                        };
                    }
                }
            }
        }
    }
    // Behind a wrong checksum nothing is looked at: most damaged pages get a right one. One
    // that is no page ends the repair, which is no reason to stop.
    if bytes.starts_with(b"OggS") && random.below(4) > 0 {
        let _ = ogg::repair(&mut bytes);
    }
    bytes
}

/// A number on which sums overflow and loops stand still.
fn extreme(random: &mut Random) -> [u8; 4] {
    let small = [0, 0, 0, random.byte()];
    let numbers = [
        [0; 4],
        [0xff; 4],
        [0x7f, 0xff, 0xff, 0xff],
        [0x80, 0, 0, 0],
        [0x7f; 4],
        small,
        [small[3], 0, 0, 0],
    ];
    random.one(&numbers).copied().unwrap_or_default()
}

fn overwrite(bytes: &mut [u8], at: usize, new: &[u8]) {
    let places = bytes.iter_mut().skip(at);
    places.zip(new).for_each(|(place, new)| *place = *new);
}

/// Files whose packets ffmpeg counts in another way, as SPEC.md section 14.4 says, besides
/// all of Monkey's Audio.
const COUNTED_OTHERWISE: [&str; 43] = [
    "clean/23ni.aifc",
    "clean/42ni.aifc",
    "clean/longer-7.mpc",
    "clean/version-7.mpc",
    "tagged/ape-7.mpc",
    "tagged/ape-cover-sync.mp3",
    "tagged/ape-holds-id3v1.mp3",
    "tagged/ape-id3v1.mpc",
    "tagged/ape-no-header.mp3",
    "tagged/apev1.mp3",
    "tagged/chained-gap.ogg",
    "tagged/chained.oga",
    "tagged/chained.ogg",
    "tagged/chained.spx",
    "tagged/fragments-mdat-first.m4a",
    "tagged/fragments-two-runs.m4a",
    "tagged/id3-both-ends.flac",
    "tagged/id3v1-7.mpc",
    "tagged/id3v2-7.mpc",
    "tagged/lyrics3-one-frame.mp3",
    "tagged/lyrics3.flac",
    "tagged/lyrics3v1-empty.mp3",
    "tagged/lyrics3v1-longest.mp3",
    "tagged/lyrics3v1.mp3",
    "tagged/lyrics3v2-alone.mp3",
    "tagged/lyrics3v2-before-ape.mp3",
    "tagged/lyrics3v2-id3v2.mp3",
    "tagged/lyrics3v2-marks.mp3",
    "tagged/lyrics3v2-sync.mp3",
    "tagged/lyrics3v2-tag-plus.mp3",
    "tagged/lyrics3v2.mp3",
    "tagged/mp3-in-wav.wav",
    "tagged/ogg-flac-0-silent.oga",
    "tagged/rf64-table-twice.wav",
    "tagged/rf64-table.wav",
    "tagged/speex-extra.spx",
    "tagged/trailing-id3v1.flac",
    "tagged/v24-appended-cover.mp3",
    "tagged/v24-appended-id3v1.mp3",
    "tagged/v24-appended.mp3",
    "tagged/v24-both-ends.mp3",
    "tagged/xmp-appended.mp3",
    "tagged/xmp-rf64-table.wav",
];

/// What ffmpeg delivers of this file, and of which codec, rate and channels, by `essences.txt`.
fn listed(path: &str) -> Outcome<(String, String)> {
    let text = fs::read_to_string(corpus().join("essences.txt"))?;
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let line = lines.find(|(listed, _)| *listed == path);
    let (_, told) = line.ok_or("it is not listed")?;
    let (digest, parameters) = told.split_once(' ').ok_or("nothing behind the digest")?;
    Ok((format!("sha256:{digest}"), parameters.to_owned()))
}

fn delivered(path: &str) -> Outcome<String> {
    Ok(listed(path)?.0)
}

/// Where ffprobe tells of no stream, and four that it tells otherwise: `sowt` is 16 bits to it
/// whatever `COMM` says, and in MP4 it asks the packets of MP3 and AC-3 instead of the sample
/// entry.
const TOLD_OTHERWISE: [&str; 11] = [
    "clean/23ni.aifc",
    "clean/42ni.aifc",
    "clean/ac3.mp4",
    "clean/eac3.mp4",
    "clean/sine.mp4",
    "clean/sowt-24.aifc",
    "tagged/lyrics3-one-frame.mp3",
    "tagged/ogg-flac-0-silent.oga",
    "tagged/rf64-table-twice.wav",
    "tagged/rf64-table.wav",
    "tagged/xmp-rf64-table.wav",
];

/// The files whose sound is looked at: those that are tagged, and those that are only read.
fn heard() -> Outcome<Vec<Case>> {
    let mut cases = ledger::cases()?;
    let is_read = |case: &Case| matches!(case.format, Some(Format::Caf | Format::Matroska));
    cases.retain(|case| case.is_tagged() || is_read(case));
    assert!(cases.len() >= 500, "only {} files to look at", cases.len());
    Ok(cases)
}

/// I9: codec, sampling rate and channels, which the essence carries, are those of ffprobe.
#[test]
fn i9_ffprobe_agrees_on_codec_rate_and_channels() -> Outcome {
    ledger::for_each(&heard()?, |case, _, song| {
        let stream = song.essence()?.stream;
        let ours = format!(
            "{}/{}/{}",
            stream.codec, stream.sample_rate, stream.channels
        );
        let (_, ffprobes) = listed(&case.path)?;
        let otherwise = TOLD_OTHERWISE.contains(&case.path.as_str());
        ensure((ours == ffprobes) != otherwise, || {
            format!("{ours}, by ffprobe {ffprobes}")
        })
    });
    Ok(())
}

/// I9: the essence is what ffmpeg delivers, wherever SPEC.md says so.
#[test]
fn i9_ffmpeg_agrees_on_the_essence() -> Outcome {
    ledger::for_each(&heard()?, |case, _, song| {
        let ours = song.essence()?.digest.to_string();
        let ffmpegs = delivered(&case.path)?;
        ensure((ours == ffmpegs) != is_counted_otherwise(case), || {
            format!("{ours}, by ffmpeg {ffmpegs}")
        })
    });
    Ok(())
}

#[test]
#[ignore = "needs ffmpeg"]
fn i9_ffmpeg_agrees_after_tagging() -> Outcome {
    ledger::for_each(&ledger::tagged_cases()?, |case, _, song| {
        song.tag()?;
        let (before, after) = (delivered(&case.path)?, streamhash(song, case.format)?);
        ensure(before == after || is_counted_otherwise(case), || {
            format!("by ffmpeg {before}, then {after}")
        })
    });
    Ok(())
}

fn is_counted_otherwise(case: &Case) -> bool {
    case.format == Some(Format::MonkeysAudio) || COUNTED_OTHERWISE.contains(&case.path.as_str())
}

/// The digest of the first audio stream's packets by ffmpeg, now.
fn streamhash(song: &Song, format: Option<Format>) -> Outcome<String> {
    let filter: &[&str] = match format {
        Some(Format::Adts) => &["-bsf:a", "aac_adtstoasc"],
        _ => &[],
    };
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(song.path())
        .args(["-map", "0:a:0", "-c", "copy"])
        .args(filter)
        .args(["-f", "streamhash", "-hash", "sha256", "-"])
        .output()?;
    let printed = String::from_utf8(done.stdout)?;
    let digest = printed.trim_end().rsplit_once('=').unwrap_or_default().1;
    Ok(format!("sha256:{digest}"))
}

/// Changes the size that stands before or behind a name of four letters, as in MP4, RIFF,
/// AIFF and ID3v2; or makes it one of MP4's with 64 bits.
fn resize(bytes: &mut [u8], random: &mut Random) {
    let is_name = |four: &[u8]| {
        let letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
        four.iter().all(letter)
    };
    let names = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, four)| is_name(four));
    let places: Vec<usize> = names.map(|(at, _)| at).filter(|at| *at >= 4).collect();
    // The outer structure stands in front.
    let first = places.get(..24.min(places.len())).unwrap_or_default();
    let among = if random.below(2) == 0 { first } else { &places };
    let Some(name) = random.one(among).copied() else {
        return;
    };
    match random.below(3) {
        0 => overwrite(bytes, name - 4, &extreme(random)),
        1 => overwrite(bytes, name + 4, &extreme(random)),
        _ => {
            overwrite(bytes, name - 4, &[0, 0, 0, 1]);
            let wide = [u64::MAX, u64::MAX - 15, i64::MAX as u64, 0, 15, 1 << 32];
            let wide = random.one(&wide).copied().unwrap_or_default();
            overwrite(bytes, name + 4, &wide.to_be_bytes());
        }
    }
}
