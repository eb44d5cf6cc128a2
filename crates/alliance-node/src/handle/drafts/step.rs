//! The step from a draft to a record: once, when nothing is missing, also after a crash.

use std::time::Duration;

use alliance_api::{DraftState, Problem, PublishReceipt};
use alliance_record::schema::Kind;
use alliance_store::{ReadError, Reader};
use tokio::time::sleep;

use super::{not_kept, request, view};
use crate::data::{HeldUp, KeptDraft};
use crate::date::moment;
use crate::handle::Handle;
use crate::handle::problem::{bad_request, problem};
use crate::handle::publish::unsigned;
use crate::publishing::read;
use crate::random::now_ms;
use crate::run::Published;

/// Until a draft that could not be published is tried again.
const AGAIN_MS: i64 = 60_000;
/// Between two looks at most: the clock may be set meanwhile, and the machine may have slept.
const LOOK_MS_MAX: i64 = 60_000;

/// What is found in a document when a newer version of what it is about has come.
const NEWER: &str = "newer_version";

fn overtaken() -> Problem {
    let detail = "a newer version came while it waited, and both would stand side by side. `alliance drafts withdraw` prints its \
                  text; `alliance share --revise` begins a version that takes the place of the newer one";
    problem(409, NEWER, "A newer version has come", detail)
}

/// Publishes drafts when their time has come, until the node ends.
pub(crate) async fn watch(handle: Handle) {
    let inbox = handle.0.parts.inbox.clone();
    loop {
        let wait_ms = handle.publish_due().await;
        tokio::select! {
            () = sleep(Duration::from_millis(wait_ms.unsigned_abs())) => {}
            () = handle.drawer().changed.notified() => {}
            () = inbox.closed() => return,
        }
    }
}

impl Handle {
    /// Publishes a draft for which nothing is missing any more.
    ///
    /// # Errors
    /// `second_reader_missing`, `not_due`; as [`Handle::publish`] when it is held up: it stays a draft then.
    pub async fn publish_draft(&self, id: &str) -> Result<PublishReceipt, Problem> {
        let _alone = self.drawer().step.lock().await;
        self.step(self.draft_named(id)?).await
    }

    /// The step itself: for whoever holds the drawer's lock.
    pub(super) async fn step(&self, mut draft: KeptDraft) -> Result<PublishReceipt, Problem> {
        let before = match draft.signing_ms {
            Some(_) => self.signed_already(&draft).await?,
            None => None,
        };
        let (published, mut receipt) = match before {
            Some(published) => (published, bare_receipt(&draft)),
            None => {
                self.is_due(&draft)?;
                match self.sign_draft(&mut draft).await {
                    Ok(signed) => signed,
                    Err(problem) => return Err(self.hold_up(draft, problem)),
                }
            }
        };
        self.published(&draft, &published).await;
        self.drawer().remove(&draft.id).map_err(not_kept)?;
        receipt.id = Some(published.record.to_string());
        receipt.sequence = Some(published.sequence);
        Ok(receipt)
    }

    fn is_due(&self, draft: &KeptDraft) -> Result<(), Problem> {
        let settings = &self.0.settings;
        let title = "The draft is not published yet";
        match view::state(draft, settings, now_ms()) {
            DraftState::SecondReader => {
                let detail =
                    "it needs a second reader's approval: `alliance drafts approve`, with the token of somebody else";
                Err(problem(409, "second_reader_missing", title, detail))
            }
            DraftState::CoolingOff => {
                let until = moment(view::due_ms(draft, settings).unwrap_or_default());
                let detail = format!(
                    "it cools off until {until}, and is published then without anybody's doing. `alliance drafts withdraw` takes it back"
                );
                Err(problem(409, "not_due", title, &detail))
            }
            DraftState::Due | DraftState::HeldUp => Ok(()),
        }
    }

    /// Looks at it once more, since versions of a series and this software may have changed meanwhile, and signs it.
    async fn sign_draft(&self, draft: &mut KeptDraft) -> Result<(Published, PublishReceipt), Problem> {
        let (_, examined) = self.examined(request(draft)).await?;
        let is_new = |code: &String| code == NEWER && !draft.accepted.contains(code);
        if examined.warnings().iter().any(is_new) {
            return Err(overtaken());
        }
        let receipt = examined.receipt(draft.chapter.clone(), view::waiting(draft, &self.0.settings));
        let chapter = draft.chapter.parse();
        let chapter = chapter.map_err(|error| bad_request(&format!("chapter: {error}")))?;
        let claimed_at_ms = now_ms();
        // On the disk before it is signed: after a crash between the two, the record is found by it.
        draft.signing_ms = Some(claimed_at_ms);
        draft.held_up = None;
        self.drawer().put(draft.clone()).map_err(not_kept)?;
        let published = self.submit(unsigned(chapter, examined.document, claimed_at_ms)).await?;
        Ok((published, receipt))
    }

    /// Keeps why a draft was not published; it is tried again.
    fn hold_up(&self, mut draft: KeptDraft, problem: Problem) -> Problem {
        tracing::warn!(draft = %draft.id, code = %problem.code, "a draft was not published; it waits and is tried again");
        draft.held_up = Some(HeldUp {
            at_ms: now_ms(),
            code: problem.code.clone(),
            said: problem.to_string(),
            findings: problem.findings.clone(),
        });
        match self.drawer().put(draft) {
            Ok(()) => problem,
            Err(error) => not_kept(error),
        }
    }

    /// The record of a draft that was signed before the node ended without warning.
    pub(super) async fn signed_already(&self, draft: &KeptDraft) -> Result<Option<Published>, Problem> {
        let (own, draft) = (self.0.organisation, draft.clone());
        self.read(move |reader| find(reader, own, &draft)).await
    }

    /// Publishes all that is due; milliseconds until the next look.
    async fn publish_due(&self) -> i64 {
        for listed in self.drawer().list() {
            let _alone = self.drawer().step.lock().await;
            // Whoever was there before may have taken it further, or found that it is held up.
            let draft = self.drawer().get(&listed.id);
            if let Some(draft) = draft.filter(|draft| wait_ms(draft, self, now_ms()) == Some(0)) {
                // What holds it up is kept with it, and told in the log.
                let _ = self.step(draft).await;
            }
        }
        let now_ms = now_ms();
        let waits = self.drawer().list().into_iter();
        let waits = waits.filter_map(|draft| wait_ms(&draft, self, now_ms));
        // One that is still due could not even be held up: the disk is full.
        let waits = waits.map(|wait_ms| if wait_ms == 0 { AGAIN_MS } else { wait_ms });
        waits.min().unwrap_or(LOOK_MS_MAX).min(LOOK_MS_MAX)
    }
}

/// What is told of a draft that was signed before a crash: what is found in it now is nobody's question any more.
fn bare_receipt(draft: &KeptDraft) -> PublishReceipt {
    PublishReceipt {
        id: None,
        kind: draft.kind.clone(),
        chapter: draft.chapter.clone(),
        sequence: None,
        completeness: String::new(),
        findings: Vec::new(),
        second_reader: false,
        cooling_off_minutes: 0,
        draft: None,
        protected: None,
    }
}

/// Milliseconds until a draft is to be published; 0 when it is due, `None` while somebody else's word is missing.
fn wait_ms(draft: &KeptDraft, handle: &Handle, now_ms: i64) -> Option<i64> {
    let due_ms = view::due_ms(draft, &handle.0.settings)?;
    let again_ms = draft
        .held_up
        .as_ref()
        .map_or(due_ms, |held_up| held_up.at_ms + AGAIN_MS);
    Some((due_ms.max(again_ms) - now_ms).max(0))
}

/// The record with the time that was written down before signing, and with the very body of the draft.
fn find(
    reader: &Reader,
    own: alliance_record::OrganisationId,
    draft: &KeptDraft,
) -> Result<Option<Published>, ReadError> {
    let Ok(document) = read(draft.format, &draft.document) else {
        return Ok(None);
    };
    let mut query = alliance_store::Query {
        kind: Kind::from_name(&draft.kind),
        chapter: draft.chapter.parse().ok(),
        organisation: Some(own),
        claimed_from_ms: draft.signing_ms,
        claimed_to_ms: draft.signing_ms,
        limit: LIMIT,
        ..alliance_store::Query::default()
    };
    loop {
        let page = reader.list(&query)?;
        for row in page.rows {
            let Some(stored) = reader.record(&row.record)? else {
                continue;
            };
            if stored.record.body().is_some_and(|body| body.bytes == document.body) {
                return Ok(Some(Published {
                    record: row.record,
                    sequence: stored.record.header().sequence,
                }));
            }
        }
        match page.next {
            Some(next) => query.before = Some(next),
            None => return Ok(None),
        }
    }
}

/// Rows of a page.
const LIMIT: usize = 50;
