//! One action: what it does to which contact, with before, after, reason, reversibility and prerequisites.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::contact::{Compact, IntercomId, Role};
use crate::link::RecordIndex;

/// Number of an action in its plan, starting at 1; also its place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionId(pub u32);

impl ActionId {
    /// The number of an action that is numbered within its group, when so many actions come before that group.
    #[must_use]
    pub(crate) fn after(self, before: u32) -> Self {
        Self(self.0.saturating_add(before))
    }
}

/// The contact an action writes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A contact of the workspace.
    Existing(IntercomId),
    /// The contact an earlier `create` of this plan makes.
    CreatedBy(ActionId),
}

/// An attribute of a contact that Intercom itself defines and lets us write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandardAttribute {
    /// `role`.
    Role,
    /// `external_id`, users only.
    ExternalId,
    /// `email`, one.
    Email,
    /// `phone`, one.
    Phone,
    /// `name`, one.
    Name,
    /// `signed_up_at`, Unix seconds.
    SignedUpAt,
    /// `last_seen_at`, Unix seconds.
    LastSeenAt,
    /// `unsubscribed_from_emails`.
    UnsubscribedFromEmails,
}

/// An attribute of a contact, standard or custom. Text form: `email`, `custom:plan`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Defined by Intercom.
    Standard(StandardAttribute),
    /// Defined by the workspace; must exist before it is written.
    Custom(String),
}

/// A value as it is written to Intercom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// `true` or `false`.
    Flag(bool),
    /// Unix seconds.
    Time(i64),
    /// Text.
    Text(String),
}

/// One attribute before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which attribute.
    pub attribute: Attribute,
    /// What the plan relies on finding; `None` when it is empty.
    pub before: Option<AttributeValue>,
    /// What it will be.
    pub after: AttributeValue,
    /// The record the value comes from.
    pub from: RecordIndex,
}

/// Something attached to a contact through an endpoint of its own. Attaching twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// A tag, by name.
    Tag {
        /// The tag's name.
        name: String,
    },
    /// A company, by name; made when the workspace has none of that name.
    Company {
        /// The company's name.
        name: String,
        /// `company_id` to make it with: a key derived from the name, the same on every run.
        company_id: String,
    },
    /// A note; skipped when the contact has one with the same text.
    Note {
        /// Plain text.
        body: String,
    },
    /// All tags, companies, notes and open conversations of a contact that is about to be archived, read from the
    /// workspace when the action runs.
    EverythingOf {
        /// The contact to copy from.
        contact: IntercomId,
    },
}

/// What an action does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ActionBody {
    /// Makes a contact.
    Create {
        /// Lead or user.
        role: Role,
        /// Its attributes; `before` is `None` everywhere.
        values: Compact<Change>,
    },
    /// Writes attributes.
    Update {
        /// The attributes that change.
        changes: Compact<Change>,
    },
    /// Merges a lead into the target, a user (`POST /contacts/merge`). Cannot be undone.
    Merge {
        /// The lead that disappears.
        from: IntercomId,
    },
    /// Archives the target.
    Archive {
        /// The contact that stays in its place, verified before.
        survivor: Target,
    },
    /// Deletes the target for good. Only planned when asked for by name.
    Delete {
        /// The contact that stays in its place, verified before.
        survivor: Target,
    },
    /// Attaches something to the target.
    Attach {
        /// What.
        what: Attachment,
    },
}

/// The kind of an action, as it is counted, filtered (`--only`) and limited (`--max-merge`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Makes a contact.
    Create,
    /// Writes attributes.
    Update,
    /// Merges a lead into a user.
    Merge,
    /// Attaches a tag, company, note, conversation or subscription.
    Attach,
    /// Archives a contact.
    Archive,
    /// Deletes a contact for good.
    Delete,
}

/// Whether `undo` can put an action back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reversibility {
    /// Fully.
    Reversible,
    /// Never.
    Irreversible,
}

/// One action of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its number and place in the order.
    pub id: ActionId,
    /// The group it belongs to.
    pub group: u32,
    /// The contact it writes to. For a `create`, the action itself (`CreatedBy(id)`).
    pub target: Target,
    /// What it does.
    pub body: ActionBody,
    /// Why, in one sentence.
    pub reason: Cow<'static, str>,
    /// Actions that must have succeeded before.
    pub needs: Vec<ActionId>,
}

impl ActionBody {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Create { .. } => ActionKind::Create,
            Self::Update { .. } => ActionKind::Update,
            Self::Merge { .. } => ActionKind::Merge,
            Self::Archive { .. } => ActionKind::Archive,
            Self::Delete { .. } => ActionKind::Delete,
            Self::Attach { .. } => ActionKind::Attach,
        }
    }
}

impl Action {
    /// Gives an action that is numbered within its group its place in the plan, behind so many others.
    pub(super) fn number_after(&mut self, before: u32) {
        self.id = self.id.after(before);
        if let Target::CreatedBy(create) = &mut self.target {
            *create = create.after(before);
        }
        self.needs.iter_mut().for_each(|needed| *needed = needed.after(before));
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ActionKind {
        self.body.kind()
    }

    /// Whether `undo` can put it back.
    #[must_use]
    pub fn reversibility(&self) -> Reversibility {
        match self.kind() {
            ActionKind::Merge | ActionKind::Delete => Reversibility::Irreversible,
            _ => Reversibility::Reversible,
        }
    }
}

impl ActionKind {
    /// All kinds, in the order they are reported.
    pub const ALL: [Self; 6] = [Self::Create, Self::Update, Self::Merge, Self::Attach, Self::Archive, Self::Delete];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Merge => "merge",
            Self::Attach => "attach",
            Self::Archive => "archive",
            Self::Delete => "delete",
        }
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no kind of action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no kind of action; the kinds are create, update, merge, attach, archive and delete")]
pub struct ParseActionKindError(pub String);

impl FromStr for ActionKind {
    type Err = ParseActionKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| ParseActionKindError(text.to_owned()))
    }
}

impl StandardAttribute {
    /// Every one, in the order above.
    pub(crate) const ALL: [Self; 8] = [
        Self::Role,
        Self::ExternalId,
        Self::Email,
        Self::Phone,
        Self::Name,
        Self::SignedUpAt,
        Self::LastSeenAt,
        Self::UnsubscribedFromEmails,
    ];

    /// Intercom's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::ExternalId => "external_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::SignedUpAt => "signed_up_at",
            Self::LastSeenAt => "last_seen_at",
            Self::UnsubscribedFromEmails => "unsubscribed_from_emails",
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard(attribute) => f.write_str(attribute.name()),
            Self::Custom(name) => write!(f, "custom:{name}"),
        }
    }
}

impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(value) => write!(f, "{value}"),
            Self::Time(seconds) => write!(f, "{seconds}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}
