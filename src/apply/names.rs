//! Tags and companies by name: each is asked for once per run, however many contacts want it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::intercom::{CompanyId, TagId};

/// Values that are found out once. Whoever comes while a value is being asked for waits for the answer.
#[derive(Debug)]
pub(super) struct Once<K, V> {
    cells: Mutex<HashMap<K, Arc<OnceCell<V>>>>,
}

impl<K, V> Default for Once<K, V> {
    fn default() -> Self {
        Self { cells: Mutex::default() }
    }
}

impl<K: Eq + Hash, V: Clone> Once<K, V> {
    /// The value of a key, from `ask` the first time; otherwise `ask` is never polled. A failure is not kept.
    pub(super) async fn get<E>(&self, key: K, ask: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let cell = Arc::clone(self.cells.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        cell.get_or_try_init(|| ask).await.cloned()
    }
}

/// Ids by name. Tag names are compared without case, as Intercom does.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) tags: Once<String, TagId>,
    pub(super) companies: Once<String, CompanyId>,
}
