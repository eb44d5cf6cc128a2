//! How often each fault and each verdict really occurred.

use std::collections::BTreeMap;

use crate::lie::Lie;

/// Every fault that this simulator claims to make, but for lies.
pub const FAULTS: [&str; 22] = [
    "gossip_lost",
    "gossip_twice",
    "gossip_replayed",
    "gossip_overtaken",
    "stream_cut",
    "stream_delayed",
    "partition_both_ways",
    "partition_one_way",
    "link_lost",
    "crash",
    "crash_in_append",
    "crash_in_turn",
    "disk_full",
    "disk_slow",
    "disk_full_at_start",
    "clock_off_by_years",
    "clock_set_back",
    "clock_set_forward",
    "chapter_left",
    "second_node",
    "restarted_by_operator",
    "other_bodies_chosen",
];

/// What some history must show besides.
pub const SEEN: [&str; 23] = [
    "appended_bare",
    "bodies_erased",
    "bodies_filled",
    "bodies_forestalled",
    "bodies_unfillable",
    "bodies_wanted",
    "branches_wanted",
    "crash_in_erase",
    "crash_in_fill",
    "erased_after_restart",
    "erased_on_opening",
    "headers_wanted",
    "lagging_told",
    "lived_on",
    "log_ended",
    "removals_made",
    "removals_of_others",
    "removed_offered_again",
    "removed_offered_in_vain",
    "sketch_sent",
    "statements_carried",
    "statements_carried_again",
    "unacknowledged_survived",
];

/// Verdicts that some history must show.
pub const VERDICTS: [&str; 10] = [
    "accepted",
    "duplicate",
    "not_followed",
    "unknown_organisation",
    "unknown_writer",
    "missing_previous",
    "future_time",
    "missing_body",
    "fork",
    "log_ended",
];

/// Counts by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<String, u64>);

impl Coverage {
    pub(crate) fn fault(&mut self, name: &'static str) {
        debug_assert!(FAULTS.contains(&name), "a fault that is not declared");
        self.count("fault", name, 1);
    }

    pub(crate) fn lie(&mut self, lie: Lie) {
        self.count("lie", lie.word(), 1);
    }

    pub(crate) fn verdict(&mut self, code: &str) {
        self.count("verdict", code, 1);
    }

    pub(crate) fn seen(&mut self, name: &str, times: u64) {
        self.count("seen", name, times);
    }

    fn count(&mut self, group: &str, name: &str, times: u64) {
        *self.0.entry(format!("{group}.{name}")).or_default() += times;
    }

    /// Takes in what another history counted.
    pub fn add(&mut self, other: &Self) {
        for (name, times) in &other.0 {
            *self.0.entry(name.clone()).or_default() += times;
        }
    }

    /// All counts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, times)| (name.as_str(), *times))
    }

    /// What is declared and never happened.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let faults = FAULTS.iter().map(|name| format!("fault.{name}"));
        let lies = Lie::all().map(|lie| format!("lie.{}", lie.word()));
        let verdicts = VERDICTS.iter().map(|code| format!("verdict.{code}"));
        let seen = SEEN.iter().map(|name| format!("seen.{name}"));
        let declared = faults.chain(lies).chain(verdicts).chain(seen);
        declared.filter(|name| !self.0.contains_key(name)).collect()
    }
}
