//! Does every file say in each of its vocabularies what was declared, or something stricter?

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;

use common::random::Random;
use common::{Outcome, Shelf, TONES, bytes, corpus, day, ensure, fail, ledger, ogg};
use noai_audio::{
    Answer, Declaration, EmbedOptions, Format, Inspection, Limits, Preference, Preferences,
    Statement, Usage, Vocabulary, Wording,
};

const SAMPLES: usize = 100;

/// What every format has had room for.
const EVERYWHERE: [Vocabulary; 5] = [
    Vocabulary::AiConsent,
    Vocabulary::NoAi,
    Vocabulary::Aipref,
    Vocabulary::Tdmrep,
    Vocabulary::Notice,
];

/// These preferences, on terms where they need some, or nothing where no declaration says so.
fn declared(preferences: &Preferences) -> Outcome<Option<Declaration>> {
    let say = |all: Declaration, (usage, preference)| all.say(usage, preference);
    let mut declaration = preferences.iter().fold(Declaration::new(), say);
    if preferences.which(Preference::Conditional).next().is_some() {
        declaration = declaration.policy("https://example.org/terms".parse()?);
    }
    let declaration = declaration.declared(day());
    Ok(declaration.check().is_ok().then_some(declaration))
}

/// Each use alone with each preference, all uses with one preference, and a sample of the rest.
fn declarations(seed: u64) -> Outcome<Vec<Declaration>> {
    let mut all = Vec::new();
    for preference in Preference::ALL {
        for usage in Usage::ALL {
            all.extend(declared(
                &Preferences::default().with(&[usage], preference),
            )?);
        }
        let mut uniform = Preferences::default().with(&Usage::ALL, preference);
        if preference == Preference::Allowed {
            uniform.set(Usage::Replication, Preference::Unknown);
        }
        all.extend(declared(&uniform)?);
    }
    // Silence is no declaration, and no tag allows replication.
    let corners = 3 * (Usage::ALL.len() + 1) - 1;
    ensure(all.len() == corners, || format!("{} corners", all.len()))?;
    let mut random = Random::new(seed);
    while all.len() < corners + SAMPLES {
        let mut preferences = Preferences::default();
        for usage in Usage::ALL {
            let preference = random.one(&Preference::ALL).copied();
            preferences.set(usage, preference.unwrap_or_default());
        }
        all.extend(declared(&preferences)?);
    }
    Ok(all)
}

/// A tag, and the name of a vocabulary.
type Place = (&'static str, &'static str);

/// What each tag says in each vocabulary: the text of the first field, and that of the second,
/// which stands beside it.
fn wordings(inspection: &Inspection) -> Outcome<BTreeMap<Place, (Vocabulary, Wording)>> {
    let mut fields: BTreeMap<Place, Vec<&Statement>> = BTreeMap::new();
    for statement in inspection.statements() {
        let place = (statement.tag(), statement.vocabulary().name());
        fields.entry(place).or_default().push(statement);
    }
    let mut wordings = BTreeMap::new();
    for (place, fields) in fields {
        // AIFF has its packet in two places.
        let half = fields.len() / 2;
        let fields = match fields.split_at(half) {
            (first, second) if place.0 == "xmp" && is_same(first, second) => first.to_vec(),
            _ => fields,
        };
        let (first, terms) = match fields.as_slice() {
            [first] => (first, None),
            [first, beside] => (first, Some(beside.raw().to_owned())),
            _ => return fail(format!("{} fields of {place:?}", fields.len())),
        };
        let value = first.raw().to_owned();
        wordings.insert(place, (first.vocabulary(), Wording { value, terms }));
    }
    Ok(wordings)
}

fn is_same(first: &[&Statement], second: &[&Statement]) -> bool {
    let says = |statement: &&Statement| (statement.field(), statement.raw().to_owned());
    first.iter().map(says).eq(second.iter().map(says))
}

/// Holds what a vocabulary says against the declaration and against the losses that are told.
fn compare(vocabulary: Vocabulary, wording: &Wording, declaration: &Declaration) -> Outcome {
    let reading = vocabulary.understand(wording);
    let spelled = vocabulary.spell(declaration);
    for usage in Usage::ALL {
        let declared = declaration.preference(usage);
        let said = reading.preference(usage);
        let loss = spelled.lost.iter().find(|loss| loss.usage == usage);
        let expected = loss.map_or(declared, |loss| loss.says);
        ensure(said == Some(expected), || {
            format!("{usage} is {said:?}, and {expected:?} was told")
        })?;
        // A vocabulary without a word for a use says nothing, which permits nothing.
        let is_silent = expected == Preference::Unknown;
        ensure(is_silent || !expected.is_looser_than(declared), || {
            format!("{usage} is {expected:?}, and {declared:?} was declared")
        })?;
    }
    Ok(())
}

/// What somebody finds who asks.
fn answer(preference: Preference) -> Answer {
    match preference {
        Preference::Unknown => Answer::None,
        Preference::Allowed => Answer::Claimed,
        Preference::Conditional => Answer::Conditional,
        Preference::Disallowed => Answer::Disallowed,
    }
}

fn ensure_answers(inspection: &Inspection, expected: &Preferences) -> Outcome {
    for (usage, preference) in expected.iter() {
        let found = inspection.answer(usage, Some(day()));
        ensure(found == answer(preference), || {
            format!("{usage} is answered {found:?}, expected {preference:?}")
        })?;
    }
    Ok(())
}

/// The same file, where nobody knows our own statement by its name.
fn orphaned(file: &[u8], is_ogg: bool) -> Outcome<Vec<u8>> {
    let mut file = file.to_vec();
    while let Some(at) = bytes::find(&file, b"AI_CONSENT") {
        bytes::put(&mut file, at, b"XX")?;
    }
    if is_ogg {
        ogg::repair(&mut file)?;
    }
    Ok(file)
}

fn look(file: &[u8]) -> Outcome<Inspection> {
    Ok(noai_audio::read_from(Cursor::new(file), Limits::default())?)
}

/// Declares it in a fresh copy, and gives where it was said.
fn check(
    shelf: &Shelf,
    tone: &str,
    plain: &[u8],
    declaration: &Declaration,
) -> Outcome<BTreeSet<Place>> {
    let song = shelf.put(tone, plain)?;
    let mut options = EmbedOptions::new();
    options
        .content_code(false)
        .embed(song.path(), declaration)?;
    let file = song.bytes()?;
    let inspection = look(&file)?;
    ensure_answers(&inspection, declaration.preferences())?;
    let wordings = wordings(&inspection)?;
    let mut without = Preferences::default();
    for (place, (vocabulary, wording)) in &wordings {
        compare(*vocabulary, wording, declaration)
            .map_err(|error| format!("{place:?}: {error}"))?;
        if *vocabulary != Vocabulary::AiConsent {
            without = without.combine(*vocabulary.understand(wording).preferences());
        }
    }
    // The others alone say the strictest of what each says, and never more than was declared.
    let others = look(&orphaned(&file, inspection.format() == Format::Ogg)?)?;
    ensure_answers(&others, &without).map_err(|error| format!("without AI_CONSENT: {error}"))?;
    for (usage, said) in without.iter() {
        let declared = declaration.preference(usage);
        let is_silent = said == Preference::Unknown && declared != Preference::Disallowed;
        ensure(is_silent || !said.is_looser_than(declared), || {
            format!("without AI_CONSENT {usage} is {said:?}")
        })?;
    }
    Ok(wordings.into_keys().collect())
}

#[test]
fn every_declaration_is_in_every_format_what_its_vocabularies_can_say() {
    let seeds: Vec<(u64, &str)> = (1..).zip(TONES).collect();
    ledger::all(
        &seeds,
        |(_, tone)| tone,
        |(seed, tone)| {
            let shelf = Shelf::new()?;
            let plain = fs::read(corpus().join("clean").join(tone))?;
            ensure(look(&plain)?.statements().is_empty(), || {
                "it says something already".to_owned()
            })?;
            let mut said = Vec::new();
            for declaration in declarations(*seed)? {
                let places = check(&shelf, tone, &plain, &declaration)
                    .map_err(|error| format!("{:?}: {error}", declaration.preferences()))?;
                said.push((declaration, places));
            }
            // Where any declaration is said each is, in every vocabulary that has words for it.
            let places: BTreeSet<Place> =
                said.iter().flat_map(|(_, places)| places.clone()).collect();
            for vocabulary in EVERYWHERE {
                ensure(
                    places.iter().any(|(_, name)| *name == vocabulary.name()),
                    || format!("{vocabulary} is never said"),
                )?;
            }
            for (declaration, found) in said {
                let mut expected = places.clone();
                for vocabulary in Vocabulary::ALL {
                    if vocabulary.spell(&declaration).wording.is_none() {
                        expected.retain(|(_, name)| *name != vocabulary.name());
                    }
                }
                ensure(found == expected, || {
                    format!(
                        "{:?}: said in {found:?}, not in {expected:?}",
                        declaration.preferences()
                    )
                })?;
            }
            Ok(())
        },
    );
}

#[test]
fn silence_is_no_declaration() -> Outcome {
    let shelf = Shelf::new()?;
    for tone in TONES {
        let song = shelf.song(&format!("clean/{tone}"))?;
        assert!(song.say(&Declaration::new()).is_err(), "{tone}");
        assert!(song.is_original()?, "{tone}");
    }
    Ok(())
}
