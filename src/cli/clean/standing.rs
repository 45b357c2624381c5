//! Nights on which nothing changed: no contact, no setting, no decision, not the program. Nothing is matched then, because the
//! last night's plan is the plan of tonight; its files are taken over, and the summary says since when nothing changed.
//!
//! Whether nothing changed is not guessed from times: the fingerprint covers everything a plan depends on (`terms`), and
//! notes, which are read when they are needed, are read again and compared.

use std::fs::File;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::compare;
use super::folder::PLAN;
use super::make::{self, Made};
use super::night::{Job, Site};
use super::record::{Ended, Night};
use super::terms::{Parts, Terms};
use crate::cli::file;
use crate::cli::mirror::Refreshed;
use crate::cli::report::plainly;
use crate::contact::IntercomId;
use crate::intercom::Member;
use crate::report::{self, ExportFile, SinceLast};
use crate::store::{Mirror, PlanFile, Survey};

const FILE: &str = "standing.json";

/// The plan that stands as long as nothing changes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Standing {
    /// The night it is kept in.
    run: String,
    /// Of everything it was made by and from.
    fingerprint: String,
    /// When the newest contact was created, Unix seconds.
    newest: Option<i64>,
    /// Contacts whose notes were read.
    noted: Vec<IntercomId>,
    /// A digest of these notes.
    notes: String,
}

impl Standing {
    /// What was made tonight, to be compared with another night.
    pub(super) fn of(made: &Made, fingerprint: String) -> anyhow::Result<Self> {
        Ok(Self {
            run: String::new(),
            fingerprint,
            newest: made.newest.map(|at| at.0),
            noted: made.noted.iter().map(|member| member.contact.id.clone()).collect(),
            notes: digest(&made.noted)?,
        })
    }

    /// Keeps it for the nights to come, when nothing was done about it: what is applied changes contacts.
    pub(super) fn keep(self, site: &Site<'_>, night: &Night) -> anyhow::Result<()> {
        let kept = if is_untouched(night) { Self { run: night.run.clone(), ..self } } else { Self::default() };
        site.nights.keep(FILE, &kept)
    }
}

/// Whether a night left its plan as it is, for a reason that holds as long as nothing changes.
fn is_untouched(night: &Night) -> bool {
    matches!(night.ended, Ended::Nothing | Ended::Reported)
}

/// The plan of the last night, if it is what matching would give tonight.
pub(super) fn still(
    job: &Job<'_>,
    site: &Site<'_>,
    mirror: &Mirror,
    refreshed: &Refreshed,
    terms: &Terms,
    last: Option<&Night>,
) -> anyhow::Result<Option<Standing>> {
    let known: Standing = site.nights.recollect(FILE);
    let Some(last) = last.filter(|last| is_untouched(last) && last.run == known.run) else { return Ok(None) };
    // Cheap to know, and mostly the answer
    if refreshed.changed > 0 || !refreshed.departed.is_empty() {
        return Ok(None);
    }
    // One that came while the last night was at work counts as new tonight
    if known.newest >= Some(compare::began(last)) || !is_whole(&site.nights.night(&last.run)) {
        return Ok(None);
    }
    if terms.fingerprint(mirror.contents()?)? != known.fingerprint {
        return Ok(None);
    }
    let noted = make::notes(job, site, mirror, &known.noted)?;
    Ok((digest(&noted)? == known.notes).then_some(known))
}

/// Whether a night's files are there, and nobody has worked on its plan since.
fn is_whole(night: &Path) -> bool {
    let all = names().all(|name| night.join(name).is_file()) && !night.join(format!("{PLAN}-wal")).exists();
    let is_new = |plan: PlanFile| Ok(!plan.has_journal()? && plan.decisions()?.is_empty());
    all && PlanFile::open(&night.join(PLAN)).and_then(is_new).unwrap_or(false)
}

/// The files that are taken over.
fn names() -> impl Iterator<Item = &'static str> {
    ExportFile::ALL.into_iter().map(ExportFile::name).chain([PLAN])
}

/// Lets the last night's plan and files be tonight's.
pub(super) fn take_over(site: &Site<'_>, night: &mut Night, last: &Night) -> anyhow::Result<()> {
    let (from, to) = (site.nights.night(&last.run), site.nights.night(&night.run));
    for name in names() {
        let mut source = File::open(from.join(name))?;
        file::write_whole(&to.join(name), |out| std::io::copy(&mut source, out).map(drop))?;
    }
    night.duplicates = last.duplicates;
    night.to_review = last.to_review;
    night.held_back = last.held_back;
    night.ended = last.ended;
    night.unchanged_since = Some(last.unchanged_since.clone().unwrap_or_else(|| last.run.clone()));
    night.since = Some(compare::nothing_since(last, night.contacts));
    page(&from, &to, &compare::beside(night, Some(last)))
}

/// The last night's page with tonight's numbers; made from the plan where that page is not what it was.
fn page(from: &Path, to: &Path, since: &SinceLast) -> anyhow::Result<()> {
    let (last, tonight) = (file::beside(&from.join(PLAN), "html"), file::beside(&to.join(PLAN), "html"));
    let last = std::fs::read_to_string(last).unwrap_or_default();
    let mut renewed = false;
    file::write_whole(&tonight, |mut out| report::of_later_night(&last, since, &mut out).map(|done| renewed = done))?;
    if !renewed {
        let survey = Survey::of(&PlanFile::open(&to.join(PLAN))?)?;
        file::write_whole(&tonight, |mut out| report::page(&survey, Some(since), &mut out).map_err(plainly))?;
    }
    Ok(())
}

fn digest(noted: &[Member]) -> anyhow::Result<String> {
    let mut digest = Parts::default();
    for member in noted {
        digest.add(serde_json::to_string(&(&member.contact.id, &member.notes))?.as_bytes());
    }
    Ok(digest.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Role;
    use crate::intercom::{Contact, Note};

    #[test]
    fn a_note_more_or_another_one_is_another_digest() {
        let with = |notes: &[&str]| {
            let note =
                |text: &&str| Note { id: "7".to_owned(), body: (*text).to_owned(), created_at: None, author: None };
            let notes = Some(notes.iter().map(note).collect());
            let contact = Contact::bare("1", Role::Lead);
            digest(&[Member { contact, tags: Vec::new(), companies: Vec::new(), notes }]).unwrap()
        };
        assert_eq!(with(&["one"]), with(&["one"]));
        assert_ne!(with(&["one"]), with(&["two"]));
        assert_ne!(with(&["one"]), with(&["one", "one"]));
    }
}
