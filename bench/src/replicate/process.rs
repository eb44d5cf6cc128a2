//! One process of the run, and the lines it says. Owns its life: it is killed when dropped.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A process that says nothing for so long hangs.
const SILENCE_MAX: Duration = Duration::from_secs(3600);

/// A running process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    lines: Receiver<(Instant, String)>,
    pub(crate) began: Instant,
}

/// Says a word, and what belongs to it, to the process that started this one.
pub(crate) fn tell(word: &str, rest: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word} {rest}")?;
    Ok(out.flush()?)
}

/// The next line from the process that started this one; an error at the end of its life.
pub(crate) fn told() -> Result<String> {
    let mut line = String::new();
    let bytes = std::io::stdin().lock().read_line(&mut line)?;
    anyhow::ensure!(bytes > 0, "nobody says anything more");
    Ok(line.trim().to_owned())
}

impl Process {
    /// Starts this program in another part.
    pub(crate) fn start<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Result<Self> {
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("the process has no standard output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send((Instant::now(), line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, lines, began })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn say(&mut self, line: &str) -> Result<()> {
        let input = self.child.stdin.as_mut().context("the process has no standard input")?;
        Ok(writeln!(input, "{line}")?)
    }

    /// Waits for the line that begins with `word`: when it came, and what followed.
    pub(crate) fn hear(&mut self, word: &str) -> Result<(Instant, String)> {
        match self.lines.recv_timeout(SILENCE_MAX) {
            Ok((at, line)) => match line.split_once(' ') {
                Some((said, rest)) if said == word => Ok((at, rest.to_owned())),
                _ => bail!("said '{line}' and not '{word}'"),
            },
            Err(RecvTimeoutError::Timeout) => bail!("did not say '{word}'"),
            Err(RecvTimeoutError::Disconnected) => bail!("ended by {} before it said '{word}'", self.child.wait()?),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone is as good. SIGKILL leaves only what the process wrote, which is what is looked at afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
