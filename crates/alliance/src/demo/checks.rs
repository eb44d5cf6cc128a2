//! What must hold at the end: replicas of every chapter are equal, queries find what was shared.

use std::collections::BTreeMap;

use alliance_api::{ChapterView, RecordQuery};

use super::cast::Cast;
use super::report::{Check, Replica, Report};
use super::stage::{Actor, Stage};
use crate::failure::Failure;

/// Chapters that an organisation's node replicates.
async fn replicas(actor: &Actor) -> Result<Vec<ChapterView>, Failure> {
    let status = actor.handle()?.status().await;
    let status = status.map_err(|problem| Failure::local(&problem.code, "A node does not answer", problem.detail))?;
    Ok(status.chapters)
}

/// Digest and records of each chapter at each running node that follows it.
async fn by_chapter(stage: &Stage) -> Result<BTreeMap<String, Vec<(String, u64)>>, Failure> {
    let mut chapters: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for actor in &stage.actors {
        for chapter in replicas(actor).await? {
            chapters
                .entry(chapter.name)
                .or_default()
                .push((chapter.digest, chapter.records));
        }
    }
    Ok(chapters)
}

/// Waits until all replicas of every chapter are equal and hold everything that was published.
pub(super) async fn agreement(stage: &Stage, cast: &Cast) -> Result<(), Failure> {
    // Whatever arrives anywhere may be what was missing.
    let (arrived, mut arrivals) = tokio::sync::mpsc::channel(1);
    let mut listening = tokio::task::JoinSet::new();
    for actor in &stage.actors {
        let (mut events, arrived) = (actor.handle()?.events(Some(0)), arrived.clone());
        listening.spawn(async move {
            while events.next().await.is_some() {
                // A full channel has a look pending already.
                let _ = arrived.try_send(());
            }
        });
    }
    while !agree(stage, cast).await? {
        arrivals.recv().await;
    }
    Ok(())
}

/// Which replicas differ, for a person who looks for the reason.
pub(super) async fn differences(stage: &Stage) -> Result<String, Failure> {
    let mut differing = Vec::new();
    for (name, replicas) in by_chapter(stage).await? {
        if replicas.windows(2).any(|pair| pair[0] != pair[1]) {
            let held: Vec<_> = replicas
                .iter()
                .map(|(digest, records)| format!("{records}:{}", &digest[..8]))
                .collect();
            differing.push(format!("{name} ({})", held.join(" ")));
        }
    }
    Ok(format!("these chapters differ: {}", differing.join(", ")))
}

async fn agree(stage: &Stage, cast: &Cast) -> Result<bool, Failure> {
    let chapters = by_chapter(stage).await?;
    let equal = chapters
        .values()
        .all(|replicas| replicas.windows(2).all(|pair| pair[0] == pair[1]));
    let held: u64 = expected(&chapters, cast);
    Ok(equal && held >= stage.published.len() as u64)
}

/// Records of the chapters that the examples are shared in.
fn expected(chapters: &BTreeMap<String, Vec<(String, u64)>>, cast: &Cast) -> u64 {
    let mut names: Vec<_> = cast.records.iter().filter_map(super::cast::Record::chapter).collect();
    names.sort();
    names.dedup();
    names
        .iter()
        .filter_map(|name| chapters.get(name)?.first())
        .map(|(_, records)| records)
        .sum()
}

/// Everything that is shown at the end.
pub(super) async fn report(stage: &Stage, cast: &Cast) -> Result<Report, Failure> {
    let mut report = Report::default();
    for actor in &stage.actors {
        let chapters = replicas(actor).await?.into_iter();
        report.replicas.push(Replica {
            organisation: actor.organisation.shown().to_owned(),
            country: actor.organisation.country.clone(),
            http: actor.http.map(|address| format!("http://{address}/v1/status")),
            chapters: chapters.collect(),
        });
    }
    let chapters = by_chapter(stage).await?;
    for (name, replicas) in &chapters {
        let equal = replicas.windows(2).all(|pair| pair[0] == pair[1]);
        report.checks.push(Check {
            what: format!("{name}: {} replicas are equal", replicas.len()),
            holds: equal,
        });
    }
    let held = expected(&chapters, cast);
    let shared = stage.published.len() as u64;
    report.checks.push(Check {
        what: format!("{held} of {shared} shared records are held"),
        holds: held == shared,
    });
    query(stage, &mut report).await?;
    report.records = chapters
        .values()
        .filter_map(|replicas| replicas.first())
        .map(|(_, records)| records)
        .sum();
    report.shared = shared;
    Ok(report)
}

/// Asks one replica what a reader would ask.
async fn query(stage: &Stage, report: &mut Report) -> Result<(), Failure> {
    let Some(reader) = stage.actors.first() else {
        return Ok(());
    };
    let lessons = RecordQuery {
        kind: Some("lesson".to_owned()),
        ..RecordQuery::default()
    };
    let czech = RecordQuery {
        language: Some("cs".to_owned()),
        ..RecordQuery::default()
    };
    let setting = Some("inpatient.acute_adult".to_owned());
    let acute = RecordQuery {
        setting,
        kind: Some("practice".to_owned()),
        ..RecordQuery::default()
    };
    let asked = [
        ("lessons, failings included (list --kind lesson)", lessons),
        ("everything in Czech (list --language cs)", czech),
        (
            "practices for acute adult wards (list --kind practice --setting inpatient.acute_adult)",
            acute,
        ),
    ];
    for (what, query) in asked {
        let page = reader.handle()?.records(query).await;
        let page = page.map_err(|problem| Failure::local(&problem.code, "A query was not answered", problem.detail))?;
        report.checks.push(Check {
            what: format!("query: {what}"),
            holds: !page.records.is_empty(),
        });
        report.queries.push((what.to_owned(), page.records));
    }
    Ok(())
}
