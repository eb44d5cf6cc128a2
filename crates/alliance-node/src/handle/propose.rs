//! Proposing acts, and publishing what was signed with a key that no running node has.

use std::collections::BTreeSet;

use alliance_api::{
    ActView, CharterChange, CutsRequest, CutsView, NodeOfOrganisation, Problem, Proposal, ProposeRequest,
    StatementReceipt, StatementRequest,
};
use alliance_engine::WhyNot;
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{Act, ActOf, Charter, Cuts, OrganisationId, StandingTo, Statement, WriterId};
use bytes::Bytes;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use prost::Message;

use super::Handle;
use super::governance::{act_view, cut_views};
use super::marks::{lifting, says};
use super::named::organisation;
use super::problem::{bad_request, problem};
use crate::cuts::{self, Before, CutsError};
use crate::draft;
use crate::peer::peer_id;
use crate::random::{now_ms, random};
use crate::shared::View;

/// Characters of a note, and of a reason's code.
const NOTE_CHARS_MAX: usize = 500;
const REASON_CHARS_MAX: usize = 60;

impl Handle {
    /// Proposes an act: everybody can read it, and stewards may approve it. It binds nobody before enough of them do.
    ///
    /// # Errors
    /// `bad_request`, `not_a_member` or `no_charter`, and as [`Handle::publish`]. Nothing was proposed then.
    pub async fn propose(&self, request: ProposeRequest) -> Result<ActView, Problem> {
        check_request(&request)?;
        let view = self.0.parts.shared.view();
        let charter = view.members.charter_version().ok_or_else(no_charter)?;
        let (what, previous) = match &request.act {
            Proposal::Amend(change) => (amendment(&view, change)?, None),
            Proposal::Erase { record } => (self.erasure(record).await?, None),
            Proposal::Notice {
                record,
                notice_type,
                text,
            } => {
                let says = says(notice_type, text, &request.reason)?;
                (self.marking(&view, record, says).await?, None)
            }
            Proposal::Lift { lifts } => (lifting(&view, lifts)?, None),
            standing => {
                let what = self.standing(&view, standing, &request.before).await?;
                let previous = concerned(&what)
                    .and_then(|id| view.members.standing(&id))
                    .map(|(act, _)| act);
                (what, previous)
            }
        };
        let act = Act {
            alliance: self.0.alliance,
            charter,
            previous,
            reason: request.reason,
            note: request.note,
            nonce: random(),
            what,
        };
        let bytes = act.encode();
        if Act::decode(&bytes).as_ref() != Ok(&act) {
            return Err(bad_request("the act would break a rule of its form or be too large"));
        }
        self.submit(draft::statement(Kind::PROPOSAL, act.proposal())).await?;
        let view = self.0.parts.shared.view();
        let shown = view.members.act(&act.id()).map(|shown| act_view(&view, &shown));
        shown.ok_or_else(|| {
            problem(
                500,
                "not_shown",
                "The act is stored and not shown yet",
                "ask again: `alliance log`",
            )
        })
    }

    async fn standing(&self, view: &View, asked: &Proposal, before: &[String]) -> Result<ActOf, Problem> {
        let key = |text: &str| organisation_key(text);
        let (name, to, key) = match asked {
            Proposal::Suspend { organisation } => (organisation, StandingTo::Suspended, None),
            Proposal::Remove { organisation } => (organisation, StandingTo::Removed, None),
            Proposal::Reinstate {
                organisation,
                key: next,
            } => (
                organisation,
                StandingTo::Reinstated,
                next.as_deref().map(key).transpose()?,
            ),
            Proposal::Rekey {
                organisation,
                key: next,
            } => (organisation, StandingTo::Rekeyed, Some(key(next)?)),
            Proposal::Amend(_) | Proposal::Erase { .. } | Proposal::Notice { .. } | Proposal::Lift { .. } => {
                return Err(bad_request("such an act is on no organisation"));
            }
        };
        let id = organisation(name, view)?;
        let is_away = to == StandingTo::Reinstated;
        if view.members.is_member(&id) == is_away {
            return Err(wrong_standing(to));
        }
        let version = view.members.charter().ok_or_else(no_charter)?;
        if to != StandingTo::Rekeyed && version.stewards.contains(&id) {
            let detail = "it is a steward of the charter in force. First amend the charter without it: `alliance propose amend --drop-steward`";
            return Err(problem(
                409,
                "is_steward",
                "A steward is first left out of the charter",
                detail,
            ));
        }
        Ok(ActOf::Standing {
            organisation: id,
            to,
            cuts: self.cuts(view, id, None, before).await?,
            key,
        })
    }

    /// Where the logs of an organisation's nodes, or of one of them, stand here; or before what is named.
    async fn cuts(
        &self,
        view: &View,
        id: OrganisationId,
        writer: Option<WriterId>,
        before: &[String],
    ) -> Result<Cuts, Problem> {
        let before = Before::read_all(before).map_err(uncut)?;
        let members = view.members.clone();
        let found = self
            .read(move |reader| {
                let of_it = reader.all_heads()?.into_iter().filter(|head| head.organisation == id);
                let of_it = of_it.filter(|head| writer.is_none_or(|writer| head.log.writer == writer));
                let live: Vec<_> = of_it.filter_map(|head| members.clamped(head)).collect();
                Ok(cuts::cuts(reader, &live, &before))
            })
            .await?;
        found.map_err(uncut)
    }

    /// Where the logs of one of this organisation's nodes are to end.
    ///
    /// # Errors
    /// `bad_request`, or a problem when the store cannot be read.
    pub async fn cuts_of(&self, request: CutsRequest) -> Result<CutsView, Problem> {
        let view = self.0.parts.shared.view();
        let writer = own_writer(&view, &self.0.organisation, &request.writer)?;
        let cuts = self
            .cuts(&view, self.0.organisation, Some(writer), &request.before)
            .await?;
        Ok(CutsView {
            writer: writer.to_string(),
            cuts: HEXLOWER.encode(&cuts.encode()),
            logs: cut_views(&cuts),
        })
    }

    /// The nodes of this organisation, as certificates name them.
    ///
    /// # Errors
    /// None at present.
    pub async fn nodes(&self) -> Result<Vec<NodeOfOrganisation>, Problem> {
        let view = self.0.parts.shared.view();
        let own = self.0.organisation;
        let mut nodes: Vec<NodeOfOrganisation> = Vec::new();
        for node in view.members.nodes_of(&own) {
            let shown = NodeOfOrganisation {
                writer: node.writer.to_string(),
                peer: peer_id(&node.transport)
                    .map(|peer| peer.to_string())
                    .unwrap_or_default(),
                label: node.label.clone(),
                ends_ms: node.not_after_ms,
                ended: view.members.may_connect(node).is_err(),
                this_one: node.writer == self.0.writer,
            };
            match nodes.iter_mut().find(|held| held.writer == shown.writer) {
                Some(held) if held.ends_ms < shown.ends_ms => *held = shown,
                Some(_) => {}
                None => nodes.push(shown),
            }
        }
        Ok(nodes)
    }

    /// Publishes a statement that was signed elsewhere, in a record of this node.
    ///
    /// # Errors
    /// `bad_statement` when it does not hold, `may_not_approve` when a steward must not, and as [`Handle::publish`].
    pub async fn carry(&self, request: StatementRequest) -> Result<StatementReceipt, Problem> {
        let body = HEXLOWER_PERMISSIVE.decode(request.body.as_bytes());
        let body: Bytes = body.map_err(|error| bad_request(&format!("body: {error}")))?.into();
        let kind = Kind::from_name(&request.kind).unwrap_or(Kind(0));
        if let Statement::Approval(said) = statement(kind, &body)?
            && said.approves
        {
            let members = &self.0.parts.shared.view().members;
            members.may_approve(&said.steward, &said.act).map_err(may_not)?;
        }
        let published = self.submit(draft::statement(kind, body)).await?;
        Ok(StatementReceipt {
            record: published.record.to_string(),
        })
    }
}

/// The node of the organisation whose signing key begins so.
fn own_writer(view: &View, own: &OrganisationId, text: &str) -> Result<WriterId, Problem> {
    let prefix = text.trim_end_matches('…').to_lowercase();
    let writers: BTreeSet<WriterId> = view.members.nodes_of(own).map(|node| node.writer).collect();
    let begins = |writer: &&WriterId| !prefix.is_empty() && writer.to_string().starts_with(&prefix);
    let found: Vec<WriterId> = writers.iter().filter(begins).copied().collect();
    match found[..] {
        [writer] => Ok(writer),
        [] => Err(bad_request(&format!(
            "writer: no node of this organisation begins with '{text}'; `alliance keys nodes` shows them"
        ))),
        _ => {
            let listed: Vec<String> = found.iter().map(|writer| writer.to_string()[..16].to_owned()).collect();
            let detail = format!("{text} begins several nodes: {}. Give more digits", listed.join(", "));
            Err(problem(409, "ambiguous", "Several nodes", &detail))
        }
    }
}

/// Why a steward must not approve, and what to do instead.
fn may_not(why: WhyNot) -> Problem {
    let detail = match why {
        WhyNot::Unknown => {
            "this node does not know the act, or the charter under which it is made: `alliance log`".to_owned()
        }
        WhyNot::NotSteward => "the charter under which it is made names no such steward".to_owned(),
        WhyNot::Outrun => "it cannot come into force any more: another act is in force in its place".to_owned(),
        WhyNot::Lapsed => "a later charter is in force that does not carry it on: propose it anew".to_owned(),
        WhyNot::Lifted => "a later act has taken it back: propose it anew".to_owned(),
        WhyNot::Rival(other) => format!("you approved {other}, and of both one alone can be in force"),
        WhyNot::Drops(other) => {
            format!("it would drop {other}, which you approved: propose an amendment that carries it")
        }
        WhyNot::LeftBehind(other) => format!("you approved the amendment {other}, which does not carry it on"),
        WhyNot::Unseen(other) => format!(
            "a charter carries on {other}, which has not arrived here and may contest the same place: `alliance sync`, then again"
        ),
        WhyNot::Carried(other) => format!("{other} of an earlier charter is carried on and contests the same place"),
    };
    problem(409, "may_not_approve", "Nothing was approved", &detail)
}

/// What is to be published, its signatures checked.
fn statement(kind: Kind, body: &Bytes) -> Result<Statement, Problem> {
    let bad = |fault: &str| problem(422, "bad_statement", "The statement does not hold", fault);
    let is_ours = matches!(
        kind,
        Kind::APPROVAL | Kind::REVOCATION | Kind::SUCCESSION | Kind::CERTIFICATE
    );
    if !is_ours {
        return Err(bad("kind: approval, revocation, succession or certificate"));
    }
    Statement::read(kind, body).ok_or_else(|| bad("body: it is not of this kind, or a signature in it does not hold"))
}

fn check_request(request: &ProposeRequest) -> Result<(), Problem> {
    let is_code = |text: &str| {
        let mut bytes = text.bytes();
        bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))
    };
    if request.reason.is_empty() || request.reason.len() > REASON_CHARS_MAX || !is_code(&request.reason) {
        return Err(bad_request(
            "reason: a code of small letters, digits, _ and ., such as conduct or key_lost",
        ));
    }
    if request.note.chars().count() > NOTE_CHARS_MAX {
        return Err(bad_request(&format!("note: at most {NOTE_CHARS_MAX} characters")));
    }
    let ends_none = match request.act {
        Proposal::Amend(_) => "an amendment",
        Proposal::Erase { .. } => "an erasure",
        Proposal::Notice { .. } | Proposal::Lift { .. } => "a notice",
        _ => return Ok(()),
    };
    if !request.before.is_empty() {
        return Err(bad_request(&format!("before: {ends_none} ends no logs")));
    }
    Ok(())
}

/// Why logs cannot be ended so.
fn uncut(error: CutsError) -> Problem {
    let detail = error.to_string();
    match error {
        CutsError::TooMany { .. } => problem(409, "too_many_logs", "The logs cannot all be named", &detail),
        CutsError::Several { .. } => problem(409, "ambiguous", "Several records", &detail),
        CutsError::NoRecord(_) => problem(404, "not_found", "No such record", &detail),
        CutsError::Read(_) => problem(500, "store_failed", "The store could not be read", &detail),
        CutsError::Unreadable(_) | CutsError::OfOthers(_) => bad_request(&format!("before: {detail}")),
    }
}

fn no_charter() -> Problem {
    let detail = "the charter has not arrived from another member yet; see `alliance peers`";
    problem(409, "no_charter", "There is no charter here yet", detail)
}

fn wrong_standing(to: StandingTo) -> Problem {
    let detail = match to {
        StandingTo::Reinstated => "it is on the roster",
        _ => "it is not on the roster",
    };
    problem(409, "wrong_standing", "The act would change nothing", detail)
}

fn concerned(what: &ActOf) -> Option<OrganisationId> {
    match what {
        ActOf::Standing { organisation, .. } => Some(*organisation),
        ActOf::Amend { .. } | ActOf::Erase { .. } | ActOf::Mark { .. } => None,
    }
}

/// A key in hexadecimal or as `did:key`.
fn organisation_key(text: &str) -> Result<OrganisationId, Problem> {
    let parsed = OrganisationId::from_did(text).or_else(|| text.parse().ok());
    parsed.ok_or_else(|| {
        bad_request(&format!(
            "key: '{text}' is no key; give 64 hexadecimal digits or did:key:z…"
        ))
    })
}

fn amendment(view: &View, change: &CharterChange) -> Result<ActOf, Problem> {
    let now = view.members.charter().ok_or_else(no_charter)?;
    // Each with the key that it has by now: the one that it lost is not to go on approving.
    let with_key = now.stewards.iter().map(|id| (*id, view.members.key_of(id)));
    let mut stewards: Vec<_> = with_key.collect();
    let mut dropped = BTreeSet::new();
    for name in &change.drop_stewards {
        let id = organisation(name, view)?;
        stewards.retain(|(steward, _)| *steward != id);
        dropped.insert(id);
    }
    for name in &change.add_stewards {
        let id = organisation(name, view)?;
        stewards.retain(|(steward, _)| *steward != id);
        stewards.push((id, view.members.key_of(&id)));
    }
    let message = next_charter(now, change, &stewards);
    let bytes: Bytes = message.encode_to_vec().into();
    let charter = Charter::decode(&bytes).map_err(|error| bad_request(&format!("the next charter: {error}")))?;
    Ok(ActOf::Amend {
        charter: Box::new(charter),
        bytes,
        carries: view.members.to_carry_without(&dropped).into_iter().collect(),
    })
}

fn next_charter(now: &Charter, change: &CharterChange, stewards: &[(OrganisationId, OrganisationId)]) -> v1::Charter {
    let copy = |id: &OrganisationId| Bytes::copy_from_slice(id.as_bytes());
    let policy = match change.any_member_admits.unwrap_or(now.any_member_admits) {
        true => v1::AdmissionPolicy::AnyMember,
        false => v1::AdmissionPolicy::Stewards,
    };
    v1::Charter {
        name: change.name.clone().unwrap_or_else(|| now.name.clone()),
        pledge_text: change.pledge_text.clone().unwrap_or_else(|| now.pledge_text.clone()),
        stewards: stewards.iter().map(|(steward, _)| copy(steward)).collect(),
        threshold: change.threshold.unwrap_or(stewards.len() as u32 / 2 + 1),
        admission_policy: policy.into(),
        chapter_active_at: change.chapter_active_at.unwrap_or(now.chapter_active_at),
        pledge_months: change.pledge_months.unwrap_or(now.pledge_months),
        nonce: Bytes::copy_from_slice(&random::<32>()),
        founded_at_ms: now_ms(),
        founding_writer: Bytes::copy_from_slice(now.founding_writer.as_bytes()),
        steward_keys: stewards.iter().map(|(_, key)| copy(key)).collect(),
    }
}
