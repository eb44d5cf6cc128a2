//! Random groups over several logs, the store opened again at random, compared with a plain map.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{LogName, RecordId, Reference, VerifiedRecord};
use proptest::prelude::*;
use tempfile::tempdir;

use super::fixture::{ALL, Log, chapter, feed_ids, ids, open_well};
use super::links::{link, unheld};
use crate::{Found, Reader};

const CHAPTERS: [&str; 2] = ["m49:150", "alliance"];
const LOGS: usize = 5;

#[derive(Debug, Clone)]
enum Step {
    /// Log and number of records, in the group's order.
    Append(Vec<(usize, usize)>),
    AppendOwn(usize),
    /// Which of those that arrived, counted around.
    Erase(Vec<usize>),
    OpenAgain,
    Rebuild,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec((0..LOGS, 1..9_usize), 1..6).prop_map(Step::Append),
        2 => (0..LOGS).prop_map(Step::AppendOwn),
        2 => prop::collection::vec(0..500_usize, 1..6).prop_map(Step::Erase),
        2 => Just(Step::OpenAgain),
        1 => Just(Step::Rebuild),
    ]
}

#[derive(Default)]
struct Model {
    logs: BTreeMap<LogName, Vec<VerifiedRecord>>,
    arrived: Vec<VerifiedRecord>,
    erased: BTreeSet<RecordId>,
}

impl Model {
    fn append(&mut self, group: &[VerifiedRecord]) {
        for record in group {
            self.logs
                .entry(record.header().log.clone())
                .or_default()
                .push(record.clone());
        }
        self.arrived.extend_from_slice(group);
    }

    /// What the next records refer to: the newest, and in two roles one that is not held.
    fn references(&self, log: usize) -> Vec<Reference> {
        let mut references: Vec<_> = self
            .arrived
            .last()
            .map(|newest| link(2, newest.id()))
            .into_iter()
            .collect();
        if log.is_multiple_of(2) {
            references.extend([link(3, unheld(log as u8)), link(5, unheld(log as u8))]);
        }
        references
    }

    fn erase(&mut self, ids: &[RecordId]) {
        self.erased.extend(ids);
        for record in self.logs.values_mut().flatten() {
            if self.erased.contains(&record.id()) {
                *record = record.clone().without_body();
            }
        }
    }

    fn check(&self, reader: &Reader) {
        assert_eq!(feed_ids(reader), ids(&self.arrived));
        for name in CHAPTERS.map(chapter) {
            let logs = || self.logs.iter().filter(|(log, _)| log.chapter == name);
            let heads: Vec<_> = reader.heads(&name).unwrap();
            assert!(
                heads
                    .iter()
                    .map(|head| (&head.log, head.record))
                    .eq(logs().map(|(log, all)| (log, all[all.len() - 1].id())))
            );
            let walked: Vec<_> = reader
                .chapter_records(&name)
                .unwrap()
                .map(|stored| stored.unwrap().record)
                .collect();
            let expected: Vec<_> = logs().flat_map(|(_, records)| records.clone()).collect();
            assert_eq!(walked, expected);
            assert_eq!(reader.count(&name).unwrap(), expected.len() as u64);
        }
        for (log, records) in &self.logs {
            let range = reader.range(log, 0, ALL).unwrap();
            assert!(range.iter().map(|record| record.id()).eq(ids(records)));
            let bare = |record: &VerifiedRecord| record.body().is_none();
            assert!(
                range
                    .iter()
                    .map(|record| record.body().is_none())
                    .eq(records.iter().map(bare))
            );
            assert_eq!(reader.bodies_end(log).unwrap(), records.len() as u64);
        }
        let listed = reader
            .list(&crate::Query {
                limit: 200,
                ..Default::default()
            })
            .unwrap();
        let newest: Vec<_> = ids(&self.arrived).into_iter().rev().take(200).collect();
        assert!(listed.rows.iter().map(|row| row.record).eq(newest));
        super::links::check(reader, &self.arrived);
        for record in &self.arrived {
            let is_erased = self.erased.contains(&record.id());
            assert_eq!(reader.is_erased(&record.id()).unwrap(), is_erased);
            assert_eq!(
                reader.by_prefix(&record.id().to_string()).unwrap(),
                Found::One(record.id())
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_does_what_a_map_does(steps in prop::collection::vec(step(), 1..10)) {
        let dir = tempdir().unwrap();
        let mut logs: Vec<Log> = (0..LOGS).map(|at| Log::new(at as u8 + 1, CHAPTERS[at % 2])).collect();
        let mut model = Model::default();
        let (mut writer, mut reader) = open_well(dir.path());
        for step in steps {
            match step {
                Step::Append(parts) => {
                    parts.iter().for_each(|(log, _)| logs[*log].references = model.references(*log));
                    let group: Vec<_> = parts.iter().flat_map(|(log, count)| logs[*log].take_range(*count)).collect();
                    writer.append(&group).unwrap();
                    model.append(&group);
                }
                Step::AppendOwn(log) => {
                    let group = logs[log].take(2);
                    writer.append_own(&group).unwrap();
                    model.append(&group);
                }
                Step::Erase(chosen) if !model.arrived.is_empty() => {
                    let id = |at: &usize| model.arrived[at % model.arrived.len()].id();
                    let ids: Vec<_> = chosen.iter().map(id).collect();
                    writer.erase(&ids).unwrap();
                    model.erase(&ids);
                }
                Step::Erase(_) => {}
                Step::OpenAgain => {
                    drop((writer, reader));
                    (writer, reader) = open_well(dir.path());
                }
                Step::Rebuild => assert_eq!(writer.rebuild_projections().unwrap().unreadable, 0),
            }
            model.check(&reader);
        }
        drop((writer, reader));
        model.check(&open_well(dir.path()).1);
    }
}
