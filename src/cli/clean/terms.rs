//! What a night's plan depends on besides the contacts: the program, the settings, the match model, people's decisions, the
//! workspace. All of it goes into one fingerprint; nights of the same fingerprint and the same contacts have the same plan.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::night::{Job, Site};
use crate::cli::plan as plan_verb;
use crate::config::Layers;
use crate::plan::{Header, Remembered, WorkspaceBinding};
use crate::review::DecisionsFile;
use crate::store::Contents;

/// What a plan is made by.
pub(super) struct Terms {
    /// The head of tonight's plan.
    pub(super) header: Header,
    /// What people decided so far.
    pub(super) remembered: Vec<Remembered>,
    /// The match model that was named, as its document.
    model: Option<String>,
    /// The program itself.
    program: String,
}

impl Terms {
    pub(super) fn of(job: &Job<'_>, site: &Site<'_>) -> anyhow::Result<Self> {
        let decisions = match &job.settings.matching.decisions {
            Some(path) => PathBuf::from(path),
            None => std::path::absolute(site.nights.decisions())?,
        };
        let header = Header {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: job.now,
            workspace: Some(WorkspaceBinding {
                id: site.me.workspace_id.clone(),
                name: site.me.workspace_name.clone(),
                region: site.me.region.clone(),
            }),
            api_version: job.settings.intercom.api.clone(),
            settings: settings_with(job.layers, &decisions),
        };
        Ok(Self {
            header,
            remembered: DecisionsFile::at(&decisions).read()?.unwrap_or_default(),
            model: job.model.map(crate::link::Model::to_json),
            program: program(),
        })
    }

    /// A digest of all of it and of the contacts, in hexadecimal. When the plan is made is no part of it.
    pub(super) fn fingerprint(&self, contents: Contents) -> anyhow::Result<String> {
        let Header { tool_version, made_at: _, workspace, api_version, settings } = &self.header;
        let parts = [
            self.program.clone(),
            serde_json::to_string(&(tool_version, workspace, api_version, settings))?,
            serde_json::to_string(&self.remembered)?,
            serde_json::to_string(&self.model)?,
        ];
        let mut digest = Parts::default();
        for part in &parts {
            digest.add(part.as_bytes());
        }
        digest.add(&contents.0);
        Ok(digest.finish())
    }
}

/// A SHA-256 over parts, so that no two lists of parts look the same.
#[derive(Default)]
pub(super) struct Parts(Sha256);

impl Parts {
    pub(super) fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// In hexadecimal.
    pub(super) fn finish(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut digits, byte| {
            // Writing to a string cannot fail
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }
}

/// Another build of the same version may decide otherwise, so the program is known by its file too.
fn program() -> String {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let told = file.and_then(|file| Ok((file.len(), file.modified()?)));
    told.map_or_else(
        |_| String::new(),
        |(length, changed)| {
            let changed = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
            format!("{length} {}", changed.as_nanos())
        },
    )
}

/// Every setting in force, and the file of decisions, so that `review` finds it.
fn settings_with(layers: &Layers, decisions: &Path) -> serde_json::Value {
    let mut settings = plan_verb::as_json(layers);
    if let Some(entries) = settings.as_object_mut() {
        let path = decisions.display().to_string();
        entries
            .entry("match.decisions")
            .or_insert_with(|| serde_json::json!({ "value": path, "origin": "leadfold clean" }));
    }
    settings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contact::Timestamp;
    use crate::link::Model;

    fn terms() -> Terms {
        let header = Header {
            tool_version: "0.1.0".to_owned(),
            made_at: Timestamp(1),
            workspace: None,
            api_version: "2.14".to_owned(),
            settings: json!({"plan.fill": {"value": "empty", "origin": "default"}}),
        };
        Terms { header, remembered: Vec::new(), model: None, program: "1 2".to_owned() }
    }

    #[test]
    fn only_the_time_can_be_another_without_another_fingerprint() {
        let print = |terms: &Terms| terms.fingerprint(Contents([7; 32])).unwrap();
        let same = print(&terms());
        let mut later = terms();
        later.header.made_at = Timestamp(2);
        assert_eq!(print(&later), same);
        assert_ne!(terms().fingerprint(Contents([8; 32])).unwrap(), same, "another contact");

        let change = |change: &dyn Fn(&mut Terms)| {
            let mut terms = terms();
            change(&mut terms);
            print(&terms)
        };
        let remembered =
            Remembered { at: Timestamp(0), members: Vec::new(), parts: None, survivor: None, values: Vec::new() };
        let workspace = WorkspaceBinding { id: "w".to_owned(), name: String::new(), region: "US".to_owned() };
        let others = [
            change(&|terms| terms.header.tool_version = "0.1.1".to_owned()),
            change(&|terms| terms.program = "1 3".to_owned()),
            change(&|terms| terms.header.api_version = "2.16".to_owned()),
            change(&|terms| terms.header.workspace = Some(workspace.clone())),
            change(&|terms| terms.header.settings = json!({"plan.fill": {"value": "overwrite", "origin": "flag"}})),
            change(&|terms| terms.remembered.push(remembered.clone())),
            change(&|terms| terms.model = Some(Model::default().to_json())),
        ];
        for (place, other) in others.iter().enumerate() {
            assert_ne!(*other, same, "{place}");
            assert!(!others[place + 1..].contains(other), "{place}");
        }
    }
}
