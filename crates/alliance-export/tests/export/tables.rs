//! Tables: what is read back is what was written, and no cell is a formula.

use alliance_export::{Cells, ExportError, Exporter, Format, Options, Table, split_list, unguarded};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use proptest::prelude::*;
use prost::Message;

use crate::rfc4180::Sheet;
use crate::shelf::{made_up, origin, usual, written};

/// How programs know a formula.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn practice(title: &str, summary: &str, tags: &[String]) -> Vec<u8> {
    let practice = v1::Practice {
        common: Some(v1::Common {
            title: title.to_owned(),
            tags: tags.to_vec(),
            ..v1::Common::default()
        }),
        summary: summary.to_owned(),
        costs: Some(v1::Costs {
            setup_hours: Some(-1.5),
            ..v1::Costs::default()
        }),
        ..v1::Practice::default()
    };
    practice.encode_to_vec()
}

/// Texts with much of what tables stumble over.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[=+@\\-'\",;\\\\ \t\r\n\u{0}ａ＝é]{0,12}".prop_map(|text| text),
        "'{0,3}[=+@-].{0,8}",
    ]
}

fn shown(text: &str) -> String {
    text.replace('\0', "\u{2400}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_written_is_read_back(
        title in hostile(), summary in hostile(), tags in proptest::collection::vec(hostile(), 0..4),
    ) {
        let body = practice(&title, &summary, &tags);
        let record = made_up(Kind::PRACTICE, &body);
        for cells in [Cells::FormulaSafe, Cells::Raw] {
            let options = Options { cells, ..Options::new(origin()) };
            let (text, counts) = written(Format::Csv(Table::Kind(Kind::PRACTICE)), options, std::slice::from_ref(&record));
            prop_assert!(!text.contains('\0'));
            let sheet = Sheet::read(&text);
            prop_assert_eq!(sheet.rows.len(), 1);
            let plain = |column: &str| {
                let cell = sheet.at(0, column);
                if cells == Cells::FormulaSafe { unguarded(cell).to_owned() } else { cell.to_owned() }
            };
            prop_assert_eq!(plain("title"), shown(&title));
            prop_assert_eq!(plain("summary"), shown(&summary));
            let list = split_list(&plain("tags"));
            prop_assert_eq!(list, tags.iter().map(|tag| shown(tag)).collect::<Vec<_>>());
            prop_assert_eq!(sheet.at(0, "costs.setup_hours"), "-1.5", "numbers stay numbers");
            let is_whole = ![&title, &summary].into_iter().chain(&tags).any(|text| text.contains('\0'));
            prop_assert_eq!(counts.raw == 0, is_whole);
            prop_assert_eq!(sheet.at(0, "body_hex").is_empty(), is_whole, "what a table cannot hold is there raw");
            if cells == Cells::FormulaSafe {
                let texts = sheet.header.iter().filter(|name| *name != "costs.setup_hours");
                for column in texts {
                    prop_assert!(!sheet.at(0, column).starts_with(FORMULA), "{}", column);
                }
            }
        }
    }

    #[test]
    fn what_the_caller_says_is_guarded_too(name in hostile(), country in hostile(), chapter in hostile()) {
        let body = practice("Title of the practice", "", &[]);
        let mut record = made_up(Kind::PRACTICE, &body);
        record.organisation_name = name.clone().into();
        record.country = country.into();
        record.chapter = chapter.into();
        for format in [Format::Csv(Table::All), Format::Csv(Table::Kind(Kind::PRACTICE))] {
            let sheet = Sheet::read(&usual(format, std::slice::from_ref(&record)).0);
            prop_assert_eq!(unguarded(sheet.at(0, "organisation_name")), shown(&name));
            for column in ["organisation_name", "country", "chapter", "notices"] {
                prop_assert!(!sheet.at(0, column).starts_with(FORMULA), "{}", column);
            }
        }
    }

    #[test]
    fn lines_stay_lines_in_every_citation(text in hostile()) {
        let body = practice(&text, &text, std::slice::from_ref(&text));
        let mut record = made_up(Kind::PRACTICE, &body);
        record.organisation_name = text.into();
        let record = std::slice::from_ref(&record);
        let ris = usual(Format::Ris, record).0;
        for line in ris.split_terminator("\r\n").filter(|line| !line.is_empty()) {
            prop_assert_eq!(line.get(2..6), Some("  - "), "{}", line);
            prop_assert!(!line.contains(['\r', '\n']));
        }
        prop_assert_eq!(ris.matches("\r\nER  - \r\n").count(), 1);
        let bib = usual(Format::BibTex, record).0;
        prop_assert_eq!(bib.matches('{').count(), bib.matches('}').count());
        prop_assert!(serde_json::from_str::<serde_json::Value>(&usual(Format::CslJson, record).0).is_ok());
        prop_assert!(serde_json::from_str::<serde_json::Value>(&usual(Format::JsonLd, record).0).is_ok());
        prop_assert_eq!(usual(Format::Ndjson, record).0.lines().count(), 1);
    }
}

#[test]
fn a_table_of_one_kind_names_the_record_of_another_and_goes_on() {
    let body = practice("Title of the practice", "", &[]);
    let format = Format::Csv(Table::Kind(Kind::LESSON));
    let mut exporter = Exporter::new(format, Options::new(origin()), Vec::new()).unwrap();
    let error = exporter.write(&made_up(Kind::PRACTICE, &body)).unwrap_err();
    assert!(matches!(
        error,
        ExportError::OtherKind {
            found: Kind::PRACTICE,
            wanted: Kind::LESSON,
            ..
        }
    ));
    assert_eq!(
        error.to_string(),
        format!(
            "record {} is a practice, and this table is of lesson: ask for records of that kind alone, or for the table of all kinds",
            crate::shelf::id(0xabc)
        )
    );
    exporter.write(&made_up(Kind::LESSON, &[])).unwrap();
    let finished = exporter.finish().unwrap();
    assert_eq!((finished.counts.records, finished.counts.rows), (1, 1));
    assert_eq!(Sheet::read(&String::from_utf8(finished.out).unwrap()).rows.len(), 1);
}

#[test]
fn a_meetings_own_chapter_stands_beside_the_envelopes() {
    let meeting = v1::Meeting {
        chapter: "theme:seclusion".to_owned(),
        ..v1::Meeting::default()
    };
    let body = meeting.encode_to_vec();
    let sheet = Sheet::read(
        &usual(
            Format::Csv(Table::Kind(Kind::MEETING)),
            &[made_up(Kind::MEETING, &body)],
        )
        .0,
    );
    assert_eq!(
        (sheet.at(0, "chapter"), sheet.at(0, "body.chapter")),
        ("m49:001", "theme:seclusion")
    );
}

#[test]
fn every_column_of_every_table_has_a_name_of_its_own() {
    for table in alliance_record::schema::kinds()
        .map(|info| Table::Kind(info.kind))
        .chain([Table::All])
    {
        let header = Sheet::read(&usual(Format::Csv(table), &[]).0).header;
        let names: std::collections::BTreeSet<_> = header.iter().collect();
        assert_eq!(names.len(), header.len(), "{table:?}");
        assert!(names.contains(&"title".to_owned()), "{table:?}");
    }
}
