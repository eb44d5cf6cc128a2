//! Snapshots: made of what is held now, kept by their manifests, shown with what was withdrawn since, and written out as bundles
//! that are made anew each time.

mod filter;
mod select;
mod shelf;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use alliance_api::{DeletedSnapshot, DoiRequest, Problem, SnapshotRequest, SnapshotSummary, SnapshotView};
use alliance_export::{CitedSet, cite_set, doi};
use alliance_record::ChapterName;
use alliance_snapshot::limits::TITLE_CHARS_MAX;
use alliance_snapshot::{Maker, Manifest, SnapshotId};
use tokio::sync::oneshot;

use super::Handle;
use super::export::{Export, format_of};
use super::filtering::read;
use super::pieces::Pieces;
use super::problem::{bad_request, problem, stopped};
use super::records::to_store;
use crate::data::{FileError, KeptSnapshot, Snapshots};
use crate::date::day;
use crate::patience::Patience;
use crate::random::now_ms;
use select::Selecting;
use shelf::{Shelved, unmade};

/// Snapshots kept at once: each file is read when they are listed.
const SNAPSHOTS_MAX: usize = 1_000;
/// How long the records of one are looked for.
const MAKING_MAX: Duration = Duration::from_mins(10);
/// Candidates that an error names.
const CANDIDATES_MAX: usize = 8;

impl Handle {
    /// Makes a snapshot of the records that fit now, and keeps its manifest. Nodes in step that are asked for the same make one
    /// identifier.
    ///
    /// # Errors
    /// A problem naming the part of the filter that cannot be read; `bodies_missing`, `put_aside`, `too_many`, `snapshots_full`, or
    /// `not_in_step` while records arrive without a pause. Nothing is kept then.
    pub async fn make_snapshot(&self, request: SnapshotRequest) -> Result<SnapshotView, Problem> {
        if request.filter.cells.is_some() {
            return Err(bad_request(
                "filter.cells: a snapshot's cells are formula-safe; leave it out",
            ));
        }
        let title = self.title(request.title)?;
        let mut query = request.filter.into_records();
        let view = self.0.parts.shared.view();
        if let Some(filter) = query.filter.take() {
            // As it was understood, so that blanks, the order of brackets and the option of a condition make no other snapshot.
            let asked = to_store(&query, &view)?;
            let tree = filter::lift(&mut query, &asked, read(&filter, &view)?);
            query.filter = Some(tree.to_string()).filter(|filter| !filter.is_empty());
        }
        let asked = to_store(&query, &view)?;
        if asked.chapter.as_ref().is_some_and(ChapterName::is_alliance) {
            let detail = "chapter: the alliance's own records are in the proof of every snapshot; name another chapter";
            return Err(bad_request(detail));
        }
        let (patience, _asker) = Patience::of_asker(MAKING_MAX);
        let wanted = self.wanted(&query)?.within(patience);
        let selecting = Selecting {
            reader: self.0.parts.store.get().ok_or_else(stopped)?,
            shared: Arc::clone(&self.0.parts.shared),
            alliance: self.0.alliance,
            filter: filter::written(&asked, &query),
            title,
            wanted: wanted.with_removed(),
            asked,
        };
        let made = tokio::task::spawn_blocking(move || selecting.make()).await;
        let manifest = made.map_err(|_| stopped())??;
        self.keep_snapshot(manifest).await
    }

    /// Keeps a manifest, and shows the snapshot.
    async fn keep_snapshot(&self, manifest: Manifest) -> Result<SnapshotView, Problem> {
        let id = manifest.identifier();
        let ids = self.of_snapshots(Snapshots::ids).await?;
        if ids.len() >= SNAPSHOTS_MAX && !ids.contains(&id) {
            let detail = format!(
                "{SNAPSHOTS_MAX} snapshots are kept here. Delete some (`alliance snapshot delete ID`): they can be handed in again"
            );
            return Err(problem(507, "snapshots_full", "No more snapshots fit", &detail));
        }
        let kept = self
            .of_snapshots(move |snapshots| snapshots.put(manifest, now_ms()))
            .await?;
        self.shown(kept).await
    }

    /// Reads or writes what is kept, away from the runtime's threads.
    async fn of_snapshots<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Snapshots) -> Result<T, FileError> + Send + 'static,
    ) -> Result<T, Problem> {
        let snapshots = Arc::clone(&self.0.snapshots);
        let done = tokio::task::spawn_blocking(move || work(&snapshots)).await;
        done.map_err(|_| stopped())?.map_err(|error| unkept(&error))
    }

    fn title(&self, title: Option<String>) -> Result<String, Problem> {
        let title = title.unwrap_or_else(|| format!("Records of {}", self.0.alliance_name));
        let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_sound =
            !line.is_empty() && line.chars().count() <= TITLE_CHARS_MAX && !line.chars().any(char::is_control);
        match is_sound {
            true => Ok(line),
            false => Err(bad_request(&format!(
                "title: some words on one line, at most {TITLE_CHARS_MAX} characters"
            ))),
        }
    }

    /// Takes in the manifest of a snapshot that was made elsewhere: the text of its `snapshot.json`.
    ///
    /// # Errors
    /// `not_a_snapshot` says what is wrong with it; `wrong_alliance`.
    pub async fn take_snapshot(&self, id: &str, text: Vec<u8>) -> Result<SnapshotView, Problem> {
        let id = whole_id(id)?;
        let read = tokio::task::spawn_blocking(move || Manifest::from_json(&text)).await;
        let manifest = read.map_err(|_| stopped())?.map_err(|error| {
            let detail = format!("{error}. Hand in the snapshot.json of a bundle, as it is");
            problem(422, "not_a_snapshot", "This is no manifest of a snapshot", &detail)
        })?;
        if manifest.identifier() != id {
            let detail = format!(
                "it is the manifest of {}. Send it to that address",
                manifest.identifier()
            );
            return Err(problem(
                422,
                "not_a_snapshot",
                "The manifest is of another snapshot",
                &detail,
            ));
        }
        if manifest.alliance != self.0.alliance {
            let detail = format!("it is of the alliance {}. Ask a node of that one", manifest.alliance);
            return Err(problem(
                422,
                "wrong_alliance",
                "The snapshot is of another alliance",
                &detail,
            ));
        }
        self.keep_snapshot(manifest).await
    }

    /// The snapshots that are kept here, newest first.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn snapshots(&self) -> Result<Vec<SnapshotSummary>, Problem> {
        let all = self.of_snapshots(|snapshots| {
            let ids = snapshots.ids()?;
            let kept = ids.iter().map(|id| Ok(snapshots.get(id)?.as_ref().map(summary)));
            kept.collect::<Result<Vec<_>, FileError>>()
        });
        let mut all: Vec<SnapshotSummary> = all.await?.into_iter().flatten().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.made_at_ms));
        Ok(all)
    }

    /// One snapshot, by its identifier or a unique beginning of it, with what was withdrawn since.
    ///
    /// # Errors
    /// `snapshot_unknown` says what would help; `ambiguous`.
    pub async fn snapshot(&self, id: &str) -> Result<SnapshotView, Problem> {
        self.shown(self.kept_snapshot(id).await?).await
    }

    /// Notes a DOI that somebody had registered for a snapshot.
    ///
    /// # Errors
    /// As [`Handle::snapshot`]; also when it has not the form of a DOI.
    pub async fn set_doi(&self, id: &str, request: &DoiRequest) -> Result<SnapshotView, Problem> {
        let id = self.kept_snapshot(id).await?.manifest.identifier();
        let text = request.doi.trim();
        let Some(doi) = doi(text).filter(|doi| doi.len() <= 256) else {
            return Err(bad_request(&format!(
                "doi: '{text}' has not the form of a DOI: 10.1234/abc"
            )));
        };
        let noted = self.of_snapshots(move |snapshots| snapshots.set_doi(&id, doi)).await?;
        self.shown(noted.ok_or_else(|| unknown(&id.to_string()))?).await
    }

    /// A snapshot as a reference: `text`, `bib`, `ris`, `csl` or `cff`.
    ///
    /// # Errors
    /// As [`Handle::snapshot`]; also when the format is none of these.
    pub async fn cite_snapshot(&self, id: &str, format: &str) -> Result<(&'static str, String), Problem> {
        let kept = self.kept_snapshot(id).await?;
        let name = kept.manifest.identifier().to_string();
        let format = format_of(format, None)?;
        let set = CitedSet {
            name: &name,
            title: &kept.manifest.title,
            alliance: self.0.alliance,
            alliance_name: &self.0.alliance_name,
            made_at_ms: kept.made_at_ms,
            records: kept.manifest.records.len() as u64,
            doi: kept.doi.as_deref(),
        };
        let cited = cite_set(format, &set);
        cited
            .map(|text| (format.media_type(), text))
            .ok_or_else(super::export::no_citation)
    }

    /// The bundle of a snapshot, made anew.
    ///
    /// # Errors
    /// As [`Handle::snapshot`]; `snapshot_withdrawn` when a text of it was removed, `put_aside`, `bodies_missing`,
    /// `not_in_step`, `chapter_not_held`, `other_schema`; `busy` when several are being made.
    pub async fn snapshot_bundle(&self, id: &str) -> Result<Export, Problem> {
        let kept = self.kept_snapshot(id).await?;
        let permit = Arc::clone(&self.0.making).try_acquire_owned().map_err(|_| {
            let detail = "several bundles are being made at this moment. Ask again when one is done";
            problem(503, "busy", "Too many bundles at once", detail)
        })?;
        let part = self.0.parts.shared.underway.enter();
        let shelved = Shelved {
            reader: self.0.parts.store.get().ok_or_else(stopped)?,
        };
        let shared = Arc::clone(&self.0.parts.shared);
        let (key, organisation) = (self.0.key.clone(), self.0.organisation);
        let (ready, begun) = oneshot::channel();
        let file_name = format!("{}.zip", kept.manifest.identifier());
        let pieces = Pieces::written(part, "a snapshot's bundle", move |out| {
            let _permit = permit;
            let made = standing::check_aside(&kept.manifest, &shared)
                .and_then(|()| Maker::new(&shelved, &kept.manifest).map_err(|error| unmade(&error, &shelved, &shared)));
            let maker = match made {
                Ok(maker) => maker,
                Err(problem) => {
                    let _ = ready.send(Err(problem));
                    return Ok(());
                }
            };
            // Whoever asked may have gone: the first piece tells.
            let _ = ready.send(Ok(()));
            maker.write(&key, organisation, out)
        });
        begun.await.map_err(|_| stopped())??;
        Ok(Export {
            media_type: "application/zip",
            file_name,
            pieces,
        })
    }

    /// What is kept of the snapshot that a text names.
    async fn kept_snapshot(&self, id: &str) -> Result<KeptSnapshot, Problem> {
        let ids = self.of_snapshots(Snapshots::ids).await?;
        let begins = |known: &&SnapshotId| !id.is_empty() && known.to_string().starts_with(id);
        let found: Vec<&SnapshotId> = ids.iter().filter(begins).collect();
        let found = match found[..] {
            [] => return Err(self.not_kept(id).await?),
            [found] => *found,
            _ => {
                let listed: Vec<_> = found.iter().take(CANDIDATES_MAX).map(ToString::to_string).collect();
                let detail = format!("{id} begins several: {}. Give more digits", listed.join(", "));
                return Err(problem(409, "ambiguous", "Several snapshots", &detail));
            }
        };
        let kept = self.of_snapshots(move |snapshots| snapshots.get(&found)).await?;
        kept.ok_or_else(|| unknown(id))
    }

    /// Why none is kept of this name.
    async fn not_kept(&self, id: &str) -> Result<Problem, Problem> {
        let deleted = self.of_snapshots(Snapshots::deleted).await?;
        let mut meant = deleted
            .range(id.to_owned()..)
            .take_while(|(known, _)| known.starts_with(id));
        Ok(match (id.is_empty(), meant.next(), meant.next()) {
            (false, Some((id, at_ms)), None) => deleted_here(id, *at_ms),
            _ => unknown(id),
        })
    }

    /// Deletes a snapshot that is kept here. Its identifier says so from then on; bundles of it are as good as before.
    ///
    /// # Errors
    /// As [`Handle::snapshot`].
    pub async fn delete_snapshot(&self, id: &str) -> Result<DeletedSnapshot, Problem> {
        let id = self.kept_snapshot(id).await?.manifest.identifier();
        let deleted_at_ms = now_ms();
        self.of_snapshots(move |snapshots| snapshots.delete(&id, deleted_at_ms))
            .await?;
        Ok(DeletedSnapshot {
            id: id.to_string(),
            deleted_at_ms,
        })
    }

    async fn shown(&self, kept: KeptSnapshot) -> Result<SnapshotView, Problem> {
        let shared = Arc::clone(&self.0.parts.shared);
        self.read(move |reader| standing::view(&kept, reader, &shared)).await
    }
}

fn summary(kept: &KeptSnapshot) -> SnapshotSummary {
    let Manifest {
        title, filter, records, ..
    } = &kept.manifest;
    SnapshotSummary {
        id: kept.manifest.identifier().to_string(),
        title: title.clone(),
        filter: filter.clone(),
        records: records.len() as u64,
        made_at_ms: kept.made_at_ms,
        doi: kept.doi.clone(),
    }
}

fn whole_id(text: &str) -> Result<SnapshotId, Problem> {
    text.parse().map_err(|error| bad_request(&format!("'{text}': {error}")))
}

fn unknown(id: &str) -> Problem {
    let detail = format!(
        "no snapshot kept here is named {id}. A node knows those that it made: hand in the snapshot.json of its bundle \
         (`alliance snapshot take FILE`), or make it again at the same heads. A bundle is verified without any node: `alliance verify`"
    );
    problem(404, "snapshot_unknown", "No such snapshot is kept here", &detail)
}

fn deleted_here(id: &str, at_ms: i64) -> Problem {
    let detail = format!(
        "{id} was deleted here on {} by this node. Hand in the snapshot.json of its bundle (`alliance snapshot take FILE`), or ask another \
         node; a bundle of it is verified without any: `alliance verify`",
        day(at_ms)
    );
    problem(410, "snapshot_deleted", "The snapshot was deleted here", &detail)
}

fn unkept(error: &FileError) -> Problem {
    problem(
        500,
        "snapshots_unreadable",
        "The snapshots kept here cannot be read or written",
        &error.to_string(),
    )
}
