//! Searching users and leads together: the query language of the 2.x dialect, the shapes of this one.

use serde_json::{Value, json};

use super::shapes;
use crate::sandbox::wire::Call;
use crate::sandbox::workspace::page::{Cursor, page_size};
use crate::sandbox::workspace::search::Stamps;
use crate::sandbox::workspace::{Refusal, Workspace};

const SEARCH_PAGE: usize = 50;

/// Fields have their 2.x names. Sorting and paging come in the body.
pub(super) fn customers(workspace: &mut Workspace, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.object()?;
    let query = body.get("query").ok_or_else(|| Refusal::missing("query not specified"))?;
    let paging = body.get("pagination");
    let cursor = paging.and_then(|paging| paging.get("starting_after")).and_then(Value::as_str);
    let per_page = page_size(paging.and_then(|paging| paging.get("per_page")), SEARCH_PAGE)?;
    let cursor = Cursor::read_optional(cursor)?;
    let found = workspace.search(call.now, query, Stamps::WholeDays, body.get("sort"), cursor, per_page)?;
    let customers = found.items.iter().map(|contact| {
        let mut shape = shapes::person(workspace, contact);
        shape["type"] = json!("customer");
        shape["role"] = json!(contact.role.as_str());
        shape
    });
    let next = found.next.map(|next| json!({ "page": next.page, "starting_after": next.text() }));
    Ok(json!({
        "type": "customer.list",
        "customers": customers.collect::<Vec<_>>(),
        "total_count": found.total,
        "pages": {
            "type": "pages", "next": next, "page": found.number, "per_page": found.per_page,
            "total_pages": found.total.div_ceil(found.per_page.max(1)),
        },
    }))
}
