//! Reading the inputs of a run: files, standard input, the workspace.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{exit, file};
use crate::config::Settings;
use crate::contact::{Packed, Record, Side, SourceId};
use crate::ingest::{self, Ingested, Normalizer, Source, Wanted};
use crate::intercom::Snapshot;
use crate::link::Near;
use crate::plan::Inputs;

/// Reads one file.
pub(super) fn read_file(path: &Path, id: SourceId, side: Side, options: &ingest::Options) -> anyhow::Result<Ingested> {
    read_file_watched(path, id, side, options, &|_| true, &mut |_| ())
}

fn read_file_watched(
    path: &Path,
    id: SourceId,
    side: Side,
    options: &ingest::Options,
    wanted: &Wanted<'_>,
    watch: &mut dyn FnMut(&'static str),
) -> anyhow::Result<Ingested> {
    let reader = file::open_input(path)?;
    Ok(ingest::read_those(reader, id, &file::input_name(path), side, options, wanted, watch)?)
}

/// The options of phase 1, checked.
pub(super) fn options(settings: &Settings) -> anyhow::Result<ingest::Options> {
    let sources = settings.source.iter().map(|(name, source)| (format!("[source.{name}] region"), &source.region));
    for (named, region) in std::iter::once(("--region".to_owned(), &settings.input.region)).chain(sources) {
        if let Some(text) = region.as_deref().filter(|text| crate::contact::Region::parse(text).is_none()) {
            let message = format!("{named} '{text}': no such country; write two letters, for instance US or DE");
            return Err(exit::usage(message));
        }
    }
    Ok(settings.ingest_options())
}

/// Reads all files of one side. `watch` is told the name of each step as it ends. Records go where those go that are there.
pub(super) fn read_files(
    inputs: &mut Inputs,
    paths: &[PathBuf],
    side: Side,
    settings: &Settings,
    watch: &mut dyn FnMut(&'static str),
) -> anyhow::Result<()> {
    options(settings)?;
    for path in paths {
        let id = next_id(inputs)?;
        let mut options = settings.ingest_options_for(&file::input_name(path));
        options.scratch = inputs.records.scratch().cloned();
        add(inputs, read_file_watched(path, id, side, &options, &|_| true, watch)?);
    }
    Ok(())
}

/// Reads the lists, then of existing contacts those only that come near one of their rows. Existing ones stand first all
/// the same.
pub(super) fn read_near(
    existing: &[PathBuf],
    incoming: &[PathBuf],
    settings: &Settings,
    watch: &mut dyn FnMut(&'static str),
) -> anyhow::Result<Inputs> {
    options(settings)?;
    let id = |place: usize| u16::try_from(place).map(SourceId).map_err(|_| exit::usage("more than 65,535 inputs"));
    let mut lists = Inputs::default();
    for (place, path) in incoming.iter().enumerate() {
        let id = id(existing.len() + place)?;
        let options = settings.ingest_options_for(&file::input_name(path));
        add(&mut lists, read_file_watched(path, id, Side::Incoming, &options, &|_| true, watch)?);
    }
    let near = Near::to(&lists.records);
    let mut inputs = Inputs::default();
    for (place, path) in existing.iter().enumerate() {
        let options = settings.ingest_options_for(&file::input_name(path));
        let wanted = |record: &Record| near.holds(record);
        add(&mut inputs, read_file_watched(path, id(place)?, Side::Existing, &options, &wanted, watch)?);
    }
    inputs.sources.extend(lists.sources);
    inputs.records.append(lists.records);
    inputs.rejects.extend(lists.rejects);
    Ok(inputs)
}

/// The id the next input gets.
pub(super) fn next_id(inputs: &Inputs) -> anyhow::Result<SourceId> {
    u16::try_from(inputs.sources.len()).map(SourceId).map_err(|_| exit::usage("more than 65,535 inputs"))
}

/// Adds one input.
pub(super) fn add(inputs: &mut Inputs, ingested: Ingested) {
    inputs.sources.push(ingested.source);
    inputs.records.append(ingested.records);
    inputs.rejects.extend(ingested.rejects);
}

/// The contacts of a workspace as one more input, normalised by the same code as rows.
pub(super) fn of_workspace(snapshot: &Snapshot, workspace: &str, id: SourceId, settings: &Settings) -> Ingested {
    let normalizer = of_contacts(settings);
    let records: Packed<Record> = snapshot.rows(id).into_iter().map(|row| normalizer.record(row)).collect();
    Ingested { source: Source::workspace(id, workspace, records.len() as u64), records, rejects: Vec::new() }
}

/// What makes records of contacts of a workspace.
pub(super) fn of_contacts(settings: &Settings) -> Normalizer {
    let region = settings.input.region.as_deref().and_then(crate::contact::Region::parse);
    Normalizer { region, side: Side::Existing, ..Normalizer::default() }
}

/// Files that are named twice would make every row its own duplicate.
pub(super) fn refuse_repeats(paths: &[PathBuf]) -> anyhow::Result<()> {
    for (position, path) in paths.iter().enumerate() {
        if paths.get(..position).is_some_and(|earlier| earlier.contains(path)) {
            return Err(exit::usage(format!("{}: named twice", path.display())));
        }
    }
    Ok(())
}

/// The current time in Unix seconds.
pub(super) fn now() -> anyhow::Result<crate::contact::Timestamp> {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .context("the clock of this machine is set before 1970")?;
    Ok(crate::contact::Timestamp(i64::try_from(since.as_secs()).unwrap_or(i64::MAX)))
}
