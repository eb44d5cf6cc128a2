//! A session in which this node answers, and the frames that belong to neither side alone.

use std::collections::BTreeMap;

use alliance_record::ChapterName;
use alliance_wire::limits::HEADS_PER_PAGE_MAX;
use alliance_wire::{ChapterView, HeadsPage, Hello, SyncMessage, Want, fingerprint};

use crate::effect::{Effect, Effects, Served};
use crate::engine::Engine;
use crate::limits::{RETRY_MS, RETRY_MS_MAX, WANT_BYTES, WANT_RECORDS};
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
            (SessionId::Theirs(_), SyncMessage::Want(want)) => self.answer_want(session, want, fx),
            (SessionId::Theirs(_), SyncMessage::Done) => self.sync.answered(session),
            (SessionId::Ours(_), SyncMessage::Heads(page)) => self.handle_heads(session, page, fx),
            (SessionId::Ours(_), SyncMessage::Addresses(peers)) => fx.push(Effect::Learn { peers }),
            (SessionId::Ours(_), SyncMessage::Busy { retry_after_ms }) => {
                // The peer's wish within our bounds: neither at once for ever, nor never again.
                let after_ms = i64::from(retry_after_ms).clamp(RETRY_MS, RETRY_MS_MAX);
                self.sync.busy(session, self.now_ms.saturating_add(after_ms), fx);
            }
            // A frame from the wrong side: the other end does not speak this protocol.
            (SessionId::Theirs(_) | SessionId::Ours(_), _) => self.sync.abandon(session, self.now_ms, fx),
        }
    }

    fn answer_hello(&mut self, session: SessionId, hello: &Hello, fx: &mut Effects) {
        if hello.alliance != self.config.alliance || !self.sync.greet(session) {
            return self.sync.abandon(session, self.now_ms, fx);
        }
        // The alliance's own chapter first: the others are judged by it.
        let views: BTreeMap<_, _> = hello.chapters.iter().map(|view| (&view.chapter, view)).collect();
        let differs = |view: &ChapterView| {
            let heads = self.state.heads_of(&view.chapter);
            self.state.replicated.contains(&view.chapter)
                && fingerprint(&hello.nonce, &view.chapter, heads) != view.fingerprint
        };
        let differing: Vec<_> = views.into_values().filter(|view| differs(view)).collect();
        let differing: Vec<_> = differing.into_iter().map(|view| &view.chapter).collect();
        fx.push(Effect::SendAddresses { session });
        let pages = self.pages(&differing);
        for page in pages {
            fx.push(Effect::Send {
                session,
                message: SyncMessage::Heads(page),
            });
        }
        if !differing.is_empty() {
            self.sync.ask_back(session, self.now_ms);
        }
    }

    fn pages(&self, chapters: &[&ChapterName]) -> Vec<HeadsPage> {
        let mut pages = Vec::new();
        for chapter in chapters {
            let heads: Vec<_> = self.state.heads_of(chapter).cloned().collect();
            let chunks = heads.chunks(HEADS_PER_PAGE_MAX);
            pages.extend(chunks.map(|chunk| HeadsPage {
                chapter: Some((*chapter).clone()),
                heads: chunk.to_vec(),
                last: false,
            }));
        }
        match pages.last_mut() {
            Some(page) => page.last = true,
            None => pages.push(HeadsPage {
                chapter: None,
                heads: Vec::new(),
                last: true,
            }),
        }
        pages
    }

    fn answer_want(&mut self, session: SessionId, want: Want, fx: &mut Effects) {
        if !self.sync.is_greeted(session) {
            return self.sync.abandon(session, self.now_ms, fx);
        }
        let served = Served {
            log: want.log,
            from: want.from,
            records_max: want.records_max.min(WANT_RECORDS),
            bytes_max: want.bytes_max.min(WANT_BYTES),
        };
        fx.push(Effect::SendRange { session, served });
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
    fn greet(&mut self, session: SessionId) -> bool {
        let answering = self.answering.get_mut(&session);
        answering.is_some_and(|answering| !std::mem::replace(&mut answering.greeted, true))
    }

    fn is_greeted(&self, session: SessionId) -> bool {
        self.answering.get(&session).is_some_and(|answering| answering.greeted)
    }

    fn answered(&mut self, session: SessionId) {
        self.answering.remove(&session);
    }

    fn busy(&mut self, session: SessionId, until_ms: i64, fx: &mut Effects) {
        if let Some(asking) = self.asking.remove(&session) {
            self.peers.postpone(&asking.peer, until_ms);
        }
        fx.push(Effect::Close { session });
    }

    /// The asker's heads differ from ours, so we may lack something too.
    fn ask_back(&mut self, session: SessionId, now_ms: i64) {
        let peer = self.answering.get(&session).map(|answering| answering.peer);
        if let Some(peer) = peer {
            self.peers.ask_back(&peer, now_ms);
        }
    }
}
