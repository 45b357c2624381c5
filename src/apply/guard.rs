//! Guardrails: how much a run may change. Pure; the figures are handed in.

use crate::plan::{ActionKind, Limit};

/// Whether a limit, or a share of the contacts in the workspace, allows a count.
fn allows(limit: Limit, count: u64, contacts: Option<u64>) -> bool {
    match limit {
        Limit::Count(limit) => count <= limit,
        // Without the size of the workspace a share says nothing, so anything above zero is too much
        Limit::Percent(share) => match contacts {
            Some(contacts) => as_float(count) * 100.0 <= share * as_float(contacts),
            None => count == 0,
        },
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of contacts are far below 2^52")]
fn as_float(count: u64) -> f64 {
    count as f64
}

/// Guardrails of a run; `None` sets no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Contacts archived (`--max-archive`).
    pub archive: Option<Limit>,
    /// Contacts deleted (`--max-delete`).
    pub delete: Option<Limit>,
    /// Leads merged away (`--max-merge`).
    pub merge: Option<Limit>,
    /// Actions of any kind (`--max-changes`).
    pub changes: Option<Limit>,
}

impl Limits {
    /// Whether a limit is a share, so that the size of the workspace must be known.
    pub(super) fn need_workspace_size(&self) -> bool {
        [self.archive, self.delete, self.merge, self.changes]
            .iter()
            .any(|limit| matches!(limit, Some(Limit::Percent(_))))
    }

    /// Checks counts of actions still to be done by kind. The message names the limit that is exceeded.
    pub(super) fn check(&self, count: impl Fn(ActionKind) -> u64, contacts: Option<u64>) -> Result<(), String> {
        let all = ActionKind::ALL.into_iter().map(&count).sum();
        let checks = [
            ("archive", "contacts would be archived", count(ActionKind::Archive), self.archive),
            ("delete", "contacts would be deleted", count(ActionKind::Delete), self.delete),
            ("merge", "leads would be merged away", count(ActionKind::Merge), self.merge),
            ("changes", "actions would be carried out", all, self.changes),
        ];
        for (name, what, count, limit) in checks {
            if let Some(limit) = limit
                && !allows(limit, count, contacts)
            {
                let of = if matches!(limit, Limit::Percent(_)) { " of the workspace" } else { "" };
                return Err(format!("{count} {what}, --max-{name} allows {limit}{of}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;
    use crate::plan::{ActionKind, Limit};

    fn archives(count: u64) -> impl Fn(ActionKind) -> u64 {
        move |kind| if kind == ActionKind::Archive { count } else { 0 }
    }

    #[test]
    fn a_count_is_allowed_up_to_its_limit() {
        let limits = Limits { archive: Some(Limit::Count(10)), ..Limits::default() };
        assert!(limits.check(archives(10), None).is_ok());
        insta::assert_snapshot!(limits.check(archives(11), None).unwrap_err(), @"11 contacts would be archived, --max-archive allows 10");
    }

    #[test]
    fn a_share_counts_the_contacts_of_the_workspace() {
        let limits = Limits { changes: Some(Limit::Percent(2.0)), ..Limits::default() };
        assert!(limits.check(archives(20), Some(1000)).is_ok());
        insta::assert_snapshot!(limits.check(archives(21), Some(1000)).unwrap_err(), @"21 actions would be carried out, --max-changes allows 2% of the workspace");
        assert!(limits.check(archives(1), None).is_err(), "without the workspace's size a share allows nothing");
    }
}
