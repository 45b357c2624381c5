//! What a merge would do, without doing it: the dry run of the preview version.
//!
//! Fields the survivor lacks are `adopted`, fields both have are `discarded` (the survivor's stays), companies are
//! `merged`. Equal values are no change. Identifiers are never carried over, so a different e-mail is discarded.

use serde_json::{Value, json};

use super::contact::{Contact, Role};
use super::merge::{Channel, share_identifier};
use super::refusal::Refusal;
use super::state::Workspace;

/// One field that would change, or would not although both have it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldForecast {
    pub(crate) field: String,
    pub(crate) outcome: &'static str,
    pub(crate) from: Value,
    /// `None` when the survivor has no value.
    pub(crate) into: Option<Value>,
    pub(crate) result: Value,
}

/// How many things of a kind each of the two has.
pub(crate) type Counts = (&'static str, usize, usize);

/// The answer to "what if".
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Forecast {
    Allowed { fields: Vec<FieldForecast>, moves: Vec<Counts> },
    Refused { code: &'static str, message: &'static str },
}

impl Workspace {
    /// Looks at a merge. `needs_identifier` is the rule of versions that only merge duplicates.
    pub(crate) fn forecast_merge(&self, from: &str, into: &str, needs_identifier: bool) -> Result<Forecast, Refusal> {
        let source = self.active(from)?;
        let survivor = self.active(into)?;
        let refused = |code, message| Ok(Forecast::Refused { code, message });
        if survivor.role != Role::User || source.id == survivor.id {
            return refused("invalid_merge_role_pair", "A contact can only be merged into a user");
        }
        match source.channel {
            Some(Channel::Facebook) => return refused("facebook_user", "Facebook contacts can't be merged."),
            Some(Channel::MailingList) => {
                return refused("mailing_list", "Contacts created from a mailing list can't be merged.");
            }
            Some(Channel::WhatsApp) if source.role == Role::User => {
                return refused("source_has_whatsapp_data", "Contacts with WhatsApp data can't be merged into a user.");
            }
            Some(Channel::WhatsApp) => {
                return refused("external_lead_channel_not_allowed", "Leads of an external channel can't be merged.");
            }
            None => {}
        }
        let shared = share_identifier(source, survivor);
        if source.role == Role::User && !shared {
            return refused("u2u_no_shared_identifier", "These users don't share an email or phone.");
        }
        if needs_identifier && !shared {
            return refused("no_shared_identifier", "These contacts don't share an email or phone.");
        }
        let talks = |contact: &Contact| self.conversations.of(&contact.id).count();
        let moves = vec![
            ("conversations", talks(source), talks(survivor)),
            ("tickets", 0, 0),
            ("phone_calls", 0, 0),
            ("tags", source.tags.len(), survivor.tags.len()),
            ("notes", self.notes.of(&source.id).count(), self.notes.of(&survivor.id).count()),
        ];
        Ok(Forecast::Allowed { fields: self.field_forecasts(source, survivor), moves })
    }

    fn field_forecasts(&self, source: &Contact, survivor: &Contact) -> Vec<FieldForecast> {
        let plain = |contact: &Contact| {
            [
                ("name", json!(contact.name)),
                ("email", json!(contact.email)),
                ("phone", json!(contact.phone)),
                ("avatar", json!(contact.avatar)),
                ("owner_id", json!(contact.owner.map(|id| id.to_string()))),
                ("signed_up_at", json!(contact.signed_up_at)),
                ("last_seen_at", json!(contact.last_seen_at)),
            ]
        };
        let mut fields = Vec::new();
        let mut compare = |field: &str, from: Value, into: Value, identifier: bool| {
            if from.is_null() || from == into {
                return;
            }
            let adopted = into.is_null() && !identifier;
            fields.push(FieldForecast {
                field: field.to_owned(),
                outcome: if adopted { "adopted" } else { "discarded" },
                result: if adopted { from.clone() } else { into.clone() },
                into: (!into.is_null()).then_some(into),
                from,
            });
        };
        for ((field, from), (_, into)) in plain(source).into_iter().zip(plain(survivor)) {
            compare(field, from, into, field == "email");
        }
        for (name, value) in &source.custom_attributes {
            let held = survivor.custom_attributes.get(name).cloned().unwrap_or_default();
            compare(&format!("custom_attributes.{name}"), value.clone(), held, false);
        }
        let names = |ids: &[String]| -> Vec<String> {
            let held = ids.iter().filter_map(|id| self.companies.get(id));
            held.map(|company| company.name.clone().unwrap_or_else(|| company.company_id.clone())).collect()
        };
        let added: Vec<String> =
            source.companies.iter().filter(|id| !survivor.companies.contains(id)).cloned().collect();
        if !added.is_empty() {
            let all: Vec<String> = survivor.companies.iter().chain(&added).cloned().collect();
            fields.push(FieldForecast {
                field: "companies".to_owned(),
                outcome: "merged",
                from: json!(names(&source.companies)),
                into: Some(json!(names(&survivor.companies))),
                result: json!(names(&all)),
            });
        }
        fields
    }
}
