//! `leadfold check`: what is in a file, before anything else.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::args::{ConfigFileArgs, OutputArgs};
use super::exit::Exit;
use super::printer::Printer;
use super::setting_args::{self, InputArgs};
use super::{Outcome, file, inputs};
use crate::contact::{Side, SourceId};
use crate::report;

/// Read files and say what is in them
///
/// Encoding, separator, what every column means, how well it is filled, bad rows, and a preview of normalised values.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold check webinar.csv
  leadfold check *.csv --json
  leadfold check list.csv --map 'Contact=name' --region DE")]
pub(super) struct CheckArgs {
    /// Files to read; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    config: ConfigFileArgs,
}

/// Runs the verb.
pub(super) fn run(arguments: &CheckArgs, output: &OutputArgs, printer: &Printer) -> Outcome {
    let settings = setting_args::layers(&arguments.config, [arguments.input.layer()?])?.settings()?;
    inputs::options(&settings)?;
    let mut read = Vec::new();
    let mut out = printer.data();
    for (position, path) in arguments.files.iter().enumerate() {
        let id = SourceId(u16::try_from(position).unwrap_or(u16::MAX));
        let name = file::input_name(path);
        if let Some((source, _)) = settings.source_of(&name) {
            printer.say(&format!("{name}: read as [source.{source}] says"));
        }
        let ingested = inputs::read_file(path, id, Side::Incoming, &settings.ingest_options_for(&name))?;
        if !output.json {
            report::check_text(&ingested, &printer.text_options(), &mut out)?;
        }
        read.push(ingested);
    }
    if output.json {
        report::check_json(&read, &mut out)?;
    }
    out.flush()?;
    let rejected = read.iter().any(|ingested| !ingested.rejects.is_empty());
    Ok(if rejected { Exit::RowsFailed } else { Exit::Done })
}
