//! What every command works with: where the data is, how the node is asked, where the words go.

use std::path::PathBuf;

use alliance_api::{Client, ClientError};

use crate::cli::Global;
use crate::config::{self, Config, Layers, SettingFlags};
use crate::failure::{Failure, chain};
use crate::output::Output;
use crate::place::{self, Surroundings};

/// A command's surroundings.
#[derive(Debug)]
pub(crate) struct Context {
    global: Global,
    /// The data directory; may not exist yet.
    pub(crate) data: PathBuf,
    /// Where words go.
    pub(crate) output: Output,
}

impl Context {
    pub(crate) fn new(global: Global, output: Output) -> Result<Self, Failure> {
        let data = match &global.data {
            Some(data) => data.clone(),
            None => Surroundings::of_process().data()?,
        };
        Ok(Self { global, data, output })
    }

    /// The configuration, with these flags over it.
    pub(crate) fn config(&self, flags: &SettingFlags) -> Result<Config, Failure> {
        let config = config::resolve(&Layers {
            file: self.config_file()?,
            environment: std::env::vars_os()
                .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            flags: flags.pairs(),
        })?;
        for doubt in &config.doubts {
            self.output.note(&format!("warning: {doubt}"));
        }
        Ok(config)
    }

    fn config_file(&self) -> Result<Option<(PathBuf, String)>, Failure> {
        let named = self.global.config.as_ref();
        let path = named.cloned().unwrap_or_else(|| config::usual_file(&self.data));
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some((path, text))),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::usage(
                "config_unreadable",
                format!("The configuration {} cannot be read: {error}", path.display()),
                "name a file that can be read: --config FILE",
            )),
        }
    }

    /// The token of the person who gives the command, in a file that was named: the one in the data directory is the author's.
    pub(crate) fn own_token(&self) -> Result<String, Failure> {
        let named = self.global.token_file.as_deref();
        let path = named.ok_or_else(|| {
            Failure::usage(
                "token_missing",
                "A draft is approved by somebody else than its author, with a token of their own",
                "name its file: --token-file FILE; the node makes one: alliance tokens add --label NAME --out FILE",
            )
        })?;
        place::token_of(path)
    }

    /// A client of this data directory's node.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let settings = self.config(&SettingFlags::default())?.settings;
        Ok(Client::new(place::endpoint(&self.global, &self.data, &settings)?))
    }

    /// An unsuccessful request, with the command that mends it.
    pub(crate) fn refused(&self, error: ClientError) -> Failure {
        match error {
            ClientError::Problem(problem) => Failure::from(*problem),
            ClientError::NotRunning { place, .. } => Failure::not_running(&place, self.command("run")),
            error @ ClientError::NotReachable { .. } => {
                Failure::local("not_reachable", "The node cannot be reached", chain(&error))
                    .mend("run this command as the user that runs the node, or name its address: --api HOST:PORT")
            }
            error => {
                Failure::local("no_answer", "The node gave no good answer", chain(&error)).mend(self.command("status"))
            }
        }
    }

    /// A command for this data directory, to be typed.
    pub(crate) fn command(&self, words: &str) -> String {
        match &self.global.data {
            Some(data) => format!("alliance {words} --data {}", data.display()),
            None => format!("alliance {words}"),
        }
    }
}
