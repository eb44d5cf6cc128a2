//! What one signature proves is taken as a whole or not at all, and the charter's exemption is its founding node's alone.

use alliance_record::SignedRecord;
use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;

use crate::fixture::{NOW_MS, Node, founder, founding, profile, unsigned};
use crate::solo::{Solo, appended, head_of};

/// Records that the engine takes of an answer with them.
fn taken(held: &[SignedRecord], answer: &[SignedRecord]) -> usize {
    let mut solo = Solo::holding(held);
    let session = solo.asks("peer");
    let last = answer.last().unwrap();
    solo.heads(session, &[head_of(last)]);
    appended(&solo.range(session, &last.header().log, answer))
}

#[test]
fn a_run_whose_last_record_must_wait_brings_nothing_unproven() {
    let (mut node, records) = founder("a1");
    let first = node.says(profile("first"));
    let mut later = profile("later");
    later.claimed_at_ms = NOW_MS + CLAIMED_AHEAD_MS_MAX + 1;
    let last = node.says(later);
    assert_eq!(taken(&records, &[unsigned(&first), last.clone()]), 0);
    assert_eq!(taken(&records, &[first, last]), 1);
}

#[test]
fn a_run_from_the_charter_on_is_judged_as_if_each_record_were_taken_before_the_next() {
    let (mut node, records) = founder("a1");
    let last = node.says(profile("a"));
    let answer: Vec<_> = records.iter().map(unsigned).chain([last]).collect();
    assert_eq!(taken(&[], &answer), 3);
}

#[test]
fn nobody_records_the_charter_in_a_founders_name() {
    let mut impostor = Node::new("a2");
    let forged = impostor.says(founding());
    assert_eq!(taken(&[], std::slice::from_ref(&forged)), 0);
    let (_, records) = founder("a1");
    assert_eq!(taken(&records, &[forged]), 0);
}
