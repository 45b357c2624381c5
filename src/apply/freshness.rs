//! Whether a contact still is what the plan relied on, and what is left to write. Pure.

use serde_json::Value;

use super::value::{AttributeTypes, alike, as_text, current, put, same, says_nothing};
use crate::intercom::{Contact, ContactPatch};
use crate::plan::{Attribute, AttributeValue, Change, Places, StandardAttribute, entries, place_holds, place_with};

/// What this run, or an earlier run of the same plan, did to the contact itself: a difference it explains is no
/// surprise.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnWrites {
    /// In a rehearsal: a lead will have been merged into the contact by then, which fills its empty attributes.
    pub(super) merged: bool,
    /// Values written by earlier actions.
    pub(super) written: Vec<(Attribute, Value)>,
}

impl OwnWrites {
    fn explains(&self, attribute: &Attribute, now: Option<&Value>) -> bool {
        self.merged
            || self.written.iter().any(|(written, value)| written == attribute && same(attribute, Some(value), now))
    }
}

/// A change with its value as the wire wants it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WireChange {
    pub(super) attribute: Attribute,
    pub(super) before: Option<Value>,
    pub(super) after: Value,
}

/// Converts changes, all or none. The message names the first attribute whose value does not fit.
pub(super) fn wire_changes(changes: &[Change], types: &AttributeTypes) -> Result<Vec<WireChange>, String> {
    changes
        .iter()
        .map(|change| {
            let after = types.wire(&change.attribute, &change.after)?;
            let before = change.before.as_ref().map(|before| lenient(before, &change.attribute, types));
            Ok(WireChange { attribute: change.attribute.clone(), before, after })
        })
        .collect()
}

/// What an export says a contact has need not fit the attribute's type; then it is compared as text.
fn lenient(value: &AttributeValue, attribute: &Attribute, types: &AttributeTypes) -> Value {
    types.wire(attribute, value).unwrap_or_else(|_| match value {
        AttributeValue::Flag(flag) => Value::Bool(*flag),
        AttributeValue::Time(seconds) => Value::from(*seconds),
        AttributeValue::Text(text) => Value::String(text.clone()),
    })
}

/// What is left to do for an update.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Comparison {
    /// Every attribute has its value.
    AlreadySo,
    /// These are missing; nothing else moved.
    Write(ContactPatch),
    /// The named attributes are neither as the plan relied on nor as it wants them.
    Moved(Vec<String>),
}

/// Compares a contact with what an update relied on and wants.
pub(super) fn compare(contact: &Contact, changes: &[WireChange], own: &OwnWrites) -> Comparison {
    let mut patch = ContactPatch::default();
    let mut moved = Vec::new();
    let mut missing = false;
    for change in changes {
        let now = current(contact, &change.attribute);
        if same(&change.attribute, now.as_ref(), Some(&change.after)) {
            continue;
        }
        let was_nothing =
            change.before.is_none() && now.as_ref().is_some_and(|now| says_nothing(&change.attribute, now));
        let relied_on = was_nothing || alike(&change.attribute, now.as_ref(), change.before.as_ref());
        if clears_opt_out(change, now.as_ref()) || !(relied_on || own.explains(&change.attribute, now.as_ref())) {
            moved.push(change.attribute.to_string());
        } else {
            missing = true;
            put(&mut patch, &change.attribute, change.after.clone());
        }
    }
    if !moved.is_empty() {
        Comparison::Moved(moved)
    } else if missing {
        Comparison::Write(patch)
    } else {
        Comparison::AlreadySo
    }
}

/// Attributes of a user that hold something the plan neither relied on nor wants, before a lead is merged into it. What is
/// empty is no surprise: the merge may fill it, and the plan relies on the state after.
pub(super) fn before_merge(user: &Contact, later: &[WireChange], own: &OwnWrites) -> Vec<String> {
    let held: Vec<WireChange> =
        later.iter().filter(|change| current(user, &change.attribute).is_some()).cloned().collect();
    match compare(user, &held, own) {
        Comparison::Moved(attributes) => attributes,
        Comparison::AlreadySo | Comparison::Write(_) => Vec::new(),
    }
}

/// Opt-out wins, whatever a plan says.
fn clears_opt_out(change: &WireChange, now: Option<&Value>) -> bool {
    change.attribute == Attribute::Standard(StandardAttribute::UnsubscribedFromEmails)
        && now == Some(&Value::Bool(true))
        && change.after == Value::Bool(false)
}

/// What a contact that stood in the way of a create lacks of it. Nothing is overwritten, the role is left alone; an
/// attribute that keeps discarded values grows.
pub(super) fn lacking(contact: &Contact, values: &[WireChange], places: &Places) -> ContactPatch {
    let mut patch = ContactPatch::default();
    for change in values {
        let role = change.attribute == Attribute::Standard(StandardAttribute::Role);
        let unset = change.after == Value::Bool(false)
            && change.attribute == Attribute::Standard(StandardAttribute::UnsubscribedFromEmails);
        let standing = current(contact, &change.attribute);
        match standing {
            None if !role && !unset => put(&mut patch, &change.attribute, change.after.clone()),
            Some(standing) if places.contains(&change.attribute) => {
                let standing = as_text(&standing);
                let grown = grown(&standing, &change.attribute, &as_text(&change.after));
                if grown != standing {
                    put(&mut patch, &change.attribute, Value::String(grown));
                }
            }
            _ => {}
        }
    }
    patch
}

/// A list of kept values with those entries of another that it lacks and has room for.
fn grown(list: &str, attribute: &Attribute, other: &str) -> String {
    let lacks = entries(other).filter(|entry| !place_holds(list, attribute, entry));
    lacks.fold(list.to_owned(), |list, entry| place_with(&list, entry).unwrap_or(list))
}

/// Whether a contact has every value of a create.
pub(super) fn has_all(contact: &Contact, values: &[WireChange]) -> bool {
    values
        .iter()
        .all(|change| same(&change.attribute, current(contact, &change.attribute).as_ref(), Some(&change.after)))
}

/// The sentence for a contact that moved.
pub(super) fn moved_message(attributes: &[String]) -> String {
    let verb = if attributes.len() == 1 { "is" } else { "are" };
    format!("the contact changed since the plan was made: {} {verb} no longer as planned on", attributes.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Comparison, OwnWrites, WireChange, before_merge, compare, lacking};
    use crate::apply::value::is_nothing;
    use crate::contact::Role;
    use crate::intercom::Contact;
    use crate::plan::{Attribute, Places, StandardAttribute};

    fn contact(name: Option<&str>) -> Contact {
        Contact { name: name.map(str::to_owned), ..Contact::bare("u1", Role::User) }
    }

    fn rename(before: Option<&str>, after: &str) -> Vec<WireChange> {
        let attribute = Attribute::Standard(StandardAttribute::Name);
        vec![WireChange { attribute, before: before.map(|before| json!(before)), after: json!(after) }]
    }

    fn own() -> OwnWrites {
        OwnWrites::default()
    }

    #[test]
    fn a_value_may_be_as_relied_on_as_wanted_or_moved() {
        let changes = rename(Some("Lee, Ann"), "Ann Lee-Hill");
        assert!(matches!(compare(&contact(Some("Ann Lee")), &changes, &own()), Comparison::Write(_)));
        assert_eq!(compare(&contact(Some("Ann Lee-Hill")), &changes, &own()), Comparison::AlreadySo);
        assert_eq!(compare(&contact(Some("Bob")), &changes, &own()), Comparison::Moved(vec!["name".to_owned()]));
        assert_eq!(compare(&contact(None), &changes, &own()), Comparison::Moved(vec!["name".to_owned()]));
    }

    #[test]
    fn what_we_wrote_ourselves_is_no_surprise() {
        let changes = rename(Some("Ann"), "Ann Lee");
        let merged = OwnWrites { merged: true, ..OwnWrites::default() };
        assert!(matches!(compare(&contact(Some("Annie")), &changes, &merged), Comparison::Write(_)));
        let written = vec![(Attribute::Standard(StandardAttribute::Name), json!("Annie"))];
        let written = OwnWrites { written, ..OwnWrites::default() };
        assert!(matches!(compare(&contact(Some("Annie")), &changes, &written), Comparison::Write(_)));
    }

    #[test]
    fn what_a_create_brings_is_added_to_the_values_an_attribute_keeps() {
        let mut found = contact(Some("Ann"));
        found.custom_attributes.insert("Other emails".to_owned(), json!("ann@home.example"));
        let attribute = Attribute::Custom("Other emails".to_owned());
        let wanted = |text: &str| [WireChange { attribute: attribute.clone(), before: None, after: json!(text) }];
        let places = Places::new(&[("email".to_owned(), "Other emails".to_owned())].into());
        let patch = lacking(&found, &wanted("Ann@home.example; lee@work.example"), &places);
        assert_eq!(patch.custom.get("Other emails"), Some(&json!("ann@home.example; lee@work.example")));
        assert!(is_nothing(&lacking(&found, &wanted("ann@home.example"), &places)));
        assert!(
            is_nothing(&lacking(&found, &wanted("lee@work.example"), &Places::default())),
            "nothing is overwritten"
        );
    }

    #[test]
    fn before_a_merge_only_what_the_user_holds_can_be_a_surprise() {
        // The plan relies on the name the lead will bring
        let changes = rename(Some("Ann from the lead"), "Ann Lee");
        assert_eq!(before_merge(&contact(None), &changes, &own()), Vec::<String>::new());
        assert_eq!(before_merge(&contact(Some("Bob")), &changes, &own()), ["name"]);
    }
}
