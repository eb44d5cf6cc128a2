//! Records in, bytes out: what all formats share. Holds one record's bytes at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use alliance_record::RecordId;
use alliance_record::schema::Kind;

use crate::exported::Exported;
use crate::format::Format;
use crate::options::Options;
use crate::reading::Reading;
use crate::rows::{Rows, tabular};
use crate::{cite, csv, jsonld, licence, ndjson};

/// Bytes that the buffer of one record keeps from one to the next: more than most records make.
const ROW_BYTES_KEPT: usize = 1 << 20;

/// Why an export ended before its end. What was written until then stands, and is not a whole file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The writer failed.
    #[error("the export could not be written: {0}")]
    Io(#[from] io::Error),
    /// A table of one kind was handed a record of another.
    #[error(
        "record {record} is a {found}, and this table is of {wanted}: ask for records of that kind alone, or for the table of all kinds"
    )]
    OtherKind {
        /// Which record.
        record: RecordId,
        /// What it is.
        found: Kind,
        /// What the table is of.
        wanted: Kind,
    },
}

/// Why a format has no row for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The format is of measures.
    NotAMeasure,
    /// It is not the current version, or does not stand.
    NotCurrent,
    /// There is no body, nobody here can read it, or it is a series without points.
    Unreadable,
    /// What is counted is not events, or not per time at risk.
    NotARateOfEvents,
    /// No event of its timeline names a practice.
    NoPractice,
    /// Its points are not of months, not in the order of time, or overlap.
    OutOfOrder,
    /// No point lies before the practice, or none after.
    OnePeriod,
    /// A value is suppressed, missing, of a status not known here, or no count of events.
    NotShown,
}

impl LeftOut {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAMeasure => "not_a_measure",
            Self::NotCurrent => "not_current",
            Self::Unreadable => "unreadable",
            Self::NotARateOfEvents => "not_a_rate_of_events",
            Self::NoPractice => "no_practice",
            Self::OutOfOrder => "out_of_order",
            Self::OnePeriod => "one_period",
            Self::NotShown => "not_shown",
        }
    }
}

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records handed in.
    pub records: u64,
    /// Rows, objects or entries written.
    pub rows: u64,
    /// Records whose body could not be read whole, and is written raw where the format has a place for it.
    pub raw: u64,
    /// Records left out, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// Licences of the records, for [`crate::datapackage`]: codes of the list `licence`. Codes from newer nodes are with
    /// their records alone.
    pub licences: BTreeSet<&'static str>,
}

/// A finished export.
#[derive(Debug)]
pub struct Finished<W> {
    /// The writer, flushed.
    pub out: W,
    /// What was written.
    pub counts: Counts,
}

/// A format's own part: bytes for the beginning, for each record and for the end.
pub(crate) trait Form: Send {
    /// What stands before the first record.
    fn begin(&mut self, _row: &mut Vec<u8>) {}

    /// What a record comes to.
    fn record(&mut self, record: &Entry<'_>, row: &mut Vec<u8>) -> Written;

    /// What stands after the last record.
    fn end(&mut self, _row: &mut Vec<u8>) {}
}

/// A record with its fields.
pub(crate) struct Entry<'r> {
    pub(crate) record: &'r Exported<'r>,
    pub(crate) reading: &'r Reading,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Rows(u64),
    LeftOut(LeftOut),
    OtherKind(Kind),
}

/// Writes records one by one. A caller that reads in pages, or sends in pieces, hands in what it has and takes from
/// [`Exporter::out_mut`] what was written so far.
pub struct Exporter<'o, W: Write> {
    out: W,
    form: Box<dyn Form + 'o>,
    row: Vec<u8>,
    counts: Counts,
}

impl<'o, W: Write> Exporter<'o, W> {
    /// Writes what stands before the first record, such as a table's header.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(format: Format, options: Options<'o>, out: W) -> Result<Self, ExportError> {
        let mut exporter = Self {
            out,
            form: form(format, options),
            row: Vec::new(),
            counts: Counts::default(),
        };
        exporter.form.begin(&mut exporter.row);
        exporter.put()?;
        Ok(exporter)
    }

    /// Writes a record, or counts why the format has nothing for it.
    ///
    /// # Errors
    /// When the writer fails, or a table of one kind is handed a record of another. The latter writes nothing, and the
    /// export can go on.
    pub fn write(&mut self, record: &Exported<'_>) -> Result<(), ExportError> {
        let reading = Reading::of(record);
        let entry = Entry {
            record,
            reading: &reading,
        };
        match self.form.record(&entry, &mut self.row) {
            Written::Rows(rows) => self.counts.rows += rows,
            Written::LeftOut(why) => *self.counts.left_out.entry(why).or_default() += 1,
            Written::OtherKind(wanted) => {
                return Err(ExportError::OtherKind {
                    record: record.id,
                    found: record.kind,
                    wanted,
                });
            }
        }
        self.counts.records += 1;
        self.counts.raw += u64::from(reading.is_raw());
        self.counts.licences.extend(licence::listed(reading.text("licence")));
        self.put()
    }

    /// Writes what stands after the last record, and flushes.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(mut self) -> Result<Finished<W>, ExportError> {
        self.form.end(&mut self.row);
        self.put()?;
        self.out.flush()?;
        Ok(Finished {
            out: self.out,
            counts: self.counts,
        })
    }

    /// The writer, with everything in it that was handed in so far.
    pub fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// What was written so far.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    fn put(&mut self) -> Result<(), ExportError> {
        self.out.write_all(&self.row)?;
        self.row.clear();
        self.row.shrink_to(ROW_BYTES_KEPT);
        Ok(())
    }
}

/// Writes all records of an iterator, and nothing of a record before the one before it is written.
///
/// # Errors
/// When the writer fails, or a table of one kind is handed a record of another.
pub fn export<'r, W: Write>(
    format: Format,
    options: Options<'_>,
    records: impl IntoIterator<Item = Exported<'r>>,
    out: W,
) -> Result<Finished<W>, ExportError> {
    let mut exporter = Exporter::new(format, options, out)?;
    for record in records {
        exporter.write(&record)?;
    }
    exporter.finish()
}

fn form<'o>(format: Format, options: Options<'o>) -> Box<dyn Form + 'o> {
    let sheet = |rows: Rows| Box::new(csv::Sheet::new(tabular(rows, options.kind_of), options.cells));
    match format {
        Format::Ndjson => Box::new(ndjson::Ndjson),
        Format::Csv(table) => sheet(Rows::Records(table)),
        Format::MeasurePoints => sheet(Rows::MeasurePoints),
        Format::MetaPrePost => sheet(Rows::MetaPrePost),
        Format::JsonLd => Box::new(jsonld::Graph::new(options.origin)),
        Format::BibTex => Box::new(cite::BibTex::new(options.origin)),
        Format::Ris => Box::new(cite::Ris::new(options.origin)),
        Format::CslJson => Box::new(cite::CslJson::new(options.origin)),
        Format::CitationCff => Box::new(cite::Cff::new(options.origin)),
        Format::Text => Box::new(cite::Plain::new(options.origin)),
    }
}
