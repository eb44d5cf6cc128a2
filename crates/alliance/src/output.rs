//! Where words go: data to standard output, messages to standard error, and nothing of either mixed.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings;

/// Columns of a terminal that does not say how wide it is.
const COLUMNS_USUAL: usize = 80;

/// For whom an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A person.
    Text,
    /// A program: one JSON document.
    Json,
}

/// What standard output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    /// Columns of the terminal; `None` when it is none.
    pub(crate) columns: Option<usize>,
}

impl Screen {
    /// What it is now.
    pub(crate) fn of_stdout() -> Self {
        let columns = || terminal_size::terminal_size().map_or(COLUMNS_USUAL, |(width, _)| usize::from(width.0));
        Self {
            columns: io::stdout().is_terminal().then(columns),
        }
    }
}

/// The ends of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    form: Form,
    quiet: bool,
}

impl Output {
    pub(crate) const fn new(form: Form, quiet: bool) -> Self {
        Self { form, quiet }
    }

    /// For a program, before the command line was understood.
    pub(crate) const fn machine() -> Self {
        Self::new(Form::Json, false)
    }

    /// Whether answers are written for a person.
    pub(crate) const fn is_for_people(self) -> bool {
        matches!(self.form, Form::Text)
    }

    /// Gives the answer: as JSON to a program, as `text` to a person.
    pub(crate) fn answer(self, value: &impl Serialize, text: impl FnOnce(Screen) -> String) -> Result<(), Failure> {
        let screen = Screen::of_stdout();
        match self.form {
            Form::Text => data(&text(screen)),
            Form::Json => {
                let written = match screen.columns {
                    Some(_) => serde_json::to_string_pretty(value),
                    None => serde_json::to_string(value),
                };
                let written = written
                    .map_err(|error| Failure::local("unwritable", "The answer cannot be written", error.to_string()))?;
                data(&(written + "\n"))
            }
        }
    }

    /// Says something to a person that is no answer.
    pub(crate) fn note(self, message: &str) {
        if !self.quiet && self.form == Form::Text {
            say(&format!("{message}\n"));
        }
    }

    /// Says why the command failed; answers with the exit code.
    pub(crate) fn failure(self, failure: &Failure) -> Exit {
        match self.form {
            Form::Json => {
                let problem = serde_json::to_string(&failure.to_problem()).unwrap_or_default();
                say(&(problem + "\n"));
            }
            Form::Text => say(&findings::failure(failure, colour_on_stderr())),
        }
        failure.exit
    }
}

/// Whether and how to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// No colour.
    Plain,
    /// ANSI colours.
    Ansi,
}

impl Colour {
    /// The text in red and bold.
    pub(crate) fn alarm(self, text: &str) -> String {
        self.paint(text, "1;31")
    }

    /// The text in yellow and bold.
    pub(crate) fn warning(self, text: &str) -> String {
        self.paint(text, "1;33")
    }

    /// The text in cyan.
    pub(crate) fn help(self, text: &str) -> String {
        self.paint(text, "36")
    }

    fn paint(self, text: &str, code: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

/// Colour for a terminal on standard error, unless `NO_COLOR` says otherwise.
pub(crate) fn colour_on_stderr() -> Colour {
    colour_on(&io::stderr())
}

/// Colour for a terminal on standard output, unless `NO_COLOR` says otherwise.
pub(crate) fn colour_on_stdout() -> Colour {
    colour_on(&io::stdout())
}

fn colour_on(stream: &impl IsTerminal) -> Colour {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if !refused && stream.is_terminal() {
        return Colour::Ansi;
    }
    Colour::Plain
}

fn data(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // A reader that has seen enough, as `head`, is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::local(
            "stdout",
            "The answer cannot be written",
            error.to_string(),
        )),
        Ok(()) => Ok(()),
    }
}

fn say(text: &str) {
    // There is nobody to tell that nobody listens.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
