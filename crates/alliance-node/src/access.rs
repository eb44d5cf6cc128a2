//! Reading access to the store that ends with the node: nobody who outlives the node keeps its database open.

use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use alliance_store::Reader;
use tokio::sync::mpsc;

/// Gives readers while the node runs.
#[derive(Clone)]
pub(crate) struct StoreAccess(Arc<RwLock<Option<Held>>>);

/// A reader in use: the database stays open until it is dropped, so it is held for one task at a time.
#[derive(Clone)]
pub(crate) struct Held {
    reader: Arc<Reader>,
    _in_use: mpsc::Sender<()>,
}

impl Deref for Held {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

/// The end of all access.
pub(crate) struct Closing {
    access: StoreAccess,
    in_use: mpsc::Receiver<()>,
}

impl StoreAccess {
    pub(crate) fn new(reader: Reader) -> (Self, Closing) {
        let (sender, in_use) = mpsc::channel(1);
        let access = Self(Arc::new(RwLock::new(Some(Held {
            reader: Arc::new(reader),
            _in_use: sender,
        }))));
        (access.clone(), Closing { access, in_use })
    }

    /// A reader; `None` once the node has ended.
    pub(crate) fn get(&self) -> Option<Held> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Closing {
    /// Gives no more readers.
    pub(crate) fn shut(&self) {
        self.access.0.write().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Waits until nobody reads any more, once it is shut.
    pub(crate) async fn closed(mut self) {
        while self.in_use.recv().await.is_some() {}
    }
}
