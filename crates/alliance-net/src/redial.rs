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
        REDIAL_LONGEST_ALONE, REDIAL_STEADY,
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
}

#[derive(Debug)]
struct Up {
    organisation: [u8; 32],
    since: Instant,
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

    /// A member connected, whoever dialled.
    pub(crate) fn up(&mut self, peer: PeerId, organisation: [u8; 32], now: Instant) {
        self.up.entry(peer).or_insert(Up {
            organisation,
            since: now,
        });
        for kept in self.kept.values_mut().filter(|kept| kept.peer == Some(peer)) {
            kept.organisation = Some(organisation);
        }
    }

    /// A member's last connection closed. One that lasted begins again with the first wait.
    pub(crate) fn down(&mut self, peer: PeerId, now: Instant, chance: u64) {
        let Some(up) = self.up.remove(&peer) else { return };
        let steady = now.duration_since(up.since) >= REDIAL_STEADY;
        let alone = self.is_alone();
        for kept in self.kept.values_mut() {
            if kept.peer == Some(peer) {
                kept.failures = if steady { 0 } else { kept.failures };
                kept.next = now + wait(kept.failures, alone, chance);
                kept.failures = kept.failures.saturating_add(1);
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
mod tests {
    use super::*;

    fn address(port: u16) -> Address {
        format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap()
    }

    fn peer(n: u8) -> PeerId {
        PeerId::of_secret(&[n; 32])
    }

    fn keeper(ports: u16, now: Instant) -> Keeper {
        let mut keeper = Keeper::new(Role::Leaf);
        for port in 1..=ports {
            keeper.keep(&address(port), None, now).unwrap();
        }
        keeper
    }

    fn connect(keeper: &mut Keeper, port: u16, organisation: u8, now: Instant) {
        keeper.up(peer(u8::try_from(port).unwrap()), [organisation; 32], now);
        keeper.reached(&address(port), peer(u8::try_from(port).unwrap()));
    }

    #[test]
    fn waits_double_up_to_the_cap_and_spread_over_their_upper_half() {
        let cases = [
            (0, false, 1),
            (1, false, 2),
            (5, false, 32),
            (9, false, 300),
            (u32::MAX, false, 300),
            (4, true, 16),
            (9, true, 30),
        ];
        for (failures, alone, full_s) in cases {
            let full = Duration::from_secs(full_s);
            assert_eq!(wait(failures, alone, 0), full / 2, "{failures}");
            let half_millis = u64::try_from(full.as_millis() / 2).unwrap();
            assert_eq!(wait(failures, alone, half_millis), full, "{failures}");
            for chance in [1, 77, u64::MAX] {
                assert!((full / 2..=full).contains(&wait(failures, alone, chance)));
            }
        }
    }

    #[test]
    fn a_leaf_dials_until_three_are_connected() {
        let now = Instant::now();
        let mut keeper = keeper(5, now);
        let dialled: Vec<_> = std::iter::from_fn(|| keeper.due(now)).map(|due| due.address).collect();
        assert_eq!(dialled, [address(1), address(2), address(3)]);
        assert_eq!(keeper.next_wake(), None);
        keeper.failed(&address(2), now, 0);
        assert_eq!(keeper.due(now).unwrap().address, address(4));
        for port in [1, 3, 4] {
            connect(&mut keeper, port, 1, now);
        }
        assert_eq!(keeper.due(now + REDIAL_LONGEST), None);
        keeper.down(peer(1), now, 0);
        assert_eq!(keeper.due(now).unwrap().address, address(5));
    }

    #[test]
    fn an_inbound_connection_of_a_kept_peer_counts() {
        let now = Instant::now();
        let mut keeper = Keeper::new(Role::Leaf);
        keeper.keep(&address(1).with_peer(peer(1)), None, now).unwrap();
        keeper.up(peer(1), [1; 32], now);
        assert_eq!((keeper.due(now), keeper.next_wake()), (None, None));
        keeper.down(peer(1), now, 0);
        assert_eq!(
            keeper.due(now + REDIAL_FIRST),
            Some(Due {
                address: address(1),
                peer: Some(peer(1))
            })
        );
    }

    #[test]
    fn the_last_loss_brings_every_address_within_thirty_seconds() {
        let now = Instant::now();
        let mut keeper = keeper(2, now);
        assert!(keeper.due(now).is_some() && keeper.due(now).is_some());
        connect(&mut keeper, 1, 1, now);
        for _ in 0..20 {
            keeper.failed(&address(2), now, u64::MAX);
        }
        assert!(keeper.next_wake().unwrap() > now + REDIAL_LONGEST_ALONE);
        keeper.down(peer(1), now, u64::MAX);
        keeper
            .kept
            .values()
            .for_each(|kept| assert!(kept.next <= now + REDIAL_LONGEST_ALONE));
    }

    #[test]
    fn a_connection_that_never_lasts_is_not_dialled_ever_faster() {
        let mut now = Instant::now();
        let mut keeper = keeper(1, now);
        for wait_s in [1, 2, 4, 8, 16, 30, 30] {
            assert!(keeper.due(now).is_some());
            connect(&mut keeper, 1, 1, now);
            keeper.down(peer(1), now, 0);
            assert_eq!(keeper.next_wake(), Some(now + Duration::from_secs(wait_s) / 2));
            now += Duration::from_secs(wait_s);
        }
        assert!(keeper.due(now).is_some());
        connect(&mut keeper, 1, 1, now);
        keeper.down(peer(1), now + REDIAL_STEADY, 0);
        assert_eq!(keeper.next_wake(), Some(now + REDIAL_STEADY + REDIAL_FIRST / 2));
    }

    #[test]
    fn another_organisation_is_preferred() {
        let now = Instant::now();
        let mut keeper = keeper(3, now);
        for (port, organisation) in [(1, 1), (2, 1), (3, 2)] {
            assert!(keeper.due(now).is_some());
            connect(&mut keeper, port, organisation, now);
        }
        keeper.down(peer(3), now, 0);
        keeper.down(peer(2), now, 0);
        let later = now + REDIAL_LONGEST;
        assert_eq!(
            keeper.due(later).unwrap().address,
            address(3),
            "organisation 1 is connected already"
        );
    }

    #[test]
    fn addresses_are_bounded_and_can_be_forgotten() {
        let now = Instant::now();
        let mut keeper = keeper(u16::try_from(KEPT_ADDRESSES_MAX).unwrap(), now);
        assert_eq!(keeper.keep(&address(9999), None, now), Err(KeepError));
        keeper.keep(&address(1), Some(peer(1)), now).unwrap();
        assert!(keeper.forget(&address(2).with_peer(peer(2))));
        assert!(!keeper.forget(&address(2)));
        keeper.keep(&address(9999), None, now).unwrap();
    }
}
