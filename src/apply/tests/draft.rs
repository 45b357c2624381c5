//! Small plans, said in few words.

use serde_json::json;
use tempfile::TempDir;

use crate::contact::{IntercomId, Role, Timestamp};
use crate::plan::{
    Action, ActionBody, ActionId, Attachment, Attribute, AttributeValue, Change, Forecast, Header, NeededAttribute,
    Outcome, Plan, RowPlan, StandardAttribute, Target,
};
use crate::store::PlanFile;

pub(super) fn id(text: &str) -> IntercomId {
    IntercomId(text.into())
}

pub(super) fn existing(text: &str) -> Target {
    Target::Existing(id(text))
}

fn record<T: serde::de::DeserializeOwned>(number: usize) -> T {
    serde_json::from_value(json!(number)).unwrap()
}

/// `email`, `name`… or `custom:NAME`; an empty `before` is none.
pub(super) fn change(attribute: &str, before: &str, after: &str) -> Change {
    let attribute = match attribute {
        "email" => Attribute::Standard(StandardAttribute::Email),
        "name" => Attribute::Standard(StandardAttribute::Name),
        "phone" => Attribute::Standard(StandardAttribute::Phone),
        "role" => Attribute::Standard(StandardAttribute::Role),
        "external_id" => Attribute::Standard(StandardAttribute::ExternalId),
        "unsubscribed" => Attribute::Standard(StandardAttribute::UnsubscribedFromEmails),
        other => Attribute::Custom(other.strip_prefix("custom:").unwrap().to_owned()),
    };
    let value = |text: &str| AttributeValue::Text(text.to_owned());
    Change { attribute, before: (!before.is_empty()).then(|| value(before)), after: value(after), from: record(0) }
}

pub(super) fn tag(name: &str) -> ActionBody {
    ActionBody::Attach { what: Attachment::Tag { name: name.to_owned() } }
}

pub(super) fn company(name: &str) -> ActionBody {
    let company_id = format!("key-{}", name.to_lowercase());
    ActionBody::Attach { what: Attachment::Company { name: name.to_owned(), company_id } }
}

pub(super) fn note(body: &str) -> ActionBody {
    ActionBody::Attach { what: Attachment::Note { body: body.to_owned() } }
}

pub(super) fn everything_of(contact: &str) -> ActionBody {
    ActionBody::Attach { what: Attachment::EverythingOf { contact: id(contact) } }
}

pub(super) fn create(role: Role, values: &[(&str, &str)]) -> ActionBody {
    ActionBody::Create { role, values: values.iter().map(|(name, value)| change(name, "", value)).collect() }
}

pub(super) fn update(changes: &[(&str, &str, &str)]) -> ActionBody {
    ActionBody::Update { changes: changes.iter().map(|(name, before, after)| change(name, before, after)).collect() }
}

/// A plan in the making.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) plan: Plan,
}

impl Draft {
    #[expect(clippy::default_trait_access, reason = "the type belongs to a room that this one must not import")]
    pub(super) fn new() -> Self {
        Self {
            plan: Plan {
                header: Header {
                    tool_version: "0.1.0".to_owned(),
                    made_at: Timestamp(super::BEGIN - 3_600),
                    workspace: None,
                    api_version: "2.14".to_owned(),
                    settings: json!({}),
                },
                sources: Vec::new(),
                records: crate::contact::Packed::default(),
                rejects: Vec::new(),
                linkage: std::default::Default::default(),
                actions: Vec::new(),
                rows: Vec::new(),
                attributes: Vec::new(),
                forecast: Forecast::default(),
            },
        }
    }

    /// Adds an action to a group that needs the group's actions before it, and gives its number.
    pub(super) fn act(&mut self, group: u32, target: Target, body: ActionBody) -> ActionId {
        let number = ActionId(u32::try_from(self.plan.actions.len()).unwrap() + 1);
        let needs = self.plan.actions.iter().filter(|action| action.group == group).map(|action| action.id).collect();
        let target = if matches!(body, ActionBody::Create { .. }) { Target::CreatedBy(number) } else { target };
        self.plan.actions.push(Action { id: number, group, target, body, reason: "a test wants it".into(), needs });
        number
    }

    pub(super) fn create(&mut self, group: u32, role: Role, values: &[(&str, &str)]) -> ActionId {
        self.act(group, existing("nobody"), create(role, values))
    }

    /// Adds a row whose outcome hangs on actions.
    pub(super) fn row(&mut self, group: u32, expected: Outcome, decided_by: &[ActionId]) {
        let number = self.plan.rows.len();
        self.plan.rows.push(RowPlan {
            record: record(number),
            group,
            expected,
            decided_by: decided_by.to_vec(),
            reason: "as planned".into(),
        });
    }

    pub(super) fn needs_attribute(&mut self, name: &str) {
        self.plan.attributes.push(NeededAttribute { name: name.to_owned(), actions: 1 });
    }

    /// Writes the plan and opens it for its journal.
    pub(super) fn save(&self) -> Saved {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.plan");
        let mut plan = self.plan.clone();
        plan.records = plan.rows.iter().map(|_| crate::contact::Record::default()).collect();
        PlanFile::create(&path, &plan).unwrap();
        Saved { path, _folder: folder }
    }
}

/// A plan on the disk.
#[derive(Debug)]
pub(super) struct Saved {
    pub(super) path: std::path::PathBuf,
    _folder: TempDir,
}

impl Saved {
    pub(super) fn open(&self) -> PlanFile {
        PlanFile::open_for_journal(&self.path).unwrap()
    }
}
