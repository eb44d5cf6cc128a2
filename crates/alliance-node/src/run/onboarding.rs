//! What a node says of itself as soon as it may: charter (the founder), certificate, profile, pledge, first chapters.
//!
//! Asked again after every change of the roster; says each thing once, because it looks at what is said already.

use alliance_engine::{State, region};
use alliance_record::schema::Kind;
use alliance_record::{Author, ChapterName, Draft, Revocation};
use bytes::Bytes;

use crate::data::Wishes;
use crate::draft;

/// The chapter that everyone is in.
const WORLD: &str = "m49:001";

/// What this node wants said.
pub(crate) struct Onboarding {
    pub(crate) wishes: Wishes,
    pub(crate) certificate: Bytes,
    /// Whether the certificate is no record yet: a node that was certified before has renewed it.
    pub(crate) unsaid: bool,
    /// By what this node's writer took the place of the one that the certificate names.
    pub(crate) succession: Option<Bytes>,
    /// What it is to publish.
    pub(crate) statements: Vec<(Kind, Bytes)>,
    /// The charter's bytes, on the founder's node.
    pub(crate) charter: Option<Bytes>,
}

impl Onboarding {
    /// Has another certificate to say.
    pub(crate) fn renew(&mut self, certificate: Bytes) {
        self.unsaid |= self.certificate != certificate;
        self.certificate = certificate;
    }

    /// A draft was taken.
    pub(crate) fn said(&mut self, kind: Kind) {
        self.unsaid &= kind != Kind::CERTIFICATE;
    }

    /// The next thing to say, if any.
    pub(crate) fn next(&self, state: &State, author: &Author) -> Option<Draft> {
        let (members, organisation) = (&state.members, &author.organisation);
        if members.charter().is_none() {
            return self.charter.clone().map(draft::charter);
        }
        let member = members.member(organisation)?;
        if !members.is_certified(&author.key.writer(), organisation)
            && let Some(succession) = &self.succession
        {
            return Some(draft::statement(Kind::SUCCESSION, succession.clone()));
        }
        if self.unsaid || !members.is_certified(&author.key.writer(), organisation) {
            return Some(draft::certificate(self.certificate.clone()));
        }
        if let Some((kind, bytes)) = self.next_statement(state) {
            return Some(draft::statement(kind, bytes));
        }
        if member.profile.is_none() && !self.wishes.name.is_empty() {
            return Some(draft::profile(&self.wishes));
        }
        if member.pledge.is_none() && !self.wishes.commitments.is_empty() {
            let months = members.charter().map_or(0, |charter| charter.pledge_months);
            return Some(draft::pledge(
                &self.wishes.commitments,
                author.alliance.as_bytes(),
                months,
            ));
        }
        self.next_chapter(state, author)
    }

    /// A revocation that is not known yet. Others of its writer would say the same. One that an earlier key of the
    /// organisation signed counts no more, and published it would be news for ever.
    fn next_statement(&self, state: &State) -> Option<(Kind, Bytes)> {
        let mut statements = self.statements.iter();
        let is_news = |(kind, bytes): &&(Kind, Bytes)| {
            let revocation = Revocation::decode(bytes).ok().filter(|_| *kind == Kind::REVOCATION);
            revocation.is_some_and(|said| {
                said.key == state.members.key_of(&said.organisation)
                    && !state.members.is_ended(&said.writer, &said.organisation)
            })
        };
        statements.find(is_news).cloned()
    }

    fn next_chapter(&self, state: &State, author: &Author) -> Option<Draft> {
        let said = |chapter: &ChapterName| state.chapters.has_said(&author.organisation, chapter);
        let wanted = first_chapters(&self.wishes).into_iter();
        let next = wanted.filter_map(|(name, deep)| Some((name.parse::<ChapterName>().ok()?, deep)));
        next.into_iter()
            .find(|(chapter, _)| !said(chapter))
            .map(|(chapter, deep)| draft::subscription(&chapter, deep, true))
    }
}

/// Chapters of a country: its own, its continent with all countries in it, and everyone's.
pub(crate) fn first_chapters(wishes: &Wishes) -> Vec<(String, bool)> {
    let mut chapters = vec![(WORLD.to_owned(), false)];
    if !wishes.country.is_empty() {
        let country = format!("iso:{}", wishes.country.to_lowercase());
        if let Some(continent) = region::continent(&country) {
            chapters.push((continent.to_owned(), true));
        }
        chapters.push((country, false));
    }
    chapters
}
