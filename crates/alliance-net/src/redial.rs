//! Owns the decision when to dial which kept address. Pure: time and chance come in as arguments, and it never dials itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    Address, PeerId, Role,
    limits::{
        KEPT_ADDRESSES_MAX, KEPT_CONNECTIONS_HUB, KEPT_CONNECTIONS_LEAF, REDIAL_FIRST, REDIAL_LONGEST,
        REDIAL_LONGEST_ALONE, REDIAL_STEADY, REDIAL_STOOD,
    },
};

/// The kept addresses and what became of them.
#[derive(Debug)]
pub(crate) struct Keeper {
    wanted: usize,
    kept: BTreeMap<Address, Kept>,
    up: BTreeMap<PeerId, Up>,
}

#[derive(Debug)]
struct Kept {
    peer: Option<PeerId>,
    organisation: Option<[u8; 32]>,
    failures: u32,
    next: Instant,
    dialing: bool,
    /// Whether a connection that is up was made by it.
    carries: bool,
}

#[derive(Debug)]
struct Up {
    organisation: [u8; 32],
    since: Instant,
    brought: bool,
}

/// How good a connection was, by which its end is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Past {
    /// It ended as soon as it was made: the peer does not want it, by whatever address.
    Brief,
    /// It was of use, then broke.
    Stood,
    /// Nothing was wrong with it.
    Steady,
}

/// An address to dial now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) address: Address,
    pub(crate) peer: Option<PeerId>,
}

/// There are enough kept addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{KEPT_ADDRESSES_MAX} addresses are kept already; forget one first")]
pub struct KeepError;

impl Keeper {
    pub(crate) fn new(role: Role) -> Self {
        let wanted = match role {
            Role::Leaf => KEPT_CONNECTIONS_LEAF,
            Role::Hub => KEPT_CONNECTIONS_HUB,
        };
        Self {
            wanted,
            kept: BTreeMap::new(),
            up: BTreeMap::new(),
        }
    }

    /// Keeps an address from now on; one that is kept already is only told its peer.
    pub(crate) fn keep(&mut self, address: &Address, peer: Option<PeerId>, now: Instant) -> Result<(), KeepError> {
        let peer = peer.or(address.peer());
        let address = address.without_peer();
        if let Some(kept) = self.kept.get_mut(&address) {
            kept.peer = peer.or(kept.peer);
            return Ok(());
        }
        if self.kept.len() >= KEPT_ADDRESSES_MAX {
            return Err(KeepError);
        }
        self.kept.insert(
            address,
            Kept {
                peer,
                organisation: None,
                failures: 0,
                next: now,
                dialing: false,
                carries: false,
            },
        );
        Ok(())
    }

    /// Keeps an address no longer; its connection stays. False if it was not kept.
    pub(crate) fn forget(&mut self, address: &Address) -> bool {
        self.kept.remove(&address.without_peer()).is_some()
    }

    /// The next address to dial now, marked as being dialled. Organisations that are not connected come first.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Due> {
        if !self.wants_more() {
            return None;
        }
        let ready = self
            .kept
            .iter()
            .filter(|(_, kept)| self.is_free(kept) && kept.next <= now);
        let (address, _) = ready.min_by_key(|(_, kept)| (self.is_represented(kept), kept.next))?;
        let address = address.clone();
        let kept = self.kept.get_mut(&address)?;
        kept.dialing = true;
        Some(Due {
            peer: kept.peer,
            address,
        })
    }

    /// When [`Self::due`] is worth asking again, if ever.
    pub(crate) fn next_wake(&self) -> Option<Instant> {
        if !self.wants_more() {
            return None;
        }
        self.kept
            .values()
            .filter(|kept| self.is_free(kept))
            .map(|kept| kept.next)
            .min()
    }

    /// A dial succeeded: from now on the address has this peer.
    pub(crate) fn reached(&mut self, address: &Address, peer: PeerId) {
        if let Some(kept) = self.kept.get_mut(&address.without_peer()) {
            kept.dialing = false;
            kept.carries = true;
            kept.peer = Some(peer);
            kept.organisation = self.up.get(&peer).map(|up| up.organisation);
        }
    }

    /// A dial failed, or ended as a guest; `chance` spreads the next one.
    pub(crate) fn failed(&mut self, address: &Address, now: Instant, chance: u64) {
        let alone = self.is_alone();
        if let Some(kept) = self.kept.get_mut(&address.without_peer()) {
            kept.dialing = false;
            kept.next = now + wait(kept.failures, alone, chance);
            kept.failures = kept.failures.saturating_add(1);
        }
    }

    /// Another node answered than the one that was expected, and both gates let it in: a node was given other keys, or an
    /// address other use. From now on the address has this peer.
    pub(crate) fn answered_by(&mut self, address: &Address, found: PeerId) {
        if let Some(kept) = self.kept.get_mut(&address.without_peer()) {
            kept.peer = Some(found);
            kept.organisation = self.up.get(&found).map(|up| up.organisation);
        }
    }

    /// A member connected, whoever dialled.
    pub(crate) fn up(&mut self, peer: PeerId, organisation: [u8; 32], now: Instant) {
        self.up.entry(peer).or_insert(Up {
            organisation,
            since: now,
            brought: false,
        });
        for kept in self.kept.values_mut().filter(|kept| kept.peer == Some(peer)) {
            kept.organisation = Some(organisation);
        }
    }

    /// A connected member sent something of its own accord.
    pub(crate) fn brought(&mut self, peer: PeerId) {
        if let Some(up) = self.up.get_mut(&peer) {
            up.brought = true;
        }
    }

    /// A member's last connection closed. All its addresses wait, so that no member with many is dialled in a row.
    pub(crate) fn down(&mut self, peer: PeerId, now: Instant, chance: u64) {
        let Some(up) = self.up.remove(&peer) else { return };
        let past = up.past(now);
        let alone = self.is_alone();
        for kept in self.kept.values_mut() {
            if kept.peer == Some(peer) {
                kept.ended(past);
                kept.next = now + wait(kept.failures, alone, chance);
                kept.failures = kept.failures.saturating_add(u32::from(past == Past::Brief));
            }
            if alone {
                kept.next = kept.next.min(now + REDIAL_LONGEST_ALONE);
            }
        }
    }

    fn is_free(&self, kept: &Kept) -> bool {
        !kept.dialing && !kept.peer.is_some_and(|peer| self.up.contains_key(&peer))
    }

    fn is_represented(&self, kept: &Kept) -> bool {
        kept.organisation
            .is_some_and(|organisation| self.up.values().any(|up| up.organisation == organisation))
    }

    fn wants_more(&self) -> bool {
        self.connected() + self.kept.values().filter(|kept| kept.dialing).count() < self.wanted
    }

    fn is_alone(&self) -> bool {
        self.connected() == 0
    }

    /// Peers connected that some kept address leads to.
    fn connected(&self) -> usize {
        let peers: BTreeSet<_> = self.kept.values().filter_map(|kept| kept.peer).collect();
        peers.iter().filter(|peer| self.up.contains_key(peer)).count()
    }
}

impl Kept {
    /// The connection with its peer ended. What it was says something of the address that made it alone.
    fn ended(&mut self, past: Past) {
        if std::mem::take(&mut self.carries) {
            self.failures = match past {
                Past::Brief => self.failures,
                Past::Stood => self.failures / 2,
                Past::Steady => 0,
            };
        }
    }
}

impl Up {
    fn past(&self, now: Instant) -> Past {
        let lasted = now.duration_since(self.since);
        match self.brought || lasted >= REDIAL_STOOD {
            _ if lasted >= REDIAL_STEADY => Past::Steady,
            true => Past::Stood,
            false => Past::Brief,
        }
    }
}

/// The wait after this many failures: doubling, capped, and spread over its upper half so that nodes that lost the same hub
/// do not return in step.
fn wait(failures: u32, alone: bool, chance: u64) -> Duration {
    let longest = if alone { REDIAL_LONGEST_ALONE } else { REDIAL_LONGEST };
    let doubled = 2_u32
        .checked_pow(failures)
        .and_then(|factor| REDIAL_FIRST.checked_mul(factor));
    let full = doubled.unwrap_or(longest).min(longest);
    let half_millis = u64::try_from(full.as_millis() / 2).unwrap_or(u64::MAX);
    Duration::from_millis(half_millis + chance % (half_millis + 1))
}

#[cfg(test)]
mod tests;
