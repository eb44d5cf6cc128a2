//! Tokens that were given to people. Only their hashes are kept: whoever reads this file cannot use them.

use std::path::PathBuf;

use alliance_api::{TokenRole, TokenView};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use super::file::{self, FileError};
use crate::random::random;

/// Tokens remembered, revoked ones included: the audit log names them.
pub(crate) const TOKENS_MAX: usize = 1_000;
/// Random bytes of a token: as many as a key.
const TOKEN_BYTES: usize = 32;
/// Random bytes of a token's id.
const ID_BYTES: usize = 4;

/// A token, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptToken {
    #[serde(flatten)]
    pub(crate) view: TokenView,
    /// BLAKE3 of the token, in hexadecimal. The token is random and as long as a key: its hash tells nothing of it.
    hash: String,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Tokens {
    path: PathBuf,
    given: Vec<KeptToken>,
}

impl Tokens {
    pub(crate) fn open(path: PathBuf) -> Result<Self, FileError> {
        let given = file::read_json(&path)?.unwrap_or_default();
        Ok(Self { path, given })
    }

    /// Makes a token; `None` when there are too many. When this returns, its hash is on the disk.
    pub(crate) fn add(
        &mut self,
        role: TokenRole,
        label: &str,
        now_ms: i64,
    ) -> Result<Option<(String, TokenView)>, FileError> {
        if self.given.len() >= TOKENS_MAX {
            return Ok(None);
        }
        let token = BASE64URL_NOPAD.encode(&random::<TOKEN_BYTES>());
        let view = TokenView {
            id: data_encoding::HEXLOWER.encode(&random::<ID_BYTES>()),
            role,
            label: label.to_owned(),
            made_at_ms: now_ms,
            revoked_at_ms: None,
        };
        let hash = blake3::hash(token.as_bytes()).to_hex().to_string();
        let mut given = self.given.clone();
        given.push(KeptToken {
            view: view.clone(),
            hash,
        });
        self.replace(given)?;
        Ok(Some((token, view)))
    }

    /// Whose token this is, when it is not revoked.
    pub(crate) fn holder(&self, token: &str) -> Option<&TokenView> {
        let sent = blake3::hash(token.as_bytes());
        // `blake3::Hash` compares in constant time.
        let is_it = |kept: &&KeptToken| blake3::Hash::from_hex(&kept.hash).is_ok_and(|hash| hash == sent);
        let found = self.given.iter().find(is_it)?;
        Some(&found.view).filter(|view| view.revoked_at_ms.is_none())
    }

    /// All, oldest first.
    pub(crate) fn list(&self) -> Vec<TokenView> {
        self.given.iter().map(|kept| kept.view.clone()).collect()
    }

    /// Revokes a token; it is on the disk when this returns. One that is revoked stays as it is.
    pub(crate) fn revoke(&mut self, id: &str, now_ms: i64) -> Result<(), FileError> {
        let mut given = self.given.clone();
        for kept in given.iter_mut().filter(|kept| kept.view.id == id) {
            kept.view.revoked_at_ms.get_or_insert(now_ms);
        }
        self.replace(given)
    }

    /// What is not on the disk did not happen: a restart would say the same.
    fn replace(&mut self, given: Vec<KeptToken>) -> Result<(), FileError> {
        file::replace_json(&self.path, &given)?;
        self.given = given;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_hash_until_it_is_revoked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tokens.json");
        let mut tokens = Tokens::open(path.clone()).unwrap();
        let (token, view) = tokens.add(TokenRole::SecondReader, "Deputy", 1).unwrap().unwrap();
        let (other, _) = tokens.add(TokenRole::SecondReader, "Chair", 2).unwrap().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&token) && text.contains("Deputy"));
        let mut tokens = Tokens::open(path).unwrap();
        let holder = |tokens: &Tokens, token: &str| {
            let holder = tokens.holder(token);
            holder.map(|view| view.label.clone())
        };
        assert_eq!(holder(&tokens, &token).as_deref(), Some("Deputy"));
        assert_eq!(holder(&tokens, "another"), None);
        tokens.revoke(&view.id, 3).unwrap();
        tokens.revoke(&view.id, 4).unwrap();
        assert_eq!(holder(&tokens, &token), None);
        assert_eq!(holder(&tokens, &other).as_deref(), Some("Chair"));
        assert_eq!(tokens.list()[0].revoked_at_ms, Some(3));
    }
}
