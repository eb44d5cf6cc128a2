//! Those who hold texts beside the store while the node runs, and the order in which they end.

use std::sync::Arc;

use crate::access::Closing;
use crate::data::DataDir;
use crate::dataset::{self, DatasetAccess};
use crate::finding::{self, Finding, Surroundings};
use crate::settings::Settings;
use crate::shared::Shared;

/// Those who hold texts beside the store: the search index, and a dataset if there is to be one.
pub(super) fn keepers(
    dir: &DataDir,
    settings: &Settings,
    around: dataset::Surroundings,
    closing: Closing,
) -> (Finding, DatasetAccess, Endings) {
    let of_search = Surroundings {
        store: around.store.clone(),
        shared: Arc::clone(&around.shared),
        inbox: around.inbox.clone(),
    };
    let shared = Arc::clone(&around.shared);
    let (finding, of_search) = Finding::begin(dir.search(), of_search);
    let place = dataset::Where::of(&settings.dataset, dir.path());
    let (dataset, of_dataset) = dataset::begin(place, around);
    let endings = Endings {
        of_search,
        of_dataset,
        shared,
        closing,
    };
    (finding, dataset, endings)
}

/// What has to end before the database is free.
pub(super) struct Endings {
    of_search: finding::Ending,
    of_dataset: Option<dataset::Ending>,
    shared: Arc<Shared>,
    closing: Closing,
}

impl Endings {
    pub(super) async fn end(self) {
        self.of_search.end().await;
        if let Some(of_dataset) = self.of_dataset {
            of_dataset.end().await;
        }
        self.closing.shut();
        self.shared.underway.cut().await;
        self.closing.closed().await;
    }
}
