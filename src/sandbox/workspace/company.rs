//! Companies: created or updated by the caller's own `company_id`, joined by contacts.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use serde_json::{Map, Value};

use super::change::TEXT_LIMIT;
use super::ordinals::Ordinals;
use super::refusal::Refusal;

#[expect(clippy::struct_field_names, reason = "`company_id` is the API's word")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Company {
    /// Intercom's id, 24 hex digits.
    pub(crate) id: String,
    /// The caller's id; never changes.
    pub(crate) company_id: String,
    pub(crate) name: Option<String>,
    pub(crate) plan: Option<String>,
    pub(crate) size: Option<i64>,
    pub(crate) website: Option<String>,
    pub(crate) industry: Option<String>,
    pub(crate) monthly_spend: i64,
    pub(crate) remote_created_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) custom_attributes: BTreeMap<String, Value>,
    pub(crate) tags: Vec<u64>,
}

/// A checked request to create or update a company.
#[derive(Debug)]
pub(crate) struct CompanyChange {
    pub(crate) company_id: String,
    pub(super) details: Details,
    pub(super) custom_attributes: BTreeMap<String, Value>,
}

#[derive(Debug, Default)]
pub(crate) struct Companies {
    by_ordinal: BTreeMap<u64, Company>,
    by_id: HashMap<String, u64>,
    by_company_id: HashMap<String, u64>,
    by_name: Ordinals<String>,
    last_ordinal: u64,
}

impl Companies {
    /// In order of creation.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Company> {
        self.by_ordinal.values()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Company> {
        self.by_ordinal.get(self.by_id.get(id)?)
    }

    pub(crate) fn by_company_id(&self, company_id: &str) -> Option<&Company> {
        self.by_ordinal.get(self.by_company_id.get(company_id)?)
    }

    pub(crate) fn find(&self, id: &str) -> Result<&Company, Refusal> {
        self.get(id).ok_or_else(Refusal::company_not_found)
    }

    pub(crate) fn count(&self) -> usize {
        self.by_ordinal.len()
    }

    /// The oldest company of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Company> {
        self.by_ordinal.get(self.by_name.of(name).first()?)
    }

    /// Ordinal of the company made last; 0 when there was none yet.
    pub(crate) fn last_ordinal(&self) -> u64 {
        self.last_ordinal
    }

    /// Companies made after the one with this ordinal, with their ordinals.
    pub(crate) fn after(&self, ordinal: u64) -> impl Iterator<Item = (u64, &Company)> {
        self.by_ordinal
            .range((Bound::Excluded(ordinal), Bound::Unbounded))
            .map(|(ordinal, company)| (*ordinal, company))
    }

    /// Adds a company whose ids are new.
    pub(super) fn insert(&mut self, company: Company) {
        self.last_ordinal += 1;
        self.by_id.insert(company.id.clone(), self.last_ordinal);
        self.by_company_id.insert(company.company_id.clone(), self.last_ordinal);
        if let Some(name) = &company.name {
            self.by_name.add(name.clone(), self.last_ordinal);
        }
        self.by_ordinal.insert(self.last_ordinal, company);
    }

    /// Changes the company of this `company_id`; `None` when there is none.
    pub(super) fn change(&mut self, company_id: &str, edit: impl FnOnce(&mut Company)) -> Option<Company> {
        let ordinal = *self.by_company_id.get(company_id)?;
        let company = self.by_ordinal.get_mut(&ordinal)?;
        let before = company.name.clone();
        edit(company);
        if before != company.name {
            if let Some(name) = before {
                self.by_name.remove(name.as_str(), ordinal);
            }
            if let Some(name) = &company.name {
                self.by_name.add(name.clone(), ordinal);
            }
        }
        Some(company.clone())
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Company> {
        let ordinal = self.by_id.remove(id)?;
        let company = self.by_ordinal.remove(&ordinal)?;
        self.by_company_id.remove(&company.company_id);
        if let Some(name) = &company.name {
            self.by_name.remove(name.as_str(), ordinal);
        }
        Some(company)
    }

    pub(super) fn forget_tag(&mut self, tag: u64) {
        for company in self.by_ordinal.values_mut() {
            company.tags.retain(|held| *held != tag);
        }
    }
}

impl Company {
    pub(crate) fn new(id: String, company_id: String, now: i64) -> Self {
        Self {
            id,
            company_id,
            name: None,
            plan: None,
            size: None,
            website: None,
            industry: None,
            monthly_spend: 0,
            remote_created_at: None,
            created_at: now,
            updated_at: now,
            custom_attributes: BTreeMap::new(),
            tags: Vec::new(),
        }
    }
}

/// The writable fields of a company body.
#[derive(Debug, Default)]
pub(super) struct Details {
    name: Option<String>,
    plan: Option<String>,
    website: Option<String>,
    industry: Option<String>,
    size: Option<i64>,
    monthly_spend: Option<i64>,
    remote_created_at: Option<i64>,
}

impl Details {
    pub(super) fn read(body: &Map<String, Value>) -> Result<Self, Refusal> {
        let bad = |field: &str| Refusal::bad_request(format!("bad '{field}' parameter"));
        let text = |field: &str| match body.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
            Some(_) => Err(bad(field)),
        };
        let number = |field: &str| match body.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| bad(field)),
        };
        Ok(Self {
            name: text("name")?,
            plan: text("plan")?,
            website: text("website")?,
            industry: text("industry")?,
            size: number("size")?,
            monthly_spend: number("monthly_spend")?,
            remote_created_at: number("remote_created_at")?,
        })
    }

    pub(super) fn apply(self, company: &mut Company) {
        company.name = self.name.or(company.name.take());
        company.plan = self.plan.or(company.plan.take());
        company.website = self.website.or(company.website.take());
        company.industry = self.industry.or(company.industry.take());
        company.size = self.size.or(company.size);
        company.monthly_spend = self.monthly_spend.unwrap_or(company.monthly_spend);
        company.remote_created_at = self.remote_created_at.or(company.remote_created_at);
    }
}

/// The caller's id of a company body. Intercom names the odd parameter when it is missing.
pub(super) fn read_company_id(body: &Map<String, Value>) -> Result<String, Refusal> {
    match body.get("company_id") {
        Some(Value::String(id)) if !id.trim().is_empty() && id.chars().count() <= TEXT_LIMIT => {
            Ok(id.trim().to_owned())
        }
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(Refusal::bad_request("bad 'company_id' parameter")),
        None => {
            let odd = body.keys().next().map_or("company_id", String::as_str);
            Err(Refusal::bad_request(format!("bad '{odd}' parameter")))
        }
    }
}
