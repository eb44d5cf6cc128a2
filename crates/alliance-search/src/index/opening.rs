//! Opening: it succeeds, or begins anew. Owns what makes an index unfit: another layout, another store, damage. Never takes
//! away a file that tantivy did not make.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use alliance_store::{Arrival, Reader};
use tantivy::directory::MmapDirectory;
use tantivy::indexer::NoMergePolicy;
use tantivy::{Index, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError};

use super::error::{OpenError, SearchFault, is_locked};
use super::fields::Fields;
use super::indexer::Indexer;
use super::known::Known;
use super::merging::Merges;
use super::payload::Payload;
use super::snapshot::Shared;
use super::terms::register;
use crate::ask::Searcher;

/// Bytes of terms that wait in memory to be written as one segment: as many as come in the seconds for which an index that is
/// far behind takes in records. They are taken as they are needed; where more come, they are written as several segments.
const WRITER_BYTES: usize = 192 << 20;
/// One thread: records come in their order, the budget is one, and a node has other work to do.
const WRITER_THREADS: usize = 1;

/// An index of words and facets in a directory of its own.
#[derive(Debug)]
pub struct Search;

/// How an opening found the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// It goes on where it stood.
    Resumed,
    /// There was none.
    New,
    /// It is built anew, because of this.
    Anew(Unfit),
}

/// What makes an index unfit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is of another version, or the fields of records are others.
    OtherVersion,
    /// It was made from another store, or from a later state of this one.
    OtherStore,
    /// Files are missing or are not what was written.
    Damaged,
}

impl Search {
    /// Opens the index in `dir`, making it if there is none, for the records of a store. What does not fit is removed and
    /// built anew; [`Indexer::opened`] tells. The indexer has to be driven; until it has followed the store, less is found.
    ///
    /// All files are read once, to compare their checksums.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(dir: &Path, reader: &Reader) -> Result<(Indexer, Searcher), OpenError> {
        let failed = |error: TantivyError| match is_locked(&error) {
            true => OpenError::Locked { dir: shown(dir) },
            false => fault(dir, error.into()),
        };
        fs::create_dir_all(dir).map_err(|error| fault(dir, error.into()))?;
        let (opened, up) = match fit(dir, reader) {
            Ok(Some((up, cursor))) => (Opened::Resumed, Ok((up, cursor))),
            Ok(None) => (Opened::New, anew(dir, reader)),
            Err(Trouble::Unfit(unfit)) => (Opened::Anew(unfit), anew(dir, reader)),
            Err(Trouble::Failed(error)) => return Err(failed(error)),
        };
        let (up, cursor) = up.map_err(failed)?;
        let shown = up.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let shared = shown
            .and_then(|reader| Shared::new(Fields::new(), reader, cursor))
            .map_err(failed)?;
        let shared = Arc::new(shared);
        let searcher = Searcher::new(Arc::clone(&shared));
        let indexer = Indexer {
            writer: up.writer,
            shared,
            feed_id: reader.feed_id(),
            cursor,
            opened,
            dir: dir.to_owned(),
            known: Known::default(),
            merges: Merges::default(),
        };
        Ok((indexer, searcher))
    }
}

impl Search {
    /// Takes the index in `dir` away, so that the next opening begins anew. Nobody may have it open.
    ///
    /// # Errors
    /// [`OpenError`]. What is left of it is taken for damage by the next opening.
    pub fn discard(dir: &Path) -> Result<(), OpenError> {
        match dir.exists() {
            true => clear(dir).map_err(|error| fault(dir, error.into())),
            false => Ok(()),
        }
    }
}

/// An index that is locked for this process.
struct Up {
    index: Index,
    writer: IndexWriter<TantivyDocument>,
}

enum Trouble {
    Unfit(Unfit),
    Failed(TantivyError),
}

impl From<TantivyError> for Trouble {
    fn from(error: TantivyError) -> Self {
        match SearchFault::from(error.clone()) {
            SearchFault::Damaged(_) if !is_locked(&error) => Self::Unfit(Unfit::Damaged),
            _ => Self::Failed(error),
        }
    }
}

fn fit(dir: &Path, reader: &Reader) -> Result<Option<(Up, Arrival)>, Trouble> {
    let directory = MmapDirectory::open(dir).map_err(TantivyError::from)?;
    if !Index::exists(&directory).map_err(TantivyError::from)? {
        return Ok(None);
    }
    let index = Index::open(directory)?;
    // Whoever holds the lock may write meanwhile: what is read before says nothing.
    let writer = writer(&index)?;
    let payload = index.load_metas()?.payload.as_deref().and_then(Payload::read);
    let Some(payload) = payload else {
        return Err(Trouble::Unfit(Unfit::OtherVersion));
    };
    let (cursor, wanted) = (Arrival(payload.cursor), Payload::new(reader.feed_id(), Arrival::NONE));
    if !payload.has_layout_of(&wanted) {
        return Err(Trouble::Unfit(Unfit::OtherVersion));
    }
    if !payload.has_feed_of(&wanted) || cursor > reader.last_arrival() {
        return Err(Trouble::Unfit(Unfit::OtherStore));
    }
    if index.schema() != Fields::new().schema || !index.validate_checksum()?.is_empty() {
        return Err(Trouble::Unfit(Unfit::Damaged));
    }
    Ok(Some((Up { index, writer }, cursor)))
}

fn anew(dir: &Path, reader: &Reader) -> Result<(Up, Arrival), TantivyError> {
    clear(dir)?;
    let index = Index::create(
        MmapDirectory::open(dir)?,
        Fields::new().schema,
        IndexSettings::default(),
    )?;
    let mut writer = writer(&index)?;
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&Payload::new(reader.feed_id(), Arrival::NONE).write());
    commit.commit()?;
    Ok((Up { index, writer }, Arrival::NONE))
}

/// Merges are begun by the indexer itself, so that it knows when none is under way.
fn writer(index: &Index) -> Result<IndexWriter<TantivyDocument>, TantivyError> {
    register(index.tokenizers());
    let writer = index.writer_with_num_threads(WRITER_THREADS, WRITER_BYTES)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok(writer)
}

/// Removes the files of an index. The list of segments goes first: without it there is no index, whatever else is left.
fn clear(dir: &Path) -> io::Result<()> {
    let list = dir.join("meta.json");
    if list.exists() {
        fs::remove_file(list)?;
    }
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if is_of_index(&entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Segments are named by 32 hexadecimal digits. Locks stay: another process may hold them.
fn is_of_index(name: &str) -> bool {
    let segment = name.split_once('.').map_or("", |(segment, _)| segment);
    name == ".managed.json" || segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn shown(dir: &Path) -> String {
    dir.display().to_string()
}

fn fault(dir: &Path, source: SearchFault) -> OpenError {
    OpenError::Fault {
        dir: shown(dir),
        source,
    }
}
