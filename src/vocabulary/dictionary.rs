//! Which members does an RFC 9651 Dictionary have, in which order?
//!
//! Unlike a map, the list keeps duplicate keys: AIPREF lets the last one win, a
//! statement of ours that has any is damaged.

use std::convert::Infallible;

use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ParameterVisitor,
};
use sfv::{BareItemFromInput, KeyRef, Parser};

/// One `key=value` of a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) value: Value,
    /// The keys of the value's parameters (`;key=…`).
    pub(crate) parameters: Vec<String>,
}

/// The value's type, as far as any of our fields tells types apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Token(String),
    /// A String or a Display String.
    Text(String),
    Integer(i64),
    Other,
}

/// The text is no dictionary. `at` counts bytes from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DictionaryError {
    pub(crate) at: usize,
    pub(crate) what: String,
}

/// Parses `text` by RFC 9651 section 4.2.2.
pub(crate) fn members(text: &str) -> Result<Vec<Member>, DictionaryError> {
    let mut members = Vec::new();
    Parser::new(text)
        .parse_dictionary_with_visitor(&mut Collector(&mut members))
        .map_err(|error| DictionaryError {
            at: error.index().unwrap_or(0),
            what: format!("{error:#}"),
        })?;
    Ok(members)
}

struct Collector<'a>(&'a mut Vec<Member>);

impl<'de> DictionaryVisitor<'de> for Collector<'_> {
    type Error = Infallible;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Infallible> {
        self.0.push(Member {
            key: key.as_str().to_owned(),
            value: Value::Other,
            parameters: Vec::new(),
        });
        Ok(self.0.last_mut().map(Entry))
    }
}

struct Entry<'a>(&'a mut Member);

impl<'de> ItemVisitor<'de> for Entry<'_> {
    type Error = Infallible;

    fn bare_item(
        self,
        item: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de>, Infallible> {
        self.0.value = match item {
            BareItemFromInput::Token(token) => Value::Token(token.as_str().to_owned()),
            BareItemFromInput::String(text) => Value::Text(text.as_str().to_owned()),
            BareItemFromInput::DisplayString(text) => Value::Text(text.into_owned()),
            BareItemFromInput::Integer(number) => Value::Integer(number.into()),
            _ => Value::Other,
        };
        Ok(self)
    }
}

impl<'de> ParameterVisitor<'de> for Entry<'_> {
    type Error = Infallible;

    fn parameter(&mut self, key: &'de KeyRef, _: BareItemFromInput<'de>) -> Result<(), Infallible> {
        self.0.parameters.push(key.as_str().to_owned());
        Ok(())
    }
}

impl<'de> EntryVisitor<'de> for Entry<'_> {
    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Infallible> {
        Ok(Ignored)
    }
}
