//! The recall of the golden sets beside tantivy's default tokenizer. What they are is told in `golden/README.md`.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use alliance_record::RecordId;
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_search::filter::parse;
use alliance_search::{Question, Search, Searcher};
use alliance_store::{Options, Store};
use prost::Message;
use serde::Deserialize;
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{FAST, Schema, TEXT};
use tantivy::{Index, IndexWriter, TantivyDocument};

use super::Result;
use super::data::Maker;

const FIRST: usize = 10;
const WRITER_BYTES: usize = 32 << 20;

#[derive(Deserialize)]
struct Set {
    /// Name, title, text.
    records: Vec<[String; 3]>,
    /// A question, then the names of the records that answer it.
    queries: Vec<Vec<String>>,
}

/// A language, its set, and where its records begin among those of all.
type Placed = (String, Set, usize);

/// Prints the recall of each language among the first ten, of ours and of tantivy's default tokenizer.
pub(crate) fn recall(dir: &Path, out: &mut impl Write) -> Result<()> {
    let sets = sets()?;
    let (searcher, numbers) = ours(dir, &sets)?;
    let (bare, parsers) = bare(&sets)?;
    writeln!(
        out,
        "recall among the first ten: ours, tantivy's default tokenizer with any word, and with all"
    )?;
    for (language, set, first) in &sets {
        let (mut here, mut there) = (0.0, [0.0; 2]);
        for query in &set.queries {
            let [asked, names @ ..] = &query[..] else { continue };
            let mut wanted = Vec::new();
            for name in names {
                let at = set.records.iter().position(|record| record[0] == *name);
                wanted.push((first + at.ok_or("a name of no record")?) as u64);
            }
            let question = Question {
                tree: parse(asked).map_err(|error| error.to_string())?,
                limit: FIRST,
                ..Question::default()
            };
            let hits = searcher.search(&question, &|_| true)?.hits;
            here += share(&wanted, &hits.iter().map(|hit| numbers[&hit.id]).collect::<Vec<_>>());
            for (parser, there) in parsers.iter().zip(&mut there) {
                let top = TopDocs::with_limit(FIRST).order_by_score();
                let hits = bare.search(&parser.parse_query_lenient(asked).0, &top)?;
                let mut found = Vec::new();
                for (_, address) in hits {
                    let segment = bare.segment_reader(address.segment_ord);
                    found.extend(segment.fast_fields().u64("number")?.first(address.doc_id));
                }
                *there += share(&wanted, &found);
            }
        }
        let count = set.queries.len() as f64;
        let [any, all] = there.map(|there| there / count);
        writeln!(out, "  {language} {:.3} {any:.3} {all:.3}", here / count)?;
    }
    Ok(())
}

fn share(wanted: &[u64], found: &[u64]) -> f64 {
    let count = wanted.iter().filter(|number| found.contains(number)).count();
    count as f64 / wanted.len().max(1) as f64
}

fn sets() -> Result<Vec<Placed>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden"))? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort_unstable();
    let (mut sets, mut first) = (Vec::new(), 0);
    for file in files {
        let set: Set = toml::from_str(&fs::read_to_string(&file)?)?;
        let language = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let count = set.records.len();
        sets.push((language, set, first));
        first += count;
    }
    Ok(sets)
}

fn ours(dir: &Path, sets: &[Placed]) -> Result<(Searcher, HashMap<RecordId, u64>)> {
    let (mut writer, reader, _) = Store::open(&dir.join("store"), Options::default())?;
    let mut maker = Maker::new();
    let mut numbers = HashMap::new();
    for (language, set, first) in sets {
        for (at, [_, title, text]) in set.records.iter().enumerate() {
            let body = v1::Practice {
                common: Some(v1::Common {
                    title: title.clone(),
                    lang: language.clone(),
                    ..v1::Common::default()
                }),
                summary: text.clone(),
                ..v1::Practice::default()
            };
            let record = maker.sign((Kind::PRACTICE, body.encode_to_vec()))?;
            numbers.insert(record.id(), (first + at) as u64);
            writer.append(&[record])?;
        }
    }
    let (mut indexer, searcher) = Search::open(&dir.join("index"), &reader)?;
    while indexer.follow(&reader)?.is_behind {}
    Ok((searcher, numbers))
}

fn bare(sets: &[Placed]) -> Result<(tantivy::Searcher, [QueryParser; 2])> {
    let mut schema = Schema::builder();
    let number = schema.add_u64_field("number", FAST);
    let (title, text) = (
        schema.add_text_field("title", TEXT),
        schema.add_text_field("text", TEXT),
    );
    let index = Index::create_in_ram(schema.build());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
    for (_, set, first) in sets {
        for (at, [_, titled, said]) in set.records.iter().enumerate() {
            let mut document = TantivyDocument::new();
            document.add_u64(number, (first + at) as u64);
            document.add_text(title, titled);
            document.add_text(text, said);
            writer.add_document(document)?;
        }
    }
    writer.commit()?;
    let any = QueryParser::for_index(&index, vec![title, text]);
    let mut all = QueryParser::for_index(&index, vec![title, text]);
    all.set_conjunction_by_default();
    Ok((index.reader()?.searcher(), [any, all]))
}
