//! `leadfold lead`, `leadfold user`, `leadfold visitor`: one contact at a time.
//!
//! `args` is what was typed; `find` turns WHO into contacts; `values` turns NAME=VALUE into a patch; `session` is the
//! workspace, with `Writer` the only way to change it: it is given out after the question was answered, holds the
//! workspace's lock and notes every write, with the contact as it was, in the user's diary before it is sent. Every verb has
//! its own file, shows what it will do, does it, and reads the result back.

mod args;
mod company;
mod create;
mod diary;
mod find;
mod history;
mod label;
mod merge;
mod promote;
mod remove;
pub(super) mod session;
mod show;
mod steps;
mod update;
mod values;
mod visitor;

pub(super) use args::{LeadArgs, UserArgs, VisitorArgs};

use std::fmt;

use self::args::ContactVerb;
use self::session::Session;
use super::Outcome;
use super::args::OutputArgs;
use super::printer::Printer;
use super::signal::Cancel;
use crate::contact::Role;

/// The kind of contact a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Noun {
    Lead,
    User,
}

impl Noun {
    fn of(role: Role) -> Self {
        match role {
            Role::Lead => Self::Lead,
            Role::User => Self::User,
        }
    }

    fn role(self) -> Role {
        match self {
            Self::Lead => Role::Lead,
            Self::User => Role::User,
        }
    }
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lead => "lead",
            Self::User => "user",
        })
    }
}

/// Runs `leadfold lead`.
pub(super) fn lead(arguments: &LeadArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    run(Noun::Lead, &arguments.verb, output, printer, cancel)
}

/// Runs `leadfold user`.
pub(super) fn user(arguments: &UserArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    run(Noun::User, &arguments.verb, output, printer, cancel)
}

/// Runs `leadfold visitor`.
pub(super) fn visitor(arguments: &VisitorArgs, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    visitor::run(&arguments.verb, output, printer, cancel)
}

fn run(noun: Noun, verb: &ContactVerb, output: &OutputArgs, printer: &Printer, cancel: &Cancel) -> Outcome {
    let reach = match verb {
        ContactVerb::Find(verb) => &verb.reach,
        ContactVerb::Create(verb) => &verb.write.reach,
        ContactVerb::Update(verb) => &verb.write.reach,
        ContactVerb::Convert(verb) => &verb.write.reach,
        ContactVerb::Merge(verb) => &verb.write.reach,
        ContactVerb::Archive(verb)
        | ContactVerb::Unarchive(verb)
        | ContactVerb::Block(verb)
        | ContactVerb::Delete(verb) => &verb.write.reach,
        ContactVerb::Company(verb) => &verb.write.reach,
        ContactVerb::History(verb) => &verb.reach,
        ContactVerb::Tag(verb) => &verb.write.reach,
        ContactVerb::Note(verb) => &verb.write.reach,
    };
    let session = Session::new(reach, output, printer)?;
    cancel.block_on(async {
        match verb {
            ContactVerb::Find(verb) => find::run(&session, noun, verb).await,
            ContactVerb::Create(verb) => create::run(&session, noun, verb).await,
            ContactVerb::Update(verb) => update::run(&session, noun, verb).await,
            ContactVerb::Convert(verb) => promote::run(&session, noun, verb).await,
            ContactVerb::Merge(verb) => {
                let wanted = merge::Wanted { who: &verb.who, into: &verb.into, preview: verb.preview };
                merge::run(&session, noun, wanted, verb.write.yes).await
            }
            ContactVerb::Archive(verb) => remove::archive(&session, noun, verb).await,
            ContactVerb::Unarchive(verb) => remove::unarchive(&session, noun, verb).await,
            ContactVerb::Delete(verb) => remove::delete(&session, noun, verb).await,
            ContactVerb::Tag(verb) => label::tag(&session, noun, verb).await,
            ContactVerb::Note(verb) => label::note(&session, noun, verb).await,
            ContactVerb::Company(verb) => company::run(&session, noun, verb).await,
            ContactVerb::Block(verb) => remove::block(&session, noun, verb).await,
            ContactVerb::History(verb) => history::run(&session, noun, verb).await,
        }
    })
}
