//! Problems as the handle states them.

use alliance_api::{Finding, Problem, ProblemType};
use alliance_record::schema;

pub(crate) fn problem(status: u16, code: &str, title: &str, detail: &str) -> Problem {
    Problem {
        kind: ProblemType::AboutBlank,
        title: title.to_owned(),
        status,
        detail: detail.to_owned(),
        code: code.to_owned(),
        findings: Vec::new(),
    }
}

pub(crate) fn stopped() -> Problem {
    problem(
        503,
        "stopped",
        "The node is stopping",
        "the node ends, or has ended. Start it with `alliance run`",
    )
}

pub(crate) fn bad_request(detail: &str) -> Problem {
    problem(400, "bad_request", "The request cannot be read", detail)
}

pub(crate) fn finding(finding: schema::Finding) -> Finding {
    let severity = match finding.severity {
        schema::Severity::Error => "error",
        schema::Severity::Warning => "warning",
    };
    Finding {
        severity: severity.to_owned(),
        code: finding.code.to_owned(),
        place: finding.place,
        line: finding.line,
        column: finding.column,
        message: finding.message,
        remedy: finding.remedy,
    }
}
