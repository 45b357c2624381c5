//! One call and one answer, free of any HTTP library, so that a dialect is an ordinary function.

use serde_json::{Map, Value, json};

use super::clock::Moment;
use super::version::Version;
use super::workspace::Refusal;

/// A request as a dialect sees it.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    /// The path's parts, percent-decoded.
    pub(crate) path: Vec<String>,
    /// The query's pairs in order, decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) version: Version,
    /// Whether the abilities of the preview version are there for this call.
    pub(crate) preview: bool,
    /// `http://host:port` as the caller reached us.
    pub(crate) origin: String,
    pub(crate) body: Option<Value>,
    pub(crate) now: Moment,
}

impl Call<'_> {
    /// The body as an object; an absent one is empty, anything else is refused.
    pub(crate) fn object(&self) -> Result<&Map<String, Value>, Refusal> {
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        match &self.body {
            None | Some(Value::Null) => Ok(&EMPTY),
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(Refusal::bad_request("The request body must be a JSON object")),
        }
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// An id given in the body as text or as a number.
    pub(crate) fn body_id(&self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(self.object()?.get(name).and_then(id_text))
    }
}

/// Ids arrive as text or as numbers.
pub(crate) fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What goes back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) link: Option<String>,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body, link: None }
    }

    /// Taken in, to be done later.
    pub(crate) fn accepted(body: Value) -> Self {
        Self { status: 202, ..Self::ok(body) }
    }

    /// An `error.list` with one error.
    pub(crate) fn error(status: u16, code: &str, message: &str, request_id: &str) -> Self {
        let error = json!({ "code": code, "message": message });
        let body = json!({ "type": "error.list", "request_id": request_id, "errors": [error] });
        Self { status, body, link: None }
    }

    pub(crate) fn refused(refusal: &Refusal, request_id: &str) -> Self {
        let mut error = json!({ "code": refusal.code, "message": refusal.message });
        if let Some(field) = &refusal.field {
            error["field"] = json!(field);
        }
        Self {
            status: refusal.status,
            body: json!({ "type": "error.list", "request_id": request_id, "errors": [error] }),
            link: refusal.canonical.as_ref().map(|place| format!("<{place}>; rel=\"canonical\"")),
        }
    }
}

/// Undoes percent-encoding; in a query `+` stands for a space.
pub(crate) fn percent_decode(text: &str, in_query: bool) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(&byte) = bytes.get(place) {
        let escaped = (byte == b'%')
            .then(|| text.get(place + 1..place + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
            .flatten();
        match escaped {
            Some(value) => {
                decoded.push(value);
                place += 2;
            }
            None if byte == b'+' && in_query => decoded.push(b' '),
            None => decoded.push(byte),
        }
        place += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Splits a path into its decoded parts.
pub(crate) fn path_parts(path: &str) -> Vec<String> {
    path.split('/').filter(|part| !part.is_empty()).map(|part| percent_decode(part, false)).collect()
}

/// Splits a query string into its decoded pairs.
pub(crate) fn query_pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(name, true), percent_decode(value, true))
        })
        .collect()
}

/// The route a call belongs to, for statistics: ids are replaced by `{id}`.
pub(crate) fn route_of(method: &str, parts: &[String]) -> String {
    let is_id = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_hexdigit()) && part.len() >= 24
            || part.bytes().all(|byte| byte.is_ascii_digit())
            || part.starts_with("job_")
    };
    let mut route = format!("{method} ");
    for (place, part) in parts.iter().enumerate() {
        route.push('/');
        let after_lookup = place > 0 && parts[place - 1] == "find_by_external_id";
        route.push_str(if after_lookup {
            "{external_id}"
        } else if is_id(part) {
            "{id}"
        } else {
            part
        });
    }
    route
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_a_space_in_a_query_and_itself_in_a_path() {
        assert_eq!(query_pairs("a=x+y&b=%2B%2F%3D"), [("a".into(), "x y".into()), ("b".into(), "+/=".into())]);
        assert_eq!(path_parts("/contacts/find_by_external_id/a+b%20c%"), ["contacts", "find_by_external_id", "a+b c%"]);
    }

    #[test]
    fn routes_are_named_without_ids() {
        let parts = path_parts("/contacts/6762f0cd1bb69f9f2193bb7c/tags/80");
        assert_eq!(route_of("DELETE", &parts), "DELETE /contacts/{id}/tags/{id}");
        let parts = path_parts("/contacts/find_by_external_id/joe");
        assert_eq!(route_of("GET", &parts), "GET /contacts/find_by_external_id/{external_id}");
    }
}
