//! How an apply went, added up from its journal.

use super::super::value::counted;
use super::super::{Error, PlanFile};
use super::{each, one};
use crate::contact::Timestamp;
use crate::report::{AppliedFigures, WINDOW_SECONDS};

/// How an apply went; nothing before one.
pub(super) fn applied(file: &PlanFile) -> Result<Option<AppliedFigures>, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM attempts) OR EXISTS (SELECT 1 FROM outcomes)
        OR EXISTS (SELECT 1 FROM action_states WHERE state <> 'pending')";
    if !one::<bool>(file, sql)? {
        return Ok(None);
    }
    let pace = file.pace()?;
    let requests = counted(one(file, "SELECT count(*) FROM attempts")?);
    let asked = "SELECT count(*) FROM (SELECT 1 FROM attempts GROUP BY action, step, request)";
    let started: Option<i64> = one(file, "SELECT min(intended_at) FROM attempts")?;
    let ended: Option<i64> = one(file, "SELECT max(ended_at) FROM attempts")?;
    let mut figures = AppliedFigures {
        requests,
        repeated: requests.saturating_sub(counted(one(file, asked)?)),
        rate_limited: pace.rate_limited,
        window_limit: pace.window_limit,
        seconds: AppliedFigures::seconds_between(started.map(Timestamp), ended.map(Timestamp)),
        ..AppliedFigures::default()
    };
    let first = started.unwrap_or_default();
    let sql = format!("SELECT (intended_at - {first}) / {WINDOW_SECONDS}, count(*) FROM attempts GROUP BY 1");
    each(file, &sql, |row| {
        figures.windows.insert(counted(row.get(0)?), counted(row.get(1)?));
        Ok(())
    })?;
    Ok(Some(figures))
}
