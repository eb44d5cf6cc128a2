//! Searching: a question, read and put to the index, with where each record found stands.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use alliance_api::{
    Facet, FacetValue, Problem, RecordSummary, SearchHit, SearchOrder, SearchPage, SearchQuery, SearchState,
    SearchStatus, SnippetView, SpellingView,
};
use alliance_record::schema;
use alliance_record::{OrganisationId, RecordId};
use alliance_search::filter::Facts;
use alliance_search::{
    Answer, Counting, HITS_MAX, ListCounts, Order, Question, SearchFault, Searcher, Snippet, Spelling,
};
use alliance_store::{ReadError, Reader, StoredRecord};
use tokio::time::timeout;

use super::chapters::label;
use super::filtering::read_filter;
use super::problem::{bad_request, problem, stopped};
use super::status::bytes_under;
use super::{Handle, too_costly};
use crate::finding::State;
use crate::knowledge::{Asking, Held, Wanted};
use crate::patience::Over;
use crate::shared::View;

/// Records of a page when no number is asked for.
const PAGE_RECORDS: u32 = 20;
/// Values of a facet that are shown.
const VALUES_MAX: usize = 50;
/// How long a search waits for what has just arrived, when it is to.
const FRESH_WAIT: Duration = Duration::from_secs(2);
/// Records that are shown as like another.
const LIKE_MAX: usize = 10;

/// Why a search gave nothing.
enum Trouble {
    Index(SearchFault),
    Store(ReadError),
    Over(Over),
}

impl From<Over> for Trouble {
    fn from(over: Over) -> Self {
        Self::Over(over)
    }
}

impl From<SearchFault> for Trouble {
    fn from(fault: SearchFault) -> Self {
        Self::Index(fault)
    }
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        Self::Store(error)
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Index(fault) => unavailable(&fault.to_string()),
            Trouble::Over(over) => too_costly(over),
            Trouble::Store(error) => problem(500, "store_failed", "The store could not be read", &error.to_string()),
        }
    }
}

/// Records that the index asks about, as they are shown: each is read once.
struct Keeping<'a> {
    asking: Asking<'a>,
    wanted: Wanted,
    kept: RefCell<BTreeMap<RecordId, (RecordSummary, StoredRecord)>>,
    failed: RefCell<Option<ReadError>>,
}

impl<'a> Keeping<'a> {
    fn new(asking: Asking<'a>, wanted: Wanted) -> Self {
        Self {
            asking,
            wanted,
            kept: RefCell::default(),
            failed: RefCell::default(),
        }
    }

    /// Whether a record is shown. Once patience is over, none is, which ends the search soon.
    fn keep(&self, id: &RecordId) -> bool {
        if self.wanted.patience.over().is_some() {
            return false;
        }
        match self.asking.one(id, &self.wanted) {
            Ok(Some(found)) => {
                self.kept.borrow_mut().insert(*id, found);
                true
            }
            Ok(None) => false,
            Err(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                false
            }
        }
    }

    /// Those that are shown, unless one could not be read or patience is over.
    fn kept(self) -> Result<BTreeMap<RecordId, (RecordSummary, StoredRecord)>, Trouble> {
        self.wanted.patience.check()?;
        match self.failed.into_inner() {
            Some(error) => Err(error.into()),
            None => Ok(self.kept.into_inner()),
        }
    }
}

impl Handle {
    /// Searches.
    ///
    /// # Errors
    /// `bad_filter` with the place in the question; `search_unavailable` while the index does not answer;
    /// `question_too_costly`.
    pub async fn search(&self, query: SearchQuery) -> Result<SearchPage, Problem> {
        let question = self.question(&query)?;
        if query.fresh.unwrap_or(false) {
            // Whatever comes of it, the answer says how far behind it is.
            let _ = timeout(FRESH_WAIT, self.searchable()).await;
        }
        let (patience, _asker) = self.patience();
        let wanted = Wanted::beside_current(&query).within(patience);
        let shared = Arc::clone(&self.0.parts.shared);
        self.searching(move |reader, searcher| {
            wanted.patience.check()?;
            let held = Held::new(reader, &shared);
            let keeping = Keeping::new(held.asking(), wanted);
            let answer = searcher.search(&question, &|id| keeping.keep(id))?;
            let mut kept = keeping.kept()?;
            let last = reader.last_arrival();
            let hits = answer.hits.iter().filter_map(|hit| {
                let (record, stored) = kept.remove(&hit.id)?;
                let snippets = answer.marks.snippets(&Facts::of(&stored.record));
                Some(SearchHit {
                    record,
                    score: hit.score,
                    snippets: snippets.into_iter().map(snippet).collect(),
                })
            });
            Ok(SearchPage {
                hits: hits.collect(),
                next: answer.next.map(|next| next.to_string()),
                found: answer.found,
                left_out: answer.not_kept as u64,
                facets: facets(&answer, &shared.view()),
                spellings: spellings(&answer.spellings),
                meant: spellings(&answer.meant),
                loose: answer.is_loose,
                behind: last.0.saturating_sub(answer.as_of.0),
            })
        })
        .await
    }

    /// Records that are like this one, the most alike first; at most 10.
    ///
    /// # Errors
    /// As of one record, and `search_unavailable`.
    pub async fn similar(&self, id: &str) -> Result<SearchPage, Problem> {
        let stored = self.stored(id).await?;
        let (patience, _asker) = self.patience();
        let wanted = Wanted::default().within(patience);
        let shared = Arc::clone(&self.0.parts.shared);
        self.searching(move |reader, searcher| {
            let held = Held::new(reader, &shared);
            let keeping = Keeping::new(held.asking(), wanted);
            let like = match held.is_aside(&stored.record.id()) {
                true => Vec::new(),
                false => searcher.more_like(&Facts::of(&stored.record), LIKE_MAX, &|id| keeping.keep(id))?,
            };
            let mut kept = keeping.kept()?;
            let hits = like.into_iter().filter_map(|hit| {
                let (record, _) = kept.remove(&hit.id)?;
                Some(SearchHit {
                    record,
                    score: hit.score,
                    snippets: Vec::new(),
                })
            });
            let hits: Vec<SearchHit> = hits.collect();
            Ok(SearchPage {
                found: hits.len() as u64,
                hits,
                next: None,
                left_out: 0,
                facets: Vec::new(),
                spellings: Vec::new(),
                meant: Vec::new(),
                loose: false,
                behind: 0,
            })
        })
        .await
    }

    /// Waits until everything that has arrived by now can be found.
    ///
    /// # Errors
    /// A problem when the node stops first.
    pub async fn searchable(&self) -> Result<(), Problem> {
        let arrived = self.0.parts.shared.last_arrival();
        match self.0.parts.finding.reaches(arrived).await {
            true => Ok(()),
            false => Err(stopped()),
        }
    }

    /// Has the search index built anew. Until it has caught up, less is found.
    ///
    /// # Errors
    /// A problem when the node stops.
    pub async fn rebuild_search(&self) -> Result<SearchStatus, Problem> {
        self.0.parts.finding.rebuild().await.map_err(|_| stopped())?;
        self.search_status().await
    }

    /// How far the index is.
    pub(super) async fn search_status(&self) -> Result<SearchStatus, Problem> {
        let finding = &self.0.parts.finding;
        let arrived = self.0.parts.shared.last_arrival();
        let (state, behind) = match finding.state() {
            State::Opening => (SearchState::Opening, arrived),
            State::Failed(_) => (SearchState::Failed, arrived),
            State::Ready(searcher) => (SearchState::Ready, arrived.saturating_sub(searcher.as_of().0)),
        };
        let dir = finding.dir().clone();
        let bytes = tokio::task::spawn_blocking(move || bytes_under(&dir)).await;
        Ok(SearchStatus {
            state,
            behind,
            bytes: bytes.map_err(|_| stopped())?,
        })
    }

    /// Why nothing can be searched, if so.
    pub(super) fn search_failure(&self) -> Option<String> {
        match self.0.parts.finding.state() {
            State::Failed(why) => Some(why),
            State::Opening | State::Ready(_) => None,
        }
    }

    fn question(&self, query: &SearchQuery) -> Result<Question, Problem> {
        let limit = query.limit.unwrap_or(PAGE_RECORDS);
        if !(1..=HITS_MAX as u32).contains(&limit) {
            return Err(bad_request(&format!("limit: from 1 to {HITS_MAX}")));
        }
        let after = query.after.as_deref().map(str::parse).transpose();
        Ok(Question {
            tree: read_filter(&query.q, &self.0.parts.shared.view())?,
            order: match query.order {
                SearchOrder::Relevance => Order::Relevance,
                SearchOrder::Newest => Order::Newest,
            },
            after: after.map_err(|error| bad_request(&format!("after: {error}")))?,
            limit: limit as usize,
            counting: match query.facets.unwrap_or(true) {
                true => Counting::Facets,
                false => Counting::Records,
            },
            ..Question::default()
        })
    }

    /// Asks store and index away from the runtime's threads.
    async fn searching<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Reader, &Searcher) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Problem> {
        let searcher = match self.0.parts.finding.state() {
            State::Ready(searcher) => searcher,
            State::Opening => return Err(unavailable("the search index is being opened: ask again in a moment")),
            State::Failed(why) => return Err(unavailable(&why)),
        };
        let reader = self.0.parts.store.get().ok_or_else(stopped)?;
        let done = tokio::task::spawn_blocking(move || ask(&reader, &searcher)).await;
        done.map_err(|_| stopped())?.map_err(Problem::from)
    }
}

fn unavailable(why: &str) -> Problem {
    problem(503, "search_unavailable", "Nothing can be searched for now", why)
}

fn snippet(snippet: Snippet) -> SnippetView {
    // The text is short: counting from its beginning each time costs nothing.
    let characters = |bytes: usize| snippet.text[..bytes].chars().count() as u32;
    SnippetView {
        marks: snippet
            .ranges
            .iter()
            .map(|range| [characters(range.start), characters(range.end)])
            .collect(),
        field: snippet.field,
        lang: snippet.lang,
        text: snippet.text,
        cut_before: snippet.is_cut_before,
        cut_after: snippet.is_cut_after,
    }
}

fn spellings(spellings: &[Spelling]) -> Vec<SpellingView> {
    let spellings = spellings.iter().cloned();
    spellings
        .map(|spelling| SpellingView {
            typed: spelling.typed,
            taken: spelling.taken,
        })
        .collect()
}

/// The counts as they are shown: countries follow from organisations.
fn facets(answer: &Answer, view: &View) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    for counts in &answer.lists {
        if counts.list == "organisation" {
            facets.push(countries(counts, view));
        }
        facets.push(facet(counts, view));
    }
    facets
}

fn facet(counts: &ListCounts, view: &View) -> Facet {
    let shown = counts.counts.iter().take(VALUES_MAX);
    let beyond = counts.counts.len().saturating_sub(VALUES_MAX);
    Facet {
        field: counts.list.clone(),
        values: shown
            .map(|count| FacetValue {
                value: count.value.clone(),
                label: value_label(&counts.list, &count.value, view),
                records: count.records,
            })
            .collect(),
        left_out: (counts.left_out + beyond) as u64,
    }
}

fn countries(counts: &ListCounts, view: &View) -> Facet {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for count in &counts.counts {
        let organisation = count.value.parse::<OrganisationId>().ok();
        let country = organisation.map(|id| view.country(&id)).unwrap_or_default();
        if !country.is_empty() {
            *sums.entry(country).or_default() += count.records;
        }
    }
    let mut values: Vec<FacetValue> = sums
        .into_iter()
        .map(|(value, records)| FacetValue {
            label: String::new(),
            value,
            records,
        })
        .collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.records));
    let left_out = values.len().saturating_sub(VALUES_MAX) as u64;
    values.truncate(VALUES_MAX);
    Facet {
        field: "country".to_owned(),
        values,
        left_out,
    }
}

fn value_label(list: &str, value: &str, view: &View) -> String {
    match list {
        "organisation" | "adopted_by" => value.parse().map(|id| view.name(&id)).unwrap_or_default(),
        "chapter" => value.parse().map(|name| label(&name)).unwrap_or_default(),
        _ => {
            let mut codes = schema::vocabulary(list).unwrap_or_default().iter();
            codes
                .find(|code| code.code == value)
                .map(|code| code.label.clone())
                .unwrap_or_default()
        }
    }
}
