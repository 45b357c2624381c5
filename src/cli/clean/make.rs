//! The night's plan: the mirror's contacts as records, linked and decided; the same plan that `plan --pull` would make of
//! the workspace now.
//!
//! Contacts go from the mirror to records a few at a time, so that the workspace is in memory once, packed. Notes cost a
//! request a contact; only those of contacts something happens to are read, and then it is decided again.

use std::collections::{BTreeMap, BTreeSet};

use super::night::{Job, Site};
use super::terms::Terms;
use crate::cli::inputs;
use crate::cli::progress::Progress;
use crate::cli::timings::Timings;
use crate::contact::{IntercomId, Packed, Record, Records as _, SourceId, Timestamp};
use crate::ingest::{Ingested, Source};
use crate::intercom::{Member, Snapshot};
use crate::link::{self, Group, RecordIndex};
use crate::plan::{self, Inputs, Plan};
use crate::store::{Contents, Mirror};

/// The one input of a night.
const SOURCE: SourceId = SourceId(0);

/// A plan, and what a later night has to know of how it was made.
pub(super) struct Made {
    pub(super) plan: Plan,
    /// Contacts created since the last night.
    pub(super) new: u64,
    /// When the newest contact was created.
    pub(super) newest: Option<Timestamp>,
    /// Everything that is known of every contact.
    pub(super) contents: Contents,
    /// The contacts whose notes were read, with them.
    pub(super) noted: Vec<Member>,
}

/// Links the mirror's contacts and decides. `since` is when the last night began.
pub(super) fn plan(
    job: &Job<'_>,
    site: &Site<'_>,
    mirror: &Mirror,
    terms: &Terms,
    since: Option<Timestamp>,
    timings: &mut Timings,
) -> anyhow::Result<Made> {
    let Found { inputs, with_notes, newest, new, contents } = Found::read(job, site, mirror, since)?;
    timings.end("read");
    let mut recalled = plan::recall(&inputs.records, &terms.remembered);
    let options = link::Options { decided: std::mem::take(&mut recalled.decided), ..job.settings.link_options() };
    let linked = link::link_watched(&inputs.records, &options, job.model, &mut |step| timings.end(step));
    let decide = |inputs: Inputs| {
        let linkage = linked.whole(&inputs.records);
        recalled.follow(plan::assemble(terms.header.clone(), inputs, linkage, &job.settings.plan), &job.settings.plan)
    };
    let mut plan = decide(inputs);
    timings.end("decide");
    let mut noted = Vec::new();
    let ids = changing(&plan, &with_notes);
    if !ids.is_empty() {
        noted = notes(job, site, mirror, &ids)?;
        let Plan { sources, records, rejects, .. } = plan;
        let records = with_their_notes(job, &records, &noted);
        timings.end("notes");
        plan = decide(Inputs { sources, records, rejects });
        timings.end("decide");
    }
    Ok(Made { plan, new, newest, contents, noted })
}

/// The contacts of a workspace.
struct Found {
    inputs: Inputs,
    /// Contacts that have notes, in order.
    with_notes: Vec<RecordIndex>,
    newest: Option<Timestamp>,
    new: u64,
    contents: Contents,
}

impl Found {
    fn read(job: &Job<'_>, site: &Site<'_>, mirror: &Mirror, since: Option<Timestamp>) -> anyhow::Result<Self> {
        let normalizer = inputs::of_contacts(job.settings);
        let record = |place: usize, member: Member| {
            let row = u32::try_from(place + 1).unwrap_or(u32::MAX);
            let has_notes = member.contact.notes.total > 0;
            (normalizer.record(member.into_row(SOURCE, row)), has_notes)
        };
        let mut records = Packed::default();
        let (mut with_notes, mut newest, mut new) = (Vec::new(), None, 0);
        let contents = mirror.each_made(record, |(record, has_notes): (Record, bool)| {
            if has_notes {
                with_notes.push(RecordIndex(u32::try_from(records.len()).unwrap_or(u32::MAX)));
            }
            newest = newest.max(record.created_at);
            new += u64::from(since.is_some() && record.created_at >= since);
            records.push(&record);
            Ok::<_, crate::store::Error>(())
        })?;
        let source = Source::workspace(SOURCE, &site.me.workspace_id, records.len() as u64);
        let inputs = Inputs::gather([Ingested { source, records, rejects: Vec::new() }]);
        Ok(Self { inputs, with_notes, newest, new, contents })
    }
}

/// Contacts with notes in groups that something happens to.
fn changing(plan: &Plan, with_notes: &[RecordIndex]) -> Vec<IntercomId> {
    if with_notes.is_empty() {
        return Vec::new();
    }
    let groups: BTreeSet<u32> = plan.actions.iter().map(|action| action.group).collect();
    let members = plan.linkage.groups.iter().filter(|group| groups.contains(&group.id)).flat_map(Group::core);
    members
        .filter(|index| with_notes.binary_search(index).is_ok())
        .filter_map(|index| plan.records.head(usize::try_from(index.0).ok()?)?.id.clone())
        .collect()
}

/// Reads the notes of these contacts.
pub(super) fn notes(
    job: &Job<'_>,
    site: &Site<'_>,
    mirror: &Mirror,
    ids: &[IntercomId],
) -> anyhow::Result<Vec<Member>> {
    let mut snapshot = Snapshot::default();
    for id in ids {
        snapshot.members.extend(mirror.member(id)?);
    }
    let progress = Progress::start(job.printer, "reading notes", None);
    let filled = job.cancel.block_on(snapshot.fill_notes(site.client, ids));
    progress.finish();
    filled?;
    Ok(snapshot.members)
}

/// The records, those of the contacts that were asked for with their notes.
fn with_their_notes(job: &Job<'_>, records: &Packed<Record>, asked: &[Member]) -> Packed<Record> {
    let normalizer = inputs::of_contacts(job.settings);
    let notes: BTreeMap<&IntercomId, _> = asked
        .iter()
        .map(|member| (&member.contact.id, normalizer.record(member.clone().into_row(SOURCE, 0)).notes))
        .collect();
    let mut all = Packed::default();
    for mut record in records.unpacked() {
        if let Some(notes) = record.id.as_ref().and_then(|id| notes.get(id)) {
            record.notes.clone_from(notes);
        }
        all.push(&record);
    }
    all
}
