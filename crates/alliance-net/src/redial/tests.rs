//! When which kept address is dialled.

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
fn an_address_at_which_another_node_answers_is_dialled_for_that_one() {
    let now = Instant::now();
    let mut keeper = Keeper::new(Role::Leaf);
    keeper.keep(&address(1).with_peer(peer(1)), None, now).unwrap();
    assert_eq!(keeper.due(now).unwrap().peer, Some(peer(1)));
    keeper.failed(&address(1), now, 0);
    keeper.answered_by(&address(1), peer(2));
    let later = now + REDIAL_LONGEST;
    assert_eq!(keeper.due(later).unwrap().peer, Some(peer(2)));
    keeper.failed(&address(1), later, 0);
    // It is connected by another way: there is nothing to dial.
    keeper.up(peer(2), [1; 32], later);
    assert_eq!(keeper.due(later + REDIAL_LONGEST), None);
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
fn a_line_that_breaks_every_few_seconds_is_made_again_at_once() {
    let mut now = Instant::now();
    let mut keeper = keeper(3, now);
    for port in 1..=3 {
        keeper.keep(&address(port), Some(peer(1)), now).unwrap();
    }
    for _ in 0..1_000 {
        let due = keeper.due(now).unwrap();
        keeper.up(peer(1), [1; 32], now);
        keeper.reached(&due.address, peer(1));
        now += REDIAL_STOOD;
        keeper.down(peer(1), now, u64::MAX);
        let next = keeper.next_wake().unwrap();
        assert!(next > now && next <= now + REDIAL_FIRST);
        now = next;
    }
}

#[test]
fn a_connection_that_brought_something_stood_however_short_it_was() {
    let now = Instant::now();
    let mut keeper = keeper(1, now);
    for _ in 0..4 {
        keeper.failed(&address(1), now, 0);
    }
    for wait_s in [4, 2, 1, 1] {
        connect(&mut keeper, 1, 1, now);
        keeper.brought(peer(1));
        keeper.down(peer(1), now, 0);
        assert_eq!(keeper.next_wake(), Some(now + Duration::from_secs(wait_s) / 2));
    }
    keeper.brought(peer(1));
    connect(&mut keeper, 1, 1, now);
    keeper.down(peer(1), now, 0);
    keeper.down(peer(1), now, 0);
    assert_eq!(keeper.kept[&address(1)].failures, 1, "the next one brought nothing");
}

#[test]
fn a_line_says_nothing_of_the_addresses_that_did_not_make_it() {
    let now = Instant::now();
    let mut keeper = keeper(2, now);
    keeper.keep(&address(2), Some(peer(1)), now).unwrap();
    for _ in 0..6 {
        keeper.failed(&address(2), now, 0);
    }
    for lasted in [REDIAL_STOOD, REDIAL_STEADY] {
        connect(&mut keeper, 1, 1, now);
        keeper.down(peer(1), now + lasted, 0);
        assert_eq!(keeper.kept[&address(1)].failures, 0);
        assert_eq!(keeper.kept[&address(2)].failures, 6, "it did not answer");
    }
    connect(&mut keeper, 1, 1, now);
    keeper.down(peer(1), now, 0);
    let failures = [1, 2].map(|port| keeper.kept[&address(port)].failures);
    assert_eq!(
        failures,
        [1, 7],
        "who ends a connection at once is not asked by all its addresses in turn"
    );
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
