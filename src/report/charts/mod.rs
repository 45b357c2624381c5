//! What the charts of the page show, counted from the plan.

mod conflicts;
mod pace;
mod quality;
mod svg;

use std::collections::{BTreeMap, HashMap};

use crate::contact::{IntercomId, Role, Side};
use crate::link::{Band, Comparison};
use crate::plan::{ActionBody, Outcome, Plan, Target};

use super::applied::Applied;
use super::lookup::Lookup;
use super::tally::Tally;
use super::words;
use svg::Bar;

/// A chart of the page: heading, drawing, and the question it answers.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) question: &'static str,
    pub(super) svg: String,
}

/// The charts that have something to show.
pub(super) fn all(plan: &Plan, tally: &Tally, applied: Option<&Applied<'_>>) -> Vec<Chart> {
    let model = &plan.linkage.model;
    let weights = plan.linkage.pairs.iter().map(|pair| pair.weight.0);
    let pace = applied.map(|applied| pace::svg(plan, applied)).unwrap_or_default();
    let charts = [
        Chart {
            title: "Write requests every ten seconds",
            question: "Did it keep to the limit? Requests that read are not in the journal and not in the bars.",
            svg: pace,
        },
        Chart {
            title: "Rows by outcome",
            question: "What becomes of every row?",
            svg: svg::bars("Rows by outcome", &outcomes(tally)),
        },
        Chart {
            title: "Leads and users, before and after",
            question: "What will the workspace look like?",
            svg: svg::bars("Leads and users, before and after", &roles(plan)),
        },
        Chart {
            title: "Match weights of pairs",
            question: "Is the line between yes and no in the valley? (bits; heights are logarithmic; values over the bars are pairs)",
            svg: svg::weights("Match weights of pairs", weights, model.review_weight.0, model.auto_weight.0),
        },
        Chart {
            title: "Group sizes",
            question: "Is there a giant group, chained by a shared inbox?",
            svg: svg::bars("Group sizes", &sizes(plan)),
        },
        Chart {
            title: "What carried the joins",
            question: "Which comparison speaks loudest in the pairs that were joined?",
            svg: svg::bars("What carried the joins", &carriers(plan)),
        },
        Chart {
            title: "Fields the members disagree on",
            question: "Groups in which values differ, and whose value is kept. What is not kept goes into a note on the contact, unless you told it not to.",
            svg: svg::stacked("Fields the members disagree on", &conflicts::LEGEND, &conflicts::of(plan)),
        },
        Chart {
            title: "Data quality by column",
            question: "Is the input fit to be compared? An empty column says nothing for or against a match.",
            svg: svg::stacked("Data quality by column", &quality::LEGEND, &quality::of(plan)),
        },
    ];
    charts.into_iter().filter(|chart| !chart.svg.is_empty()).collect()
}

/// The class that colours an outcome.
pub(super) fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "create",
        Outcome::Updated => "update",
        Outcome::Merged => "merge",
        Outcome::Archived => "archive",
        Outcome::Deleted | Outcome::Failed | Outcome::Unknown => "danger",
        Outcome::Rejected => "rejected",
        Outcome::Unchanged | Outcome::Skipped => "calm",
    }
}

fn outcomes(tally: &Tally) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for (outcome, rows) in tally.lines() {
        let rows = if outcome == Outcome::Skipped { tally.left_alone() } else { rows };
        bars.push(Bar::new(outcome.name(), rows, outcome_class(outcome)));
    }
    bars.push(Bar::new("to review", tally.to_review, "review"));
    bars.push(Bar::new("not done yet", tally.pending, "calm"));
    bars.retain(|bar| bar.value > 0);
    bars
}

fn sizes(plan: &Plan) -> Vec<Bar> {
    const CLASSES: [(usize, usize, &str); 7] = [
        (2, 2, "2 rows"),
        (3, 3, "3 rows"),
        (4, 4, "4 rows"),
        (5, 5, "5 rows"),
        (6, 10, "6–10 rows"),
        (11, 20, "11–20 rows"),
        (21, usize::MAX, "21 rows and more"),
    ];
    CLASSES
        .into_iter()
        .map(|(from, to, label)| {
            let in_class = plan.linkage.groups.iter().filter(|group| (from..=to).contains(&group.members.len()));
            let class = if from > super::verdict::LARGE_GROUP { "danger" } else { "auto" };
            Bar::new(label, u64::try_from(in_class.count()).unwrap_or(u64::MAX), class)
        })
        .filter(|bar| bar.value > 0)
        .collect()
}

fn roles(plan: &Plan) -> Vec<Bar> {
    let existing = || plan.records.iter().filter(|record| record.side == Side::Existing);
    let mut role_of: HashMap<&IntercomId, Role> = HashMap::new();
    for record in existing() {
        if let (Some(id), Some(role)) = (&record.id, record.role) {
            role_of.insert(id, role);
        }
    }
    let mut now: BTreeMap<Role, i64> = BTreeMap::new();
    for role in existing().filter_map(|record| record.role) {
        *now.entry(role).or_default() += 1;
    }
    let mut then = now.clone();
    for action in &plan.actions {
        let gone = match (&action.body, &action.target) {
            (ActionBody::Create { role, .. }, _) => {
                *then.entry(*role).or_default() += 1;
                continue;
            }
            (ActionBody::Merge { from }, _) => Some(from),
            (ActionBody::Archive { .. } | ActionBody::Delete { .. }, Target::Existing(id)) => Some(id),
            _ => None,
        };
        if let Some(role) = gone.and_then(|id| role_of.get(id)) {
            *then.entry(*role).or_default() -= 1;
        }
    }
    let count =
        |counts: &BTreeMap<Role, i64>, role| u64::try_from(counts.get(&role).copied().unwrap_or(0)).unwrap_or(0);
    vec![
        Bar::new("leads now", count(&now, Role::Lead), "calm"),
        Bar::new("leads after", count(&then, Role::Lead), "create"),
        Bar::new("users now", count(&now, Role::User), "calm"),
        Bar::new("users after", count(&then, Role::User), "create"),
    ]
}

/// For each comparison: joined pairs in which it has the largest weight.
fn carriers(plan: &Plan) -> Vec<Bar> {
    let lookup = Lookup::new(plan);
    let mut counts: BTreeMap<Comparison, u64> = BTreeMap::new();
    for pair in &plan.linkage.pairs {
        let joined = match (lookup.group(pair.left), lookup.group(pair.right)) {
            (Some(left), Some(right)) => {
                left.id == right.id && [pair.left, pair.right].map(|end| left.band_of(end)) == [Band::Auto; 2]
            }
            _ => false,
        };
        let loudest = pair.terms.iter().max_by(|a, b| a.weight.0.total_cmp(&b.weight.0));
        if let (true, Some(term)) = (joined, loudest) {
            *counts.entry(term.comparison).or_default() += 1;
        }
    }
    let mut bars: Vec<Bar> =
        counts.into_iter().map(|(comparison, pairs)| Bar::new(words::comparison(comparison), pairs, "auto")).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.value));
    bars
}
