//! Why a record is here, or is not: what is held, what waits, what was refused.

use alliance_api::{ActState, ActView, Problem, WhyState, WhyView};
use alliance_engine::EndedBy;
use alliance_record::{Parking, RecordId, Verdict, VerifiedRecord};
use alliance_store::Found;
use tokio::sync::oneshot;

use super::Handle;
use super::named::acts_beginning;
use super::problem::stopped;
use super::records::{ambiguous, id_prefix};
use crate::run::Message;
use crate::shared::RefusedRecord;

impl Handle {
    /// Tells of a record, by its id or a unique beginning of it; or of an act, where no record begins so.
    ///
    /// # Errors
    /// `bad_request`, `ambiguous` or `stopped`.
    pub async fn why(&self, id: &str) -> Result<WhyView, Problem> {
        let prefix = id_prefix(id)?;
        let asked = prefix.clone();
        match self.read(move |reader| reader.by_prefix(&asked)).await? {
            Found::Many(candidates) => return Err(ambiguous(id, &candidates)),
            Found::One(found) => {
                if let Some(stored) = self.read(move |reader| reader.record(&found)).await? {
                    return Ok(self.held(&stored.record));
                }
            }
            Found::None => {}
        }
        if let Some((record, verdict)) = self.kept_aside(&prefix).await? {
            return Ok(waiting(record, verdict));
        }
        if let Some(refused) = self.0.parts.shared.refused_record(&prefix) {
            return Ok(turned_away(&refused));
        }
        let view = self.0.parts.shared.view();
        if acts_beginning(&view, &prefix).is_empty() {
            return Ok(unknown(&prefix));
        }
        Ok(of_act(self.act(&prefix).await?))
    }

    fn held(&self, record: &VerifiedRecord) -> WhyView {
        let view = self.0.parts.shared.view();
        let members = &view.members;
        let removed = view.removed_by(
            &record.id(),
            &record.header().log.chapter,
            &record.header().organisation,
        );
        let ended = members.ended_by(record);
        let (state, detail) = match (ended.is_empty(), record.body().is_some()) {
            _ if !members.was_let_in(&record.header().organisation) => (
                WhyState::Disputed,
                "it is held and does not count: no admission of its organisation counts any more",
            ),
            (false, _) => (
                WhyState::Disputed,
                "it is held and does not count: its log ends before it. `alliance log ACT` shows an act",
            ),
            (true, true) => (WhyState::Present, "it is held here, whole, and counts"),
            (true, false) if removed.is_some() => (
                WhyState::Removed,
                "its header is held here; its body was removed and is gone. `alliance removal RECORD` shows who confirms it",
            ),
            (true, false) => (
                WhyState::Present,
                "its header is held here and counts; its text is not, because it is still to come or is not kept",
            ),
        };
        WhyView {
            ended_by: ended.iter().map(ended_by).collect(),
            ..answer(record.id().to_string(), state, detail)
        }
    }

    async fn kept_aside(&self, prefix: &str) -> Result<Option<(RecordId, Verdict)>, Problem> {
        let (reply, answer) = oneshot::channel();
        let message = Message::KeptAside { reply };
        self.0.parts.inbox.send(message).await.map_err(|_| stopped())?;
        let kept = answer.await.map_err(|_| stopped())?;
        Ok(kept
            .into_iter()
            .find(|(record, _)| record.to_string().starts_with(prefix)))
    }
}

fn answer(record: String, state: WhyState, detail: &str) -> WhyView {
    WhyView {
        record,
        state,
        code: None,
        ended_by: Vec::new(),
        peer: None,
        at_ms: None,
        act: None,
        detail: detail.to_owned(),
    }
}

/// Acts have ids of their own: those of the records that propose them are others.
fn of_act(act: ActView) -> WhyView {
    let detail = match act.state {
        ActState::Open => "it is an act that waits for approvals: `alliance approve`",
        ActState::InForce if act.notice_type.is_some() => {
            "it is an act, and in force: it says how a record is to be read"
        }
        ActState::InForce => "it is an act, and in force: what it ends does not count from there on",
        ActState::Outrun => "it is an act that cannot come into force any more: another one took its place",
        ActState::Lapsed => "it is an act of an earlier charter that the one in force does not carry on",
        ActState::Lifted => "it is an act that marked a record, and a later one has taken it back",
        ActState::Unknown => "it is an act under a charter that this node does not know",
    };
    let state = WhyState::Act;
    WhyView {
        act: Some(Box::new(act.clone())),
        ..answer(act.id, state, detail)
    }
}

fn ended_by(by: &EndedBy) -> String {
    match by {
        EndedBy::Fork => "fork".to_owned(),
        EndedBy::Organisation => "organisation".to_owned(),
        EndedBy::Act(act) => act.to_string(),
    }
}

fn waiting(record: RecordId, verdict: Verdict) -> WhyView {
    let detail = match verdict {
        Verdict::Parked(parking) => awaited(parking),
        _ => "it waits for its turn",
    };
    WhyView {
        code: Some(verdict.code().to_owned()),
        ..answer(record.to_string(), WhyState::Parked, detail)
    }
}

const fn awaited(parking: Parking) -> &'static str {
    match parking {
        Parking::UnknownVersion => "it is written in a later version of the protocol: update this node",
        Parking::UnknownOrganisation => "nobody has admitted its organisation yet, as far as this node knows",
        Parking::UnknownWriter => "no certificate of its organisation names its node yet, as far as this node knows",
        Parking::MissingPrevious => "records before it in its log have not arrived; they are being asked for",
        Parking::FutureTime => "it claims a time that has not come: its node's clock is ahead, or this one's behind",
        Parking::MissingBody => "its text did not come with it and is being asked for",
    }
}

fn turned_away(refused: &RefusedRecord) -> WhyView {
    let detail = match refused.verdict.code() {
        "log_ended" => "its log ends before it: its writer signed twice, was revoked, or its organisation was removed",
        "fork" | "wrong_previous" => "its writer signed twice for one place, and this node holds the other record",
        _ => "its bytes are not what the protocol asks for; the node that passed it on made or carried them so",
    };
    WhyView {
        code: Some(refused.verdict.code().to_owned()),
        peer: Some(refused.peer.clone()),
        at_ms: Some(refused.at_ms),
        ..answer(refused.record.to_string(), WhyState::Refused, detail)
    }
}

fn unknown(prefix: &str) -> WhyView {
    let detail = "no record that begins so has come since this node started. It may be of a chapter that is not followed \
                  here, or wait with its author: `alliance chapter list`, `alliance sync`";
    answer(prefix.to_owned(), WhyState::Unknown, detail)
}
