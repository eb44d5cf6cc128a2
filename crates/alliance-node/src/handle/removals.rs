//! Removing records, and who confirms that they are gone.

use std::collections::BTreeSet;
use std::time::Duration;

use alliance_api::{
    Confirmation, DocumentFormat, Problem, PublishReceipt, PublishRequest, QuarantineView, RemovalView, RemoveRequest,
};
use alliance_record::{ActOf, ChapterName, Header, OrganisationId, RecordId, WriterId};
use serde_json::json;
use tokio::time::timeout;

use super::Handle;
use super::governance::named;
use super::problem::problem;
use super::records::removed;
use crate::data::FileError;

/// How long putting a record aside waits for the search index.
const INDEX_WAIT: Duration = Duration::from_secs(10);

impl Handle {
    /// Removes a record of this organisation's own: publishes a notice that has its body erased on every node.
    ///
    /// # Errors
    /// `not_found`, `ambiguous`, `not_own`, `already_removed`, or as [`Handle::publish`]. Nothing was removed then.
    pub async fn remove(&self, id: &str, request: RemoveRequest) -> Result<PublishReceipt, Problem> {
        let (record, header) = self.header_of(id).await?;
        let view = self.0.parts.shared.view();
        if let Some(by) = view.removed_by(&record, &header.log.chapter, &header.organisation) {
            let detail = format!("{record} is removed already, by {} {}", removed(by).by, removed(by).id);
            return Err(problem(
                409,
                "already_removed",
                "The record is removed already",
                &detail,
            ));
        }
        let document = json!({
            "kind": "notice",
            "title": "A record was removed",
            "lang": "en",
            "scope": "public",
            "licence": "CC-BY-4.0",
            "notice_type": "removal",
            "target": { "record": record.to_string() },
            "reason": request.reason,
            "issued_by": "author",
        });
        let request = PublishRequest {
            document: document.to_string(),
            format: DocumentFormat::Json,
            ..PublishRequest::default()
        };
        let receipt = self.publish(request).await.map_err(|mut problem| {
            // Nobody saw the document that was made here: a place in it would lead nowhere.
            for finding in &mut problem.findings {
                (finding.line, finding.column) = (None, None);
            }
            problem
        })?;
        self.audited("record_removed", &record);
        Ok(receipt)
    }

    /// What removes a record, which nodes confirm that they hold nothing of it any more, and which are silent.
    ///
    /// # Errors
    /// `not_found` or `ambiguous`; `not_removed`.
    pub async fn removal(&self, id: &str) -> Result<RemovalView, Problem> {
        let (record, header) = self.header_of(id).await?;
        let view = self.0.parts.shared.view();
        let Some(by) = view.removed_by(&record, &header.log.chapter, &header.organisation) else {
            let detail = format!("nothing removes {record}. `alliance erase` does, or `alliance propose erase`");
            return Err(problem(409, "not_removed", "The record is not removed", &detail));
        };
        let members = &view.members;
        let confirmed: BTreeSet<_> = view.removals.confirmed(&record, members).copied().collect();
        let active_at = members.charter().map_or(1, |charter| charter.chapter_active_at);
        let followers = view
            .chapters
            .standing(&header.log.chapter, &members.organisations(), active_at);
        let mut organisations = followers.followers;
        organisations.insert(header.organisation);
        let nodes = organisations.iter().flat_map(|id| members.nodes_of(id));
        let nodes = nodes.map(|node| (node.organisation, node.writer));
        let expected: BTreeSet<(OrganisationId, WriterId)> = nodes
            .filter(|(organisation, writer)| !members.is_ended(writer, organisation))
            .collect();
        let shown = |(organisation, writer): &(OrganisationId, WriterId)| Confirmation {
            organisation: named(&view, organisation),
            node: writer.to_string(),
        };
        Ok(RemovalView {
            record: record.to_string(),
            organisation: named(&view, &header.organisation),
            chapter: header.log.chapter.to_string(),
            removed: removed(by),
            confirmed: confirmed.iter().map(shown).collect(),
            silent: expected.difference(&confirmed).map(shown).collect(),
        })
    }

    /// Puts a record aside at once: nobody is shown its text here any more. Other nodes are not told.
    ///
    /// # Errors
    /// `not_found`, `ambiguous`, or `quarantine` when it cannot be written down.
    pub async fn quarantine(&self, id: &str) -> Result<QuarantineView, Problem> {
        let (record, header) = self.header_of(id).await?;
        self.0.parts.shared.quarantine().put(&record).map_err(unwritten)?;
        self.audited("quarantined", &record);
        // Its words are in nothing that answers questions any more, and in no file for other programs.
        let parts = &self.0.parts;
        parts.dataset.forget(BTreeSet::from([record]));
        // Nor in an answer that is being given for long.
        let _ = timeout(INDEX_WAIT, parts.shared.underway.cut()).await;
        // An index that fails lets nobody search; the record is put aside all the same.
        let _ = timeout(INDEX_WAIT, parts.finding.put_aside(record)).await;
        Ok(self.set_aside(&record, &header))
    }

    /// Shows a record again that was put aside.
    ///
    /// # Errors
    /// As [`Handle::quarantine`].
    pub async fn lift_quarantine(&self, id: &str) -> Result<QuarantineView, Problem> {
        let (record, header) = self.header_of(id).await?;
        self.0.parts.shared.quarantine().lift(&record).map_err(unwritten)?;
        self.audited("quarantine_lifted", &record);
        // An index takes records in as they arrive: this one arrived long ago.
        let _ = timeout(INDEX_WAIT, self.0.parts.finding.rebuild()).await;
        Ok(self.set_aside(&record, &header))
    }

    fn audited(&self, act: &'static str, record: &RecordId) {
        let details = json!({ "record": record.to_string() });
        self.0.parts.shared.audit(act, details);
    }

    fn set_aside(&self, record: &RecordId, header: &Header) -> QuarantineView {
        let view = self.0.parts.shared.view();
        QuarantineView {
            record: record.to_string(),
            organisation: named(&view, &header.organisation),
            own: header.organisation == self.0.organisation,
            quarantined: self.0.parts.shared.quarantine().contains(record),
            removed: view
                .removed_by(record, &header.log.chapter, &header.organisation)
                .map(removed),
        }
    }

    /// What an act of stewards would erase.
    pub(super) async fn erasure(&self, id: &str) -> Result<ActOf, Problem> {
        let (record, header) = self.header_of(id).await?;
        Ok(ActOf::Erase {
            record,
            organisation: header.organisation,
        })
    }

    /// That a record is this organisation's own, and where a notice that removes it is published.
    pub(super) async fn check_own(&self, record: RecordId) -> Result<ChapterName, Problem> {
        let (_, header) = self.header_of(&record.to_string()).await?;
        if header.organisation != self.0.organisation {
            let detail = format!(
                "{record} is of another organisation. Ask it to remove it, or the stewards: `alliance propose erase`"
            );
            return Err(problem(403, "not_own", "Not a record of this organisation", &detail));
        }
        if header.log.chapter.is_alliance() {
            let detail = "records of the alliance's own chapter are the roster's ground and stay";
            return Err(problem(409, "not_removable", "Such a record cannot be removed", detail));
        }
        Ok(ChapterName::alliance())
    }

    pub(super) async fn header_of(&self, id: &str) -> Result<(RecordId, Header), Problem> {
        let record = self.stored(id).await?.record;
        Ok((record.id(), record.header().clone()))
    }
}

fn unwritten(error: FileError) -> Problem {
    problem(500, "quarantine", "It could not be written down", &error.to_string())
}
