//! `leadfold plan`: read, link, decide, write the plan and its report.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::apply::GuardrailArgs;
use super::args::{ConfigFileArgs, OutputArgs};
use super::aside::Aside;
use super::deciding_args::DecidingArgs;
use super::exit::{self, Exit};
use super::inputs;
use super::memory::Size;
use super::printer::Printer;
use super::progress::Progress;
use super::pull::read_workspace;
use super::report::plainly;
use super::setting_args::{self, InputArgs, IntercomArgs};
use super::signal::Cancel;
use super::timings::{Timings, TimingsFormat};
use super::{Outcome, connect, file, match_model};
use crate::config::{Layers, Settings};
use crate::contact::{IntercomId, Packed, Record, Records as _, Side, SourceId};
use crate::ingest::{Ingested, Reject};
use crate::intercom::{Client, Me, Snapshot};
use crate::link::{self, Groups, Linked, Model};
use crate::plan::{self, Header, Inputs, Making, Recalled, Totals, Violation, WorkspaceBinding};
use crate::report::{self, Subject as _};
use crate::review::DecisionsFile;
use crate::store::{PlanFile, Survey};

/// Normalise, group and decide; write a plan and its report
///
/// Reads everything, writes nothing to Intercom.
#[derive(Clone, Debug, Default, Args)]
#[command(before_help = "\
Examples:
  leadfold plan webinar.csv --pull -o web.plan               a list against the live workspace
  leadfold plan --existing leads.csv --existing users.csv -o clean.plan
                                                             duplicates among exported contacts
  zcat list.csv.gz | leadfold plan - -o list.plan            from a pipe (gzip is read as it is, too)
  leadfold plan list.csv --map 'Contact=name' --region DE -o list.plan")]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag of the command line")]
pub(super) struct PlanArgs {
    /// Lists to bring in; `-` is standard input
    #[arg(value_name = "INCOMING")]
    pub(super) incoming: Vec<PathBuf>,
    /// Exports of what the workspace holds already; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) existing: Vec<PathBuf>,
    /// Read the workspace itself through the API: what changed since the last pull or plan
    #[arg(long)]
    pub(super) pull: bool,
    /// With --pull: read every contact again
    #[arg(long, requires = "pull")]
    pub(super) full: bool,
    /// The plan file to write
    #[arg(long, short, value_name = "NAME.plan", required = true)]
    pub(super) output_file: Option<PathBuf>,
    /// Write the match model as JSON, to be used again with --model; it holds no contact's values
    #[arg(long, value_name = "FILE")]
    pub(super) save_model: Option<PathBuf>,
    /// Do not write NAME.html beside the plan
    #[arg(long)]
    pub(super) no_report: bool,
    /// End with exit code 10 when the plan has changes
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
    /// Threads to use; all cores when missing. The plan is the same whatever the number
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,
    /// Use no more memory than this, for instance 2G; what the machine has left when missing. Rows and pairs that need more
    /// go through a temporary file; lists that do not fit even so are refused before they are read
    #[arg(long, value_name = "SIZE")]
    pub(super) memory_limit: Option<Size>,
    /// Where temporary files go; beside the plan when missing
    #[arg(long, value_name = "FOLDER")]
    pub(super) temporary_folder: Option<PathBuf>,
    /// Of existing contacts take those only that come near an incoming row: the others, and duplicates among them, are left
    /// alone and are not in the plan. For short lists against large workspaces
    #[arg(long, requires = "existing", conflicts_with = "pull")]
    pub(super) only_near: bool,
    /// Say at the end how long each phase took: one JSON object on standard error (`-v` says it in lines)
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    pub(super) timings: Option<TimingsFormat>,
    #[command(flatten)]
    pub(super) deciding: DecidingArgs,
    #[command(flatten)]
    pub(super) guardrails: GuardrailArgs,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) intercom: IntercomArgs,
    #[command(flatten)]
    pub(super) config: ConfigFileArgs,
}

/// Runs the verb.
pub(super) fn run(arguments: &PlanArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let path = arguments.output_file.as_deref().ok_or_else(|| exit::usage("name the plan file with -o NAME.plan"))?;
    let layers = setting_args::layers(
        &arguments.config,
        [
            arguments.input.layer()?,
            arguments.intercom.layer(),
            arguments.deciding.layer()?,
            arguments.guardrails.layer(),
        ],
    )?;
    let (layers, model) = match_model::named(layers)?;
    let settings = layers.settings()?;
    settings.plan.check().map_err(|error| exit::usage(error.to_string()))?;
    if arguments.incoming.is_empty() && arguments.existing.is_empty() && !arguments.pull {
        return Err(exit::usage("nothing to plan: name a list, or --existing FILE, or --pull"));
    }
    if arguments.only_near && arguments.incoming.is_empty() {
        return Err(exit::usage("--only-near needs a list of incoming rows to be near to"));
    }
    if let Some(threads) = arguments.threads {
        // Fails only when a pool exists already, which cannot be: this is the first use.
        drop(rayon::ThreadPoolBuilder::new().num_threads(threads).build_global());
    }
    file::check_folder_of(path)?;
    arguments.save_model.as_deref().map_or(Ok(()), file::check_folder_of)?;
    let aside = Aside::choose(arguments, path, printer)?;
    let mut timings = Timings::start();
    let told = Told { settings: &settings, layers: &layers, model: model.as_ref(), aside: &aside };
    let found = find(arguments, &told, printer, cancel, &mut timings)?;
    let written = found.write(path, &settings);
    aside.check()?;
    let made = written?;
    tracing::info!("{} actions decided", made.actions);
    if let Some(file) = &arguments.save_model {
        match_model::save(file, &made.model)?;
    }
    timings.end("write");
    tell(arguments, path, output, printer, &mut timings)?;
    timings.report(made.rows, arguments.timings, printer);
    Ok(verdict(arguments, &made, printer))
}

/// What the exit code says.
fn verdict(arguments: &PlanArgs, made: &Made, printer: &Printer) -> Exit {
    for violation in &made.violations {
        printer.error(&violation.to_string());
    }
    if !made.violations.is_empty() {
        Exit::Guardrail
    } else if made.rejects {
        Exit::RowsFailed
    } else if arguments.detailed_exitcode && made.actions > 0 {
        Exit::HasChanges
    } else {
        Exit::Done
    }
}

/// The page and the summary, both read from the plan file: nothing else holds the whole plan.
fn tell(
    arguments: &PlanArgs,
    path: &Path,
    output: &OutputArgs,
    printer: &Printer,
    timings: &mut Timings,
) -> anyhow::Result<()> {
    let wanted = !arguments.no_report || output.json || !printer.is_quiet();
    let plan = if wanted { Some(Survey::of(&PlanFile::open(path)?)?) } else { None };
    if let Some(plan) = plan.as_ref().filter(|_| !arguments.no_report) {
        let page = file::beside(path, "html");
        file::write_whole(&page, |mut out| report::page(plan, None, &mut out).map_err(plainly))?;
        timings.end("report");
    }
    let mut out = printer.data();
    match &plan {
        Some(plan) if output.json => report::overview_json(plan.figures(), &mut out)?,
        Some(plan) if !printer.is_quiet() => {
            report::overview(plan, &printer.text_options_of(path), &mut out).map_err(plainly)?;
        }
        _ => {}
    }
    out.flush()?;
    printer.say(&format!("plan written to {}", path.display()));
    timings.end("summary");
    Ok(())
}

/// What there is to go by, beside the flags.
struct Told<'a> {
    settings: &'a Settings,
    layers: &'a Layers,
    model: Option<&'a Model>,
    aside: &'a Aside,
}

/// What a plan is made from.
struct Found {
    header: Header,
    inputs: Inputs,
    linked: Linked,
    recalled: Recalled,
}

/// What is known of a plan that was written.
struct Made {
    rows: u64,
    /// Whether a row was rejected.
    rejects: bool,
    actions: u64,
    violations: Vec<Violation>,
    model: Model,
}

impl Found {
    /// Decides, and writes the plan: group after group, unless what people decided before is about whole groups.
    fn write(self, path: &Path, settings: &Settings) -> anyhow::Result<Made> {
        let Self { header, inputs, linked, recalled } = self;
        let (options, model) = (&settings.plan, linked.model.clone());
        if recalled.leaves_groups_as_they_are() {
            let making = Making::new(header, &inputs, &linked, options);
            let totals = PlanFile::make(path, &making)?;
            return Ok(Made::of(&totals, &inputs.records, &inputs.rejects, model, settings));
        }
        let linkage = linked.whole(&inputs.records);
        let plan = recalled.follow(plan::assemble(header, inputs, linkage, options), options);
        PlanFile::create(path, &plan)?;
        Ok(Made::of(&Totals::of(&plan), &plan.records, &plan.rejects, model, settings))
    }
}

impl Made {
    fn of(totals: &Totals, records: &Packed<Record>, rejects: &[Reject], model: Model, settings: &Settings) -> Self {
        Self {
            rows: records.len() as u64,
            rejects: !rejects.is_empty(),
            actions: totals.actions(),
            violations: totals.violations(records, &settings.guardrails),
            model,
        }
    }
}

/// Reads and links.
fn find(
    arguments: &PlanArgs,
    told: &Told<'_>,
    printer: &Printer,
    cancel: &Cancel,
    timings: &mut Timings,
) -> anyhow::Result<Found> {
    let Told { settings, layers, model, aside } = *told;
    let mut inputs = Inputs::default();
    let scratch = aside.scratch();
    if let Some(scratch) = &scratch {
        inputs.records.set_aside(scratch);
    }
    let all: Vec<PathBuf> = arguments.existing.iter().chain(&arguments.incoming).cloned().collect();
    inputs::refuse_repeats(&all)?;
    if arguments.only_near {
        let watch = &mut |step| timings.end(step);
        inputs = inputs::read_near(&arguments.existing, &arguments.incoming, settings, watch)?;
    } else {
        inputs::read_files(&mut inputs, &arguments.existing, Side::Existing, settings, &mut |step| timings.end(step))?;
    }
    let mut pulled = if arguments.pull { Some(Pulled::read(arguments.full, settings, printer, cancel)?) } else { None };
    if let Some(pulled) = &mut pulled {
        pulled.add_to(&mut inputs, settings)?;
        timings.end("pull");
    }
    if !arguments.only_near {
        inputs::read_files(&mut inputs, &arguments.incoming, Side::Incoming, settings, &mut |step| timings.end(step))?;
    }
    aside.check()?;
    tracing::info!("{} rows to link, {} rejected", inputs.records.len(), inputs.rejects.len());
    let mut recalled = recall(&inputs.records, settings, printer)?;
    let decided = std::mem::take(&mut recalled.decided);
    let options = link::Options { decided, scratch, ..settings.link_options() };
    let linked = link::link_watched(&inputs.records, &options, model, &mut |step| timings.end(step));
    aside.check()?;
    if let (None, Some(reason)) = (model, linked.model.fallback) {
        printer.say(&format!("match weights: the shipped defaults, because {reason}"));
    }
    tracing::info!("{} groups, {} joins refused", linked.groups.len(), linked.vetoes.len());
    if let Some(pulled) = &mut pulled {
        pulled.add_notes(&mut inputs, &linked.groups, settings, printer, cancel)?;
        timings.end("pull");
    }
    let header = Header {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: inputs::now()?,
        workspace: pulled.map(Pulled::binding),
        api_version: settings.intercom.api.clone(),
        settings: as_json(layers),
    };
    aside.check()?;
    Ok(Found { header, inputs, linked, recalled })
}

/// What people decided about these records on earlier plans.
fn recall(records: &Packed<Record>, settings: &Settings, printer: &Printer) -> anyhow::Result<Recalled> {
    let Some(path) = &settings.matching.decisions else { return Ok(Recalled::default()) };
    let Some(remembered) = DecisionsFile::at(Path::new(path)).read()? else {
        printer.say(&format!("{path}: no decisions yet; leadfold review begins the file"));
        return Ok(Recalled::default());
    };
    let recalled = plan::recall(records, &remembered);
    printer.say(&format!("{path}: {} of {} decisions are about these contacts", recalled.applied, remembered.len()));
    Ok(recalled)
}

/// A workspace read through the API, and where its records begin among the inputs.
struct Pulled {
    client: Client,
    me: Me,
    snapshot: Snapshot,
    first_record: usize,
    source: SourceId,
}

impl Pulled {
    fn read(full: bool, settings: &Settings, printer: &Printer, cancel: &Cancel) -> anyhow::Result<Self> {
        let client = connect::client(settings)?;
        let (me, snapshot) = read_workspace(&client, full, printer, cancel)?;
        Ok(Self { client, me, snapshot, first_record: 0, source: SourceId(0) })
    }

    fn add_to(&mut self, inputs: &mut Inputs, settings: &Settings) -> anyhow::Result<()> {
        self.first_record = inputs.records.len();
        self.source = inputs::next_id(inputs)?;
        inputs::add(inputs, self.ingested(settings));
        Ok(())
    }

    fn ingested(&self, settings: &Settings) -> Ingested {
        inputs::of_workspace(&self.snapshot, &self.me.workspace_id, self.source, settings)
    }

    /// Reads the notes of the contacts that share a group with others: only their notes can matter to the plan.
    fn add_notes(
        &mut self,
        inputs: &mut Inputs,
        groups: &Groups,
        settings: &Settings,
        printer: &Printer,
        cancel: &Cancel,
    ) -> anyhow::Result<()> {
        let several = (0..groups.len()).filter(|at| groups.alone(*at).is_none());
        let grouped = several.flat_map(|at| groups.members(at));
        let ids: Vec<IntercomId> = grouped
            .filter_map(|index| inputs.records.head(usize::try_from(index.0).ok()?))
            .filter(|record| record.side == Side::Existing)
            .filter_map(|record| record.id.clone())
            .collect();
        let progress = Progress::start(printer, "reading notes", None);
        let filled = cancel.block_on(self.snapshot.fill_notes(&self.client, &ids));
        progress.finish();
        filled?;
        // Notes are no evidence, so the groups stay as they are.
        let again = self.ingested(settings).records;
        inputs.records.change(|records| {
            for (record, again) in records.iter_mut().skip(self.first_record).zip(again) {
                record.notes = again.notes;
            }
        });
        Ok(())
    }

    fn binding(self) -> WorkspaceBinding {
        WorkspaceBinding { id: self.me.workspace_id, name: self.me.workspace_name, region: self.me.region }
    }
}

/// Every setting in force with its origin.
pub(super) fn as_json(layers: &Layers) -> serde_json::Value {
    let entries = layers.entries().map(|(key, value, origin)| {
        let value = serde_json::to_value(value).unwrap_or_default();
        (key.to_owned(), serde_json::json!({ "value": value, "origin": origin.to_string() }))
    });
    serde_json::Value::Object(entries.collect())
}

/// The file of decisions a plan was made with.
pub(super) fn decisions_of(header: &Header) -> Option<PathBuf> {
    let path = header.settings.get("match.decisions")?.get("value")?.as_str()?;
    Some(PathBuf::from(path))
}

/// The options a plan was decided with, from the settings it keeps.
pub(super) fn options_of(header: &Header) -> anyhow::Result<plan::Options> {
    let settings = header.settings.as_object().into_iter().flatten();
    let own =
        settings.filter_map(|(key, entry)| Some((key.strip_prefix("plan.")?.to_owned(), entry.get("value")?.clone())));
    serde_json::from_value(serde_json::Value::Object(own.collect())).context("the plan's own settings cannot be read")
}
