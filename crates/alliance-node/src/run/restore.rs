//! What the engine is told of the store before anything else.

use std::collections::BTreeSet;

use alliance_engine::{BodiesKept, Config, Engine};
use alliance_record::schema::Kind;
use alliance_record::{ChapterName, VerifiedRecord};
use alliance_store::Reader;

use super::RunError;
use super::who::Who;
use crate::random::{now_ms, random};
use crate::settings::Settings;

/// Records of the alliance's own chapter read before their statements are checked: some 2 MiB.
const RECORDS_AT_ONCE: usize = 8192;

/// What the store remembers.
pub(super) struct Restored {
    pub(super) engine: Engine,
    /// Whether this node's certificate is among the records already.
    pub(super) certificate_is_said: bool,
}

/// The engine as the store remembers it.
pub(super) fn restored(who: &Who, settings: &Settings, reader: &Reader) -> Result<Restored, RunError> {
    let author = &who.author;
    let config = Config {
        alliance: author.alliance,
        organisation: author.organisation,
        seed: random(),
        sync_interval_ms: i64::from(settings.sync_interval_s) * 1000,
        heartbeat_ms: i64::from(settings.heartbeat_s) * 1000,
        bodies: bodies_kept(settings)?,
    };
    let mut engine = Engine::new(config, now_ms());
    engine.keep(chapters("keep", &settings.keep)?);
    for head in reader.all_heads()? {
        let bodies_end = reader.bodies_end(&head.log)?;
        if bodies_end <= head.sequence {
            engine.restore_lagging(head.log.clone(), bodies_end);
        }
        engine.restore_head(head);
    }
    let mut certificate_is_said = false;
    let mut stored = reader.chapter_records(&ChapterName::alliance())?;
    loop {
        let records = stored.by_ref().take(RECORDS_AT_ONCE);
        let records = records.map(|stored| stored.map(|stored| stored.record));
        let records: Vec<VerifiedRecord> = records.collect::<Result<_, _>>()?;
        check_statements(&records);
        for record in &records {
            certificate_is_said |= record.header().kind == Kind::CERTIFICATE
                && record.body().is_some_and(|body| body.bytes == who.certificate);
            engine.restore_record(record);
        }
        if records.len() < RECORDS_AT_ONCE {
            break;
        }
    }
    Ok(Restored {
        engine,
        certificate_is_said,
    })
}

/// Checks the signatures in statements on all cores: of ten thousand members they are most of a start.
fn check_statements(records: &[VerifiedRecord]) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for part in records.chunks(records.len().div_ceil(cores).max(1)) {
            scope.spawn(move || {
                for record in part {
                    record.statement();
                }
            });
        }
    });
}

fn bodies_kept(settings: &Settings) -> Result<BodiesKept, RunError> {
    Ok(BodiesKept {
        after_headers: settings.headers_first,
        headers_only: chapters("headers_only", &settings.headers_only)?,
    })
}

/// The chapters that a setting names.
fn chapters(setting: &'static str, names: &[String]) -> Result<BTreeSet<ChapterName>, RunError> {
    let read = names.iter().map(|name| {
        let wrong = |_| RunError::Chapter {
            setting,
            name: name.clone(),
        };
        name.parse().map_err(wrong)
    });
    read.collect()
}
