//! Search over contacts: a query is read, then answered from an index that may lag behind the workspace.

mod index;
mod query;
mod sort;
#[cfg(test)]
mod tests;

pub(crate) use index::SearchIndex;
pub(crate) use query::{Fields, Query, Stamps};
pub(crate) use sort::Sort;
