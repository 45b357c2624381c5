//! What the 1.x dialect calls things: its people → ours, our patches → its bodies. Pure.
//!
//! | 1.x | here |
//! | --- | --- |
//! | `user_id` | `external_id`; of a lead it is automatic and cannot be chosen |
//! | `anonymous`, or the type `contact` | role lead |
//! | `last_request_at` | `last_seen_at` |
//! | `location_data.city_name`, `region_name`, `country_name` | `location.city`, `region`, `country` |
//! | `tags.tags`, `companies.companies`, all of them and with their names | `tags.data`, `companies.data` |
//! | notes are not shown | a list that has more than it shows |
//!
//! Source: the reference of 1.0 to 1.4, and the Ruby client of that time.

use serde_json::{Map, Value, json};

use crate::contact::Role;
use crate::intercom::wire::{self, Malformed};
use crate::intercom::{Contact, ContactPatch, SearchFilter, SearchOperator};

/// The path of people of a role. Leads are `contacts` here.
pub(in crate::intercom) fn resource(role: Role) -> &'static str {
    match role {
        Role::Lead => "contacts",
        Role::User => "users",
    }
}

/// The other role.
pub(in crate::intercom) fn other(role: Role) -> Role {
    match role {
        Role::Lead => Role::User,
        Role::User => Role::Lead,
    }
}

/// Reads a user or lead.
pub(in crate::intercom) fn contact(answer: Value) -> Result<Contact, Malformed> {
    let is_lead = answer.get("anonymous") == Some(&Value::Bool(true))
        || answer.get("type").and_then(Value::as_str) == Some("contact")
        || answer.get("role").and_then(Value::as_str) == Some("lead");
    let place = |name: &str| answer.get("location_data").and_then(|data| data.get(name)).cloned().unwrap_or_default();
    let mut shape = answer.as_object().cloned().unwrap_or_default();
    let mut rename = |from: &str, to: &str| {
        if let Some(value) = shape.remove(from) {
            shape.insert(to.to_owned(), value);
        }
    };
    rename("user_id", "external_id");
    rename("last_request_at", "last_seen_at");
    shape.insert("role".to_owned(), json!(if is_lead { "lead" } else { "user" }));
    shape.insert(
        "location".to_owned(),
        json!({ "city": place("city_name"), "region": place("region_name"), "country": place("country_name") }),
    );
    shape.insert("notes".to_owned(), json!({ "data": [], "has_more": true }));
    let mut contact = wire::contact(Value::Object(shape))?;
    contact.raw = answer;
    Ok(contact)
}

/// The fields of a patch in this dialect's words, without the role, which is a matter of the path.
pub(in crate::intercom) fn fields(patch: &ContactPatch) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in &patch.standard {
        match name.as_str() {
            "role" => {}
            "external_id" => {
                fields.insert("user_id".to_owned(), value.clone());
            }
            "last_seen_at" => {
                fields.insert("last_request_at".to_owned(), value.clone());
            }
            _ => {
                fields.insert(name.clone(), value.clone());
            }
        }
    }
    if !patch.custom.is_empty() {
        fields.insert("custom_attributes".to_owned(), Value::Object(patch.custom.clone()));
    }
    fields
}

/// The role a patch names.
pub(in crate::intercom) fn role(patch: &ContactPatch) -> Option<Role> {
    match patch.standard.get("role")?.as_str()? {
        "lead" => Some(Role::Lead),
        "user" => Some(Role::User),
        _ => None,
    }
}

/// A text a patch sets.
pub(in crate::intercom) fn text<'a>(patch: &'a ContactPatch, name: &str) -> Option<&'a str> {
    patch.standard.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Whether a contact is one the filter asks for. This dialect looks people up by one key only; the other filters of a
/// search are applied here.
pub(in crate::intercom) fn holds(contact: &Contact, filter: &SearchFilter) -> bool {
    let held = match filter.field.as_str() {
        "id" => Some(json!(&*contact.id.0)),
        "role" => Some(json!(if contact.role == Role::Lead { "lead" } else { "user" })),
        "email" => contact.email.as_ref().map(|email| json!(email)),
        "phone" => contact.phone.as_ref().map(|phone| json!(phone)),
        "name" => contact.name.as_ref().map(|name| json!(name)),
        "external_id" => contact.external_id.as_ref().map(|id| json!(id)),
        "created_at" => contact.created_at.map(Value::from),
        "updated_at" => contact.updated_at.map(Value::from),
        field => field.strip_prefix("custom_attributes.").and_then(|name| contact.custom_attributes.get(name)).cloned(),
    };
    let Some(held) = held else { return false };
    let is = |wanted: &Value| match (&filter.field[..], held.as_str(), wanted.as_str()) {
        ("phone", Some(left), Some(right)) => digits(left) == digits(right),
        ("external_id", Some(left), Some(right)) => left == right,
        (_, Some(left), Some(right)) => left.to_lowercase() == right.to_lowercase(),
        _ => held == *wanted,
    };
    let compare = || Some(held.as_i64()?.cmp(&filter.value.as_i64()?));
    match filter.operator {
        SearchOperator::Equals => is(&filter.value),
        SearchOperator::In => filter.value.as_array().is_some_and(|values| values.iter().any(is)),
        SearchOperator::GreaterThan => compare().is_some_and(std::cmp::Ordering::is_gt),
        SearchOperator::LessThan => compare().is_some_and(std::cmp::Ordering::is_lt),
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the guide on creating leads, shortened.
    fn lead() -> Value {
        json!({
            "type": "contact", "id": "5811f6bbe6b4704ddfa84ac0", "user_id": "77177570-cf5d-4f1a-bc75-75202af47d4f",
            "anonymous": true, "email": "winston@truth.example", "phone": "00353875551234", "name": "Winston Smith",
            "companies": {"type": "company.list", "companies": [{"id": "530370", "company_id": "6", "name": "Truth"}]},
            "location_data": {"type": "location_data", "city_name": "Mukilteo", "country_name": "United States", "region_name": "Washington"},
            "last_request_at": 1_477_660_267, "created_at": 1_477_572_283, "signed_up_at": null, "updated_at": 1_480_067_287,
            "unsubscribed_from_emails": false, "tags": {"type": "tag.list", "tags": [{"id": "1", "name": "blue"}]},
            "custom_attributes": {"paid_subscriber": true, "monthly_spend": 155.5, "team_mates": 9},
        })
    }

    #[test]
    fn the_lead_of_the_guide_is_read() {
        let read = contact(lead()).unwrap();
        assert_eq!(read.role, Role::Lead);
        assert_eq!(read.external_id.as_deref(), Some("77177570-cf5d-4f1a-bc75-75202af47d4f"));
        assert_eq!((read.last_seen_at, read.updated_at), (Some(1_477_660_267), Some(1_480_067_287)));
        assert_eq!((read.city.as_deref(), read.country.as_deref()), (Some("Mukilteo"), Some("United States")));
        assert_eq!((read.tags.ids, read.companies.ids), (vec!["1".to_owned()], vec!["530370".to_owned()]));
        assert!(read.notes.has_more(), "this dialect does not show notes, so they have to be asked for");
        assert_eq!(read.custom_attributes.len(), 3);
        assert_eq!(read.raw, lead());
    }

    #[test]
    fn a_user_without_an_id_of_its_own_is_a_user() {
        let user = contact(json!({"type": "user", "id": "59ecb5", "user_id": null, "anonymous": false})).unwrap();
        assert_eq!((user.role, user.external_id), (Role::User, None));
        assert_eq!(contact(json!({"type": "user"})), Err(Malformed("id")));
    }

    #[test]
    fn a_patch_is_written_in_the_words_of_the_dialect() {
        let mut patch = ContactPatch::default();
        let standard = json!({"role": "user", "external_id": "1942", "last_seen_at": 7, "name": null});
        patch.standard = standard.as_object().unwrap().clone();
        patch.custom.insert("plan".to_owned(), json!("pro"));
        assert_eq!(
            Value::Object(fields(&patch)),
            json!({"user_id": "1942", "last_request_at": 7, "name": null, "custom_attributes": {"plan": "pro"}})
        );
        assert_eq!(
            (role(&patch), text(&patch, "external_id"), text(&patch, "name")),
            (Some(Role::User), Some("1942"), None)
        );
    }

    #[test]
    fn filters_are_applied_as_a_search_would() {
        let lead = contact(lead()).unwrap();
        let filter = |field: &str, operator, value| SearchFilter { field: field.to_owned(), operator, value };
        let holding = [
            filter("email", SearchOperator::Equals, json!("Winston@Truth.example")),
            filter("phone", SearchOperator::In, json!(["+1", "+00353 (87) 555-1234"])),
            filter("role", SearchOperator::Equals, json!("lead")),
            filter("created_at", SearchOperator::GreaterThan, json!(1_477_572_282)),
            filter("custom_attributes.team_mates", SearchOperator::Equals, json!(9)),
        ];
        for filter in &holding {
            assert!(holds(&lead, filter), "{filter:?}");
        }
        let failing = [
            filter("email", SearchOperator::In, json!([])),
            filter("name", SearchOperator::Equals, json!("Julia")),
            filter("created_at", SearchOperator::LessThan, json!(1_477_572_283)),
            filter("custom_attributes.plan", SearchOperator::Equals, json!("pro")),
            filter("external_id", SearchOperator::Equals, json!("77177570-CF5D-4f1a-bc75-75202af47d4f")),
        ];
        for filter in &failing {
            assert!(!holds(&lead, filter), "{filter:?}");
        }
    }
}
