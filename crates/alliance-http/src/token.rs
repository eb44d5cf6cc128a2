//! The secret that lets a program write over TCP, and the file that keeps it. Never printed, never logged.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;

use crate::limits::TOKEN_FILE_BYTES_MAX;

/// Random bytes of a new token: as many as a key.
const TOKEN_BYTES: usize = 32;
/// Characters below which a token is a typing error, or could be guessed.
const TOKEN_CHARS_MIN: usize = 32;

/// A bearer token. Kept as its hash, so that comparing takes the same time whatever was sent.
#[derive(Clone)]
pub struct ApiToken(blake3::Hash);

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file could not be read or written. It is as it was.
    #[error("the token file {} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others could read the file.
    #[error("the token file {} is open to other users; mend it with: chmod 600 {}", path.display(), path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file holds no token.
    #[error("the token file {} holds no token; remove it, and the next start writes a new one", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes for a new token")]
    Random,
}

impl ApiToken {
    /// A token given in the clear.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(blake3::hash(token.as_bytes()))
    }

    /// Reads the token of a file, or writes a new one to it (mode 0600).
    ///
    /// # Errors
    /// [`TokenError`]; a file that was there is unchanged.
    pub fn load_or_create(path: &Path) -> Result<Self, TokenError> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(file) => create(path, file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => load(path),
            Err(source) => Err(file_error(path, source)),
        }
    }

    /// Whether `sent` is this token.
    pub(crate) fn is(&self, sent: &str) -> bool {
        // `blake3::Hash` compares in constant time.
        self.0 == blake3::hash(sent.as_bytes())
    }
}

fn file_error(path: &Path, source: io::Error) -> TokenError {
    TokenError::File {
        path: path.to_owned(),
        source,
    }
}

fn create(path: &Path, mut file: std::fs::File) -> Result<ApiToken, TokenError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| TokenError::Random)?;
    let token = BASE64URL_NOPAD.encode(&bytes);
    file.write_all(token.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.sync_all())
        .map_err(|source| file_error(path, source))?;
    Ok(ApiToken::new(&token))
}

fn load(path: &Path) -> Result<ApiToken, TokenError> {
    let file = std::fs::File::open(path).map_err(|source| file_error(path, source))?;
    let mode = file
        .metadata()
        .map_err(|source| file_error(path, source))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        return Err(TokenError::Exposed { path: path.to_owned() });
    }
    let mut text = String::new();
    file.take(TOKEN_FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|source| file_error(path, source))?;
    let token = text.trim();
    if token.len() < TOKEN_CHARS_MIN || token.contains(char::is_whitespace) {
        return Err(TokenError::Unreadable { path: path.to_owned() });
    }
    Ok(ApiToken::new(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_private_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("api.token");
        ApiToken::load_or_create(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = ApiToken::load_or_create(&path).unwrap();
        assert!(again.is(text.trim()));
        assert!(!again.is("another"));
        assert!(!format!("{again:?}").contains(text.trim()));
    }

    #[test]
    fn an_exposed_or_empty_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("api.token");
        std::fs::write(&path, "x".repeat(43)).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(matches!(
            ApiToken::load_or_create(&path),
            Err(TokenError::Exposed { .. })
        ));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        assert!(ApiToken::load_or_create(&path).is_ok());
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(
            ApiToken::load_or_create(&path),
            Err(TokenError::Unreadable { .. })
        ));
    }
}
