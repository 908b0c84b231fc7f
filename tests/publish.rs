//! Does what is published beside a file say what the file says, and does a stranger's text
//! beside it permit nothing that it does not say?

mod common;

use std::time::Instant;

use common::Outcome;
use noai_audio::{
    Declaration, Marker, Place, PolicyUrl, Preference, Publication, Statement, UrlPath, Usage,
    Vocabulary,
};

const TERMS: &str = "https://example.com/terms";

fn path(text: &str) -> Outcome<UrlPath> {
    text.parse()
        .map_err(|error| format!("{text}: {error}").into())
}

fn declaration(words: &str) -> Outcome<Declaration> {
    Ok(format!("v=1, {words}")
        .parse::<Marker>()?
        .declaration()
        .clone())
}

/// The strongest word for a use; `None` where one cannot be read and none denies.
fn said(statements: &[Statement], usage: Usage) -> Option<Preference> {
    let said = || {
        statements
            .iter()
            .map(|statement| statement.preference(usage, None))
    };
    if said().any(|word| word == Some(Preference::Disallowed)) {
        return Some(Preference::Disallowed);
    }
    let words: Option<Vec<Preference>> = said().collect();
    words.map(|words| words.into_iter().max().unwrap_or_default())
}

/// Which vocabularies each place speaks.
fn vocabularies(place: Place) -> &'static [Vocabulary] {
    match place {
        Place::Headers => &[Vocabulary::Aipref, Vocabulary::Tdmrep, Vocabulary::Robots],
        Place::Page => &[Vocabulary::Tdmrep, Vocabulary::Robots],
        Place::RobotsTxt => &[Vocabulary::Aipref],
        Place::TdmrepJson => &[Vocabulary::Tdmrep],
        Place::RslDocument => &[Vocabulary::Rsl],
        Place::Assertions => &[Vocabulary::TrainingMining],
        _ => &[],
    }
}

#[test]
fn each_place_says_what_its_vocabularies_can() -> Outcome {
    let declarations = [
        "generative-training=n, training=n, inference=n, data-mining=n, replication=n",
        "generative-training=c, training=c, inference=c, data-mining=c, policy=\"https://example.com/a?b=1&c=<2>\"",
        "generative-training=y, training=y, inference=y, data-mining=y, search=y",
        "search=n, platform-service=n",
        "training=n, search=y",
        "replication=n",
    ];
    let ours = path("/music/a%20b&c.mp3")?;
    let other = path("/music/other.mp3")?;
    for words in declarations {
        let declaration = declaration(words)?;
        let mut publication = Publication::new();
        publication.list(ours.clone(), &declaration);
        for place in Place::ALL {
            let text = publication.write(place);
            // Where nothing is to be said there is nothing to serve; a text that is empty
            // all the same may be one that got lost.
            let statements = match text.as_str() {
                "" => Vec::new(),
                text => place.read(text, &ours),
            };
            for usage in Usage::ALL {
                let spoken = vocabularies(place).iter().map(|vocabulary| {
                    let spelled = vocabulary.spell(&declaration);
                    let lost = spelled.lost.iter().find(|loss| loss.usage == usage);
                    lost.map_or(declaration.preference(usage), |loss| loss.says)
                });
                let expected = spoken.max().unwrap_or_default();
                assert_eq!(
                    said(&statements, usage),
                    Some(expected),
                    "{place}: {words}: {usage}\n{text}"
                );
            }
            // A page speaks of all that it lists; elsewhere others are left alone.
            if place != Place::Page && !text.is_empty() {
                assert!(place.read(&text, &other).is_empty(), "{place}: {text}");
            }
        }
    }
    Ok(())
}

#[test]
fn the_texts_are_as_they_are_specified() -> Outcome {
    let mut publication = Publication::new();
    let no_ai = "generative-training=n, training=n, inference=n, data-mining=n, replication=n";
    let ask = format!("generative-training=c, training=c, data-mining=c, policy=\"{TERMS}\"");
    publication.list(path("/a.mp3")?, &declaration(no_ai)?);
    publication.list(path("/b.flac")?, &declaration(&ask)?);
    publication.rsl("https://example.com/rsl.xml".parse()?);
    let expected = [
        (
            Place::Headers,
            "/a.mp3
  Content-Usage: train-ai=n, ai-use=n
  tdm-reservation: 1
  X-Robots-Tag: noai
  Link: <https://example.com/rsl.xml>; rel=\"license\"; type=\"application/rsl+xml\"
/b.flac
  Content-Usage: train-ai=n
  tdm-reservation: 1
  tdm-policy: https://example.com/terms
  X-Robots-Tag: noai
  Link: <https://example.com/rsl.xml>; rel=\"license\"; type=\"application/rsl+xml\"
",
        ),
        (
            Place::Page,
            "<meta name=\"tdm-reservation\" content=\"1\">
<meta name=\"robots\" content=\"noai\">
<link rel=\"license\" type=\"application/rsl+xml\" href=\"https://example.com/rsl.xml\">
",
        ),
        (
            Place::RobotsTxt,
            "License: https://example.com/rsl.xml

User-agent: *
Content-Usage: /a.mp3$ train-ai=n, ai-use=n
Content-Usage: /b.flac$ train-ai=n
",
        ),
        (
            Place::TdmrepJson,
            "[
{\"location\":\"/a.mp3$\",\"tdm-reservation\":1},
{\"location\":\"/b.flac$\",\"tdm-reservation\":1,\"tdm-policy\":\"https://example.com/terms\"}
]
",
        ),
        (
            Place::RslDocument,
            "<rsl xmlns=\"https://rslstandard.org/rsl\">
<content url=\"/a.mp3$\"><license><prohibits type=\"usage\">all</prohibits></license></content>
<content url=\"/b.flac$\"><license><prohibits type=\"usage\">all</prohibits></license></content>
</rsl>
",
        ),
    ];
    for (place, text) in expected {
        assert_eq!(publication.write(place), text, "{place}");
    }
    Ok(())
}

/// A text that somebody else wrote, and what it says of one use: `None` is unreadable.
type Case = (Place, &'static str, Usage, Option<Preference>);

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn texts_of_others_mean_what_their_standards_say() -> Outcome {
    use Place::{Headers, Page, RobotsTxt, RslDocument, TdmrepJson};
    use Preference::{Allowed, Conditional, Disallowed, Unknown};
    use Usage::{DataMining, GenerativeTraining as Gen, Inference, Search, Training};
    let cases: &[Case] = &[
        (
            Page,
            "<meta name=content-usage content=\"train-ai=n\"><meta name=content-usage content=\"train-ai=y\">",
            Gen,
            Some(Disallowed),
        ),
        (
            Place::Assertions,
            "{\"label\": \"cawg.training-mining\", \"entries\": {\"cawg.ai_training\": {\"use\": \"allowed\"}}}",
            Training,
            None,
        ),
        (
            Place::Assertions,
            "{\"path\": \"/music/song.mp3\", \"label\": \"cawg.training-mining\", \"data\": {}, \"data\": {}}",
            Training,
            None,
        ),
        (
            RobotsTxt,
            "\u{feff}User-agent: *\nContent-Usage: train-ai=n",
            Gen,
            Some(Disallowed),
        ),
        (
            Headers,
            "content-usage: train-ai=y\r\ncontent-usage: train-ai=n\r\n",
            Gen,
            Some(Disallowed),
        ),
        (Headers, "Content-Usage: train-ai=,", Gen, None),
        (
            Headers,
            "TDM-Reservation: 1\nTDM-Policy: https://example.com/p",
            Training,
            Some(Conditional),
        ),
        (
            Headers,
            "TDM-Reservation: 0\nTDM-Reservation: 1",
            Training,
            Some(Disallowed),
        ),
        (Headers, "TDM-Reservation: yes", Training, None),
        (
            Headers,
            "X-Robots-Tag: somebot: noai",
            Inference,
            Some(Disallowed),
        ),
        (Headers, "X-Robots-Tag: noindex", Search, Some(Unknown)),
        (
            Headers,
            "Content-Signal: ai-train=no",
            Training,
            Some(Disallowed),
        ),
        (
            Headers,
            "Link: </a.css>; rel=preload, </l.xml>; rel=\"license\"; type=\"application/rsl+xml\"",
            Search,
            Some(Conditional),
        ),
        (
            Headers,
            "Link: </cc>; rel=\"license\"",
            Search,
            Some(Unknown),
        ),
        (
            Headers,
            "/other.mp3\n  Content-Usage: train-ai=n",
            Gen,
            Some(Unknown),
        ),
        (
            Page,
            "<META NAME='Robots' CONTENT='index, NOAI'>",
            Gen,
            Some(Disallowed),
        ),
        (
            Page,
            "<meta content=1 name=tdm-reservation>",
            DataMining,
            Some(Disallowed),
        ),
        (
            Page,
            "<!-- <meta name=robots content=noai> -->",
            Gen,
            Some(Unknown),
        ),
        (
            Page,
            "<meta name=tdm-reservation content=\"1\"><meta name=tdm-policy content=\"https://e.com/?a&amp;b\">",
            Gen,
            Some(Conditional),
        ),
        (
            RobotsTxt,
            "User-agent: *\nContent-Usage: train-ai=n",
            Gen,
            Some(Disallowed),
        ),
        (
            RobotsTxt,
            "User-agent: *\nContent-Usage: / train-ai=n\nContent-Usage: /music/ train-ai=y",
            Gen,
            Some(Allowed),
        ),
        (
            RobotsTxt,
            "User-agent: *\nContent-Usage: /music/*.mp3$ train-ai=n\nContent-Usage: /music/ train-ai=y",
            Gen,
            Some(Disallowed),
        ),
        (
            RobotsTxt,
            "User-agent: *\nContent-Usage: /music/s train-ai=n\nContent-Usage: /music/s train-ai=y",
            Gen,
            Some(Disallowed),
        ),
        (
            RobotsTxt,
            "User-agent: *\nContent-Usage: /films/ train-ai=n",
            Gen,
            Some(Unknown),
        ),
        (
            RobotsTxt,
            "User-agent: onebot\nContent-Usage: train-ai=y",
            Gen,
            Some(Unknown),
        ),
        (
            RobotsTxt,
            "User-agent: onebot\nContent-Usage: train-ai=n",
            Gen,
            Some(Disallowed),
        ),
        (
            RobotsTxt,
            "User-agent: onebot\nUser-agent: *\nContent-Usage: train-ai=y",
            Gen,
            Some(Allowed),
        ),
        (
            RobotsTxt,
            "User-agent: *\nAllow: /\nUser-agent: onebot\nContent-Usage: train-ai=y",
            Gen,
            Some(Unknown),
        ),
        (
            RobotsTxt,
            "User-agent: * # all\nContent-Usage: train-ai=n # none",
            Gen,
            Some(Disallowed),
        ),
        (
            RobotsTxt,
            "User-agent: *\nContent-Usage: /music/ train-ai=?",
            Gen,
            None,
        ),
        (
            RobotsTxt,
            "License: https://example.com/rsl.xml",
            Inference,
            Some(Conditional),
        ),
        (RobotsTxt, "User-agent: *\nDisallow: /", Gen, Some(Unknown)),
        (
            TdmrepJson,
            "[{\"location\": \"/music/\", \"tdm-reservation\": 0}, {\"location\": \"/\", \"tdm-reservation\": 1}]",
            Training,
            Some(Allowed),
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/\", \"tdm-reservation\": \"1\"}]",
            Training,
            Some(Disallowed),
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/\", \"tdm-reservation\": 0, \"tdm-reservation\": 1}]",
            Training,
            Some(Disallowed),
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/\", \"tdm-reservation\": true}]",
            Training,
            None,
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/films\", \"tdm-reservation\": 1}]",
            Training,
            Some(Unknown),
        ),
        (TdmrepJson, "{}", Training, None),
        (
            TdmrepJson,
            "[{\"location\": \"/\", \"tdm-reservation\": 0}",
            Training,
            None,
        ),
        (
            RslDocument,
            "<rsl><content url=\"/music/*\"><license><prohibits>ai-train</prohibits></license></content></rsl>",
            Gen,
            Some(Disallowed),
        ),
        (
            RslDocument,
            "<rsl><content url=\"/films\"><license><prohibits>all</prohibits></license></content></rsl>",
            Gen,
            Some(Unknown),
        ),
        (RslDocument, "<rsl><content", Gen, None),
        (
            Place::Assertions,
            "{\"path\": \"/music/song.mp3\", \"label\": \"cawg.training-mining\"",
            Gen,
            None,
        ),
        (
            Place::Assertions,
            "{\"path\": \"/music/song.mp3\", \"label\": \"c2pa.training-mining\", \"data\": {\"entries\": {\"c2pa.ai_training\": {\"use\": \"notAllowed\"}}}}",
            Training,
            Some(Disallowed),
        ),
        (
            Place::Assertions,
            "{\"path\": \"/music/song.mp3\", \"label\": \"cawg.training-mining.v2__1\", \"data\": {\"entries\": {\"cawg.ai_training\": {\"use\": \"notAllowed\"}}}}",
            Training,
            Some(Disallowed),
        ),
        (
            Place::Assertions,
            "{\"path\": \"/music/song.mp3\", \"label\": \"c2pa.training-mining__2\", \"data\": {}}",
            Training,
            None,
        ),
        (
            Place::Assertions,
            "{\"path\": \"/music/song.mp3\", \"label\": \"cawg.training-mininggame\", \"data\": {}}",
            Training,
            Some(Unknown),
        ),
        (
            Headers,
            "X-Robots-Tag: noimageai noindex",
            Training,
            Some(Disallowed),
        ),
        (
            Page,
            "<meta name=robots content=\"noindex noai\">",
            Training,
            Some(Disallowed),
        ),
        (Headers, "X-Robots-Tag: noairplay", Training, Some(Unknown)),
        (
            TdmrepJson,
            "[{\"tdm-reservation\": 1}, {\"location\": \"/\", \"tdm-reservation\": 0}]",
            Training,
            None,
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/films/\"}, {\"location\": \"/\", \"tdm-reservation\": 0}]",
            Training,
            Some(Allowed),
        ),
        (
            TdmrepJson,
            "[{\"location\": 1, \"tdm-reservation\": 1}]",
            Training,
            None,
        ),
        (
            TdmrepJson,
            "[{\"location\": \"music/\", \"tdm-reservation\": 1}, {\"location\": \"/\", \"tdm-reservation\": 0}]",
            Training,
            None,
        ),
        (
            TdmrepJson,
            "[\"/\", {\"location\": \"/\", \"tdm-reservation\": 1}]",
            Training,
            Some(Disallowed),
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/music/\"}, {\"location\": \"/\", \"tdm-reservation\": 1}]",
            Training,
            Some(Disallowed),
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/music/\", \"tdm-policy\": \"https://example.com/p\"}, {\"location\": \"/\", \"tdm-reservation\": 0}]",
            Training,
            None,
        ),
        (
            TdmrepJson,
            "[{\"location\": \"/music/\", \"tdm-reservation\": 0}, {\"location\": 1}]",
            Training,
            Some(Allowed),
        ),
    ];
    for (place, text, usage, expected) in cases {
        let statements = place.read(text, &path("/music/song.mp3")?);
        assert_eq!(said(&statements, *usage), *expected, "{place}: {text}");
    }
    Ok(())
}

#[test]
fn a_headers_file_is_read_as_its_hosts_read_it() -> Outcome {
    use Preference::{Allowed, Disallowed, Unknown};
    let denial = "\n  tdm-reservation: 1";
    let permission = "\n  tdm-reservation: 0";
    let cases = [
        (format!("/*{denial}"), Disallowed),
        (format!("/music/*{denial}"), Disallowed),
        (format!("/films/*{denial}"), Unknown),
        (format!("/music/{denial}"), Unknown),
        (format!("/:kind/:song{denial}"), Disallowed),
        (format!("/:kind/other.mp3{denial}"), Unknown),
        // Whether a placeholder is the whole of it is not told: it permits nothing.
        (format!("/:song{permission}"), Unknown),
        (format!("/*{permission}"), Allowed),
        (format!("/*{permission}\n/music/*{denial}"), Disallowed),
        (
            format!("/*{permission}\n/music/*\n  ! tdm-reservation"),
            Unknown,
        ),
        (
            format!("/*{permission}\n/films/*\n  ! tdm-reservation"),
            Allowed,
        ),
        (format!("https://example.com/*{denial}"), Disallowed),
        (
            format!("https://:site.example.com/music/*{denial}"),
            Disallowed,
        ),
        (
            format!("/music/song.mp3\n  X-A: b\nhttps://example.com/films/*{permission}"),
            Unknown,
        ),
        (
            format!("/music/song.mp3\n  X-A: b\n  /films/*{permission}"),
            Unknown,
        ),
        (
            "tdm-reservation:1\ntdm-policy:https://example.com/p".to_owned(),
            Preference::Conditional,
        ),
    ];
    for (text, expected) in cases {
        let statements = Place::Headers.read(&text, &path("/music/song.mp3")?);
        assert_eq!(said(&statements, Usage::Training), Some(expected), "{text}");
    }
    Ok(())
}

/// A line of a response that begins with white space continues the one before.
#[test]
fn a_folded_header_is_heard() -> Outcome {
    use Preference::{Allowed, Disallowed, Unknown};
    let file = |lines: &str| format!("# ours\n/music/*\n{lines}");
    let cases = [
        ("X-Robots-Tag:\r\n noai\r\n".to_owned(), Disallowed),
        ("X-Robots-Tag: noindex,\n\t noai\n".to_owned(), Disallowed),
        (
            "HTTP/1.1 200 OK\ntdm-reservation:\n  1".to_owned(),
            Disallowed,
        ),
        (
            "tdm-reservation: 1\ntdm-policy:\n https://example.com/p".to_owned(),
            Preference::Conditional,
        ),
        ("tdm-reservation:\n 0\nDate: x\n".to_owned(), Allowed),
        // Or it is one, and all of it is indented but the first line.
        (
            "# ours\n /music/*\n   tdm-reservation: 1\n".to_owned(),
            Disallowed,
        ),
        (
            "# ours\n /music/*\n   tdm-reservation: 0\n".to_owned(),
            Unknown,
        ),
        // No line of a `_headers` file, though it looks like one.
        (
            "Location:\n /films/x\ntdm-reservation: 1".to_owned(),
            Disallowed,
        ),
        (
            "Location: x\n https://example.com/films/\ntdm-reservation: 1".to_owned(),
            Disallowed,
        ),
        (file(" X-A: b\n tdm-reservation: 1"), Disallowed),
        (file("\tX-A: b\n\ttdm-reservation: 0"), Allowed),
        (
            "  /music/*\n  X-A: b\n  tdm-reservation: 1".to_owned(),
            Disallowed,
        ),
        (
            "\u{feff}/music/*\n  X-A: b\n  tdm-reservation: 1".to_owned(),
            Disallowed,
        ),
        (
            "\u{feff}/films/*\n  X-A: b\n  tdm-reservation: 1".to_owned(),
            Unknown,
        ),
    ];
    for (text, expected) in cases {
        let statements = Place::Headers.read(&text, &path("/music/song.mp3")?);
        assert_eq!(said(&statements, Usage::Training), Some(expected), "{text}");
    }
    Ok(())
}

/// Nobody knows at which host the recording is: a rule for one host permits nothing at another.
#[test]
fn a_rule_for_another_host_lifts_no_denial() -> Outcome {
    use Place::{Assertions, Headers, RobotsTxt, RslDocument, TdmrepJson};
    use Preference::{Allowed, Conditional, Disallowed, Unknown};
    let other = "https://other.example/music/";
    let rules = |rules: &[(&str, u8)]| {
        let rule = |(location, bit): &(&str, u8)| {
            format!("{{\"location\": \"{location}\", \"tdm-reservation\": {bit}}}")
        };
        let rules: Vec<String> = rules.iter().map(rule).collect();
        format!("[{}]", rules.join(","))
    };
    let block =
        |pattern: &str, word: &str| format!("{pattern}*\n  Content-Usage: train-ai={word}\n");
    let license = |url: &str, rule: &str| {
        format!("<content url=\"{url}\"><license><{rule}>ai-train</{rule}></license></content>")
    };
    let line = |path: &str, word: &str| {
        format!(
            "{{\"path\": \"{path}\", \"label\": \"cawg.training-mining\", \"data\": {{\"cawg.ai_generative_training\": {{\"use\": \"{word}\"}}}}}}"
        )
    };
    let rule = |pattern: &str, word: &str| format!("Content-Usage: {pattern} train-ai={word}\n");
    let group = |rules: [String; 2]| format!("User-agent: *\n{}", rules.concat());
    let file = "/music/song.mp3";
    let theirs = format!("{other}song.mp3");
    let cases = [
        (
            TdmrepJson,
            rules(&[(other, 0), ("/music/*", 1)]),
            Disallowed,
        ),
        (TdmrepJson, rules(&[(other, 0)]), Unknown),
        (
            TdmrepJson,
            rules(&[(other, 1), ("/music/*", 0)]),
            Disallowed,
        ),
        (TdmrepJson, rules(&[(other, 0), ("/music/*", 0)]), Allowed),
        (
            TdmrepJson,
            rules(&[("/music/\", \"location\": \"/films/", 0), ("/music/*", 1)]),
            Disallowed,
        ),
        (Headers, block("https://staging.example/", "y"), Unknown),
        (Headers, block("//staging.example/", "y"), Unknown),
        (
            Headers,
            block("/", "n") + &block("https://staging.example/", "y"),
            Disallowed,
        ),
        (
            Headers,
            block("https://a.example/", "n") + &block("https://b.example/", "y"),
            Disallowed,
        ),
        (
            Headers,
            block("/", "y") + &block("https://staging.example/", "n"),
            Disallowed,
        ),
        (
            Headers,
            block("/", "y") + &block("https://staging.example/", "y"),
            Allowed,
        ),
        // So does a placeholder, of which nobody knows what it stands for.
        (Headers, block("/", "n") + &block("/:song", "y"), Disallowed),
        (
            RobotsTxt,
            group([rule("/", "n"), rule("//other.example/music/", "y")]),
            Disallowed,
        ),
        (
            RobotsTxt,
            group([rule("/music/", "y"), rule("//other.example/", "n")]),
            Disallowed,
        ),
        (RslDocument, license(other, "permits"), Conditional),
        (RslDocument, license(other, "prohibits"), Disallowed),
        (
            RslDocument,
            format!(
                "<rsl>{}{}</rsl>",
                license(other, "permits"),
                license("/", "prohibits")
            ),
            Disallowed,
        ),
        (Assertions, line(&theirs, "allowed"), Unknown),
        (Assertions, line(&theirs, "notAllowed"), Disallowed),
        (Assertions, line(file, "allowed"), Allowed),
    ];
    for (place, text, expected) in cases {
        let statements = place.read(&text, &path(file)?);
        let said = said(&statements, Usage::GenerativeTraining);
        assert_eq!(said, Some(expected), "{place}: {text}");
    }
    // What cannot be read behind such a rule is heard all the same.
    let text =
        rules(&[(other, 0), ("\", \"x\": \"", 0)]).replace("\"location\": \"\"", "\"y\": \"\"");
    let statements = TdmrepJson.read(&text, &path(file)?);
    assert_eq!(said(&statements, Usage::Training), None, "{text}");
    Ok(())
}

/// The same path can be spelled in many ways (RFC 9309 section 2.2.2).
#[test]
fn a_path_is_the_same_in_every_spelling() -> Outcome {
    let cases = [
        (
            "/music/a%20b%28%c3%a4%29.mp3",
            "/music/a b(\u{e4}).mp3$",
            true,
        ),
        ("/m%75sic/song.mp3", "/music/s%6Fng", true),
        ("/music%2fsong.mp3", "/music%2Fsong", true),
        ("/music%2Fsong.mp3", "/music/", false),
        ("/music/song.mp3", "/music%2Fsong.mp3", false),
        ("/what%3F.mp3", "/what?", false),
        ("/a*b$c.mp3", "/a%2Ab%24c", true),
        ("/a*b$c.mp3", "/a%2Ab$c", true),
        ("/a%2ab%24c.mp3", "/*b$c.mp3$", true),
        ("/axb", "/a%2Ab", false),
        ("/100%25.mp3", "/100%", true),
        ("/song.mp3", "https://example.com/song.mp3", true),
        ("/song.mp3", "HTTPS://*.example.com/*.mp3$", true),
        ("/song.mp3", "//example.com/song", true),
        ("/song.mp3", "https://example.com", true),
        ("/song.mp3", "https://example.com$", false),
        ("/song.mp3", "https://example.com/music/", false),
    ];
    for (ours, pattern, matches) in cases {
        let ours = path(ours)?;
        let texts = [
            (
                Place::TdmrepJson,
                format!("[{{\"location\": \"{pattern}\", \"tdm-reservation\": 1}}]"),
            ),
            (
                Place::RslDocument,
                format!(
                    "<rsl><content url=\"{pattern}\"><license><prohibits>all</prohibits></license></content></rsl>"
                ),
            ),
        ];
        for (place, text) in texts {
            let found = !place.read(&text, &ours).is_empty();
            assert_eq!(found, matches, "{place}: {pattern} {ours}");
        }
    }
    // Which rule is the longest is told by what is compared.
    let text =
        "User-agent: *\nContent-Usage: /m%75sic/ train-ai=y\nContent-Usage: /music/ train-ai=n";
    let statements = Place::RobotsTxt.read(text, &path("/music/song.mp3")?);
    assert_eq!(
        said(&statements, Usage::GenerativeTraining),
        Some(Preference::Disallowed)
    );
    let text = "{\"path\": \"https://example.com/m%75sic/song.mp3\", \"label\": \"cawg.training-mining\", \"data\": {\"cawg.ai_training\": {\"use\": \"notAllowed\"}}}";
    let statements = Place::Assertions.read(text, &path("/music/song.mp3")?);
    assert_eq!(
        said(&statements, Usage::Training),
        Some(Preference::Disallowed)
    );
    Ok(())
}

#[test]
fn a_path_is_matched_by_its_beginning_and_by_patterns() -> Outcome {
    let cases = [
        ("/", true),
        ("/music", true),
        ("/music/song.mp3$", true),
        ("/music/song$", false),
        ("/*.mp3$", true),
        ("/*.mp3", true),
        ("/*/song", true),
        ("/*.flac", false),
        ("/m*c/*g.*$", true),
        ("*", true),
        ("$", true),
        ("", true),
        ("/Music", false),
        (
            "/**********************************************************************$x",
            false,
        ),
    ];
    for (pattern, matches) in cases {
        let text = format!("[{{\"location\": \"{pattern}\", \"tdm-reservation\": 1}}]");
        let found = !Place::TdmrepJson
            .read(&text, &path("/music/song.mp3")?)
            .is_empty();
        assert_eq!(found, matches, "{pattern}");
    }
    for bad in ["", "music", "/a b", "/a?b", "/a\nb", "/\u{e4}", "/a\"b"] {
        assert!(bad.parse::<UrlPath>().is_err(), "{bad:?}");
    }
    Ok(())
}

/// No policy's address breaks out of where it is written.
#[test]
fn addresses_stay_where_they_are_put() -> Outcome {
    let address: PolicyUrl = "https://example.com/'><script>&</license>,<x>".parse()?;
    let mut publication = Publication::new();
    let declaration = Declaration::new()
        .say(Usage::Training, Preference::Conditional)
        .say(Usage::GenerativeTraining, Preference::Conditional)
        .say(Usage::DataMining, Preference::Conditional)
        .policy(address.clone());
    publication.list(path("/a&b.mp3")?, &declaration);
    publication.rsl(address);
    for place in [Place::Page, Place::TdmrepJson] {
        let statements = place.read(&publication.write(place), &path("/a&b.mp3")?);
        let of_tdmrep = |statement: &Statement| statement.vocabulary() == Vocabulary::Tdmrep;
        let statements: Vec<Statement> = statements.into_iter().filter(of_tdmrep).collect();
        let said = said(&statements, Usage::Training);
        assert_eq!(said, Some(Preference::Conditional), "{place}");
    }
    let page = publication.write(Place::Page);
    assert!(!page.contains("<script"), "{page}");
    Ok(())
}

/// What a parser would work on for ever is not handed to it.
#[test]
fn a_document_that_is_a_weapon_is_unreadable() -> Outcome {
    let nested = "<a xmlns:n=\"u\">".repeat(5_000);
    let long = format!("<rsl>{}</rsl>", " ".repeat(1 << 20));
    let many = format!("<rsl>{}</rsl>", "<a/>".repeat(150_000));
    let attributes: Vec<String> = (0..80_000).map(|number| format!("a{number}=''")).collect();
    let wide = format!("<rsl {}/>", attributes.join(" "));
    for text in [nested, long, many, wide] {
        let statements = Place::RslDocument.read(&text, &path("/music/song.mp3")?);
        assert_eq!(said(&statements, Usage::Search), None);
    }
    Ok(())
}

/// Whatever else stands in a license or around it may be its condition.
#[test]
fn a_license_permits_only_where_nothing_conditions_it() -> Outcome {
    use Preference::{Allowed, Conditional};
    let of = |content: &str, inside: &str| {
        format!(
            "<rsl xmlns='https://rslstandard.org/rsl'><content url='/music/'{content}><license>\
             <permits type='usage'>ai-train</permits>{inside}</license></content></rsl>"
        )
    };
    let cases = [
        (of("", ""), Allowed),
        (of("", "<payment type='free'/>"), Allowed),
        (of("", "<payment type='free'> </payment>"), Allowed),
        (of(" server='https://example.com/'", ""), Conditional),
        (of(" encrypted='true'", ""), Conditional),
        (
            of(
                "",
                "<payment type='free'><standard>https://example.com/</standard></payment>",
            ),
            Conditional,
        ),
        (
            of("", "<payment type='free'>by letter</payment>"),
            Conditional,
        ),
        (
            of("", "<payment type='free' until='2026-01-01'/>"),
            Conditional,
        ),
        (of("", "<payment/>"), Conditional),
        (of("", "").replace("/music/", "song.mp3"), Conditional),
        (
            of("", "")
                .replace("/music/", "song.mp3")
                .replace("permits", "prohibits"),
            Preference::Disallowed,
        ),
        (
            of("", "<permits type='user'>education</permits>"),
            Conditional,
        ),
        (
            of("", "<permits type='usage' geo='DE'>search</permits>"),
            Conditional,
        ),
        (
            of("><terms>https://example.com/</terms></content><content", ""),
            Allowed,
        ),
        (
            of("><terms>https://example.com/</terms><license/", ""),
            Conditional,
        ),
        (
            of("", "").replace("<license>", "<license server='https://example.com/'>"),
            Conditional,
        ),
        (
            of("", "").replace("<license>", "<legal/><license>"),
            Conditional,
        ),
        (
            of("", "").replace("<content", "<server/><content"),
            Conditional,
        ),
        (format!("<rss><item>{}</item></rss>", of("", "")), Allowed),
        (
            "<license><permits>ai-train</permits></license>".to_owned(),
            Allowed,
        ),
        (
            "<license><license><permits>ai-train</permits></license></license>".to_owned(),
            Conditional,
        ),
    ];
    for (text, expected) in cases {
        let statements = Place::RslDocument.read(&text, &path("/music/song.mp3")?);
        assert_eq!(said(&statements, Usage::Training), Some(expected), "{text}");
    }
    Ok(())
}

/// A tokenizer alone knows neither what is text nor what is passed over.
#[test]
fn a_page_is_read_as_a_browser_reads_it() -> Outcome {
    use Preference::{Allowed, Conditional, Disallowed, Unknown};
    let denial = "<meta name=tdm-reservation content=1>";
    let permission = "<meta name=tdm-reservation content=0>";
    let license = |url: &str, rule: &str| {
        format!(
            "<script type='application/rsl+xml'><rsl><content url='{url}'><license>\
             <{rule}>ai-train</{rule}></license></content></rsl></script>"
        )
    };
    let mut cases = vec![
        (format!("<script>'<!--'</script>{denial}"), Some(Disallowed)),
        (
            format!("<script>'<!-- <script>'</script> --></script>{denial}"),
            Some(Disallowed),
        ),
        (format!("<style><!-- </style>{denial}"), Some(Disallowed)),
        // It breaks off where real readers hear nothing more.
        (format!("<title>{denial}"), None),
        (format!("{permission}<title>song"), None),
        (format!("{permission}<!-- {denial}"), None),
        (
            format!("{permission}<meta name=tdm-reservation content=1"),
            None,
        ),
        (format!("{permission}<script>"), None),
        (format!("{denial}<script>"), Some(Disallowed)),
        (format!("{permission}<title>song</title>"), Some(Allowed)),
        (format!("{permission}<p>a < b"), Some(Allowed)),
        // Some readers pass it over.
        (format!("<noscript>{denial}</noscript>"), Some(Disallowed)),
        (format!("<noscript>{permission}</noscript>"), Some(Unknown)),
        (format!("<template>{permission}</template>"), Some(Unknown)),
        (
            format!("<noscript><style></style></noscript>{permission}"),
            Some(Allowed),
        ),
        // Where a browser ends what is foreign, and what is text there, is not followed.
        (
            format!("<svg><p>x</p><script>x=\"<a title='\";</script>{denial}<p>don't</p></svg>"),
            None,
        ),
        (
            format!("<svg><![CDATA[ > <!-- ]]></svg>{denial}<p>x --> y</p>"),
            None,
        ),
        (
            format!("<svg><g><noscript><style>'<a b='</style>{denial}<p>don't</p></svg>"),
            None,
        ),
        (
            format!("<svg><foreignObject></svg></foreignObject><script>\"{denial}\"</script>"),
            Some(Disallowed),
        ),
        (
            format!("<svg><desc><p>a</p></desc><g/></svg><script></script>{permission}"),
            Some(Allowed),
        ),
        (
            format!("<math><mi/><mi>a</mi></math><script></script>{permission}"),
            Some(Allowed),
        ),
        (format!("<svg><title>a</title></svg>{permission}"), None),
        (
            format!("<svg><title/><style/></svg>{denial}"),
            Some(Disallowed),
        ),
        (format!("<svg/>{permission}"), Some(Allowed)),
        (
            format!("<svg><title>{denial}</title></svg>"),
            Some(Disallowed),
        ),
        (license("/music/", "prohibits"), Some(Disallowed)),
        (license("/music/", "permits"), Some(Allowed)),
        (
            license("https://example.com/the-page", "prohibits"),
            Some(Disallowed),
        ),
        (
            license("https://example.com/the-page", "permits"),
            Some(Unknown),
        ),
        (
            license("/", "permits").replace("<license", "<payment/><license"),
            Some(Conditional),
        ),
        (license("/", "prohibits").replace("</rsl>", ""), None),
        (
            license("/", "prohibits").replace("rsl+xml", "json"),
            Some(Unknown),
        ),
    ];
    for name in [
        "title", "textarea", "script", "style", "iframe", "xmp", "noembed", "noframes",
    ] {
        cases.push((format!("<{name}>{denial}</{name}>"), Some(Unknown)));
        cases.push((format!("<{name}></p></{name}>{denial}"), Some(Disallowed)));
    }
    for (text, expected) in cases {
        let statements = Place::Page.read(&text, &path("/music/song.mp3")?);
        assert_eq!(said(&statements, Usage::Training), expected, "{text}");
    }
    Ok(())
}

/// Work and memory grow with the text, not with its square.
#[test]
fn a_text_is_read_in_the_time_that_its_length_takes() -> Outcome {
    let half = Place::LONGEST / 2 - 100;
    let filled = |part: &str, length: usize| part.repeat(length / part.len());
    let address = filled("a", half);
    let of_headers = filled("tdm-reservation: 1\n", half);
    let of_page = filled("<meta name=tdm-reservation content=1>", half);
    let of_rule = filled("\"tdm-reservation\":1,", half);
    let rule =
        |policy: &str| format!("[{{\"location\":\"/\",{of_rule}\"tdm-policy\":\"{policy}\"}}]");
    let wild = filled("*/", half);
    let cases = [
        (
            Place::Headers,
            format!("tdm-policy: {address}\n{of_headers}"),
        ),
        (
            Place::Page,
            format!("<meta name=tdm-policy content={address}>{of_page}"),
        ),
        (Place::TdmrepJson, rule(&address)),
        (Place::TdmrepJson, rule(&" ".repeat(half))),
        (
            Place::RobotsTxt,
            filled("Content-Usage: /*a*b train-ai=y\n", 2 * half),
        ),
        (
            Place::RobotsTxt,
            format!("Content-Usage: /{wild} train-ai=n\n"),
        ),
        (Place::Assertions, filled("{\n", half)),
    ];
    let long = path(&format!("/{}", "music/".repeat(340)))?;
    for (place, text) in cases {
        let start = Instant::now();
        let said = said(&place.read(&text, &long), Usage::GenerativeTraining);
        assert!(said != Some(Preference::Allowed), "{place}: {said:?}");
        assert!(start.elapsed().as_secs() < 20, "{place}");
    }
    Ok(())
}

#[test]
fn a_text_beyond_the_bound_is_unreadable() -> Outcome {
    let ours = path("/music/song.mp3")?;
    for place in Place::ALL {
        let text = " ".repeat(Place::LONGEST + 1);
        let said = said(&place.read(&text, &ours), Usage::Training);
        assert_eq!(said, None, "{place}");
    }
    let nested = "<license>".repeat(17) + &"</license>".repeat(17);
    let said = said(&Place::RslDocument.read(&nested, &ours), Usage::Training);
    assert_eq!(said, None);
    Ok(())
}

#[test]
fn a_recording_that_is_listed_twice_is_denied_what_either_denies() -> Outcome {
    let ours = path("/song.mp3")?;
    let spellings = [path("/s%6Fng.mp3")?, ours.clone()];
    let yes = declaration("generative-training=y, training=y, data-mining=y, search=y")?;
    let no = declaration("generative-training=n, training=n, data-mining=n, search=n")?;
    for order in [[&yes, &no], [&no, &yes]] {
        let mut publication = Publication::new();
        for (spelling, declaration) in spellings.iter().zip(order) {
            publication.list(spelling.clone(), declaration);
        }
        for place in [Place::Headers, Place::RobotsTxt, Place::TdmrepJson] {
            let statements = place.read(&publication.write(place), &ours);
            let said = said(&statements, Usage::GenerativeTraining);
            assert_eq!(said, Some(Preference::Disallowed), "{place}");
        }
    }
    Ok(())
}

/// Two conditions with different terms leave no terms to name: then it is a denial.
#[test]
fn terms_that_differ_never_become_silence() -> Outcome {
    let ours = path("/song.mp3")?;
    let words = "generative-training=c, training=c, data-mining=c, policy=";
    let mut publication = Publication::new();
    for terms in ["https://example.com/a", "https://example.com/b"] {
        publication.list(ours.clone(), &declaration(&format!("{words}\"{terms}\""))?);
    }
    for place in [Place::TdmrepJson, Place::RslDocument, Place::Assertions] {
        let statements = place.read(&publication.write(place), &ours);
        let said = said(&statements, Usage::GenerativeTraining);
        assert_eq!(said, Some(Preference::Disallowed), "{place}");
    }
    Ok(())
}
