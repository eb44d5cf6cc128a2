//! One engine, whose peer is the test itself.

use std::collections::BTreeMap;

use alliance_engine::{BodiesKept, Config, Effect, Effects, Engine, Input, Notice, SessionId};
use alliance_record::{Head, LogName, Refusal, SignedRecord, VerifiedRecord};
use alliance_wire::{ListPart, LogRef, SessionKey, SyncMessage, Want};

use crate::fixture::{NOW_MS, alliance, organisation, seed, transport, verified};

/// What stands after the records of a piece.
pub(crate) enum Rest {
    Nothing,
    More,
    Fault(Refusal),
}

pub(crate) struct Solo {
    pub(crate) engine: Engine,
    pub(crate) now_ms: i64,
    /// What the engine's own hellos key.
    keys: BTreeMap<SessionId, SessionKey>,
}

impl Solo {
    /// A node of `a` that has taken these records.
    pub(crate) fn holding(records: &[SignedRecord]) -> Self {
        Self::configured(records, calm())
    }

    /// The same, which looks at followers and greets members that often.
    pub(crate) fn looking(records: &[SignedRecord], sync_interval_ms: i64, heartbeat_ms: i64) -> Self {
        let config = Config {
            sync_interval_ms,
            heartbeat_ms,
            ..calm()
        };
        Self::configured(records, config)
    }

    /// The same, which keeps bodies in this way.
    pub(crate) fn keeping(records: &[SignedRecord], bodies: BodiesKept) -> Self {
        Self::configured(records, Config { bodies, ..calm() })
    }

    fn configured(records: &[SignedRecord], config: Config) -> Self {
        let mut engine = Engine::new(config, NOW_MS);
        for record in records {
            engine.restore_head(head_of(record));
            engine.restore_record(&verified(record));
        }
        Self {
            engine,
            now_ms: NOW_MS,
            keys: BTreeMap::new(),
        }
    }

    pub(crate) fn input(&mut self, input: Input) -> Vec<Effect> {
        let mut fx = Effects::new();
        self.engine.handle(input, self.now_ms, &mut fx);
        let effects: Vec<Effect> = fx.drain().collect();
        self.keys.extend(effects.iter().filter_map(key_of));
        effects
    }

    pub(crate) fn frame(&mut self, session: SessionId, message: SyncMessage) -> Vec<Effect> {
        self.input(Input::Frame { session, message })
    }

    /// A peer comes, and this node opens a session with it.
    pub(crate) fn asks(&mut self, peer: &str) -> SessionId {
        let effects = self.input(Input::PeerUp { peer: transport(peer) });
        opened(&effects).expect("a session with the new peer")
    }

    pub(crate) fn key(&self, session: SessionId) -> &SessionKey {
        &self.keys[&session]
    }

    /// The peer names all its heads, of one chapter, and has nothing to say of others.
    pub(crate) fn heads(&mut self, session: SessionId, heads: &[Head]) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(first) = heads.first() {
            let key = self.key(session);
            let part = ListPart {
                chapter: first.log.chapter.clone(),
                marks: heads.iter().map(|head| key.mark(head)).collect(),
                more: false,
            };
            effects = self.frame(session, SyncMessage::List(part));
        }
        effects.extend(self.frame(session, SyncMessage::Compared { lagging: Vec::new() }));
        effects
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
        let log = self.key(session).log_ref(log);
        self.part(session, log, records, fault.map_or(Rest::Nothing, Rest::Fault))
    }

    /// A piece of an answer, as the intake makes it.
    pub(crate) fn part(
        &mut self,
        session: SessionId,
        log: LogRef,
        records: &[SignedRecord],
        rest: Rest,
    ) -> Vec<Effect> {
        let bytes = records.iter().map(|record| record.encode().len() as u64).sum();
        let records: Vec<VerifiedRecord> = records.iter().map(verified).collect();
        self.input(Input::Range {
            session,
            log,
            records,
            fault: match rest {
                Rest::Fault(refusal) => Some(refusal.into()),
                Rest::Nothing | Rest::More => None,
            },
            more: matches!(rest, Rest::More),
            bytes,
        })
    }

    pub(crate) fn wake_at(&mut self, now_ms: i64) -> Vec<Effect> {
        self.now_ms = now_ms;
        self.input(Input::Wake)
    }
}

/// Looks at followers seldom, and greets nobody for as long as a test lasts.
fn calm() -> Config {
    Config {
        alliance: alliance(),
        organisation: organisation("a"),
        seed: seed("solo"),
        sync_interval_ms: 30_000,
        heartbeat_ms: 60_000_000,
        bodies: BodiesKept::default(),
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

/// What a hello keys.
fn key_of(effect: &Effect) -> Option<(SessionId, SessionKey)> {
    match effect {
        Effect::Send {
            session,
            message: SyncMessage::Hello(hello),
        } => Some((*session, SessionKey::new(&hello.nonce))),
        _ => None,
    }
}

pub(crate) fn wants(effects: &[Effect]) -> Vec<Want> {
    let wants = |effect: &Effect| match effect {
        Effect::Send {
            message: SyncMessage::Pull(pull),
            ..
        } => pull.wants.clone(),
        _ => Vec::new(),
    };
    effects.iter().flat_map(wants).collect()
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
