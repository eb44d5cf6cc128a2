//! What a collection holds, in its order.

use alliance_record::RecordId;
use alliance_record::proto::v1;
use prost::Message;

use crate::marks::{Standing, shortened, standing};
use crate::reading::Reading;
use crate::records::{Item, Records};

/// Entries of a collection that are looked at.
const ENTRIES_MAX: usize = 100;

/// An entry of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The record that it names.
    pub record: RecordId,
    /// Above it, or empty.
    pub heading: String,
    /// Beside it, or empty.
    pub note: String,
    /// The record and where it stands; `None` when it is not held here.
    pub held: Option<(Item, Standing)>,
}

/// The entries of a collection, from its body.
///
/// # Errors
/// As the holder says.
pub fn entries<R: Records>(records: &Reading<'_, R>, collection: &Item) -> Result<Vec<Entry>, R::Error> {
    let body = records.body(&collection.id)?;
    let Some(said) = body.and_then(|body| v1::Collection::decode(body).ok()) else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for entry in said.entries.into_iter().take(ENTRIES_MAX) {
        let Ok(record) = RecordId::from_slice(&entry.record) else {
            continue;
        };
        let held = match records.record(&record)? {
            Some(item) => {
                let standing = standing(records, &item)?;
                Some((item, standing))
            }
            None => None,
        };
        all.push(Entry {
            record,
            heading: shortened(entry.heading),
            note: shortened(entry.note),
            held,
        });
    }
    Ok(all)
}
