//! Do the programs in examples/ say what they did, in words, in JSON and by their status?

mod common;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::{NO_AI, Outcome, Shelf, build, ensure, fail, program};
use noai_audio::Role;
use serde_json::Value;

/// What a program gave.
struct Run {
    status: Option<i32>,
    lines: Vec<Value>,
    said: String,
    out: String,
}

impl Run {
    fn of(name: &str, arguments: &[&OsStr]) -> Outcome<Run> {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(program(name)?).args(arguments).output()?;
        let (out, said) = (String::from_utf8(stdout)?, String::from_utf8(stderr)?);
        let json = arguments.iter().any(|argument| *argument == "--json");
        let lines = if json {
            out.lines()
                .map(serde_json::from_str)
                .collect::<Result<_, _>>()
                .map_err(|e| format!("{e}: {out}"))?
        } else {
            Vec::new()
        };
        Ok(Run {
            status: status.code(),
            lines,
            said,
            out,
        })
    }

    /// The line about the file of this name.
    fn line(&self, name: &str) -> Outcome<&Value> {
        let about = |line: &&Value| {
            line["path"]
                .as_str()
                .is_some_and(|path| path.ends_with(name))
        };
        self.lines
            .iter()
            .find(about)
            .map_or_else(|| fail(format!("no line about {name}")), Ok)
    }

    /// The last line for people.
    fn sentence(&self) -> &str {
        self.said.lines().last().unwrap_or_default()
    }
}

fn run(name: &str, options: &[&str], paths: &[&Path]) -> Outcome<Run> {
    let options = options.iter().map(|option| OsStr::new(*option));
    let arguments: Vec<&OsStr> = options
        .chain(paths.iter().map(|path| path.as_os_str()))
        .collect();
    Run::of(name, &arguments)
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys().map(String::as_str))
        .collect()
}

/// Six songs, one of each format, and a text beside them.
fn album() -> Outcome<Shelf> {
    let shelf = Shelf::new()?;
    for name in [
        "sine.aiff",
        "sine.flac",
        "sine.m4a",
        "sine.mp3",
        "sine.ogg",
        "sine.wav",
    ] {
        shelf.song(&format!("clean/{name}"))?;
    }
    shelf.put("notes.txt", "not audio")?;
    Ok(shelf)
}

#[test]
fn tag_folder_marks_an_album() -> Outcome {
    let shelf = album()?;
    let done = run("tag_folder", &["--json"], &[shelf.path()])?;
    assert_eq!(done.status, Some(0), "{}", done.said);
    assert_eq!(
        done.said,
        "6 audio files: 6 marked \"no AI\", 0 already marked, 0 refused, 0 failed. 1 other file skipped. \
         Audio proven unchanged in all 6. Undo: strip_folder.\n"
    );
    assert_eq!(done.lines.len(), 6);
    for line in &done.lines {
        assert_eq!(
            keys(line),
            ["error", "essence", "format", "path", "status"].into()
        );
        assert_eq!(line["status"], "tagged");
        assert_eq!(line["error"], Value::Null);
    }
    assert_eq!(done.line("sine.m4a")?["format"], "mp4");
    let essence = noai_audio::identify(shelf.path().join("sine.mp3"))?.essence;
    let essence = essence.ok_or("no essence")?.to_string();
    assert_eq!(done.line("sine.mp3")?["essence"], essence);

    let again = run("tag_folder", &["--json", "--jobs", "2"], &[shelf.path()])?;
    assert_eq!(again.status, Some(0));
    assert_eq!(
        again.said,
        "6 audio files: 0 marked \"no AI\", 6 already marked, 0 refused, 0 failed. 1 other file skipped.\n"
    );
    assert!(again.lines.iter().all(|line| line["status"] == "unchanged"));
    Ok(())
}

#[test]
fn without_json_standard_output_is_empty_or_for_people() -> Outcome {
    let shelf = album()?;
    let done = run("tag_folder", &[], &[shelf.path()])?;
    assert_eq!((done.status, done.out.as_str()), (Some(0), ""));
    let shown = run("show", &[], &[&shelf.path().join("sine.mp3")])?;
    assert_eq!(shown.status, Some(0));
    assert!(
        shown.out.contains("inference            disallowed"),
        "{}",
        shown.out
    );
    let stripped = run("strip_folder", &[], &[shelf.path()])?;
    assert_eq!((stripped.status, stripped.out.as_str()), (Some(0), ""));
    Ok(())
}

#[test]
fn a_refused_file_is_status_1() -> Outcome {
    let shelf = album()?;
    shelf.song("broken/noai.mp3")?;
    shelf.song("broken/cut-in-moov.m4a")?;
    let done = run("tag_folder", &["--json"], &[shelf.path()])?;
    assert_eq!(done.status, Some(1));
    assert_eq!(
        done.sentence(),
        "8 audio files: 6 marked \"no AI\", 0 already marked, 2 refused, 0 failed. 1 other file skipped. \
         Audio proven unchanged in all 6. Undo: strip_folder."
    );
    let refused = done.line("noai.mp3")?;
    assert_eq!(refused["status"], "refused");
    assert_eq!(refused["format"], "mp3");
    assert_eq!(refused["essence"], Value::Null);
    assert_eq!(keys(&refused["error"]), ["kind", "message"].into());
    assert_eq!(refused["error"]["kind"], "conflict");
    assert_eq!(done.line("cut-in-moov.m4a")?["error"]["kind"], "malformed");
    assert!(done.said.starts_with("refused: "), "{}", done.said);
    Ok(())
}

#[test]
fn what_cannot_be_looked_at_is_status_3() -> Outcome {
    let shelf = Shelf::new()?;
    let gone = shelf.path().join("gone.mp3");
    shelf.song("broken/noai.mp3")?;
    for name in [
        "tag_folder",
        "strip_folder",
        "verify_folder",
        "identify",
        "show",
    ] {
        let done = run(name, &["--json"], &[&gone, shelf.path()])?;
        assert_eq!(done.status, Some(3), "{name}: {}", done.said);
        let line = done.line("gone.mp3")?;
        assert_eq!(line["error"]["kind"], "io", "{name}");
        assert_eq!(line["format"], Value::Null, "{name}");
    }
    let named = shelf.put("text.mp3", "no sound")?;
    let done = run("tag_folder", &["--json"], &[named.path()])?;
    assert_eq!(done.status, Some(1), "{}", done.said);
    assert_eq!(done.line("text.mp3")?["error"]["kind"], "not-audio");
    Ok(())
}

#[test]
fn wrong_usage_is_status_2_and_touches_nothing() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    let wrong: [(&str, &[&str]); 15] = [
        ("tag_folder", &["--preset", "all-ai"]),
        ("tag_folder", &["--preset", "ask-first"]),
        ("tag_folder", &["--allow", "replication"]),
        ("tag_folder", &["--deny", "everything"]),
        ("tag_folder", &["--policy", "ftp://a"]),
        ("tag_folder", &["--policy-file", "test-audio/README.md"]),
        ("tag_folder", &["--declarer", ""]),
        ("tag_folder", &["--role", "king"]),
        (
            "tag_folder",
            &["--expires", "2027-02-29", "--allow", "search"],
        ),
        ("tag_folder", &["--expires", "2027-02-28"]),
        ("tag_folder", &["--skip", "wma"]),
        ("show", &["--may", "everything"]),
        ("identify", &["--levels", "soul"]),
        ("gate", &["--use", "everything"]),
        ("gate", &[]),
    ];
    for (name, options) in wrong {
        let done = run(name, options, &[song.path()])?;
        assert_eq!(done.status, Some(2), "{name} {options:?}");
        assert_eq!(done.out, "", "{name} {options:?}");
    }
    for name in [
        "tag_folder",
        "strip_folder",
        "verify_folder",
        "identify",
        "show",
    ] {
        assert_eq!(run(name, &[], &[])?.status, Some(2), "{name}");
    }
    assert_eq!(run("gate", &["--use", "search"], &[])?.status, Some(2));
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn a_dry_run_says_so() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    let done = run("tag_folder", &["--dry-run", "--json"], &[shelf.path()])?;
    assert_eq!(done.status, Some(0));
    assert_eq!(done.line("sine.flac")?["status"], "tagged");
    assert_eq!(
        done.sentence(),
        "1 audio file: 1 marked \"no AI\", 0 already marked, 0 refused, 0 failed. 0 other files skipped. \
         Dry run: nothing was written."
    );
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn options_reach_the_file() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/cc-tcop.mp3")?;
    let options = [
        "--json",
        "--preset",
        "ask-first",
        "--policy",
        "https://example.org/t",
        "--deny",
        "search",
        "--allow",
        "platform-service",
        "--declarer",
        "Ärztin",
        "--role",
        "rightsholder",
        "--expires",
        "9999-12-31",
        "--no-notice",
    ];
    let done = run("tag_folder", &options, &[song.path()])?;
    assert_eq!(done.status, Some(0), "{}", done.said);
    assert!(
        done.sentence()
            .starts_with("1 audio file: 1 marked, 0 already"),
        "{}",
        done.said
    );
    let shown = run("show", &["--json"], &[song.path()])?;
    let answer = &shown.line("cc-tcop.mp3")?["answer"];
    assert_eq!(answer["search"], "disallowed");
    assert_eq!(answer["platform-service"], "claimed");
    assert_eq!(answer["data-mining"], "conditional");
    let marker = noai_audio::verify(song.path())?.found.ok_or("no marker")?;
    assert_eq!(marker.declaration().declarer_name(), Some("Ärztin"));
    assert_eq!(marker.declaration().declarer_role(), Role::Rightsholder);
    let last = marker.declaration().expires_after();
    assert_eq!(last, Some(common::date(9999, 12, 31)));
    assert!(marker.declaration().declared_on().is_some());

    let skipped = run("tag_folder", &["--skip", "mp3"], &[song.path()])?;
    assert_eq!(skipped.status, Some(0));
    assert!(
        skipped.sentence().starts_with("0 audio files: 0 marked"),
        "{}",
        skipped.said
    );
    Ok(())
}

const TERMS: &str = "https://example.org/terms";

/// The line about the file of this name says this of the terms.
fn terms<'a>(run: &'a Run, name: &str) -> Outcome<&'a Value> {
    Ok(&run.line(name)?["terms"])
}

#[test]
fn terms_that_were_changed_in_silence_are_told() -> Outcome {
    let shelf = Shelf::new()?;
    for name in ["sine.flac", "sine.mp3", "sine.ogg", "sine.wav"] {
        shelf.song(&format!("clean/{name}"))?;
    }
    let song = |name: &str| shelf.path().join(name);
    let outside = Shelf::new()?;
    let file = outside.path().join("terms.txt");
    let file = file.to_str().ok_or("a path")?;
    fs::write(file, "Recommendation may use AI.\n")?;
    let ask = ["--preset", "ask-first", "--policy", TERMS];
    let pin = [&ask[..], &["--policy-file", file]].concat();
    let pinned = run("tag_folder", &pin, &[&song("sine.flac"), &song("sine.mp3")])?;
    assert_eq!(pinned.status, Some(0), "{}", pinned.said);
    let unpinned = run("tag_folder", &ask, &[&song("sine.ogg")])?;
    assert_eq!(unpinned.status, Some(0), "{}", unpinned.said);

    let asked = ["--json", "--policy-file", file];
    for (now, flac, status) in [
        ("Recommendation may use AI.\n", "same", 0),
        ("Everything may use AI.\n", "other", 1),
    ] {
        fs::write(file, now)?;
        let shown = run("show", &asked, &[shelf.path()])?;
        assert_eq!(shown.status, Some(status), "{now}");
        let verified = run(
            "verify_folder",
            &asked,
            &[&song("sine.flac"), &song("sine.ogg")],
        )?;
        assert_eq!(verified.status, Some(status), "{now}");
        for run in [&shown, &verified] {
            assert_eq!(terms(run, "sine.flac")?, flac);
            assert_eq!(terms(run, "sine.ogg")?, "unpinned");
        }
        assert_eq!(terms(&shown, "sine.mp3")?, flac);
        assert_eq!(terms(&shown, "sine.wav")?, &Value::Null);
        // What was agreed to stays conditional, on the terms that were agreed to.
        let answer = &shown.line("sine.flac")?["answer"];
        assert_eq!(answer["generative-training"], "conditional");
    }
    let day = noai_audio::verify(song("sine.flac"))?.found;
    let day = day.and_then(|found| found.declaration().declared_on());
    let day = day.ok_or("no day")?;
    let other = format!("The terms at {TERMS} are not the ones agreed to on {day}.");
    let shown = run("show", &["--policy-file", file], &[&song("sine.flac")])?;
    assert!(shown.out.contains(&other), "{}", shown.out);
    let verified = run(
        "verify_folder",
        &["--policy-file", file],
        &[&song("sine.flac")],
    )?;
    assert!(
        verified.out.trim_end().ends_with(&other),
        "{}",
        verified.out
    );
    assert_eq!(
        verified.sentence(),
        "1 audio file: the statement is whole and fits the sound in 1. \
         The terms are not the ones agreed to in 1. 0 other files skipped."
    );
    let page = outside.path().join("page.html");
    let page = page.to_str().ok_or("a path")?;
    let table = ["--csv", "--html", page, "--policy-file", file];
    let table = run("verify_folder", &table, &[&song("sine.flac")])?;
    assert!(table.out.contains(",intact,false,other,"), "{}", table.out);
    let page = fs::read_to_string(page)?;
    assert!(page.contains("Terms are not the ones agreed to"), "{page}");

    // What nobody asks about is not known.
    for name in ["show", "verify_folder"] {
        let run = run(name, &["--json"], &[&song("sine.flac")])?;
        assert_eq!(terms(&run, "sine.flac")?, &Value::Null);
        assert_eq!(run.status, Some(0));
    }
    // Neither other terms nor none are put in the place of pinned ones.
    for options in [&pin[..], &ask] {
        let refused = run("tag_folder", options, &[&song("sine.flac")])?;
        assert_eq!(refused.status, Some(1), "{}", refused.said);
    }
    Ok(())
}

#[test]
fn what_is_no_text_of_terms_is_status_3() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    let outside = Shelf::new()?;
    let [gone, empty, endless] = ["gone", "empty", "endless"].map(|n| outside.path().join(n));
    fs::write(&empty, "")?;
    fs::File::create(&endless)?.set_len((64 << 20) + 1)?;
    let folder = outside.path();
    for file in [gone.as_path(), empty.as_path(), endless.as_path(), folder] {
        let file = file.to_str().ok_or("a path")?;
        let pin = ["--policy", TERMS, "--policy-file", file];
        for (name, options) in [
            ("tag_folder", &pin[..]),
            ("show", &["--policy-file", file]),
            ("verify_folder", &["--policy-file", file]),
        ] {
            let done = run(name, options, &[song.path()])?;
            assert_eq!(done.status, Some(3), "{name} {file}");
            assert!(
                done.said.starts_with(&format!("error: {file}: ")),
                "{}",
                done.said
            );
            assert_eq!(done.out, "", "{name} {file}");
        }
    }
    assert!(song.is_original()?);
    Ok(())
}

#[test]
fn warnings_are_told() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("tagged/cc-tcop.mp3")?;
    let done = run(
        "tag_folder",
        &["--json", "--preset", "no-machine-use"],
        &[song.path()],
    )?;
    assert!(
        done.said
            .starts_with("warning: no-machine-use denies search"),
        "{}",
        done.said
    );
    let line = done.line("cc-tcop.mp3")?;
    assert_eq!(
        keys(line),
        ["error", "essence", "format", "path", "status", "warnings"].into()
    );
    assert_eq!(line["warnings"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[test]
fn show_answers_and_never_says_allowed() -> Outcome {
    let shelf = album()?;
    for usage in ["training", "search"] {
        let asked = run("show", &["--may", usage], &[shelf.path()])?;
        assert_eq!(asked.status, Some(1), "silence is no permission to {usage}");
    }
    run("tag_folder", &["--allow", "search"], &[shelf.path()])?;
    let shown = run("show", &["--json"], &[shelf.path()])?;
    assert_eq!((shown.status, shown.lines.len()), (Some(0), 6));
    for line in &shown.lines {
        assert_eq!(
            keys(line),
            [
                "answer",
                "format",
                "manifest",
                "path",
                "statements",
                "terms"
            ]
            .into()
        );
        assert_eq!(keys(&line["answer"]).len(), 7);
        for usage in NO_AI {
            assert_eq!(line["answer"][usage.name()], "disallowed");
        }
        assert_eq!(line["answer"]["search"], "claimed");
        assert_eq!(line["answer"]["platform-service"], "none");
        for statement in line["statements"].as_array().into_iter().flatten() {
            assert_eq!(
                keys(statement),
                ["field", "raw", "tag", "vocabulary"].into()
            );
        }
    }
    let mp3 = shown.line("sine.mp3")?;
    assert_eq!(mp3["statements"][0]["field"], "AI_CONSENT");
    assert_eq!(mp3["statements"][0]["vocabulary"], "ai-consent");
    assert_eq!(mp3["statements"][0]["tag"], "id3v2");
    // A claim is no permission either: anyone can paste one.
    for usage in ["search", "training", "platform-service"] {
        assert_eq!(
            run("show", &["--may", usage], &[shelf.path()])?.status,
            Some(1),
            "{usage}"
        );
    }
    let empty = Shelf::new()?;
    assert_eq!(
        run("show", &["--may", "search"], &[empty.path()])?.status,
        Some(1)
    );
    Ok(())
}

#[test]
fn show_names_the_fault_of_what_it_cannot_read() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("broken/ai-consent.mp3")?;
    let shown = run("show", &["--json"], &[song.path()])?;
    let statement = &shown.line("ai-consent.mp3")?["statements"][0];
    assert_eq!(
        keys(statement),
        ["fault", "field", "raw", "tag", "vocabulary"].into()
    );
    assert_eq!(
        shown.line("ai-consent.mp3")?["answer"]["search"],
        "unreadable"
    );
    let broken = shelf.song("broken/cut-in-block.flac")?;
    let shown = run("show", &["--json", "--may", "search"], &[broken.path()])?;
    assert_eq!(shown.status, Some(3));
    let line = shown.line("cut-in-block.flac")?;
    assert_eq!(
        keys(line),
        [
            "answer",
            "error",
            "format",
            "manifest",
            "path",
            "statements",
            "terms"
        ]
        .into()
    );
    assert_eq!(line["answer"]["search"], "unreadable");
    Ok(())
}

/// Six songs that permit search, unsigned, one that says nothing, one that is damaged and a
/// text beside them.
fn mixed_album() -> Outcome<Shelf> {
    let shelf = album()?;
    run("tag_folder", &["--allow", "search"], &[shelf.path()])?;
    shelf.song("clean/noise.mp3")?;
    shelf.song("broken/ai-consent.mp3")?;
    Ok(shelf)
}

#[test]
fn the_gate_is_shut_unless_all_is_permitted() -> Outcome {
    let shelf = mixed_album()?;
    let shut = run("gate", &["--use", "search", "--json"], &[shelf.path()])?;
    assert_eq!((shut.status, shut.lines.len()), (Some(1), 8));
    assert!(shut.lines.iter().all(|line| line["may"] == false));
    let open = ["--use", "search", "--accept-unsigned", "--json"];
    let asked = run("gate", &open, &[shelf.path()])?;
    assert_eq!((asked.status, asked.lines.len()), (Some(1), 8));
    for line in &asked.lines {
        let all = [
            "answer", "evidence", "format", "may", "path", "policies", "reason",
        ];
        assert_eq!(keys(line), all.into());
        assert_eq!(keys(&line["answer"]), ["search"].into());
        assert_eq!(keys(&line["evidence"]), ["search"].into());
    }
    let flac = asked.line("sine.flac")?;
    assert_eq!(
        (&flac["may"], &flac["format"]),
        (&Value::Bool(true), &"flac".into())
    );
    assert_eq!(flac["answer"]["search"], "claimed");
    let evidence = &flac["evidence"]["search"][0];
    assert_eq!(keys(evidence), ["field", "raw", "tag", "vocabulary"].into());
    assert_eq!(evidence["field"], "AI_CONSENT");
    assert_eq!(flac["reason"], "May be used for search.");
    let silent = asked.line("noise.mp3")?;
    assert_eq!(silent["may"], false);
    assert_eq!(
        silent["evidence"]["search"].as_array().map(Vec::len),
        Some(0)
    );
    let damaged = asked.line("ai-consent.mp3")?;
    assert_eq!(damaged["answer"]["search"], "unreadable");
    assert!(damaged["evidence"]["search"][0]["fault"].is_string());
    let counts =
        "8 files: 6 may be used, 2 may not (1 unreadable, 1 nothing said). 1 other file skipped. ";
    assert!(asked.sentence().starts_with(counts), "{}", asked.said);
    assert!(
        asked.sentence().ends_with(" files a second."),
        "{}",
        asked.said
    );

    let song = shelf.path().join("sine.wav");
    assert_eq!(run("gate", &open, &[&song])?.status, Some(0));
    let two = [&open[..], &["--use", "training"]].concat();
    let two = run("gate", &two, &[&song])?;
    assert_eq!(two.status, Some(1));
    assert_eq!(
        keys(&two.line("sine.wav")?["answer"]),
        ["search", "training"].into()
    );
    let empty = Shelf::new()?;
    let none = run("gate", &open, &[empty.path()])?;
    assert_eq!((none.status, none.out.as_str()), (Some(1), ""));
    Ok(())
}

#[test]
fn the_gate_tells_people_what_and_apart_why_not() -> Outcome {
    let shelf = Shelf::new()?;
    let open = shelf.song("clean/sine.flac")?;
    run("tag_folder", &["--allow", "search"], &[open.path()])?;
    let asks = shelf.song("clean/sine.mp3")?;
    let ask_first = [
        "--preset",
        "ask-first",
        "--policy",
        TERMS,
        "--deny",
        "search",
    ];
    run("tag_folder", &ask_first, &[asks.path()])?;
    let gone = shelf.path().join("gone.mp3");
    let options = ["--use", "search", "--accept-unsigned"];
    let asked = run("gate", &options, &[shelf.path(), &gone])?;
    assert_eq!(asked.status, Some(3), "{}", asked.said);
    assert_eq!(asked.out, format!("{}\n", open.path().display()));
    let said: Vec<&str> = asked.said.lines().collect();
    assert_eq!(said.len(), 3, "{}", asked.said);
    assert!(said[0].contains("gone.mp3: May not be used: not looked at: "));
    assert!(
        said[1].ends_with("sine.mp3: May not be used: search: disallowed (AI_CONSENT in id3v2).")
    );
    let conditional = run("gate", &["--use", "inference", "--json"], &[asks.path()])?;
    assert_eq!(conditional.status, Some(1));
    assert_eq!(conditional.line("sine.mp3")?["policies"][0], TERMS);
    let missing = run("gate", &["--use", "search", "--json"], &[&gone])?;
    assert_eq!(missing.line("gone.mp3")?["error"]["kind"], "io");
    assert_eq!(missing.line("gone.mp3")?["may"], false);
    Ok(())
}

/// Runs the gate with this text on standard input.
fn piped(options: &[&str], input: &[u8]) -> Outcome<Output> {
    let shelf = Shelf::new()?;
    let input = shelf.put("input", input)?;
    let mut gate = Command::new(program("gate")?);
    gate.args(["--use", "search", "--accept-unsigned", "--list", "-"]);
    gate.args(options).stdin(fs::File::open(input.path())?);
    Ok(gate.output()?)
}

/// A list of these paths.
fn ended(paths: &[&Vec<u8>], end: u8) -> Vec<u8> {
    let paths = paths.iter().map(|path| [&path[..], &[end]].concat());
    paths.collect::<Vec<_>>().concat()
}

#[cfg(unix)]
#[test]
fn the_gate_answers_a_list_in_its_order() -> Outcome {
    use std::os::unix::ffi::OsStrExt;
    let shelf = Shelf::new()?;
    let names: [&[u8]; 4] = [
        b"a\nb.mp3",
        b" blank \r",
        b"raw\xff\x1b[31m\\.mp3",
        b"z.flac",
    ];
    let mut paths = Vec::new();
    for name in names {
        let from = if name == b"z.flac" {
            "clean/sine.flac"
        } else {
            "clean/sine.mp3"
        };
        let song = shelf.song_as(from, OsStr::from_bytes(name))?;
        song.say(&noai_audio::Declaration::new().allow(noai_audio::Usage::Search))?;
        paths.push(song.path().as_os_str().as_bytes().to_vec());
    }
    let gone = shelf
        .path()
        .join("gone.mp3")
        .as_os_str()
        .as_bytes()
        .to_vec();
    let folder = shelf.path().as_os_str().as_bytes().to_vec();
    let text = shelf
        .put("a", "no sound")?
        .path()
        .as_os_str()
        .as_bytes()
        .to_vec();
    let outside = Shelf::new()?;
    let allowed = outside.path().join("allowed");
    let allowed_text = allowed.to_str().ok_or("a path")?;
    let may = |output: &Output| -> Outcome<Vec<bool>> {
        let text = String::from_utf8(output.stdout.clone())?;
        let lines = text.lines().map(serde_json::from_str::<Value>);
        let lines: Vec<Value> = lines.collect::<Result<_, _>>()?;
        Ok(lines.iter().map(|line| line["may"] == true).collect())
    };

    // With NULs every name can be said.
    let [split, blank, raw, last] = paths.as_slice() else {
        return fail("not four".to_owned());
    };
    let all = [last, &gone, split, blank, &folder, &text, raw, last].map(|path| &path[..]);
    let options = ["--json", "-0", "--allowed", allowed_text];
    let asked = piped(&options, &all.join(&0))?;
    assert_eq!(asked.status.code(), Some(3));
    let expected = [true, false, true, true, false, false, true, true];
    assert_eq!(may(&asked)?, expected);
    assert_eq!(
        fs::read(&allowed)?,
        ended(&[last, split, blank, raw, last], 0)
    );

    // Among lines a name with a line end is two, which are not there.
    let all = [split, blank, last].map(|path| &path[..]);
    let options = ["--json", "--allowed", allowed_text];
    let asked = piped(&options, &all.join(&b'\n'))?;
    assert_eq!(may(&asked)?, [false, false, true, true]);
    assert_eq!(fs::read(&allowed)?, ended(&[blank, last], b'\n'));
    // Nor does it get into a list of lines by another way.
    let options = [
        "--use",
        "search",
        "--accept-unsigned",
        "--allowed",
        allowed_text,
    ];
    let walked = run("gate", &options, &[shelf.path()])?;
    assert_eq!(walked.status, Some(1), "{}", walked.said);
    assert_eq!(fs::read(&allowed)?, ended(&[blank, raw, last], b'\n'));
    assert!(
        walked.said.contains("a\\u{a}b.mp3: not in the list"),
        "{}",
        walked.said
    );
    assert!(!walked.said.contains('\u{1b}') && !walked.out.contains('\u{1b}'));
    assert_eq!(walked.out.lines().count(), 4);
    Ok(())
}

#[test]
fn the_gate_takes_a_list_of_any_length_and_no_other_for_one() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.flac")?;
    song.say(&noai_audio::Declaration::new().allow(noai_audio::Usage::Search))?;
    let path = song.path().to_str().ok_or("a path")?;
    // More than are held at once, and the last one without an end.
    let many = vec![path; 2500].join("\n");
    let asked = piped(&[], many.as_bytes())?;
    assert_eq!(asked.status.code(), Some(0));
    assert_eq!(String::from_utf8(asked.stdout)?, format!("{many}\n"));
    let none = piped(&[], b"")?;
    assert_eq!((none.status.code(), none.stdout), (Some(1), Vec::new()));
    // NULs where lines are awaited, and an empty line.
    let wrong = piped(&["--json"], &vec![path; 5000].join("\0").into_bytes())?;
    assert_eq!((wrong.status.code(), wrong.stdout), (Some(3), Vec::new()));
    let blank = piped(&["--json"], b"\n")?;
    assert_eq!(blank.status.code(), Some(3));
    assert!(
        blank
            .stdout
            .starts_with(br#"{"path":"","format":null,"may":false,"#)
    );
    let gone = run("gate", &["--use", "search", "--list", "/nowhere/list"], &[])?;
    assert_eq!(gone.status, Some(3));
    assert!(
        gone.said.starts_with("error: /nowhere/list: "),
        "{}",
        gone.said
    );
    Ok(())
}

#[cfg(unix)]
#[test]
fn the_gate_makes_a_safe_table() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song_as("clean/sine.mp3", "=1+1,\"a\u{1b}\".mp3")?;
    let ask = ["--preset", "ask-first", "--policy", TERMS];
    run("tag_folder", &ask, &[song.path()])?;
    let outside = Shelf::new()?;
    let table = outside.path().join("table.csv");
    let table_text = table.to_str().ok_or("a path")?;
    // From within the folder, so that the path begins as the name does.
    let asked = Command::new(program("gate")?)
        .args(["--use", "inference", "--use", "search", "--csv", table_text])
        .args(["--list", "-"])
        .current_dir(shelf.path())
        .stdin(fs::File::open({
            let list = outside.path().join("list");
            fs::write(&list, "=1+1,\"a\u{1b}\".mp3\ngone\n")?;
            list
        })?)
        .output()?;
    assert_eq!(asked.status.code(), Some(3));
    let table = fs::read_to_string(&table)?;
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines[0], "path,format,may,answer,policies,reason,error");
    assert_eq!(
        lines[1],
        "\"'=1+1,\"\"a\\u{1b}\"\".mp3\",mp3,false,inference: conditional; search: none,https://example.org/terms,\
         \"May not be used: inference: conditional, ask at https://example.org/terms (AI_CONSENT in id3v2); \
         search: nothing is said.\","
    );
    assert!(
        lines[2].starts_with("gone,,false,") && lines[2].ends_with(",io"),
        "{table}"
    );
    assert_eq!(lines.len(), 4, "{table}");
    Ok(())
}

#[test]
fn the_gate_overwrites_neither_a_recording_nor_its_list() -> Outcome {
    let shelf = Shelf::new()?;
    let song = shelf.song("clean/sine.mp3")?;
    let cut = shelf.song("broken/cut-in-block.flac")?;
    let list = shelf.put("list", song.path().to_str().ok_or("a path")?)?;
    let list_text = list.path().to_str().ok_or("a path")?;
    for kept in [&song, &cut, &list] {
        for option in ["--allowed", "--csv"] {
            let kept_text = kept.path().to_str().ok_or("a path")?;
            let options = ["--use", "search", "--list", list_text, option, kept_text];
            let asked = run("gate", &options, &[])?;
            assert_eq!((asked.status, asked.out.as_str()), (Some(3), ""));
            assert!(
                asked.said.ends_with(": would be overwritten\n"),
                "{}",
                asked.said
            );
            assert!(kept.is_original()?);
        }
    }
    // An older list is replaced, so that it is never taken for this one.
    let old = shelf.put("old", "/what/was/allowed.mp3\n")?;
    let old_text = old.path().to_str().ok_or("a path")?;
    let options = [
        "--use",
        "search",
        "--list",
        "/nowhere",
        "--allowed",
        old_text,
    ];
    assert_eq!(run("gate", &options, &[])?.status, Some(3));
    assert_eq!(old.bytes()?, b"");
    Ok(())
}

#[test]
fn verify_tells_whole_altered_and_missing_apart() -> Outcome {
    let shelf = album()?;
    let before = run("verify_folder", &["--json"], &[shelf.path()])?;
    assert_eq!(before.status, Some(1));
    assert!(
        before
            .lines
            .iter()
            .all(|line| line["marker"] == "missing" && line["content"] == "unbound")
    );
    run("tag_folder", &[], &[shelf.path()])?;
    let after = run("verify_folder", &["--json"], &[shelf.path()])?;
    assert_eq!(after.status, Some(0));
    for line in &after.lines {
        let all = [
            "changes",
            "content",
            "denies",
            "format",
            "from",
            "level",
            "marker",
            "path",
            "record",
            "sentence",
            "similarity",
            "terms",
            "to",
        ];
        assert_eq!(keys(line), all.into());
        assert_eq!(
            (line["marker"].as_str(), line["content"].as_str()),
            (Some("intact"), Some("essence"))
        );
    }
    assert_eq!(
        after.sentence(),
        "6 audio files: the statement is whole and fits the sound in 6. 1 other file skipped."
    );
    let people = run("verify_folder", &[], &[&shelf.path().join("sine.mp3")])?;
    assert!(
        people
            .out
            .ends_with("Statement fits this audio. Unsigned: anyone could have written it.\n")
    );

    // The sound of one, the fields of another.
    let mp3 = shelf.path().join("sine.mp3");
    let mut bytes = fs::read(&mp3)?;
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    fs::write(&mp3, &bytes)?;
    let flac = shelf.path().join("sine.flac");
    let text = fs::read(&flac)?;
    let at = common::bytes::find(&text, b"NOAI=gen").ok_or("no NOAI")?;
    let mut text = text;
    common::bytes::put(&mut text, at + 5, b"training,          ")?;
    fs::write(&flac, &text)?;
    let altered = run("verify_folder", &["--json"], &[shelf.path()])?;
    assert_eq!(altered.status, Some(1));
    assert_eq!(altered.line("sine.mp3")?["content"], "differs");
    assert_eq!(altered.line("sine.mp3")?["marker"], "intact");
    assert_eq!(altered.line("sine.flac")?["marker"], "altered");
    Ok(())
}

#[test]
fn identify_prints_the_levels_that_are_asked_for() -> Outcome {
    let shelf = album()?;
    let both = run("identify", &["--json"], &[shelf.path()])?;
    assert_eq!((both.status, both.lines.len()), (Some(0), 6));
    for line in &both.lines {
        assert_eq!(
            keys(line),
            [
                "channels",
                "codec",
                "essence",
                "file",
                "format",
                "path",
                "sample_rate"
            ]
            .into()
        );
    }
    let song = shelf.path().join("sine.wav");
    let file = format!("sha256:{}", common::hex(&common::sha256(&fs::read(&song)?)));
    assert_eq!(both.line("sine.wav")?["file"], file);
    let one = run("identify", &["--json", "--levels", "essence"], &[&song])?;
    let line = one.line("sine.wav")?;
    assert_eq!(
        keys(line),
        [
            "channels",
            "codec",
            "essence",
            "format",
            "path",
            "sample_rate"
        ]
        .into()
    );
    assert_eq!(line["essence"], both.line("sine.wav")?["essence"]);
    Ok(())
}

#[test]
fn strip_folder_gives_the_album_back() -> Outcome {
    let shelf = album()?;
    let song = shelf.song("tagged/mutagen-v23.mp3")?;
    run("tag_folder", &[], &[shelf.path()])?;
    let mut bytes = song.bytes()?;
    let at = common::bytes::find(&bytes, b"TIT2").ok_or("no title")?;
    common::bytes::put(&mut bytes, at + 13, b"#")?;
    fs::write(song.path(), bytes)?;
    shelf.song_as("clean/noise.mp3", "untagged.mp3")?;
    let done = run("strip_folder", &["--json"], &[shelf.path()])?;
    assert_eq!(done.status, Some(0), "{}", done.said);
    assert_eq!(
        done.said,
        "8 audio files: 6 restored byte for byte, 1 without our fields but changed by others since, \
         1 without a statement, 0 refused, 0 failed. 1 other file skipped.\n"
    );
    for line in &done.lines {
        assert_eq!(
            keys(line),
            ["error", "essence", "exact", "format", "path", "status"].into()
        );
    }
    assert_eq!(done.line("mutagen-v23.mp3")?["exact"], false);
    assert_eq!(done.line("sine.ogg")?["exact"], true);
    assert_eq!(done.line("untagged.mp3")?["status"], "unchanged");
    assert_eq!(done.line("untagged.mp3")?["exact"], Value::Null);
    for name in [
        "sine.aiff",
        "sine.flac",
        "sine.m4a",
        "sine.mp3",
        "sine.ogg",
        "sine.wav",
    ] {
        let now = fs::read(shelf.path().join(name))?;
        ensure(
            now == fs::read(common::corpus().join("clean").join(name))?,
            || format!("{name} is another"),
        )?;
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn names_are_made_safe_to_show() -> Outcome {
    use std::os::unix::ffi::OsStrExt;
    let shelf = Shelf::new()?;
    let names: [&[u8]; 3] = [b"a\nb.mp3", b"back\\slash.mp3", b"raw\xff\x1b[31m.mp3"];
    for name in names {
        shelf.song_as("broken/noai.mp3", OsStr::from_bytes(name))?;
    }
    let done = run("tag_folder", &["--json"], &[shelf.path()])?;
    assert_eq!(done.said.lines().count(), 4, "{}", done.said);
    assert!(!done.said.contains('\u{1b}'), "{}", done.said);
    assert!(done.said.contains("a\\u{a}b.mp3"), "{}", done.said);
    for name in ["a\nb.mp3", "back\\\\slash.mp3", "raw\\xff\u{1b}[31m.mp3"] {
        done.line(name)?;
    }
    Ok(())
}

#[test]
#[cfg(feature = "fingerprint")]
fn records_are_kept_once_and_answer_for_copies() -> Outcome {
    let shelf = Shelf::new()?;
    let outside = Shelf::new()?;
    let samples = common::music::melody(1, 20);
    let song = shelf.put("=Song<b>.wav", common::music::wav(&samples))?;
    let records = outside.path().join("records.jsonl");
    let records = records.to_str().ok_or("a path")?.to_owned();
    for _ in 0..2 {
        let tagged = run("tag_folder", &["--records", &records], &[shelf.path()])?;
        assert_eq!(tagged.status, Some(0));
        assert_eq!(fs::read_to_string(&records)?.lines().count(), 1);
    }
    let quiet: Vec<i16> = samples.iter().map(|sample| sample / 2).collect();
    let copy = outside.put("copy.wav", common::music::wav(&quiet))?;
    let options = ["--records", &records, "--json"];
    let found = run("verify_folder", &options, &[copy.path(), song.path()])?;
    assert_eq!(found.status, Some(1));
    let line = found.line("copy.wav")?;
    assert_eq!(line["content"], "recording");
    assert_eq!(line["level"], "fingerprint");
    assert_eq!(line["record"], "=Song<b>.wav");
    assert!(line["similarity"].as_u64() >= Some(900));
    assert_eq!(found.line("Song<b>.wav")?["content"], "file");

    // A title is a stranger's text: no formula in a table, no element in a page.
    let page = outside.path().join("page.html");
    let page = page.to_str().ok_or("a path")?.to_owned();
    let options = ["--records", &records, "--csv", "--html", &page];
    let found = run("verify_folder", &options, &[copy.path()])?;
    assert!(found.out.contains(",'=Song<b>.wav,"), "{}", found.out);
    let page = fs::read_to_string(page)?;
    assert!(page.contains("=Song&lt;b&gt;.wav") && !page.contains("Song<b>"));

    // What is no record is never taken for one, and a file of it is left alone.
    fs::write(outside.path().join("notes.txt"), "not a record\n")?;
    let notes = outside.path().join("notes.txt");
    let notes = notes.to_str().ok_or("a path")?.to_owned();
    let refused = run("verify_folder", &["--records", &notes], &[copy.path()])?;
    assert_eq!(refused.status, Some(3));
    let refused = run("tag_folder", &["--records", &notes], &[shelf.path()])?;
    assert_eq!(refused.status, Some(3));
    assert_eq!(fs::read_to_string(&notes)?, "not a record\n");
    Ok(())
}

#[test]
#[cfg(feature = "fingerprint")]
fn identify_makes_a_record_of_a_file_that_is_not_touched() -> Outcome {
    let shelf = album()?;
    let mp3 = shelf.path().join("sine.mp3");
    let before = fs::read(&mp3)?;
    let made = run("identify", &["--record"], &[&mp3])?;
    assert_eq!(made.status, Some(0));
    let record = noai_audio::Record::from_json(made.out.trim())?;
    assert_eq!(record.name.as_deref(), Some("sine.mp3"));
    assert_eq!(fs::read(&mp3)?, before);
    Ok(())
}

#[test]
fn publish_writes_what_the_files_declare_and_writes_over_nothing() -> Outcome {
    let shelf = album()?;
    let out = tempfile::tempdir()?;
    let site = out.path().join("site");
    let options = ["--base", "/music/", "--out", &site.to_string_lossy()];
    let nothing = run("publish", &options, &[shelf.path()])?;
    assert_eq!(nothing.status, Some(1), "{}", nothing.said);
    assert!(!site.exists(), "there is nothing to say");

    run("tag_folder", &[], &[&shelf.path().join("sine.mp3")])?;
    let done = run("publish", &options, &[shelf.path()])?;
    assert_eq!(done.status, Some(0), "{}", done.said);
    assert_eq!(
        done.sentence(),
        "1 file listed; 5 declare nothing of their own; 1 other file skipped"
    );
    let robots = fs::read_to_string(site.join("robots.txt"))?;
    let rules = "User-agent: *\nContent-Usage: /music/sine.mp3$ train-ai=n, ai-use=n\n";
    assert_eq!(robots, rules);
    assert_eq!(done.out.lines().count(), 6);

    fs::write(site.join("robots.txt"), "mine")?;
    let again = run("publish", &options, &[shelf.path()])?;
    assert_eq!(again.status, Some(3));
    assert_eq!(fs::read_to_string(site.join("robots.txt"))?, "mine");
    let replace = [&options[..], &["--replace"]].concat();
    assert_eq!(run("publish", &replace, &[shelf.path()])?.status, Some(0));
    assert_eq!(fs::read_to_string(site.join("robots.txt"))?, rules);

    let damaged = shelf.put(
        "damaged.flac",
        build::flac(&[("AI_CONSENT", "v=1, search=")]),
    )?;
    let refused = run("publish", &replace, &[shelf.path()])?;
    assert_eq!(refused.status, Some(1));
    let refusal = format!(
        "refused: {}: a statement cannot be read",
        damaged.path().display()
    );
    assert!(refused.said.contains(&refusal), "{}", refused.said);
    Ok(())
}
