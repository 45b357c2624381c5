//! How many write requests an apply sent in every ten seconds, the length of Intercom's rate-limit window.

use std::collections::BTreeMap;

use super::super::applied::{AppliedFigures, WINDOW_SECONDS};
use super::super::figures::Figures;
use super::svg;

/// Columns that can be told apart.
const COLUMNS: u64 = 150;

/// The columns; a long run's columns are several windows each and show the busiest. The line is the limit the workspace
/// told, or what the plan assumed where nobody noted that.
pub(super) fn svg(figures: &Figures, applied: &AppliedFigures) -> String {
    let Some((&last, _)) = applied.windows.last_key_value() else { return String::new() };
    // A plan that is taken up again after days has a long silence: what matters is the pace while it ran
    let each = (last / COLUMNS) + 1;
    let mut busiest: BTreeMap<u64, u64> = BTreeMap::new();
    for (window, count) in &applied.windows {
        let most = busiest.entry(window / each).or_default();
        *most = (*most).max(*count);
    }
    let columns: Vec<u64> = (0..=last / each).map(|column| busiest.get(&column).copied().unwrap_or(0)).collect();
    let limit = applied.window_limit.unwrap_or(figures.forecast.window_limit);
    let step = u64::try_from(WINDOW_SECONDS).unwrap_or(1).saturating_mul(each);
    svg::columns("Write requests every ten seconds", &columns, limit.into(), step)
}
