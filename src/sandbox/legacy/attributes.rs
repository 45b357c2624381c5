//! Data attributes: listed only; in this dialect they come into being with their first value.

use serde_json::{Value, json};

use crate::sandbox::workspace::attribute::Model;
use crate::sandbox::workspace::{Refusal, Workspace};

/// `/data_attributes/customer` and `/data_attributes/company`.
pub(super) fn list(workspace: &Workspace, model: &str) -> Result<Value, Refusal> {
    let model = match model {
        "customer" => Model::Contact,
        "company" => Model::Company,
        _ => return Err(Refusal::resource_not_found()),
    };
    let custom = workspace.attributes.all().filter(|attribute| attribute.model == model && !attribute.archived);
    let shape = custom.map(|attribute| {
        json!({
            "type": "data_attribute",
            "name": attribute.name,
            "full_name": format!("custom_attributes.{}", attribute.name),
            "label": attribute.name,
            "description": attribute.description,
            "data_type": attribute.data_type.as_str(),
            "api_writable": true,
            "ui_writable": false,
            "custom": true,
            "archived": false,
            "created_at": attribute.created_at,
            "updated_at": attribute.updated_at,
        })
    });
    Ok(json!({ "type": "data_attribute.list", "data_attributes": shape.collect::<Vec<_>>() }))
}
