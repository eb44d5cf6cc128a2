//! A hundred thousand records: nothing is held back, whatever the format.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use alliance_export::{Exported, Exporter, Format, Options, Table, export};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use prost::Message;

use crate::shelf::{id, made_up, origin};

const RECORDS: usize = 100_000;
/// Formats that make more of a record are tried with fewer: what is held back shows with these as well.
const RECORDS_FEWER: usize = 5_000;
/// No single write is of more bytes than a record may make.
const WRITE_BYTES_MAX: usize = 64 * 1024;

/// Counts what it is given, and keeps nothing.
#[derive(Clone, Default)]
struct Counter {
    bytes: Rc<Cell<u64>>,
    largest: Rc<Cell<usize>>,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.set(self.bytes.get() + bytes.len() as u64);
        self.largest.set(self.largest.get().max(bytes.len()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn measure() -> Vec<u8> {
    let point = |month: u32| v1::Point {
        from: format!("2024-{month:02}"),
        to: format!("2024-{month:02}"),
        numerator: Some(10.0),
        numerator_status: "exact".to_owned(),
        denominator: Some(900.0),
        denominator_status: "exact".to_owned(),
    };
    let measure = v1::Measure {
        common: Some(v1::Common {
            title: "Restraint by month".to_owned(),
            ..v1::Common::default()
        }),
        measure: "restraint.physical.events.obd".to_owned(),
        points: (1..=4).map(point).collect(),
        events_timeline: vec![v1::TimelineEvent {
            at: "2024-03".to_owned(),
            what: "Began".to_owned(),
            record: id(1).0.to_vec().into(),
        }],
        ..v1::Measure::default()
    };
    measure.encode_to_vec()
}

/// While record n is asked for, all records before it are with the writer.
fn streams(format: Format, records: usize) {
    let counter = Counter::default();
    let body = measure();
    let seen = counter.bytes.clone();
    let mut before = 0;
    let iterator = (0..records).map(|number| {
        let written = seen.get();
        assert!(
            number == 0 || written > before,
            "{format:?}: record {number} is asked for and the one before is held back"
        );
        before = written;
        Exported {
            id: id(number),
            ..made_up(Kind::MEASURE, &body)
        }
    });
    let options = Options {
        kind_of: &|_| Some(Kind::PRACTICE),
        ..Options::new(origin())
    };
    let finished = export(format, options, iterator, counter.clone()).unwrap();
    assert_eq!(finished.counts.records, records as u64, "{format:?}");
    assert!(finished.counts.rows >= records as u64, "{format:?}");
    assert!(
        counter.largest.get() <= WRITE_BYTES_MAX,
        "{format:?}: {} bytes at once",
        counter.largest.get()
    );
}

#[test]
fn a_hundred_thousand_records_pass_through() {
    streams(Format::Csv(Table::All), RECORDS);
}

#[test]
fn no_format_holds_records_back() {
    for format in Format::all(Table::Kind(Kind::MEASURE)) {
        streams(format, RECORDS_FEWER);
    }
}

/// A writer whose disk is full.
#[derive(Debug)]
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_ends_the_export() {
    let error = export(
        Format::Ndjson,
        Options::new(origin()),
        [made_up(Kind::PRACTICE, b"")],
        Full,
    )
    .unwrap_err();
    assert!(
        error.to_string().starts_with("the export could not be written: "),
        "{error}"
    );
}

/// A node's page of an export is made away from its loop.
#[test]
fn an_export_can_go_to_another_thread() {
    let exporter = Exporter::new(Format::CitationCff, Options::new(origin()), Vec::new()).unwrap();
    let finished = std::thread::spawn(move || {
        let mut exporter = exporter;
        exporter.write(&made_up(Kind::PRACTICE, b"")).unwrap();
        exporter.out_mut().clear();
        exporter.finish().unwrap()
    });
    let finished = finished.join().unwrap();
    assert!(
        finished.out.starts_with(b"authors: "),
        "what was taken is not written again"
    );
    assert_eq!(finished.counts.rows, 1);
}
