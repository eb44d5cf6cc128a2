//! Groups for the store, as the real node makes them: own records through the journal, bodies after their headers.

use std::collections::BTreeSet;

use alliance_record::{Author, Body, LogName, Refusal, VerifiedRecord};
use alliance_store::{GROUP_RECORDS_MAX, WriteError, Writer};

/// Appends all: what this node wrote through the journal, in groups that the store takes, then the others.
pub(crate) fn append_all(writer: &mut Writer, author: &Author, records: Vec<VerifiedRecord>) -> Result<(), WriteError> {
    let (own, instance) = (author.key.writer(), author.instance);
    let (ours, theirs): (Vec<_>, Vec<_>) = records
        .into_iter()
        .partition(|record| record.header().log.writer == own && record.header().log.instance == instance);
    let is_whole = |record: &VerifiedRecord| record.signature().is_some() && record.body().is_some();
    let parts = ours.iter().filter(|record| !is_whole(record));
    let fetched: BTreeSet<LogName> = parts.map(|record| record.header().log.clone()).collect();
    let (fetched, written): (Vec<_>, Vec<_>) = ours
        .into_iter()
        .partition(|record| fetched.contains(&record.header().log));
    for group in signed_groups(&written) {
        writer.append_own(group)?;
    }
    for group in signed_groups(&fetched).into_iter().chain(signed_groups(&theirs)) {
        writer.append(group)?;
    }
    Ok(())
}

/// What became of bodies that came after their headers.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// How many are there now, from the first on.
    pub(crate) held: usize,
    /// What is wrong with the next one.
    pub(crate) refused: Option<Refusal>,
}

/// Stores the bodies of consecutive records of one log, in groups that the store takes.
pub(crate) fn fill_all(writer: &mut Writer, records: &[VerifiedRecord]) -> Result<Filled, WriteError> {
    let mut filled = Filled::default();
    for group in records.chunks(GROUP_RECORDS_MAX) {
        let header = group[0].header();
        let bodies: Vec<Body> = group.iter().filter_map(|record| record.body().cloned()).collect();
        let done = writer.fill(&header.log, header.sequence, bodies)?;
        filled.held += done.held;
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
