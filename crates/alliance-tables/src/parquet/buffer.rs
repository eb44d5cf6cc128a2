//! The cells of one column, as Parquet has them: levels that say what is there, and the values that are.

use std::io::Write;

use alliance_export::{Cell, Holds};
use bytes::Bytes;
use parquet::column::reader::ColumnReader;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::writer::SerializedRowGroupWriter;

/// The level of a list that has no items; of one that is not there it is 0.
const EMPTY_LIST: i16 = 1;
/// Bytes that a cell takes for its levels, and a text for its length.
const LEVEL_BYTES: usize = 2;
const LENGTH_BYTES: usize = 8;

/// A column of a group of rows.
#[derive(Debug, Clone)]
pub(super) struct Buffer {
    /// For each place, whether something is there.
    definitions: Vec<i16>,
    /// For each place, 0 where a row begins; kept for lists alone.
    repetitions: Vec<i16>,
    values: Values,
    is_list: bool,
    bytes: usize,
}

#[derive(Debug, Clone)]
enum Values {
    /// All texts one after the other, and where each ends.
    Texts(Vec<u8>, Vec<usize>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    YesNos(Vec<bool>),
}

impl Values {
    fn of(holds: Holds) -> Self {
        match holds {
            Holds::Integer | Holds::Instant => Self::Integers(Vec::new()),
            Holds::Number => Self::Numbers(Vec::new()),
            Holds::YesNo => Self::YesNos(Vec::new()),
            Holds::Text | Holds::Word | Holds::Month | Holds::List | Holds::Json => Self::Texts(Vec::new(), Vec::new()),
        }
    }

    fn text(&mut self, text: &[u8]) {
        if let Self::Texts(bytes, ends) = self {
            bytes.extend_from_slice(text);
            ends.push(bytes.len());
        }
    }

    /// The text of a place among those that are there.
    fn text_at(&self, at: usize) -> Option<&[u8]> {
        let Self::Texts(bytes, ends) = self else { return None };
        let begin = at.checked_sub(1).map_or(Some(&0), |before| ends.get(before))?;
        bytes.get(*begin..*ends.get(at)?)
    }

    /// Adds a value of another column of the same type.
    fn copy(&mut self, from: &Self, at: usize) {
        match (&mut *self, from) {
            (Self::Integers(to), Self::Integers(from)) => to.extend(from.get(at)),
            (Self::Numbers(to), Self::Numbers(from)) => to.extend(from.get(at)),
            (Self::YesNos(to), Self::YesNos(from)) => to.extend(from.get(at)),
            _ => from.text_at(at).into_iter().for_each(|text| self.text(text)),
        }
    }
}

impl Buffer {
    pub(super) fn new(holds: Holds) -> Self {
        Self {
            definitions: Vec::new(),
            repetitions: Vec::new(),
            values: Values::of(holds),
            is_list: holds == Holds::List,
            bytes: 0,
        }
    }

    /// Bytes that the cells take here.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, cell: &Cell<'_>) {
        match cell {
            Cell::List(items) if self.is_list => return self.push_list(items.iter().map(AsRef::as_ref)),
            Cell::Empty => return self.place(0, 0),
            _ => self.place(self.there(), 0),
        }
        match (cell, &mut self.values) {
            (Cell::Integer(number) | Cell::Instant(number), Values::Integers(numbers)) => numbers.push(*number),
            (Cell::Number(number), Values::Numbers(numbers)) => numbers.push(*number),
            (Cell::YesNo(value), Values::YesNos(values)) => values.push(*value),
            (Cell::Text(text) | Cell::Word(text), Values::Texts(..)) => self.push_text(text),
            (Cell::Json(text), Values::Texts(..)) => self.push_text(text),
            (_, values) => {
                // A cell of another type than its column's: nothing here makes one. The row stays whole without it.
                debug_assert!(false, "{cell:?} does not fit {values:?}");
                self.definitions.pop();
                self.definitions.push(0);
            }
        }
    }

    fn push_list<'i>(&mut self, items: impl Iterator<Item = &'i str>) {
        let mut repetition = 0;
        for item in items {
            self.place(self.there(), repetition);
            self.push_text(item);
            repetition = 1;
        }
        if repetition == 0 {
            self.place(EMPTY_LIST, 0);
        }
    }

    fn push_text(&mut self, text: &str) {
        // NUL ends a text for readers written in C; the body is written raw beside it.
        let text = text.replace('\0', "\u{2400}");
        self.bytes += text.len() + LENGTH_BYTES;
        self.values.text(text.as_bytes());
    }

    fn place(&mut self, definition: i16, repetition: i16) {
        self.definitions.push(definition);
        self.bytes += LEVEL_BYTES;
        if self.is_list {
            self.repetitions.push(repetition);
            self.bytes += LEVEL_BYTES;
        }
        if definition == self.there() && !matches!(self.values, Values::Texts(..)) {
            self.bytes += LENGTH_BYTES;
        }
    }

    /// The level of a value that is there.
    const fn there(&self) -> i16 {
        if self.is_list { 2 } else { 1 }
    }

    /// The rows for which `keep` holds, by their places.
    pub(super) fn kept(&self, keep: &[bool]) -> Self {
        let mut kept = Self {
            definitions: Vec::new(),
            repetitions: Vec::new(),
            values: self.values.emptied(),
            is_list: self.is_list,
            bytes: 0,
        };
        let (mut rows, mut at) = (0, 0);
        for (place, definition) in self.definitions.iter().enumerate() {
            let repetition = self.repetitions.get(place).copied().unwrap_or_default();
            rows += usize::from(repetition == 0);
            let is_kept = keep.get(rows - 1).copied().unwrap_or_default();
            if is_kept {
                kept.place(*definition, repetition);
            }
            if *definition == self.there() {
                if is_kept {
                    kept.bytes += self.values.text_at(at).map_or(0, |text| text.len() + LENGTH_BYTES);
                    kept.values.copy(&self.values, at);
                }
                at += 1;
            }
        }
        kept
    }

    /// The text of each row; `None` where there is none. For columns that are no lists.
    pub(super) fn texts(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut at = 0;
        self.definitions.iter().map(move |definition| {
            let is_there = *definition == self.there();
            let text = self.values.text_at(at).filter(|_| is_there);
            at += usize::from(is_there);
            text
        })
    }

    /// Adds the cells of another column of the same type.
    pub(super) fn append(&mut self, other: &Self) {
        self.definitions.extend_from_slice(&other.definitions);
        self.repetitions.extend_from_slice(&other.repetitions);
        self.bytes += other.bytes;
        let there = other
            .definitions
            .iter()
            .filter(|definition| **definition == self.there());
        for at in 0..there.count() {
            self.values.copy(&other.values, at);
        }
    }

    /// Writes the column as the next of a group, and gives its memory back.
    pub(super) fn write<W: Write + Send>(self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
        let Some(mut column) = group.next_column()? else {
            return Err(ParquetError::General(
                "the table has more columns than its schema".to_owned(),
            ));
        };
        let definitions = Some(self.definitions.as_slice());
        let repetitions = self.is_list.then_some(self.repetitions.as_slice());
        match self.values {
            Values::Texts(bytes, ends) => {
                let values = slices(bytes, &ends);
                let writer = column.typed::<ByteArrayType>();
                writer.write_batch(&values, definitions, repetitions)?
            }
            Values::Integers(values) => {
                let writer = column.typed::<Int64Type>();
                writer.write_batch(&values, definitions, repetitions)?
            }
            Values::Numbers(values) => {
                let writer = column.typed::<DoubleType>();
                writer.write_batch(&values, definitions, repetitions)?
            }
            Values::YesNos(values) => {
                let writer = column.typed::<BoolType>();
                writer.write_batch(&values, definitions, repetitions)?
            }
        };
        column.close()
    }

    /// Adds what a file has of the column, all rows of a group.
    pub(super) fn read(&mut self, reader: ColumnReader, rows: usize) -> Result<()> {
        let first = self.definitions.len();
        let definitions = Some(&mut self.definitions);
        let repetitions = self.is_list.then_some(&mut self.repetitions);
        match (reader, &mut self.values) {
            (ColumnReader::ByteArrayColumnReader(mut reader), Values::Texts(..)) => {
                let mut texts: Vec<ByteArray> = Vec::new();
                reader.read_records(rows, definitions, repetitions, &mut texts)?;
                for text in texts {
                    self.bytes += text.len() + LENGTH_BYTES;
                    self.values.text(text.data());
                }
            }
            (ColumnReader::Int64ColumnReader(mut reader), Values::Integers(values)) => {
                reader.read_records(rows, definitions, repetitions, values)?;
            }
            (ColumnReader::DoubleColumnReader(mut reader), Values::Numbers(values)) => {
                reader.read_records(rows, definitions, repetitions, values)?;
            }
            (ColumnReader::BoolColumnReader(mut reader), Values::YesNos(values)) => {
                reader.read_records(rows, definitions, repetitions, values)?;
            }
            _ => {
                return Err(ParquetError::General(
                    "a column is of another type than the table's".to_owned(),
                ));
            }
        }
        self.bytes += (self.definitions.len() - first) * (LEVEL_BYTES + LENGTH_BYTES);
        Ok(())
    }
}

impl Values {
    fn emptied(&self) -> Self {
        match self {
            Self::Texts(..) => Self::Texts(Vec::new(), Vec::new()),
            Self::Integers(_) => Self::Integers(Vec::new()),
            Self::Numbers(_) => Self::Numbers(Vec::new()),
            Self::YesNos(_) => Self::YesNos(Vec::new()),
        }
    }
}

/// Texts that share one allocation.
fn slices(bytes: Vec<u8>, ends: &[usize]) -> Vec<ByteArray> {
    let bytes = Bytes::from(bytes);
    let mut begin = 0;
    let slice = |end: &usize| {
        let text = bytes.slice(begin..*end);
        begin = *end;
        ByteArray::from(text)
    };
    ends.iter().map(slice).collect()
}
