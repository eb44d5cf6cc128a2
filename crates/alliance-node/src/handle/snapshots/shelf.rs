//! The store as a bundle is made from it, and why one cannot be made.

use alliance_api::Problem;
use alliance_record::{LogName, RecordId, SignedRecord, VerifiedRecord};
use alliance_snapshot::{MakeError, Shelf};
use alliance_store::{RangeLimits, ReadError};

use crate::access::Held as Access;
use crate::handle::problem::problem;
use crate::shared::Shared;

/// Records of the store, read as they are asked for.
pub(super) struct Shelved {
    pub(super) reader: Access,
}

fn limits(records: u64) -> RangeLimits {
    RangeLimits {
        records_max: usize::try_from(records).unwrap_or(usize::MAX),
        bytes_max: usize::MAX,
    }
}

impl Shelf for Shelved {
    type Error = ReadError;

    fn range(&self, log: &LogName, from: u64, records: u64) -> Result<Vec<SignedRecord>, ReadError> {
        self.reader.range(log, from, limits(records))
    }

    fn headers(&self, log: &LogName, from: u64, records: u64) -> Result<Vec<SignedRecord>, ReadError> {
        self.reader.headers(log, from, limits(records))
    }

    fn record(&self, id: &RecordId) -> Result<Option<VerifiedRecord>, ReadError> {
        Ok(self.reader.record(id)?.map(|stored| stored.record))
    }
}

/// What was removed, and so is in no bundle any more.
pub(super) fn withdrawn(record: &RecordId) -> Problem {
    let detail = format!(
        "the text of record {record} was removed since, and is nowhere any more. The identifier stands for what was; \
         `alliance snapshot show` lists what was withdrawn, and `alliance snapshot` makes one of what there is now"
    );
    problem(409, "snapshot_withdrawn", "The snapshot cannot be made again", &detail)
}

/// What has not come here yet.
pub(super) fn bare(record: &RecordId) -> Problem {
    let detail = format!(
        "of record {record} this node holds the header and not the text. Wait until it has come (`alliance sync`), or ask a node \
         that keeps texts of its chapter"
    );
    problem(409, "bodies_missing", "Not all records are whole", &detail)
}

pub(super) fn not_in_step(detail: &str) -> Problem {
    let detail = format!("{detail}. Wait until this node has caught up (`alliance sync`), or ask another node");
    problem(
        409,
        "not_in_step",
        "This node does not hold what the snapshot is made of",
        &detail,
    )
}

pub(super) fn not_followed(log: &LogName) -> Problem {
    let chapter = &log.chapter;
    let detail = format!(
        "the snapshot has records of {chapter}, which this node does not follow any more. To take it in again: \
         `alliance chapter follow {chapter}`"
    );
    problem(409, "chapter_not_held", "The chapter is not followed", &detail)
}

/// A program with another schema writes other files.
pub(super) fn other_schema(version: &str) -> Problem {
    let detail = format!(
        "it was made with the code lists {version} and their schema, and this node has others: its files would not be the same. A \
         bundle that somebody kept is still good; `alliance snapshot` makes one of what there is now"
    );
    problem(409, "other_schema", "The snapshot is of another version", &detail)
}

/// Why a bundle cannot be made.
pub(super) fn unmade(error: &MakeError<ReadError>, shelved: &Shelved, shared: &Shared) -> Problem {
    let view = shared.view();
    match error {
        MakeError::NoText { record } => match shelved.reader.bare(record) {
            Ok(Some(held)) => {
                let header = held.header();
                let removed = view.removed_by(record, &header.log.chapter, &header.organisation);
                removed.map_or_else(|| bare(record), |_| withdrawn(record))
            }
            Ok(None) | Err(_) => bare(record),
        },
        MakeError::NotHeld { log, .. } if !view.replicated.contains(&log.chapter) => not_followed(log),
        MakeError::OtherSchema { version } => other_schema(version),
        MakeError::Unknown { .. }
        | MakeError::NotHeld { .. }
        | MakeError::Behind { .. }
        | MakeError::DoesNotCount { .. }
        | MakeError::OtherActs => not_in_step(&error.to_string()),
        MakeError::Shelf(_) | MakeError::Io(_) => {
            problem(500, "store_failed", "The store could not be read", &error.to_string())
        }
    }
}
