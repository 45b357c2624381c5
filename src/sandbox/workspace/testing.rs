//! A small workspace and a few words to talk to it, for the tests of the rules.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::change::OwnerForm;
use super::contact::Contact;
use super::page::{Cursor, Page};
use super::search::Stamps;
use super::{Identity, MergeCheck, Refusal, Workspace};
use crate::sandbox::clock::Moment;

/// 2026-01-01 00:00 UTC.
pub(crate) const MIDNIGHT: i64 = 1_767_225_600;

pub(crate) fn at(seconds: i64) -> Moment {
    Moment { millis: (MIDNIGHT + seconds) * 1000 }
}

pub(crate) fn workspace_with(zone: TimeZone, lag_millis: i64) -> Workspace {
    let identity = Identity {
        id_code: "test".into(),
        name: "Test".into(),
        region: "US".into(),
        timezone: "UTC".into(),
        created_at: 0,
    };
    Workspace::new(identity, zone, lag_millis)
}

pub(crate) fn workspace() -> Workspace {
    workspace_with(TimeZone::UTC, 0)
}

fn object(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(fields) => fields,
        other => panic!("not an object: {other}"),
    }
}

/// Short forms of the calls the tests make.
impl Workspace {
    pub(crate) fn try_make(&mut self, body: Value) -> Result<Arc<Contact>, Refusal> {
        let change = self.read_change(&object(body), OwnerForm::Number)?;
        self.create(at(0), change)
    }

    pub(crate) fn make(&mut self, body: Value) -> String {
        self.try_make(body).expect("a valid contact").id.clone()
    }

    pub(crate) fn put(&mut self, id: &str, body: Value) -> Result<Arc<Contact>, Refusal> {
        let change = self.read_change(&object(body), OwnerForm::Number)?;
        self.update(at(1), id, change)
    }

    pub(crate) fn join(&mut self, from: &str, into: &str) -> Result<Arc<Contact>, Refusal> {
        self.merge(at(2), from, into, MergeCheck::RolesOnly)
    }

    pub(crate) fn define(&mut self, name: &str, data_type: &str) {
        let body = object(serde_json::json!({ "name": name, "model": "contact", "data_type": data_type }));
        self.attributes.create(&body, MIDNIGHT).expect("a valid attribute");
    }

    pub(crate) fn found(&mut self, seconds: i64, query: &Value) -> Result<Page<Arc<Contact>>, Refusal> {
        self.search(at(seconds), query, Stamps::WholeDays, None, Cursor::START, 150)
    }
}

/// Status and code, the two things a client decides by.
pub(crate) fn refusal<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> (u16, &'static str) {
    let refusal = answer.expect_err("a refusal");
    (refusal.status, refusal.code)
}
