//! Searching.

use std::sync::Arc;

use alliance_record::RecordId;
use alliance_store::Arrival;
use tantivy::TantivyError;

use super::gather::{Found, Gather, Gathered};
use super::lists::lists;
use super::lower::Lower;
use super::marks::Marks;
use super::node::Node;
use super::question::{After, Answer, Counting, HITS_MAX, Hit, Question};
use super::spelling::{Speller, When};
use super::terms::Terms;
use crate::index::{SearchFault, Shared, Snapshot};
use crate::plan::{Plan, Spelling, planned};

/// Records looked at for a page beyond those that it has, at first; each further step takes four times as many.
const SPARE: usize = 16;
/// Steps at most: with a page of 20 some 3,000 records are looked at, and then a shorter page is given.
const STEPS_MAX: u32 = 4;

/// Searches. Clone it freely; searches do not wait for the indexer, but for the moment in which it shows a new commit.
#[derive(Clone)]
pub struct Searcher {
    shared: Arc<Shared>,
}

impl Searcher {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Up to where the index has followed the store.
    #[must_use]
    pub fn as_of(&self) -> Arrival {
        self.shared.cursor()
    }

    /// Searches. `keep` says of each record whether it may be shown: what a record is worth to readers is known elsewhere
    /// and changes later. It is asked in the order of the answer, until the page is full, and for some thousand records at
    /// most.
    ///
    /// # Errors
    /// [`SearchFault`].
    pub fn search(&self, question: &Question, keep: &dyn Fn(&RecordId) -> bool) -> Result<Answer, SearchFault> {
        let snapshot = self.shared.current();
        let snapshot = &*snapshot;
        let tree = question.filter.to_tree().and(question.tree.clone());
        let (asked, meant) = planned(&tree, &snapshot.languages);
        let terms = Terms::new(snapshot);
        let mut tried = self.try_plan((asked.clone(), When::Unknown), &terms, question)?;
        let mut is_loose = false;
        if tried.first.found == 0 && tree.says_anything() {
            let loose = self.try_plan((asked, When::Always), &terms, question)?;
            is_loose = loose.first.found > 0;
            if is_loose {
                tried = loose;
            }
        }
        let mut answer = Answer {
            hits: Vec::new(),
            next: None,
            found: tried.first.found,
            not_kept: 0,
            lists: lists(&snapshot.facets, &tried.first.counts),
            spellings: std::mem::take(&mut tried.spellings),
            meant,
            is_loose,
            as_of: snapshot.cursor,
            marks: Marks::new(tried.plan),
        };
        let page = Page {
            question,
            snapshot,
            node: &tried.node,
            keep,
        };
        page.fill(&mut answer, tried.first)?;
        Ok(answer)
    }

    fn try_plan(
        &self,
        (mut plan, when): (Plan, When),
        terms: &Terms<'_>,
        question: &Question,
    ) -> Result<Tried, TantivyError> {
        let fields = &self.shared.fields;
        let mut speller = Speller {
            fields,
            terms,
            when,
            spellings: Vec::new(),
        };
        speller.mend(&mut plan)?;
        let spellings = speller.spellings;
        let node = Lower { fields, terms }.node(&plan)?;
        let first = gather(question, 0).gather(&node, terms.snapshot())?;
        Ok(Tried {
            plan,
            node,
            spellings,
            first,
        })
    }

    /// Runs another query than a question's, as a question is run.
    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher").finish_non_exhaustive()
    }
}

struct Tried {
    plan: Plan,
    node: Node,
    spellings: Vec<Spelling>,
    first: Gathered,
}

/// What the first step gathers, or a later one, which counts nothing again.
fn gather(question: &Question, step: u32) -> Gather {
    let limit = question.limit.clamp(1, HITS_MAX);
    Gather {
        order: question.order,
        after: question.after,
        limit: (limit + SPARE) * 4_usize.pow(step),
        counting: if step == 0 {
            question.counting
        } else {
            Counting::Records
        },
    }
}

/// A page that is being filled.
pub(super) struct Page<'a> {
    pub(super) question: &'a Question,
    pub(super) snapshot: &'a Snapshot,
    pub(super) node: &'a Node,
    pub(super) keep: &'a dyn Fn(&RecordId) -> bool,
}

impl Page<'_> {
    pub(super) fn fill(&self, answer: &mut Answer, first: Gathered) -> Result<(), TantivyError> {
        let limit = self.question.limit.clamp(1, HITS_MAX);
        let mut gathered = first;
        for step in 1..=STEPS_MAX {
            let mut examined = 0;
            for found in &gathered.first {
                if answer.hits.len() == limit {
                    break;
                }
                examined += 1;
                answer.next = Some(place(found));
                let hit = self.hit(found)?;
                match (self.keep)(&hit.id) {
                    true => answer.hits.push(hit),
                    false => answer.not_kept += 1,
                }
            }
            if examined == gathered.behind {
                answer.next = None;
                return Ok(());
            }
            if answer.hits.len() == limit || step == STEPS_MAX {
                return Ok(());
            }
            let further = Gather {
                after: answer.next,
                ..gather(self.question, step)
            };
            gathered = further.gather(self.node, self.snapshot)?;
        }
        Ok(())
    }

    fn hit(&self, found: &Found) -> Result<Hit, TantivyError> {
        let segment = &self.snapshot.segments[found.address.segment_ord as usize];
        let id = RecordId::from_slice(&segment.id(found.address.doc_id)?);
        Ok(Hit {
            id: id.map_err(|error| TantivyError::InternalError(error.to_string()))?,
            arrival: alliance_store::Arrival(found.arrival),
            score: found.score,
        })
    }
}

fn place(found: &Found) -> After {
    After {
        score: found.score,
        arrival: found.arrival,
    }
}
