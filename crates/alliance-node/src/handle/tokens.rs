//! Tokens: made for a person, listed, revoked.

use alliance_api::{NewToken, Problem, TokenRequest, TokenRole, TokenView};
use serde_json::json;

use super::Handle;
use super::drafts::{named, not_kept};
use super::problem::{bad_request, problem};
use crate::random::now_ms;

/// Characters of a label: a role or a name.
const LABEL_CHARS_MAX: usize = 80;

impl Handle {
    /// Makes a token. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// `bad_request`, `too_many_tokens`, `store_failed`.
    pub fn add_token(&self, request: &TokenRequest) -> Result<NewToken, Problem> {
        let label = request.label.trim();
        if label.is_empty() || label.chars().count() > LABEL_CHARS_MAX || label.chars().any(char::is_control) {
            return Err(bad_request(
                "label: one line of 1 to 80 characters that says whose token it is",
            ));
        }
        let made = self.drawer().tokens().add(request.role, label, now_ms());
        let (token, view) = made.map_err(not_kept)?.ok_or_else(|| {
            let detail = "a thousand were made here, which is more than a node has readers";
            problem(409, "too_many_tokens", "No token was made", detail)
        })?;
        // Whose it is may be a name, and is in tokens.json: every act is told in the log too, where no person is named.
        let details = json!({"token": view.id, "role": view.role});
        self.0.parts.shared.audit("token_made", details);
        Ok(NewToken { token, view })
    }

    /// What the holder of a token may do; `None` when it is none of this node's, or was revoked.
    #[must_use]
    pub fn token_role(&self, token: &str) -> Option<TokenRole> {
        self.drawer().tokens().holder(token).map(|holder| holder.role)
    }

    /// The tokens that were made here, oldest first, without their secrets.
    ///
    /// # Errors
    /// None at present.
    pub fn tokens(&self) -> Result<Vec<TokenView>, Problem> {
        Ok(self.drawer().tokens().list())
    }

    /// Revokes a token, by its id or a unique beginning of it. What was approved with it stays approved.
    ///
    /// # Errors
    /// `not_found`, `ambiguous`, `bad_request`, `store_failed`.
    pub fn revoke_token(&self, id: &str) -> Result<TokenView, Problem> {
        let ids: Vec<String> = self.tokens()?.into_iter().map(|token| token.id).collect();
        let not_found = || {
            let detail = format!("no token here begins with {id}. `alliance tokens list` shows them");
            problem(404, "not_found", "No such token", &detail)
        };
        let found = named("token", id, &ids)?.ok_or_else(not_found)?;
        self.drawer().tokens().revoke(found, now_ms()).map_err(not_kept)?;
        self.0.parts.shared.audit("token_revoked", json!({"token": found}));
        let mut tokens = self.tokens()?.into_iter();
        tokens.find(|token| token.id == *found).ok_or_else(not_found)
    }
}
