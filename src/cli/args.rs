//! The command line as typed. What it means is decided in the verb's file.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    api, apply, check, clean, completions, config_show, contact, demo, evaluate, export, history, init, plan, pull,
    report, review, sandbox, show, undo, whoami,
};

/// Finds the duplicates in an Intercom workspace and your contact lists, shows a plan, then carries it out safely.
///
/// Nothing is written to Intercom without a plan and an `apply`.
#[derive(Debug, Parser)]
#[command(name = "leadfold", version, max_term_width = 100, before_help = FIRST_STEPS, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

const FIRST_STEPS: &str = "\
Examples:
  leadfold demo                                  the whole story on invented people, no token needed
  leadfold check webinar.csv                     what is in a file, before anything else
  leadfold plan webinar.csv --pull -o web.plan   match a list with the workspace; writes web.plan and web.html
  leadfold apply web.plan                        carry the plan out; run it again to resume";

/// How to print.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print nothing but errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Say more; twice for every request
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Write the log to this file as well, as JSON lines, set aside by size
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) log_file: Option<PathBuf>,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColorChoice,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Tell the whole story on shipped samples against a built-in sandbox
    Demo(demo::DemoArgs),
    /// Read files and say what is in them
    Check(check::CheckArgs),
    /// Normalise, group and decide; write a plan and its report
    Plan(Box<plan::PlanArgs>),
    /// Print any part of a plan
    Show(show::ShowArgs),
    /// Write the dry-run report as one HTML page
    Report(report::ReportArgs),
    /// Decide on doubtful groups in a local page
    Review(review::ReviewArgs),
    /// Say how right the groups of a plan are
    Evaluate(evaluate::EvaluateArgs),
    /// Carry out a plan; again to resume
    Apply(apply::ApplyArgs),
    /// Put back what can be put back
    Undo(undo::UndoArgs),
    /// Clean the workspace up, unattended: pull, match, plan, apply what is allowed, report
    Clean(Box<clean::CleanArgs>),
    /// Show what the nights of `clean` came to
    History(history::HistoryArgs),
    /// Save the whole workspace as CSV
    Pull(pull::PullArgs),
    /// Write actions, errors, skipped rows, the id map and outcomes as CSV files
    Export(export::ExportArgs),
    /// Check the token; print workspace, region, version and rate limit
    Whoami(whoami::WhoamiArgs),
    /// Find or change one lead
    Lead(Box<contact::LeadArgs>),
    /// Find or change one user
    User(Box<contact::UserArgs>),
    /// Find a visitor, or make a lead or user of it
    Visitor(Box<contact::VisitorArgs>),
    /// Send any other call of the API
    Api(Box<api::ApiArgs>),
    /// Start a pretend Intercom on this machine
    Sandbox(sandbox::SandboxArgs),
    /// Write a commented leadfold.toml to begin with
    Init(init::InitArgs),
    /// Show or check the settings, or print their schema
    Config(config_show::ConfigArgs),
    /// Print shell completions
    Completions(completions::CompletionsArgs),
    /// Print or write the manual pages
    Man(completions::ManArgs),
}

/// A configuration file named on the command line.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ConfigFileArgs {
    /// Read settings from this file instead of ./leadfold.toml
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    pub(super) config: Option<PathBuf>,
    /// Use the settings of [profile.NAME] too, for one of several workspaces (else $`LEADFOLD_PROFILE`)
    #[arg(long, value_name = "NAME", help_heading = "Configuration")]
    pub(super) profile: Option<String>,
}
