//! Exports: the records that fit, in a format of a researcher's tools, as they were at one moment.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use alliance_api::{Problem, RecordQuery, RecordSummary};
use alliance_export::{
    Cells, ExportError, Exported, Exporter, Format, NoticeOn, Options, Origin, State, Table, export,
};
use alliance_knowledge::{Records, number};
use alliance_record::RecordId;
use alliance_record::schema::Kind;
use alliance_search::filter::Facts;
use alliance_store::{Query, ReadError, StoredRecord};
use alliance_tables::{ParquetWriter, SqliteWriter, TableError};

use super::Handle;
use super::pieces::{ANSWER_MAX, Pieces, Sink};
use super::problem::{bad_request, problem, stopped};
use super::records::{kind, to_store};
use crate::access::Held as Access;
use crate::data::FileError;
use crate::data::file::make_dir;
use crate::knowledge::{Held, Wanted};
use crate::patience::{Over, Patience};
use crate::shared::Shared;

/// Records of a page of the store's listing.
const PAGE_RECORDS: usize = 200;

/// An export that is under way.
#[derive(Debug)]
pub struct Export {
    /// Its media type.
    pub media_type: &'static str,
    /// What a file of it is usually called.
    pub file_name: String,
    /// Its bytes.
    pub pieces: Pieces,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Over(#[from] Over),
}

/// A format of either sort.
#[derive(Debug, Clone, Copy)]
enum Way {
    Text(Format, Cells),
    Table(alliance_tables::Format),
}

impl Way {
    fn named(name: &str, cells: Cells, query: &RecordQuery) -> Result<Self, Problem> {
        let mut tables = alliance_tables::Format::all().into_iter();
        if let Some(format) = tables.find(|format| format.name() == name || format.file_name() == name) {
            return Ok(Self::Table(format));
        }
        let asked_kind = query.kind.as_deref().map(kind).transpose()?;
        Ok(Self::Text(format_of(name, asked_kind)?, cells))
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Text(format, _) => format.media_type(),
            Self::Table(format) => format.media_type(),
        }
    }

    fn file_name(self) -> String {
        match self {
            Self::Text(format, _) => format.file_name(),
            Self::Table(format) => format.file_name(),
        }
    }
}

impl Handle {
    /// The records that fit a query, newest arrival first, in a format: `ndjson`, `csv`, `measure_points`, `meta_pre_post`,
    /// `jsonld`, `bib`, `ris`, `csl`, `cff` or `text`; a table as Parquet, such as `practices.parquet`; or `records.sqlite`. What a list leaves out is left out, and its limit does not count. With `raw`
    /// true, texts of tables that begin as formulas are written as they are.
    ///
    /// # Errors
    /// A problem naming the format or the filter that cannot be read.
    pub async fn export(&self, format: &str, query: RecordQuery, cells: Cells) -> Result<Export, Problem> {
        let way = Way::named(format, cells, &query)?;
        let wanted = self.wanted(&query)?;
        let mut asked = to_store(&query, &self.0.parts.shared.view())?;
        asked.limit = PAGE_RECORDS;
        let part = self.0.parts.shared.underway.enter();
        let reader = self.0.parts.store.get().ok_or_else(stopped)?;
        let (shared, origin) = (Arc::clone(&self.0.parts.shared), self.origin());
        let folder = self.0.parts.dir.exports();
        let pieces = Pieces::written(part, "an export", move |out| {
            let outlet = out.outlet();
            let patience = Patience::new(ANSWER_MAX, move || outlet.is_closed());
            let exporting = Exporting {
                reader,
                shared,
                origin,
                wanted: wanted.within(patience),
                folder,
            };
            exporting.write(way, asked, out)
        });
        Ok(Export {
            media_type: way.media_type(),
            file_name: way.file_name(),
            pieces,
        })
    }

    fn origin(&self) -> Origin<'static> {
        Origin {
            alliance: self.0.alliance,
            alliance_name: Cow::Owned(self.0.alliance_name.clone()),
            title: Cow::Owned(format!("Records of {}", self.0.alliance_name)),
            set: None,
            records_at: None,
        }
    }

    /// One record as a reference: `text`, `bib`, `ris`, `csl` or `cff`, with its media type.
    ///
    /// # Errors
    /// As [`Handle::record`]; also when the format is none of these.
    pub async fn cite(&self, id: &str, format: &str) -> Result<(&'static str, String), Problem> {
        let format = format_of(format, None)?;
        if !CITATIONS.contains(&format) {
            return Err(no_citation());
        }
        let stored = self.stored(id).await?;
        let (shared, mut origin) = (Arc::clone(&self.0.parts.shared), self.origin());
        // What is cited is this record, and no set.
        let mut texts = Facts::of(&stored.record).texts.into_iter();
        if let Some(title) = texts.find(|text| text.is_title) {
            origin.title = Cow::Owned(title.text);
        }
        let written = self
            .read(move |reader| {
                let held = Held::new(reader, &shared);
                let summary = held.asking().summary(&stored.record.id())?;
                let Some(summary) = summary else { return Ok(None) };
                let record = exported(&held, &summary, &stored)?;
                Ok(Some(export(format, Options::new(origin), [record], Vec::new())))
            })
            .await?;
        let written = written
            .and_then(Result::ok)
            .and_then(|done| String::from_utf8(done.out).ok());
        written
            .map(|text| (format.media_type(), text))
            .ok_or_else(|| problem(500, "unwritable", "The reference could not be written", ""))
    }
}

/// The formats of references.
const CITATIONS: [Format; 5] = [
    Format::Text,
    Format::BibTex,
    Format::Ris,
    Format::CslJson,
    Format::CitationCff,
];

pub(super) fn no_citation() -> Problem {
    let names: Vec<_> = CITATIONS.iter().map(|format| format.name()).collect();
    let detail = format!("format: references are written as {}", names.join(", "));
    problem(404, "format_unknown", "No such format", &detail)
}

/// The text format of a name.
pub(super) fn format_of(name: &str, kind: Option<Kind>) -> Result<Format, Problem> {
    // As other programs call them.
    let ours = match name {
        "bibtex" => "bib",
        "csl-json" => "csl",
        ours => ours,
    };
    Format::from_name(ours, kind).ok_or_else(|| {
        let texts = Format::all(Table::All)
            .into_iter()
            .map(|format| format.name().to_owned());
        let files = alliance_tables::Format::all()
            .into_iter()
            .map(|format| format.file_name());
        let names: Vec<_> = texts.chain(files).collect();
        let detail = format!("format: '{name}' is none of {}", names.join(", "));
        problem(404, "format_unknown", "No such format", &detail)
    })
}

/// What an export needs while it is written.
struct Exporting {
    reader: Access,
    shared: Arc<Shared>,
    origin: Origin<'static>,
    wanted: Wanted,
    /// Where a database lies while it is written.
    folder: PathBuf,
}

impl Exporting {
    fn write(&self, way: Way, asked: Query, mut out: Sink) -> Result<(), Stopped> {
        let kind_of = |id: &RecordId| self.reader.bare(id).ok().flatten().map(|record| record.header().kind);
        let from = alliance_tables::Origin {
            alliance: self.origin.alliance,
            maker: Cow::Borrowed(concat!("alliance ", env!("CARGO_PKG_VERSION"))),
        };
        match way {
            Way::Text(format, cells) => {
                let options = Options {
                    cells,
                    kind_of: &kind_of,
                    ..Options::new(self.origin.clone())
                };
                let mut exporter = Exporter::new(format, options, out)?;
                self.each(asked, &mut |record| Ok(exporter.write(record)?))?;
                exporter.finish()?;
            }
            Way::Table(alliance_tables::Format::Parquet(table)) => {
                let mut writer = ParquetWriter::new(table, &from, &kind_of, out)?;
                self.each(asked, &mut |record| Ok(writer.write(record)?))?;
                writer.finish()?;
            }
            Way::Table(alliance_tables::Format::Sqlite) => {
                // SQLite writes here and there in its file: it is sent when it is whole.
                make_dir(&self.folder)?;
                let file = tempfile::NamedTempFile::new_in(&self.folder)?;
                let mut written = file.reopen()?;
                let mut writer = SqliteWriter::create(file.path(), &from, &kind_of)?;
                // From here on it has no name: whatever becomes of this program, nothing of it is left.
                file.close()?;
                self.each(asked, &mut |record| Ok(writer.write(record)?))?;
                writer.finish()?;
                io::copy(&mut written, &mut out)?;
                out.flush()?;
            }
        }
        Ok(())
    }

    /// Hands over each record that fits.
    fn each(
        &self,
        mut asked: Query,
        write: &mut dyn FnMut(&Exported<'_>) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        let held = Held::new(&self.reader, &self.shared);
        loop {
            // Anew for each page, so that what was read for it is let go of.
            let (page, next) = held.asking().list(&asked, &self.wanted, PAGE_RECORDS)?;
            for summary in page {
                self.wanted.patience.check()?;
                let id = summary.id.parse().ok();
                let stored = id.map(|id| self.reader.record(&id)).transpose()?.flatten();
                if let Some(stored) = stored {
                    write(&exported(&held, &summary, &stored)?)?;
                }
            }
            self.wanted.patience.check()?;
            match next {
                Some(next) => asked.before = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// A listed record as it is exported.
pub(crate) fn exported<'a>(
    held: &Held<'_>,
    summary: &'a RecordSummary,
    stored: &'a StoredRecord,
) -> Result<Exported<'a>, ReadError> {
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
    Ok(Exported {
        id: stored.record.id(),
        kind: header.kind,
        chapter: Cow::Borrowed(&summary.chapter),
        organisation: header.organisation,
        organisation_name: Cow::Borrowed(&summary.organisation_name),
        country: Cow::Owned(held.country(&header.organisation)),
        claimed_at_ms: header.claimed_at_ms,
        // It differs from node to node: what is exported is the same everywhere.
        arrival: None,
        version: number(&held.asking().reading, &held.item(&stored.record))?,
        state,
        notices: notices
            .map(|mark| NoticeOn {
                notice_type: Cow::Borrowed(&mark.notice_type),
                by: Cow::Borrowed(&mark.by),
            })
            .collect(),
        body: body.map(|body| Cow::Borrowed(&body.bytes[..])),
    })
}

/// The media types of all formats, without their parameters.
#[must_use]
pub fn export_media_types() -> BTreeSet<&'static str> {
    let formats = Format::all(alliance_export::Table::All);
    let texts = formats.iter().map(|format| bare(*format));
    let tables = alliance_tables::Format::all()
        .into_iter()
        .map(alliance_tables::Format::media_type);
    texts.chain(tables).collect()
}

/// The media types of references, without their parameters.
#[must_use]
pub fn citation_media_types() -> BTreeSet<&'static str> {
    CITATIONS.into_iter().map(bare).collect()
}

fn bare(format: Format) -> &'static str {
    format.media_type().split(';').next().unwrap_or_default()
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
