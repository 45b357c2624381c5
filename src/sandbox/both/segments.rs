//! Segments: listed, shown, counted.

use serde_json::{Value, json};

use crate::sandbox::wire::Call;
use crate::sandbox::workspace::Workspace;
use crate::sandbox::workspace::segment::Segment;

/// `counted` adds how many are in it.
pub(in crate::sandbox) fn shape(workspace: &Workspace, segment: &Segment, counted: bool) -> Value {
    let mut shape = json!({
        "type": "segment",
        "id": segment.id,
        "name": segment.name,
        "created_at": segment.created_at,
        "updated_at": segment.created_at,
        "person_type": "user",
    });
    if counted {
        shape["count"] = json!(workspace.members_of_segment(segment, None).len());
    }
    shape
}

/// All of them; `?include_count=true` counts.
pub(super) fn list(workspace: &Workspace, call: &Call<'_>) -> Value {
    let counted = call.query_value("include_count") == Some("true");
    let shapes = workspace.segments.iter().map(|segment| shape(workspace, segment, counted));
    json!({ "type": "segment.list", "segments": shapes.collect::<Vec<_>>() })
}
