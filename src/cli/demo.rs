//! `leadfold demo`: the whole story on shipped samples, against a sandbox, without token or network.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Parser};

use super::args::{Arguments, Command, OutputArgs};
use super::exit::Exit;
use super::printer::Printer;
use super::signal::Cancel;
use super::{Outcome, aftermath, dispatch, file};
use crate::report;
use crate::sandbox::{Options, Sandbox};
use crate::store::PlanFile;

/// Tell the whole story on shipped samples against a built-in sandbox
///
/// No token, no network: a pretend Intercom is started on this machine.
#[derive(Clone, Debug, Args)]
#[command(before_help = "\
Examples:
  leadfold demo
  leadfold demo --dir /tmp/story")]
pub(super) struct DemoArgs {
    /// Folder for the lists, the plan and the report; made when missing
    #[arg(long, value_name = "DIR", default_value = "leadfold-demo")]
    dir: PathBuf,
}

/// Files that fill the pretend workspace.
const WORKSPACE: [(&str, &[u8]); 2] = [
    ("intercom-users.csv", include_bytes!("../../samples/intercom-users.csv")),
    ("intercom-leads.csv", include_bytes!("../../samples/intercom-leads.csv")),
];

/// Lists to bring in.
const LISTS: [(&str, &[u8]); 4] = [
    ("hubspot-contacts.csv", include_bytes!("../../samples/hubspot-contacts.csv")),
    ("mailchimp-audience.csv", include_bytes!("../../samples/mailchimp-audience.csv")),
    ("webinar-list.csv", include_bytes!("../../samples/webinar-list.csv")),
    ("broken-rows.csv", include_bytes!("../../samples/broken-rows.csv")),
];

/// Files an earlier demo may have left in its folder.
const MADE: [&str; 7] =
    ["demo.plan", "demo.html", "demo.errors.csv", "demo.idmap.csv", "demo.outcomes.csv", "again.plan", "demo.token"];

/// Runs the verb.
pub(super) fn run(arguments: &DemoArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let story = Story { folder: &arguments.dir, output, printer, cancel };
    story.prepare()?;
    let mut options = Options { workspace_name: "Demo workspace".to_owned(), ..Options::default() };
    for (name, bytes) in WORKSPACE {
        options = options.seed_csv(name, bytes)?;
    }
    let running = cancel.block_on(Sandbox::start(options))?;
    let (url, token) = (running.url(), story.path("demo.token"));
    let (plan, again) = (story.path("demo.plan"), story.path("again.plan"));
    let lists: Vec<String> = LISTS.iter().map(|(name, _)| story.path(name)).collect();
    let reach = ["--api-url", &url, "--token-file", &token];

    printer.say("1. A pretend Intercom listens on this machine, filled from two exports of invented people.");
    story.tell("2. Four lists arrive. What is in this one?", &["check", &story.path("mailchimp-audience.csv")])?;
    let mut planning: Vec<&str> = vec!["plan"];
    planning.extend(lists.iter().map(String::as_str));
    planning.extend(["--pull", "-o", &plan]);
    planning.extend(reach);
    story.tell("3. Match all four with the workspace and decide. Nothing is written to Intercom.", &planning)?;
    let mut applying = vec!["apply", &plan, "--yes", "--create-attributes", "--quiet"];
    applying.extend(reach);
    story.tell("4. Carry out exactly that plan.", &applying)?;
    let mut planning_again: Vec<&str> = vec!["plan"];
    planning_again.extend(lists.iter().map(String::as_str));
    planning_again.extend(["--pull", "--no-report", "--quiet", "-o", &again]);
    planning_again.extend(reach);
    story.tell("5. Plan the same lists again: is anything left to do?", &planning_again)?;
    let left = PlanFile::open(Path::new(&again))?.plan()?;
    printer.say(&report::verdict(&left, None));
    cancel.block_on(running.shutdown());

    printer.say(&format!("\nLeft behind: {plan} and {}. Try: leadfold show {plan} --groups", story.path("demo.html")));
    printer.say("\n6. What became of every row?\n");
    aftermath::tell(&PlanFile::open(Path::new(&plan))?, output, printer)?;
    Ok(Exit::Done)
}

/// Tells the story by running the tool's own commands.
struct Story<'a> {
    folder: &'a Path,
    output: &'a OutputArgs,
    printer: &'a Printer,
    cancel: &'a Cancel,
}

impl Story<'_> {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Writes the lists, and removes what an earlier demo left, so that the story begins anew.
    fn prepare(&self) -> anyhow::Result<()> {
        let shown = self.folder.display();
        std::fs::create_dir_all(self.folder).with_context(|| format!("{shown}: the folder cannot be made"))?;
        for name in MADE {
            let path = self.folder.join(name);
            if path.exists() {
                std::fs::remove_file(&path).with_context(|| format!("{}: cannot be replaced", path.display()))?;
            }
        }
        let token: (&str, &[u8]) = ("demo.token", b"demo");
        for (name, bytes) in LISTS.into_iter().chain([token]) {
            file::write_whole(&self.folder.join(name), |out| out.write_all(bytes))?;
        }
        Ok(())
    }

    /// Runs one command of the tool, shown as a user would type it.
    fn tell(&self, heading: &str, command: &[&str]) -> anyhow::Result<()> {
        self.printer.say(&format!("\n{heading}\n$ leadfold {}\n", command.join(" ")));
        let line = std::iter::once("leadfold").chain(command.iter().copied());
        let mut arguments = Arguments::try_parse_from(line).context("the demo's own command is wrong")?;
        arguments.output.color = self.output.color;
        if self.output.json || self.output.quiet {
            // Standard output is for the one document at the end, or for nothing
            if let Command::Check(_) = arguments.command {
                return Ok(());
            }
            arguments.output.quiet = true;
        }
        let printer = Printer::new(&arguments.output);
        match dispatch(&arguments, &printer, self.cancel)? {
            // The lists hold broken rows on purpose.
            Exit::Done | Exit::RowsFailed => Ok(()),
            Exit::Stopped => bail!("the demo was stopped"),
            other => bail!("`leadfold {}` ended with {other:?}", command.join(" ")),
        }
    }
}
