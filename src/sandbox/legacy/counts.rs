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
            let closed = workspace.conversations.all().count() - open;
            Ok(json!({
                "type": "count",
                "conversation": { "assigned": 0, "closed": closed, "open": open, "unassigned": open }
            }))
        }
        (Some("conversation"), Some("admin")) => {
            // Conversations of the sandbox are assigned to nobody.
            let admins = workspace.admins.iter();
            let rows =
                admins.map(|admin| json!({ "id": admin.id.to_string(), "name": admin.name, "open": 0, "closed": 0 }));
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
        (Some(kind @ ("user" | "company")), Some("segment")) => Ok(listed(kind, "segment", Vec::new())),
        _ => Err(Refusal::invalid("type", "there is no such count")),
    }
}

fn totals(workspace: &Workspace) -> Value {
    let count = |count: usize| json!({ "count": count });
    json!({
        "type": "count.hash",
        "company": count(workspace.companies.count()),
        "segment": count(0),
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
