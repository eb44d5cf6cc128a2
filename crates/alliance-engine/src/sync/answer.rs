//! A session in which this node answers, and the frames that belong to neither side alone.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, Head};
use alliance_wire::limits::{CELLS_PER_FRAME_MAX, MARKS_PER_FRAME_MAX};
use alliance_wire::{
    CELLS_FIRST, ChapterView, Fingerprint, Hello, ListPart, LogRef, Mark, More, MoreOf, Nonce, Pull, SessionKey,
    SketchPart, SyncMessage, sketch,
};

use crate::config::Bodies;
use crate::effect::{Effect, Effects, Served};
use crate::engine::Engine;
use crate::limits::{LISTED_LOGS_MAX, MORE_PER_CHAPTER_MAX, RETRY_MS, RETRY_MS_MAX};
use crate::sync::SessionId;

impl Engine {
    /// Takes a frame that is no range.
    pub(crate) fn handle_frame(&mut self, session: SessionId, message: SyncMessage, fx: &mut Effects) {
        // After a session was refused, given up or ended, frames of it may still be on their way.
        if !self.sync.touch(session, self.now_ms) {
            return;
        }
        match (session, message) {
            (SessionId::Theirs(_), SyncMessage::Hello(hello)) => self.answer_hello(session, &hello, fx),
            (SessionId::Theirs(_), SyncMessage::More(more)) => self.answer_more(session, more, fx),
            (SessionId::Theirs(_), SyncMessage::Pull(pull)) => self.answer_pull(session, &pull, fx),
            (SessionId::Theirs(_), SyncMessage::Grant { bytes }) => fx.push(Effect::Credit { session, bytes }),
            (SessionId::Theirs(_), SyncMessage::Done) => self.sync.answered(session),
            (SessionId::Ours(_), SyncMessage::Sketch(part)) => self.handle_sketch(session, part, fx),
            (SessionId::Ours(_), SyncMessage::List(part)) => self.handle_list(session, part, fx),
            (SessionId::Ours(_), SyncMessage::Compared { lagging }) => self.handle_compared(session, lagging, fx),
            (SessionId::Ours(_), SyncMessage::Addresses(peers)) => fx.push(Effect::Learn { peers }),
            (SessionId::Ours(_), SyncMessage::Busy { retry_after_ms }) => {
                // The peer's wish within our bounds: neither at once for ever, nor never again.
                let after_ms = i64::from(retry_after_ms).clamp(RETRY_MS, RETRY_MS_MAX);
                self.sync.busy(session, self.now_ms, after_ms, fx);
            }
            // A frame from the wrong side: the other end does not speak this protocol.
            (SessionId::Theirs(_) | SessionId::Ours(_), _) => self.sync.abandon(session, self.now_ms, fx),
        }
    }

    fn handle_compared(&mut self, session: SessionId, lagging: Vec<ChapterName>, fx: &mut Effects) {
        if let Some(asking) = self.sync.asking_mut(session) {
            asking.lagging = lagging.into_iter().collect();
            asking.compared = true;
        }
        self.proceed(session, fx);
    }

    fn answer_hello(&mut self, session: SessionId, hello: &Hello, fx: &mut Effects) {
        if hello.alliance != self.config.alliance || !self.sync.greet(session, hello.nonce) {
            return self.sync.abandon(session, self.now_ms, fx);
        }
        // The alliance's own chapter first: the others are judged by it.
        let views: BTreeMap<_, _> = hello.chapters.iter().map(|view| (&view.chapter, view)).collect();
        let (mut differed, mut lagging) = (false, Vec::new());
        for view in views
            .into_values()
            .filter(|view| self.state.replicated.contains(&view.chapter))
        {
            if self.lacks_bodies(&view.chapter) {
                lagging.push(view.chapter.clone());
            }
            let ours = self.fingerprint(&hello.nonce, &view.chapter);
            if ours == view.fingerprint {
                continue;
            }
            differed = true;
            let heads = self.state.heads_of(&view.chapter).len();
            if view.logs == 0 || heads <= LISTED_LOGS_MAX {
                self.send_list(session, &hello.nonce, &view.chapter, fx);
            } else {
                let message = self.cells(&hello.nonce, &view.chapter, 0..CELLS_FIRST);
                fx.push(Effect::Send { session, message });
            }
        }
        fx.push(Effect::Send {
            session,
            message: SyncMessage::Compared { lagging },
        });
        if hello.addresses {
            fx.push(Effect::SendAddresses { session });
        }
        self.heard_of(session, hello, differed);
    }

    /// Notes what a hello tells of the peer: what it replicates, and whether to ask it in return.
    fn heard_of(&mut self, session: SessionId, hello: &Hello, differed: bool) {
        let Some(peer) = self.sync.answering.get(&session).map(|answering| answering.peer) else {
            return;
        };
        let shared = hello.chapters.iter().map(|view| &view.chapter);
        let shared = shared
            .filter(|chapter| self.state.replicated.contains(chapter))
            .cloned();
        let shared: BTreeSet<_> = shared.collect();
        let awaits_bodies = shared.iter().any(|chapter| self.awaits_bodies(chapter));
        self.sync.peers.follows(&peer, shared);
        if differed {
            self.sync.peers.ask_back(&peer, self.now_ms);
        } else if !awaits_bodies {
            // Heads say nothing of bodies: for those it is asked in its time, however often it greets.
            self.sync.compared(&peer, self.now_ms);
        }
    }

    fn awaits_bodies(&self, chapter: &ChapterName) -> bool {
        self.lagging.awaits(chapter) && self.config.bodies.of(chapter) != Bodies::Not
    }

    fn lacks_bodies(&self, chapter: &ChapterName) -> bool {
        self.lagging.lacks(chapter) || self.config.bodies.of(chapter) == Bodies::Not
    }

    fn fingerprint(&self, nonce: &Nonce, chapter: &ChapterName) -> Fingerprint {
        SessionKey::new(nonce).fingerprint(chapter, self.state.heads_of(chapter))
    }

    fn marks(&self, nonce: &Nonce, chapter: &ChapterName) -> Vec<Mark> {
        let key = SessionKey::new(nonce);
        self.state.heads_of(chapter).map(|head| key.mark(head)).collect()
    }

    fn cells(&self, nonce: &Nonce, chapter: &ChapterName, cells: std::ops::Range<usize>) -> SyncMessage {
        let marks = self.marks(nonce, chapter);
        let view = ChapterView {
            chapter: chapter.clone(),
            fingerprint: self.fingerprint(nonce, chapter),
            logs: u32::try_from(marks.len()).unwrap_or(u32::MAX),
        };
        SyncMessage::Sketch(SketchPart {
            view,
            from: cells.start as u32,
            cells: sketch(&marks, cells),
        })
    }

    fn send_list(&self, session: SessionId, nonce: &Nonce, chapter: &ChapterName, fx: &mut Effects) {
        let marks = self.marks(nonce, chapter);
        let pieces = marks.chunks(MARKS_PER_FRAME_MAX).len().max(1);
        for index in 0..pieces {
            let piece = marks.iter().skip(index * MARKS_PER_FRAME_MAX).take(MARKS_PER_FRAME_MAX);
            let part = ListPart {
                chapter: chapter.clone(),
                marks: piece.copied().collect(),
                more: index + 1 < pieces,
            };
            let message = SyncMessage::List(part);
            fx.push(Effect::Send { session, message });
        }
    }

    fn answer_more(&mut self, session: SessionId, more: More, fx: &mut Effects) {
        let Some(nonce) = self.sync.may_have_more(session, &more.chapter) else {
            return self.sync.abandon(session, self.now_ms, fx);
        };
        // Left meanwhile: as good as empty.
        if !self.state.replicated.contains(&more.chapter) {
            return self.sync.abandon(session, self.now_ms, fx);
        }
        match more.wanted {
            MoreOf::List => self.send_list(session, &nonce, &more.chapter, fx),
            MoreOf::Cells {
                fingerprint,
                from,
                until,
            } => {
                let ours = self.fingerprint(&nonce, &more.chapter);
                // Nobody who wants to know asks for more: the list would be shorter.
                let heads = self.state.heads_of(&more.chapter).len();
                let most = CELLS_FIRST + from as usize + heads;
                let until = (until as usize).min(CELLS_PER_FRAME_MAX).min(most);
                // Cells of two moments do not go together: after a change all are sent anew.
                let from = if ours == fingerprint {
                    (from as usize).min(until)
                } else {
                    0
                };
                let message = self.cells(&nonce, &more.chapter, from..until);
                fx.push(Effect::Send { session, message });
            }
        }
    }

    fn answer_pull(&mut self, session: SessionId, pull: &Pull, fx: &mut Effects) {
        let Some(nonce) = self.sync.nonce(session) else {
            return self.sync.abandon(session, self.now_ms, fx);
        };
        let names = self.names(&nonce, pull);
        // Nothing is given beyond the end of a log, but for the way to the next signature.
        let served = |want: &alliance_wire::Want| {
            let head = names.get(&want.log);
            Served {
                reference: want.log,
                log: head.map(|head| head.log.clone()),
                part: pull.part,
                from: want.from,
                until: want.until.min(head.map_or(want.until, |head| head.sequence)),
            }
        };
        let served = pull.wants.iter().map(served).collect();
        fx.push(Effect::Serve { session, served });
    }

    /// The heads of the logs that a pull refers to.
    fn names(&self, nonce: &Nonce, pull: &Pull) -> BTreeMap<LogRef, &Head> {
        let key = SessionKey::new(nonce);
        let wanted: BTreeSet<LogRef> = pull.wants.iter().map(|want| want.log).collect();
        let heads = self.state.heads_of(&pull.chapter);
        heads
            .map(|head| (key.log_ref(&head.log), head))
            .filter(|(log, _)| wanted.contains(log))
            .collect()
    }
}

impl super::Sync {
    /// Notes that a session is alive; false when there is no such session.
    fn touch(&mut self, session: SessionId, now_ms: i64) -> bool {
        let asking = self.asking.get_mut(&session).map(|asking| &mut asking.last_frame_ms);
        let answering = self.answering.get_mut(&session);
        let last = asking.or(answering.map(|answering| &mut answering.last_frame_ms));
        last.map(|last| *last = now_ms).is_some()
    }

    /// Notes a hello; false when it is not the session's first.
    fn greet(&mut self, session: SessionId, nonce: Nonce) -> bool {
        let answering = self.answering.get_mut(&session);
        answering.is_some_and(|answering| answering.nonce.replace(nonce).is_none())
    }

    fn nonce(&self, session: SessionId) -> Option<Nonce> {
        self.answering.get(&session).and_then(|answering| answering.nonce)
    }

    /// The session's nonce, when it has said hello and may ask for more of a chapter once more.
    fn may_have_more(&mut self, session: SessionId, chapter: &ChapterName) -> Option<Nonce> {
        let answering = self.answering.get_mut(&session)?;
        let nonce = answering.nonce?;
        let asked = answering.more.entry(chapter.clone()).or_default();
        *asked += 1;
        (*asked <= MORE_PER_CHAPTER_MAX).then_some(nonce)
    }

    fn answered(&mut self, session: SessionId) {
        self.answering.remove(&session);
    }

    fn busy(&mut self, session: SessionId, now_ms: i64, after_ms: i64, fx: &mut Effects) {
        if let Some(asking) = self.end_asking(session, now_ms) {
            let until_ms = now_ms.saturating_add(after_ms);
            self.peers.postpone((&asking.peer, session), until_ms);
        }
        fx.push(Effect::Close { session });
    }
}
