//! Groups for the store: own records through the journal.

use alliance_record::VerifiedRecord;
use alliance_store::{Arrival, GROUP_RECORDS_MAX, WriteError, Writer};

/// Appends both, each in groups that the store takes. Returns the last arrival number.
pub(crate) fn append_all(
    writer: &mut Writer,
    ours: &[VerifiedRecord],
    theirs: &[VerifiedRecord],
) -> Result<Option<Arrival>, WriteError> {
    let mut last = None;
    for group in ours.chunks(GROUP_RECORDS_MAX) {
        last = Some(writer.append_own(group)?.last);
    }
    for group in signed_groups(theirs) {
        last = Some(writer.append(group)?.last);
    }
    Ok(last)
}

/// Cuts records into groups of which each ends, for every log, at a signed record.
fn signed_groups(records: &[VerifiedRecord]) -> Vec<&[VerifiedRecord]> {
    let mut groups = Vec::new();
    let mut rest = records;
    while rest.len() > GROUP_RECORDS_MAX {
        let cut = (1..=GROUP_RECORDS_MAX)
            .rev()
            .find(|cut| ends_signed(&rest[..*cut]))
            .unwrap_or(GROUP_RECORDS_MAX);
        let (group, after) = rest.split_at(cut);
        groups.push(group);
        rest = after;
    }
    if !rest.is_empty() {
        groups.push(rest);
    }
    groups
}

/// Whether the last record is signed and begins no gap: ranges arrive log by log, each ending at a signed record.
fn ends_signed(group: &[VerifiedRecord]) -> bool {
    group.last().is_some_and(|record| record.signature().is_some())
}
