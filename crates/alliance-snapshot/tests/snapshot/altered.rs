//! Each kind of altering, and the first wrong thing that is named of it.

use alliance_record::schema::Kind;
use alliance_record::{RecordId, SignedRecord};
use alliance_snapshot::{Check, Fault};

use crate::opened::{ALLIANCE, CHECKSUMS, Opened, RECORDS, SEAL};
use crate::shelf::{Example, secret};

fn flipped(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

#[test]
fn a_byte_of_any_member() {
    let example = Example::new();
    let opened = Opened::of(&example.bundle());
    for (name, bytes) in &opened.0 {
        let mut altered = opened.clone();
        altered.0.insert(name.clone(), flipped(bytes));
        let fault = altered.verified().unwrap_err();
        match name.as_str() {
            SEAL => assert_eq!(fault.check, Check::Signature, "{fault}"),
            CHECKSUMS => assert_eq!(fault.check, Check::Checksums, "{fault}"),
            name => assert_eq!((fault.check, fault.place.as_str()), (Check::Checksums, name), "{fault}"),
        }
    }
}

#[test]
fn a_byte_of_any_member_with_checksums_mended() {
    let example = Example::new();
    let opened = Opened::of(&example.bundle());
    for (name, bytes) in &opened.0 {
        let mut altered = opened.clone();
        altered.0.insert(name.clone(), flipped(bytes));
        if name != CHECKSUMS {
            altered.mend();
        }
        let fault = altered.verified().unwrap_err();
        let place = name.split('/').next_back().unwrap();
        assert!(fault.place.contains(place) || name == CHECKSUMS, "{name}: {fault}");
        let expected = match name.as_str() {
            SEAL => vec![Check::Signature],
            CHECKSUMS => vec![Check::Checksums],
            "snapshot.json" => vec![Check::Manifest, Check::Identifier],
            ALLIANCE | RECORDS => vec![Check::Chain, Check::Bodies],
            _ => vec![Check::Data],
        };
        assert!(expected.contains(&fault.check), "{name}: {:?} {fault}", fault.check);
    }
}

/// What is found of an altered example, its checksums mended and its seal renewed by a node that may.
fn found(alter: impl FnOnce(&Example, &mut Opened)) -> Fault {
    let example = Example::new();
    let mut opened = Opened::of(&example.bundle());
    alter(&example, &mut opened);
    opened.mend();
    opened.seal(&example.manifest, &secret("a writer"), &secret("a"));
    opened.verified().unwrap_err()
}

fn range_with(ranges: &mut [Vec<SignedRecord>], id: RecordId) -> (&mut Vec<SignedRecord>, usize) {
    let at = |range: &Vec<SignedRecord>| range.iter().position(|record| record.id() == id);
    let range = ranges.iter_mut().find(|range| at(range).is_some()).unwrap();
    let index = at(range).unwrap();
    (range, index)
}

fn with_body_of(record: &SignedRecord, other: &SignedRecord) -> SignedRecord {
    let (header, body) = (record.header_bytes().clone(), other.body().cloned());
    SignedRecord::from_parts(header, record.signature().copied(), body).unwrap()
}

#[test]
fn a_record_taken_out_of_its_log() {
    let fault = found(|example, opened| {
        opened.edit(RECORDS, |ranges| {
            let (range, index) = range_with(ranges, example.practices[50]);
            range.remove(index);
        });
    });
    assert_eq!(fault.check, Check::Chain, "{fault}");
    assert!(fault.found.contains("links to"), "{fault}");
}

#[test]
fn a_selected_record_without_its_text() {
    let fault = found(|example, opened| {
        opened.edit(RECORDS, |ranges| {
            let (range, index) = range_with(ranges, example.practices[3]);
            range[index] = range[index].clone().without_body();
        });
    });
    assert_eq!(fault.check, Check::Bodies, "{fault}");
    assert!(
        fault.place.contains(&Example::new().practices[3].to_string()),
        "{fault}"
    );
}

#[test]
fn a_text_in_the_place_of_another() {
    let fault = found(|example, opened| {
        let other = example.held.find(&example.practices[4]).unwrap().clone();
        opened.edit(RECORDS, |ranges| {
            let (range, index) = range_with(ranges, example.practices[3]);
            range[index] = with_body_of(&range[index], &other);
        });
    });
    assert_eq!(fault.check, Check::Bodies, "{fault}");
    assert!(fault.found.contains("commits to"), "{fault}");
}

#[test]
fn a_text_that_nobody_selected() {
    let fault = found(|example, opened| {
        let whole = example.held.find(&example.practices[50]).unwrap().clone();
        opened.edit(RECORDS, |ranges| {
            let (range, index) = range_with(ranges, example.practices[50]);
            range[index] = whole.without_signature();
        });
    });
    assert_eq!(fault.check, Check::Bodies, "{fault}");
    assert!(fault.found.contains("does not select"), "{fault}");
}

#[test]
fn a_header_of_another_log() {
    let fault = found(|example, opened| {
        let other = example.held.find(&example.lesson).unwrap().clone().without_body();
        opened.edit(RECORDS, |ranges| {
            let (range, index) = range_with(ranges, example.practices[50]);
            range[index] = other.without_signature();
        });
    });
    assert_eq!(fault.check, Check::Chain, "{fault}");
}

#[test]
fn a_log_left_out_and_one_too_many() {
    let left_out = found(|example, opened| {
        opened.edit(RECORDS, |ranges| {
            ranges.retain(|range| range.iter().all(|record| record.id() != example.lesson));
        });
    });
    assert_eq!(left_out.check, Check::Heads, "{left_out}");
    let too_many = found(|example, opened| {
        let log = example.held.find(&example.practices[0]).unwrap().header().log.clone();
        let mut other = log;
        other.chapter = "theme:seclusion".parse().unwrap();
        let mut held = example.held.clone();
        held.says("a", "theme:seclusion", crate::shelf::practice("More"));
        let more = held.logs[&other].clone();
        opened.edit(RECORDS, |ranges| ranges.push(more));
    });
    assert_eq!(too_many.check, Check::Heads, "{too_many}");
}

#[test]
fn a_signature_left_out_or_of_another_record() {
    for is_left_out in [true, false] {
        let fault = found(|example, opened| {
            let other = *example.held.find(&example.practices[0]).unwrap().signature().unwrap();
            opened.edit(RECORDS, |ranges| {
                let newest = ranges
                    .iter_mut()
                    .find_map(|range| range.last_mut().filter(|last| last.signature().is_some()));
                let newest = newest.unwrap();
                let signature = (!is_left_out).then_some(other);
                let header = newest.header_bytes().clone();
                *newest = SignedRecord::from_parts(header, signature, newest.body().cloned()).unwrap();
            });
        });
        assert_eq!(fault.check, Check::Chain, "{fault}");
        assert!(fault.found.contains("signature"), "{fault}");
    }
}

#[test]
fn a_line_of_a_table() {
    let fault = found(|_, opened| opened.replace("data/practice.csv", "Practice 3", "Practice 4"));
    assert_eq!(
        (fault.check, fault.place.as_str()),
        (Check::Data, "data/practice.csv, line 4"),
        "{fault}"
    );
    let fault = found(|_, opened| opened.replace("data/records.ndjson", "A lesson", "No lesson"));
    assert_eq!(fault.check, Check::Data, "{fault}");
    assert!(fault.place.starts_with("data/records.ndjson, line "), "{fault}");
    let fault = found(|_, opened| opened.replace("CITATION.cff", "Organisation a", "Organisation c"));
    assert!(fault.place.starts_with("CITATION.cff, line "), "{fault}");
}

#[test]
fn the_identifier() {
    let fault = found(|_, opened| opened.replace("snapshot.json", "\"snapshot-", "\"snapshot-0"));
    assert_eq!(
        (fault.check, fault.place.as_str()),
        (Check::Identifier, "snapshot.json"),
        "{fault}"
    );
    let fault = found(|_, opened| opened.replace("snapshot.json", "chapter:iso:gb", "chapter:iso:de"));
    assert_eq!(fault.check, Check::Identifier, "{fault}");
}

#[test]
fn a_record_no_longer_named_by_a_manifest_of_its_own() {
    let fault = found(|example, opened| {
        let mut other = example.manifest.clone();
        other.records.pop();
        opened
            .0
            .insert("snapshot.json".to_owned(), other.to_json().into_bytes());
    });
    assert_eq!(fault.check, Check::Bodies, "{fault}");
    let fault = found(|example, opened| {
        let mut other = example.manifest.clone();
        other.records.push(RecordId([0xff; 32]));
        opened
            .0
            .insert("snapshot.json".to_owned(), other.to_json().into_bytes());
    });
    assert_eq!(fault.check, Check::Bodies, "{fault}");
    assert!(fault.place.contains(&RecordId([0xff; 32]).to_string()), "{fault}");
}

#[test]
fn a_head_set_back() {
    let fault = found(|example, opened| {
        let mut other = example.manifest.clone();
        let head = other.heads.iter_mut().find(|head| head.sequence > 60).unwrap();
        head.sequence -= 1;
        opened
            .0
            .insert("snapshot.json".to_owned(), other.to_json().into_bytes());
    });
    assert_eq!(fault.check, Check::Heads, "{fault}");
}

#[test]
fn another_schema_is_told_before_the_tables() {
    let fault = found(|example, opened| {
        let mut other = example.manifest.clone();
        other.schema.code_lists[0] ^= 1;
        opened
            .0
            .insert("snapshot.json".to_owned(), other.to_json().into_bytes());
    });
    assert_eq!(fault.check, Check::Files, "{fault}");
    assert!(fault.remedy.contains("version of the program"), "{fault:?}");
}

#[test]
fn membership_without_the_charter_or_a_certificate() {
    let without = |name: &'static str| {
        move |example: &Example, opened: &mut Opened| {
            let writer = secret(&format!("{name} writer")).writer();
            let mut other = example.manifest.clone();
            other
                .heads
                .retain(|head| !head.log.chapter.is_alliance() || head.log.writer != writer);
            opened
                .0
                .insert("snapshot.json".to_owned(), other.to_json().into_bytes());
            opened.edit(ALLIANCE, |ranges| {
                ranges.retain(|range| range.iter().all(|record| record.header().log.writer != writer));
            });
        }
    };
    let fault = found(without("a"));
    assert_eq!(
        (fault.check, fault.place.as_str()),
        (Check::Membership, ALLIANCE),
        "{fault}"
    );
    let fault = found(without("b"));
    assert_eq!(fault.check, Check::Writers, "{fault}");
    assert!(fault.found.contains("certificate"), "{fault}");
}

#[test]
fn the_first_records_of_the_alliances_chapter() {
    let fault = found(|_, opened| {
        opened.edit(ALLIANCE, |ranges| {
            let range = ranges
                .iter_mut()
                .find(|range| range[0].header().kind == Kind::CHARTER)
                .unwrap();
            range.remove(0);
        });
    });
    assert_eq!(fault.check, Check::Chain, "{fault}");
}

#[test]
fn a_file_too_many_and_one_too_few() {
    let fault = found(|_, opened| drop(opened.0.insert("data/extra.csv".to_owned(), b"x".to_vec())));
    assert_eq!((fault.check, fault.place.as_str()), (Check::Files, "data/extra.csv"));
    let fault = found(|_, opened| drop(opened.0.remove("data/lesson.csv")));
    assert_eq!((fault.check, fault.place.as_str()), (Check::Files, "data/lesson.csv"));
    let example = Example::new();
    let mut opened = Opened::of(&example.bundle());
    opened.0.remove("data/lesson.csv");
    let fault = opened.verified().unwrap_err();
    assert_eq!(
        (fault.check, fault.place.as_str()),
        (Check::Checksums, "data/lesson.csv")
    );
}

#[test]
fn a_seal_of_somebody_else() {
    let seals = [
        ("stranger writer", "stranger", "no member"),
        ("a transport", "a", "no certificate"),
        ("b writer", "a", "no certificate"),
    ];
    for (writer, organisation, says) in seals {
        let example = Example::new();
        let mut opened = Opened::of(&example.bundle());
        opened.seal(&example.manifest, &secret(writer), &secret(organisation));
        let fault = opened.verified().unwrap_err();
        assert_eq!(fault.check, Check::Signature, "{fault}");
        assert!(fault.found.contains(says), "{fault}");
    }
    // A good seal of another bundle.
    let example = Example::new();
    let mut opened = Opened::of(&example.bundle());
    let other = example.held.manifest(&[example.lesson], &[]);
    let sealed = Opened::of(&example.held.bundle(&other, "a"));
    opened.0.insert(SEAL.to_owned(), sealed.0[SEAL].clone());
    let fault = opened.verified().unwrap_err();
    assert!(fault.found.contains("not the maker's over"), "{fault}");
}
