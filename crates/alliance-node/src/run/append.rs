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
    // What was signed here is always signed. What this node wrote in an earlier life and got back from peers is not: peers
    // have it, and the journal must be able to end at any of its entries.
    let written_here = ours.iter().all(|record| record.signature().is_some());
    for group in signed_groups(ours) {
        let appended = if written_here {
            writer.append_own(group)?
        } else {
            writer.append(group)?
        };
        last = Some(appended.last);
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
