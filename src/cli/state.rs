//! Where this user's own state lives: locks, the diary of single writes, mirrors.

use std::path::PathBuf;

/// `name` below leadfold's state folder; a folder for temporary files where the system names no other.
pub(super) fn folder(name: &str) -> PathBuf {
    use etcetera::BaseStrategy;
    let own = etcetera::choose_base_strategy()
        .ok()
        .map(|strategy| strategy.state_dir().unwrap_or_else(|| strategy.cache_dir()).join("leadfold").join(name));
    own.unwrap_or_else(|| std::env::temp_dir().join(format!("leadfold-{name}")))
}

/// A workspace's id as part of a file's name.
pub(super) fn file_name(workspace: &str) -> String {
    workspace.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
