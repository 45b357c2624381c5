//! The workspace a one-contact command works on, and leave to change it.

use std::future::Future;

use serde_json::Value;

pub(in crate::cli) use super::args::ReachArgs;
use super::diary::Diary;
use crate::cli::args::OutputArgs;
use crate::cli::lock::WorkspaceLock;
use crate::cli::printer::Printer;
use crate::cli::{connect, exit, setting_args};
use crate::intercom::{Client, Contact, Disposition, Error, Me, ReadWorkspace};

/// A workspace that can be read, and somebody to talk to.
pub(in crate::cli) struct Session<'a> {
    pub(in crate::cli) client: Client,
    pub(super) printer: &'a Printer,
    pub(super) json: bool,
}

/// How sure a person has to be.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Consent<'a> {
    /// A yes.
    Yes,
    /// This text, typed.
    Typed(&'a str),
}

/// Leave to change the workspace, for as long as it is held.
pub(in crate::cli) struct Writer<'a> {
    pub(in crate::cli) client: &'a Client,
    diary: Diary,
    _lock: WorkspaceLock,
}

impl<'a> Session<'a> {
    /// Connects; nothing is sent yet.
    pub(in crate::cli) fn new(reach: &ReachArgs, output: &OutputArgs, printer: &'a Printer) -> anyhow::Result<Self> {
        let settings = setting_args::layers(&reach.config, [reach.intercom.layer()])?.settings()?;
        Ok(Self { client: connect::client(&settings)?, printer, json: output.json })
    }

    /// Shows what will be done and asks, unless `yes`. `None` when the answer is no.
    pub(in crate::cli) async fn leave(
        &self,
        yes: bool,
        consent: Consent<'_>,
        what: &[String],
    ) -> anyhow::Result<Option<Writer<'_>>> {
        let me = self.client.me().await?;
        for line in what {
            self.printer.say(line);
        }
        if !yes && !self.ask(&me, consent)? {
            self.printer.say("nothing was changed");
            return Ok(None);
        }
        let lock = WorkspaceLock::take(&me.workspace_id)?;
        Ok(Some(Writer { client: &self.client, diary: Diary::open(&me.workspace_id)?, _lock: lock }))
    }

    fn ask(&self, me: &Me, consent: Consent<'_>) -> anyhow::Result<bool> {
        let place = format!("{} ({})", me.workspace_name, me.workspace_id);
        match consent {
            Consent::Yes => self.printer.ask(&format!("Do this in {place}?")).ok_or_else(|| {
                exit::usage("nobody is here to confirm: read the lines above, then run again with --yes")
            }),
            Consent::Typed(wanted) => {
                let typed = self.printer.ask_for(&format!("Type {wanted} to do this in {place}:"));
                let typed = typed.ok_or_else(|| {
                    exit::usage(
                        "nobody is here to confirm: name the contact by its Intercom id and run again with --yes",
                    )
                })?;
                Ok(typed == wanted)
            }
        }
    }
}

impl Writer<'_> {
    /// Sends one request that changes something, with a line in the diary before and after.
    pub(super) async fn send<T>(
        &self,
        what: &str,
        before: &[&Contact],
        call: impl Future<Output = Result<T, Error>>,
    ) -> anyhow::Result<T> {
        let images: Vec<&Value> = before.iter().map(|contact| &contact.raw).collect();
        self.send_noting(what, &images, call).await
    }

    /// The same for what is no contact: `before` is what the diary keeps of it.
    pub(in crate::cli) async fn send_noting<T>(
        &self,
        what: &str,
        before: &[&Value],
        call: impl Future<Output = Result<T, Error>>,
    ) -> anyhow::Result<T> {
        self.diary.intend(what, before)?;
        let result = call.await;
        let outcome = match &result {
            Ok(_) => "done".to_owned(),
            Err(error) if error.disposition() == Disposition::InDoubt => format!("unknown: {error}"),
            Err(error) => format!("failed: {error}"),
        };
        self.diary.outcome(what, &outcome)?;
        Ok(result?)
    }
}
