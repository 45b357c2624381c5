//! What is typed after a path: `NAME=TEXT`, `NAME:=JSON`, `PART[NAME]=TEXT`, `LIST[]=TEXT`. Pure.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::cli::exit;
use crate::report::visible;

/// The pairs of a query.
pub(super) type Pairs = Vec<(String, String)>;

/// One field: the way to it, and its value.
struct Field<'a> {
    /// `from[type]` is `from`, `type`; an empty step is a list.
    way: Vec<&'a str>,
    value: Value,
}

fn wrong(text: &str, why: &str) -> anyhow::Error {
    exit::usage(format!("'{}': {why}; nothing was sent", visible(text)))
}

fn read(text: &str) -> anyhow::Result<Field<'_>> {
    let (name, value) = text.split_once('=').ok_or_else(|| wrong(text, "a field is NAME=TEXT or NAME:=JSON"))?;
    let (name, value) = match name.strip_suffix(':') {
        Some(name) => {
            let parsed = serde_json::from_str(value);
            (name, parsed.map_err(|problem| wrong(text, &format!("what follows := is no JSON: {problem}")))?)
        }
        None => (name, json!(value)),
    };
    let mut way = Vec::new();
    let (first, mut rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    way.push(first);
    while !rest.is_empty() {
        let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (step, left) = inside.ok_or_else(|| wrong(text, "a part is written PART[NAME]=TEXT"))?;
        way.push(step);
        rest = left;
    }
    if first.is_empty() {
        return Err(wrong(text, "the name is missing"));
    }
    Ok(Field { way, value })
}

/// The body that the fields make.
pub(super) fn body(fields: &[String]) -> anyhow::Result<Value> {
    let mut body = Value::Object(Map::new());
    for text in fields {
        let Field { way, value } = read(text)?;
        put(&mut body, &way, value).ok_or_else(|| wrong(text, "another field has put something else there"))?;
    }
    Ok(body)
}

/// Puts a value at the end of a way; `None` when something else is in the way.
fn put(place: &mut Value, way: &[&str], value: Value) -> Option<()> {
    let Some((step, rest)) = way.split_first() else {
        return place.is_null().then(|| *place = value);
    };
    if step.is_empty() {
        if place.is_null() {
            *place = json!([]);
        }
        let list = place.as_array_mut()?;
        list.push(Value::Null);
        return put(list.last_mut()?, rest, value);
    }
    if place.is_null() {
        *place = json!({});
    }
    put(place.as_object_mut()?.entry(*step).or_insert(Value::Null), rest, value)
}

/// The query that the fields make. Its values are texts.
pub(super) fn query(fields: &[String]) -> anyhow::Result<Pairs> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty() && !name.ends_with(':'))?;
        Some((name.to_owned(), value.to_owned()))
    };
    fields.iter().map(|text| pair(text).ok_or_else(|| wrong(text, "a parameter is NAME=TEXT"))).collect()
}

/// A path's segments, and the parameters written behind it.
pub(super) fn path(text: &str) -> anyhow::Result<(Vec<String>, Pairs)> {
    if text.contains("://") {
        return Err(wrong(text, "give the path only; the host comes from --api-url"));
    }
    let (path, parameters) = text.split_once('?').unwrap_or((text, ""));
    let segments: Vec<String> = path.trim_matches('/').split('/').map(str::to_owned).collect();
    if segments.iter().any(|segment| matches!(segment.as_str(), "" | "." | "..")) {
        return Err(wrong(text, "this is no path of the API, such as /segments"));
    }
    let pairs: Vec<String> = parameters.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
    Ok((segments, query(&pairs)?))
}

/// JSON that is safe for a terminal and still JSON: control characters, and those that turn text round, are written as
/// escapes.
pub(super) fn safe(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        let hidden = character.is_control()
            || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if hidden && character != '\n' {
            let _ = write!(out, "\\u{:04x}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(fields: &[&str]) -> Result<Value, String> {
        body(&fields.iter().map(|&text| text.to_owned()).collect::<Vec<_>>()).map_err(|error| error.to_string())
    }

    #[test]
    fn fields_make_a_body_with_parts_lists_and_values_of_every_type() {
        let fields = ["body=a=b", "read:=true", "from[type]=admin", "from[id]:=7", "topics[]=x", "topics[]=y", "n="];
        let wanted = json!({
            "body": "a=b", "read": true, "from": {"type": "admin", "id": 7}, "topics": ["x", "y"], "n": ""
        });
        assert_eq!(made(&fields), Ok(wanted));
        assert_eq!(made(&["a[][id]=1", "a[][id]=2"]), Ok(json!({"a": [{"id": "1"}, {"id": "2"}]})));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for fields in [&["body"][..], &["=x"], &["a:=x"], &["a=1", "a=2"], &["a=1", "a[b]=2"], &["a[b=1"], &["[a]=1"]] {
            assert!(made(fields).unwrap_err().ends_with("nothing was sent"), "{fields:?}");
        }
    }

    #[test]
    fn a_path_may_carry_parameters_and_nothing_else() {
        let read = |text: &str| path(text).map_err(|error| error.to_string());
        let parameters = vec![("type".to_owned(), "user".to_owned())];
        assert_eq!(read("/events?type=user"), Ok((vec!["events".to_owned()], parameters)));
        assert_eq!(read("tags/1/").unwrap().0, ["tags", "1"]);
        for text in ["", "/", "https://api.intercom.io/tags", "/tags/../contacts", "/a//b", "/tags?=1"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(query(&["a:=1".to_owned()]).is_err());
    }

    #[test]
    fn nothing_in_an_answer_reaches_the_terminal_as_a_command() {
        assert_eq!(safe("{\n\"a\": \"\u{9b}31m\u{202e}é\"}"), "{\n\"a\": \"\\u009b31m\\u202eé\"}");
    }
}
