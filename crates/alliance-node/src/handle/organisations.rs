//! The roster as it is shown: who is a member, by whom, since when, and whose name looks like another's.

use std::collections::BTreeMap;
use std::sync::Arc;

use alliance_api::{OrganisationState, OrganisationView, Problem};
use alliance_engine::Member;
use alliance_record::proto::v1::Profile;
use alliance_record::{OrganisationId, RecordId, StandingTo};

use super::Handle;
use crate::shared::View;

/// What is asked of all members at once.
struct Roster {
    members: Vec<Member>,
    invited: BTreeMap<OrganisationId, u64>,
    since: BTreeMap<OrganisationId, i64>,
}

impl Handle {
    /// The roster.
    ///
    /// # Errors
    /// A problem when the store cannot be read.
    pub async fn organisations(&self) -> Result<Vec<OrganisationView>, Problem> {
        let view = self.0.parts.shared.view();
        let roster = self.roster(&view).await?;
        Ok(roster
            .members
            .iter()
            .map(|member| shown(&view, &roster, member))
            .collect())
    }

    /// One organisation as the roster knows it; before it is on the roster, only its key.
    pub(super) async fn organisation(&self, view: &Arc<View>, id: OrganisationId) -> Result<OrganisationView, Problem> {
        let roster = self.roster(view).await?;
        let member = roster.members.iter().find(|member| member.organisation == id);
        let unknown = || OrganisationView {
            id: id.to_string(),
            did: id.did(),
            ..OrganisationView::default()
        };
        Ok(member.map_or_else(unknown, |member| shown(view, &roster, member)))
    }

    /// Organisations that were members and are off the roster, with the act that did it.
    ///
    /// # Errors
    /// None at present.
    pub async fn former_organisations(&self) -> Result<Vec<OrganisationView>, Problem> {
        let view = self.0.parts.shared.view();
        Ok(view.members.former().map(|id| former(&view, *id)).collect())
    }

    async fn roster(&self, view: &Arc<View>) -> Result<Roster, Problem> {
        let mut members = view.members.all();
        let records: Vec<(OrganisationId, RecordId)> = members
            .iter()
            .filter_map(|member| Some((member.organisation, admitted_in(view, member)?)))
            .collect();
        let since = move |reader: &alliance_store::Reader| {
            let mut since = BTreeMap::new();
            for (organisation, record) in records {
                if let Some(stored) = reader.record(&record)? {
                    let header = stored.record.header();
                    since.insert(organisation, (header.claimed_at_ms, header.organisation));
                }
            }
            Ok(since)
        };
        let since = self.read(since).await?;
        let mut invited = BTreeMap::new();
        for member in &mut members {
            // Whom stewards took in again was invited all the same, by whoever wrote its admission.
            let author = since.get(&member.organisation).map(|(_, author)| *author);
            member.admitted_by = member.admitted_by.or(author.filter(|_| !member.founder));
            if let Some(inviter) = member.admitted_by {
                *invited.entry(inviter).or_default() += 1;
            }
        }
        let since = since.into_iter().map(|(id, (at_ms, _))| (id, at_ms)).collect();
        Ok(Roster {
            since,
            members,
            invited,
        })
    }
}

fn former(view: &View, id: OrganisationId) -> OrganisationView {
    let standing = view.members.standing(&id);
    OrganisationView {
        state: match standing {
            Some((_, StandingTo::Suspended)) => OrganisationState::Suspended,
            Some(_) => OrganisationState::Removed,
            None => OrganisationState::Unknown,
        },
        act: standing.map(|(act, _)| act.to_string()),
        ..introduced(id, view.members.profile(&id).cloned())
    }
}

/// What every organisation is shown with: its key, and what it says of itself.
fn introduced(id: OrganisationId, profile: Option<Profile>) -> OrganisationView {
    let profile = profile.unwrap_or_default();
    OrganisationView {
        id: id.to_string(),
        did: id.did(),
        name: profile.name,
        name_en: profile.name_en,
        country: profile.country,
        ..OrganisationView::default()
    }
}

/// The record that made it a member.
fn admitted_in(view: &View, member: &Member) -> Option<RecordId> {
    if member.founder {
        return view.members.charter_record();
    }
    view.members.admission_record(&member.organisation)
}

fn shown(view: &View, roster: &Roster, member: &Member) -> OrganisationView {
    let id = member.organisation;
    OrganisationView {
        admitted_by: member.admitted_by.map(|inviter| inviter.to_string()),
        pledged: member.pledge.is_some(),
        pledge_ends_on: member
            .pledge
            .as_ref()
            .map(|pledge| pledge.expires_on.clone())
            .unwrap_or_default(),
        invited: roster.invited.get(&id).copied().unwrap_or(0),
        since_ms: roster.since.get(&id).copied(),
        state: if member.founder {
            OrganisationState::Founder
        } else {
            OrganisationState::Member
        },
        resembles: view.resembles(&id),
        ..introduced(id, member.profile.clone())
    }
}
