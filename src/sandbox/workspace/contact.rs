//! One contact as the workspace keeps it, whichever dialect created it.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::merge::Channel;

/// The two kinds of person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Lead,
    User,
}

impl Role {
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "lead" => Some(Self::Lead),
            "user" => Some(Self::User),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::User => "user",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Where a contact is in its life. A deleted one leaves the workspace altogether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    Active,
    Archived,
    /// Hidden like an archived one, but cannot be brought back through the API.
    Blocked,
    /// Lives on in another contact; never comes back.
    Merged {
        into: String,
    },
}

/// How a contact stands to a subscription type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    OptIn,
    OptOut,
}

impl Consent {
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "opt_in" => Some(Self::OptIn),
            "opt_out" => Some(Self::OptOut),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::OptIn => "opt_in",
            Self::OptOut => "opt_out",
        }
    }
}

/// A tag on a contact, and since when (Unix seconds).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) tag: u64,
    pub(crate) at: i64,
}

/// A contact that was merged into this one, and when (Unix seconds).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MergedFrom {
    pub(crate) id: String,
    pub(crate) role: Role,
    pub(crate) at: i64,
}

/// Everything the workspace knows about one person, except notes and conversations, which point here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contact {
    /// Order of creation in this workspace; lists follow it.
    pub(crate) ordinal: u64,
    pub(crate) id: String,
    pub(crate) role: Role,
    pub(crate) external_id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) name: Option<String>,
    /// The invented name of somebody who was a visitor or a lead of the 1.x dialect before.
    pub(crate) pseudonym: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) owner: Option<u64>,
    pub(crate) unsubscribed_from_emails: bool,
    pub(crate) has_hard_bounced: bool,
    pub(crate) marked_email_as_spam: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) signed_up_at: Option<i64>,
    pub(crate) last_seen_at: Option<i64>,
    pub(crate) last_replied_at: Option<i64>,
    pub(crate) last_contacted_at: Option<i64>,
    pub(crate) session_count: u64,
    pub(crate) last_seen_ip: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) custom_attributes: BTreeMap<String, Value>,
    pub(crate) tags: Vec<Applied>,
    pub(crate) companies: Vec<String>,
    pub(crate) subscriptions: BTreeMap<u64, Consent>,
    pub(crate) merged_from: Vec<MergedFrom>,
    pub(crate) standing: Standing,
    pub(crate) channel: Option<Channel>,
}

impl Contact {
    pub(crate) fn new(ordinal: u64, id: String, role: Role, created_at: i64) -> Self {
        Self {
            ordinal,
            id,
            role,
            external_id: None,
            email: None,
            phone: None,
            name: None,
            pseudonym: None,
            avatar: None,
            owner: None,
            unsubscribed_from_emails: false,
            has_hard_bounced: false,
            marked_email_as_spam: false,
            created_at,
            updated_at: created_at,
            signed_up_at: None,
            last_seen_at: None,
            last_replied_at: None,
            last_contacted_at: None,
            session_count: 0,
            last_seen_ip: None,
            user_agent: None,
            custom_attributes: BTreeMap::new(),
            tags: Vec::new(),
            companies: Vec::new(),
            subscriptions: BTreeMap::new(),
            merged_from: Vec::new(),
            standing: Standing::Active,
            channel: None,
        }
    }

    pub(crate) fn is_active(&self) -> bool {
        self.standing == Standing::Active
    }

    pub(crate) fn is_hidden(&self) -> bool {
        matches!(self.standing, Standing::Archived | Standing::Blocked)
    }

    /// What follows the `@`.
    pub(crate) fn email_domain(&self) -> Option<&str> {
        self.email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain)
    }

    pub(crate) fn wears(&self, tag: u64) -> bool {
        self.tags.iter().any(|applied| applied.tag == tag)
    }
}

/// E-mail addresses are compared without regard to case.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
