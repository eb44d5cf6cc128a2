//! The pledge, signed anew.

use alliance_api::{PledgeRequest, PledgeView, Problem};

use super::Handle;
use super::problem::{bad_request, problem};
use crate::date::{day, plus_months};
use crate::draft;
use crate::publishing::look_through;
use crate::random::now_ms;
use crate::setup::check_commitments;

impl Handle {
    /// Signs the pledge again, with commitments that take the place of the former ones.
    ///
    /// # Errors
    /// `bad_request` for a commitment that is none; as [`Handle::publish`].
    pub async fn pledge(&self, request: PledgeRequest) -> Result<PledgeView, Problem> {
        check_commitments(&request.commitments).map_err(|error| bad_request(&error.to_string()))?;
        if request.commitments.is_empty() {
            return Err(bad_request(
                "commitments: at least one, with what will be done and by which month",
            ));
        }
        for (index, commitment) in request.commitments.iter().enumerate() {
            look_through(&format!("commitments[{index}].what"), &commitment.what)?;
        }
        let view = self.0.parts.shared.view();
        let Some(charter) = view.members.charter() else {
            let detail = "the charter has not arrived from another member yet; see `alliance peers`";
            return Err(problem(409, "no_charter", "The pledge cannot be signed yet", detail));
        };
        let months = charter.pledge_months;
        let draft = draft::pledge(&request.commitments, self.0.alliance.as_bytes(), months);
        let published = self.submit(draft).await?;
        let id = published.record.to_string();
        self.0
            .parts
            .shared
            .audit("pledge_signed", serde_json::json!({"record": id}));
        Ok(PledgeView {
            id,
            ends_on: plus_months(day(now_ms()), months).to_string(),
        })
    }
}
