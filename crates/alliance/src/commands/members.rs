//! `alliance members`: the roster as a tree of invitations.

use std::collections::{BTreeMap, BTreeSet};

use alliance_api::{OrganisationState, OrganisationView};
use clap::Args;

use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;

/// How many organisations the pledge asks each member to bring in.
const TO_INVITE: u64 = 2;
/// Digits of a key: enough to name a member in other commands.
const KEY_DIGITS: usize = 12;
/// Columns of a name on a terminal.
const NAME_COLUMNS_MAX: usize = 36;

/// Whom to list.
#[derive(Debug, Args)]
pub(crate) struct MembersArgs {
    /// Those that stewards removed or suspended, instead
    #[arg(long)]
    former: bool,
}

pub(super) async fn perform(context: &Context, args: &MembersArgs) -> Result<Exit, Failure> {
    if args.former {
        return former(context).await;
    }
    let asked = context.client()?.organisations().await;
    let members = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&members, |screen| table(&members, screen))?;
    let alike: Vec<&OrganisationView> = members.iter().filter(|one| !one.resembles.is_empty()).collect();
    for one in alike {
        context.output.note(&crate::text::plain(&format!(
            "warning: {} looks like another member's name: compare the keys ({})",
            name(one),
            one.did
        )));
    }
    Ok(Exit::Done)
}

async fn former(context: &Context) -> Result<Exit, Failure> {
    let asked = context.client()?.former_organisations().await;
    let former = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&former, |screen| {
        let mut table = Table::new(&["ORGANISATION", "COUNTRY", "STATE", "ACT", "KEY"]);
        for one in &former {
            let act = one.act.as_deref().unwrap_or_default();
            table.push(vec![
                name(one).to_owned(),
                one.country.clone(),
                state(one),
                act.get(..KEY_DIGITS).unwrap_or(act).to_owned(),
                one.id.get(..KEY_DIGITS).unwrap_or(&one.id).to_owned(),
            ]);
        }
        table.render(screen)
    })?;
    if former.is_empty() {
        context.output.note("Nobody was removed or suspended.");
    }
    Ok(Exit::Done)
}

/// Each member under the one that invited it, with how deep.
fn tree(members: &[OrganisationView]) -> Vec<(usize, &OrganisationView)> {
    let mut under: BTreeMap<Option<&str>, Vec<&OrganisationView>> = BTreeMap::new();
    let known: BTreeSet<&str> = members.iter().map(|one| one.id.as_str()).collect();
    for one in members {
        let inviter = one.admitted_by.as_deref().filter(|id| known.contains(id));
        under.entry(inviter).or_default().push(one);
    }
    for level in under.values_mut() {
        // The last is taken first.
        level.sort_by_key(|one| std::cmp::Reverse((one.since_ms, name(one).to_owned())));
    }
    let mut waiting: Vec<_> = under.remove(&None).unwrap_or_default();
    let mut waiting: Vec<(usize, &OrganisationView)> = waiting.drain(..).map(|one| (0, one)).collect();
    let mut shown = Vec::new();
    while let Some((depth, one)) = waiting.pop() {
        shown.push((depth, one));
        let invited = under.remove(&Some(one.id.as_str())).unwrap_or_default();
        waiting.extend(invited.into_iter().map(|invited| (depth + 1, invited)));
    }
    shown
}

fn table(members: &[OrganisationView], screen: Screen) -> String {
    let by_id: BTreeMap<&str, &OrganisationView> = members.iter().map(|one| (one.id.as_str(), one)).collect();
    let mut table = Table::new(&[
        "ORGANISATION",
        "COUNTRY",
        "INVITED BY",
        "INVITED",
        "SINCE",
        "KEY",
        "STATE",
    ]);
    for (depth, one) in tree(members) {
        let inviter = one.admitted_by.as_deref().and_then(|id| by_id.get(id));
        let shown = match screen.columns {
            Some(_) => crate::text::cut(&format!("{}{}", "  ".repeat(depth), name(one)), NAME_COLUMNS_MAX),
            None => name(one).to_owned(),
        };
        table.push(vec![
            shown,
            one.country.clone(),
            inviter.map_or_else(String::new, |inviter| name(inviter).to_owned()),
            format!("{}/{TO_INVITE}", one.invited.min(TO_INVITE)),
            one.since_ms.map_or_else(String::new, day_of),
            one.id.get(..KEY_DIGITS).unwrap_or(&one.id).to_owned(),
            state(one),
        ]);
    }
    table.render(screen)
}

fn name(one: &OrganisationView) -> &str {
    if one.name.is_empty() { &one.did } else { &one.name }
}

fn state(one: &OrganisationView) -> String {
    let state = match one.state {
        OrganisationState::Founder => "founder",
        OrganisationState::Member => "member",
        OrganisationState::Unknown => "not on the roster",
        OrganisationState::Suspended => return "suspended".to_owned(),
        OrganisationState::Removed => return "removed".to_owned(),
    };
    let alike = if one.resembles.is_empty() {
        ""
    } else {
        ", looks like another"
    };
    let pledge = if one.pledged { "" } else { ", no pledge" };
    format!("{state}{pledge}{alike}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, admitted_by: Option<&str>, invited: u64) -> OrganisationView {
        OrganisationView {
            id: id.to_owned(),
            name: format!("Org {id}"),
            country: "GB".to_owned(),
            admitted_by: admitted_by.map(str::to_owned),
            pledged: true,
            invited,
            since_ms: Some(0),
            state: if admitted_by.is_none() {
                OrganisationState::Founder
            } else {
                OrganisationState::Member
            },
            ..OrganisationView::default()
        }
    }

    #[test]
    fn members_stand_under_whoever_invited_them() {
        let members = [
            member("d", Some("b"), 0),
            member("b", Some("a"), 1),
            member("a", None, 3),
            OrganisationView {
                resembles: vec!["a".to_owned()],
                pledged: false,
                ..member("c", Some("a"), 0)
            },
            member("e", Some("gone"), 0),
        ];
        let shown = table(&members, Screen { columns: Some(100) });
        let expected = "\
ORGANISATION  COUNTRY  INVITED BY  INVITED  SINCE       KEY  STATE
Org a         GB                   2/2      1970-01-01  a    founder
  Org b       GB       Org a       1/2      1970-01-01  b    member
    Org d     GB       Org b       0/2      1970-01-01  d    member
  Org c       GB       Org a       0/2      1970-01-01  c    member, no pledge, looks like another
Org e         GB                   0/2      1970-01-01  e    member
";
        assert_eq!(shown, expected);
    }
}
