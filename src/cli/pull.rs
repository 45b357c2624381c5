//! `leadfold pull`: the whole workspace as CSV.

use std::path::PathBuf;

use clap::Args;

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::Exit;
use super::printer::Printer;
use super::progress::Progress;
use super::setting_args::{self, IntercomArgs};
use super::signal::Cancel;
use super::{Outcome, connect, file};
use crate::intercom::{self, Client, Me, ReadWorkspace, Snapshot};

/// Save the whole workspace as CSV
///
/// The file holds ids, tags, companies and custom attributes, and `plan --existing` reads it back.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold pull -o workspace.csv
  leadfold plan list.csv --existing workspace.csv -o list.plan     plan without asking Intercom again")]
pub(super) struct PullArgs {
    /// The file to write; `-` is standard output
    #[arg(long, short, value_name = "FILE.csv")]
    output_file: PathBuf,
    #[command(flatten)]
    intercom: IntercomArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// Runs the verb.
pub(super) fn run(arguments: &PullArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let settings = setting_args::layers(&arguments.config, [arguments.intercom.layer()])?.settings()?;
    file::check_folder_of(&arguments.output_file)?;
    let client = connect::client(&settings)?;
    let (me, snapshot) = read_workspace(&client, printer, cancel)?;
    file::write_whole(&arguments.output_file, |out| Ok(snapshot.write_csv(out)?))?;
    let contacts = snapshot.members.len();
    if output.json && arguments.output_file.as_os_str() != "-" {
        let document =
            serde_json::json!({ "schema": "leadfold.pull/1", "contacts": contacts, "workspace": me.workspace_id });
        let mut out = printer.data();
        std::io::Write::write_all(&mut out, format!("{document:#}\n").as_bytes())?;
        std::io::Write::flush(&mut out)?;
    }
    printer.say(&format!(
        "{contacts} contacts of {} written to {}",
        me.workspace_name,
        arguments.output_file.display()
    ));
    Ok(Exit::Done)
}

/// Reads the workspace and every contact of it.
pub(super) fn read_workspace(client: &Client, printer: &Printer, cancel: &Cancel) -> anyhow::Result<(Me, Snapshot)> {
    let progress = Progress::start(printer, "reading the workspace", None);
    let read = cancel.block_on(async {
        let me = client.me().await?;
        let snapshot = Snapshot::pull(client, |read, total| progress.at(read, total, "")).await?;
        Ok::<_, intercom::Error>((me, snapshot))
    });
    progress.finish();
    let (me, snapshot) = read?;
    if snapshot.drift() != 0 {
        printer.say(&format!(
            "note: others changed the workspace while it was read ({} contacts more or fewer than counted)",
            snapshot.drift().abs()
        ));
    }
    Ok((me, snapshot))
}
