//! What an author must say before a document goes on: that it is right to share it, that warnings are accepted, and why something
//! that was found may stand.

use alliance_api::{Confirmations, Finding, Override, Problem, PublishRequest};

use super::texts::{BLOCK, is_clean};
use crate::handle::problem::problem;

/// What a finding becomes that somebody gave a reason for.
pub(super) const OVERRIDDEN: &str = "overridden";
const WARNING: &str = "warning";
const ERROR: &str = "error";

/// What is found in a series as it was counted, and is mended by protecting it.
const PROTECTABLE: [&str; 3] = ["small_number", "point_not_rounded", "computable"];

/// Findings that are told at once: nobody mends more before the next try.
const TOLD_MAX: usize = 100;

/// Characters of a reason: a sentence that a second reader can judge.
const REASON_CHARS_MIN: usize = 10;
const REASON_CHARS_MAX: usize = 500;

/// Marks what is overridden; tells of reasons that are none or repeat the `words` that were found, and of overrides of what was
/// not found.
pub(super) fn override_all(overrides: &[Override], words: &[String], findings: &mut Vec<Finding>) {
    let mut faults = Vec::new();
    for one in overrides {
        if let Some((what, remedy)) = fault_of_reason(&one.reason, words) {
            faults.push(fault("reason", &one.code, what, remedy));
            continue;
        }
        let meant = |finding: &&mut Finding| {
            finding.code == one.code && one.place.as_ref().is_none_or(|place| *place == finding.place)
        };
        let mut found = 0;
        for finding in findings.iter_mut().filter(meant) {
            found += 1;
            if finding.severity == BLOCK {
                OVERRIDDEN.clone_into(&mut finding.severity);
            }
        }
        if found == 0 {
            let remedy =
                "Write the code of a finding as it is shown in brackets, and the field as it stands beside it.";
            faults.push(fault(
                "override_unused",
                &one.code,
                "Nothing of this code was found there.",
                remedy,
            ));
        }
    }
    findings.extend(faults);
}

fn fault_of_reason(reason: &str, words: &[String]) -> Option<(&'static str, &'static str)> {
    let characters = reason.trim().chars().count();
    if !(REASON_CHARS_MIN..=REASON_CHARS_MAX).contains(&characters) {
        return Some((
            "A reason has 10 to 500 characters.",
            "Say in a sentence why it leads to nobody: a second reader judges it.",
        ));
    }
    (!is_clean(reason, words)).then_some((
        "The reason itself holds what looks like a personal detail, or repeats what was found, and it is written down in the audit log.",
        "Say why it leads to nobody without repeating it.",
    ))
}

fn fault(code: &str, place: &str, message: &str, remedy: &str) -> Finding {
    Finding {
        severity: ERROR.to_owned(),
        code: code.to_owned(),
        place: place.to_owned(),
        line: None,
        column: None,
        message: message.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// Those that are told: what stops a document first. All of them are judged before.
pub(super) fn told(findings: &[Finding]) -> Vec<Finding> {
    let stops = |finding: &&Finding| matches!(finding.severity.as_str(), ERROR | BLOCK);
    let (stopping, others): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(stops);
    match findings.len() {
        0..=TOLD_MAX => findings.to_vec(),
        _ => stopping.into_iter().chain(others).take(TOLD_MAX).cloned().collect(),
    }
}

/// What stops a document, whatever its author says.
pub(super) fn stopped(findings: &[Finding]) -> Option<Problem> {
    let of = |severity: &str| findings.iter().any(|finding| finding.severity == severity);
    let stop = |code, title, detail| {
        let mut problem = problem(422, code, title, detail);
        problem.findings = told(findings);
        problem
    };
    if of(ERROR) {
        let detail = match findings
            .iter()
            .any(|finding| PROTECTABLE.contains(&finding.code.as_str()))
        {
            true => {
                "nothing was published. Each finding names its place and the remedy; or share the series protected: --protect"
            }
            false => "nothing was published. Each finding names its place and the remedy",
        };
        return Some(stop("findings", "The document has errors", detail));
    }
    if of(BLOCK) {
        let detail = "nothing was published. Change the text at each place; or, where it leads to nobody, give a reason that a \
                      second reader then judges: --override CODE='REASON'";
        let title = "The document holds what looks like personal details";
        return Some(stop("personal_details", title, detail));
    }
    None
}

/// What its author has not said yet.
pub(super) fn unsaid(request: &PublishRequest, findings: &[Finding]) -> Option<Problem> {
    let warned = findings.iter().any(|finding| finding.severity == WARNING) && !request.accept_warnings;
    let missing = unconfirmed(request.confirmations);
    if !warned && missing.is_empty() {
        return None;
    }
    let mut asked = match warned {
        true => {
            let detail = "nothing was published. Change the text, or accept what was warned of: --accept-warnings";
            problem(
                422,
                "warnings",
                "The document has warnings that nobody accepted",
                detail,
            )
        }
        false => {
            let detail = "nothing was published. On a terminal you are asked; elsewhere each confirmation is a flag";
            problem(
                422,
                "not_confirmed",
                "The document is not confirmed by its author",
                detail,
            )
        }
    };
    asked.findings = told(findings);
    asked.findings.extend(missing);
    Some(asked)
}

fn unconfirmed(said: Confirmations) -> Vec<Finding> {
    let all = [
        (
            said.nobody_recognisable,
            "nobody_recognisable",
            "Not confirmed: nobody in it can be recognised, not even by someone who was there.",
            "Read it as a colleague who was on duty that day. Then add --nobody-recognisable.",
        ),
        (
            said.right_to_share,
            "right_to_share",
            "Not confirmed: your organisation may share it.",
            "Ask whoever answers for it, if you are not sure. Then add --right-to-share.",
        ),
        (
            said.people_involved,
            "people_involved",
            "Not confirmed: the people it affects were involved, or asked.",
            "Ask them, or somebody who speaks for them. Then add --people-involved.",
        ),
    ];
    let missing = all.into_iter().filter(|(said, ..)| !said);
    missing
        .map(|(_, place, message, remedy)| fault("unconfirmed", place, message, remedy))
        .collect()
}

/// Codes of what is accepted.
pub(super) fn accepted(findings: &[Finding]) -> Vec<String> {
    let warnings = findings.iter().filter(|finding| finding.severity == WARNING);
    let mut codes: Vec<String> = warnings.map(|finding| finding.code.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
}
