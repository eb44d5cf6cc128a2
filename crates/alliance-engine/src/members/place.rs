//! Where a record stands: whether it counts depends on where its log ends.

use alliance_record::{LogName, OrganisationId, VerifiedRecord};

/// A place of a log, and whose log it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) log: LogName,
    pub(crate) sequence: u64,
    pub(crate) organisation: OrganisationId,
}

impl Place {
    pub(crate) fn of(record: &VerifiedRecord) -> Self {
        let header = record.header();
        Self {
            log: header.log.clone(),
            sequence: header.sequence,
            organisation: header.organisation,
        }
    }
}
