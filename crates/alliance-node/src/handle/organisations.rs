//! The roster as it is shown: who is a member, by whom, since when, and whose name looks like another's.

use std::collections::BTreeMap;
use std::sync::Arc;

use alliance_api::{OrganisationState, OrganisationView, Problem};
use alliance_engine::Member;
use alliance_record::{OrganisationId, RecordId};

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

    async fn roster(&self, view: &Arc<View>) -> Result<Roster, Problem> {
        let members = view.members.all();
        let mut invited = BTreeMap::new();
        for inviter in members.iter().filter_map(|member| member.admitted_by) {
            *invited.entry(inviter).or_default() += 1;
        }
        let records: Vec<(OrganisationId, RecordId)> = members
            .iter()
            .filter_map(|member| Some((member.organisation, admitted_in(view, member)?)))
            .collect();
        let since = move |reader: &alliance_store::Reader| {
            let mut since = BTreeMap::new();
            for (organisation, record) in records {
                if let Some(stored) = reader.record(&record)? {
                    since.insert(organisation, stored.record.header().claimed_at_ms);
                }
            }
            Ok(since)
        };
        Ok(Roster {
            since: self.read(since).await?,
            members,
            invited,
        })
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
    let profile = member.profile.clone().unwrap_or_default();
    OrganisationView {
        id: id.to_string(),
        did: id.did(),
        name: profile.name,
        name_en: profile.name_en,
        country: profile.country,
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
    }
}
