//! What is the same for everybody, and what a good bundle says.

use std::collections::BTreeSet;

use alliance_record::RecordId;
use alliance_snapshot::{Check, MakeError, Maker, Manifest};

use crate::opened::{ALLIANCE, Opened, RECORDS, SEAL, verified};
use crate::shelf::{Example, alliance, practice};

#[test]
fn a_bundle_is_verified_and_tells_what_it_is() {
    let example = Example::new();
    let report = verified(&example.bundle(), &alliance()).unwrap();
    assert_eq!(report.identifier, example.manifest.identifier().to_string());
    assert_eq!((report.records, report.logs, report.members), (5, 5, 2));
    assert_eq!(report.alliance_name, "Test alliance");
    assert_eq!(report.maker.name, "Organisation a");
    assert_eq!(report.checks, Check::ALL);
}

#[test]
fn nodes_that_keep_other_signatures_make_the_same_bytes_but_the_seal() {
    let example = Example::new();
    let one = Opened::of(&example.held.bundle(&example.manifest, "a"));
    let other = Opened::of(&example.held.thinned().bundle(&example.manifest, "b"));
    for (name, bytes) in &one.0 {
        assert_eq!(*bytes == other.0[name], name != SEAL, "{name}");
    }
    assert_eq!(one.0.len(), other.0.len());
    assert_eq!(example.bundle(), example.bundle(), "the archive itself");
    assert!(other.verified().is_ok());
}

#[test]
fn the_data_say_how_records_stand() {
    let opened = Opened::of(&Example::new().bundle());
    let lines: Vec<serde_json::Value> = opened
        .text("data/records.ndjson")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| (line["body"]["title"].as_str().unwrap(), line["state"].as_str().unwrap()))
        .collect();
    let of_a = [
        ("Practice 90", "superseded"),
        ("Practice 70", "current"),
        ("Practice 3", "current"),
    ];
    let of_b = [("Debriefs", "current"), ("A lesson", "current")];
    assert_eq!(
        shown.iter().copied().collect::<BTreeSet<_>>(),
        of_a.into_iter().chain(of_b).collect()
    );
    assert!(
        shown.windows(3).any(|three| three == of_a),
        "newest first within a log: {shown:?}"
    );
    let corrected = lines
        .iter()
        .find(|line| line["body"]["title"] == "Practice 70")
        .unwrap();
    assert_eq!(corrected["notices"][0]["type"], "correction");
    assert_eq!(corrected["organisation_name"], "Organisation a");
    assert!(opened.text("data/measure_points.csv").contains("debrief.pct"));
    assert!(opened.text("LICENSES.txt").contains("CC-BY-4.0: 5 records"));
    assert!(
        opened
            .text("CITATION.cff")
            .contains(&format!("urn:alliance:{}", Example::new().manifest.identifier()))
    );
}

#[test]
fn of_what_is_not_selected_there_is_no_text() {
    let opened = Opened::of(&Example::new().bundle());
    let records = &opened.0[RECORDS];
    let has = |text: &str| records.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("Practice 3") && has("A correction"));
    assert!(!has("Practice 4") && !has("Practice 90 again") && !has("Elsewhere"));
    assert!(!opened.0[ALLIANCE].is_empty());
}

fn identifier(change: impl FnOnce(&mut Manifest)) -> String {
    let mut manifest = Example::new().manifest;
    change(&mut manifest);
    manifest.identifier().to_string()
}

#[test]
fn everything_but_the_title_is_in_the_identifier() {
    let same = identifier(|_| ());
    assert_eq!(same, identifier(|manifest| manifest.title = "Another".to_owned()));
    let others = [
        identifier(|manifest| manifest.alliance.0[0] ^= 1),
        identifier(|manifest| drop(manifest.chapters.pop())),
        identifier(|manifest| manifest.heads[0].sequence += 1),
        identifier(|manifest| manifest.heads[0].record.0[0] ^= 1),
        identifier(|manifest| manifest.heads[0].organisation.0[0] ^= 1),
        identifier(|manifest| manifest.records.truncate(4)),
        identifier(|manifest| manifest.bearing.truncate(1)),
        identifier(|manifest| manifest.records.append(&mut manifest.bearing)),
        identifier(|manifest| manifest.acts.push(alliance_record::ActId([1; 32]))),
        identifier(|manifest| manifest.schema.protocol[0] ^= 1),
        identifier(|manifest| manifest.schema.code_lists_version.push('1')),
        identifier(|manifest| manifest.schema.code_lists[0] ^= 1),
        identifier(|manifest| manifest.filter.push('x')),
    ];
    let all: BTreeSet<_> = others.iter().chain([&same]).collect();
    assert_eq!(all.len(), others.len() + 1);
}

#[test]
fn a_manifest_is_read_as_it_was_written() {
    let manifest = Example::new().manifest;
    let text = manifest.to_json();
    assert_eq!(Manifest::from_json(text.as_bytes()), Ok(manifest));
}

#[test]
fn what_is_not_held_cannot_be_made() {
    let example = Example::new();
    let unknown = RecordId([1; 32]);
    let manifest = example.held.manifest(&[unknown], &[]);
    let error = Maker::new(&example.held, &manifest).err().unwrap();
    assert!(
        matches!(error, MakeError::Unknown { record } if record == unknown),
        "{error}"
    );

    let mut erased = example.held.clone();
    for record in erased
        .logs
        .values_mut()
        .flatten()
        .filter(|record| record.id() == example.lesson)
    {
        *record = record.clone().without_body();
    }
    let error = Maker::new(&erased, &example.manifest).err().unwrap();
    assert!(
        matches!(error, MakeError::NoText { record } if record == example.lesson),
        "{error}"
    );

    let mut later = example.held.clone();
    let beyond = later.says("a", "iso:gb", practice("Later"));
    let manifest = example.held.manifest(&[beyond], &[]);
    let error = Maker::new(&later, &manifest).err().unwrap();
    assert!(
        matches!(error, MakeError::Behind { record } if record == beyond),
        "{error}"
    );
}

#[test]
fn another_schema_would_write_other_files() {
    let example = Example::new();
    let mut manifest = example.manifest.clone();
    manifest.schema.code_lists_version = "0.1".to_owned();
    let error = Maker::new(&example.held, &manifest).err().unwrap();
    assert!(
        matches!(&error, MakeError::OtherSchema { version } if version == "0.1"),
        "{error}"
    );
}

#[test]
fn what_came_later_changes_nothing_of_an_older_snapshot() {
    let example = Example::new();
    let mut later = example.held.clone();
    later.says("a", "iso:gb", practice("Later"));
    later.certifies("b");
    assert_eq!(later.bundle(&example.manifest, "a"), example.bundle());
    let thin = later.thinned();
    let unsigned_heads = Opened::of(&thin.bundle(&example.manifest, "a"));
    assert!(
        unsigned_heads.verified().is_ok(),
        "proven by what stands behind the heads"
    );
}
