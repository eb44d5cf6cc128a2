//! Drafts: kept until they are signed, shown, approved by a second reader, and withdrawn.

mod step;
mod view;

use alliance_api::{DraftView, Problem, PublishReceipt, PublishRequest, TokenRole};
use data_encoding::HEXLOWER;
use serde_json::json;

use super::Handle;
use super::problem::{bad_request, problem};
use crate::data::{Approval, Drawer, FileError, KeptDraft};
use crate::random::{now_ms, random};

pub(crate) use step::watch;

/// Random bytes of a draft's id.
const ID_BYTES: usize = 6;
/// Shortest beginning of an id that names a draft or a token.
const PREFIX_CHARS_MIN: usize = 4;

pub(super) fn new_id() -> String {
    HEXLOWER.encode(&random::<ID_BYTES>())
}

impl Handle {
    pub(super) fn drawer(&self) -> &Drawer {
        &self.0.parts.drawer
    }

    /// Keeps a new draft.
    pub(super) async fn keep(&self, draft: KeptDraft) -> Result<DraftView, Problem> {
        if !self.drawer().has_room() {
            let detail = "publish or withdraw some of those that wait: `alliance drafts`";
            return Err(problem(409, "too_many_drafts", "Too many drafts wait here", detail));
        }
        let details = json!({
            "draft": draft.id,
            "kind": draft.kind,
            "confirmed": draft.confirmations,
            "accepted": draft.accepted,
            "overridden": draft.overrides,
        });
        let id = draft.id.clone();
        self.drawer().put(draft).map_err(not_kept)?;
        self.0.parts.shared.audit("draft_made", details);
        self.draft(&id).await
    }

    /// The drafts that wait, oldest first, without their texts.
    ///
    /// # Errors
    /// None at present.
    pub fn drafts(&self) -> Result<Vec<DraftView>, Problem> {
        let (settings, now_ms) = (&self.0.settings, now_ms());
        let drafts = self.drawer().list();
        Ok(drafts.iter().map(|draft| view::view(draft, settings, now_ms)).collect())
    }

    /// One draft with its text and what is found in it now, by its id or a unique beginning of it.
    ///
    /// # Errors
    /// `not_found`, `ambiguous`, `bad_request`.
    pub async fn draft(&self, id: &str) -> Result<DraftView, Problem> {
        let draft = self.draft_named(id)?;
        let mut shown = view::view(&draft, &self.0.settings, now_ms());
        shown.findings = match self.examined(request(&draft)).await {
            Ok((_, examined)) => examined.findings,
            Err(problem) => problem.findings,
        };
        shown.document = Some(draft.document);
        Ok(shown)
    }

    /// Takes a draft away before it is signed. Its text is in the answer, and nowhere on this node any more.
    ///
    /// # Errors
    /// `not_found`, also when it was published meanwhile; `ambiguous`; `store_failed`.
    pub async fn withdraw_draft(&self, id: &str) -> Result<DraftView, Problem> {
        let _alone = self.drawer().step.lock().await;
        let draft = self.draft_named(id)?;
        if draft.signing_ms.is_some() && self.signed_already(&draft).await?.is_some() {
            let detail = "it was signed before the node ended, and is about to be told to the others";
            return Err(problem(409, "published", "The draft is published already", detail));
        }
        let mut shown = view::view(&draft, &self.0.settings, now_ms());
        self.drawer().remove(&draft.id).map_err(not_kept)?;
        self.0.parts.shared.audit("draft_withdrawn", json!({"draft": draft.id}));
        shown.document = Some(draft.document);
        Ok(shown)
    }

    /// A second reader's word for a draft. When nothing else is missing, it is published with it.
    ///
    /// # Errors
    /// `not_a_second_reader` when the token is none of one; `second_reader_not_needed`; as [`Handle::draft`].
    pub async fn approve_draft(&self, id: &str, token: &str) -> Result<PublishReceipt, Problem> {
        let holder = self.drawer().tokens().holder(token).cloned();
        let holder = holder.filter(|holder| holder.role == TokenRole::SecondReader);
        let holder = holder.ok_or_else(|| {
            let detail = "a draft is approved with the token of a second reader, not with the author's own access. \
                          `alliance tokens add` makes one";
            problem(403, "not_a_second_reader", "This is no second reader's token", detail)
        })?;
        let _alone = self.drawer().step.lock().await;
        let mut draft = self.draft_named(id)?;
        if !view::waiting(&draft, &self.0.settings).second_reader {
            let detail = "it waits for the end of its cooling-off alone";
            let title = "The draft needs no second reader";
            return Err(problem(409, "second_reader_not_needed", title, detail));
        }
        if draft.approval.is_none() {
            draft.approval = Some(Approval {
                token: holder.id.clone(),
                label: holder.label.clone(),
                at_ms: now_ms(),
            });
            self.drawer().put(draft.clone()).map_err(not_kept)?;
            let details = json!({"draft": draft.id, "token": holder.id});
            self.0.parts.shared.audit("draft_approved", details);
        }
        if view::due_ms(&draft, &self.0.settings).is_some_and(|due_ms| due_ms <= now_ms()) {
            return self.step(draft).await;
        }
        self.waiting_receipt(&draft).await
    }

    /// What is told of a draft that waits.
    async fn waiting_receipt(&self, draft: &KeptDraft) -> Result<PublishReceipt, Problem> {
        let (_, examined) = self.examined(request(draft)).await?;
        let mut receipt = examined.receipt(draft.chapter.clone(), view::waiting(draft, &self.0.settings));
        receipt.draft = Some(Box::new(self.draft(&draft.id).await?));
        Ok(receipt)
    }

    fn draft_named(&self, text: &str) -> Result<KeptDraft, Problem> {
        let ids: Vec<String> = self.drawer().list().into_iter().map(|draft| draft.id).collect();
        let found = named("draft", text, &ids)?.and_then(|id| self.drawer().get(id));
        found.ok_or_else(|| {
            let detail = format!(
                "no draft here begins with {text}: it was published or withdrawn, which audit.log tells, or it never was. \
                 `alliance drafts` lists those that wait"
            );
            problem(404, "not_found", "No such draft", &detail)
        })
    }
}

/// The request that a draft came of, as it is looked at again.
fn request(draft: &KeptDraft) -> PublishRequest {
    PublishRequest {
        format: draft.format,
        document: draft.document.clone(),
        chapter: Some(draft.chapter.clone()),
        confirmations: draft.confirmations,
        overrides: draft.overrides.clone(),
        ..PublishRequest::default()
    }
}

/// The id of which `text` is the beginning; none when there is none.
///
/// # Errors
/// `ambiguous`, `bad_request`.
pub(super) fn named<'a>(what: &str, text: &str, ids: &'a [String]) -> Result<Option<&'a String>, Problem> {
    let prefix = text.to_lowercase();
    if prefix.len() < PREFIX_CHARS_MIN || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let detail = format!("a {what} is named by its id, or by at least four digits of its beginning");
        return Err(bad_request(&detail));
    }
    let mut matching = ids.iter().filter(|id| id.starts_with(&prefix));
    match (matching.next(), matching.next()) {
        (Some(_), Some(_)) => {
            let detail = format!("{text} begins the ids of several. Give more digits");
            Err(problem(409, "ambiguous", &format!("Several {what}s"), &detail))
        }
        (found, _) => Ok(found),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn not_kept(error: FileError) -> Problem {
    problem(500, "store_failed", "Nothing was changed", &error.to_string())
}
