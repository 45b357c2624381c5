//! A night in words: the body of a mail, and what to do next.

use std::fmt::Write;

use super::folder::PLAN;
use super::record::{Ended, Night};
use crate::config::Settings;

/// Says what to do next. Commands are whole, so that they can be copied.
pub(super) fn advise(night: &mut Night, settings: &Settings) {
    let plan = format!("{}/{PLAN}", night.folder);
    let report = plan.replace(".plan", ".html");
    match night.ended {
        Ended::Guardrail => {
            night.advice.push(format!("open {report}   shows what it would have done, and why"));
            night.advice.push(
                "if a list was imported twice: archive the copies in Intercom, the next night is quiet again"
                    .to_owned(),
            );
            night.advice.push(format!(
                "if it is right: leadfold apply {plan} --max-merge {0} --max-archive {0}   does it this once",
                night.duplicates
            ));
            night.advice.push("if so many are usual: raise [guardrails] max_merge and max_archive".to_owned());
        }
        Ended::Reported => {
            night.advice.push(format!("open {report}   shows what it would do, and why"));
            night.advice.push(format!("leadfold apply {plan}   does it this once"));
            if settings.clean.apply.is_empty() {
                night
                    .advice
                    .push("[clean] apply = [\"merge\", \"archive\"] in leadfold.toml   does it every night".to_owned());
            }
        }
        Ended::Incomplete => {
            night
                .advice
                .push(format!("leadfold show {plan} --outcomes   says what failed; the next night tries again"));
        }
        Ended::Failed => match night.exit_code {
            6 | 130 => night.advice.push("nothing is lost: the next night goes on where it stopped".to_owned()),
            8 => night.advice.push("leadfold whoami   checks the token and its permissions".to_owned()),
            _ => {}
        },
        Ended::Nothing | Ended::Applied => {}
    }
    if night.to_review > 0 && night.ended != Ended::Failed {
        night.advice.push(format!("leadfold review {plan}   decides on the groups that wait"));
    }
}

/// The first line of a mail: how it went.
fn headline(night: &Night) -> String {
    let workspace =
        if night.workspace_name.is_empty() { "no workspace reached" } else { night.workspace_name.as_str() };
    let outcome = match night.ended {
        Ended::Nothing => "nothing to do".to_owned(),
        Ended::Reported => format!("{} found, none touched", count(night.duplicates, "duplicate")),
        Ended::Applied => format!("{} merged, {} archived", night.merged, night.archived),
        Ended::Incomplete => {
            format!(
                "{} merged, {} archived, {}",
                night.merged,
                night.archived,
                count(night.failed, "action") + " failed"
            )
        }
        Ended::Guardrail => {
            format!("STOPPED by a guardrail: {} found, none touched", count(night.duplicates, "duplicate"))
        }
        Ended::Failed => "FAILED".to_owned(),
    };
    format!("leadfold clean: {workspace}: {outcome}")
}

/// The whole body, plain text, lines short enough for any mail program but for the commands.
pub(super) fn mail(night: &Night) -> String {
    let mut text = format!("{}\n\n", headline(night));
    for reason in &night.reasons {
        line(&mut text, reason);
    }
    if !night.reasons.is_empty() {
        text.push('\n');
    }
    let since = night.since.as_ref();
    let more = |number: u64, word: &str| if number == 0 { String::new() } else { format!("  ({number} {word})") };
    let mut row = |label: &str, value: String| line(&mut text, &format!("{label:<24}{value}"));
    row("began", night.started_at.clone());
    if !night.workspace.is_empty() {
        let contacts = since.filter(|since| since.contacts != 0);
        let contacts =
            contacts.map_or_else(String::new, |since| format!("  ({:+} since the last night)", since.contacts));
        row("contacts", format!("{}{contacts}", night.contacts));
        row(
            "new or changed",
            format!("{}{}", night.changed, more(since.map_or(0, |since| since.new_contacts), "created since")),
        );
        row("gone meanwhile", night.departed.to_string());
        if let Some(run) = &night.unchanged_since {
            row("nothing changed since", format!("{run}: not matched again, its plan stands"));
        }
        row(
            "duplicates found",
            format!("{}{}", night.duplicates, more(since.map_or(0, |since| since.new_groups), "new groups")),
        );
        row("merged", night.merged.to_string());
        row("archived", night.archived.to_string());
        row("failed", night.failed.to_string());
        if night.held_back > 0 {
            row("groups held back", format!("{}  (what they need is not in [clean] apply)", night.held_back));
        }
        row(
            "groups to review",
            format!("{}{}", night.to_review, more(since.map_or(0, |since| since.new_to_review), "new")),
        );
    }
    row("calls, minutes", format!("{}, {:.1}", night.calls, night.minutes()));
    if let Some(since) = since {
        row("since", since.run.clone());
    }
    if let Some(recovered) = &night.recovered {
        row(
            "finished first",
            format!(
                "{}, which was broken off: {} merged, {} archived in all",
                recovered.run, recovered.merged, recovered.archived
            ),
        );
    }
    if !night.folder.is_empty() {
        row("kept in", night.folder.clone());
    }
    if !night.advice.is_empty() {
        text.push_str("\nwhat to do\n");
        for advice in &night.advice {
            line(&mut text, &format!("  {advice}"));
        }
    }
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail
    let _ = writeln!(text, "{line}");
}

fn count(number: u64, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}
