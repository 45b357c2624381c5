//! What a run keeps in a temporary file, when memory has no room for it.
//!
//! Owns the choice (by `memory`), the file, and the question that follows every phase: is everything still to be had that was
//! set aside? Phases are handed the [`Scratch`] alone and go on when it fails; nothing may be kept of what they make then.

use std::path::Path;
use std::sync::Arc;

use super::memory::{self, Keep};
use super::plan::PlanArgs;
use super::printer::Printer;
use crate::contact::Scratch;
use crate::store::ScratchFile;

/// The temporary file of a run, if it needs one.
pub(super) struct Aside(Option<Arc<ScratchFile>>);

impl Aside {
    /// Makes one when memory has no room for the lists: where the flags say, or beside the plan.
    pub(super) fn choose(arguments: &PlanArgs, plan: &Path, printer: &Printer) -> anyhow::Result<Self> {
        let PlanArgs { existing, incoming, only_near, memory_limit, temporary_folder, .. } = arguments;
        let Keep::Aside { need } = memory::choose(existing, incoming, *only_near, *memory_limit)? else {
            return Ok(Self(None));
        };
        let beside = plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = temporary_folder.as_deref().unwrap_or(beside);
        printer.say(&format!(
            "in memory alone this would need about {}; rows and pairs go through a temporary file in {}",
            memory::shown(need),
            folder.display()
        ));
        Ok(Self(Some(Arc::new(ScratchFile::new_in(folder)?))))
    }

    /// What phases are handed.
    pub(super) fn scratch(&self) -> Option<Arc<dyn Scratch>> {
        self.0.as_ref().map(|file| Arc::clone(file) as Arc<dyn Scratch>)
    }

    /// Whether everything that was set aside is still to be had.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        Ok(self.0.as_ref().map_or(Ok(()), |file| file.check())?)
    }
}
