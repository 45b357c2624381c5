//! How many there are: of everything, or of one kind by tag, segment or membership.

use serde_json::{Map, Value, json};

use crate::sandbox::wire::Call;
use crate::sandbox::workspace::contact::Role;
use crate::sandbox::workspace::{Refusal, Workspace};

/// `?type=` and `?count=` choose; without them the totals of the workspace.
pub(super) fn counts(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let kind = call.query_value("type");
    match (kind, call.query_value("count")) {
        (None, None) => Ok(totals(workspace)),
        (Some("conversation"), None) => {
            let open = workspace.conversations.all().filter(|one| one.open).count();
            let assigned = workspace.conversations.all().filter(|one| one.open && one.assignee.is_some()).count();
            let closed = workspace.conversations.all().count() - open;
            Ok(json!({
                "type": "count",
                "conversation": { "assigned": assigned, "closed": closed, "open": open, "unassigned": open - assigned }
            }))
        }
        (Some("conversation"), Some("admin")) => {
            let held = |admin: u64, open: bool| {
                workspace.conversations.all().filter(|one| one.assignee == Some(admin) && one.open == open).count()
            };
            let rows = workspace.admins.iter().map(|admin| {
                let (open, closed) = (held(admin.id, true), held(admin.id, false));
                json!({ "id": admin.id.to_string(), "name": admin.name, "open": open, "closed": closed })
            });
            Ok(json!({ "type": "count", "conversation": { "admin": rows.collect::<Vec<_>>() } }))
        }
        (Some("user"), Some("tag")) => {
            let rows = workspace.tags.all().map(|tag| row(&tag.name, workspace.wearers_of(tag.id, Role::User)));
            Ok(listed("user", "tag", rows.collect()))
        }
        (Some("company"), Some("tag")) => {
            let wearing = |tag: u64| workspace.companies.all().filter(|company| company.tags.contains(&tag)).count();
            let rows = workspace.tags.all().map(|tag| row(&tag.name, wearing(tag.id)));
            Ok(listed("company", "tag", rows.collect()))
        }
        (Some("company"), Some("user")) => {
            let rows = workspace.companies.all().map(|company| {
                let name = company.name.as_deref().unwrap_or(&company.company_id);
                let mut row = row(name, workspace.company_size(&company.id));
                row["remote_company_id"] = json!(company.company_id);
                row
            });
            Ok(listed("company", "user", rows.collect()))
        }
        (Some("user"), Some("segment")) => {
            let size = |segment| workspace.members_of_segment(segment, Some(Role::User)).len();
            let rows = workspace.segments.iter().map(|segment| row(&segment.name, size(segment)));
            Ok(listed("user", "segment", rows.collect()))
        }
        (Some("company"), Some("segment")) => Ok(listed("company", "segment", Vec::new())),
        _ => Err(Refusal::invalid("type", "there is no such count")),
    }
}

fn totals(workspace: &Workspace) -> Value {
    let count = |count: usize| json!({ "count": count });
    json!({
        "type": "count.hash",
        "company": count(workspace.companies.count()),
        "segment": count(workspace.segments.len()),
        "tag": count(workspace.tags.all().count()),
        "user": count(workspace.count_of(Role::User)),
        "lead": count(workspace.count_of(Role::Lead)),
    })
}

/// `{<name>: <count>}`.
fn row(name: &str, count: usize) -> Value {
    Value::Object(Map::from_iter([(name.to_owned(), json!(count))]))
}

fn listed(kind: &str, by: &str, rows: Vec<Value>) -> Value {
    let mut shape = json!({ "type": "count", "pages": {} });
    shape[kind] = Value::Object(Map::from_iter([(by.to_owned(), Value::Array(rows))]));
    shape
}
