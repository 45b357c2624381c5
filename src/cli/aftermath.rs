//! What people find after an apply: the count of every outcome, the page brought up to date, and the files to go on
//! with beside the plan: `NAME.errors.csv`, `NAME.idmap.csv` and `NAME.outcomes.csv`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::OutputArgs;
use super::file;
use super::journal::lend_part;
use super::printer::Printer;
use super::report::plainly;
use crate::plan::ActionId;
use crate::report::{self, ExportFile, Subject, Tallied};
use crate::store::{Part, PlanFile, Survey};

/// Rows or actions that are in memory at a time while the files are written.
const AT_A_TIME: u32 = 10_000;

/// The files that are written after every apply.
const FILES: [ExportFile; 3] = [ExportFile::Errors, ExportFile::IdMap, ExportFile::Outcomes];

/// Where a file stands: `web.plan` → `web.errors.csv`.
fn place(plan: &Path, export: ExportFile) -> PathBuf {
    file::beside(plan, export.name())
}

/// Brings the page, if there is one, and the files up to date, and tells what became of every row.
pub(super) fn settle(plan_file: &PlanFile, path: &Path, output: &OutputArgs, printer: &Printer) -> anyhow::Result<()> {
    refresh(plan_file, path, printer)?;
    tell(plan_file, output, printer)
}

/// The same without telling, after an undo or an unattended night.
pub(super) fn refresh(plan_file: &PlanFile, path: &Path, printer: &Printer) -> anyhow::Result<()> {
    let page = file::beside(path, "html");
    if page.exists() {
        let survey = Survey::of(plan_file)?;
        file::write_whole(&page, |mut out| report::page(&survey, None, &mut out).map_err(plainly))?;
    }
    files(plan_file, path, printer)
}

/// Writes the files, part by part.
pub(super) fn files(plan_file: &PlanFile, path: &Path, printer: &Printer) -> anyhow::Result<()> {
    let mut written = Vec::new();
    for export in FILES {
        let path = place(path, export);
        file::write_whole(&path, |out| {
            in_parts(plan_file, export, AT_A_TIME, out).map_err(|error| io::Error::other(format!("{error:#}")))
        })?;
        written.push(path.display().to_string());
    }
    printer.say(&format!("written: {}", written.join(", ")));
    Ok(())
}

fn in_parts(plan_file: &PlanFile, export: ExportFile, at_a_time: u32, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut out = OneHeader { out, parts: 0, in_header: false };
    let mut write = |part: &Part| {
        out.begin();
        lend_part(part, |applied| report::export(&part.plan, Some(applied), export, &mut out))
    };
    if export == ExportFile::Errors {
        return Ok(write(&plan_file.part_of_failures()?)?);
    }
    if export == ExportFile::IdMap {
        let mut after = None;
        while let Some(part) = plan_file.part_of_removals(after, at_a_time)? {
            write(&part)?;
            after = Some(ActionId(part.last));
        }
    }
    let mut after = None;
    while let Some(part) = plan_file.part_of_rows(after, at_a_time)? {
        write(&part)?;
        after = Some(part.last);
    }
    if out.parts == 0 {
        // Nothing to tell is told under the header
        let nothing = plan_file.part_of_failures()?;
        out.begin();
        lend_part(&nothing, |applied| report::export(&nothing.plan, Some(applied), export, &mut out))?;
    }
    Ok(())
}

/// Leaves the header line out of every part but the first. Headers of these files have no line break in them.
struct OneHeader<'o> {
    out: &'o mut dyn Write,
    parts: u64,
    in_header: bool,
}

impl OneHeader<'_> {
    fn begin(&mut self) {
        self.in_header = self.parts > 0;
        self.parts += 1;
    }
}

impl Write for OneHeader<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.in_header {
            return self.out.write(bytes);
        }
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(bytes.len()) };
        self.in_header = false;
        Ok(end + 1)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Prints what became of every row, or the whole summary as JSON.
pub(super) fn tell(plan_file: &PlanFile, output: &OutputArgs, printer: &Printer) -> anyhow::Result<()> {
    if !output.json {
        return counts(plan_file, printer);
    }
    let mut out = printer.data();
    report::overview_json(Survey::of(plan_file)?.figures(), &mut out)?;
    Ok(out.flush()?)
}

/// What became of every row, from counts alone.
fn counts(plan_file: &PlanFile, printer: &Printer) -> anyhow::Result<()> {
    if printer.is_quiet() {
        return Ok(());
    }
    let size = plan_file.size()?;
    let mut outcomes = plan_file.outcome_counts()?;
    *outcomes.entry(crate::plan::Outcome::Rejected).or_default() += size.rejected;
    let tallied = Tallied { outcomes, to_review: plan_file.skipped_for_review()?, given: size.rows };
    let mut out = printer.data();
    report::reconciliation(&tallied, &printer.text_options(), &mut out)?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::journal::{Journal, with_applied};
    use crate::contact::{IntercomId, Origin, Record, RecordBuilder, SourceId, Timestamp};
    use crate::ingest::{Reject, RejectReason};
    use crate::link::RecordIndex;
    use crate::plan::{Action, ActionBody, Forecast, Header, Outcome, Plan, RowPlan, Target};
    use crate::store::{ActionState, JournalEntry, RowOutcome};

    const OUTCOMES: [Outcome; 5] =
        [Outcome::Created, Outcome::Failed, Outcome::Merged, Outcome::Unknown, Outcome::Archived];

    fn record(number: u32) -> Record {
        // Every third row was rejected
        let row = number + number / 2 + 1;
        let built = RecordBuilder::lead().row(row).email("ann@hillside.example");
        let mut record = if number.is_multiple_of(2) { built.existing(&format!("5f{number}")) } else { built }.build();
        record.id = Some(IntercomId(format!("5f{number}").into()));
        record
    }

    /// Seven rows, three rejected ones between and after them, three contacts that go.
    fn plan() -> Plan {
        let reject = |row| Reject {
            origin: Origin { source: SourceId(0), row, line: u64::from(row) + 1 },
            column: None,
            column_name: None,
            reason: RejectReason::TooFewCells,
            message: "nothing in it".to_owned(),
            suggestion: "leave it out".to_owned(),
            cells: vec!["a".to_owned()],
        };
        let row = |number| RowPlan {
            record: RecordIndex(number),
            group: number + 1,
            expected: Outcome::Skipped,
            decided_by: Vec::new(),
            reason: "as planned".into(),
        };
        let id = |number: u32| IntercomId(format!("5f{number}").into());
        let action = |(number, body)| Action {
            id: ActionId(number),
            group: number,
            target: if number == 1 { Target::CreatedBy(ActionId(1)) } else { Target::Existing(id(number)) },
            body,
            reason: "a test wants it".into(),
            needs: Vec::new(),
        };
        let bodies = [
            ActionBody::Create { role: crate::contact::Role::Lead, values: crate::contact::Compact::default() },
            ActionBody::Merge { from: id(3) },
            ActionBody::Archive { survivor: Target::CreatedBy(ActionId(1)) },
            ActionBody::Delete { survivor: Target::Existing(id(0)) },
        ];
        Plan {
            header: Header {
                tool_version: "0.1.0".to_owned(),
                made_at: Timestamp(0),
                workspace: None,
                api_version: "2.14".to_owned(),
                settings: json!({}),
            },
            sources: Vec::new(),
            records: (0..7).map(record).collect(),
            rejects: [3, 6, 12].map(reject).into(),
            linkage: crate::link::Linkage::default(),
            actions: (1..).zip(bodies).map(action).collect(),
            rows: (0..7).map(row).collect(),
            attributes: Vec::new(),
            forecast: Forecast::default(),
        }
    }

    #[test]
    fn files_in_parts_of_any_size_are_the_files_of_the_whole_plan() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.plan");
        PlanFile::create(&path, &plan()).unwrap();
        let mut plan_file = PlanFile::open_for_journal(&path).unwrap();
        let outcome = |(record, outcome)| RowOutcome {
            record: RecordIndex(record),
            outcome,
            contact: Some(IntercomId(format!("new{record}").into())),
            message: format!("became {}", outcome.name()),
        };
        let outcomes = (1..).zip(OUTCOMES).map(outcome).collect();
        let made = ActionState::Done { contact: Some(IntercomId("made".into())) };
        let states = [(1, made), (2, ActionState::AlreadySo), (4, ActionState::Failed { message: "no".to_owned() })];
        let states = states.map(|(action, state)| JournalEntry::State { action: ActionId(action), state });
        plan_file.record(&[&states[..], &[JournalEntry::Outcomes(outcomes)]].concat()).unwrap();

        let (whole, journal) = (plan_file.plan().unwrap(), Journal::read(&plan_file).unwrap());
        for export in FILES {
            let mut expected = Vec::new();
            with_applied(&whole, journal.as_ref(), |applied| report::export(&whole, applied, export, &mut expected))
                .unwrap();
            assert!(expected.split(|byte| *byte == b'\n').count() > 5, "{export:?} has something to tell");
            for at_a_time in 1..9 {
                let mut parts = Vec::new();
                in_parts(&plan_file, export, at_a_time, &mut parts).unwrap();
                assert_eq!(
                    String::from_utf8(parts).unwrap(),
                    String::from_utf8(expected.clone()).unwrap(),
                    "{export:?} by {at_a_time}"
                );
            }
        }
    }

    #[test]
    fn a_plan_of_nothing_has_files_of_headers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.plan");
        let nothing = Plan {
            records: crate::contact::Packed::default(),
            rejects: Vec::new(),
            actions: Vec::new(),
            rows: Vec::new(),
            ..plan()
        };
        PlanFile::create(&path, &nothing).unwrap();
        let plan_file = PlanFile::open(&path).unwrap();
        for export in FILES {
            let mut written = Vec::new();
            in_parts(&plan_file, export, 10, &mut written).unwrap();
            assert_eq!(written.split(|byte| *byte == b'\n').count(), 2, "{export:?}");
        }
    }
}
