//! Rounds: sessions that share a nonce, so that a log nobody here has heard of has one reference in all of them.

use std::collections::BTreeMap;

use alliance_record::LogName;
use alliance_wire::{LogRef, Nonce, SessionKey};

use crate::limits::ROUND_MS_MAX;
use crate::random::Random;

/// What sessions of one round share.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) nonce: Nonce,
    pub(crate) key: SessionKey,
    began_ms: i64,
    /// Names of logs that peers offer: those known here, and those learned from the first of their records.
    pub(crate) names: BTreeMap<LogRef, LogName>,
}

/// The rounds that have sessions.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    rounds: BTreeMap<u64, Round>,
    begun: u64,
}

impl Rounds {
    /// The number of the round that a new session joins: the newest one, unless it is too old.
    pub(crate) fn join(&mut self, random: &mut Random, now_ms: i64) -> u64 {
        if let Some((number, newest)) = self.rounds.last_key_value()
            && now_ms < newest.began_ms.saturating_add(ROUND_MS_MAX)
        {
            return *number;
        }
        self.begun += 1;
        let nonce = random.bytes();
        let round = Round {
            nonce,
            key: SessionKey::new(&nonce),
            began_ms: now_ms,
            names: BTreeMap::new(),
        };
        self.rounds.insert(self.begun, round);
        self.begun
    }

    /// Lets no new session join a round.
    pub(crate) fn end(&mut self, number: u64) {
        if let Some(round) = self.rounds.get_mut(&number) {
            round.began_ms = i64::MIN;
        }
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Round> {
        self.rounds.get(&number)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut Round> {
        self.rounds.get_mut(&number)
    }

    /// The rounds that do not know a log by its name, and its reference in each.
    pub(crate) fn nameless(&self, name: &LogName) -> Vec<(u64, LogRef)> {
        let references = self
            .rounds
            .iter()
            .map(|(number, round)| (*number, round.key.log_ref(name)));
        let unknown = references.filter(|(number, log)| !self.rounds[number].names.contains_key(log));
        unknown.collect()
    }

    pub(crate) fn retain(&mut self, in_use: impl Fn(u64) -> bool) {
        self.rounds.retain(|number, _| in_use(*number));
    }

    pub(crate) fn turn_back(&mut self, back: impl Fn(&mut i64)) {
        self.rounds.values_mut().for_each(|round| back(&mut round.began_ms));
    }
}
