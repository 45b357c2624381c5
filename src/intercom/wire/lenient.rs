//! Reading one member of a JSON object, whatever shape it came in.

use serde_json::Value;

/// An answer that lacks what nothing can be done without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer has no {0}")]
pub(in crate::intercom) struct Malformed(pub(in crate::intercom) &'static str);

/// A text: a string that is not blank, or a number written out.
pub(super) fn text(object: &Value, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A text nothing can be done without.
pub(super) fn required(object: &Value, key: &'static str) -> Result<String, Malformed> {
    text(object, key).ok_or(Malformed(key))
}

/// A flag: `true`, `"true"`, 1. Anything else, and nothing, is `default`.
pub(super) fn flag(object: &Value, key: &str, default: bool) -> bool {
    match object.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text == "1",
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => default,
    }
}

/// Unix seconds, or a count: a number, its fraction cut off, or a string of digits.
pub(super) fn integer(object: &Value, key: &str) -> Option<i64> {
    match object.get(key)? {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            #[expect(clippy::cast_possible_truncation, reason = "checked to be within what a timestamp can be")]
            (float.abs() < 1e15).then_some(float as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A count.
pub(super) fn count(object: &Value, key: &str) -> Option<u64> {
    integer(object, key).and_then(|count| u64::try_from(count).ok())
}

/// The member, if it is an array.
pub(super) fn array<'a>(object: &'a Value, key: &str) -> Option<&'a [Value]> {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_is_read_whatever_its_shape() {
        let object = json!({"a": 7, "b": "7", "c": null, "d": " ", "e": 7.9, "f": "true", "g": "seven", "h": 1e300});
        assert_eq!(text(&object, "a").as_deref(), Some("7"));
        assert_eq!(text(&object, "d"), None);
        assert_eq!(integer(&object, "b"), Some(7));
        assert_eq!(integer(&object, "e"), Some(7));
        assert_eq!(integer(&object, "g"), None);
        assert_eq!(integer(&object, "h"), None);
        assert!(flag(&object, "f", false));
        assert!(!flag(&object, "c", false));
        assert!(flag(&object, "z", true));
        assert_eq!(required(&object, "c"), Err(Malformed("c")));
    }
}
