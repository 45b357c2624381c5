//! Exit codes, and the one sentence an error becomes. The table is in `docs/exit-codes.md`.

use std::process::ExitCode;

use super::lock;
use super::printer::Printer;
use crate::{apply, config, ingest, intercom, review, store};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Failure: I/O, bug, unexpected answer.
    Failure,
    /// Usage or configuration, files that cannot be understood included.
    Usage,
    /// Finished, but some rows failed, were rejected or are unknown.
    RowsFailed,
    /// Finished, but `evaluate` found less precision than was asked for.
    BelowMinimum,
    /// A guardrail stopped it; nothing was applied.
    Guardrail,
    /// The plan is stale or belongs to another workspace.
    Stale,
    /// Stopped by the network, the rate limit or a signal after draining.
    Stopped,
    /// Another run holds the lock.
    Locked,
    /// Authentication or permission.
    Unauthorized,
    /// With `--detailed-exitcode`: the plan has changes.
    HasChanges,
    /// Interrupted before anything had to be drained (128 + SIGINT).
    Interrupted,
}

impl Exit {
    /// The code.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::RowsFailed | Self::BelowMinimum => 3,
            Self::Guardrail => 4,
            Self::Stale => 5,
            Self::Stopped => 6,
            Self::Locked => 7,
            Self::Unauthorized => 8,
            Self::HasChanges => 10,
            Self::Interrupted => 130,
        }
    }
}

/// An error of usage or configuration found after the arguments were parsed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UsageError(String);

/// Makes an error that ends the run with exit code 2.
pub(super) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// Prints what clap has to say and returns its code: help and version are no errors.
pub(super) fn of_usage(error: &clap::Error) -> ExitCode {
    // A closed pipe while help is printed is as good as success.
    drop(error.print());
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Prints an error, if any, and returns the code of the process.
pub(super) fn report(result: anyhow::Result<Exit>, printer: &Printer) -> ExitCode {
    let exit = match result {
        Ok(exit) => exit,
        Err(error) if is_broken_pipe(&error) => Exit::Done,
        Err(error) => {
            printer.error(&sentence(&error));
            let exit = classify(&error);
            if exit == Exit::Unauthorized {
                // A token of another region is refused in the same words as a wrong one.
                printer.say(
                    "hint: check the token and its permissions, and the region: --api-url https://api.eu.intercom.io (EU) \
                     or https://api.au.intercom.io (Australia)",
                );
            }
            exit
        }
    };
    ExitCode::from(exit.code())
}

/// The error with its causes, each said once: many of our errors name their cause themselves.
pub(super) fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        if text.ends_with(&cause.to_string()) && !text.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        // What Intercom's codes mean, and what to do, is said once, where the code is
        match cause.downcast_ref::<intercom::Error>() {
            Some(error) => text.push_str(&error.sentence()),
            None => text.push_str(&cause.to_string()),
        }
    }
    text
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |io: &std::io::Error| io.kind() == std::io::ErrorKind::BrokenPipe;
    // csv wraps the error of its writer without naming it as the source.
    let in_csv = |io: &std::io::Error| {
        let csv = io.get_ref().and_then(|inner| inner.downcast_ref::<csv::Error>());
        csv.is_some_and(|csv| matches!(csv.kind(), csv::ErrorKind::Io(io) if broken(io)))
    };
    error.chain().any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|io| broken(io) || in_csv(io)))
}

/// The code of an error: the outermost typed cause decides.
pub(super) fn classify(error: &anyhow::Error) -> Exit {
    error
        .chain()
        .find_map(|cause| {
            if cause.is::<UsageError>() || cause.is::<config::Error>() {
                return Some(Exit::Usage);
            }
            if cause.is::<lock::Held>() {
                return Some(Exit::Locked);
            }
            if let Some(error) = cause.downcast_ref::<ingest::Error>() {
                return Some(of_ingest(error));
            }
            if let Some(error) = cause.downcast_ref::<store::Error>() {
                return Some(of_store(error));
            }
            if let Some(error) = cause.downcast_ref::<intercom::Error>() {
                return Some(of_intercom(error));
            }
            if let Some(review::Error::Store(error)) = cause.downcast_ref::<review::Error>() {
                return Some(of_store(error));
            }
            cause.downcast_ref::<apply::Error>().map(of_apply)
        })
        .unwrap_or(Exit::Failure)
}

fn of_ingest(error: &ingest::Error) -> Exit {
    match error {
        ingest::Error::Io { .. } => Exit::Failure,
        _ => Exit::Usage,
    }
}

fn of_store(error: &store::Error) -> Exit {
    match error {
        store::Error::Edited { .. } | store::Error::OtherWorkspace { .. } | store::Error::OtherMirror { .. } => {
            Exit::Stale
        }
        store::Error::Locked { .. } | store::Error::MirrorInUse { .. } => Exit::Locked,
        store::Error::Missing { .. }
        | store::Error::NotAPlan { .. }
        | store::Error::NewerFormat { .. }
        | store::Error::NotAMirror { .. }
        | store::Error::NewerMirror { .. } => Exit::Usage,
        _ => Exit::Failure,
    }
}

fn of_intercom(error: &intercom::Error) -> Exit {
    match error {
        intercom::Error::Unauthorized { .. } => Exit::Unauthorized,
        intercom::Error::Configuration(_) => Exit::Usage,
        intercom::Error::RateLimited { .. }
        | intercom::Error::Server { .. }
        | intercom::Error::Unreachable { .. }
        | intercom::Error::NoAnswer { .. } => Exit::Stopped,
        _ => Exit::Failure,
    }
}

fn of_apply(error: &apply::Error) -> Exit {
    let code = error.exit_code();
    [Exit::Usage, Exit::Guardrail, Exit::Stale, Exit::Stopped, Exit::Locked, Exit::Unauthorized]
        .into_iter()
        .find(|exit| exit.code() == code)
        .unwrap_or(Exit::Failure)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_cause_that_the_error_names_itself_is_not_said_twice() {
        let source = || io::Error::new(io::ErrorKind::IsADirectory, "it is a folder");
        let own = store::Error::Io { path: "web.plan".into(), source: source() };
        assert_eq!(sentence(&own.into()), "web.plan: cannot be written: it is a folder");
        let context = anyhow::Error::new(source()).context("web.html: cannot be written");
        assert_eq!(sentence(&context), "web.html: cannot be written: it is a folder");
    }
}
