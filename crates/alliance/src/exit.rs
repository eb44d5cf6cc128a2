//! What a command's end tells the shell.

use std::process::ExitCode;

/// Shown by `--help`.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done; `status`: good
  1  failed or refused, and standard error says why; `status`: degraded
  2  the command line or the configuration is wrong; `status`: failing, or no node runs
  3  no node runs there";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done,
    /// It failed or was refused; `status`: the node works, and something needs a look.
    Failed,
    /// The command line or the configuration is wrong; `status`: the node does not work.
    Usage,
    /// No node runs there.
    NotRunning,
}

impl Exit {
    /// The number for the shell.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotRunning => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
