//! Where a passphrase comes from: a file, or the terminal. Never an argument or a variable, which others can read.

use std::fs::File;
use std::io::{IsTerminal, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use alliance_node::{PASSPHRASE_BYTES_MAX, Passphrase, PassphraseError, holds_keys, is_sealed};
use clap::Args;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::failure::{Failure, chain};

/// Where to read it instead of asking.
const REMEDY: &str = "name a file that holds it: --passphrase-file FILE, or the variable ALLIANCE_PASSPHRASE_FILE";
/// What is in the mode of a file that others may read or write.
const OTHERS: u32 = 0o077;

/// Opens keys that are sealed.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PassphraseArgs {
    /// File with the passphrase of the organisation's key [default: asked for on the terminal]
    #[arg(long, env = "ALLIANCE_PASSPHRASE_FILE", hide_env_values = true, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Which keys a command makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// The organisation's, and those of its first node.
    Organisation,
    /// Those of a further node.
    Node,
}

impl Made {
    const fn open_warning(self) -> &'static str {
        match self {
            Self::Organisation => {
                "warning: the organisation's key is not encrypted: whoever can read its file speaks for your organisation. \
                 `alliance keys encrypt` mends it"
            }
            Self::Node => {
                "warning: this node's next signing key is not encrypted: whoever can read its file takes the node's place. \
                 `alliance keys encrypt` mends it"
            }
        }
    }
}

/// Seals keys that are made.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct NewPassphraseArgs {
    #[command(flatten)]
    known: PassphraseArgs,
    /// Leave the organisation's key unencrypted, for trying things out
    #[arg(long)]
    no_passphrase: bool,
}

impl PassphraseArgs {
    /// The passphrase of the keys of this data directory; `None` when none of them is sealed.
    pub(crate) fn open(&self, context: &Context) -> Result<Option<Passphrase>, Failure> {
        if !is_sealed(&context.data).map_err(crate::commands::keys::refused)? {
            return Ok(None);
        }
        if let Some(path) = &self.passphrase_file {
            return read(path).map(Some);
        }
        let mut terminal = Terminal::open("The organisation's key is sealed")?;
        let typed = terminal.ask("Passphrase of the organisation's key: ")?;
        Passphrase::given(&typed).map(Some).map_err(unusable)
    }

    /// A new passphrase.
    pub(crate) fn choose(&self) -> Result<Passphrase, Failure> {
        chosen(self.passphrase_file.as_deref())
    }
}

impl NewPassphraseArgs {
    /// For keys that are made if they are not there: a new passphrase, or that of the keys that are.
    pub(crate) fn make_or_open(&self, context: &Context, made: Made) -> Result<Option<Passphrase>, Failure> {
        if holds_keys(&context.data) {
            return self.known.open(context);
        }
        if self.no_passphrase {
            context.output.note(made.open_warning());
            return Ok(None);
        }
        self.known.choose().map(Some)
    }
}

impl NewPassphraseArgs {
    /// For a key that is made anew.
    pub(crate) fn choose(&self, context: &Context) -> Result<Option<Passphrase>, Failure> {
        if self.no_passphrase {
            context
                .output
                .note("warning: the key is not encrypted: `alliance keys encrypt` mends it");
            return Ok(None);
        }
        self.known.choose().map(Some)
    }
}

/// A new passphrase: of a file, or typed twice.
pub(crate) fn chosen(file: Option<&Path>) -> Result<Passphrase, Failure> {
    if let Some(path) = file {
        let text = text_of(path)?;
        return Passphrase::chosen(&text).map_err(unusable);
    }
    let mut terminal = Terminal::open("A new key needs a passphrase")
        .map_err(|failure| failure.mend(format!("{REMEDY}; or leave the key unencrypted: --no-passphrase")))?;
    let typed = terminal.ask("New passphrase for the organisation's key: ")?;
    let chosen = Passphrase::chosen(&typed).map_err(unusable)?;
    if terminal.ask("Once more: ")? != typed {
        return Err(Failure::usage(
            "passphrases_differ",
            "The two passphrases are not the same; nothing was changed",
            "give the command again",
        ));
    }
    Ok(chosen)
}

fn read(path: &Path) -> Result<Passphrase, Failure> {
    Passphrase::given(&text_of(path)?).map_err(unusable)
}

fn unusable(error: PassphraseError) -> Failure {
    Failure::usage("bad_passphrase", "The passphrase cannot be used", error.to_string())
}

fn text_of(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |why: String| {
        let title = format!("The passphrase file {} cannot be used: {why}", path.display());
        Failure::usage("passphrase_unreadable", title, REMEDY)
    };
    let file = File::open(path).map_err(|error| unreadable(chain(&error)))?;
    let meta = file.metadata().map_err(|error| unreadable(chain(&error)))?;
    if meta.is_file() && meta.mode() & OTHERS != 0 {
        let why = "others can read it".to_owned();
        return Err(unreadable(why).mend(format!("chmod 600 {}", path.display())));
    }
    let mut text = Zeroizing::new(String::with_capacity(PASSPHRASE_BYTES_MAX + 2));
    file.take(PASSPHRASE_BYTES_MAX as u64 + 2)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(chain(&error)))?;
    Ok(text)
}

/// The terminal, asked without showing what is typed.
struct Terminal(File);

impl Terminal {
    /// Only where a person looks: a terminal behind a script that reads its output is nobody's.
    fn open(what: &str) -> Result<Self, Failure> {
        let nobody = || {
            Failure::usage(
                "no_passphrase",
                format!("{what}, and there is no terminal to ask for it"),
                REMEDY,
            )
        };
        if !std::io::stderr().is_terminal() {
            return Err(nobody());
        }
        let opened = File::options().read(true).write(true).open("/dev/tty");
        opened.map(Self).map_err(|_| nobody())
    }

    fn ask(&mut self, question: &str) -> Result<Zeroizing<String>, Failure> {
        let answered = self.ask_unseen(question);
        answered.map_err(|error| Failure::local("no_terminal", "The terminal gave no passphrase", chain(&error)))
    }

    fn ask_unseen(&mut self, question: &str) -> std::io::Result<Zeroizing<String>> {
        let shown = tcgetattr(&self.0)?;
        let mut unseen = shown.clone();
        unseen.local_modes.remove(LocalModes::ECHO);
        unseen.local_modes.insert(LocalModes::ECHONL);
        // Before the question: what is typed in answer to it is neither shown nor thrown away.
        tcsetattr(&self.0, OptionalActions::Flush, &unseen)?;
        let typed = self.0.write_all(question.as_bytes()).and_then(|()| self.line());
        tcsetattr(&self.0, OptionalActions::Now, &shown)?;
        typed
    }

    /// Byte by byte: nothing of the passphrase stays behind in a reader's buffer.
    fn line(&mut self) -> std::io::Result<Zeroizing<String>> {
        let mut typed = Zeroizing::new(Vec::with_capacity(PASSPHRASE_BYTES_MAX + 1));
        let mut byte = [0];
        while typed.len() <= PASSPHRASE_BYTES_MAX && self.0.read(&mut byte)? == 1 && byte[0] != b'\n' {
            typed.push(byte[0]);
        }
        let text = std::str::from_utf8(&typed).map_err(std::io::Error::other)?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}
