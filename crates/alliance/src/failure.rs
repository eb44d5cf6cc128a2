//! Why a command did not do what was asked: what happened, why, and the command that mends it.

use std::error::Error;

use alliance_api::{Finding, Problem, ProblemType};

use crate::exit::Exit;

/// A command's failure, for a person and for a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What the shell is told.
    pub(crate) exit: Exit,
    /// What people and programs are told.
    pub(crate) told: Box<Told>,
}

/// What is said of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Told {
    /// HTTP status that says the same.
    pub(crate) status: u16,
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
    fn new(exit: Exit, status: u16, code: &str, title: String) -> Self {
        let told = Told {
            status,
            code: code.to_owned(),
            title,
            ..Told::default()
        };
        Self {
            exit,
            told: Box::new(told),
        }
    }

    /// The command line or the configuration is wrong.
    pub(crate) fn usage(code: &str, title: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Exit::Usage, 400, code, title.into()).mend(remedy)
    }

    /// Something of this machine did not work.
    pub(crate) fn local(code: &str, title: impl Into<String>, why: impl Into<String>) -> Self {
        let mut failure = Self::new(Exit::Failed, 500, code, title.into());
        failure.told.why = why.into();
        failure
    }

    /// No node runs there.
    pub(crate) fn not_running(place: &str, remedy: String) -> Self {
        Self::new(
            Exit::NotRunning,
            503,
            "not_running",
            format!("No node answers at {place}"),
        )
        .mend(remedy)
    }

    /// With what mends it.
    pub(crate) fn mend(mut self, remedy: impl Into<String>) -> Self {
        self.told.remedy = remedy.into();
        self
    }

    /// With the name of the document that its findings speak of.
    pub(crate) fn about(mut self, file: &str) -> Self {
        file.clone_into(&mut self.told.file);
        self
    }

    /// As the problem that the HTTP interface would answer with.
    pub(crate) fn to_problem(&self) -> Problem {
        let told = &self.told;
        let parts = [told.why.as_str(), told.remedy.as_str()];
        let detail: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Problem {
            kind: ProblemType::AboutBlank,
            title: told.title.clone(),
            status: told.status,
            detail: detail.join("\n"),
            code: told.code.clone(),
            findings: told.findings.clone(),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let mut failure = Self::new(Exit::Failed, problem.status, &problem.code, problem.title);
        failure.told.why = problem.detail;
        failure.told.findings = problem.findings;
        failure
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
