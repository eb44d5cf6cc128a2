//! Golden vectors of sketches, and the same made anew from what the specification says: slowly, in plain arithmetic.

use alliance_record::{Head, LogName, RecordId};
use alliance_wire::{Cell, LogRef, Mark, SessionKey, sketch};
use serde_json::{Value, json};

use crate::fixture::{chapter, head, key, log};
use crate::golden::{bytes, checked, each, hex};

const NONCE: [u8; 16] = [9; 16];
const CELLS: usize = 8;
const PRIME: u128 = (1 << 61) - 1;

/// Three heads of a chapter, sorted by log: one record, some, and more than 2^32.
fn heads() -> Vec<Head> {
    let head = |seed: u8, sequence: u64| Head {
        log: LogName {
            writer: key(seed).writer(),
            ..log()
        },
        sequence,
        record: RecordId([seed; 32]),
        ..head()
    };
    let mut heads = vec![head(2, 0), head(3, 300), head(4, (1 << 32) + 7)];
    heads.sort();
    heads
}

fn vector(session: &SessionKey, head: &Head) -> Value {
    let mark = session.mark(head);
    json!({
        "writer": head.log.writer.to_string(),
        "instance": head.log.instance.to_string(),
        "sequence": head.sequence,
        "record": head.record.to_string(),
        "log_ref": hex(&mark.log.to_bytes()),
        "mark": hex(&mark.to_bytes()),
        "cells": places(number(&mark.log.to_bytes()), 64),
    })
}

#[test]
fn sketches_keep_their_bytes() {
    let session = SessionKey::new(&NONCE);
    let heads = heads();
    let marks: Vec<_> = heads.iter().map(|head| session.mark(head)).collect();
    let made = json!({
        "nonce": hex(&NONCE),
        "chapter": chapter().as_str(),
        "log_key": hex(&blake3::derive_key("alliance v1 sync log", &NONCE)),
        "head_key": hex(&blake3::derive_key("alliance v1 sync head", &NONCE)),
        "chapter_key": hex(&blake3::derive_key("alliance v1 sync chapter", &NONCE)),
        "heads": heads.iter().map(|head| vector(&session, head)).collect::<Vec<_>>(),
        "fingerprint": hex(&session.fingerprint(&chapter(), &heads)),
        "fingerprint_of_none": hex(&session.fingerprint(&chapter(), [])),
        "cells": sketch(&marks, 0..CELLS).iter().map(|cell| hex(&cell.to_bytes())).collect::<Vec<_>>(),
    });
    let kept = checked("sketch.json", &made);
    for (head, mark) in each(&kept, "heads").zip(&marks) {
        assert_eq!(bytes(head, "mark"), plain_mark(&kept, head));
        assert_eq!(bytes(head, "mark")[..LogRef::BYTES], bytes(head, "log_ref"));
        assert_eq!(Mark::read_all(&bytes(head, "mark")), Ok(vec![*mark]));
    }
    for (place, cell) in each(&kept, "cells").enumerate() {
        assert_eq!(*cell, hex(&plain_cell(&kept, place)), "cell {place}");
    }
}

/// A little-endian number.
fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// From what the file says alone, as another implementation would.
fn plain_mark(vectors: &Value, head: &Value) -> Vec<u8> {
    let keyed = |key: &str, parts: &[Vec<u8>]| {
        let key = bytes(vectors, key).try_into().unwrap();
        *blake3::keyed_hash(&key, &parts.concat()).as_bytes()
    };
    let chapter = vectors["chapter"].as_str().unwrap().as_bytes().to_vec();
    let log = keyed("log_key", &[bytes(head, "writer"), bytes(head, "instance"), chapter]);
    let record = keyed("head_key", &[bytes(head, "record")]);
    let sequence = head["sequence"].as_u64().unwrap() % (1 << 32);
    let value = sequence * (1 << 28) + number(&record[..4]) % (1 << 28) + 1;
    [&log[..5], &value.to_le_bytes()].concat()
}

fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The cells below `end` of a log: one candidate after the other, without a root.
fn places(log: u64, end: u64) -> Vec<u64> {
    let (mut state, mut places) = (log, vec![0]);
    loop {
        let drawn = (splitmix64(&mut state) >> 32) + 1;
        let last = *places.last().unwrap();
        let odds = u128::from(last + 1) * u128::from(last + 2) * (1 << 32);
        let is_hit = |k: &u64| u128::from(drawn) * u128::from(k + 1) * u128::from(k + 2) > odds;
        match (last + 1..end).find(is_hit) {
            Some(place) => places.push(place),
            None => return places,
        }
    }
}

fn plain_cell(vectors: &Value, place: usize) -> Vec<u8> {
    let (mut sum, mut product, mut tallies) = (0, 0, [0_i64; 2]);
    for head in each(vectors, "heads") {
        let mark = bytes(head, "mark");
        let (log, value) = (number(&mark[..5]), number(&mark[5..]));
        if places(log, CELLS as u64).contains(&(place as u64)) {
            sum = (sum + u128::from(value)) % PRIME;
            product = (product + u128::from(value) * u128::from(log)) % PRIME;
            for (bit, tally) in tallies.iter_mut().enumerate() {
                let sign = if log >> bit & 1 == 1 { 1 } else { -1 };
                *tally += sign * i64::try_from((value - 1) >> bit & 1).unwrap();
            }
        }
    }
    let [low, high] = tallies.map(|tally| u128::try_from(tally.rem_euclid(128)).unwrap());
    // 136 bits are more than a number has here: the lowest 8 are taken off first.
    let first = u8::try_from(sum % 256).unwrap();
    let rest = sum / 256 + product * (1 << 53) + low * (1 << 114) + high * (1 << 121);
    [&[first][..], &rest.to_le_bytes()].concat()
}

#[test]
fn places_are_the_same_without_a_root() {
    let log_of = |seed: u64| LogRef::from_bytes(blake3::hash(&seed.to_le_bytes()).as_bytes()[..5].try_into().unwrap());
    for seed in 0..50 {
        let log = log_of(seed);
        let mark = [&log.to_bytes()[..], &1_u64.to_le_bytes()].concat();
        let made = sketch(&Mark::read_all(&mark).unwrap(), 0..3000);
        let hit = made
            .iter()
            .enumerate()
            .filter(|(_, cell)| **cell != Cell::default())
            .map(|(place, _)| place as u64);
        assert_eq!(
            hit.collect::<Vec<_>>(),
            places(number(&log.to_bytes()), 3000),
            "{log:?}"
        );
    }
}
