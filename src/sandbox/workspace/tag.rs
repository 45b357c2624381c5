//! Tags: created or found by name; case does not matter.

use std::collections::{BTreeMap, HashMap};

use super::change::TEXT_LIMIT;
use super::refusal::Refusal;

/// A label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[derive(Debug, Default)]
pub(crate) struct Tags {
    by_id: BTreeMap<u64, Tag>,
    by_name: HashMap<String, u64>,
    last_id: u64,
}

impl Tags {
    /// In order of creation.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Tag> {
        self.by_id.values()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Tag> {
        self.by_id.get(&id)
    }

    /// The tag of a path or body id; 404 when there is none.
    pub(crate) fn find(&self, id: &str) -> Result<&Tag, Refusal> {
        id.parse().ok().and_then(|id| self.get(id)).ok_or_else(Refusal::resource_not_found)
    }

    pub(crate) fn create_or_get(&mut self, name: &str) -> Result<Tag, Refusal> {
        let name = checked_name(name)?;
        if let Some(tag) = self.by_name.get(&name.to_lowercase()).and_then(|id| self.by_id.get(id)) {
            return Ok(tag.clone());
        }
        self.last_id += 1;
        let tag = Tag { id: self.last_id, name: name.to_owned() };
        self.by_name.insert(name.to_lowercase(), tag.id);
        self.by_id.insert(tag.id, tag.clone());
        Ok(tag)
    }

    pub(crate) fn rename(&mut self, id: &str, name: &str) -> Result<Tag, Refusal> {
        let name = checked_name(name)?;
        let id = self.find(id)?.id;
        if self.by_name.get(&name.to_lowercase()).is_some_and(|owner| *owner != id) {
            return Err(Refusal::invalid("name", "a tag of that name already exists"));
        }
        let tag = self.by_id.get_mut(&id).ok_or_else(Refusal::resource_not_found)?;
        self.by_name.remove(&tag.name.to_lowercase());
        name.clone_into(&mut tag.name);
        self.by_name.insert(name.to_lowercase(), id);
        Ok(tag.clone())
    }

    pub(super) fn remove(&mut self, id: u64) {
        if let Some(tag) = self.by_id.remove(&id) {
            self.by_name.remove(&tag.name.to_lowercase());
        }
    }
}

fn checked_name(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > TEXT_LIMIT {
        return Err(Refusal::new(400, "parameter_invalid", "invalid tag parameters"));
    }
    Ok(name)
}
