//! SQLite: what was written is what is read, and what readers join and search by works.

use std::collections::BTreeSet;

use alliance_export::{Exported, State};
use alliance_record::schema::Kind;
use alliance_tables::{SqliteWriter, Table, TableError};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::files::{opened, origin, sqlite, sqlite_rows};
use crate::shelf::{made_up, shipped};
use crate::value::expected;

fn all() -> Vec<Exported<'static>> {
    shipped().into_iter().map(|(_, record)| record).collect()
}

fn database(records: &[Exported<'_>]) -> (TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.sqlite");
    sqlite(&path, records);
    let database = opened(&path);
    (folder, database)
}

fn number(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, (), |row| row.get(0)).unwrap()
}

fn text(database: &Connection, sql: &str) -> String {
    database.query_row(sql, (), |row| row.get(0)).unwrap()
}

/// Names that the database has, of tables and views without those of SQLite's own.
fn names(database: &Connection, sql: &str) -> BTreeSet<String> {
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn every_shipped_record_is_read_back_as_it_was() {
    let records = all();
    let (_folder, database) = database(&records);
    for table in Table::all() {
        if let Some(expected) = expected(table, &records) {
            assert_eq!(sqlite_rows(&database, table), expected, "{table:?}");
        }
    }
    assert_eq!(
        number(&database, "SELECT sum(records) FROM organisations"),
        records.len() as i64
    );
    assert_eq!(text(&database, "PRAGMA integrity_check"), "ok");
    assert_eq!(number(&database, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_eq!(number(&database, "PRAGMA application_id"), 0x416c_6c79);
}

#[test]
fn what_readers_ask_for_is_there_and_documented() {
    let (_folder, database) = database(&all());
    let objects = names(
        &database,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite%'",
    );
    for asked in [
        "practices",
        "lessons",
        "adoptions",
        "measure_points",
        "responses",
        "resources",
        "organisations",
        "notices",
        "versions",
        "code_labels",
        "edges",
        "meta_pre_post",
        "records_fts",
    ] {
        assert!(objects.contains(asked), "{asked}");
    }
    let documented = names(&database, "SELECT object FROM documentation WHERE column IS NULL");
    assert_eq!(documented, objects);
    let undocumented = "SELECT o.name || '.' || c.name FROM pragma_table_list o, pragma_table_xinfo(o.name) c
        LEFT JOIN documentation d ON d.object = o.name AND d.column = c.name AND d.meaning <> ''
        WHERE o.schema = 'main' AND o.type IN ('table', 'view', 'virtual') AND o.name NOT LIKE 'sqlite%' AND c.hidden = 0 AND d.object IS NULL";
    assert_eq!(names(&database, undocumented), BTreeSet::new());
}

#[test]
fn lists_versions_and_labels_are_joined_as_they_stand() {
    let (_folder, database) = database(&all());
    let settings = "SELECT count(*) FROM practices, json_each(practices.settings)";
    let labelled = "JOIN code_labels ON list = 'setting' AND code = json_each.value AND code_labels.lang = 'en'";
    assert!(number(&database, settings) > 0);
    assert_eq!(
        number(&database, &format!("{settings} {labelled}")),
        number(&database, settings)
    );
    let followed = "SELECT count(*) FROM versions WHERE json_array_length(superseded_by) = 1 AND state = 'superseded'";
    assert_eq!(
        number(&database, followed),
        number(&database, "SELECT count(*) FROM versions WHERE state = 'superseded'")
    );
    assert!(number(&database, followed) > 0);
    assert!(
        number(
            &database,
            "SELECT count(*) FROM measure_points JOIN measures ON measures.id = record"
        ) > 5
    );
}

fn finds(database: &Connection, table: &str, words: &str) -> i64 {
    let sql =
        format!("SELECT count(*) FROM {table} JOIN records ON records.number = {table}.rowid WHERE {table} MATCH ?1");
    database.query_row(&sql, [words], |row| row.get(0)).unwrap()
}

#[test]
fn words_are_found_without_accents_and_pieces_where_there_are_no_spaces() {
    use alliance_record::proto::v1;
    use prost::Message;
    let bodies: Vec<_> = ["Klidová místnost", "身体拘束を減らす", "ห้องสงบ"]
        .iter()
        .map(|words| {
            let lesson = v1::Lesson {
                happened: (*words).to_owned(),
                ..v1::Lesson::default()
            };
            lesson.encode_to_vec()
        })
        .collect();
    let records = bodies.iter().zip(1..).map(|(body, number)| Exported {
        id: crate::shelf::id(number),
        ..made_up(Kind::LESSON, body)
    });
    let (_folder, database) = database(&records.collect::<Vec<_>>());
    assert_eq!(finds(&database, "records_fts", "mistnost"), 1);
    assert_eq!(finds(&database, "records_fts", "klid*"), 1);
    assert_eq!(finds(&database, "records_fts_trigram", "体拘束"), 1);
    assert_eq!(finds(&database, "records_fts_trigram", "องสงบ"), 1);
    assert_eq!(finds(&database, "records_fts_trigram", "míst"), 0);
}

#[test]
fn of_an_erased_record_remains_the_envelope() {
    let mut records = all();
    let erased = records.iter_mut().find(|record| record.kind == Kind::PRACTICE).unwrap();
    erased.body = None;
    erased.state = State::Removed;
    let id = erased.id;
    let (_folder, database) = database(&records);
    let sql = format!(
        "SELECT body_note || title IS NULL AND state = 'removed' AND tags IS NULL FROM practices WHERE id = '{id}'"
    );
    assert_eq!(number(&database, &sql), 1);
    let held = number(&database, "SELECT count(*) FROM records_fts");
    assert_eq!(held, records.len() as i64 - 1);
}

#[test]
fn faults_are_told_with_their_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.sqlite");
    std::fs::write(&path, "something").unwrap();
    let refused = SqliteWriter::create(&path, &origin(), &|_| None).err().unwrap();
    assert!(matches!(&refused, TableError::NotEmpty(at) if *at == path), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), b"something");

    let mut writer = SqliteWriter::create(&folder.path().join("new.sqlite"), &origin(), &|_| None).unwrap();
    let record = made_up(Kind::LESSON, b"");
    // On another thread, as a node writes what it sends.
    let writer = std::thread::scope(|scope| {
        let twice = scope.spawn(|| {
            writer.write(&record).unwrap();
            writer.write(&record).unwrap();
            writer
        });
        twice.join().unwrap()
    });
    assert_eq!(writer.counts().records, 2);
    assert!(matches!(writer.finish(), Err(TableError::Twice(_))));

    let missing = folder.path().join("no/such/folder.sqlite");
    assert!(matches!(
        SqliteWriter::create(&missing, &origin(), &|_| None),
        Err(TableError::Sqlite(_))
    ));
}
