//! Exports of the shipped records and of made-up ones.

#[path = "shipped.rs"]
mod shipped;

use std::borrow::Cow;

use alliance_export::{Counts, Exported, Format, Options, Origin, State, export};
use alliance_record::AllianceId;
use alliance_record::schema::Kind;

pub(crate) use shipped::*;

/// Those of the names given, in the order of the list.
pub(crate) fn some(names: &[&str]) -> Vec<Exported<'static>> {
    let found: Vec<_> = shipped()
        .into_iter()
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(_, record)| record)
        .collect();
    assert_eq!(found.len(), names.len(), "{names:?}");
    found
}

pub(crate) fn origin() -> Origin<'static> {
    Origin {
        alliance: AllianceId([0xa1; 32]),
        alliance_name: "Alliance of the Demonstration".into(),
        title: "Shipped records".into(),
        set: None,
        records_at: None,
    }
}

/// What an export comes to.
pub(crate) fn written(format: Format, options: Options<'_>, records: &[Exported<'_>]) -> (String, Counts) {
    let finished = export(format, options, records.iter().cloned(), Vec::new()).unwrap();
    (String::from_utf8(finished.out).unwrap(), finished.counts)
}

/// The same, with the usual options.
pub(crate) fn usual(format: Format, records: &[Exported<'_>]) -> (String, Counts) {
    written(format, Options::new(origin()), records)
}

/// A record with a body of one's own.
pub(crate) fn made_up(kind: Kind, body: &[u8]) -> Exported<'_> {
    Exported {
        id: id(0xabc),
        kind,
        chapter: "m49:001".into(),
        organisation: organisation(1),
        organisation_name: "Made-up Trust".into(),
        country: "GB".into(),
        claimed_at_ms: 1_739_266_200_000,
        arrival: Some(7),
        version: Some(1),
        state: State::Current,
        notices: Vec::new(),
        body: Some(Cow::Borrowed(body)),
    }
}
