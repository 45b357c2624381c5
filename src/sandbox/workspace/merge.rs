//! Merging a lead (or, where the preview allows it, a user) into a user, and what moves with it.
//!
//! | what | becomes |
//! | --- | --- |
//! | id, external id, e-mail, role, creation date | the user's; the lead's identifiers are not added |
//! | other fields and custom attributes | the lead's where the user has none, else the user's |
//! | tags, companies | union |
//! | notes, conversations | moved, ids unchanged |
//! | opt-outs and subscriptions | the user's (undocumented; the unsafe reading, so a careless client is found out) |
//! | the lead | gone: 404 before 2.16, 410 with a link from then on; cannot be restored |

use std::sync::Arc;

use super::contact::{Contact, MergedFrom, Role, Standing, email_key};
use super::refusal::Refusal;
use super::state::Workspace;
use crate::sandbox::clock::Moment;

/// How many merges a lookup follows (documented: three hops).
const HOP_LIMIT: usize = 3;

/// What the two must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MergeCheck {
    /// A lead and a user.
    RolesOnly,
    /// A lead and a user that share an e-mail or a phone.
    SharedIdentifier,
    /// Two users that share an e-mail or a phone: an ability of the preview version.
    TwoUsers,
}

/// Where a contact came from, when that keeps it from being merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Facebook,
    MailingList,
    WhatsApp,
}

impl Channel {
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "facebook" => Some(Self::Facebook),
            "mailing_list" => Some(Self::MailingList),
            "whatsapp" => Some(Self::WhatsApp),
            _ => None,
        }
    }
}

impl Workspace {
    /// Merges the lead `from` into the user `into` and returns the user.
    pub(crate) fn merge(
        &mut self,
        now: Moment,
        from: &str,
        into: &str,
        check: MergeCheck,
    ) -> Result<Arc<Contact>, Refusal> {
        let lead = Arc::clone(self.active(from)?);
        let user = Arc::clone(self.active(into)?);
        check_pair(&lead, &user, check)?;
        self.touch(now, from, |contact| contact.standing = Standing::Merged { into: into.to_owned() });
        self.notes.move_all(from, into);
        self.conversations.move_all(from, into, now.seconds());
        let seconds = now.seconds();
        self.touch(now, into, |contact| adopt(contact, &lead, seconds)).ok_or_else(Refusal::contact_not_found)
    }

    /// Where a merged contact lives on; `None` when it was not merged or its heir is gone.
    pub(crate) fn canonical(&self, id: &str) -> Option<&str> {
        let mut place = self.contact(id)?;
        for _ in 0..HOP_LIMIT {
            let Standing::Merged { into } = &place.standing else { break };
            place = self.contact(into)?;
        }
        (place.id != id && !matches!(place.standing, Standing::Merged { .. })).then_some(place.id.as_str())
    }
}

fn check_pair(source: &Contact, survivor: &Contact, check: MergeCheck) -> Result<(), Refusal> {
    let wanted = if check == MergeCheck::TwoUsers { Role::User } else { Role::Lead };
    if source.role != wanted || survivor.role != Role::User || source.id == survivor.id {
        return Err(Refusal::invalid_merge("Merging can only be performed on a lead into a user"));
    }
    let unprocessable = |message: &str| Err(Refusal::new(422, "unprocessable_entity", message));
    match source.channel {
        Some(Channel::Facebook) => return Err(Refusal::invalid_merge("Facebook contacts can't be merged.")),
        Some(Channel::MailingList) => {
            return Err(Refusal::invalid_merge("Contacts created from a mailing list can't be merged."));
        }
        Some(Channel::WhatsApp) => return unprocessable("User merge for external leads is disabled by default"),
        None => {}
    }
    let shared = share_identifier(source, survivor);
    match check {
        MergeCheck::SharedIdentifier if !shared => Err(Refusal::invalid_merge(
            "Contacts can only be merged when they are duplicates (matching email or phone). \
             Pass skip_duplicate_validation=true to override this check.",
        )),
        MergeCheck::TwoUsers if !shared => unprocessable("Users can only be merged when they share an email or phone."),
        _ => Ok(()),
    }
}

pub(super) fn share_identifier(left: &Contact, right: &Contact) -> bool {
    let emails = (left.email.as_deref().map(email_key), right.email.as_deref().map(email_key));
    (emails.0.is_some() && emails.0 == emails.1) || (left.phone.is_some() && left.phone == right.phone)
}

fn adopt(user: &mut Contact, lead: &Contact, now: i64) {
    fill(&mut user.phone, lead.phone.as_ref());
    fill(&mut user.name, lead.name.as_ref());
    fill(&mut user.avatar, lead.avatar.as_ref());
    fill(&mut user.owner, lead.owner.as_ref());
    fill(&mut user.signed_up_at, lead.signed_up_at.as_ref());
    fill(&mut user.last_seen_at, lead.last_seen_at.as_ref());
    fill(&mut user.last_replied_at, lead.last_replied_at.as_ref());
    fill(&mut user.last_contacted_at, lead.last_contacted_at.as_ref());
    for (name, value) in &lead.custom_attributes {
        user.custom_attributes.entry(name.clone()).or_insert_with(|| value.clone());
    }
    for applied in &lead.tags {
        if !user.wears(applied.tag) {
            user.tags.push(*applied);
        }
    }
    for company in &lead.companies {
        if !user.companies.contains(company) {
            user.companies.push(company.clone());
        }
    }
    user.merged_from.extend(lead.merged_from.iter().cloned());
    user.merged_from.push(MergedFrom { id: lead.id.clone(), role: lead.role, at: now });
}

pub(super) fn fill<T: Clone>(field: &mut Option<T>, offer: Option<&T>) {
    if field.is_none() {
        *field = offer.cloned();
    }
}
