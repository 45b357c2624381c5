//! Tags: one call creates, renames, tags and untags.

use serde_json::{Map, Value, json};

use super::{body, shapes};
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::{Refusal, Workspace};

pub(super) fn list(workspace: &Workspace) -> Value {
    json!({ "type": "tag.list", "tags": workspace.tags.all().map(shapes::tag).collect::<Vec<_>>() })
}

fn invalid() -> Refusal {
    Refusal::new(400, "parameter_invalid", "invalid tag parameters")
}

/// Either users and leads, or companies, or nobody. All of them must exist, or nothing is done.
pub(super) fn save(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let object = call.object()?;
    let name = object.get("name").and_then(Value::as_str).ok_or_else(invalid)?;
    let listed = |field: &str| match object.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(members)) => {
            members.iter().map(Value::as_object).collect::<Option<Vec<_>>>().map(Some).ok_or_else(invalid)
        }
        Some(_) => Err(invalid()),
    };
    let tag = match (listed("users")?, listed("companies")?) {
        (Some(_), Some(_)) => return Err(Refusal::bad_request("users and companies cannot be tagged together")),
        (Some(people), None) => tag_people(workspace, call, name, &people)?,
        (None, Some(companies)) => tag_companies(workspace, call, name, &companies)?,
        (None, None) => match call.body_id("id")? {
            Some(id) => workspace.tags.rename(&id, name)?,
            None => workspace.tags.create_or_get(name)?,
        },
    };
    Ok(shapes::tag(&tag))
}

type Tag = crate::sandbox::workspace::tag::Tag;

fn is_untag(member: &Map<String, Value>) -> bool {
    member.get("untag") == Some(&Value::Bool(true))
}

fn tag_people(
    workspace: &mut Workspace,
    call: &Call<'_>,
    name: &str,
    people: &[&Map<String, Value>],
) -> Result<Tag, Refusal> {
    let mut named = Vec::with_capacity(people.len());
    for person in people {
        named.push((workspace.find_person(&body::key(person))?.id.clone(), is_untag(person)));
    }
    let tag = workspace.tags.create_or_get(name)?;
    let id = tag.id.to_string();
    for (contact, untag) in named {
        if !untag {
            workspace.attach_tag(call.now, &contact, &id)?;
        } else if workspace.active(&contact)?.wears(tag.id) {
            workspace.detach_tag(call.now, &contact, &id)?;
        }
    }
    Ok(tag)
}

fn tag_companies(
    workspace: &mut Workspace,
    call: &Call<'_>,
    name: &str,
    companies: &[&Map<String, Value>],
) -> Result<Tag, Refusal> {
    let mut named = Vec::with_capacity(companies.len());
    for company in companies {
        let held = super::companies::named(workspace, company)?;
        named.push((held.id.clone(), is_untag(company)));
    }
    let tag = workspace.tags.create_or_get(name)?;
    for (company, untag) in named {
        workspace.label_company(call.now, &company, tag.id, !untag)?;
    }
    Ok(tag)
}
