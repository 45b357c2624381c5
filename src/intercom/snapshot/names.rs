//! The names of tags and companies, at the price of few requests.
//!
//! Contacts embed ids only, ten at most. Tags: one request lists them all. Companies: a few distinct ones are read
//! through the contacts that have them (each such request names at least one company not known yet), many are listed
//! first. Contacts that have more than ten are asked themselves.

use std::collections::{HashMap, HashSet};

use super::{Member, SIDE_BY_SIDE, side_by_side};
use crate::intercom::{Company, Contact, Embedded, Error, ReadWorkspace, Tag};

/// Distinct companies from which on listing them all is cheaper than asking contacts.
const WORTH_A_LIST: usize = 12;

/// Names of tags and companies, kept from one batch of contacts to the next.
#[derive(Debug, Default)]
pub struct Names {
    tags: Tags,
    companies: Companies,
}

impl Names {
    /// With the companies known from an earlier time. Tags are always asked for: they are one request.
    #[must_use]
    pub fn with_companies(companies: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut names = Self::default();
        names.companies.known.extend(companies);
        names
    }

    /// The companies known, by Intercom's id.
    pub fn companies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.companies.known.iter().map(|(id, name)| (id.as_str(), name.as_str()))
    }

    /// Adds names to contacts, which keep their order.
    pub async fn add<R: ReadWorkspace>(&mut self, reader: &R, contacts: Vec<Contact>) -> Result<Vec<Member>, Error> {
        let (tags, companies) = (&mut self.tags, &mut self.companies);
        tags.whole.clear();
        companies.whole.clear();
        if !tags.listed && contacts.iter().any(|contact| contact.tags.total > 0) {
            tags.known.extend(reader.tag_list().await?.into_iter().map(|tag| (tag.id.0, tag.name)));
            tags.listed = true;
        }
        tags.ask(reader, &contacts).await?;
        companies.list(reader, &contacts).await?;
        companies.ask(reader, &contacts).await?;
        let members = contacts.into_iter().enumerate().map(|(position, contact)| {
            let mut tag_names = tags.of(position, &contact);
            tag_names.sort_unstable();
            tag_names.dedup();
            let companies = companies.of(position, &contact);
            Member { contact, tags: tag_names, companies, notes: None }
        });
        Ok(members.collect())
    }
}

/// Nothing for a contact that was merged, archived or deleted while we read.
pub(super) fn or_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. } | Error::Gone { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

fn unknown(list: &Embedded, known: &HashMap<String, String>) -> bool {
    list.has_more() || list.ids.iter().any(|id| !known.contains_key(id))
}

/// Names in the order of the ids; an id without a name is left out.
fn names(ids: &[String], known: &HashMap<String, String>) -> Vec<String> {
    ids.iter().filter_map(|id| known.get(id)).filter(|name| !name.is_empty()).cloned().collect()
}

#[derive(Debug, Default)]
struct Tags {
    known: HashMap<String, String>,
    listed: bool,
    /// All ids of the contact at a position, where the embedded ones are not all.
    whole: HashMap<usize, Vec<String>>,
}

impl Tags {
    async fn ask<R: ReadWorkspace>(&mut self, reader: &R, contacts: &[Contact]) -> Result<(), Error> {
        let asked = contacts.iter().enumerate().filter(|(_, contact)| unknown(&contact.tags, &self.known)).collect();
        let read = side_by_side::each(SIDE_BY_SIDE, asked, |(position, contact)| async move {
            Ok::<_, Error>((position, or_gone(reader.tags(&contact.id).await)?))
        });
        for (position, tags) in read.await? {
            self.learn(position, tags.unwrap_or_default());
        }
        Ok(())
    }

    fn learn(&mut self, position: usize, tags: Vec<Tag>) {
        self.whole.insert(position, tags.iter().map(|tag| tag.id.0.clone()).collect());
        self.known.extend(tags.into_iter().map(|tag| (tag.id.0, tag.name)));
    }

    fn of(&self, position: usize, contact: &Contact) -> Vec<String> {
        names(self.whole.get(&position).unwrap_or(&contact.tags.ids), &self.known)
    }
}

#[derive(Debug, Default)]
struct Companies {
    known: HashMap<String, String>,
    listed: bool,
    whole: HashMap<usize, Vec<String>>,
}

impl Companies {
    /// Lists all companies when there are many to name. A workspace whose plan has no companies refuses: then the
    /// contacts are asked, and those have none either.
    async fn list<R: ReadWorkspace>(&mut self, reader: &R, contacts: &[Contact]) -> Result<(), Error> {
        let embedded = contacts.iter().flat_map(|contact| &contact.companies.ids);
        let distinct: HashSet<&String> = embedded.filter(|id| !self.known.contains_key(*id)).collect();
        if self.listed || distinct.len() < WORTH_A_LIST {
            return Ok(());
        }
        self.listed = true;
        match reader.company_list().await {
            Ok(companies) => {
                self.known.extend(companies.into_iter().map(|company| (company.id.0, company.name)));
                Ok(())
            }
            Err(Error::NotFound { .. } | Error::Refused { .. }) => Ok(()),
            Err(other) => Err(other),
        }
    }

    async fn ask<R: ReadWorkspace>(&mut self, reader: &R, contacts: &[Contact]) -> Result<(), Error> {
        // One contact per company not known yet, and every contact with more companies than it shows; again while
        // contacts turn out to be gone and leave their companies without a name
        let mut done: HashSet<usize> = HashSet::new();
        loop {
            let asked = self.to_ask(contacts, &done);
            if asked.is_empty() {
                return Ok(());
            }
            done.extend(asked.iter().map(|(position, _)| *position));
            let read = side_by_side::each(SIDE_BY_SIDE, asked, |(position, contact)| async move {
                Ok::<_, Error>((position, or_gone(reader.companies(&contact.id).await)?))
            });
            for (position, companies) in read.await? {
                if let Some(companies) = companies {
                    self.learn(position, companies);
                }
            }
        }
    }

    fn to_ask<'a>(&self, contacts: &'a [Contact], done: &HashSet<usize>) -> Vec<(usize, &'a Contact)> {
        let mut covered: HashSet<&str> = HashSet::new();
        let open = contacts.iter().enumerate().filter(|(position, _)| !done.contains(position));
        open.filter(|(_, contact)| {
            let ids = &contact.companies.ids;
            let news = ids.iter().any(|id| !self.known.contains_key(id) && !covered.contains(id.as_str()));
            if news {
                covered.extend(ids.iter().map(String::as_str));
            }
            news || contact.companies.has_more()
        })
        .collect()
    }

    fn learn(&mut self, position: usize, companies: Vec<Company>) {
        self.whole.insert(position, companies.iter().map(|company| company.id.0.clone()).collect());
        self.known.extend(companies.into_iter().map(|company| (company.id.0, company.name)));
    }

    fn of(&self, position: usize, contact: &Contact) -> Vec<String> {
        names(self.whole.get(&position).unwrap_or(&contact.companies.ids), &self.known)
    }
}
