//! Letting in, in this organisation's name too, whom another member let in.

use alliance_api::{Problem, VouchView};

use super::Handle;
use super::governance::named as shown;
use super::named::organisation;
use super::problem::problem;
use crate::draft;

impl Handle {
    /// Lets an organisation in that another member let in: it stays then, whatever becomes of that member's records.
    ///
    /// # Errors
    /// `bad_request`, `ambiguous`, `unknown_organisation`, `wrong_standing`, `may_not_admit`; as [`Handle::publish`].
    pub async fn vouch(&self, text: &str) -> Result<VouchView, Problem> {
        let view = self.0.parts.shared.view();
        let (id, members) = (organisation(text, &view)?, &view.members);
        if members.nodes_of(&id).next().is_none() {
            let detail = "no node of it was ever seen here. Who is not a member yet is invited: `alliance invite`";
            return Err(problem(404, "unknown_organisation", "No such organisation", detail));
        }
        if members.standing(&id).is_some() && !members.is_member(&id) && members.was_let_in(&id) {
            let detail =
                "stewards took it off the roster, and they alone take it in again: `alliance propose reinstate`";
            return Err(problem(409, "wrong_standing", "It is off the roster", detail));
        }
        if !members.may_invite(&self.0.organisation) {
            let detail = "the charter lets stewards alone admit, or this organisation is off the roster";
            return Err(problem(403, "may_not_admit", "This organisation admits nobody", detail));
        }
        let draft = draft::admission(&id, None, &view.name(&id));
        let published = self.submit(draft).await?;
        let record = published.record.to_string();
        let details = serde_json::json!({ "organisation": id.to_string(), "record": record });
        self.0.parts.shared.audit("vouched", details);
        Ok(VouchView {
            id: record,
            organisation: shown(&self.0.parts.shared.view(), &id),
        })
    }
}
