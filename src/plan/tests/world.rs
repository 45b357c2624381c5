//! A workspace in memory that obeys a plan by Intercom's rules, to see where a plan leads.

use std::collections::BTreeMap;

use super::super::values::{Member, attribute_name, held, values};
use super::*;
use crate::contact::{Company, Email, ExternalId, IntercomId, NameParts, PersonName, Phone, Side};

/// When actions are carried out: after everything the records tell of.
const NOW: Timestamp = Timestamp(1_000_000);

/// Contacts by id, each with the group it belongs to.
pub(super) struct World {
    pub(super) contacts: BTreeMap<IntercomId, (u32, Record)>,
}

impl World {
    /// The existing contacts of a plan.
    pub(super) fn before(plan: &Plan) -> Self {
        let mut contacts = BTreeMap::new();
        for (record, row) in plan.records.iter().zip(&plan.rows) {
            if let (Side::Existing, Some(id)) = (record.side, &record.id) {
                let mut record = record.clone();
                record.role = record.role.or(record.external_id.as_ref().map(|_| Role::User));
                contacts.entry(id.clone()).or_insert((row.group, record));
            }
        }
        Self { contacts }
    }

    /// Carries out every action, in order.
    pub(super) fn apply(&mut self, actions: &[Action]) {
        for action in actions {
            let id = match &action.target {
                Target::Existing(id) => id.clone(),
                Target::CreatedBy(create) => IntercomId(format!("made-{}", create.0).into()),
            };
            match &action.body {
                ActionBody::Create { role, values } => {
                    let mut record =
                        Record { side: Side::Existing, id: Some(id.clone()), role: Some(*role), ..Record::default() };
                    for change in values {
                        write(&mut record, change);
                    }
                    record.updated_at = Some(NOW);
                    assert!(self.contacts.insert(id, (action.group, record)).is_none(), "made twice");
                }
                ActionBody::Update { changes } => {
                    let (_, record) = self.contacts.get_mut(&id).expect("updated after it went away");
                    for change in changes {
                        write(record, change);
                    }
                    record.updated_at = Some(NOW);
                }
                ActionBody::Merge { from } => {
                    let (_, lead) = self.contacts.remove(from).expect("merged twice");
                    let (_, user) = self.contacts.get_mut(&id).expect("merged into nothing");
                    assert_eq!((lead.role, user.role), (Some(Role::Lead), Some(Role::User)));
                    let before = held([Member { index: RecordIndex(0), record: user }]);
                    for value in values(Member { index: RecordIndex(0), record: &lead }) {
                        let identifies =
                            ["email", "phone", "external_id"].contains(&value.attribute.to_string().as_str());
                        if !identifies && !before.contains_key(&value.attribute) {
                            write(
                                user,
                                &Change {
                                    attribute: value.attribute,
                                    before: None,
                                    after: value.value,
                                    from: value.from,
                                },
                            );
                        }
                    }
                    attach_all(user, &lead);
                }
                ActionBody::Archive { .. } | ActionBody::Delete { .. } => {
                    self.contacts.remove(&id).expect("archived twice");
                }
                ActionBody::Attach { what } => {
                    if let Attachment::EverythingOf { contact } = what {
                        let (_, other) = self.contacts.get(contact).expect("copied after it went away").clone();
                        attach_all(&mut self.contacts.get_mut(&id).expect("copied to nothing").1, &other);
                        continue;
                    }
                    let (_, record) = self.contacts.get_mut(&id).expect("attached to nothing");
                    match what {
                        Attachment::Tag { name } => record.tags.push(name.as_str().into()),
                        Attachment::Company { name, .. } => record.companies.extend(Company::parse(name)),
                        Attachment::Note { body } => record.notes.push(body.as_str().into()),
                        Attachment::EverythingOf { .. } => {}
                    }
                }
            }
        }
    }
}

fn attach_all(into: &mut Record, from: &Record) {
    into.tags.extend(from.tags.iter().cloned());
    into.companies.extend(from.companies.iter().cloned());
    into.notes.extend(from.notes.iter().cloned());
}

fn write(record: &mut Record, change: &Change) {
    let text = change.after.to_string();
    let time = || match change.after {
        AttributeValue::Time(seconds) => Some(Timestamp(seconds)),
        _ => None,
    };
    match &change.attribute {
        Attribute::Standard(standard) => match standard {
            StandardAttribute::Role => record.role = Some(Role::User),
            StandardAttribute::ExternalId => record.external_id = Some(ExternalId(text.into())),
            StandardAttribute::Email => replace_first(&mut record.emails, Email::parse(&text).ok()),
            StandardAttribute::Phone => replace_first(&mut record.phones, Phone::parse(&text, None)),
            StandardAttribute::Name => {
                record.name = PersonName::parse(&NameParts { full: &text, ..NameParts::default() });
            }
            StandardAttribute::SignedUpAt => record.signed_up_at = time(),
            StandardAttribute::LastSeenAt => record.last_seen_at = time(),
            StandardAttribute::UnsubscribedFromEmails => {
                record.unsubscribed = Some(change.after == AttributeValue::Flag(true));
            }
        },
        Attribute::Custom(name) if name == "job_title" => record.job_title = Some(text.into()),
        Attribute::Custom(name) if name == "city" => record.city = Some(text.into()),
        Attribute::Custom(name) => {
            record.custom.retain(|(known, _)| attribute_name(known) != *name);
            record.custom.push((name.as_str().into(), text.as_str().into()));
        }
    }
}

fn replace_first<T>(values: &mut thin_vec::ThinVec<T>, value: Option<T>) {
    let rest = values.split_off(values.len().min(1));
    *values = value.into_iter().chain(rest).collect();
}
