//! The flags that say what to decide, shared by nothing but `plan`: each is a setting of the same name.

use std::path::PathBuf;

use clap::Args;

use super::exit;
use super::setting_args::set;
use crate::config::{Layer, ValueOrigin};
use crate::plan::ActionKind;

/// What to decide.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Deciding")]
pub(super) struct DecidingArgs {
    /// Groups of leads without a user
    #[arg(long, value_name = "WHAT", value_parser = ["archive", "promote", "delete", "report"])]
    pub(super) lead_groups: Option<String>,
    /// Groups of several users
    #[arg(long, value_name = "WHAT", value_parser = ["report", "archive"])]
    pub(super) user_groups: Option<String>,
    /// Write only empty attributes, or let incoming values win
    #[arg(long, value_name = "WHAT", value_parser = ["empty", "overwrite"])]
    pub(super) fill: Option<String>,
    /// Only create what is new
    #[arg(long, conflicts_with = "update_only")]
    pub(super) create_only: bool,
    /// Only touch what exists
    #[arg(long)]
    pub(super) update_only: bool,
    /// Plan only these kinds of action
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub(super) only: Vec<ActionKind>,
    /// Match weight, in bits, from which groups are planned rather than reviewed
    #[arg(long, value_name = "BITS", allow_negative_numbers = true)]
    pub(super) min_weight: Option<f64>,
    /// A saved match model, used instead of learning one from the rows
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,
    /// Decisions people made on earlier plans: what was kept apart stays apart, what was joined is joined again. `review`
    /// adds to the file; one that does not exist yet is empty
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Option<PathBuf>,
    /// Mark every contact that is created with its row, in this custom attribute: a create whose answer was lost is then
    /// found for certain
    #[arg(long, value_name = "ATTRIBUTE", num_args = 0..=1, require_equals = true, default_missing_value = "import_mark")]
    pub(super) import_mark: Option<String>,
    /// What becomes of values a merge would lose: one note on the survivor, custom attributes of it, or nothing
    #[arg(long, value_name = "WHAT", value_parser = ["note", "attribute", "drop"])]
    pub(super) keep: Option<String>,
    /// With `--keep attribute`, which it implies: the custom attribute that keeps what of a field would be lost, for instance
    /// 'email=Other emails'; may be given several times, the rest goes into the note
    #[arg(long, value_name = "FIELD=ATTRIBUTE")]
    pub(super) keep_attribute: Vec<String>,
}

impl DecidingArgs {
    /// The layer of settings they are.
    pub(super) fn layer(&self) -> anyhow::Result<Layer> {
        let mut layer = Layer::default();
        set(&mut layer, "plan.lead_groups", self.lead_groups.clone(), "--lead-groups");
        set(&mut layer, "plan.user_groups", self.user_groups.clone(), "--user-groups");
        set(&mut layer, "plan.fill", self.fill.clone(), "--fill");
        set(&mut layer, "plan.mode", self.create_only.then_some("create_only"), "--create-only");
        set(&mut layer, "plan.mode", self.update_only.then_some("update_only"), "--update-only");
        set(&mut layer, "plan.import_mark", self.import_mark.clone(), "--import-mark");
        if !self.keep_attribute.is_empty() {
            if let Some(other) = self.keep.as_deref().filter(|keep| *keep != "attribute") {
                return Err(exit::usage(format!("--keep {other} and --keep-attribute contradict each other")));
            }
            layer.set("plan.keep", "attribute", ValueOrigin::Flag("--keep-attribute"));
            let places = self.keep_attribute.iter().map(|pair| {
                let split = pair.split_once('=').filter(|(field, place)| !field.is_empty() && !place.is_empty());
                let split = split.map(|(field, place)| (field.to_owned(), toml::Value::from(place)));
                split.ok_or_else(|| exit::usage(format!("--keep-attribute '{pair}': write it as 'field=Attribute'")))
            });
            let places: toml::Table = places.collect::<anyhow::Result<_>>()?;
            layer.set("plan.keep_attributes", places, ValueOrigin::Flag("--keep-attribute"));
        }
        set(&mut layer, "plan.keep", self.keep.clone(), "--keep");
        if !self.only.is_empty() {
            let kinds: Vec<toml::Value> = self.only.iter().map(|kind| kind.name().into()).collect();
            layer.set("plan.only", kinds, ValueOrigin::Flag("--only"));
        }
        set(&mut layer, "match.auto_weight", self.min_weight, "--min-weight");
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        set(&mut layer, "match.model", path(&self.model), "--model");
        set(&mut layer, "match.decisions", path(&self.decisions), "--decisions");
        Ok(layer)
    }
}
