//! Files with a match model: read for `--model`, written for `--save-model`.

use std::path::Path;

use super::{exit, file};
use crate::config::{Layer, Layers, ValueOrigin};
use crate::link::Model;

/// The model the settings name, and the settings with its thresholds where none was set.
pub(super) fn named(layers: Layers) -> anyhow::Result<(Layers, Option<Model>)> {
    let Some(path) = layers.settings()?.matching.model else { return Ok((layers, None)) };
    let model = read(Path::new(&path))?;
    let mut thresholds = Layer::default();
    let origin = || ValueOrigin::File(path.clone());
    thresholds.set("match.auto_weight", model.auto_weight.0, origin());
    thresholds.set("match.review_weight", model.review_weight.0, origin());
    Ok((layers.above_defaults(thresholds), Some(model)))
}

fn read(path: &Path) -> anyhow::Result<Model> {
    let shown = path.display();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| exit::usage(format!("{shown}: the model cannot be read: {error}")))?;
    Model::from_json(&text).map_err(|error| exit::usage(format!("{shown}: no model that can be used: {error}")))
}

/// Writes a model, whole or not at all.
pub(super) fn save(path: &Path, model: &Model) -> anyhow::Result<()> {
    file::write_whole(path, |out| out.write_all(model.to_json().as_bytes()))
}
