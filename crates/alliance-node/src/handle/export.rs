//! Exports: the records that fit, in a format of a researcher's tools, as they were at one moment.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use alliance_api::{Problem, RecordQuery, RecordSummary};
use alliance_export::{Cells, ExportError, Exported, Exporter, Format, NoticeOn, Options, Origin, State};
use alliance_knowledge::Records;
use alliance_record::RecordId;
use alliance_store::{Query, ReadError, StoredRecord};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::Handle;
use super::problem::{bad_request, problem, stopped};
use super::records::{kind, to_store};
use crate::access::Held as Access;
use crate::knowledge::{Held, Wanted};
use crate::shared::Shared;

/// Bytes that are handed on at once.
const PIECE_BYTES: usize = 65_536;
/// Pieces that wait for a slow reader.
const PIECES_WAITING_MAX: usize = 2;
/// Records of a page of the store's listing.
const PAGE_RECORDS: usize = 200;

/// An export that is under way.
#[derive(Debug)]
pub struct Export {
    /// Its media type.
    pub media_type: &'static str,
    /// What a file of it is usually called.
    pub file_name: String,
    /// Its bytes, piece by piece. An error is the last: the store could not be read, and what came is not whole.
    pub pieces: mpsc::Receiver<Result<Bytes, io::Error>>,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl Handle {
    /// The records that fit a query, newest arrival first, in a format: `ndjson`, `csv`, `measure_points`, `meta_pre_post`,
    /// `jsonld`, `bib`, `ris`, `csl` or `cff`. What a list leaves out is left out, and its limit does not count. With `raw`
    /// true, texts of tables that begin as formulas are written as they are.
    ///
    /// # Errors
    /// A problem naming the format or the filter that cannot be read.
    pub async fn export(&self, format: &str, query: RecordQuery, cells: Cells) -> Result<Export, Problem> {
        let asked_kind = query.kind.as_deref().map(kind).transpose()?;
        let Some(format) = Format::from_name(format, asked_kind) else {
            let names: Vec<_> = Format::all(alliance_export::Table::All)
                .iter()
                .map(|known| known.name())
                .collect();
            let detail = format!("format: '{format}' is none of {}", names.join(", "));
            return Err(problem(404, "format_unknown", "No such format", &detail));
        };
        let wanted = Wanted::of(&query);
        let mut asked = to_store(&query, &self.0.parts.shared.view())?;
        asked.limit = PAGE_RECORDS;
        let reader = self.0.parts.store.get().ok_or_else(stopped)?;
        let (pieces, received) = mpsc::channel(PIECES_WAITING_MAX);
        let exporting = Exporting {
            reader,
            shared: Arc::clone(&self.0.parts.shared),
            origin: Origin {
                alliance: self.0.alliance,
                alliance_name: Cow::Owned(self.0.alliance_name.clone()),
                title: Cow::Owned(format!("Records of {}", self.0.alliance_name)),
                records_at: None,
            },
            wanted,
        };
        tokio::task::spawn_blocking(move || {
            let out = Pieces::new(pieces.clone());
            if let Err(error) = exporting.write(format, cells, asked, out) {
                tracing::warn!(%error, "an export was not finished");
                // Whoever reads is told, if anybody still does.
                let _ = pieces.blocking_send(Err(io::Error::other(error.to_string())));
            }
        });
        Ok(Export {
            media_type: format.media_type(),
            file_name: format.file_name(),
            pieces: received,
        })
    }
}

/// What an export needs while it is written.
struct Exporting {
    reader: Access,
    shared: Arc<Shared>,
    origin: Origin<'static>,
    wanted: Wanted,
}

impl Exporting {
    fn write(&self, format: Format, cells: Cells, mut asked: Query, out: Pieces) -> Result<(), Stopped> {
        let held = Held::new(&self.reader, &self.shared);
        let kind_of = |id: &RecordId| self.reader.bare(id).ok().flatten().map(|record| record.header().kind);
        let options = Options {
            cells,
            kind_of: &kind_of,
            ..Options::new(self.origin.clone())
        };
        let mut exporter = Exporter::new(format, options, out)?;
        loop {
            // Anew for each page, so that what was read for it is let go of.
            let (page, next) = held.asking().list(&asked, self.wanted, PAGE_RECORDS)?;
            for summary in page {
                let id = summary.id.parse().ok();
                let stored = id.map(|id| self.reader.record(&id)).transpose()?.flatten();
                if let Some(stored) = stored {
                    exporter.write(&exported(&held, &summary, &stored))?;
                }
            }
            match next {
                Some(next) => asked.before = Some(next),
                None => break,
            }
        }
        exporter.finish()?;
        Ok(())
    }
}

/// A listed record as it is exported.
fn exported<'a>(held: &Held<'_>, summary: &'a RecordSummary, stored: &'a StoredRecord) -> Exported<'a> {
    let header = stored.record.header();
    let body = stored.record.body().filter(|_| !summary.quarantined);
    let state = match () {
        () if summary.removed.is_some() => State::Removed,
        () if summary.disputed => State::Disputed,
        () if summary.retracted => State::Retracted,
        () if !summary.replaced_by.is_empty() => State::Superseded,
        () if body.is_none() => State::NotHeld,
        () => State::Current,
    };
    let notices = summary.notices.iter();
    Exported {
        id: stored.record.id(),
        kind: header.kind,
        chapter: Cow::Borrowed(&summary.chapter),
        organisation: header.organisation,
        organisation_name: Cow::Borrowed(&summary.organisation_name),
        country: Cow::Owned(held.country(&header.organisation)),
        claimed_at_ms: header.claimed_at_ms,
        // It differs from node to node: what is exported is the same everywhere.
        arrival: None,
        version: None,
        state,
        notices: notices
            .map(|mark| NoticeOn {
                notice_type: Cow::Borrowed(&mark.notice_type),
                by: Cow::Borrowed(&mark.by),
            })
            .collect(),
        body: body.map(|body| Cow::Borrowed(&body.bytes[..])),
    }
}

/// Hands bytes on in pieces. Waits for a slow reader; one that has gone ends the export.
struct Pieces {
    pieces: mpsc::Sender<Result<Bytes, io::Error>>,
    waiting: Vec<u8>,
}

impl Pieces {
    const fn new(pieces: mpsc::Sender<Result<Bytes, io::Error>>) -> Self {
        Self {
            pieces,
            waiting: Vec::new(),
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.waiting));
        let sent = self.pieces.blocking_send(Ok(piece));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

/// The media types of all formats, without their parameters.
#[must_use]
pub fn export_media_types() -> BTreeSet<&'static str> {
    let formats = Format::all(alliance_export::Table::All);
    let bare = |format: &Format| format.media_type().split(';').next().unwrap_or_default();
    formats.iter().map(bare).collect()
}

/// Reads how the texts of tables are to be written.
///
/// # Errors
/// A problem when it is neither.
pub fn cells(text: Option<&str>) -> Result<Cells, Problem> {
    match text {
        None | Some("safe") => Ok(Cells::FormulaSafe),
        Some("raw") => Ok(Cells::Raw),
        Some(other) => Err(bad_request(&format!("cells: '{other}' is neither safe nor raw"))),
    }
}
