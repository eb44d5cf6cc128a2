//! Questions to a person at a terminal, whose answers are seen as they are typed.

use std::fs::File;
use std::io::{IsTerminal, Read, Write};

use crate::failure::{Failure, chain};

/// Bytes of an answer: more is no yes and no no.
const ANSWER_BYTES_MAX: usize = 64;

/// The terminal.
pub(crate) struct Questions(File);

impl Questions {
    /// Only where a person looks: a terminal behind a script that reads its output is nobody's.
    pub(crate) fn open() -> Option<Self> {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        File::options().read(true).write(true).open("/dev/tty").ok().map(Self)
    }

    /// Asks whether something is so. Anything but a yes is a no.
    pub(crate) fn is_so(&mut self, question: &str) -> Result<bool, Failure> {
        let asked = self
            .0
            .write_all(format!("{question} [y/N] ").as_bytes())
            .and_then(|()| self.line());
        let answer =
            asked.map_err(|error| Failure::local("no_terminal", "The terminal gave no answer", chain(&error)))?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Byte by byte: what is typed further is the next question's.
    fn line(&mut self) -> std::io::Result<String> {
        let mut typed = Vec::new();
        let mut byte = [0];
        while self.0.read(&mut byte)? == 1 && byte[0] != b'\n' {
            if typed.len() < ANSWER_BYTES_MAX {
                typed.push(byte[0]);
            }
        }
        Ok(String::from_utf8_lossy(&typed).into_owned())
    }
}
