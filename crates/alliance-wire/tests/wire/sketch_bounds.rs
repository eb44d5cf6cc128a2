//! Cells and marks that no set has: they are refused or told undecided, and nothing is found that they do not say.

use alliance_record::{Head, RecordId};
use alliance_wire::{
    CELLS_MAX, Cell, Decoded, Difference, Differences, LogRef, Mark, SessionKey, WireError, compare, decode, sketch,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::fixture::{chapter, head};
use crate::sketch_sets::{Shape, mark, sides};

/// What is found must make their cells of our marks; nothing else may be called complete.
fn check_found(theirs: &[Cell], ours: &[Mark]) {
    let Decoded::Complete(found) = decode(theirs, u32::MAX, ours) else {
        return;
    };
    assert!(found.logs.len() + found.collided.len() <= theirs.len());
    assert_eq!(found.collided, [], "none of ours share a reference");
    let mut marks = ours.to_vec();
    marks.retain(|mark| found.logs.iter().all(|log| log.log != mark.log));
    marks.extend(found.logs.iter().filter_map(|log| log.theirs));
    assert_eq!(sketch(&marks, 0..theirs.len()), theirs);
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    }
}

fn some() -> Shape {
    Shape {
        common: 30,
        changed: 5,
        ours_alone: 5,
        theirs_alone: 5,
    }
}

/// A cell of small numbers and sums, so that many look like a log of their own.
fn forged() -> impl Strategy<Value = Cell> {
    (0..40_usize, 1..4_u64, 0..3_usize).prop_map(|(log, version, times)| {
        let marks = vec![mark(1, log, version); times];
        sketch(&marks, 0..1)[0]
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_bytes_make_it_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(cells) = Cell::read_all(&bytes) {
            prop_assert_eq!(Cell::write_all(&cells), bytes.clone());
            check_found(&cells, &sides(1, some()).ours);
        }
        if let Ok(marks) = Mark::read_all(&bytes) {
            prop_assert_eq!(Mark::write_all(&marks), bytes);
        }
    }

    #[test]
    fn forged_cells_say_nothing_that_is_not_in_them(cells in proptest::collection::vec(forged(), 0..60)) {
        check_found(&cells, &sides(1, some()).ours);
    }

    #[test]
    fn a_changed_cell_is_noticed(place in 0..60_usize, other in forged()) {
        let sides = sides(1, some());
        let mut cells = sketch(&sides.theirs, 0..60);
        let is_changed = std::mem::replace(&mut cells[place], other) != other;
        let found = matches!(decode(&cells, 500, &sides.ours), Decoded::Complete(_));
        prop_assert_eq!(found, !is_changed);
        check_found(&cells, &sides.ours);
    }
}

#[test]
fn no_cells_say_nothing() {
    assert!(matches!(decode(&[], 500, &[]), Decoded::Undecided { estimate: 0, .. }));
    let alike = decode(&[Cell::default()], 500, &[]);
    assert_eq!(alike, Decoded::Complete(Differences::default()));
}

#[test]
fn cells_beyond_the_limit_are_neither_made_nor_looked_at() {
    let marks = sides(1, some()).ours;
    assert_eq!(sketch(&marks, 0..CELLS_MAX + 1).len(), CELLS_MAX);
    assert_eq!(sketch(&marks, CELLS_MAX..CELLS_MAX + 1), []);
    assert_eq!(sketch(&marks, 5..5), []);
    let mut cells = sketch(&marks, 0..CELLS_MAX);
    cells.push(sketch(&marks, 0..1)[0]);
    assert_eq!(decode(&cells, 500, &marks), Decoded::Complete(Differences::default()));
}

#[test]
fn bytes_that_are_none() {
    let bad = |place: &'static str| WireError::BadEncoding { place };
    assert_eq!(Cell::read_all(&[0; 18]), Err(bad("cells")));
    assert_eq!(Cell::read_all(&[]), Ok(Vec::new()));
    let sum = [&[0xff; 7][..], &[0x1f], &[0; 9]].concat();
    let product = [&[0; 7][..], &[0xe0], &[0xff; 7], &[0x03, 0]].concat();
    assert_eq!(Cell::read_all(&sum), Err(bad("cell")));
    assert_eq!(Cell::read_all(&product), Err(bad("cell")));
    assert_eq!(Mark::read_all(&[1; 12]), Err(bad("marks")));
    assert_eq!(Mark::read_all(&[0; 13]), Err(bad("mark")), "0 is no head");
    let largest = (1_u64 << 60).to_le_bytes();
    let over = ((1_u64 << 60) + 1).to_le_bytes();
    assert!(Mark::read_all(&[&[0; 5][..], &largest].concat()).is_ok());
    assert_eq!(Mark::read_all(&[&[0; 5][..], &over].concat()), Err(bad("mark")));
}

/// Two logs of ours with one reference: what differs under it is named, and no log is taken for the other.
#[test]
fn a_reference_that_two_logs_share_is_told() {
    let twin = |value: u64| {
        let bytes = [&mark(1, 0, 1).log.to_bytes()[..], &value.to_le_bytes()].concat();
        Mark::read_all(&bytes).unwrap()[0]
    };
    let log = mark(1, 0, 1).log;
    let told = Differences {
        logs: Vec::new(),
        collided: vec![log],
    };
    let ours = [twin(10), twin(20), mark(1, 1, 1)];
    for (theirs, is_told) in [
        (vec![twin(10), mark(1, 1, 1)], true),
        (vec![twin(10), twin(30), mark(1, 1, 1)], true),
        // Both tallies of a cell with one difference are at most 1: here the list has to tell.
        (vec![mark(1, 1, 1)], false),
    ] {
        assert_eq!(compare(&theirs, &ours), told);
        assert_eq!(compare(&ours, &theirs).collided, [log]);
        let found = decode(&sketch(&theirs, 0..48), 500, &ours);
        assert_eq!(found == Decoded::Complete(told.clone()), is_told, "{found:?}");
        assert_eq!(matches!(found, Decoded::Undecided { .. }), !is_told, "{found:?}");
    }
    assert_eq!(compare(&ours, &ours), Differences::default());
    let alike = decode(&sketch(&ours, 0..48), 500, &ours);
    assert_eq!(alike, Decoded::Complete(Differences::default()));
}

#[test]
fn a_sequence_is_the_nearest_with_its_low_bits() {
    let session = SessionKey::new(&[9; 16]);
    let wrap = 1_u64 << 32;
    for (sequence, known) in [
        (0, 0),
        (300, 0),
        (300, 299),
        (299, 300),
        (0, 5000),
        (wrap, wrap - 1),
        (wrap - 1, wrap),
        (wrap + 7, wrap - 100_000),
        (5 * wrap + 7, 5 * wrap + 8),
        (5 * wrap, 4 * wrap + wrap / 2 + 1),
        (5 * wrap, 5 * wrap + wrap / 2),
        (u64::MAX, u64::MAX),
        (u64::MAX - 1, u64::MAX),
        (wrap - 1, 0),
    ] {
        let mark = session.mark(&Head { sequence, ..head() });
        assert_eq!(mark.sequence_near(known), sequence, "{sequence} {known}");
        assert_eq!(u64::from(mark.sequence_low()), sequence % wrap);
    }
}

#[test]
fn marks_and_fingerprints_change_with_all_that_they_cover() {
    let session = SessionKey::new(&[9; 16]);
    let other = SessionKey::new(&[8; 16]);
    let changed = [
        Head {
            sequence: 301,
            ..head()
        },
        Head {
            record: RecordId([6; 32]),
            ..head()
        },
    ];
    let mark = session.mark(&head());
    assert_ne!(session.log_ref(&head().log), other.log_ref(&head().log));
    for head in &changed {
        assert_eq!(session.mark(head).log, mark.log);
        assert_ne!(session.mark(head), mark);
    }
    let mut log = head().log;
    log.instance.0[0] ^= 1;
    assert_ne!(session.log_ref(&log), mark.log);
    let mut prints = vec![
        session.fingerprint(&chapter(), [&head()]),
        other.fingerprint(&chapter(), [&head()]),
        session.fingerprint(&"iso:de".parse().unwrap(), [&head()]),
        session.fingerprint(&chapter(), []),
        session.fingerprint(&chapter(), [&head(), &head()]),
    ];
    prints.extend(changed.iter().map(|head| session.fingerprint(&chapter(), [head])));
    let distinct: std::collections::BTreeSet<_> = prints.iter().collect();
    assert_eq!(distinct.len(), prints.len());
    assert!(!format!("{session:?}").contains(char::is_numeric), "keys are not shown");
    let found = Difference {
        log: mark.log,
        ours: None,
        theirs: Some(mark),
    };
    assert_eq!(compare(&[mark], &[]).logs, [found]);
    assert_eq!(LogRef::from_bytes(mark.log.to_bytes()), mark.log);
}
