//! What is a CBOR data item (RFC 8949) as JSON?
//!
//! Every member of a map stays, those of the same name too. What JSON has no counterpart for,
//! tagged items among it, and numbers with a fraction become `null`.

use std::fmt::Write;

use minicbor::Decoder;
use minicbor::data::Type;

/// The text of the item that `bytes` are, nothing where they are none, have names that are no
/// texts, or lists stand in more than `depth` others.
pub(super) fn to_json(bytes: &[u8], depth: u32) -> Option<String> {
    let mut decoder = Decoder::new(bytes);
    let mut json = String::new();
    item(&mut decoder, depth, &mut json)?;
    (decoder.position() == bytes.len()).then_some(json)
}

fn item(decoder: &mut Decoder<'_>, depth: u32, json: &mut String) -> Option<()> {
    match decoder.datatype().ok()? {
        Type::Map | Type::MapIndef => {
            let count = decoder.map().ok()?;
            json.push('{');
            members(decoder, count, json, |decoder, json| {
                text(decoder, json)?;
                json.push(':');
                item(decoder, depth.checked_sub(1)?, json)
            })?;
            json.push('}');
        }
        Type::Array | Type::ArrayIndef => {
            let count = decoder.array().ok()?;
            json.push('[');
            members(decoder, count, json, |decoder, json| {
                item(decoder, depth.checked_sub(1)?, json)
            })?;
            json.push(']');
        }
        Type::String | Type::StringIndef => text(decoder, json)?,
        Type::Bool => write!(json, "{}", decoder.bool().ok()?).ok()?,
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => {
            write!(json, "{}", decoder.u64().ok()?).ok()?;
        }
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
            write!(json, "{}", decoder.int().ok()?).ok()?;
        }
        Type::Break | Type::Unknown(_) => return None,
        _ => {
            decoder.skip().ok()?;
            json.push_str("null");
        }
    }
    Some(())
}

/// What stands in a map or an array, up to a break where the count is not written down.
fn members<'b>(
    decoder: &mut Decoder<'b>,
    count: Option<u64>,
    json: &mut String,
    mut each: impl FnMut(&mut Decoder<'b>, &mut String) -> Option<()>,
) -> Option<()> {
    let mut done = 0;
    while count.is_none_or(|count| done < count) {
        if count.is_none() && decoder.datatype().ok()? == Type::Break {
            decoder.skip().ok()?;
            break;
        }
        if done > 0 {
            json.push(',');
        }
        each(decoder, json)?;
        done += 1;
    }
    Some(())
}

fn text(decoder: &mut Decoder<'_>, json: &mut String) -> Option<()> {
    let parts: Result<String, _> = decoder.str_iter().ok()?.collect();
    json.push_str(&serde_json::to_string(&parts.ok()?).ok()?);
    Some(())
}
