//! The token's owner, the other teammates, and the teams they are in.

use serde_json::{Value, json};

use crate::sandbox::workspace::{Admin, Refusal, Team, Workspace};

/// Who the token belongs to, and which workspace it opens.
pub(crate) fn me(workspace: &Workspace) -> Result<Value, Refusal> {
    let admin = workspace.token_admin().ok_or_else(Refusal::resource_not_found)?;
    let identity = &workspace.identity;
    Ok(json!({
        "type": "admin",
        "id": admin.id.to_string(),
        "email": admin.email,
        "name": admin.name,
        "email_verified": true,
        "app": {
            "type": "app",
            "id_code": identity.id_code,
            "name": identity.name,
            "created_at": identity.created_at,
            "secure": false,
            "identity_verification": false,
            "timezone": identity.timezone,
            "region": identity.region,
        },
        "avatar": { "type": "avatar", "image_url": null },
        "has_inbox_seat": true,
    }))
}

pub(crate) fn admins(workspace: &Workspace) -> Value {
    let seated = |admin: &Admin| {
        let mut shape = shape(admin);
        shape["has_inbox_seat"] = json!(true);
        let teams = workspace.teams.iter().filter(|team| team.admins.contains(&admin.id)).map(|team| team.id);
        shape["team_ids"] = json!(teams.collect::<Vec<_>>());
        shape
    };
    json!({ "type": "admin.list", "admins": workspace.admins.iter().map(seated).collect::<Vec<_>>() })
}

pub(crate) fn admin(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    let admin = id.parse().ok().and_then(|id| workspace.admin(id));
    Ok(shape(admin.ok_or_else(|| Refusal::new(404, "admin_not_found", "Admin Not Found"))?))
}

pub(crate) fn teams(workspace: &Workspace) -> Value {
    json!({ "type": "team.list", "teams": workspace.teams.iter().map(team_shape).collect::<Vec<_>>() })
}

pub(crate) fn team(workspace: &Workspace, id: &str) -> Result<Value, Refusal> {
    let team = workspace.teams.iter().find(|team| team.id.to_string() == id);
    team.map(team_shape).ok_or_else(|| Refusal::new(404, "not_found", "Team Not Found"))
}

fn team_shape(team: &Team) -> Value {
    json!({ "type": "team", "id": team.id.to_string(), "name": team.name, "admin_ids": team.admins })
}

pub(crate) fn shape(admin: &Admin) -> Value {
    json!({
        "type": "admin", "id": admin.id.to_string(), "name": admin.name, "email": admin.email,
        "away_mode_enabled": false, "away_mode_reassign": false
    })
}
