//! Finding out what a peer holds beyond this node: sketches first, the list of all heads at last.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, Head, LogEnd};
use alliance_wire::{
    Ask, Cell, Decoded, Differences, Fingerprint, ListPart, LogRef, Mark, More, MoreOf, SketchPart, SyncMessage,
    compare, decode,
};

use crate::effect::{Effect, Effects};
use crate::engine::Engine;
use crate::limits::{LIST_MARKS_MAX, SKETCH_TRIES_MAX};
use crate::sync::SessionId;
use crate::sync::offer::{Offer, What};

/// What is known so far of a chapter that differs.
#[derive(Debug)]
pub(crate) enum Comparing {
    /// Cells of one moment's heads of the peer.
    Sketch {
        fingerprint: Fingerprint,
        cells: Vec<Cell>,
        tries: u32,
    },
    /// Marks of the peer's heads.
    List(Vec<Mark>),
}

impl Engine {
    /// Takes cells of a chapter that differs. Cells that nobody asked for end the session.
    pub(crate) fn handle_sketch(&mut self, session: SessionId, part: SketchPart, fx: &mut Effects) {
        let logs = part.view.logs;
        let Some(chapter) = self.take_cells(session, part) else {
            return self.sync.abandon(session, self.now_ms, fx);
        };
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        let Some(round) = self.sync.rounds.get(asking.round) else {
            return;
        };
        let Some(Comparing::Sketch {
            fingerprint,
            cells,
            tries,
        }) = asking.comparing.get_mut(&chapter)
        else {
            return;
        };
        let ours: Vec<Mark> = self.state.heads_of(&chapter).map(|head| round.key.mark(head)).collect();
        let wanted = match decode(cells, logs, &ours) {
            Decoded::Complete(differences) => {
                asking.comparing.remove(&chapter);
                self.settle(session, &chapter, &differences);
                return self.proceed(session, fx);
            }
            Decoded::Undecided {
                ask: Ask::Cells(until), ..
            } if *tries < SKETCH_TRIES_MAX => {
                *tries += 1;
                MoreOf::Cells {
                    fingerprint: *fingerprint,
                    from: cells.len() as u32,
                    until: until as u32,
                }
            }
            Decoded::Undecided { .. } => {
                asking.comparing.insert(chapter.clone(), Comparing::List(Vec::new()));
                MoreOf::List
            }
        };
        let message = SyncMessage::More(More { chapter, wanted });
        fx.push(Effect::Send { session, message });
    }

    /// Adds cells to those held, or begins anew with those of a newer moment. The chapter, when they are what was asked
    /// for.
    fn take_cells(&mut self, session: SessionId, part: SketchPart) -> Option<ChapterName> {
        let asking = self.sync.asking.get_mut(&session)?;
        asking.differed = true;
        let chapter = part.view.chapter;
        let is_first = asking.named.remove(&chapter);
        match asking.comparing.get_mut(&chapter) {
            None if is_first && part.from == 0 => {
                let sketch = Comparing::Sketch {
                    fingerprint: part.view.fingerprint,
                    cells: part.cells,
                    tries: 0,
                };
                asking.comparing.insert(chapter.clone(), sketch);
            }
            Some(Comparing::Sketch { cells, fingerprint, .. }) if part.from == 0 => {
                *fingerprint = part.view.fingerprint;
                *cells = part.cells;
            }
            Some(Comparing::Sketch { cells, fingerprint, .. })
                if *fingerprint == part.view.fingerprint && part.from as usize == cells.len() =>
            {
                cells.extend(part.cells);
            }
            Some(_) | None => return None,
        }
        Some(chapter)
    }

    /// Takes marks of all heads of a chapter.
    pub(crate) fn handle_list(&mut self, session: SessionId, part: ListPart, fx: &mut Effects) {
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        asking.differed = true;
        let chapter = part.chapter;
        if asking.named.remove(&chapter) {
            asking.comparing.insert(chapter.clone(), Comparing::List(Vec::new()));
        }
        let Some(Comparing::List(marks)) = asking.comparing.get_mut(&chapter) else {
            return self.sync.abandon(session, self.now_ms, fx);
        };
        let room = LIST_MARKS_MAX.saturating_sub(marks.len());
        if part.marks.len() > room {
            asking.cut_short.insert(chapter.clone());
        }
        marks.extend(part.marks.into_iter().take(room));
        if part.more {
            return;
        }
        let theirs = std::mem::take(marks);
        asking.comparing.remove(&chapter);
        let Some(round) = self.sync.rounds.get(asking.round) else {
            return;
        };
        let ours: Vec<Mark> = self.state.heads_of(&chapter).map(|head| round.key.mark(head)).collect();
        self.settle(session, &chapter, &compare(&theirs, &ours));
        self.proceed(session, fx);
    }

    /// Queues what the peer holds beyond this node.
    fn settle(&mut self, session: SessionId, chapter: &ChapterName, differences: &Differences) {
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        let Some(round) = self.sync.rounds.get_mut(asking.round) else {
            return;
        };
        for log in self.sync.waiting.of(chapter) {
            round.names.insert(round.key.log_ref(log), log.clone());
        }
        // What is held beyond its end may be on offer from whoever does not know of the end.
        for head in self.state.beyond_of(chapter) {
            round.names.insert(round.key.log_ref(&head.log), head.log.clone());
        }
        let differing: BTreeSet<LogRef> = differences.logs.iter().map(|difference| difference.log).collect();
        let heads = self.state.heads_of(chapter);
        let known = heads.map(|head| (round.key.log_ref(&head.log), head));
        let known: BTreeMap<LogRef, &Head> = known.filter(|(log, _)| differing.contains(log)).collect();
        // Which of the logs that share a reference differs is seen under another nonce.
        if !differences.collided.is_empty() {
            asking.collided = true;
            asking.cut_short.insert(chapter.clone());
        }
        for difference in &differences.logs {
            let Some(theirs) = difference.theirs else { continue };
            let ours = known.get(&difference.log);
            if let Some(head) = ours {
                round.names.insert(difference.log, head.log.clone());
            }
            let end = round.names.get(&difference.log).and_then(|log| self.state.end(log));
            if let Some((from, until)) = beyond(ours.copied(), theirs)
                && let Some(until) = within(end, ours.copied(), (from, until))
            {
                asking.queue(Offer {
                    log: difference.log,
                    chapter: chapter.clone(),
                    from,
                    until,
                    what: What::Records,
                });
            }
        }
    }
}

/// The last sequence to ask for of a log, which may end before what the peer has of it; `None` when nothing of it is
/// lacking.
fn within(end: Option<LogEnd>, ours: Option<&Head>, (from, until): (Option<u64>, u64)) -> Option<u64> {
    let Some(end) = end else { return Some(until) };
    let last = until.min(end.next.checked_sub(1)?);
    let is_held = from.is_none() && ours.is_some_and(|head| last <= head.sequence);
    (!is_held).then_some(last)
}

/// What a peer's mark means to this node: nothing, records that it lacks, or another record at the place of its own. Of
/// the last a peer's word is no proof: the record itself is asked for, and judged as any other.
fn beyond(ours: Option<&Head>, theirs: Mark) -> Option<(Option<u64>, u64)> {
    let Some(ours) = ours else {
        return Some((None, theirs.sequence_near(0)));
    };
    let sequence = theirs.sequence_near(ours.sequence);
    match sequence.cmp(&ours.sequence) {
        std::cmp::Ordering::Less => None,
        std::cmp::Ordering::Equal => Some((Some(sequence), sequence)),
        std::cmp::Ordering::Greater => Some((None, sequence)),
    }
}
