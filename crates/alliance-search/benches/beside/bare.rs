//! tantivy as it comes: its default tokenizer, two text fields, its parser, its collectors, facets by its terms aggregation.

use std::ops::Bound;
use std::path::Path;

use alliance_store::Reader;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::aggregation::{AggContextParams, AggregationCollector};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, FuzzyTermQuery, InvertedIndexRangeQuery, Occur, Query, QueryParser, TermQuery,
};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TEXT};
use tantivy::{Index, IndexWriter, Order, Searcher, TantivyDocument, Term};

use super::data::LANGUAGES;
use super::questions::{Asked, Sort};
use super::{Engine, Result, codes, each, texts};

const WRITER_BYTES: usize = 192 << 20;
/// How much a word counts in a title.
const TITLE_WEIGHT: f32 = 3.0;
const PAGE: usize = 20;

pub(crate) struct Bare {
    name: &'static str,
    index: Index,
    searcher: Searcher,
    title: Field,
    text: Field,
    code: Field,
    counting: Aggregations,
}

impl Bare {
    pub(crate) fn new(dir: &Path, reader: &Reader, records: usize) -> Result<Self> {
        std::fs::create_dir_all(dir)?;
        let mut schema = Schema::builder();
        let id = schema.add_bytes_field("id", INDEXED | FAST);
        let arrival = schema.add_u64_field("arrival", FAST);
        let code = schema.add_text_field("code", STRING | FAST);
        let title = schema.add_text_field("title", TEXT);
        let text = schema.add_text_field("text", TEXT);
        let index = Index::create_in_dir(dir, schema.build())?;
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        each(reader, records, &mut |facts, at| {
            let mut document = TantivyDocument::new();
            document.add_bytes(id, facts.id.as_bytes());
            document.add_u64(arrival, at);
            for one in codes(&facts) {
                document.add_text(code, one);
            }
            let (titles, others) = texts(&facts);
            document.add_text(title, titles);
            document.add_text(text, others);
            writer.add_document(document)?;
            Ok(())
        })?;
        writer.commit()?;
        writer.wait_merging_threads()?;
        let searcher = index.reader()?.searcher();
        let counting = r#"{"codes": {"terms": {"field": "code", "size": 1000}}}"#;
        Ok(Self {
            name: "bare tantivy",
            index,
            searcher,
            title,
            text,
            code,
            counting: serde_json::from_str(counting)?,
        })
    }

    /// The same, with its segments shared among threads, which is not how it comes.
    pub(crate) fn on_all_cores(&self) -> Result<Self> {
        let mut index = self.index.clone();
        index.set_default_multithread_executor()?;
        let searcher = index.reader()?.searcher();
        Ok(Self {
            name: "bare tantivy on all cores",
            index,
            searcher,
            counting: self.counting.clone(),
            ..*self
        })
    }

    fn query(&self, asked: &Asked) -> Result<Box<dyn Query>> {
        let mut parser = QueryParser::for_index(&self.index, vec![self.title, self.text]);
        parser.set_conjunction_by_default();
        parser.set_field_boost(self.title, TITLE_WEIGHT);
        let words = asked.words.join(" ");
        let must = |query: Box<dyn Query>| (Occur::Must, query);
        Ok(match asked.sort {
            Sort::Phrase => parser.parse_query(&format!("\"{words}\""))?,
            Sort::Either => {
                let [first, second, third] = [0, 1, 2].map(|at| &asked.words[at]);
                parser.parse_query(&format!("({first} OR {second}) -{third}"))?
            }
            Sort::Prefix => either([self.title, self.text].map(|field| begins(field, &words))),
            Sort::Misspelt => either([self.title, self.text].map(|field| -> Box<dyn Query> {
                Box::new(FuzzyTermQuery::new(Term::from_field_text(field, &words), 1, true))
            })),
            Sort::WordsAndFilter => Box::new(BooleanQuery::new(vec![
                must(parser.parse_query(&words)?),
                must(self.is("kind:practice")),
                must(begins(self.code, "setting:inpatient.")),
                (Occur::MustNot, self.is("effect:worse")),
            ])),
            Sort::FilterAlone => {
                let language = LANGUAGES[asked.language].0.split('-').next().unwrap_or_default();
                Box::new(BooleanQuery::new(vec![
                    must(self.is(&format!("language:{language}"))),
                    must(self.is("kind:lesson")),
                    must(either(
                        [0, 1].map(|after| self.is(&format!("year:{}", asked.year + after))),
                    )),
                ]))
            }
            Sort::NewestOfAll => Box::new(AllQuery),
            Sort::CommonWord | Sort::RareWord | Sort::TwoWords | Sort::Unspaced => parser.parse_query(&words)?,
        })
    }

    fn is(&self, code: &str) -> Box<dyn Query> {
        Box::new(TermQuery::new(
            Term::from_field_text(self.code, code),
            IndexRecordOption::Basic,
        ))
    }
}

fn either(queries: [Box<dyn Query>; 2]) -> Box<dyn Query> {
    Box::new(BooleanQuery::union(queries.into()))
}

fn begins(field: Field, with: &str) -> Box<dyn Query> {
    Box::new(InvertedIndexRangeQuery::new(
        Bound::Included(Term::from_field_text(field, with)),
        Bound::Excluded(Term::from_field_text(field, &format!("{with}{}", char::MAX))),
    ))
}

impl Engine for Bare {
    fn name(&self) -> &'static str {
        self.name
    }

    fn ask(&self, asked: &Asked) -> Result<Option<u64>> {
        let query = self.query(asked)?;
        let counting = AggregationCollector::from_aggs(self.counting.clone(), AggContextParams::default());
        let top = TopDocs::with_limit(PAGE);
        let (page, found) = match asked.sort {
            Sort::NewestOfAll | Sort::FilterAlone => {
                let newest = top.order_by_fast_field::<u64>("arrival", Order::Desc);
                let (page, found, counts) = self.searcher.search(&query, &(newest, Count, counting))?;
                std::hint::black_box(counts);
                (page.into_iter().map(|(_, address)| address).collect::<Vec<_>>(), found)
            }
            _ => {
                let (page, found, counts) = self.searcher.search(&query, &(top.order_by_score(), Count, counting))?;
                std::hint::black_box(counts);
                (page.into_iter().map(|(_, address)| address).collect(), found)
            }
        };
        for address in page {
            let columns = self.searcher.segment_reader(address.segment_ord).fast_fields();
            let (mut id, ids) = (Vec::new(), columns.bytes("id")?.ok_or("records have ids")?);
            for ord in ids.term_ords(address.doc_id) {
                ids.ord_to_bytes(ord, &mut id)?;
            }
            std::hint::black_box(id);
        }
        Ok(Some(found as u64))
    }
}
