//! Tags, companies and notes: what the members have and the contact that stays lacks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::Attachment;
use super::keep::plain;
use super::values::{Member, folded};
use crate::contact::{Company, Records, Side};

/// One spelling for each company of a run, so that "Acme Inc" and "ACME, Inc." become one company of the workspace. An
/// existing contact's spelling comes before an imported one's, then the first one wins.
#[derive(Debug, Default)]
pub(super) struct Companies(FxHashMap<Box<str>, (Side, Company)>);

impl Companies {
    pub(super) fn of(records: &dyn Records) -> Self {
        let of = |side: Side| {
            let heads = (0..records.count()).filter_map(|at| records.head(at));
            heads.filter(move |record| record.side == side).flat_map(|record| record.companies.clone())
        };
        // Only rows of lists bring companies to contacts, so that no other company is ever asked for.
        let mut spellings: FxHashMap<Box<str>, (Side, Company)> = FxHashMap::default();
        for company in of(Side::Incoming) {
            let key = key(&company);
            if !spellings.contains_key(&*key) {
                spellings.insert(key.into(), (Side::Incoming, company.clone()));
            }
        }
        if !spellings.is_empty() {
            for company in of(Side::Existing) {
                if let Some(known) = spellings.get_mut(&*key(&company))
                    && known.0 == Side::Incoming
                {
                    *known = (Side::Existing, company);
                }
            }
        }
        Self(spellings)
    }

    fn attachment(&self, company: &Company) -> Option<Attachment> {
        let key = key(company);
        let (_, spelling) = self.0.get(&*key)?;
        let name = spelling.original().to_owned();
        Some(Attachment::Company { name, company_id: company_id(&key) })
    }
}

/// What `donors` have and `owners`, the rows of the contact that stays, lack: tags by name, companies, then notes in
/// input order.
pub(super) fn missing(donors: &[Member<'_>], owners: &[Member<'_>], companies: &Companies) -> Vec<Attachment> {
    let mut tags: BTreeMap<String, &str> = BTreeMap::new();
    let mut named: BTreeMap<Cow<'_, str>, &Company> = BTreeMap::new();
    let mut notes: Vec<(String, &str)> = Vec::new();
    for donor in donors {
        for tag in &donor.record.tags {
            tags.entry(folded(tag)).or_insert(tag);
        }
        for company in &donor.record.companies {
            named.entry(key(company)).or_insert(company);
        }
        for note in &donor.record.notes {
            let text = folded(note);
            if !text.is_empty() && notes.iter().all(|(known, _)| *known != text) {
                notes.push((text, note));
            }
        }
    }
    for owner in owners {
        for tag in &owner.record.tags {
            tags.remove(&folded(tag));
        }
        for company in &owner.record.companies {
            named.remove(&key(company));
        }
        let own: Vec<String> =
            owner.record.notes.iter().flat_map(|note| [folded(note), folded(&plain(note))]).collect();
        notes.retain(|(text, _)| !own.contains(text));
    }
    tags.into_values()
        .map(|name| Attachment::Tag { name: name.to_owned() })
        .chain(named.into_values().filter_map(|company| companies.attachment(company)))
        .chain(notes.into_iter().map(|(_, body)| Attachment::Note { body: body.to_owned() }))
        .collect()
}

/// The normalised name; the name as written for one that has no other form.
fn key(company: &Company) -> Cow<'_, str> {
    if company.key().is_empty() { folded(company.original()).into() } else { company.key().into() }
}

/// `company_id` of a company that is known by its name alone: the same on every run and machine, 19 characters.
fn company_id(key: &str) -> String {
    let digits: Vec<String> = Sha256::digest(key.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("lf-{}", digits.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::RecordBuilder;
    use crate::link::RecordIndex;

    #[test]
    fn only_what_is_missing_is_attached_and_one_spelling_is_used() {
        let owner =
            RecordBuilder::user().existing("5f").tag("VIP").company("Hillside").note("Called on Monday.").build();
        let donor = RecordBuilder::lead()
            .tag("vip")
            .tag("webinar")
            .company("HILLSIDE")
            .company("Brook Ltd")
            .note("called on  monday.")
            .note("Likes tea")
            .build();
        let records = [donor.clone(), owner.clone()];
        let member = |record| Member { index: RecordIndex(0), record };
        let found = missing(&[member(&donor)], &[member(&owner)], &Companies::of(&records));
        let Some(Attachment::Company { company_id, .. }) = found.get(1) else { panic!("{found:?}") };
        assert_eq!(company_id.len(), 19);
        assert_eq!(
            found,
            [
                Attachment::Tag { name: "webinar".into() },
                Attachment::Company { name: "Brook Ltd".into(), company_id: company_id.clone() },
                Attachment::Note { body: "Likes tea".into() }
            ]
        );
    }
}
