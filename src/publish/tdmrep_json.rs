//! `/.well-known/tdmrep.json` (W3C TDMRep, final report of 2024-05-10, section 6): a list of
//! locations, of which the first that speaks of a path counts.

use serde::Serialize;

use super::path::{Meant, is_pattern};
use super::{Place, Publication, TDM_RESERVATION, UrlPath, reserved};
use crate::statement::Statement;
use crate::vocabulary::object::{self, Value};
use crate::vocabulary::{Vocabulary, Wording};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Rule {
    location: String,
    tdm_reservation: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    tdm_policy: Option<String>,
}

/// One object for each recording whose mining is spoken of.
pub(super) fn write(publication: &Publication) -> String {
    let rule = |(path, wording): (&UrlPath, Wording)| {
        let rule = Rule {
            location: path.exact(),
            tdm_reservation: u8::from(wording.value == "1"),
            tdm_policy: wording.terms,
        };
        serde_json::to_string(&rule).ok()
    };
    let rules = publication.spelled(Vocabulary::Tdmrep);
    let rules: Vec<String> = rules.filter_map(rule).collect();
    if rules.is_empty() {
        return String::new();
    }
    format!("[\n{}\n]\n", rules.join(",\n"))
}

/// Reads the first rule for the path, and those before it that may be for another host. A file
/// that is no such list may reserve anything, and so may a rule that is none; those behind it
/// deny all the same.
pub(super) fn read(text: &str, path: &UrlPath) -> Vec<Statement> {
    let Some(rules) = object::list(text) else {
        return vec![Place::TdmrepJson.unreadable("no list of rules")];
    };
    let path = path.compared();
    let mut statements = Vec::new();
    let mut is_readable = true;
    for rule in &rules {
        let members = rule.members().unwrap_or_default();
        let texts = |name| object::named(members, name).filter_map(Value::text);
        let mut bits = object::named(members, TDM_RESERVATION)
            .map(|bit| match bit {
                Value::Text(text) | Value::Number(text) => text.as_str(),
                _ => "",
            })
            .peekable();
        let locations = || object::named(members, "location").map(Value::text);
        let is_of = |location: Option<&str>| location.and_then(|pattern| path.is_of(pattern));
        let is_about = locations().any(|location| is_of(location).is_some());
        if is_about && bits.peek().is_some() {
            let policy = texts("tdm-policy").next();
            let mut said = reserved(Place::TdmrepJson, bits, policy);
            if locations().all(|location| is_of(location) == Some(Meant::Surely)) {
                statements.extend(said);
                break;
            }
            Meant::Perhaps.hear(&mut said);
            statements.extend(said);
            continue;
        }
        let is_about_others = locations().next().is_some()
            && locations().all(|location| location.is_some_and(is_pattern));
        if (is_about || !is_about_others) && is_readable {
            is_readable = false;
            let why = "a rule without location or reservation";
            statements.push(Place::TdmrepJson.unreadable(why));
        }
    }
    statements
}
