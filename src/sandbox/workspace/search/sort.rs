//! The order of search results: by a field, or by age when none is named.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value;

use super::query::Fields;
use crate::sandbox::workspace::contact::Contact;
use crate::sandbox::workspace::refusal::Refusal;

/// How to sort. Contacts without a value in the field come last, equal ones by age.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sort {
    field: Option<String>,
    descending: bool,
}

impl Sort {
    /// Reads `{"field": …, "order": "ascending" | "descending"}`.
    pub(crate) fn read(sort: Option<&Value>) -> Result<Self, Refusal> {
        let Some(sort) = sort.filter(|sort| !sort.is_null()) else { return Ok(Self::default()) };
        let descending = match sort.get("order").and_then(Value::as_str) {
            Some("ascending") | None => false,
            Some("descending") => true,
            Some(_) => {
                let message = "sort order must be ascending or descending";
                return Err(Refusal::new(400, "invalid_sort_order", message));
            }
        };
        let field = sort.get("field").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { field, descending })
    }

    pub(super) fn arrange(&self, contacts: &mut [&Arc<Contact>], fields: &Fields<'_>) {
        let Some(field) = self.field.as_deref() else {
            if self.descending {
                contacts.reverse();
            }
            return;
        };
        let stamp = |contact: &Contact| match field {
            "created_at" => Some(Some(contact.created_at)),
            "updated_at" => Some(Some(contact.updated_at)),
            "signed_up_at" => Some(contact.signed_up_at),
            "last_seen_at" => Some(contact.last_seen_at),
            _ => None,
        };
        contacts.sort_by(|left, right| {
            let order = match (stamp(left), stamp(right)) {
                // Stamps sort by the second, though filters see whole days only.
                (Some(left), Some(right)) => self.compare(left, right),
                _ => self.compare(fields.value(left, field), fields.value(right, field)),
            };
            order.then(left.ordinal.cmp(&right.ordinal))
        });
    }

    fn compare<T: PartialOrd>(&self, left: Option<T>, right: Option<T>) -> Ordering {
        match (left, right) {
            (Some(left), Some(right)) => {
                let order = left.partial_cmp(&right).unwrap_or(Ordering::Equal);
                if self.descending { order.reverse() } else { order }
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}
