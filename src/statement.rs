//! What does one field say?

use crate::carrier::{Carrier, Value, c2pa};
use crate::consent::{Date, Preference, Role, Usage};
use crate::found::{self, Found};
use crate::marker::{self, Marker};
use crate::publish::Place;
use crate::vocabulary::{Reading, Vocabulary, Wording, aipref, plus, rsl, tdmrep, training_mining};

/// One statement, with where it was found.
#[derive(Debug, Clone)]
pub struct Statement {
    field: &'static str,
    origin: Origin,
    vocabulary: Vocabulary,
    raw: String,
    /// What stands beside the text, in a field of its own: the policy's address.
    terms: Option<String>,
    /// Whether it may merely repeat a marker.
    may_echo: bool,
    pub(crate) meaning: Meaning,
}

/// Where a statement was found.
#[derive(Debug, Clone, Copy)]
enum Origin {
    Tag(Carrier),
    /// In a tag of the file that was packed.
    Kept(Carrier),
    Manifest,
    Outside(Place),
    Elsewhere,
}

#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    Ours(Box<Marker>),
    /// What a marker in the same file says in fuller words.
    Echo,
    Says(Reading),
}

impl Statement {
    /// A statement that was made outside the file.
    pub(crate) fn outside(
        field: &'static str,
        place: Place,
        vocabulary: Vocabulary,
        wording: Wording,
    ) -> Statement {
        let reading = vocabulary.understand(&wording);
        Statement {
            terms: wording.terms,
            ..Statement::read(field, place, vocabulary, wording.value, reading)
        }
    }

    /// The same, where the reading is there already.
    pub(crate) fn read(
        field: &'static str,
        place: Place,
        vocabulary: Vocabulary,
        raw: String,
        reading: Reading,
    ) -> Statement {
        Statement {
            field,
            origin: Origin::Outside(place),
            vocabulary,
            raw,
            terms: None,
            may_echo: false,
            meaning: Meaning::Says(reading),
        }
    }

    /// A license at an address: whatever it says, its terms come first.
    pub(crate) fn linked(field: &'static str, place: Place, address: &str) -> Statement {
        let reading = rsl::linked();
        Statement::read(field, place, Vocabulary::Rsl, address.to_owned(), reading)
    }

    /// How near to the sound TDMRep takes a place to be: in the file, with the response, on
    /// the server.
    pub(crate) fn layer(&self) -> u8 {
        match self.origin {
            Origin::Tag(_) | Origin::Kept(_) | Origin::Manifest => 0,
            Origin::Outside(Place::Headers | Place::Page) => 1,
            Origin::Outside(_) | Origin::Elsewhere => 2,
        }
    }

    /// Whether it says nothing of its own, and nothing is amiss.
    pub(crate) fn is_silent(&self) -> bool {
        match &self.meaning {
            Meaning::Says(reading) => *reading == Reading::default(),
            Meaning::Echo => true,
            Meaning::Ours(_) => false,
        }
    }

    /// Whether it was said in the file that was packed.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self.origin, Origin::Kept(_))
    }

    /// Takes back what is allowed.
    pub(crate) fn permit_nothing(&mut self) {
        if let Meaning::Says(reading) = &mut self.meaning {
            reading.permit_nothing();
        }
    }

    /// The field's name, as docs/SPEC.md has it.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// The kind of tag that the field stands in: `id3v2`, `vorbis`, `ilst`, `info`,
    /// `aiff`, `ape`, `mdta`, `matroska`, `caf`, `udta` or `xmp`; or `c2pa`, of a manifest in the
    /// file; or the name of the [`Place`] outside the file; or `elsewhere`.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        match self.origin {
            Origin::Tag(carrier) | Origin::Kept(carrier) => carrier.name(),
            Origin::Manifest => "c2pa",
            Origin::Outside(place) => place.name(),
            Origin::Elsewhere => "elsewhere",
        }
    }

    /// The dialect in which it speaks.
    #[must_use]
    pub fn vocabulary(&self) -> Vocabulary {
        self.vocabulary
    }

    /// The field's text as it stands there. It is a stranger's: escape it before a
    /// terminal shows it.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The policy's address in a field of its own, where the text has one beside it.
    pub(crate) fn terms(&self) -> Option<&str> {
        self.terms.as_deref()
    }

    /// Why the statement cannot be read, where it cannot.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        match &self.meaning {
            Meaning::Says(reading) => reading.fault(),
            _ => None,
        }
    }

    /// What else there is to know of it: that it speaks in labels of an older draft.
    #[must_use]
    pub fn remark(&self) -> Option<&'static str> {
        match &self.meaning {
            Meaning::Says(reading) => reading.remark(),
            _ => None,
        }
    }

    /// Our own marker, where this is one.
    #[must_use]
    pub fn marker(&self) -> Option<&Marker> {
        match &self.meaning {
            Meaning::Ours(marker) => Some(marker),
            _ => None,
        }
    }

    /// What is said about `usage`; `None` where that cannot be read.
    ///
    /// Permissions that ended before `today` are unknown; with no day none has ended. So are
    /// those of a platform, but for its own service. A field that repeats our own statement in
    /// coarser words says nothing of its own.
    #[must_use]
    pub fn preference(&self, usage: Usage, today: Option<Date>) -> Option<Preference> {
        match &self.meaning {
            Meaning::Ours(marker) => {
                let declaration = marker.declaration();
                let preferences = match today {
                    Some(today) => declaration.preferences_on(today),
                    None => *declaration.preferences(),
                };
                let said = preferences.get(usage);
                // A host's terms are no clearance for what others do with the recording.
                let is_hosts = declaration.declarer_role() == Role::Platform;
                let is_beyond = is_hosts && usage != Usage::PlatformService;
                Some(match said {
                    Preference::Allowed if is_beyond => Preference::Unknown,
                    said => said,
                })
            }
            Meaning::Says(reading) => reading.preference(usage),
            Meaning::Echo => Some(Preference::Unknown),
        }
    }
}

/// What somebody declares outside the file, in whatever role: a platform's terms, a register's
/// entry.
impl From<Marker> for Statement {
    fn from(marker: Marker) -> Statement {
        Statement {
            field: marker::AI_CONSENT,
            origin: Origin::Elsewhere,
            vocabulary: Vocabulary::AiConsent,
            raw: marker.to_string(),
            terms: None,
            may_echo: false,
            meaning: Meaning::Ours(Box::new(marker)),
        }
    }
}

/// Whether any of the fields denies a use, over all of them.
pub(crate) fn denies(found: &[Found]) -> bool {
    let denied = |statement: &Statement| {
        let said = |usage| statement.preference(usage, None);
        let mut said = Usage::ALL.into_iter().map(said);
        said.any(|preference| preference == Some(Preference::Disallowed))
    };
    understand(found).iter().any(denied)
}

/// What the fields of a file say, each beside the others.
pub(crate) fn understand(found: &[Found]) -> Vec<Statement> {
    let mut statements: Vec<Statement> = found
        .iter()
        .filter_map(|field| statement(field, found))
        .collect();
    let mut markers: Vec<&Marker> = statements.iter().filter_map(Statement::marker).collect();
    // Every link of a chain says the same.
    markers.dedup();
    let stands = |(name, value): &(&str, String)| {
        let stated = |other: &Statement| other.field == *name && other.raw == *value;
        statements.iter().any(stated)
    };
    // Only a marker with all of its fields: one that was pasted beside somebody else's
    // denial must not speak for it.
    let spelled: Vec<_> = markers
        .into_iter()
        .filter(|marker| marker.fields().iter().all(stands))
        .map(|marker| {
            let undo = marker.undo.as_ref();
            let is_packed = undo.is_some_and(|undo| undo.steps(Carrier::Xmp).next().is_some());
            let fields = [marker.fields(), marker.properties()].concat();
            (fields, marker.notice(), is_packed)
        })
        .collect();
    for statement in &mut statements {
        // Where nothing of ours came into packets, none holds anything of ours.
        let is_property = matches!(statement.origin, Origin::Tag(Carrier::Xmp));
        let echoes = |(fields, notice, is_packed): &(Vec<(&str, String)>, Option<String>, bool)| {
            if is_property && !is_packed {
                return false;
            }
            let says = |(name, value): &(&str, String)| {
                *name == statement.field && *value == statement.raw
            };
            match (statement.vocabulary, notice) {
                (Vocabulary::AiConsent, _) => false,
                // What else the text may deny, before our notice, counts on its own.
                (Vocabulary::Notice, Some(notice)) => {
                    let rest = statement.raw.strip_suffix(notice.as_str());
                    rest.is_some_and(|rest| {
                        Vocabulary::Notice.understand(&rest.into()) == Reading::default()
                    })
                }
                _ => fields.iter().any(says),
            }
        };
        if statement.may_echo && spelled.iter().any(echoes) {
            statement.meaning = Meaning::Echo;
        }
    }
    statements
}

fn statement(field: &Found, all: &[Found]) -> Option<Statement> {
    let (vocabulary, about): (_, &[Usage]) = match field.name {
        marker::AI_CONSENT => (Vocabulary::AiConsent, &Usage::ALL),
        marker::NOAI => (Vocabulary::NoAi, &Usage::ALL),
        marker::CONTENT_USAGE => (Vocabulary::Aipref, &aipref::USES),
        marker::TDM_RESERVATION | marker::TDM_POLICY | marker::RESERVATION | marker::POLICY => {
            (Vocabulary::Tdmrep, &tdmrep::USES)
        }
        marker::COPYRIGHT | marker::USAGE_TERMS | marker::RIGHTS => (Vocabulary::Notice, &[]),
        // Of a packet that cannot be read, which may have a notice.
        marker::DATA_MINING => (Vocabulary::Plus, &Usage::ALL),
        marker::OTHER_CONSTRAINTS => (Vocabulary::Plus, &plus::USES),
        name if name == found::MANIFEST || c2pa::LABELS.contains(&name) => {
            (Vocabulary::TrainingMining, &training_mining::USES)
        }
        _ => (
            Vocabulary::AdHoc,
            &[Usage::GenerativeTraining, Usage::Training],
        ),
    };
    let beside = match field.name {
        marker::TDM_RESERVATION => Some(marker::TDM_POLICY),
        marker::RESERVATION => Some(marker::POLICY),
        marker::DATA_MINING => Some(marker::OTHER_CONSTRAINTS),
        _ => None,
    };
    let terms = beside.and_then(|name| terms(name, field, all));
    let (raw, meaning) = match &field.value {
        // A copyright text that cannot be read may be anyone's: it states nothing.
        Value::Unreadable(_) if vocabulary == Vocabulary::Notice => return None,
        Value::Text(_) if field.name == found::MANIFEST => return None,
        Value::Unreadable(why) => (
            String::new(),
            Meaning::Says(Reading::unreadable(*why, about)),
        ),
        Value::Text(raw) => {
            let one = |value: &str, terms: Option<&str>| {
                vocabulary.understand(&Wording {
                    value: value.to_owned(),
                    terms: terms.map(str::to_owned),
                })
            };
            // Values that another program joined; what can be read of them counts.
            let joined = |terms: Option<&str>| {
                let mut wording = Wording {
                    value: String::new(),
                    terms: terms.map(str::to_owned),
                };
                raw.split(';').fold(Reading::default(), |all, part| {
                    part.clone_into(&mut wording.value);
                    all.and(vocabulary.understand(&wording))
                })
            };
            let meaning = match field.name {
                marker::AI_CONSENT => match parse_joined(raw) {
                    Ok(marker) => Meaning::Ours(Box::new(marker)),
                    Err(why) => Meaning::Says(Reading::unreadable(why, about)),
                },
                marker::TDM_POLICY | marker::POLICY | marker::OTHER_CONSTRAINTS => {
                    Meaning::Says(Reading::default())
                }
                marker::TDM_RESERVATION | marker::RESERVATION => Meaning::Says(joined(terms)),
                marker::DATA_MINING => Meaning::Says(one(raw, terms)),
                // A semicolon may also stand before a parameter.
                marker::CONTENT_USAGE => {
                    let whole = one(raw, None);
                    Meaning::Says(if whole.fault().is_some() {
                        joined(None)
                    } else {
                        whole
                    })
                }
                marker::NOAI => Meaning::Says(joined(None)),
                marker::COPYRIGHT | marker::USAGE_TERMS | marker::RIGHTS => match one(raw, None) {
                    silent if silent == Reading::default() => return None,
                    notice => Meaning::Says(notice),
                },
                _ if vocabulary == Vocabulary::TrainingMining => {
                    Meaning::Says(training_mining::of_assertion(raw))
                }
                name => Meaning::Says(one(&format!("{name}={raw}"), None)),
            };
            (raw.clone(), meaning)
        }
    };
    let mut statement = Statement {
        field: field.name,
        origin: match field.carrier {
            Some(carrier) if field.kept => Origin::Kept(carrier),
            Some(carrier) => Origin::Tag(carrier),
            None => Origin::Manifest,
        },
        vocabulary,
        raw,
        terms: terms.map(str::to_owned),
        may_echo: field.may_echo,
        meaning,
    };
    if !field.may_permit {
        statement.permit_nothing();
    }
    Some(statement)
}

/// The marker in a text that another program may have joined from equal ones with `;`.
fn parse_joined(raw: &str) -> Result<Marker, String> {
    let mut parts = raw.split(';');
    let first = parts.next().unwrap_or_default();
    if parts.any(|part| part.trim() != first.trim()) {
        return Err("statements that differ, joined by a semicolon".to_owned());
    }
    first
        .trim()
        .parse()
        .map_err(|error: crate::marker::MarkerError| error.to_string())
}

/// The terms beside a statement, in a tag of the same kind, or in the same packet.
fn terms<'a>(name: &str, field: &Found, all: &'a [Found]) -> Option<&'a str> {
    all.iter()
        .find(|other| {
            let is_beside = (other.carrier, other.packet) == (field.carrier, field.packet);
            other.name == name && is_beside
        })
        .and_then(Found::text)
        .filter(|url| !url.is_empty())
}
