//! Responses to a work, with the answers to them.

use std::collections::BTreeSet;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};
use prost::Message;

use crate::marks::{shortened, standing};
use crate::records::{Item, Records};
use crate::versions::Versions;

/// Responses to one work that are looked at, answers included.
const RESPONSES_MAX: usize = 500;
/// How far answers to answers are followed.
const DEPTH_MAX: u8 = 4;
const QUESTION: &str = "question";
const REQUEST: &str = "request_for_help";
const ANSWERS: [&str; 2] = ["answer", "offer_of_help"];

/// A response that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The record.
    pub item: Item,
    /// The record that it responds to.
    pub about: RecordId,
    /// Code of `response_type`.
    pub response_type: String,
    /// BCP 47.
    pub lang: String,
    /// What it says, at most 5,000 characters.
    pub text: String,
    /// The same in English, or empty.
    pub text_en: String,
    /// Codes of `endorser_basis`.
    pub basis: Vec<String>,
    /// Interests of who endorses, or empty.
    pub conflict_of_interest: String,
    /// Whether it asks for something and nobody has answered yet.
    pub is_open: bool,
    /// The responses to it.
    pub responses: Vec<Response>,
}

/// The responses to any version of a work, in the order of arrival.
///
/// # Errors
/// As the holder says.
pub fn responses<R: Records>(records: &R, work: &Versions) -> Result<Vec<Response>, R::Error> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for version in &work.all {
        all.extend(to(records, &version.item.id, DEPTH_MAX, &mut seen)?);
    }
    Ok(all)
}

fn to<R: Records>(
    records: &R,
    target: &RecordId,
    depth: u8,
    seen: &mut BTreeSet<RecordId>,
) -> Result<Vec<Response>, R::Error> {
    let mut all = Vec::new();
    for item in records.links_to(target)?.items {
        if seen.len() >= RESPONSES_MAX {
            break;
        }
        let is_reply = item.kind == Kind::RESPONSE && item.links(Role::REPLIES_TO, target);
        if !is_reply || !item.counts() || !seen.insert(item.id) || !standing(records, &item)?.is_current() {
            continue;
        }
        let body = records.body(&item.id)?;
        let Some(said) = body.and_then(|body| v1::Response::decode(body).ok()) else {
            continue;
        };
        let responses = match depth {
            0 => Vec::new(),
            _ => to(records, &item.id, depth - 1, seen)?,
        };
        let is_answered = responses
            .iter()
            .any(|reply| ANSWERS.contains(&reply.response_type.as_str()));
        all.push(Response {
            is_open: asks(&said) && !is_answered,
            about: *target,
            lang: said.common.map(|common| common.lang).unwrap_or_default(),
            response_type: said.response_type,
            text: shortened(said.text),
            text_en: shortened(said.text_en),
            basis: said.basis,
            conflict_of_interest: shortened(said.conflict_of_interest),
            responses,
            item,
        });
    }
    Ok(all)
}

/// Whether a response asks for something that its author has not closed.
pub(crate) fn asks(said: &v1::Response) -> bool {
    [QUESTION, REQUEST].contains(&said.response_type.as_str()) && said.open != Some(false)
}

/// Whether a question or request is open: it stands, and nobody has answered.
///
/// # Errors
/// As the holder says.
pub fn is_open<R: Records>(records: &R, question: &Item) -> Result<bool, R::Error> {
    if !question.counts() || !standing(records, question)?.is_current() {
        return Ok(false);
    }
    let replies = to(records, &question.id, 0, &mut BTreeSet::new())?;
    Ok(!replies
        .iter()
        .any(|reply| ANSWERS.contains(&reply.response_type.as_str())))
}
