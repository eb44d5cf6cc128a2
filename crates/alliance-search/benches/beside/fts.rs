//! SQLite's FTS5 with `unicode61`, its text kept nowhere else, and facets in a table beside it, counted by `GROUP BY`.

use std::collections::HashMap;
use std::path::Path;

use alliance_store::Reader;
use rusqlite::{Connection, params};

use super::data::LANGUAGES;
use super::questions::{Asked, Sort};
use super::{Engine, Result, codes, each, texts};

const TABLES: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -262144;
    CREATE VIRTUAL TABLE words USING fts5(title, text, content = '', tokenize = 'unicode61 remove_diacritics 2');
    CREATE TABLE codes (code INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE has (record INTEGER NOT NULL, code INTEGER NOT NULL, PRIMARY KEY (record, code)) WITHOUT ROWID;
    CREATE INDEX has_code ON has (code, record);
";
const INSIDE: &str = "SELECT code FROM codes WHERE name";

pub(crate) struct Fts {
    connection: Connection,
}

impl Fts {
    pub(crate) fn new(dir: &Path, reader: &Reader, records: usize) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let mut connection = Connection::open(dir.join("fts.sqlite"))?;
        connection.execute_batch(TABLES)?;
        let transaction = connection.transaction()?;
        let mut numbers: HashMap<String, usize> = HashMap::new();
        {
            let mut words = transaction.prepare("INSERT INTO words (rowid, title, text) VALUES (?1, ?2, ?3)")?;
            let mut has = transaction.prepare("INSERT OR IGNORE INTO has VALUES (?1, ?2)")?;
            let mut named = transaction.prepare("INSERT INTO codes VALUES (?1, ?2)")?;
            each(reader, records, &mut |facts, at| {
                let at = i64::try_from(at)?;
                let (title, text) = texts(&facts);
                words.execute(params![at, title, text])?;
                for code in codes(&facts) {
                    let next = numbers.len();
                    let number = *numbers.entry(code.clone()).or_insert(next);
                    let number_sql = i64::try_from(number)?;
                    if number == next {
                        named.execute(params![number_sql, code])?;
                    }
                    has.execute(params![at, number_sql])?;
                }
                Ok(())
            })?;
        }
        transaction.commit()?;
        connection.execute_batch("INSERT INTO words (words) VALUES ('optimize'); ANALYZE;")?;
        Ok(Self { connection })
    }

    /// What is matched, where it is words, and what must hold beside it.
    fn parts(asked: &Asked) -> (Option<String>, String) {
        let quoted: Vec<String> = asked.words.iter().map(|word| format!("\"{word}\"")).collect();
        // With a plus, so that it is asked of what matches: or each record that has the code is looked for among the words.
        let has = |record: &str, condition: &str| {
            format!(" AND {record} IN (SELECT record FROM has WHERE code IN ({INSIDE} {condition}))")
        };
        match asked.sort {
            Sort::Phrase => (Some(format!("\"{}\"", asked.words.join(" "))), String::new()),
            Sort::Prefix => (Some(format!("{} *", quoted.join(" "))), String::new()),
            Sort::Either => (
                Some(format!("({} OR {}) NOT {}", quoted[0], quoted[1], quoted[2])),
                String::new(),
            ),
            Sort::WordsAndFilter => {
                let is = has("+words.rowid", "= 'kind:practice'") + &has("+words.rowid", "GLOB 'setting:inpatient.*'");
                let not =
                    has("+words.rowid", "= 'effect:worse'").replace(" IN (SELECT record", " NOT IN (SELECT record");
                (Some(quoted.join(" ")), is + &not)
            }
            Sort::FilterAlone => {
                let language = LANGUAGES[asked.language].0.split('-').next().unwrap_or_default();
                let years = format!("IN ('year:{}', 'year:{}')", asked.year, asked.year + 1);
                let all = ["= 'kind:lesson'", &format!("= 'language:{language}'"), &years];
                (None, all.iter().map(|condition| has("h.record", condition)).collect())
            }
            _ if quoted.is_empty() => (None, String::new()),
            _ => (Some(quoted.join(" ")), String::new()),
        }
    }
}

impl Engine for Fts {
    fn name(&self) -> &'static str {
        "SQLite FTS5"
    }

    fn ask(&self, asked: &Asked) -> Result<Option<u64>> {
        if asked.sort == Sort::Misspelt {
            return Ok(None);
        }
        let (matched, conditions) = Self::parts(asked);
        let (page, counts, count) = match matched {
            Some(_) => (
                format!(
                    "SELECT rowid FROM words WHERE words MATCH ?1{conditions} ORDER BY bm25(words, 3.0, 1.0) LIMIT 20"
                ),
                format!(
                    "SELECT h.code, count(*) FROM words JOIN has h ON h.record = words.rowid
                     WHERE words MATCH ?1{conditions} GROUP BY h.code"
                ),
                format!("SELECT count(*) FROM words WHERE words MATCH ?1{conditions}"),
            ),
            // What every record has stands for the records themselves.
            None => {
                let every = "h.code IN (SELECT code FROM codes WHERE name GLOB 'kind:*')";
                (
                    format!("SELECT h.record FROM has h WHERE {every}{conditions} ORDER BY h.record DESC LIMIT 20"),
                    format!("SELECT h.code, count(*) FROM has h WHERE 1{conditions} GROUP BY h.code"),
                    format!("SELECT count(*) FROM has h WHERE {every}{conditions}"),
                )
            }
        };
        let parameters: Vec<&str> = matched.iter().map(String::as_str).collect();
        for sql in [page, counts] {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut rows = statement.query(rusqlite::params_from_iter(&parameters))?;
            while let Some(row) = rows.next()? {
                std::hint::black_box(row.get::<_, i64>(0)?);
            }
        }
        let mut statement = self.connection.prepare_cached(&count)?;
        let found: i64 = statement.query_row(rusqlite::params_from_iter(&parameters), |row| row.get(0))?;
        Ok(Some(u64::try_from(found)?))
    }
}
