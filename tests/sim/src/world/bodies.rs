//! Bodies: which ones a node keeps, which are still to come, and what is promised of them.

use std::collections::{BTreeMap, BTreeSet};

use alliance_engine::{BodiesKept, Effect, Input, State};
use alliance_record::{ChapterName, Head, LogName, OrganisationId, RecordId, VerifiedRecord};
use alliance_wire::Want;

use super::World;
use crate::durable::Durable;
use crate::oracle::{Broken, broken};
use crate::plan::Choice;

impl Choice {
    pub(crate) fn kept(&self) -> BodiesKept {
        let chapters = self.headers_only.iter().filter_map(|name| name.parse().ok());
        BodiesKept {
            after_headers: self.after_headers,
            headers_only: chapters.collect(),
        }
    }
}

/// What one life of a node keeps, and which of its records lack their bodies once all is done that its engine asked for.
#[derive(Debug)]
pub(crate) struct Bodies {
    pub(crate) kept: BodiesKept,
    own: OrganisationId,
    bare: BTreeMap<LogName, BTreeSet<u64>>,
    /// Places of removed records that came without their bodies, or lost them: nobody needs to ask for these, and who
    /// lacks no others lacks none.
    gone: BTreeMap<LogName, BTreeSet<u64>>,
    /// Logs that lacked bodies when this life began: of these the engine was told the first place alone.
    restored: BTreeSet<LogName>,
    /// Logs of which a body came that is another record's: the rest of them is left alone in this life.
    unfillable: BTreeSet<LogName>,
}

impl Bodies {
    pub(crate) fn new(kept: BodiesKept, own: OrganisationId, durable: &Durable) -> Self {
        let mut bare: BTreeMap<LogName, BTreeSet<u64>> = BTreeMap::new();
        for (log, sequence) in durable.bare() {
            bare.entry(log.clone()).or_default().insert(sequence);
        }
        Self {
            kept,
            own,
            restored: bare.keys().cloned().collect(),
            bare,
            gone: BTreeMap::new(),
            unfillable: BTreeSet::new(),
        }
    }

    /// Whether records of a chapter may be stored without their bodies.
    pub(crate) fn may_be_bare(&self, chapter: &ChapterName) -> bool {
        !chapter.is_alliance() && (self.kept.after_headers || self.kept.headers_only.contains(chapter))
    }

    pub(crate) fn keeps(&self, author: &OrganisationId, chapter: &ChapterName) -> bool {
        *author == self.own || !self.kept.headers_only.contains(chapter)
    }

    /// Whether any record of a chapter lacks its body that stands below the end of its log.
    pub(crate) fn lacks(&self, chapter: &ChapterName, state: &State) -> bool {
        let of_chapter = self.bare.iter().filter(|(log, _)| log.chapter == *chapter);
        let mut lacking = of_chapter.filter_map(|(log, bare)| Some((state.head(log)?.sequence, bare.first()?)));
        lacking.any(|(newest, first)| *first <= newest)
    }

    /// Whether bodies are still to come from a place on.
    fn lags(&self, log: &LogName, from: u64) -> bool {
        let of_log = [self.bare.get(log), self.gone.get(log)].into_iter().flatten();
        self.restored.contains(log) || of_log.flat_map(|places| places.range(from..)).next().is_some()
    }

    /// Whether this is a want of bodies that lag.
    pub(crate) fn awaits(&self, head: &Head, want: &Want) -> bool {
        let is_held = want.from <= want.until && want.until <= head.sequence;
        let is_kept = self.keeps(&head.organisation, &head.log.chapter);
        is_held && is_kept && self.lags(&head.log, want.from)
    }

    /// Logs with bodies that are still to come, each with the first such place.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = (&LogName, u64)> {
        let awaited = self.bare.iter().filter(|(log, _)| !self.unfillable.contains(*log));
        awaited.filter_map(|(log, bare)| Some((log, *bare.first()?)))
    }

    fn stored(&mut self, record: &VerifiedRecord, is_removed: bool) {
        if record.body().is_none() {
            let header = record.header();
            let places = if is_removed { &mut self.gone } else { &mut self.bare };
            places.entry(header.log.clone()).or_default().insert(header.sequence);
        }
    }

    /// The body of a record is erased: it is not awaited any more.
    pub(crate) fn erased(&mut self, log: &LogName, sequence: u64) {
        if self.take_bare(log, sequence) {
            self.gone.entry(log.clone()).or_default().insert(sequence);
        }
    }

    /// False when it was there before.
    fn filled(&mut self, record: &VerifiedRecord) -> bool {
        let header = record.header();
        self.take_bare(&header.log, header.sequence)
    }

    fn take_bare(&mut self, log: &LogName, sequence: u64) -> bool {
        let Some(bare) = self.bare.get_mut(log) else {
            return false;
        };
        let was_bare = bare.remove(&sequence);
        if bare.is_empty() {
            self.bare.remove(log);
        }
        was_bare
    }

    /// The store did not take these, nor awaits their log's any more.
    pub(crate) fn refused(&mut self, refused: impl Iterator<Item = (LogName, u64)>) {
        for (log, sequence) in refused {
            self.unfillable.insert(log.clone());
            self.bare.entry(log).or_default().insert(sequence);
        }
    }
}

/// What is known before an engine takes an input.
#[derive(Debug)]
pub(crate) struct Brought {
    /// The records that it brings without their bodies.
    bare: BTreeSet<RecordId>,
    /// What its state says is removed.
    pub(super) removed: BTreeSet<RecordId>,
}

impl World {
    /// What an input brings, and what is said of it before.
    pub(crate) fn brought(&mut self, node: usize, input: &Input) -> Brought {
        let records = match input {
            Input::Record { record, .. } => std::slice::from_ref(record.as_ref()),
            Input::Range { records, .. } => records,
            _ => &[],
        };
        let removed = self.removed_at(node);
        let (whole, bare): (Vec<_>, Vec<_>) = records.iter().partition(|record| record.body().is_some());
        for record in whole.iter().filter(|record| removed.contains(&record.id())) {
            let is_held = record.header().sequence < self.nodes[node].durable.next(&record.header().log);
            let name = if is_held {
                "removed_offered_again"
            } else {
                "removed_offered_in_vain"
            };
            self.coverage.seen(name, 1);
        }
        Brought {
            bare: bare.into_iter().map(|record| record.id()).collect(),
            removed,
        }
    }

    /// What an engine has stored keeps to its operator's choice.
    pub(crate) fn check_bodies(&mut self, node: usize, before: &Brought, effects: &[Effect]) -> Result<(), Broken> {
        self.check_not_taken(node, &before.removed, effects)?;
        for effect in effects {
            if let (Effect::Append { records } | Effect::Fill { records }, Some(running)) = (effect, self.running(node))
            {
                running.wanted_stored += records.len() as u64;
            }
            match effect {
                Effect::Append { records } => {
                    for record in records {
                        self.check_appended(node, record, &before.bare)?;
                    }
                }
                Effect::Fill { records } => self.check_filled(node, records)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// With the body that its header names, unless it came without or is of those whose bodies are not kept.
    fn check_appended(
        &mut self,
        node: usize,
        record: &VerifiedRecord,
        bare: &BTreeSet<RecordId>,
    ) -> Result<(), Broken> {
        let (header, id) = (record.header(), record.id());
        let Some(running) = self.nodes[node].running.as_deref_mut() else {
            return Ok(());
        };
        let bodies = &mut running.bodies;
        let is_removed = running.engine.state().removed_by(&id, header).is_some();
        let said = |words: &str| format!("node {node} stores {} in {} {words}", id.short(), header.log.chapter);
        let is_kept = bodies.keeps(&header.organisation, &header.log.chapter);
        match record.body() {
            Some(_) if !is_kept => return broken("bodies_are_kept_as_chosen", said("whole")),
            Some(body) if body.commitment() != header.body_commitment => {
                return broken("bodies_fit_their_headers", said("with another's body"));
            }
            Some(_) => {}
            None if is_removed => self.coverage.seen("removed_taken_bare", 1),
            None if !bodies.may_be_bare(&header.log.chapter) => {
                return broken("headers_alone_only_where_chosen", said("without its body"));
            }
            None if is_kept && !bare.contains(&id) => return broken("bodies_are_not_dropped", said("bare")),
            None => self.coverage.seen("appended_bare", 1),
        }
        bodies.stored(record, is_removed);
        Ok(())
    }

    /// Bodies of one log, in its order, of records whose bodies are kept; and not all of them there already.
    fn check_filled(&mut self, node: usize, records: &[VerifiedRecord]) -> Result<(), Broken> {
        let Some(bodies) = self.nodes[node].running.as_mut().map(|running| &mut running.bodies) else {
            return Ok(());
        };
        let mut new = 0;
        for (index, record) in records.iter().enumerate() {
            let header = record.header();
            let follows = |before: &VerifiedRecord| {
                before.header().log == header.log && before.header().sequence + 1 == header.sequence
            };
            let is_next = index == 0 || follows(&records[index - 1]);
            let is_kept = bodies.keeps(&header.organisation, &header.log.chapter);
            if record.body().is_none() || !is_next || !is_kept {
                let detail = format!("node {node} fills {} in {}", record.id().short(), header.log.chapter);
                return broken("only_bodies_that_lag_are_filled", detail);
            }
            new += u64::from(bodies.filled(record));
        }
        self.coverage.seen("bodies_filled_again", records.len() as u64 - new);
        let ends = records
            .last()
            .map(|record| (&record.header().log, record.header().sequence));
        if new == 0 && ends.is_none_or(|(log, last)| !bodies.lags(log, last)) {
            return broken(
                "only_bodies_that_lag_are_filled",
                format!("node {node} fills what is there"),
            );
        }
        Ok(())
    }
}
