//! Is what a C2PA manifest says heard, wherever it stands and whatever is wrong with it?

mod common;

use std::io::Cursor;

use common::bytes::{find, part, put};
use common::c2pa::{self, assertion, carried, entries, manifest, map, saying, store, text};
use common::{Outcome, Shelf, build, no_ai};
use noai_audio::{
    Answer, EmbedOptions, ErrorKind, Inspection, Limits, ManifestVerdict, Usage, Vocabulary,
};

const LABEL: &str = "cawg.training-mining";
const USES: [Usage; 4] = [
    Usage::DataMining,
    Usage::Inference,
    Usage::Training,
    Usage::GenerativeTraining,
];

fn look(file: &[u8]) -> Result<Inspection, noai_audio::Error> {
    noai_audio::read_from(Cursor::new(file), Limits::default())
}

/// What a WAV with this store in its chunk says.
fn heard(store: &[u8]) -> Outcome<Inspection> {
    Ok(look(&build::wav(400, &[build::chunk(b"C2PA", store)]))?)
}

fn no_training() -> Vec<u8> {
    entries(&[("cawg.ai_training", "notAllowed")])
}

fn training(inspection: &Inspection) -> Answer {
    inspection.answer(Usage::Training, None)
}

/// Nothing is known of the four uses but that somebody spoke.
fn is_unreadable(inspection: &Inspection) -> bool {
    let is = |usage| inspection.answer(usage, None) == Answer::Unreadable;
    USES.into_iter().all(is) && inspection.answer(Usage::Search, None) == Answer::None
}

#[test]
fn a_manifest_is_heard_in_every_place() -> Outcome {
    let terms = map(&[
        ("use", text("constrained")),
        ("constraint_info", text("https://example.org/terms")),
    ]);
    let data = map(&[(
        "entries",
        map(&[
            ("cawg.ai_training", map(&[("use", text("notAllowed"))])),
            ("cawg.data_mining", map(&[("use", text("allowed"))])),
            ("cawg.ai_inference", terms),
        ]),
    )]);
    let json = r#"{"entries":{"cawg.ai_training":{"use":"notAllowed"},"cawg.data_mining":{"use":"allowed"},"cawg.ai_inference":{"use":"constrained","constraint_info":"https://example.org/terms"}}}"#;
    for (name, file) in carried(&saying(LABEL, &data))? {
        let inspection = look(&file)?;
        let answers = USES.map(|usage| inspection.answer(usage, None));
        let [mining, inference, training, generative] = answers;
        assert_eq!(training, Answer::Disallowed, "{name}");
        assert_eq!(mining, Answer::Claimed, "{name}");
        assert_eq!(inference, Answer::Conditional, "{name}");
        assert_eq!(generative, Answer::None, "{name}");
        let [statement] = inspection.statements() else {
            return common::fail(format!("{name}: {:?}", inspection.statements()));
        };
        assert_eq!((statement.field(), statement.tag()), (LABEL, "c2pa"));
        assert_eq!(statement.vocabulary(), Vocabulary::TrainingMining);
        assert_eq!(statement.raw(), json, "{name}");
        assert_eq!(inspection.manifest(), Some(ManifestVerdict::NotEvaluated));
    }
    Ok(())
}

#[test]
fn labels_in_all_their_forms_are_heard() -> Outcome {
    for label in [
        "cawg.training-mining",
        "cawg.training-mining__1",
        "cawg.training-mining.v2",
        "cawg.training-mining.v2__12",
        "c2pa.training-mining",
        "c2pa.training-mining__1",
    ] {
        let inspection = heard(&saying(label, &no_training()))?;
        assert_eq!(training(&inspection), Answer::Disallowed, "{label}");
        let field = inspection
            .statements()
            .iter()
            .map(noai_audio::Statement::field);
        assert!(field.eq([label.get(..20).unwrap_or_default()]), "{label}");
    }
    let other = heard(&saying("cawg.training-minings", &no_training()))?;
    assert_eq!(training(&other), Answer::None);
    let json = br#"{"entries": {"cawg.ai_training": {"use": "notAllowed"}}}"#;
    let json = c2pa::superbox(b"json", LABEL, &[build::atom(b"json", json)]);
    let inspection = heard(&store(&[manifest("urn:c2pa:1", &[json])]))?;
    assert_eq!(training(&inspection), Answer::Disallowed);
    Ok(())
}

#[test]
fn objects_of_every_type_are_heard() -> Outcome {
    let said = saying(LABEL, &no_training());
    let sound = std::fs::read(common::corpus().join("clean/sine.mp3"))?;
    let answer = |tag: Vec<u8>| Outcome::Ok(look(&[tag, sound.clone()].concat())?);
    for mime in [
        "application/c2pa",
        "Application/C2PA",
        "application/x-c2pa-manifest-store",
        "application/jumbf",
    ] {
        let frame = build::frame(b"GEOB", &c2pa::object(mime, &said));
        assert_eq!(
            training(&answer(build::id3(&[frame]))?),
            Answer::Disallowed,
            "{mime}"
        );
    }
    let wide = [
        b"\x01application/c2pa\0\xff\xfec\0\0\0\xff\xfed\0\0\0",
        &said[..],
    ]
    .concat();
    let wide = build::frame(b"GEOB", &wide);
    assert_eq!(training(&answer(build::id3(&[wide]))?), Answer::Disallowed);

    // Unsynchronised: each FF is followed by a zero.
    let body = c2pa::object("application/c2pa", &said);
    let stuffed = |bytes: &[u8]| {
        let each = bytes.iter().map(|byte| match byte {
            0xff => vec![0xff, 0],
            byte => vec![*byte],
        });
        each.collect::<Vec<_>>().concat()
    };
    let mut whole = build::id3(&[stuffed(&build::frame(b"GEOB", &body))]);
    put(&mut whole, 5, &[0x80])?;
    assert_eq!(training(&answer(whole)?), Answer::Disallowed);
    let coded = stuffed(&body);
    let size = coded.len();
    let safe = [size >> 21, size >> 14 & 0x7f, size >> 7 & 0x7f, size & 0x7f];
    let mut frame = build::frame(b"GEOB", &coded);
    put(&mut frame, 4, &safe.map(|digit| digit as u8))?;
    put(&mut frame, 9, &[2])?;
    let mut fourth = build::id3(&[frame]);
    put(&mut fourth, 3, &[4])?;
    assert_eq!(training(&answer(fourth)?), Answer::Disallowed);

    // One wrong bit says that it is compressed.
    let mut frame = build::frame(b"GEOB", &body);
    put(&mut frame, 9, &[0x80])?;
    let inspection = answer(build::id3(&[frame]))?;
    assert!(is_unreadable(&inspection));
    assert_eq!(inspection.manifest(), Some(ManifestVerdict::NotEvaluated));
    Ok(())
}

#[test]
fn a_manifest_that_says_nothing_is_told_apart_from_none() -> Outcome {
    let other = assertion("c2pa.actions.v2", &map(&[]));
    for (name, file) in carried(&store(&[manifest("urn:c2pa:1", &[other])]))? {
        let inspection = look(&file)?;
        assert!(inspection.statements().is_empty(), "{name}");
        assert_eq!(inspection.manifest(), Some(ManifestVerdict::NotEvaluated));
    }
    let plain = look(&build::wav(400, &[]))?;
    assert_eq!(plain.manifest(), None);
    Ok(())
}

#[test]
fn an_ingredient_denies_and_permits_nothing() -> Outcome {
    let says = |word| {
        manifest(
            "urn:c2pa:1",
            &[assertion(LABEL, &entries(&[("cawg.ai_training", word)]))],
        )
    };
    let silent = manifest("urn:c2pa:2", &[]);
    let answer = |manifests: &[Vec<u8>]| Outcome::Ok(training(&heard(&store(manifests))?));
    assert_eq!(answer(&[says("allowed"), silent.clone()])?, Answer::None);
    assert_eq!(answer(&[silent.clone(), says("allowed")])?, Answer::Claimed);
    assert_eq!(
        answer(&[says("notAllowed"), silent.clone()])?,
        Answer::Disallowed
    );
    assert_eq!(
        answer(&[says("notAllowed"), says("allowed")])?,
        Answer::Disallowed
    );
    Ok(())
}

#[test]
fn what_no_reader_agrees_on_permits_nothing() -> Outcome {
    let word = |word| map(&[("use", text(word))]);
    let key = "cawg.ai_training";
    let twice = map(&[(
        "entries",
        map(&[(key, word("notAllowed")), (key, word("allowed"))]),
    )]);
    assert_eq!(
        training(&heard(&saying(LABEL, &twice))?),
        Answer::Disallowed
    );
    // Without counts, and a text in two parts.
    let endless = [
        &b"\xbf"[..],
        &text("entries"),
        b"\xbf\x7f",
        &text("cawg."),
        &text("ai_training"),
        b"\xff",
        &word("notAllowed"),
        b"\xff\xff",
    ]
    .concat();
    assert_eq!(
        training(&heard(&saying(LABEL, &endless))?),
        Answer::Disallowed
    );
    let allowed = entries(&[(key, "allowed")]);
    let nested = [&b"\x81".repeat(10_000)[..], b"\x80"].concat();
    for (what, data) in [
        ("nothing", Vec::new()),
        ("an empty map", map(&[])),
        ("other keys", entries(&[("org.example.ai", "notAllowed")])),
        ("a list", b"\x80".to_vec()),
        ("something behind", [&allowed[..], b"\0"].concat()),
        (
            "something less",
            allowed
                .get(..allowed.len() - 1)
                .unwrap_or_default()
                .to_vec(),
        ),
        ("a number as a name", [b"\xa1\x01", &allowed[..]].concat()),
        (
            "a count that lies",
            b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        ),
        (
            "a length that lies",
            b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        ),
        ("lists in lists", nested),
        (
            "very much",
            [&[0x5a, 0, 1, 0, 0][..], &vec![0; 1 << 16]].concat(),
        ),
        ("a tagged map", [b"\xc1", &allowed[..]].concat()),
    ] {
        assert!(is_unreadable(&heard(&saying(LABEL, &data))?), "{what}");
    }
    let without = c2pa::superbox(b"cbor", LABEL, &[]);
    let without = store(&[manifest("urn:c2pa:1", &[without])]);
    assert!(is_unreadable(&heard(&without)?));
    Ok(())
}

#[test]
fn what_grows_beyond_a_field_is_unreadable() -> Outcome {
    let says = |letters: u16| {
        let name = [
            &[0x79],
            &letters.to_be_bytes()[..],
            &vec![1; letters.into()],
        ]
        .concat();
        saying(
            LABEL,
            &[&b"\xa2"[..], &name, b"\0", &no_training()[1..]].concat(),
        )
    };
    assert_eq!(training(&heard(&says(10_000))?), Answer::Disallowed);
    let inspection = heard(&says(20_000))?;
    assert!(is_unreadable(&inspection));
    let fault = inspection
        .statements()
        .first()
        .and_then(|said| said.fault());
    assert_eq!(fault, Some("the field is too long"));
    Ok(())
}

#[test]
fn damage_is_neither_a_permission_nor_silence() -> Outcome {
    let whole = saying(LABEL, &no_training());
    // Whoever changes this makes another assertion of it.
    let label = find(&whole, LABEL.as_bytes()).ok_or("no label")?;
    let label = label..label + LABEL.len();
    for at in 0..whole.len() {
        let old = part(&whole, at, 1)?.iter().sum::<u8>();
        for new in (0..8).map(|bit| old ^ 1 << bit).chain([0, 0xff]) {
            let mut damaged = whole.clone();
            put(&mut damaged, at, &[new])?;
            let answer = training(&heard(&damaged)?);
            let is_told = matches!(answer, Answer::Disallowed | Answer::Unreadable);
            assert!(
                is_told || label.contains(&at) && answer == Answer::None,
                "byte {at} from {old} to {new}: {answer:?}"
            );
        }
        let cut = heard(part(&whole, 0, at)?)?;
        assert!(
            matches!(training(&cut), Answer::Disallowed | Answer::Unreadable),
            "{at} bytes"
        );
    }
    for (name, file) in carried(&whole)? {
        let start = find(&file, b"jumb").ok_or("no store")? - 4;
        for at in start..start + whole.len() {
            // A file that cannot be read is no permission either.
            if let Ok(inspection) = look(part(&file, 0, at)?) {
                assert_ne!(training(&inspection), Answer::Claimed, "{name}, {at} bytes");
            }
        }
    }
    Ok(())
}

#[test]
fn a_denial_beside_damage_counts() -> Outcome {
    let denies = assertion(LABEL, &no_training());
    let broken = build::atom(b"abcd", &[]);
    let inspection = heard(&store(&[manifest("urn:c2pa:1", &[denies, broken])]))?;
    assert_eq!(training(&inspection), Answer::Disallowed);
    assert_eq!(
        inspection.answer(Usage::Inference, None),
        Answer::Unreadable
    );
    Ok(())
}

#[test]
fn no_store_costs_more_than_its_bytes() -> Outcome {
    let denies = || assertion(LABEL, &no_training());
    let silent = assertion("c2pa.metadata", &map(&[]));
    let mut many = vec![silent.clone(); 10_000];
    many.push(denies());
    let inspection = heard(&store(&[manifest("urn:c2pa:1", &many)]))?;
    assert_eq!(training(&inspection), Answer::Disallowed);
    assert_eq!(inspection.statements().len(), 1);

    let too_many = vec![build::atom(b"free", &[]); 100_001];
    assert!(is_unreadable(&heard(&store(&too_many))?));
    let mut deep = denies();
    for _ in 0..10_000 {
        deep = c2pa::superbox(b"abcd", "x", &[deep]);
    }
    assert!(is_unreadable(&heard(&deep)?));

    let mut whole = saying(LABEL, &no_training());
    for size in [0_u32, 1, 7, u32::MAX] {
        put(&mut whole, 0, &size.to_be_bytes())?;
        assert!(is_unreadable(&heard(&whole)?), "{size}");
    }
    let wide = [&b"\0\0\0\x01jumb"[..], &u64::MAX.to_be_bytes(), &whole].concat();
    assert!(is_unreadable(&heard(&wide)?));
    // More assertions than are heard: the denial among the first counts, no permission does.
    let allowed = assertion(LABEL, &entries(&[("cawg.ai_inference", "allowed")]));
    let mut assertions = vec![allowed; 98];
    assertions.push(denies());
    let inspection = heard(&store(&[manifest("urn:c2pa:1", &assertions)]))?;
    assert_eq!(training(&inspection), Answer::Disallowed);
    assertions.extend(vec![denies(); 10_000]);
    let flood = build::chunk(b"C2PA", &store(&[manifest("urn:c2pa:1", &assertions)]));
    let error = look(&build::wav(400, &[flood]))
        .err()
        .map(|error| error.kind());
    assert_eq!(error, Some(ErrorKind::Limit));
    Ok(())
}

#[test]
fn every_store_of_a_file_is_heard() -> Outcome {
    let says = |word| saying(LABEL, &entries(&[("cawg.ai_training", word)]));
    let chunks = [says("allowed"), says("notAllowed")].map(|store| build::chunk(b"C2PA", &store));
    let inspection = look(&build::wav(400, &chunks))?;
    assert_eq!(training(&inspection), Answer::Disallowed);
    let plain = std::fs::read(common::corpus().join("clean/sine.m4a"))?;
    let denies = says("notAllowed");
    for (purpose, expected) in [
        ("manifest", Answer::Disallowed),
        ("original", Answer::Disallowed),
        ("update", Answer::Disallowed),
        ("merkle", Answer::None),
        ("manifesu", Answer::Unreadable),
        ("", Answer::Unreadable),
    ] {
        let file = [plain.clone(), c2pa::uuid(purpose, &denies)].concat();
        assert_eq!(training(&look(&file)?), expected, "{purpose}");
    }
    // Padding behind the store.
    let file = [
        plain,
        c2pa::uuid("manifest", &[denies, vec![0; 100]].concat()),
    ]
    .concat();
    assert_eq!(training(&look(&file)?), Answer::Disallowed);
    Ok(())
}

#[test]
fn a_manifest_denies_for_verification_too_and_is_not_voided_unasked() -> Outcome {
    let shelf = Shelf::new()?;
    for (name, file) in carried(&saying(LABEL, &no_training()))? {
        let song = shelf.put(name, file)?;
        assert!(noai_audio::verify(song.path())?.denies, "{name}");
        let refused = song.tag().map(drop).err().map(|error| error.kind());
        assert_eq!(refused, Some(ErrorKind::Protected), "{name}");
        EmbedOptions::new()
            .c2pa(true)
            .embed(song.path(), &no_ai())?;
        let inspection = song.read()?;
        let mut said = inspection.statements().iter();
        assert!(said.any(|statement| statement.tag() == "c2pa"), "{name}");
        EmbedOptions::new().c2pa(true).strip(song.path())?;
        assert!(song.is_original()?, "{name}");
    }
    Ok(())
}
