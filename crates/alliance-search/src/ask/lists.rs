//! Counts by facet.

use std::collections::BTreeMap;

use crate::index::{Facets, own};

/// Values of a list that are given: more than a person looks through.
const VALUES_MAX: usize = 50;
/// Organisations that are given: more than an alliance has, so that whoever knows their countries can count these.
const ORGANISATIONS_MAX: usize = 10_000;

/// How often the values of a list are among what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListCounts {
    /// `kind`, `chapter`, `organisation`, `adopted_by`, `language`, `year`, or the name of a code list.
    pub list: String,
    /// At most 50, of organisations at most 10,000, the most frequent first, then by value.
    pub counts: Vec<Count>,
    /// Values that are left out.
    pub left_out: usize,
}

/// How often one value is among what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// A code, or what [`ListCounts::list`] says; unknown codes raw.
    pub value: String,
    /// Records that carry it.
    pub records: u64,
}

/// Of counts by the facets' numbers.
pub(super) fn lists(facets: &Facets, counts: &[u32]) -> Vec<ListCounts> {
    let mut lists: BTreeMap<&str, Vec<Count>> = BTreeMap::new();
    for ((list, value), records) in facets.names.iter().zip(counts).filter(|(_, count)| **count > 0) {
        lists.entry(list).or_default().push(Count {
            value: value.clone(),
            records: u64::from(*records),
        });
    }
    lists.into_iter().map(|(list, counts)| shown(list, counts)).collect()
}

fn shown(list: &str, mut counts: Vec<Count>) -> ListCounts {
    counts.sort_unstable_by(|one, other| {
        other
            .records
            .cmp(&one.records)
            .then_with(|| one.value.cmp(&other.value))
    });
    let most = match list {
        own::ORGANISATION | own::ADOPTED_BY => ORGANISATIONS_MAX,
        _ => VALUES_MAX,
    };
    let left_out = counts.len().saturating_sub(most);
    counts.truncate(most);
    ListCounts {
        list: list.trim_start_matches(own::MARK).to_owned(),
        counts,
        left_out,
    }
}
