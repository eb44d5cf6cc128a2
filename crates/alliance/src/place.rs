//! Where things are: the data directory, and where its node answers.

use std::io::Read;
use std::path::{Path, PathBuf};

use alliance_api::Endpoint;
use alliance_node::Settings;

use crate::cli::Global;
use crate::failure::Failure;

/// The data directory of a node that the system runs.
const SYSTEM_DATA: &str = "/var/lib/alliance";
/// Bytes of a token's file.
const TOKEN_BYTES_MAX: u64 = 256;

/// What the choice of a data directory depends on.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// The system's directory, when it exists and is this user's to write.
    pub(crate) system: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    pub(crate) xdg_data_home: Option<PathBuf>,
    /// `HOME`.
    pub(crate) home: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub(crate) fn of_process() -> Self {
        let system = Path::new(SYSTEM_DATA);
        let writable = system.is_dir() && rustix::fs::access(system, rustix::fs::Access::WRITE_OK).is_ok();
        Self {
            system: writable.then(|| system.to_owned()),
            xdg_data_home: std::env::var_os("XDG_DATA_HOME").map(PathBuf::from),
            home: std::env::var_os("HOME").map(PathBuf::from),
        }
    }

    /// The data directory when none is named.
    pub(crate) fn data(self) -> Result<PathBuf, Failure> {
        let absolute = |path: PathBuf| path.is_absolute().then_some(path);
        let users = self
            .xdg_data_home
            .and_then(absolute)
            .or_else(|| self.home.and_then(absolute).map(|home| home.join(".local/share")));
        self.system
            .or_else(|| users.map(|users| users.join("alliance")))
            .ok_or_else(|| {
                Failure::usage(
                    "no_data_directory",
                    "There is no usual place for the data directory: HOME is not set",
                    "name one: --data DIR, or the variable ALLIANCE_DATA",
                )
            })
    }
}

/// Where the node of a data directory answers.
pub(crate) fn endpoint(global: &Global, data: &Path, settings: &Settings) -> Result<Endpoint, Failure> {
    if let Some(address) = &global.api {
        return Ok(tcp(address, token(global, data)?));
    }
    if !settings.socket.is_empty() {
        return Ok(Endpoint::Unix(data.join(&settings.socket)));
    }
    if !settings.http.is_empty() {
        return Ok(tcp(&settings.http, token(global, data)?));
    }
    Err(Failure::usage(
        "no_interface",
        "The configuration gives the node neither a socket nor an HTTP address, so that no command can reach it",
        "set one: socket = \"api.sock\"",
    ))
}

fn tcp(address: &str, token: Option<String>) -> Endpoint {
    Endpoint::Tcp {
        address: address.to_owned(),
        token,
    }
}

/// The token of a file.
pub(crate) fn token_of(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(TOKEN_BYTES_MAX).read_to_string(&mut text));
    read.map_err(|error| unreadable(path, &error))?;
    Ok(text.trim().to_owned())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(
        "token_unreadable",
        format!("The token file {} cannot be read: {error}", path.display()),
        "name the file that holds your token, or api.token of the node's data directory",
    )
}

/// Reads the token: of the file named, or of the data directory when it is there and readable.
fn token(global: &Global, data: &Path) -> Result<Option<String>, Failure> {
    let named = global.token_file.as_deref();
    match named {
        Some(path) => token_of(path).map(Some),
        None => Ok(token_of(&data.join("api.token")).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(system: Option<&str>, xdg: Option<&str>, home: Option<&str>, expected: Option<&str>) {
        let surroundings = Surroundings {
            system: system.map(PathBuf::from),
            xdg_data_home: xdg.map(PathBuf::from),
            home: home.map(PathBuf::from),
        };
        assert_eq!(surroundings.data().ok(), expected.map(PathBuf::from));
    }

    #[test]
    fn the_usual_data_directory() {
        check(
            Some("/var/lib/alliance"),
            Some("/x"),
            Some("/home/a"),
            Some("/var/lib/alliance"),
        );
        check(None, Some("/x"), Some("/home/a"), Some("/x/alliance"));
        check(
            None,
            Some("relative"),
            Some("/home/a"),
            Some("/home/a/.local/share/alliance"),
        );
        check(None, None, Some("/home/a"), Some("/home/a/.local/share/alliance"));
        check(None, None, Some(""), None);
        check(None, None, None, None);
    }
}
