//! Why a command did not do what was asked: what happened, why, and the command that mends it.

use std::error::Error;

use alliance_api::{Finding, Problem};

use crate::exit::Exit;

/// A command's failure, for a person and for a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What the shell is told.
    pub(crate) exit: Exit,
    /// HTTP status that says the same.
    status: u16,
    /// Stable snake_case word.
    pub(crate) code: String,
    /// What happened.
    pub(crate) title: String,
    /// Why; may be empty.
    pub(crate) why: String,
    /// What mends it, a command where there is one; may be empty.
    pub(crate) remedy: String,
    /// Faults of a document.
    pub(crate) findings: Vec<Finding>,
    /// The document's name, for its findings.
    pub(crate) file: String,
}

impl Failure {
    /// The command line or the configuration is wrong.
    pub(crate) fn usage(code: &str, title: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            status: 400,
            code: code.to_owned(),
            title: title.into(),
            why: String::new(),
            remedy: remedy.into(),
            findings: Vec::new(),
            file: String::new(),
        }
    }

    /// Something of this machine did not work.
    pub(crate) fn local(code: &str, title: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failed,
            status: 500,
            why: why.into(),
            ..Self::usage(code, title, "")
        }
    }

    /// No node runs there.
    pub(crate) fn not_running(place: &str, remedy: String) -> Self {
        Self {
            exit: Exit::NotRunning,
            status: 503,
            ..Self::usage("not_running", format!("No node answers at {place}"), remedy)
        }
    }

    /// With what mends it.
    pub(crate) fn mend(self, remedy: impl Into<String>) -> Self {
        Self {
            remedy: remedy.into(),
            ..self
        }
    }

    /// With the name of the document that its findings speak of.
    pub(crate) fn about(self, file: &str) -> Self {
        Self {
            file: file.to_owned(),
            ..self
        }
    }

    /// As the problem that the HTTP interface would answer with.
    pub(crate) fn to_problem(&self) -> Problem {
        let parts = [self.why.as_str(), self.remedy.as_str()];
        let detail: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Problem {
            kind: "about:blank".to_owned(),
            title: self.title.clone(),
            status: self.status,
            detail: detail.join("\n"),
            code: self.code.clone(),
            findings: self.findings.clone(),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            exit: Exit::Failed,
            status: problem.status,
            findings: problem.findings,
            ..Self::local(&problem.code, problem.title, problem.detail)
        }
    }
}

/// An error and what caused it, each said once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        cause = error.source();
    }
    said
}
