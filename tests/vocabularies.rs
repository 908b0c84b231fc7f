//! Does every vocabulary say what was declared, or something stricter, and does no text say
//! more than its writer did?

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use common::{Outcome, build, c2pa, ensure};
use noai_audio::{Answer, Declaration, Limits, Marker, Preference, Usage, Vocabulary, Wording};

/// The uses that a CAWG assertion speaks of.
const CAWG: [Usage; 4] = [
    Usage::GenerativeTraining,
    Usage::Training,
    Usage::Inference,
    Usage::DataMining,
];

/// A scenario of `tests/vectors`.
struct Vector {
    path: PathBuf,
    vocabulary: Vocabulary,
    heads: Vec<(String, String)>,
    text: String,
}

impl Vector {
    fn open(vocabulary: Vocabulary, path: PathBuf) -> Outcome<Vector> {
        let whole = fs::read_to_string(&path)?;
        let (heads, text) = whole.split_once("\n\n").unwrap_or((whole.trim_end(), ""));
        let lines = heads.lines().skip(1).map(|line| {
            let (key, value) = line.split_once(": ").ok_or(format!("no key in {line}"))?;
            Ok((key.to_owned(), value.to_owned()))
        });
        Ok(Vector {
            heads: lines.collect::<Outcome<_>>()?,
            text: text.strip_suffix('\n').unwrap_or(text).to_owned(),
            vocabulary,
            path,
        })
    }

    fn head(&self, key: &str) -> Option<&str> {
        let named = self.heads.iter().find(|(name, _)| name == key);
        named.map(|(_, value)| value.as_str())
    }

    /// The words of a line, by usage; those that are not there are unknown.
    fn words(&self, key: &str) -> Outcome<Vec<(Usage, Preference)>> {
        let line = self.head(key).ok_or(format!("no {key}"))?;
        let members = line.split(", ").filter(|member| *member != "-");
        let words = members.map(|member| {
            let (usage, word) = member.split_once('=').ok_or("no word")?;
            let mut known = Preference::ALL.into_iter();
            let preference = known.find(|p| p.word().unwrap_or("-") == word);
            Ok((usage.parse()?, preference.ok_or("an unknown word")?))
        });
        words.collect()
    }

    fn read(&self) -> Outcome {
        let reading = self.vocabulary.understand(&Wording {
            value: self.text.clone(),
            terms: self.head("terms").map(str::to_owned),
        });
        let says = self.words("says")?;
        let unreadable: Vec<Usage> = match self.head("unreadable") {
            Some(line) => line.split(", ").map(str::parse).collect::<Result<_, _>>()?,
            None => Vec::new(),
        };
        for usage in Usage::ALL {
            let said = says.iter().find(|(other, _)| *other == usage);
            let said = said.map_or(Preference::Unknown, |(_, preference)| *preference);
            let expected = match said {
                Preference::Disallowed => Some(said),
                _ if unreadable.contains(&usage) => None,
                _ => Some(said),
            };
            assert_eq!(reading.preference(usage), expected, "{usage}");
            assert_eq!(
                reading.preferences().get(usage),
                said,
                "{usage}, what can be read of it"
            );
        }
        assert_eq!(reading.fault().is_some(), !unreadable.is_empty());
        assert_eq!(reading.remark().is_some(), self.head("remark").is_some());
        Ok(())
    }

    fn write(&self) -> Outcome {
        let declaration = format!("v=1, {}", self.head("declare").ok_or("no declaration")?);
        let declaration = declaration.parse::<Marker>()?.declaration().clone();
        let spelled = self.vocabulary.spell(&declaration);
        let (value, terms) = match spelled.wording {
            Some(Wording { value, terms, .. }) => (value, terms),
            None => (String::new(), None),
        };
        assert_eq!(value, self.text);
        assert_eq!(terms.as_deref(), self.head("terms"));
        let lost = spelled.lost.iter().map(|loss| (loss.usage, loss.says));
        assert_eq!(lost.collect::<Vec<_>>(), self.words("lost")?);
        Ok(())
    }
}

#[test]
fn every_vector_holds() -> Outcome {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut folders = BTreeSet::new();
    let mut failed = Vec::new();
    for vocabulary in Vocabulary::ALL {
        let folder = root.join(vocabulary.name());
        let mut paths: Vec<PathBuf> = fs::read_dir(&folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        ensure(paths.len() >= 5, || {
            format!("too few vectors of {vocabulary}")
        })?;
        for path in paths {
            let vector = Vector::open(vocabulary, path)?;
            let name = vector
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let held = std::panic::catch_unwind(|| {
                let held = if name.starts_with("read-") {
                    vector.read()
                } else {
                    vector.write()
                };
                held.map_err(|error| error.to_string())
            });
            if !matches!(held, Ok(Ok(()))) {
                failed.push(format!("{}: {held:?}", vector.path.display()));
            }
        }
        folders.insert(vocabulary.name().to_owned());
    }
    for entry in fs::read_dir(&root)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        assert!(
            name == "README.md" || folders.contains(&name),
            "nobody reads {name}"
        );
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

#[test]
fn assertions_say_in_a_file_what_they_say_alone() -> Outcome {
    const LABEL: &str = "cawg.training-mining";
    let vocabulary = Vocabulary::TrainingMining;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/training-mining");
    let mut in_cbor = 0;
    for entry in fs::read_dir(folder)? {
        let vector = Vector::open(vocabulary, entry?.path())?;
        let data = build::atom(b"json", vector.text.as_bytes());
        let assertion = c2pa::superbox(b"json", LABEL, &[data]);
        let mut stores = vec![c2pa::store(&[c2pa::manifest("urn:c2pa:1", &[assertion])])];
        if let Ok(data) = c2pa::cbor(&vector.text) {
            in_cbor += 1;
            stores.push(c2pa::saying(LABEL, &data));
        }
        let alone = vocabulary.understand(&vector.text.as_str().into());
        let speaks = Usage::ALL
            .iter()
            .any(|usage| alone.preference(*usage) != Some(Preference::Unknown));
        for file in stores.iter().map(|store| c2pa::carried(store)) {
            for (name, file) in file? {
                let inspection = noai_audio::read_from(Cursor::new(file), Limits::default())?;
                for usage in Usage::ALL {
                    let expected = match alone.preference(usage) {
                        // Whoever makes an assertion says something.
                        Some(Preference::Unknown) if !speaks && CAWG.contains(&usage) => {
                            Answer::Unreadable
                        }
                        Some(Preference::Unknown) => Answer::None,
                        Some(Preference::Allowed) => Answer::Claimed,
                        Some(Preference::Conditional) => Answer::Conditional,
                        Some(Preference::Disallowed) => Answer::Disallowed,
                        None => Answer::Unreadable,
                    };
                    let answer = inspection.answer(usage, None);
                    let vector = vector.path.display();
                    assert_eq!(answer, expected, "{vector} in {name}: {usage}");
                }
            }
        }
    }
    assert!(in_cbor >= 15, "only {in_cbor} vectors became CBOR");
    Ok(())
}

/// The uses of which a vocabulary can say each word by itself, whatever else is declared.
fn exact(vocabulary: Vocabulary) -> &'static [(Usage, &'static [Preference])] {
    use Preference::{Allowed, Conditional, Disallowed};
    const DENIED: &[Preference] = &[Disallowed];
    const BOTH: &[Preference] = &[Allowed, Disallowed];
    const EVERY: &[Preference] = &[Allowed, Conditional, Disallowed];
    match vocabulary {
        Vocabulary::AiConsent => &[
            (Usage::GenerativeTraining, EVERY),
            (Usage::Training, EVERY),
            (Usage::Inference, EVERY),
            (Usage::DataMining, EVERY),
            (Usage::Search, EVERY),
            (Usage::Replication, &[Conditional, Disallowed]),
            (Usage::PlatformService, EVERY),
        ],
        Vocabulary::NoAi => &[
            (Usage::GenerativeTraining, DENIED),
            (Usage::Training, DENIED),
            (Usage::Inference, DENIED),
            (Usage::DataMining, DENIED),
            (Usage::Search, DENIED),
            (Usage::Replication, DENIED),
            (Usage::PlatformService, DENIED),
        ],
        Vocabulary::Aipref => &[
            (Usage::GenerativeTraining, BOTH),
            (Usage::Inference, BOTH),
            (Usage::Search, BOTH),
        ],
        Vocabulary::TrainingMining => &[
            (Usage::GenerativeTraining, EVERY),
            (Usage::Training, EVERY),
            (Usage::Inference, EVERY),
            (Usage::DataMining, EVERY),
        ],
        Vocabulary::ContentSignal => &[(Usage::Inference, BOTH), (Usage::Search, BOTH)],
        Vocabulary::Tdmrep => &[
            (Usage::GenerativeTraining, DENIED),
            (Usage::Training, DENIED),
            (Usage::DataMining, DENIED),
        ],
        // A word for several uses at once denies each of them.
        Vocabulary::Robots => &[
            (Usage::GenerativeTraining, DENIED),
            (Usage::Training, DENIED),
            (Usage::Inference, DENIED),
        ],
        Vocabulary::Plus | Vocabulary::Rsl => &[
            (Usage::GenerativeTraining, DENIED),
            (Usage::Training, DENIED),
            (Usage::Inference, DENIED),
            (Usage::DataMining, DENIED),
            (Usage::Search, DENIED),
        ],
        _ => &[],
    }
}

/// Every declaration of preferences: all uses, all words.
fn declarations() -> impl Iterator<Item = Declaration> {
    let count = Preference::ALL.len().pow(Usage::ALL.len() as u32);
    (0..count).filter_map(|mut number| {
        let mut declaration = Declaration::new();
        for usage in Usage::ALL {
            let preference = Preference::ALL.get(number % 4)?;
            declaration = declaration.say(usage, *preference);
            number /= 4;
        }
        let url = "https://example.com/terms".parse().ok()?;
        let declaration = declaration.policy(url);
        declaration.check().is_ok().then_some(declaration)
    })
}

#[test]
fn no_vocabulary_says_more_than_was_declared() -> Outcome {
    let mut count = 0;
    for declaration in declarations() {
        count += 1;
        for vocabulary in Vocabulary::ALL {
            let spelled = vocabulary.spell(&declaration);
            let reading = spelled
                .wording
                .map(|wording| vocabulary.understand(&wording));
            let shown = format!("{vocabulary}: {}", Marker::new(declaration.clone()));
            for usage in Usage::ALL {
                let declared = declaration.preference(usage);
                let said = reading
                    .as_ref()
                    .map_or(Some(Preference::Unknown), |reading| {
                        reading.preference(usage)
                    });
                let said = said.ok_or_else(|| format!("{shown}: {usage} unreadable"))?;
                // A restriction never gets weaker, nor silence a permission.
                let dropped = said == Preference::Unknown && declared >= Preference::Conditional;
                assert!(
                    dropped || !said.is_looser_than(declared),
                    "{shown}: {usage} is {said:?}"
                );
                let words = exact(vocabulary).iter().find(|(other, _)| *other == usage);
                if words.is_some_and(|(_, words)| words.contains(&declared)) {
                    assert_eq!(said, declared, "{shown}: {usage}");
                }
                let loss = spelled.lost.iter().find(|loss| loss.usage == usage);
                let told = loss.map(|loss| (loss.declared, loss.says));
                assert_eq!(
                    told,
                    (said != declared).then_some((declared, said)),
                    "{shown}"
                );
            }
        }
    }
    assert_eq!(count, 3 * 4_usize.pow(6) - 1);
    Ok(())
}

#[test]
fn a_permission_that_ends_is_said_in_our_own_statement_alone() -> Outcome {
    let declaration = Declaration::new()
        .allow(Usage::Search)
        .deny(Usage::Training)
        .expires("2027-01-01".parse()?);
    for vocabulary in Vocabulary::ALL {
        let spelled = vocabulary.spell(&declaration);
        let reading = spelled
            .wording
            .map(|wording| vocabulary.understand(&wording));
        let search = reading.and_then(|reading| reading.preference(Usage::Search));
        let may = search == Some(Preference::Allowed);
        assert_eq!(may, vocabulary == Vocabulary::AiConsent, "{vocabulary}");
    }
    Ok(())
}

/// Texts that are cut, or have a letter changed, permit nothing that they did not permit before.
#[test]
fn damage_permits_nothing() -> Outcome {
    let declared = Declaration::new()
        .deny(Usage::GenerativeTraining)
        .deny(Usage::Training)
        .deny(Usage::Inference)
        .deny(Usage::DataMining)
        .deny(Usage::Search);
    for vocabulary in Vocabulary::ALL {
        let Some(wording) = vocabulary.spell(&declared).wording else {
            continue;
        };
        for at in 0..wording.value.len() {
            let mut changed = vec![wording.value[..at].to_owned()];
            for letter in ["", " ", "x", ";", "\u{1F3B5}", "\0"] {
                let rest = wording.value.get(at + 1..).ok_or("not ASCII")?;
                changed.push(format!("{}{letter}{rest}", &wording.value[..at]));
            }
            for value in changed {
                let reading = vocabulary.understand(&Wording {
                    value: value.clone(),
                    terms: wording.terms.clone(),
                });
                for usage in Usage::ALL {
                    let said = reading.preference(usage);
                    assert_ne!(said, Some(Preference::Allowed), "{vocabulary}: {value:?}");
                }
            }
        }
    }
    Ok(())
}
