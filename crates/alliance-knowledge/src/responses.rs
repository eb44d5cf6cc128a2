//! Responses to a work, with the answers to them.

use std::collections::BTreeSet;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};
use prost::Message;

use crate::marks::{shortened, standing};
use crate::reading::{Reading, Room};
use crate::records::{Item, Records};
use crate::versions::Versions;

/// Responses to one work that are shown, answers included, in all and of one organisation.
const RESPONSES_MAX: usize = 500;
const RESPONSES_OF_EACH_MAX: usize = 30;
/// Responses to a question among which an answer is looked for, of one organisation.
const ANSWERS_OF_EACH_MAX: usize = 10;
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

/// The responses to any version of a work, in the order of claimed times; and whether there are more.
///
/// # Errors
/// As the holder says.
pub fn responses<R: Records>(records: &Reading<'_, R>, work: &Versions) -> Result<(Vec<Response>, bool), R::Error> {
    let mut thread = Thread {
        records,
        room: Room::new(RESPONSES_MAX, RESPONSES_OF_EACH_MAX),
        seen: BTreeSet::new(),
        more: work.more,
    };
    let mut all = Vec::new();
    for version in &work.all {
        all.extend(thread.to(&version.item.id, DEPTH_MAX)?);
    }
    all.sort_by_key(|response| response.item.moment());
    Ok((all, thread.more || thread.room.more))
}

struct Thread<'a, 'b, R> {
    records: &'a Reading<'b, R>,
    room: Room,
    seen: BTreeSet<RecordId>,
    more: bool,
}

impl<R: Records> Thread<'_, '_, R> {
    fn to(&mut self, target: &RecordId, depth: u8) -> Result<Vec<Response>, R::Error> {
        let links = self.records.links_to(target)?;
        self.more |= links.more;
        let mut all = Vec::new();
        for item in links.items.iter().filter(|item| is_reply(item, target)) {
            let Some(said) = self.said(item)? else { continue };
            let responses = match depth {
                0 => Vec::new(),
                _ => self.to(&item.id, depth - 1)?,
            };
            all.push(Response {
                is_open: asks(&said) && !is_answered(self.records, item)?,
                about: *target,
                lang: said.common.map(|common| common.lang).unwrap_or_default(),
                response_type: said.response_type,
                text: shortened(said.text),
                text_en: shortened(said.text_en),
                basis: said.basis,
                conflict_of_interest: shortened(said.conflict_of_interest),
                responses,
                item: item.clone(),
            });
        }
        Ok(all)
    }

    /// What a reply says that stands and has not been told yet, while there is room for it.
    fn said(&mut self, item: &Item) -> Result<Option<v1::Response>, R::Error> {
        if self.seen.contains(&item.id) || !standing(self.records, item)?.is_current() {
            return Ok(None);
        }
        if !self.room.take(&item.organisation) {
            return Ok(None);
        }
        self.seen.insert(item.id);
        read(self.records, item)
    }
}

fn is_reply(item: &Item, target: &RecordId) -> bool {
    item.kind == Kind::RESPONSE && item.counts() && item.links(Role::REPLIES_TO, target)
}

fn read<R: Records>(records: &Reading<'_, R>, item: &Item) -> Result<Option<v1::Response>, R::Error> {
    let body = records.body(&item.id)?;
    Ok(body.and_then(|body| v1::Response::decode(body).ok()))
}

/// Whether anybody answers, in a response that stands.
fn is_answered<R: Records>(records: &Reading<'_, R>, question: &Item) -> Result<bool, R::Error> {
    let links = records.links_to(&question.id)?;
    let mut room = Room::new(RESPONSES_MAX, ANSWERS_OF_EACH_MAX);
    for reply in links.items.iter().rev().filter(|item| is_reply(item, &question.id)) {
        if !room.take(&reply.organisation) {
            continue;
        }
        let answers = read(records, reply)?.is_some_and(|said| ANSWERS.contains(&said.response_type.as_str()));
        if answers && standing(records, reply)?.is_current() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a response asks for something that its author has not closed.
pub(crate) fn asks(said: &v1::Response) -> bool {
    [QUESTION, REQUEST].contains(&said.response_type.as_str()) && said.open != Some(false)
}

/// Whether a question or request is open: it stands, and nobody has answered.
///
/// # Errors
/// As the holder says.
pub fn is_open<R: Records>(records: &Reading<'_, R>, question: &Item) -> Result<bool, R::Error> {
    Ok(question.counts() && standing(records, question)?.is_current() && !is_answered(records, question)?)
}
