//! Publishing a document: through the gate, and then at once or as a draft that waits.

use alliance_api::{Finding, Problem, PublishReceipt, PublishRequest};
use alliance_disclosure::numbers::Published as Editions;
use alliance_record::schema::{self, Document, Kind};
use alliance_record::{ChapterName, Draft, RecordId, Reference, Role, Verdict};

use super::drafts::new_id;
use super::problem::{bad_request, problem};
use super::{Handle, unpublished};
use crate::data::{KeptDraft, Unprotected};
use crate::knowledge::{Held, check, warning};
use crate::publishing::{Beside, Examined, Waiting, editions, examine, read};
use crate::random::now_ms;
use crate::run::Published;

/// Version of the kinds' messages.
const SCHEMA: u32 = 1;

impl Handle {
    /// Takes a document through the gate. What waits for nothing is signed, stored and told to the others, and is on the disk
    /// when this answers; anything else is kept as a draft, and published when its time has come, also after a restart.
    ///
    /// # Errors
    /// A problem with the findings, `not_followed`, or `stopped`. Nothing was kept or published then.
    pub async fn publish(&self, request: PublishRequest) -> Result<PublishReceipt, Problem> {
        let (request, examined) = self.examined(request).await?;
        let removed = removed_by(&examined.document);
        let chapter = match removed {
            Some(record) => self.check_own(record).await?,
            None => self.chapter_of(&request, &examined.document)?,
        };
        // What is to be taken back is taken back at once.
        let waiting = match removed {
            Some(_) => Waiting::FOR_NOTHING,
            None => Waiting::of(&self.0.settings, examined.document.kind, request.overrides.len()),
        };
        let mut receipt = examined.receipt(chapter.to_string(), waiting);
        if request.dry_run {
            return Ok(receipt);
        }
        if removed.is_none() {
            examined.said(&request)?;
        }
        let draft = kept(request, &examined, &chapter);
        if waiting.second_reader || waiting.cooling_off_minutes > 0 {
            self.can_be_said(&chapter)?;
            receipt.draft = Some(Box::new(self.keep(draft).await?));
            return Ok(receipt);
        }
        let published = self.submit(unsigned(chapter, examined.document, now_ms())).await?;
        self.published(&draft, &published).await;
        receipt.id = Some(published.record.to_string());
        receipt.sequence = Some(published.sequence);
        Ok(receipt)
    }

    /// Whether a document removes a record: what cannot be read removes none.
    #[must_use]
    pub fn removes(&self, request: &PublishRequest) -> bool {
        read(request.format, &request.document).is_ok_and(|document| removed_by(&document).is_some())
    }

    /// Tells at once what would hold a draft up when its time has come.
    fn can_be_said(&self, chapter: &ChapterName) -> Result<(), Problem> {
        if let Some(barred) = self.barred() {
            return Err(barred);
        }
        let view = self.0.parts.shared.view();
        // Before the roster has come, nobody here knows what the organisation follows.
        let is_known = view.members.was_let_in(&self.0.organisation);
        if is_known && !view.replicated.contains(chapter) {
            return Err(unpublished(&Verdict::NotFollowed.into()));
        }
        Ok(())
    }

    /// Looks at a document away from the runtime's threads.
    pub(super) async fn examined(&self, request: PublishRequest) -> Result<(PublishRequest, Examined), Problem> {
        let own = self.0.organisation;
        let shared = std::sync::Arc::clone(&self.0.parts.shared);
        let drafts = self.drawer().list();
        self.read(move |reader| {
            let document = match read(request.format, &request.document) {
                Ok(document) => document,
                Err(problem) => return Ok(Err(problem)),
            };
            let held = Held::new(reader, &shared);
            let asking = held.asking();
            let mut records = check(&asking, &own, &document)?;
            records.extend(drafts.iter().find_map(|draft| same_place(draft, &document)));
            let beside = Beside {
                series: match document.kind {
                    Kind::MEASURE => editions(&asking, &own, &document.body)?,
                    _ => Editions::default(),
                },
                records,
            };
            Ok(examine(&request, document, &beside).map(|examined| (request, examined)))
        })
        .await?
    }

    fn chapter_of(&self, request: &PublishRequest, document: &Document) -> Result<ChapterName, Problem> {
        let named = request.chapter.as_ref().or(document.chapter.as_ref());
        let name = named.unwrap_or(&self.0.settings.default_chapter);
        let chapter: ChapterName = name
            .parse()
            .map_err(|error| bad_request(&format!("chapter: {error}")))?;
        if chapter.is_alliance() {
            let detail = "the chapter 'alliance' carries the alliance's own records only. Choose another";
            return Err(problem(422, "wrong_chapter", "Not a chapter for documents", detail));
        }
        Ok(chapter)
    }

    /// Writes down what was published, and on whose word. The record carries nothing of it: a confirmation is between an author
    /// and its organisation.
    pub(super) async fn published(&self, draft: &KeptDraft, published: &Published) {
        let waited = self.drawer().get(&draft.id).map(|draft| draft.id);
        let details = serde_json::json!({
            "draft": waited,
            "record": published.record.to_string(),
            "kind": draft.kind,
            "confirmed": draft.confirmations,
            "accepted": draft.accepted,
            "overridden": draft.overrides,
            "approved_by": draft.approval.as_ref().map(|approval| &approval.token),
        });
        let shared = std::sync::Arc::clone(&self.0.parts.shared);
        // Beside the runtime's threads: it waits for the disk. What was published stays so.
        let _ = tokio::task::spawn_blocking(move || shared.audit("document_published", details)).await;
        if let Some(unprotected) = &draft.unprotected {
            self.keep_series(&published.record, unprotected);
        }
    }

    /// The series as it was counted stays on this node.
    fn keep_series(&self, record: &RecordId, unprotected: &Unprotected) {
        if let Err(error) = self.0.parts.dir.keep_series(&record.to_string(), unprotected) {
            tracing::error!(%error, "the unprotected series of a measure could not be kept; its author's file has it");
        }
    }
}

/// Another draft that takes the place of the same record: both would come to stand side by side.
fn same_place(draft: &KeptDraft, document: &Document) -> Option<Finding> {
    let replaced = |document: &Document| -> Vec<[u8; 32]> {
        let links = document.references.iter().filter(|(role, _)| role == "supersedes");
        links.map(|(_, record)| *record).collect()
    };
    let mine = replaced(document);
    if mine.is_empty() || draft.signing_ms.is_some() {
        return None;
    }
    let waiting = read(draft.format, &draft.document).ok()?;
    let meets = waiting.body != document.body && replaced(&waiting).iter().any(|record| mine.contains(record));
    meets.then(|| {
        warning(
            "draft_waits",
            "supersedes",
            format!(
                "The draft {} takes the place of the same record. Both would stand side by side.",
                draft.id
            ),
            "Take it back (`alliance drafts withdraw ID` prints its text) and bring both together.",
        )
    })
}

fn kept(request: PublishRequest, examined: &Examined, chapter: &ChapterName) -> KeptDraft {
    let document = &examined.document;
    KeptDraft {
        id: new_id(),
        format: examined.format,
        document: examined.text.clone(),
        chapter: chapter.to_string(),
        kind: document.kind.name().into_owned(),
        title: schema::summary(document.kind, &document.body).title,
        made_at_ms: now_ms(),
        confirmations: request.confirmations,
        accepted: examined.warnings(),
        overrides: request.overrides,
        approval: None,
        unprotected: examined.is_protected.then_some(Unprotected {
            format: request.format,
            document: request.document,
        }),
        signing_ms: None,
        held_up: None,
    }
}

/// The record that a notice removes.
fn removed_by(document: &Document) -> Option<RecordId> {
    let mut links = document.references.iter().filter_map(reference);
    links.find(|link| link.role == Role::REDACTS).map(|link| link.record)
}

/// A document as it is signed.
pub(super) fn unsigned(chapter: ChapterName, document: Document, claimed_at_ms: i64) -> Draft {
    Draft {
        chapter,
        kind: document.kind,
        schema: SCHEMA,
        references: document.references.iter().filter_map(reference).collect(),
        bytes: document.body.into(),
        claimed_at_ms,
    }
}

fn reference((role, record): &(String, [u8; 32])) -> Option<Reference> {
    Some(Reference {
        role: Role::from_name(role)?,
        record: RecordId(*record),
    })
}
