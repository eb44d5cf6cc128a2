//! Parquet: what was written is what is read.

use alliance_export::{Exported, Format, State, Table as RecordTable};
use alliance_record::proto::v1;
use alliance_record::schema::{Kind, kinds};
use alliance_tables::{ParquetWriter, Table};
use parquet::basic::{ColumnOrder, Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use prost::Message;

use crate::files::{origin, parquet, parquet_rows};
use crate::shelf::{id, made_up, shipped, some, usual};
use crate::value::{Value, expected};

fn all() -> Vec<Exported<'static>> {
    shipped().into_iter().map(|(_, record)| record).collect()
}

#[test]
fn every_shipped_record_is_read_back_as_it_was() {
    let records = all();
    assert!(records.len() >= 25);
    for table in Table::all() {
        let (bytes, counts) = parquet(table, &records);
        let rows = parquet_rows(&bytes);
        assert_eq!(counts.records, records.len() as u64);
        assert_eq!(counts.rows, rows.len() as u64);
        if let Some(expected) = expected(table, &records) {
            assert_eq!(rows, expected, "{table:?}");
        }
        if table != Table::MetaPrePost {
            assert!(!rows.is_empty(), "{table:?}");
        }
    }
}

#[test]
fn columns_are_called_as_in_csv() {
    let header = |format: Format| {
        let text = usual(format, &[]).0;
        text.trim_end().split(',').map(str::to_owned).collect::<Vec<_>>()
    };
    let mut pairs = vec![
        (Table::Records, Format::Csv(RecordTable::All)),
        (Table::MeasurePoints, Format::MeasurePoints),
        (Table::MetaPrePost, Format::MetaPrePost),
    ];
    pairs.extend(kinds().map(|info| (Table::Kind(info.kind), Format::Csv(RecordTable::Kind(info.kind)))));
    for (table, format) in pairs {
        let file = SerializedFileReader::new(parquet(table, &[]).0).unwrap();
        let schema = file.metadata().file_metadata().schema().clone();
        let names: Vec<_> = schema.get_fields().iter().map(|field| field.name()).collect();
        assert_eq!(names, header(format), "{table:?}");
    }
}

#[test]
fn a_file_says_where_it_comes_from() {
    let file = SerializedFileReader::new(parquet(Table::Kind(Kind::LESSON), &[]).0).unwrap();
    let metadata = file.metadata().file_metadata();
    let pairs = metadata.key_value_metadata().unwrap().iter();
    let pairs: Vec<_> = pairs
        .map(|pair| (pair.key.as_str(), pair.value.as_deref().unwrap()))
        .collect();
    let alliance = origin().alliance.to_string();
    for expected in [
        ("table", "lessons"),
        ("alliance", alliance.as_str()),
        ("maker", "alliance test"),
    ] {
        assert!(pairs.contains(&expected), "{expected:?} in {pairs:?}");
    }
    assert_eq!(metadata.created_by(), Some("alliance test"));
}

/// The footer names for each column by what order its least and greatest value were found. Readers made before a new order take the
/// whole footer for damaged: DataFusion 50 does so where numbers are in IEEE 754's total order, as parquet 60 writes them.
#[test]
fn the_footer_names_no_order_that_readers_may_not_know() {
    let records = all();
    let mut numbers = 0;
    for table in Table::all() {
        let file = SerializedFileReader::new(parquet(table, &records).0).unwrap();
        let metadata = file.metadata().file_metadata();
        let columns = metadata.schema_descr().columns();
        numbers += columns
            .iter()
            .filter(|column| column.physical_type() == Type::DOUBLE)
            .count();
        let orders = metadata.column_orders().unwrap();
        assert_eq!(orders.len(), columns.len());
        for (column, order) in columns.iter().zip(orders) {
            assert!(
                matches!(order, ColumnOrder::TYPE_DEFINED_ORDER(_)),
                "{table:?} {column:?}: {order:?}"
            );
        }
    }
    assert!(numbers > 0, "no column holds numbers");
}

#[test]
fn of_an_erased_record_remains_the_envelope() {
    let mut records = some(&["ex-01"]);
    let text = records[0].body.clone().unwrap();
    records[0].body = None;
    records[0].state = State::Removed;
    let table = Table::Kind(records[0].kind);
    let (bytes, _) = parquet(table, &records);
    let columns = table.columns();
    for (column, value) in columns.iter().zip(&parquet_rows(&bytes)[0]) {
        match column.name.as_str() {
            "id" => assert_eq!(*value, Value::Text(records[0].id.to_string())),
            "state" => assert_eq!(*value, Value::Text("removed".to_owned())),
            "body_note" => assert_eq!(*value, Value::Text("absent".to_owned())),
            "title" | "summary" | "tags" | "body_hex" => assert_eq!(*value, Value::Nothing, "{}", column.name),
            _ => {}
        }
    }
    assert!(text.len() > 100, "there was a text to erase");
    assert_eq!(parquet(Table::Edges, &records).1.rows, 0);
}

#[test]
fn what_cannot_be_read_is_written_raw() {
    let records = [made_up(Kind(999), b"\x0a\x01x"), made_up(Kind::LESSON, b"\xff")];
    let rows = parquet_rows(&parquet(Table::Records, &records).0);
    let at = |row: usize, name: &str| {
        let place = Table::Records.columns().iter().position(|column| column.name == name);
        rows[row][place.unwrap()].clone()
    };
    assert_eq!(at(0, "body_hex"), Value::Text("0a0178".to_owned()));
    assert_eq!(at(0, "body_note"), Value::Text("unknown_kind".to_owned()));
    assert_eq!(at(1, "body_hex"), Value::Text("ff".to_owned()));
    assert_eq!(at(0, "notices"), Value::List(Vec::new()));
}

#[test]
fn groups_are_of_bounded_size_and_no_row_is_lost() {
    let lesson = |number: usize| v1::Lesson {
        happened: format!("{number} {}", "It was loud. ".repeat(200)),
        ..v1::Lesson::default()
    };
    let table = Table::Kind(Kind::LESSON);
    let mut writer = ParquetWriter::new(table, &origin(), &|_| None, Vec::new()).unwrap();
    let (count, mut before_end) = (9_000, 0);
    for number in 0..count {
        let body = lesson(number).encode_to_vec();
        let mut record = made_up(Kind::LESSON, &body);
        record.id = id(number);
        writer.write(&record).unwrap();
        before_end += std::mem::take(writer.out_mut()).len();
    }
    assert!(before_end > 0, "groups are handed on before the end");
    assert!(writer.counts().rows > 0);
    drop(writer);
    let body = lesson(0).encode_to_vec();
    let records: Vec<_> = (0..count)
        .map(|number| Exported {
            id: id(number),
            ..made_up(Kind::LESSON, &body)
        })
        .collect();
    let file = SerializedFileReader::new(parquet(table, &records).0).unwrap();
    let rows: Vec<_> = file
        .metadata()
        .row_groups()
        .iter()
        .map(|group| group.num_rows())
        .collect();
    assert!(rows.len() >= 2, "{rows:?}");
    assert_eq!(rows.iter().sum::<i64>(), count as i64);
}
