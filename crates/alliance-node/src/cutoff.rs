//! Whether members cut this node off, by what this node holds itself: its organisation was taken off the roster, or its
//! certificate counts no more. It is said with the act that did it, and with the remedy.

use alliance_engine::{ActState, Members};
use alliance_record::{ActId, CertifiedNode, StandingTo};

/// What cuts this node off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Stewards took its organisation off the roster.
    Removed,
    /// Stewards suspended its organisation.
    Suspended,
    /// Stewards gave its organisation another key, or took it in again: its certificate is of before.
    Replaced,
    /// Its organisation revoked it, or its next key took its place.
    Revoked,
    /// Its certificate is of an act that is not in force as far as this node knows.
    Awaited,
}

/// That it is cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CutOff {
    pub(crate) cut: Cut,
    pub(crate) act: Option<ActId>,
    /// The act's reason, a code.
    reason: String,
}

impl CutOff {
    /// What cuts a node off, judged by what it shows to members; nothing before its organisation was let in.
    pub(crate) fn of(members: &Members, node: &CertifiedNode) -> Option<Self> {
        let standing = members.standing(&node.organisation);
        let newest = standing.map(|(act, _)| act);
        let is_in_force = |act: &ActId| members.act(act).is_some_and(|shown| shown.state == ActState::InForce);
        if let Some(awaited) = node.standing.filter(|act| !is_in_force(act)) {
            return Some(Self::by(Cut::Awaited, Some(awaited), members));
        }
        let cut = match standing {
            _ if !members.was_let_in(&node.organisation) => return None,
            Some((_, StandingTo::Removed)) => Cut::Removed,
            Some((_, StandingTo::Suspended)) => Cut::Suspended,
            _ => {
                members.may_connect(node).err()?;
                let is_of_now = node.standing == newest && node.signing_key() == members.key_of(&node.organisation);
                if is_of_now { Cut::Revoked } else { Cut::Replaced }
            }
        };
        let act = newest.filter(|_| cut != Cut::Revoked);
        Some(Self::by(cut, act, members))
    }

    fn by(cut: Cut, act: Option<ActId>, members: &Members) -> Self {
        let shown = act.and_then(|act| members.act(&act));
        Self {
            cut,
            act,
            reason: shown.map(|shown| shown.act.reason.clone()).unwrap_or_default(),
        }
    }

    /// Whether this node waits for what its certificate cites: no fault as long as it has no connection.
    pub(crate) fn is_waiting(&self) -> bool {
        self.cut == Cut::Awaited
    }

    /// The stable word.
    pub(crate) const fn code(&self) -> &'static str {
        match self.cut {
            Cut::Removed => "organisation_removed",
            Cut::Suspended => "organisation_suspended",
            Cut::Replaced => "certificate_replaced",
            Cut::Revoked => "node_revoked",
            Cut::Awaited => "act_awaited",
        }
    }

    /// What happened and what mends it.
    pub(crate) fn said(&self) -> String {
        let act = self.act.map(|act| act.to_string()).unwrap_or_default();
        let short = act.get(..12).unwrap_or_default();
        let why = &self.reason;
        let said = match self.cut {
            Cut::Removed => format!(
                "stewards took this organisation off the roster by the act {short} ({why}): members refuse its nodes, and \
                 what they write now does not count. See `alliance log {short}`. If stewards take it in again, run \
                 `alliance keys rotate --act` with that act"
            ),
            Cut::Suspended => format!(
                "stewards suspended this organisation by the act {short} ({why}): members refuse its nodes, and what they \
                 write now does not count. See `alliance log {short}`. When stewards end it by a reinstatement, run \
                 `alliance keys rotate --act` with that act"
            ),
            Cut::Replaced => format!(
                "the act {short} ({why}) gave this organisation another key or took it in again, and this node's certificate \
                 is of before: members refuse it. With that key in its directory, stop the node, run `alliance keys rotate \
                 --act {act}`, and start it"
            ),
            Cut::Revoked => "this node was revoked by its organisation, or its next key took its place: members refuse it, and \
                             what it writes now does not count. Stop it. If it is to go on, run `alliance keys rotate` where \
                             the organisation's key is, or ask for a new node: `alliance keys request`"
                .to_owned(),
            Cut::Awaited => format!(
                "this node's certificate is of the act {short}, which is not in force as far as this node knows: it comes with \
                 the first connection to a member. If members refuse this node as revoked, it was the wrong act: compare \
                 `alliance log` at a member, and run `alliance keys rotate --act` again"
            ),
        };
        format!("{said} ({})", self.code())
    }
}
