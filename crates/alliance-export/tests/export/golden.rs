//! The shipped records in every format, against files that were read by people and by other programs.

use alliance_export::{Format, Table};
use alliance_record::schema::{Kind, kinds};

use crate::rfc4180::Sheet;
use crate::shelf::{shipped, some, usual};

/// One record of each kind, in eight languages.
const ONE_OF_EACH: [&str; 10] = [
    "ex-01", "ex-04", "ex-08-v1", "ex-10", "ex-12", "ex-14", "ex-16", "ex-21", "ex-22", "ex-24",
];

/// Compares with a file of `tests/golden`; `ALLIANCE_BLESS=1` writes it anew.
fn compare(file: &str, written: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(file);
    if std::env::var_os("ALLIANCE_BLESS").is_some() {
        std::fs::write(&path, written).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (line, expected)) in written.lines().zip(golden.lines()).enumerate() {
        assert_eq!(line, expected, "{file}, line {}", number + 1);
    }
    assert_eq!(written, golden, "{file}");
}

#[test]
fn formats_are_as_they_were() {
    let all: Vec<_> = shipped().into_iter().map(|(_, record)| record).collect();
    compare("records.csv", &usual(Format::Csv(Table::All), &all).0);
    compare("measure_points.csv", &usual(Format::MeasurePoints, &all).0);
    let adoptions = some(&["ex-16"]);
    compare(
        "adoption.csv",
        &usual(Format::Csv(Table::Kind(Kind::ADOPTION)), &adoptions).0,
    );
    compare(
        "records.ndjson",
        &usual(Format::Ndjson, &some(&["ex-08-v1", "ex-10"])).0,
    );
    let each = some(&ONE_OF_EACH);
    for format in [
        Format::JsonLd,
        Format::BibTex,
        Format::Ris,
        Format::CslJson,
        Format::CitationCff,
    ] {
        compare(&format.file_name(), &usual(format, &each).0);
    }
}

#[test]
fn every_shipped_record_is_in_every_format_that_is_of_it() {
    let all: Vec<_> = shipped().into_iter().map(|(_, record)| record).collect();
    let count = u64::try_from(all.len()).unwrap();
    assert_eq!(count, 25);
    for format in Format::all(Table::All) {
        let (text, counts) = usual(format, &all);
        assert_eq!((counts.records, counts.raw), (count, 0), "{format:?}");
        if !matches!(format, Format::MeasurePoints | Format::MetaPrePost) {
            assert_eq!(counts.rows, count, "{format:?}");
        }
        assert!(!text.contains('\0'), "{format:?}");
        assert_eq!(
            counts.licences.into_iter().collect::<Vec<_>>(),
            ["CC-BY-4.0", "CC-BY-SA-4.0"],
            "{format:?}"
        );
    }
}

/// Every field that is filled has a cell that says something, in the table of its kind.
#[test]
fn no_field_of_a_shipped_record_is_missing_in_its_table() {
    for info in kinds() {
        let records: Vec<_> = shipped().into_iter().map(|(_, record)| record).collect();
        let records: Vec<_> = records.into_iter().filter(|record| record.kind == info.kind).collect();
        assert!(!records.is_empty(), "{}", info.name);
        let sheet = Sheet::read(&usual(Format::Csv(Table::Kind(info.kind)), &records).0);
        for (row, record) in records.iter().enumerate() {
            let body = alliance_record::schema::to_json(info.kind, record.body.as_ref().unwrap()).unwrap();
            for (name, value) in body.as_object().unwrap() {
                let is_column = |column: &str| {
                    column == name || column == format!("body.{name}") || column.starts_with(&format!("{name}."))
                };
                let of_body = |column: &&String| is_column(column) && *column != "chapter";
                let columns: Vec<_> = sheet.header.iter().filter(of_body).collect();
                assert!(
                    columns.iter().any(|column| !sheet.at(row, column).is_empty()),
                    "{} {name} {value}",
                    record.id
                );
            }
        }
    }
}
