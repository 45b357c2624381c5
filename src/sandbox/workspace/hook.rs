//! Webhooks of the 1.x dialect, which it calls subscriptions: kept and listed, never called.

use super::refusal::Refusal;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hook {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) topics: Vec<String>,
    pub(crate) created_at: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Hooks {
    all: Vec<Hook>,
    made: u64,
}

impl Hooks {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Hook> {
        self.all.iter()
    }

    pub(crate) fn get(&self, id: &str) -> Result<&Hook, Refusal> {
        self.all.iter().find(|hook| hook.id == id).ok_or_else(Refusal::resource_not_found)
    }

    pub(crate) fn add(&mut self, url: &str, topics: Vec<String>, now: i64) -> Hook {
        self.made += 1;
        let hook = Hook { id: format!("nsub_{}", self.made), url: url.to_owned(), topics, created_at: now };
        self.all.push(hook.clone());
        hook
    }

    pub(crate) fn remove(&mut self, id: &str) -> Result<Hook, Refusal> {
        let place = self.all.iter().position(|hook| hook.id == id).ok_or_else(Refusal::resource_not_found)?;
        Ok(self.all.remove(place))
    }
}
