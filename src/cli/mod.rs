//! The shell: one file a verb. The only room that knows clap, anyhow, the terminal, the clock and the runtime.
//!
//! Opens files and hands readers and writers to the pure phases, builds the one runtime for the asynchronous edges,
//! prints, and turns what happened into an exit code.

mod aftermath;
mod api;
mod apply;
mod args;
mod aside;
mod check;
mod clean;
mod completions;
mod config_check;
mod config_show;
mod connect;
mod contact;
mod deciding_args;
mod demo;
mod departed;
mod evaluate;
mod exit;
mod export;
mod file;
mod history;
mod init;
mod inputs;
mod journal;
mod lock;
mod log;
mod match_model;
mod memory;
mod mirror;
mod plan;
mod printer;
mod progress;
mod pull;
mod rehearse;
mod report;
mod review;
mod sandbox;
mod setting_args;
mod show;
mod signal;
mod state;
mod timings;
mod undo;
mod watch;
mod whoami;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use exit::Exit;
use printer::Printer;

/// What a verb gives back: how it went, or why it could not go on.
type Outcome = anyhow::Result<Exit>;

/// Runs the tool with the arguments of the process and returns its exit code.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return exit::of_usage(&error),
    };
    let printer = Printer::new(&arguments.output);
    let output = &arguments.output;
    let wanted = log::Wanted { quiet: output.quiet, verbose: output.verbose, file: output.log_file.as_deref() };
    if let Err(error) = log::start(wanted) {
        return exit::report(Err(error), &printer);
    }
    let worker = printer.clone();
    let result = signal::interruptible(move |cancel| dispatch(&arguments, &worker, &cancel));
    exit::report(result, &printer)
}

fn dispatch(arguments: &Arguments, printer: &Printer, cancel: &signal::Cancel) -> Outcome {
    let output = &arguments.output;
    match &arguments.command {
        Command::Demo(verb) => demo::run(verb, output, printer, cancel),
        Command::Check(verb) => check::run(verb, output, printer),
        Command::Plan(verb) => plan::run(verb, output, printer, cancel),
        Command::Show(verb) => show::run(verb, output, printer),
        Command::Report(verb) => report::run(verb, output, printer),
        Command::Review(verb) => review::run(verb, printer, cancel),
        Command::Evaluate(verb) => evaluate::run(verb, output, printer),
        Command::Clean(verb) => clean::run(verb, output, printer, cancel),
        Command::History(verb) => history::run(verb, output, printer),
        Command::Apply(verb) => apply::run(verb, output, printer, cancel),
        Command::Undo(verb) => undo::run(verb, output, printer, cancel),
        Command::Pull(verb) => pull::run(verb, output, printer, cancel),
        Command::Export(verb) => export::run(verb, output, printer),
        Command::Whoami(verb) => whoami::run(verb, output, printer, cancel),
        Command::Lead(verb) => contact::lead(verb, output, printer, cancel),
        Command::User(verb) => contact::user(verb, output, printer, cancel),
        Command::Visitor(verb) => contact::visitor(verb, output, printer, cancel),
        Command::Api(verb) => api::run(verb, output, printer, cancel),
        Command::Sandbox(verb) => sandbox::run(verb, printer, cancel),
        Command::Init(verb) => init::run(verb, output, printer),
        Command::Config(verb) => config_show::run(verb, output, printer, cancel),
        Command::Completions(verb) => completions::completions(verb, printer),
        Command::Man(verb) => completions::man(verb, printer),
    }
}
