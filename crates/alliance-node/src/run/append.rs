//! Groups for the store: own records through the journal.

use std::collections::BTreeSet;

use alliance_record::{LogName, VerifiedRecord};
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

/// Cuts records into groups of which each ends every log at a signed record.
fn signed_groups(records: &[VerifiedRecord]) -> Vec<&[VerifiedRecord]> {
    let mut groups = Vec::new();
    let mut unproven: BTreeSet<&LogName> = BTreeSet::new();
    let (mut begin, mut proven) = (0, 0);
    for (index, record) in records.iter().enumerate() {
        if index - begin == GROUP_RECORDS_MAX && proven > begin {
            groups.push(&records[begin..proven]);
            begin = proven;
        }
        if record.signature().is_some() {
            unproven.remove(&record.header().log);
        } else {
            unproven.insert(&record.header().log);
        }
        if unproven.is_empty() {
            proven = index + 1;
        }
    }
    if begin < records.len() {
        groups.push(&records[begin..]);
    }
    groups
}
