//! One engine, whose peer is the test itself.

use alliance_engine::{Config, Effect, Effects, Engine, Input, Notice, SessionId};
use alliance_record::{Head, LogName, Refusal, SignedRecord, VerifiedRecord};
use alliance_wire::{HeadsPage, SyncMessage, Want};

use crate::fixture::{NOW_MS, alliance, organisation, seed, transport, verified};

pub(crate) struct Solo {
    pub(crate) engine: Engine,
    pub(crate) now_ms: i64,
}

impl Solo {
    /// A node of `a` that has taken these records.
    pub(crate) fn holding(records: &[SignedRecord]) -> Self {
        let config = Config {
            alliance: alliance(),
            organisation: organisation("a"),
            seed: seed("solo"),
            sync_interval_ms: 30_000,
        };
        let mut engine = Engine::new(config, NOW_MS);
        for record in records {
            engine.restore_head(head_of(record));
            engine.restore_record(&verified(record));
        }
        Self { engine, now_ms: NOW_MS }
    }

    pub(crate) fn input(&mut self, input: Input) -> Vec<Effect> {
        let mut fx = Effects::new();
        self.engine.handle(input, self.now_ms, &mut fx);
        fx.drain().collect()
    }

    pub(crate) fn frame(&mut self, session: SessionId, message: SyncMessage) -> Vec<Effect> {
        self.input(Input::Frame { session, message })
    }

    /// A peer comes, and this node opens a session with it.
    pub(crate) fn asks(&mut self, peer: &str) -> SessionId {
        let effects = self.input(Input::PeerUp { peer: transport(peer) });
        opened(&effects).expect("a session with the new peer")
    }

    /// The peer names heads, all of one chapter, and nothing follows.
    pub(crate) fn heads(&mut self, session: SessionId, heads: Vec<Head>) -> Vec<Effect> {
        let chapter = heads.first().map(|head| head.log.chapter.clone());
        let page = HeadsPage {
            chapter,
            heads,
            last: true,
        };
        self.frame(session, SyncMessage::Heads(page))
    }

    /// A whole answer.
    pub(crate) fn range(&mut self, session: SessionId, log: &LogName, records: &[SignedRecord]) -> Vec<Effect> {
        self.faulty_range(session, log, records, None)
    }

    pub(crate) fn faulty_range(
        &mut self,
        session: SessionId,
        log: &LogName,
        records: &[SignedRecord],
        fault: Option<Refusal>,
    ) -> Vec<Effect> {
        let records: Vec<VerifiedRecord> = records.iter().map(verified).collect();
        self.input(Input::Range {
            session,
            log: log.clone(),
            records,
            fault: fault.map(alliance_record::Verdict::from),
            more: false,
        })
    }

    pub(crate) fn wake_at(&mut self, now_ms: i64) -> Vec<Effect> {
        self.now_ms = now_ms;
        self.input(Input::Wake)
    }
}

pub(crate) fn head_of(record: &SignedRecord) -> Head {
    Head {
        log: record.header().log.clone(),
        organisation: record.header().organisation,
        sequence: record.header().sequence,
        record: record.id(),
    }
}

pub(crate) fn opened(effects: &[Effect]) -> Option<SessionId> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open { session, .. } => Some(*session),
        _ => None,
    })
}

pub(crate) fn wants(effects: &[Effect]) -> Vec<Want> {
    let want = |effect: &Effect| match effect {
        Effect::Send {
            message: SyncMessage::Want(want),
            ..
        } => Some(want.clone()),
        _ => None,
    };
    effects.iter().filter_map(want).collect()
}

pub(crate) fn is_closed(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Close { .. }))
}

/// Whether the session ended in its order.
pub(crate) fn is_done(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| {
        matches!(
            effect,
            Effect::Send {
                message: SyncMessage::Done,
                ..
            }
        )
    })
}

pub(crate) fn notices(effects: &[Effect]) -> Vec<Notice> {
    let told = |effect: &Effect| match effect {
        Effect::Tell { notice } => Some(notice.clone()),
        _ => None,
    };
    effects.iter().filter_map(told).collect()
}

pub(crate) fn appended(effects: &[Effect]) -> usize {
    let count = |effect: &Effect| match effect {
        Effect::Append { records } => records.len(),
        _ => 0,
    };
    effects.iter().map(count).sum()
}
