//! A contact's JSON → [`Contact`].

use serde_json::{Map, Value};

use super::lenient::{Malformed, array, count, flag, integer, required, text};
use super::{Contact, Embedded};
use crate::contact::{IntercomId, Role};

#[cfg(test)]
impl Contact {
    /// A contact of which nothing but its id and role is known.
    pub(crate) fn bare(id: &str, role: Role) -> Self {
        Self {
            id: IntercomId(id.into()),
            role,
            external_id: None,
            email: None,
            phone: None,
            name: None,
            owner_id: None,
            unsubscribed_from_emails: false,
            has_hard_bounced: false,
            marked_email_as_spam: false,
            created_at: None,
            updated_at: None,
            signed_up_at: None,
            last_seen_at: None,
            city: None,
            region: None,
            country: None,
            custom_attributes: Map::new(),
            tags: Embedded::default(),
            companies: Embedded::default(),
            notes: Embedded::default(),
            archived: false,
            raw: Value::Null,
        }
    }
}

/// Reads a contact. A role nobody knows counts as user, because users are treated with more care.
pub(in crate::intercom) fn contact(answer: Value) -> Result<Contact, Malformed> {
    let id = IntercomId(required(&answer, "id")?.into());
    let role = match text(&answer, "role").as_deref() {
        Some("lead") => Role::Lead,
        _ => Role::User,
    };
    let location = answer.get("location").cloned().unwrap_or_default();
    Ok(Contact {
        id,
        role,
        external_id: text(&answer, "external_id"),
        email: text(&answer, "email"),
        phone: text(&answer, "phone"),
        name: text(&answer, "name"),
        owner_id: text(&answer, "owner_id"),
        unsubscribed_from_emails: flag(&answer, "unsubscribed_from_emails", false),
        has_hard_bounced: flag(&answer, "has_hard_bounced", false),
        marked_email_as_spam: flag(&answer, "marked_email_as_spam", false),
        created_at: integer(&answer, "created_at"),
        updated_at: integer(&answer, "updated_at"),
        signed_up_at: integer(&answer, "signed_up_at"),
        last_seen_at: integer(&answer, "last_seen_at"),
        city: text(&location, "city"),
        region: text(&location, "region"),
        country: text(&location, "country"),
        custom_attributes: custom(&answer),
        tags: embedded(&answer, "tags"),
        companies: embedded(&answer, "companies"),
        notes: embedded(&answer, "notes"),
        archived: flag(&answer, "archived", false),
        raw: answer,
    })
}

fn custom(answer: &Value) -> Map<String, Value> {
    let attributes = answer.get("custom_attributes").and_then(Value::as_object);
    let filled = attributes.into_iter().flatten().filter(|(_, value)| !value.is_null());
    filled.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn embedded(answer: &Value, key: &str) -> Embedded {
    let Some(list) = answer.get(key) else { return Embedded::default() };
    let items = array(list, "data").or_else(|| array(list, key)).unwrap_or_default();
    let ids: Vec<String> = items.iter().filter_map(|item| text(item, "id")).collect();
    let shown = ids.len() as u64;
    // `has_more` without a count still says that the list is cut
    let told = count(list, "total_count").unwrap_or(shown);
    let total = if flag(list, "has_more", false) { told.max(shown + 1) } else { told.max(shown) };
    Embedded { ids, total }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_full_contact_is_read() {
        let read = contact(json!({
            "type": "contact", "id": "5ba682d23d7cf92bef87bfd4", "role": "lead", "external_id": null, "email": "",
            "phone": "+441632960123", "name": "Ada Example", "owner_id": 127, "unsubscribed_from_emails": true,
            "created_at": 1_571_672_154, "updated_at": "1571672158", "signed_up_at": null,
            "location": {"type": "location", "city": "Dublin", "region": null, "country": "Ireland"},
            "custom_attributes": {"paid": true, "plan": null, "seats": 3},
            "tags": {"type": "list", "data": [{"id": "2", "type": "tag", "url": "/tags/2"}], "total_count": 12, "has_more": true},
            "companies": {"type": "list", "data": [{"id": "530370b477ad7120001d"}], "has_more": true},
        })).unwrap();
        assert_eq!(read.role, Role::Lead);
        assert_eq!(read.email, None);
        assert_eq!(read.owner_id.as_deref(), Some("127"));
        assert!(read.unsubscribed_from_emails && !read.has_hard_bounced);
        assert_eq!(
            (read.created_at, read.updated_at, read.signed_up_at),
            (Some(1_571_672_154), Some(1_571_672_158), None)
        );
        assert_eq!(
            (read.city.as_deref(), read.region, read.country.as_deref()),
            (Some("Dublin"), None, Some("Ireland"))
        );
        assert_eq!(read.custom_attributes.keys().collect::<Vec<_>>(), ["paid", "seats"]);
        assert_eq!((read.tags.total, read.tags.has_more()), (12, true));
        assert_eq!((read.companies.total, read.companies.has_more()), (2, true));
        assert_eq!(read.notes, Embedded::default());
        assert_eq!(read.raw.get("name"), Some(&json!("Ada Example")));
    }

    #[test]
    fn the_id_alone_is_enough_and_nothing_goes_without_it() {
        let read = contact(json!({"id": "5ba6", "owner_id": "127", "location": null, "tags": null})).unwrap();
        assert_eq!((read.role, read.owner_id.as_deref()), (Role::User, Some("127")));
        assert_eq!(contact(json!({"role": "lead"})), Err(Malformed("id")));
    }
}
