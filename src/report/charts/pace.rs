//! How many write requests an apply sent in every ten seconds, the length of Intercom's rate-limit window.

use crate::plan::Plan;

use super::super::applied::Applied;
use super::svg;

/// Seconds of a window.
const WINDOW: u64 = 10;
/// Columns that can be told apart.
const COLUMNS: usize = 150;

/// The columns; a long run's columns are several windows each and show the busiest.
pub(super) fn svg(plan: &Plan, applied: &Applied<'_>) -> String {
    let Some(first) = applied.sent_at.iter().map(|at| at.0).min() else { return String::new() };
    let window = |at: i64| usize::try_from(u64::try_from(at - first).unwrap_or(0) / WINDOW).unwrap_or(usize::MAX);
    let last = applied.sent_at.iter().map(|at| window(at.0)).max().unwrap_or(0);
    // A plan that is taken up again after days has a long silence: what matters is the pace while it ran
    let mut counts = std::collections::BTreeMap::<usize, u64>::new();
    for at in applied.sent_at {
        *counts.entry(window(at.0)).or_default() += 1;
    }
    let each = (last / COLUMNS) + 1;
    let mut columns = vec![0_u64; last / each + 1];
    for (window, count) in counts {
        if let Some(column) = columns.get_mut(window / each) {
            *column = (*column).max(count);
        }
    }
    let step = WINDOW.saturating_mul(u64::try_from(each).unwrap_or(u64::MAX));
    svg::columns("Write requests every ten seconds", &columns, plan.forecast.window_limit.into(), step)
}
