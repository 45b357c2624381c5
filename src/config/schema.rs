//! A JSON schema of `leadfold.toml` for editors, found out by asking the parser itself, so that the two cannot differ.
//!
//! Each key is tried with a word that cannot be right; what the parser says it expected tells the type and the choices.

use serde_json::{Map, Value as Json, json};
use toml::{Table, Value};

use super::manual::{Entry, manual};
use super::{Settings, SourceSection};

/// A word that is no value of anything.
const NO_WORD: &str = "\u{1}";

/// A key that every table with free keys takes.
const FIELD: &str = "name";

/// The schema (draft 2020-12).
#[must_use]
pub fn schema() -> Json {
    let mut sections = Map::new();
    for entry in manual() {
        let Some((section, key)) = entry.key.split_once('.') else { continue };
        let object = sections
            .entry(section)
            .or_insert_with(|| json!({ "type": "object", "additionalProperties": false, "properties": {} }));
        if let Some(properties) = object.get_mut("properties").and_then(Json::as_object_mut) {
            properties.insert(key.to_owned(), described(&entry));
        }
    }
    let source = ["files", "encoding", "delimiter", "region", "role", "map"].map(|key| {
        let wrong = |value: Value| {
            let table = Table::from_iter([(key.to_owned(), value)]);
            Value::Table(table).try_into::<SourceSection>().err().map(|error| error.message().to_owned())
        };
        (key.to_owned(), kind(&wrong))
    });
    let source = json!({ "type": "object", "additionalProperties": false, "properties": Map::from_iter(source) });
    let mut profile = sections.clone();
    sections.insert("source".to_owned(), json!({ "type": "object", "additionalProperties": source }));
    profile.insert("source".to_owned(), json!({ "type": "object", "additionalProperties": source }));
    let profile = json!({ "type": "object", "additionalProperties": false, "properties": profile });
    sections.insert("profile".to_owned(), json!({ "type": "object", "additionalProperties": profile }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "leadfold.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": sections,
    })
}

fn described(entry: &Entry) -> Json {
    let wrong = |value: Value| {
        let (section, key) = entry.key.split_once('.')?;
        let inner = Table::from_iter([(key.to_owned(), value)]);
        let table = Table::from_iter([(section.to_owned(), Value::Table(inner))]);
        Value::Table(table).try_into::<Settings>().err().map(|error| error.message().to_owned())
    };
    let mut found = kind(&wrong);
    if let Some(object) = found.as_object_mut() {
        object.insert("description".to_owned(), entry.meaning.clone().into());
        if let Some(default) = &entry.default {
            object.insert("default".to_owned(), serde_json::to_value(default).unwrap_or_default());
        }
    }
    found
}

/// The type of a key, by what is said to wrong values; `wrong` gives `None` when a value is taken.
fn kind(wrong: &dyn Fn(Value) -> Option<String>) -> Json {
    let text = || Value::String(NO_WORD.to_owned());
    let Some(said) = wrong(text()) else { return json!({ "type": "string" }) };
    let expects = |word: &str| said.contains(word);
    if let Some(choices) = choices(&said) {
        json!({ "enum": choices })
    } else if expects("expected a boolean") {
        json!({ "type": "boolean" })
    } else if expects("expected f64") || expects("floating point") {
        json!({ "type": "number" })
    } else if expects("a map") || expects("expected a table") {
        let entry = |value: Value| wrong(Value::Table(Table::from_iter([(FIELD.to_owned(), value)])));
        json!({ "type": "object", "additionalProperties": kind(&entry) })
    } else if expects("a sequence") || expects("an array") {
        let element = |value: Value| wrong(Value::Array(vec![value]));
        json!({ "type": "array", "items": kind(&element) })
    } else if ["u8", "u16", "u32", "u64", "usize"].iter().any(|unsigned| said.contains(&format!("expected {unsigned}")))
    {
        json!({ "type": "integer", "minimum": 0 })
    } else {
        json!({ "type": "string" })
    }
}

/// "unknown variant `x`, expected one of `a`, `b`".
fn choices(said: &str) -> Option<Vec<&str>> {
    let (before, expected) = said.split_once("expected")?;
    before.contains("unknown variant").then(|| expected.split('`').skip(1).step_by(2).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parser_tells_the_type_of_every_key() {
        let schema = schema();
        let of = |section: &str, key: &str| {
            let mut found = schema["properties"][section]["properties"][key].clone();
            if let Some(object) = found.as_object_mut() {
                object.retain(|name, _| ["type", "enum", "items", "minimum"].contains(&name.as_str()));
            }
            found
        };
        assert_eq!(of("plan", "fill"), json!({"enum": ["empty", "overwrite"]}));
        assert_eq!(of("clean", "apply"), json!({"type": "array", "items": {"enum": ["merge", "archive"]}}));
        assert_eq!(of("clean", "keep"), json!({"type": "integer", "minimum": 0}));
        assert_eq!(of("intercom", "rate_share"), json!({"type": "number"}));
        assert_eq!(of("match", "auto_weight"), json!({"type": "number"}));
        assert_eq!(of("apply", "create_attributes"), json!({"type": "boolean"}));
        assert_eq!(of("intercom", "api_url"), json!({"type": "string"}));
        assert_eq!(of("input", "map")["type"], "object");
        assert_eq!(schema["properties"]["input"]["properties"]["map"]["additionalProperties"]["type"], "string");
        let rules = of("plan", "rules");
        assert_eq!(rules["type"], "object");
        let rule = &schema["properties"]["plan"]["properties"]["rules"]["additionalProperties"];
        assert_eq!(rule["enum"][0], "keep");
        let source = &schema["properties"]["source"]["additionalProperties"]["properties"];
        assert_eq!(source["role"], json!({"enum": ["lead", "user"]}));
        assert_eq!(source["files"], json!({"type": "array", "items": {"type": "string"}}));
        assert_eq!(schema["properties"]["plan"]["properties"]["fill"]["default"], "empty");
    }
}
