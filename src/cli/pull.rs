//! `leadfold pull`: the whole workspace into a mirror on this machine, and from there to CSV.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::{self, Exit};
use super::mirror::{self, Refreshed};
use super::printer::Printer;
use super::progress::Progress;
use super::setting_args::{self, IntercomArgs};
use super::signal::Cancel;
use super::{Outcome, connect, file};
use crate::intercom::{Client, CsvWriter, Me, ReadWorkspace, Snapshot};
use crate::store::{self, Fate, Mirror};

/// Save the whole workspace as CSV
///
/// The first pull reads every contact into a mirror on this machine; later ones read only what changed. The file holds ids,
/// tags, companies and custom attributes, and `plan --existing` reads it back.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold pull -o workspace.csv
  leadfold pull --full                       read everything again; without -o only the mirror is brought up to date
  leadfold plan list.csv --existing workspace.csv -o list.plan     plan without asking Intercom again")]
pub(super) struct PullArgs {
    /// The file to write; `-` is standard output
    #[arg(long, short, value_name = "FILE.csv")]
    output_file: Option<PathBuf>,
    /// The mirror, instead of the workspace's own in the user's state folder
    #[arg(long, value_name = "FILE.db")]
    mirror: Option<PathBuf>,
    /// Read everything again
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    intercom: IntercomArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// Departed contacts that are named one by one.
const NAMED: usize = 10;

/// Runs the verb.
pub(super) fn run(arguments: &PullArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let to_stdout = arguments.output_file.as_ref().is_some_and(|path| path.as_os_str() == "-");
    if output.json && to_stdout {
        return Err(exit::usage("--json and -o - both want standard output; name a file"));
    }
    let settings = setting_args::layers(&arguments.config, [arguments.intercom.layer()])?.settings()?;
    if let Some(path) = &arguments.output_file {
        file::check_folder_of(path)?;
    }
    let client = connect::client(&settings)?;
    let me = cancel.block_on(client.me())?;
    let mut mirror = mirror::open(arguments.mirror.as_deref(), &client, &me)?;
    let done = cancel.block_on(mirror::refresh(&mut mirror, &client, &me, arguments.full, mirror::now(), printer))?;
    for line in lines(&done) {
        printer.say(&line);
    }
    if let Some(path) = &arguments.output_file {
        file::write_whole(path, |out| write_csv(&mirror, out).map_err(|Failed(error)| error))?;
        if !to_stdout {
            printer.say(&format!("{} contacts of {} written to {}", done.contacts, me.workspace_name, path.display()));
        }
    }
    if output.json {
        let document = serde_json::json!({
            "schema": "leadfold.pull/1", "contacts": done.contacts, "workspace": me.workspace_id,
            "mirror": mirror.path().display().to_string(), "refreshed": done,
        });
        let mut out = printer.data();
        writeln!(out, "{document:#}")?;
        out.flush()?;
    }
    Ok(Exit::Done)
}

/// From the mirror to a file, one contact at a time.
fn write_csv(mirror: &Mirror, out: &mut dyn Write) -> Result<(), Failed> {
    let names = mirror.custom_names()?;
    let mut writer = CsvWriter::new(out, names.iter().map(String::as_str))?;
    mirror.each(|member| Ok::<_, Failed>(writer.write(member)?))?;
    Ok(writer.finish()?)
}

/// Why the file could not be written: a closed pipe has to stay recognisable.
struct Failed(std::io::Error);

impl From<csv::Error> for Failed {
    fn from(error: csv::Error) -> Self {
        Self(error.into())
    }
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Self {
        Self(std::io::Error::other(error))
    }
}

/// What a person should know.
fn lines(done: &Refreshed) -> Vec<String> {
    let mut lines = vec![if done.full {
        format!("every contact read: {} in the mirror, {} requests", done.contacts, done.requests)
    } else {
        format!("{} contacts new or changed: {} in the mirror, {} requests", done.changed, done.contacts, done.requests)
    }];
    if !done.departed.is_empty() {
        lines.push(format!("{} contacts went away meanwhile and are out of the mirror:", done.departed.len()));
        lines.extend(done.departed.iter().take(NAMED).map(|departed| {
            let fate = match &departed.fate {
                Fate::Archived => "archived".to_owned(),
                Fate::Merged { into: Some(into) } => format!("merged into {}", into.0),
                Fate::Merged { into: None } => "merged".to_owned(),
                Fate::Gone => "deleted or merged".to_owned(),
            };
            format!("  {} {fate}", departed.id)
        }));
    }
    match done.drift {
        0 => {}
        more @ 1.. if !done.full => lines.push(format!(
            "note: the mirror has {more} contacts more than the workspace: they were archived, merged or deleted meanwhile; \
             leadfold pull --full finds which"
        )),
        fewer @ ..=-1 if !done.full => lines.push(format!(
            "note: the workspace has {} contacts more than the mirror: too new for a search; the next pull will have them",
            fewer.unsigned_abs()
        )),
        drift => lines.push(format!(
            "note: others changed the workspace while it was read ({} contacts more or fewer than counted)",
            drift.unsigned_abs()
        )),
    }
    lines
}

/// Reads the workspace: what changed since the last pull or plan, or with `full` every contact. Where there can be no mirror
/// (the state folder cannot be written, another pull has it) every contact is read past it.
pub(super) fn read_workspace(
    client: &Client,
    full: bool,
    printer: &Printer,
    cancel: &Cancel,
) -> anyhow::Result<(Me, Snapshot)> {
    let me = cancel.block_on(client.me())?;
    match mirror::open(None, client, &me) {
        Ok(mirror) => {
            let snapshot = mirror::snapshot(mirror, client, &me, full, printer, cancel)?;
            return Ok((me, snapshot));
        }
        Err(why) => printer.say(&format!("note: {why:#}; every contact is read instead")),
    }
    let progress = Progress::start(printer, "reading the workspace", None);
    let read = cancel.block_on(Snapshot::pull(client, |read, total| progress.at(read, total, "")));
    progress.finish();
    let snapshot = read?;
    if snapshot.drift() != 0 {
        printer.say(&format!(
            "note: others changed the workspace while it was read ({} contacts more or fewer than counted)",
            snapshot.drift().abs()
        ));
    }
    Ok((me, snapshot))
}
