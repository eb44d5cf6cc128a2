//! A data directory seen from outside of its node: keys, identity, store. Changes nothing but what the node itself
//! records when it starts.

use std::path::Path;
use std::thread;

use alliance_node::{NodeRole, Run, Settings};
use alliance_record::schema;
use alliance_record::{AllianceId, ChapterName, SecretKey, VerifiedRecord};
use alliance_store::{ListingFacets, Options, Reader, Store, Writer};

use crate::error::FillError;

/// For whom records are signed.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) alliance: AllianceId,
    pub(crate) organisation_key: SecretKey,
}

/// Reads whose directory it is.
pub(crate) fn read(data: &Path) -> Result<Directory, FillError> {
    let key = data.join("keys").join("organisation.key");
    let organisation_key = text(&key)?.trim().parse().map_err(|_| unusable(&key, "seed"))?;
    let identity = data.join("identity.json");
    let json: serde_json::Value = serde_json::from_str(&text(&identity)?).map_err(|_| unusable(&identity, "JSON"))?;
    let alliance = json["membership"]["alliance"].as_str();
    let alliance = alliance
        .and_then(|alliance| alliance.parse().ok())
        .ok_or_else(|| unusable(&identity, "membership.alliance"))?;
    Ok(Directory {
        alliance,
        organisation_key,
    })
}

fn text(path: &Path) -> Result<String, FillError> {
    std::fs::read_to_string(path).map_err(|source| FillError::File {
        path: path.display().to_string(),
        source,
    })
}

fn unusable(path: &Path, field: &'static str) -> FillError {
    FillError::Identity {
        path: path.display().to_string(),
        field,
    }
}

/// Opens the store of a node that has said what it says by itself; makes it say that first, if it never ran.
pub(crate) fn open_begun(data: &Path) -> Result<(Writer, Reader), FillError> {
    let opened = open(data)?;
    if opened.1.count(&ChapterName::alliance())? > 0 {
        return Ok(opened);
    }
    drop(opened);
    begin(data)?;
    open(data)
}

fn open(data: &Path) -> Result<(Writer, Reader), FillError> {
    let options = Options {
        facets,
        ..Options::default()
    };
    let (writer, reader, _) = Store::open(&data.join("store"), options)?;
    Ok((writer, reader))
}

/// What a node's store lists of a record, as the node itself has it read.
#[must_use]
pub fn facets(record: &VerifiedRecord) -> ListingFacets {
    let Some(body) = record.body() else {
        return ListingFacets::default();
    };
    let summary = schema::summary(record.header().kind, &body.bytes);
    ListingFacets {
        title: summary.title,
        title_en: summary.title_en,
        lang: summary.lang,
        settings: summary.settings,
        due: alliance_knowledge::first_due(record.header().kind, &body.bytes).unwrap_or_default(),
        asks: alliance_knowledge::asks(record.header().kind, &body.bytes),
    }
}

/// Starts the node and ends it. On a thread of its own, since the caller may be a task of another runtime.
fn begin(data: &Path) -> Result<(), FillError> {
    let settings = Settings {
        listen: Vec::new(),
        role: NodeRole::Leaf,
        http: String::new(),
        socket: String::new(),
        ..Settings::default()
    };
    thread::scope(|scope| {
        let begun = scope.spawn(|| {
            let runtime = tokio::runtime::Runtime::new().map_err(FillError::Threads)?;
            runtime.block_on(async {
                let run = Run::start(data, settings).await?;
                run.handle.shutdown();
                Ok(run.ended().await?)
            })
        });
        begun.join().unwrap_or(Err(FillError::Crashed))
    })
}
