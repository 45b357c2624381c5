//! Two contacts becoming one: the merge, its dry run in the preview version, and what was merged into whom.

use serde_json::{Value, json};

use super::contacts;
use super::shapes;
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::contact::Role;
use crate::sandbox::workspace::forecast::Forecast;
use crate::sandbox::workspace::page::page_size;
use crate::sandbox::workspace::{MergeCheck, Refusal, Workspace};

/// Entries on a page of the history unless the caller says how many.
const HISTORY_PAGE: usize = 50;
/// Most changes a dry run lists.
const FORECAST_LIMIT: usize = 50;

fn pair(call: &Call<'_>) -> Result<(String, String), Refusal> {
    let wanted = |name: &str| call.body_id(name)?.ok_or_else(|| Refusal::missing(format!("{name} not specified")));
    Ok((wanted("from")?, wanted("into")?))
}

fn skips_validation(call: &Call<'_>) -> Result<bool, Refusal> {
    Ok(call.object()?.get("skip_duplicate_validation") == Some(&json!(true)))
}

/// Whether both are users, which only the preview version merges, and only when they share an identifier.
fn is_user_pair(workspace: &Workspace, call: &Call<'_>, from: &str, into: &str) -> Result<bool, Refusal> {
    let role = |id: &str| workspace.active(id).map(|contact| contact.role);
    let users = call.preview && role(from)? == Role::User && role(into)? == Role::User;
    if users && call.object()?.contains_key("skip_duplicate_validation") {
        let message = "skip_duplicate_validation is not supported when merging two users";
        return Err(Refusal::new(400, "parameter_not_allowed", message));
    }
    Ok(users)
}

pub(super) fn merge(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let (from, into) = pair(call)?;
    let check = if is_user_pair(workspace, call, &from, &into)? {
        MergeCheck::TwoUsers
    } else if call.version.merge_needs_duplicates() && !skips_validation(call)? {
        MergeCheck::SharedIdentifier
    } else {
        MergeCheck::RolesOnly
    };
    let survivor = workspace.merge(call.now, &from, &into, check)?;
    Ok(contacts::shape(workspace, call, &survivor))
}

/// What the merge would do.
pub(super) fn preview(workspace: &Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let (from, into) = pair(call)?;
    is_user_pair(workspace, call, &from, &into)?;
    let (fields, moves) = match workspace.forecast_merge(&from, &into, !skips_validation(call)?)? {
        Forecast::Refused { code, message } => {
            return Ok(json!({ "allowed": false, "reasons": [{ "code": code, "message": message }] }));
        }
        Forecast::Allowed { fields, moves } => (fields, moves),
    };
    let listed = fields.iter().take(FORECAST_LIMIT).map(|change| {
        let mut shape = json!({
            "field": change.field, "outcome": change.outcome, "from_value": change.from,
            "new_into_value": change.result
        });
        if let Some(into) = &change.into {
            shape["into_value"] = into.clone();
        }
        shape
    });
    let mut summary = json!({
        "attribute_changes": { "attributes": listed.collect::<Vec<_>>(), "total_count": fields.len() },
        "reassignments": {},
    });
    for (kind, from, into) in moves {
        summary["reassignments"][kind] = json!({ "from": from, "into": into });
    }
    Ok(json!({ "allowed": true, "summary": summary }))
}

/// Only users have a history of merges. The newest comes first unless `order=asc`; the cursor is a place in the list.
pub(super) fn history(workspace: &Workspace, call: &Call<'_>, id: &str) -> Result<Value, Refusal> {
    let contact = workspace.active(id)?;
    if contact.role == Role::Lead {
        return Err(Refusal::contact_not_found());
    }
    let size = call.query_value("per_page").map(Value::from);
    let per_page = page_size(size.as_ref(), HISTORY_PAGE)?;
    let start = match call.query_value("cursor").filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => cursor.parse::<usize>().map_err(|_| Refusal::invalid("cursor", "The cursor is not valid"))?,
    };
    let mut entries: Vec<Value> = contact.merged_from.iter().map(shapes::merged).collect();
    if call.query_value("order") != Some("asc") {
        entries.reverse();
    }
    let end = start.saturating_add(per_page);
    let more = end < entries.len();
    let data: Vec<Value> = entries.into_iter().skip(start).take(per_page).collect();
    let mut shape = json!({ "type": "list", "data": data, "has_more": more });
    if more {
        shape["next_cursor"] = json!(end.to_string());
    }
    Ok(shape)
}
