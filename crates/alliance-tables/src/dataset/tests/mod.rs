//! Datasets that are cut off, forget, and come to the same content all the same.

mod faulty;
mod reading;
#[path = "../../../../alliance-export/tests/export/shipped.rs"]
mod shelf;

use std::ops::Range;
use std::sync::Arc;

use alliance_export::{Exported, State as Standing};
use alliance_record::schema::summary;
use alliance_record::{AllianceId, RecordId};
use object_store::memory::InMemory;

use super::{Batch, Dataset, DatasetError, Place, Source};
use faulty::{Fault, Faulty};
use reading::{all_words, content, parts, state, whole};

/// Records of a batch: few, so that there are many small files.
const BATCH: usize = 2;
/// Records of the histories that are cut at every call: as many batches as it takes for files to be joined.
const CUT_RECORDS: usize = 18;

/// Whoever awaits may do so on any thread.
const _: fn(&mut Dataset, Batch) = |dataset, batch| {
    fn is_send(_: impl Send) {}
    is_send(dataset.commit(batch, 0));
    is_send(dataset.forget(&[]));
    is_send(dataset.compact());
    is_send(dataset.restate(Vec::<Result<Exported<'static>, ()>>::new()));
};

fn source() -> Source<'static> {
    Source {
        alliance: AllianceId([0xa1; 32]),
        feed: "feed 1".into(),
        maker: "alliance test".into(),
    }
}

/// The shipped records in the order in which they came.
fn records() -> Vec<Exported<'static>> {
    shelf::shipped().into_iter().map(|(_, record)| record).collect()
}

/// The records to be forgotten: one in a batch with others, and a whole batch.
fn erased(records: &[Exported<'_>]) -> Vec<(RecordId, Option<u64>)> {
    [1, 6, 7, 8]
        .map(|at: usize| (records[at].id, records[at].arrival.filter(|_| at > 1)))
        .to_vec()
}

/// What is done with a dataset.
#[derive(Debug, Clone)]
enum Step {
    /// Of the records by their places.
    Commit(Range<usize>),
    Restate,
    Forget,
    Compact,
}

/// All that is done with a dataset, in its order.
fn history(records: &[Exported<'_>]) -> Vec<Step> {
    let batches = (0..records.len()).step_by(BATCH);
    let commits = batches.map(|first| Step::Commit(first..(first + BATCH).min(records.len())));
    commits.chain([Step::Restate, Step::Forget, Step::Compact]).collect()
}

/// Records of which none is at fault.
fn faultless(records: &[Exported<'static>]) -> impl Iterator<Item = Result<Exported<'static>, ()>> {
    records.iter().cloned().map(Ok)
}

/// Opens a dataset and does a step, unless what it adds is in.
async fn perform(place: Place, step: &Step, records: &[Exported<'static>]) -> Result<Dataset, DatasetError> {
    let mut dataset = Dataset::open(place, &source()).await?;
    match step {
        Step::Commit(range) if dataset.cursor()? < range.end as u64 => {
            let mut rows = Batch::new();
            for record in &records[range.clone()] {
                rows.add(record)?;
            }
            dataset.commit(rows, range.end as u64).await?;
        }
        Step::Commit(_) => {}
        Step::Restate => drop(dataset.restate(faultless(records)).await?),
        Step::Forget => drop(dataset.forget(&erased(records)).await?),
        Step::Compact => drop(dataset.compact().await?),
    }
    Ok(dataset)
}

/// Does it all.
async fn carry_on(place: Place, records: &[Exported<'static>]) -> Dataset {
    let mut dataset = Dataset::open(place.clone(), &source()).await.unwrap();
    for step in history(records) {
        dataset = perform(place.clone(), &step, records).await.unwrap();
    }
    dataset
}

fn memory() -> (Arc<InMemory>, Place) {
    let store = Arc::new(InMemory::new());
    (store.clone(), Place::of(store))
}

#[tokio::test]
async fn what_was_handed_in_is_there_but_for_what_was_forgotten() {
    let records = records();
    let (_, place) = memory();
    let dataset = carry_on(place.clone(), &records).await;
    assert_eq!(dataset.cursor().unwrap(), records.len() as u64);
    let content = content(&place).await;
    assert_eq!(content["records"].len(), records.len() - 4);
    assert!(
        content.keys().any(|table| table == "measure_points") && content.len() > 10,
        "{:?}",
        content.keys()
    );
    let files = state(&place).await.unwrap().files;
    assert_eq!(parts(&place).await.len(), files.len());
    assert!(
        files
            .iter()
            .any(|file| file.path.starts_with("table=practices/country="))
    );
    assert!(!whole(&place, "code_labels").await.is_empty() && !whole(&place, "organisations").await.is_empty());
}

#[tokio::test]
async fn small_files_are_joined_and_no_row_is_lost() {
    let records = records();
    let (_, place) = memory();
    let mut dataset = Dataset::open(place.clone(), &source()).await.unwrap();
    for record in &records {
        let mut rows = Batch::new();
        rows.add(record).unwrap();
        dataset.commit(rows, record.arrival.unwrap()).await.unwrap();
    }
    let (before, files) = (content(&place).await, parts(&place).await.len());
    let compacted = dataset.compact().await.unwrap();
    assert!(
        compacted.joined > compacted.written && compacted.written > 0,
        "{compacted:?}"
    );
    assert_eq!(parts(&place).await.len(), files - compacted.joined + compacted.written);
    assert_eq!(content(&place).await, before);
    assert_eq!(dataset.compact().await.unwrap().joined, 0, "nothing is left to join");
}

/// Cuts a step at each of its calls, each time from the same dataset, and says how many there were.
async fn cut_at_every_call(store: &InMemory, step: &Step, fault: Fault, records: &[Exported<'static>]) -> usize {
    let before = content(&Place::of(Arc::new(store.fork()))).await;
    let done = Place::of(Arc::new(store.fork()));
    perform(done.clone(), step, records).await.unwrap();
    let after = content(&done).await;
    for fails_at in 0.. {
        let fork = Arc::new(store.fork());
        let place = Place::of(fork.clone());
        let faulty = Faulty::new(fork, fails_at, fault);
        let outcome = perform(Place::of(Arc::new(faulty.clone())), step, records).await;
        if !faulty.has_failed() {
            outcome.unwrap();
            return fails_at;
        }
        let error = outcome.err().unwrap();
        assert!(error.to_string().contains("cut"), "{step:?}, call {fails_at}: {error}");
        let found = content(&place).await;
        assert!(found == before || found == after, "{step:?} cut at call {fails_at}");
        perform(place.clone(), step, records).await.unwrap();
        assert_eq!(
            content(&place).await,
            after,
            "{step:?} done again after a cut at call {fails_at}"
        );
        let named = state(&place).await.unwrap().files;
        let named = named.into_iter().map(|file| file.path).collect();
        assert_eq!(
            parts(&place).await,
            named,
            "{step:?}: files left by a cut at call {fails_at}"
        );
    }
    0
}

async fn cut_everywhere(fault: Fault) {
    let mut records = records();
    records.truncate(CUT_RECORDS);
    let (store, place) = memory();
    let mut calls = 0;
    for step in history(&records) {
        // Commits are alike: the first, and one upon others.
        if !matches!(&step, Step::Commit(range) if ![0, 4 * BATCH].contains(&range.start)) {
            calls += cut_at_every_call(&store, &step, fault, &records).await;
        }
        perform(place.clone(), &step, &records).await.unwrap();
    }
    assert!(calls > 40, "only {calls} calls were seen");
}

#[tokio::test]
async fn a_cut_before_any_call_leaves_a_dataset_that_goes_on() {
    cut_everywhere(Fault::Before).await;
}

#[tokio::test]
async fn a_cut_after_any_call_leaves_a_dataset_that_goes_on() {
    cut_everywhere(Fault::After).await;
}

#[tokio::test]
async fn after_a_failure_nothing_is_done_until_it_is_opened_again() {
    let records = records();
    let (store, _) = memory();
    // The calls of opening are six.
    let faulty = Faulty::new(store, 8, Fault::Before);
    let mut dataset = Dataset::open(Place::of(Arc::new(faulty)), &source()).await.unwrap();
    let mut rows = Batch::new();
    records.iter().for_each(|record| rows.add(record).unwrap());
    assert!(matches!(dataset.commit(rows, 50).await, Err(DatasetError::Place(_))));
    assert!(matches!(dataset.cursor(), Err(DatasetError::OpenAgain)));
    assert!(matches!(dataset.compact().await, Err(DatasetError::OpenAgain)));
    assert!(matches!(
        dataset.commit(Batch::new(), 51).await,
        Err(DatasetError::OpenAgain)
    ));
}

#[tokio::test]
async fn of_what_was_forgotten_no_byte_is_left() {
    let records = records();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::folder(folder.path()).unwrap();
    let mut dataset = Dataset::open(place.clone(), &source()).await.unwrap();
    let mut rows = Batch::new();
    records.iter().for_each(|record| rows.add(record).unwrap());
    dataset.commit(rows, 1_000).await.unwrap();
    std::fs::write(folder.path().join("table=edges/part-1.parquet#1"), "a piece").unwrap();
    let erased = erased(&records);
    let ids: Vec<_> = erased.iter().map(|(id, _)| *id).collect();
    let gone: Vec<_> = records.iter().filter(|record| ids.contains(&record.id)).collect();
    let named_by_others = |id: &RecordId| {
        let others = records.iter().filter(|record| !ids.contains(&record.id));
        let mut bodies = others.filter_map(|record| record.body.as_deref());
        bodies.any(|body| body.windows(32).any(|bytes| bytes == id.0))
    };
    let title = |record: &Exported<'_>| summary(record.kind, record.body.as_deref().unwrap()).title;
    let others: Vec<_> = records
        .iter()
        .filter(|record| !ids.contains(&record.id))
        .map(title)
        .collect();
    let mut titles: Vec<String> = gone.into_iter().map(title).collect();
    titles.retain(|title| !others.contains(title));
    assert!(titles.len() > 2, "{titles:?}");
    let before = all_words(&place).await;
    assert!(
        titles
            .iter()
            .all(|title| before.iter().any(|words| words.contains(title.as_str())))
    );
    assert!(dataset.forget(&erased).await.unwrap().rows > 8);
    let after = all_words(&place).await;
    for title in &titles {
        assert!(!after.iter().any(|words| words.contains(title.as_str())), "{title}");
    }
    for id in ids.iter().filter(|id| !named_by_others(id)) {
        assert!(!after.iter().any(|words| words.contains(&id.to_string())), "{id}");
    }
    assert_eq!(dataset.forget(&erased).await.unwrap(), super::Forgotten::default());
    let dataset = Dataset::open(place, &source()).await.unwrap();
    assert_eq!(dataset.cursor().unwrap(), 1_000);
    assert!(
        !folder.path().join("table=edges/part-1.parquet#1").exists(),
        "pieces of files go with the next opening"
    );
}

#[tokio::test]
async fn how_records_stand_is_told_apart_and_written_whole() {
    let mut records = records();
    let (_, place) = memory();
    let mut dataset = carry_on(place.clone(), &records).await;
    let told = |records: &[Exported<'_>]| {
        let simply = |record: &&Exported<'_>| {
            record.state == Standing::Current && record.version == Some(1) && record.notices.is_empty()
        };
        records.len() - records.iter().filter(simply).count()
    };
    assert_eq!(whole(&place, "standing").await.len(), told(&records));
    records[0].state = Standing::Retracted;
    let rows = dataset.restate(faultless(&records)).await.unwrap().unwrap();
    assert_eq!(rows, told(&records) as u64);
    let standing = whole(&place, "standing").await;
    let id = records[0].id.to_string();
    assert!(
        standing
            .iter()
            .any(|row| row.contains(&id) && row.contains("retracted")),
        "{standing:?}"
    );
}

#[tokio::test]
async fn another_feed_begins_anew_and_another_alliance_is_refused() {
    let records = records();
    let (store, place) = memory();
    carry_on(place.clone(), &records).await;
    let stranger = Source {
        alliance: AllianceId([7; 32]),
        ..source()
    };
    let before = content(&place).await;
    let refused = Dataset::open(place.clone(), &stranger).await.err().unwrap();
    assert!(matches!(refused, DatasetError::Foreign(_)), "{refused}");
    assert_eq!(content(&place).await, before, "nothing was touched");
    let anew = Source {
        feed: "feed 2".into(),
        ..source()
    };
    let dataset = Dataset::open(place.clone(), &anew).await.unwrap();
    assert_eq!((dataset.cursor().unwrap(), parts(&place).await.len()), (0, 0));
    drop(store);

    let folder = tempfile::tempdir().unwrap();
    let theirs = folder.path().join("table=theirs");
    std::fs::create_dir(&theirs).unwrap();
    std::fs::write(theirs.join("part-0.parquet"), "theirs").unwrap();
    let refused = Dataset::open(Place::folder(folder.path()).unwrap(), &source())
        .await
        .err()
        .unwrap();
    assert!(refused.to_string().contains("part-0.parquet"), "{refused}");
    assert!(theirs.join("part-0.parquet").exists());
}

#[tokio::test]
async fn records_are_taken_once_in_their_order_and_with_their_bodies() {
    let mut records = records();
    let (_, place) = memory();
    let mut dataset = carry_on(place.clone(), &records).await;
    let mut rows = Batch::new();
    rows.add(&records[3]).unwrap();
    let refused = dataset.commit(rows, 100).await;
    assert!(
        matches!(refused, Err(DatasetError::Behind { arrival: 4, .. })),
        "{refused:?}"
    );
    let mut rows = Batch::new();
    records[3].arrival = None;
    assert!(matches!(rows.add(&records[3]), Err(DatasetError::NoArrival(_))));
    records[4].body = None;
    records[4].arrival = Some(200);
    rows.add(&records[4]).unwrap();
    assert!(rows.bytes() == 0 && !rows.is_full());
    let before = content(&place).await;
    dataset.commit(rows, 200).await.unwrap();
    assert_eq!((content(&place).await, dataset.cursor().unwrap()), (before, 200));
}
