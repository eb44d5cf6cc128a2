//! Records on their way into the dataset.

use std::collections::BTreeMap;

use alliance_export::{Cell, Exported, ReadRecord};

use super::error::DatasetError;
use super::partition::Layout;
use crate::parquet::Group;
use crate::table::Maker;

/// Bytes of rows at which a batch is to be committed.
const BATCH_BYTES: usize = 32 << 20;

/// Records to be committed together, in memory.
pub struct Batch {
    tables: Vec<Rows>,
    least: Option<u64>,
    records: u64,
}

/// The rows of a table, by folder.
struct Rows {
    layout: &'static Layout,
    maker: Maker<'static>,
    folders: BTreeMap<String, Part>,
}

/// What becomes one file.
pub(super) struct Part {
    pub(super) group: Group,
    pub(super) arrivals: (u64, u64),
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        let rows = |layout: &'static Layout| Rows {
            maker: Maker::new(layout.table, &|_| None),
            folders: BTreeMap::new(),
            layout,
        };
        Self {
            tables: Layout::all().iter().map(rows).collect(),
            least: None,
            records: 0,
        }
    }

    /// Adds the rows of a record. One without a body has none: it is handed in when its body has come, and never when that
    /// was erased.
    ///
    /// # Errors
    /// When the record has no arrival number.
    pub fn add(&mut self, record: &Exported<'_>) -> Result<(), DatasetError> {
        let arrival = record.arrival.ok_or(DatasetError::NoArrival(record.id))?;
        if record.body.is_none() {
            return Ok(());
        }
        self.least = Some(self.least.map_or(arrival, |least| least.min(arrival)));
        self.records += 1;
        let read = ReadRecord::of(record);
        for rows in &mut self.tables {
            rows.add(&read, arrival);
        }
        Ok(())
    }

    /// Bytes that the rows take here.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let folders = self.tables.iter().flat_map(|rows| rows.folders.values());
        folders.map(|part| part.group.bytes()).sum()
    }

    /// Whether it is to be committed before more is added: at 32 MiB.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.bytes() >= BATCH_BYTES
    }

    /// The least arrival number in it.
    pub(super) const fn least(&self) -> Option<u64> {
        self.least
    }

    /// Each table with its folders' rows.
    pub(super) fn into_parts(self) -> impl Iterator<Item = (&'static Layout, BTreeMap<String, Part>)> {
        self.tables.into_iter().map(|rows| (rows.layout, rows.folders))
    }
}

impl Rows {
    fn add(&mut self, read: &ReadRecord<'_>, arrival: u64) {
        let folder = self.layout.folder(&read.record().country);
        let (layout, folders) = (self.layout, &mut self.folders);
        self.maker.record(read, &mut |cells| {
            let part = folders.entry(folder.clone()).or_insert_with(|| Part {
                group: Group::new(&layout.columns),
                arrivals: (arrival, arrival),
            });
            part.arrivals = (part.arrivals.0.min(arrival), part.arrivals.1.max(arrival));
            let chosen = layout.places.iter();
            let chosen: Vec<Cell<'_>> = chosen.filter_map(|place| cells.get(*place).cloned()).collect();
            part.group.push(&chosen);
        });
    }
}
