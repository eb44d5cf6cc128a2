//! What became of a snapshot's records since, and whether its bundle can still be made here.

use std::collections::BTreeSet;

use alliance_api::{Problem, SnapshotView, Unavailable, Withdrawn};
use alliance_knowledge::{MarkSource, Records, standing};
use alliance_record::{Head, RecordId};
use alliance_snapshot::{Manifest, SchemaName};
use alliance_store::{ReadError, Reader};

use super::select::aside;
use super::shelf::{bare, not_followed, not_in_step, other_schema, withdrawn};
use crate::data::KeptSnapshot;
use crate::handle::records::removed;
use crate::knowledge::Held;
use crate::shared::{Shared, View};

/// A snapshot as it is shown.
pub(super) fn view(kept: &KeptSnapshot, reader: &Reader, shared: &Shared) -> Result<SnapshotView, ReadError> {
    let manifest = &kept.manifest;
    let held = Held::new(reader, shared);
    let mut since = Vec::new();
    for id in &manifest.records {
        since.extend(became(&held, manifest, id)?);
    }
    let unavailable = unavailable(manifest, reader, shared)?;
    Ok(SnapshotView {
        summary: super::summary(kept),
        alliance: manifest.alliance.to_string(),
        chapters: manifest.chapters.iter().map(ToString::to_string).collect(),
        heads: manifest.heads.len() as u64,
        code_lists: manifest.schema.code_lists_version.clone(),
        withdrawn: since,
        unavailable: unavailable.map(|problem| Unavailable {
            code: problem.code,
            detail: problem.detail,
        }),
    })
}

/// What became of one record, by what the snapshot does not know of.
fn became(held: &Held<'_>, manifest: &Manifest, id: &RecordId) -> Result<Option<Withdrawn>, ReadError> {
    let Some(item) = held.record(id)? else { return Ok(None) };
    let withdrawn = |state: &str, by: Vec<String>| Withdrawn {
        record: id.to_string(),
        state: state.to_owned(),
        by,
    };
    if let Some(by) = held.view().removed_by(id, &item.chapter, &item.organisation) {
        return Ok(Some(withdrawn("removed", vec![removed(by).id])));
    }
    let is_new =
        |id: &RecordId| manifest.bearing.binary_search(id).is_err() && manifest.records.binary_search(id).is_err();
    let asking = held.asking();
    let standing = standing(&asking.reading, &item)?;
    let retracting = standing.marks.iter().filter(|mark| mark.retracts());
    let retracting: Vec<String> = retracting
        .filter_map(|mark| match mark.source {
            MarkSource::Notice(notice) => is_new(&notice).then(|| notice.to_string()),
            MarkSource::Act(act) => manifest.acts.binary_search(&act).is_err().then(|| act.to_string()),
        })
        .collect();
    if !retracting.is_empty() {
        return Ok(Some(withdrawn("retracted", retracting)));
    }
    let newer = standing.replaced_by.iter().filter(|newer| is_new(newer));
    let newer: Vec<String> = newer.map(ToString::to_string).collect();
    Ok((!newer.is_empty()).then(|| withdrawn("superseded", newer)))
}

/// Why the bundle cannot be made here now, as far as a look at places and texts tells.
fn unavailable(manifest: &Manifest, reader: &Reader, shared: &Shared) -> Result<Option<Problem>, ReadError> {
    let view = shared.view();
    if let Err(problem) = check_aside(manifest, shared) {
        return Ok(Some(problem));
    }
    if manifest.schema != SchemaName::own() {
        return Ok(Some(other_schema(&manifest.schema.code_lists_version)));
    }
    for id in &manifest.records {
        let Some(stored) = reader.record(id)? else {
            return Ok(Some(not_in_step(&format!("record {id} is not held here"))));
        };
        if stored.record.body().is_none() {
            let header = stored.record.header();
            let removed = view.removed_by(id, &header.log.chapter, &header.organisation);
            return Ok(Some(removed.map_or_else(|| bare(id), |_| withdrawn(id))));
        }
    }
    for head in &manifest.heads {
        if let Some(problem) = behind(head, reader, &view)? {
            return Ok(Some(problem));
        }
    }
    Ok(None)
}

fn behind(head: &Head, reader: &Reader, view: &View) -> Result<Option<Problem>, ReadError> {
    let held = reader.head(&head.log)?;
    if held.is_some_and(|held| held.sequence >= head.sequence) {
        return Ok(None);
    }
    Ok(Some(match view.replicated.contains(&head.log.chapter) {
        true => not_in_step(&format!("a log in {} is held here only in part", head.log.chapter)),
        false => not_followed(&head.log),
    }))
}

/// Refuses when a record selected is put aside here: nothing of its text is given to anybody.
pub(super) fn check_aside(manifest: &Manifest, shared: &Shared) -> Result<(), Problem> {
    let quarantine = shared.quarantine();
    let found: BTreeSet<&RecordId> = manifest.records.iter().filter(|id| quarantine.contains(id)).collect();
    match found.first() {
        Some(record) => Err(aside(&record.to_string())),
        None => Ok(()),
    }
}
