//! Groups for the store: own records through the journal.

use std::collections::BTreeSet;

use alliance_record::{Body, LogName, Refusal, VerifiedRecord};
use alliance_store::{Arrival, GROUP_RECORDS_MAX, WriteError, Writer};

/// Appends both, each in groups that the store takes. Returns the last arrival number.
pub(crate) fn append_all(
    writer: &mut Writer,
    ours: &[VerifiedRecord],
    theirs: &[VerifiedRecord],
) -> Result<Option<Arrival>, WriteError> {
    let mut last = None;
    // What was signed here is always signed. What this node wrote in an earlier life and got back from peers is not: peers
    // have it, and the journal must be able to end at any of its entries. Nor is what came without its body.
    let is_whole = |record: &VerifiedRecord| record.signature().is_some() && record.body().is_some();
    let fetched: BTreeSet<&LogName> = ours.iter().filter(|r| !is_whole(r)).map(|r| &r.header().log).collect();
    let (fetched, written): (Vec<_>, Vec<_>) = ours.iter().cloned().partition(|r| fetched.contains(&r.header().log));
    for group in signed_groups(&written) {
        last = Some(writer.append_own(group)?.last);
    }
    for group in signed_groups(&fetched).into_iter().chain(signed_groups(theirs)) {
        last = Some(writer.append(group)?.last);
    }
    Ok(last)
}

/// What became of bodies that came after their headers.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// The last arrival number, if any body was new.
    pub(crate) arrival: Option<Arrival>,
    /// What is wrong with the first that was not taken.
    pub(crate) refused: Option<Refusal>,
}

/// Stores the bodies of consecutive records of one log, in groups that the store takes.
pub(crate) fn fill_all(writer: &mut Writer, records: Vec<VerifiedRecord>) -> Result<Filled, WriteError> {
    let mut filled = Filled::default();
    for group in records.chunks(GROUP_RECORDS_MAX) {
        let header = group[0].header();
        let bodies: Vec<Body> = group.iter().filter_map(|record| record.body().cloned()).collect();
        let done = writer.fill(&header.log, header.sequence, bodies)?;
        filled.arrival = done.appended.map(|appended| appended.last).or(filled.arrival);
        filled.refused = done.refused;
        if filled.refused.is_some() {
            break;
        }
    }
    Ok(filled)
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
