//! What the charts of the page show, counted from the plan.

mod conflicts;
mod pace;
mod quality;
mod svg;

use crate::plan::Outcome;

use super::figures::{Figures, LARGE_GROUP};
use super::tally::Tally;
use super::words;
pub(super) use conflicts::Conflicts;
use svg::Bar;

/// A chart of the page: heading, drawing, and the question it answers.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) question: &'static str,
    pub(super) svg: String,
}

/// The charts that have something to show.
pub(super) fn all(figures: &Figures, conflicts: &Conflicts) -> Vec<Chart> {
    let pace = figures.applied.as_ref().map(|applied| pace::svg(figures, applied)).unwrap_or_default();
    let charts = [
        Chart {
            title: "Write requests every ten seconds",
            question: "Did it keep to the limit? Requests that read are not in the journal and not in the bars.",
            svg: pace,
        },
        Chart {
            title: "Rows by outcome",
            question: "What becomes of every row?",
            svg: svg::bars("Rows by outcome", &outcomes(&figures.tally)),
        },
        Chart {
            title: "Leads and users, before and after",
            question: "What will the workspace look like?",
            svg: svg::bars("Leads and users, before and after", &roles(figures)),
        },
        Chart {
            title: "Match weights of pairs",
            question: "Is the line between yes and no in the valley? (bits; heights are logarithmic)",
            svg: svg::weights("Match weights of pairs", &figures.weights, figures.review_weight, figures.auto_weight),
        },
        Chart {
            title: "Group sizes",
            question: "Is there a giant group, chained by a shared inbox?",
            svg: svg::bars("Group sizes", &sizes(figures)),
        },
        Chart {
            title: "What carried the joins",
            question: "Which comparison speaks loudest in the pairs that were joined?",
            svg: svg::bars("What carried the joins", &carriers(figures)),
        },
        Chart {
            title: "Fields the members disagree on",
            question: "Groups in which values differ, and whose value is kept. What is not kept goes into a note on the contact, unless you told it not to.",
            svg: svg::stacked("Fields the members disagree on", &conflicts::LEGEND, &conflicts.stacks()),
        },
        Chart {
            title: "Data quality by column",
            question: "Is the input fit to be compared? An empty column says nothing for or against a match.",
            svg: svg::stacked("Data quality by column", &quality::LEGEND, &quality::of(&figures.sources)),
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

fn sizes(figures: &Figures) -> Vec<Bar> {
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
            let class = if from > LARGE_GROUP { "danger" } else { "auto" };
            Bar::new(label, figures.groups.sizes.range(from..=to).map(|(_, groups)| groups).sum(), class)
        })
        .filter(|bar| bar.value > 0)
        .collect()
}

fn roles(figures: &Figures) -> Vec<Bar> {
    let count = |contacts: i64| u64::try_from(contacts).unwrap_or(0);
    let ([leads, users], [leads_then, users_then]) = (figures.roles.now, figures.roles.then);
    vec![
        Bar::new("leads now", count(leads), "calm"),
        Bar::new("leads after", count(leads_then), "create"),
        Bar::new("users now", count(users), "calm"),
        Bar::new("users after", count(users_then), "create"),
    ]
}

/// For each comparison: joined pairs in which it has the largest weight.
fn carriers(figures: &Figures) -> Vec<Bar> {
    let bar = |(comparison, pairs): (&_, &u64)| Bar::new(words::comparison(*comparison), *pairs, "auto");
    let mut bars: Vec<Bar> = figures.carriers.iter().map(bar).collect();
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.value));
    bars
}
