//! Every difference between the API's versions that matters to us, in one table.
//!
//! | version | people | `owner_id` | a merged contact answers | deleting | custom attributes | converting a visitor |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | 1.4 | users, and leads (called contacts), each with calls of their own | either | 404 | is a request, carried out later | come into being with their first value | `user` only when there is one |
//! | 2.14 | contacts with a role | integer | 404 | at once | are made first | `user` always |
//! | 2.16 | contacts with a role | string | 410 with the contact it was merged into, in a `Link` header | at once | are made first | `user` always |
//!
//! Reading is lenient enough to need no difference within 2.x. What 1.x writes and answers differently is in [`legacy`];
//! which calls it takes is in `client/legacy`.

pub(super) mod legacy;

use serde_json::Value;

/// How `owner_id` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OwnerId {
    Integer,
    Text,
}

/// Whose calls and shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Generation {
    /// 1.x: users and leads apart.
    Legacy,
    /// 2.x: contacts.
    Modern,
}

/// One version of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    version: &'static str,
    generation: Generation,
    owner_id: OwnerId,
    merged_is_gone: bool,
    deletes_at_once: bool,
    visitor_needs_user: bool,
}

const DIALECTS: &[Dialect] = &[
    Dialect {
        version: "1.4",
        generation: Generation::Legacy,
        owner_id: OwnerId::Text,
        merged_is_gone: false,
        deletes_at_once: false,
        visitor_needs_user: false,
    },
    Dialect {
        version: "2.14",
        generation: Generation::Modern,
        owner_id: OwnerId::Integer,
        merged_is_gone: false,
        deletes_at_once: true,
        visitor_needs_user: true,
    },
    Dialect {
        version: "2.16",
        generation: Generation::Modern,
        owner_id: OwnerId::Text,
        merged_is_gone: true,
        deletes_at_once: true,
        visitor_needs_user: true,
    },
];

/// The dialect of a version; `None` when we do not speak it.
pub(super) fn find(version: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.version == version)
}

/// The versions we speak, for messages.
pub(super) fn versions() -> String {
    DIALECTS.iter().map(|dialect| dialect.version).collect::<Vec<_>>().join(", ")
}

impl Dialect {
    /// The value of `Intercom-Version`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// Whether users and leads have calls of their own.
    pub(crate) fn is_legacy(&self) -> bool {
        self.generation == Generation::Legacy
    }

    /// Whether asking for a merged contact tells that it was merged (410), rather than only that it is missing (404).
    #[must_use]
    pub fn merged_is_gone(&self) -> bool {
        self.merged_is_gone
    }

    /// Whether a deleted contact is gone at once; before 2.0 deleting is a request that is carried out later.
    #[must_use]
    pub fn deletes_at_once(&self) -> bool {
        self.deletes_at_once
    }

    /// Whether converting a visitor wants a `user` in the body even when it becomes a lead.
    pub(super) fn visitor_needs_user(&self) -> bool {
        self.visitor_needs_user
    }

    /// A standard attribute's value as this version wants it.
    pub(super) fn standard_value(&self, name: &str, value: &Value) -> Value {
        match (name, self.owner_id, value) {
            ("owner_id", OwnerId::Integer, Value::String(text)) => {
                text.parse::<i64>().map_or_else(|_| value.clone(), Value::from)
            }
            ("owner_id", OwnerId::Text, Value::Number(number)) => Value::String(number.to_string()),
            _ => value.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn owner_ids_are_written_as_each_version_wants_them() {
        let (old, new) = (find("2.14").unwrap(), find("2.16").unwrap());
        for value in [json!(127), json!("127")] {
            assert_eq!(old.standard_value("owner_id", &value), json!(127));
            assert_eq!(new.standard_value("owner_id", &value), json!("127"));
        }
        assert_eq!(old.standard_value("phone", &json!("127")), json!("127"));
        assert_eq!(old.standard_value("owner_id", &json!(null)), json!(null));
    }

    #[test]
    fn a_version_we_do_not_speak_is_not_found() {
        assert_eq!(find("2.3"), None);
        assert_eq!(versions(), "1.4, 2.14, 2.16");
    }
}
