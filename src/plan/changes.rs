//! What has to be written so that a contact holds the golden record: empty attributes are filled, others left alone
//! unless the options say overwrite. Opt-out wins: it is set when any member has it and never cleared.

use super::party::{Contact, opted_out};
use super::values::{Held, Member, all_in_place};
use super::{Attribute, AttributeValue, Change, Fill, StandardAttribute};
use crate::contact::Role;

/// How the values of one contact may be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writing {
    /// The role the contact has by then.
    pub(super) role: Option<Role>,
    pub(super) fill: Fill,
}

impl Writing {
    /// Only users have an external id and a day they signed up.
    fn allows(self, attribute: &Attribute) -> bool {
        match attribute {
            Attribute::Standard(StandardAttribute::ExternalId | StandardAttribute::SignedUpAt) => {
                self.role == Some(Role::User)
            }
            _ => true,
        }
    }

    /// Never written over: what identifies the person to the customer's product, what Intercom observes itself, and
    /// places, which Intercom derives from the person's location and does not let anybody write.
    fn may_overwrite(self, attribute: &Attribute) -> bool {
        self.fill == Fill::Overwrite
            && match attribute {
                Attribute::Standard(standard) => {
                    matches!(standard, StandardAttribute::Email | StandardAttribute::Phone | StandardAttribute::Name)
                }
                Attribute::Custom(name) => !matches!(name.as_str(), "city" | "region" | "country"),
            }
    }
}

/// The values of a contact that is to be made. Where lists overwrite, the row that would win later wins at once.
pub(super) fn created(wanted: &Held, incoming: &Held, members: &[Member<'_>], role: Role, fill: Fill) -> Vec<Change> {
    let writing = Writing { role: Some(role), fill };
    changed(&Held::new(), &Held::new(), wanted, incoming, writing).into_iter().chain(opt_out(None, members)).collect()
}

/// The same for one row alone whose values all find their place, so that nothing of it has to be kept elsewhere; `None`
/// for any other.
pub(super) fn created_from_one(member: &Member<'_>, role: Role) -> Option<Vec<Change>> {
    let writing = Writing { role: Some(role), fill: Fill::Empty };
    let values = all_in_place(member.record)?;
    if !values.iter().all(|(attribute, _)| writing.allows(attribute)) {
        return None;
    }
    let from = member.index;
    let changes = values.into_iter().map(|(attribute, after)| Change { attribute, before: None, after, from });
    Some(changes.chain(opt_out(None, std::slice::from_ref(member))).collect())
}

/// The changes of a contact that holds `own` today and will hold `before` when they are written (a merge may have
/// filled it meanwhile), to hold `wanted` where it has nothing of its own or a person or a rule chose so. `incoming` may
/// overwrite, if allowed and no rule forbids it: the first row in input order wins then, whatever the contact holds, so that
/// planning again gives the same.
pub(super) fn changed(own: &Held, before: &Held, wanted: &Held, incoming: &Held, writing: Writing) -> Vec<Change> {
    let mut changes = Vec::new();
    for (attribute, wanted) in wanted {
        if !writing.allows(attribute) {
            continue;
        }
        let after = match incoming.get(attribute) {
            _ if wanted.picked => wanted,
            Some(value) if !wanted.kept && writing.may_overwrite(attribute) => value,
            _ if own.contains_key(attribute) => continue,
            _ => wanted,
        };
        let found = before.get(attribute);
        if found.is_none_or(|found| found.key != after.key) {
            changes.push(Change {
                attribute: attribute.clone(),
                before: found.map(|found| found.value.clone()),
                after: after.value.clone(),
                from: after.from,
            });
        }
    }
    changes
}

/// The opt-out, when a member has it and the contact does not.
pub(super) fn opt_out(contact: Option<&Contact<'_>>, members: &[Member<'_>]) -> Option<Change> {
    let from = members.iter().find(|member| opted_out(member.record))?.index;
    if contact.is_some_and(Contact::is_unsubscribed) {
        return None;
    }
    let known = contact.is_some_and(|contact| contact.rows.iter().any(|row| row.record.unsubscribed.is_some()));
    Some(Change {
        attribute: Attribute::Standard(StandardAttribute::UnsubscribedFromEmails),
        before: known.then_some(AttributeValue::Flag(false)),
        after: AttributeValue::Flag(true),
        from,
    })
}

/// What the contact holds once the changes are written. `sources` are the values they were made from.
pub(super) fn after(before: &Held, changes: &[Change], sources: [&Held; 2]) -> Held {
    let mut state = before.clone();
    for change in changes {
        let written = sources.into_iter().filter_map(|source| source.get(&change.attribute));
        for value in written.filter(|value| value.value == change.after) {
            state.insert(change.attribute.clone(), value.clone());
        }
    }
    state
}

/// What the user holds after leads were merged into it, in this order, by Intercom's rule: a lead's value is copied
/// where the user has none, and a lead's identifiers (address, number, external id) never are.
pub(super) fn merged<'a>(user: &Held, leads: impl IntoIterator<Item = &'a Held>) -> Held {
    let mut state = user.clone();
    for (attribute, value) in leads.into_iter().flatten() {
        let is_identifier = matches!(
            attribute,
            Attribute::Standard(StandardAttribute::Email | StandardAttribute::Phone | StandardAttribute::ExternalId)
        );
        if !is_identifier {
            state.entry(attribute.clone()).or_insert_with(|| value.clone());
        }
    }
    state
}
