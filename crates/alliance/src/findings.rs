//! Faults as compilers print them: the place first, then what is wrong, then what mends it.

use alliance_api::Finding;

use crate::failure::Failure;
use crate::output::Colour;
use crate::text::{plain, plain_lines};

/// A failure for a person.
pub(crate) fn failure(failure: &Failure, colour: Colour) -> String {
    let told = &failure.told;
    let mut shown = findings(&told.file, &told.findings, colour);
    let label = colour.alarm(&format!("error[{}]", plain(&told.code)));
    shown.push_str(&format!("{label}: {}\n", indented(&told.title)));
    if !told.why.is_empty() {
        shown.push_str(&format!("  why: {}\n", indented(&told.why)));
    }
    if !told.remedy.is_empty() {
        shown.push_str(&format!("  {}: {}\n", colour.help("help"), indented(&told.remedy)));
    }
    shown
}

/// Faults and warnings of a document, one after another.
pub(crate) fn findings(file: &str, findings: &[Finding], colour: Colour) -> String {
    findings.iter().map(|one| finding(file, one, colour)).collect()
}

fn finding(file: &str, finding: &Finding, colour: Colour) -> String {
    let label = format!("{}[{}]", plain(&finding.severity), plain(&finding.code));
    let label = match finding.severity.as_str() {
        "error" | "block" => colour.alarm(&label),
        "note" => colour.help(&label),
        _ => colour.warning(&label),
    };
    let mut shown = format!("{}{label}: ", place(file, finding));
    if !finding.place.is_empty() {
        shown.push_str(&format!("{}: ", plain(&finding.place)));
    }
    shown.push_str(&format!("{}\n", indented(&finding.message)));
    if !finding.remedy.is_empty() {
        shown.push_str(&format!("  {}: {}\n", colour.help("help"), indented(&finding.remedy)));
    }
    shown
}

fn place(file: &str, finding: &Finding) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !file.is_empty() {
        parts.push(plain(file));
    }
    parts.extend(finding.line.map(|line| line.to_string()));
    parts.extend(finding.line.and(finding.column).map(|column| column.to_string()));
    if parts.is_empty() {
        return String::new();
    }
    parts.join(":") + " "
}

fn indented(text: &str) -> String {
    plain_lines(text).trim_end().replace('\n', "\n  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(line: Option<u32>, severity: &str) -> Finding {
        Finding {
            severity: severity.to_owned(),
            code: "required_missing".to_owned(),
            place: "problem".to_owned(),
            line,
            column: Some(3),
            message: "is missing".to_owned(),
            remedy: "write 20 to 5000 characters".to_owned(),
        }
    }

    #[test]
    fn a_finding_reads_like_a_compiler() {
        let shown = findings(
            "a.md",
            &[example(Some(12), "error"), example(None, "warning")],
            Colour::Plain,
        );
        let expected = "a.md:12:3 error[required_missing]: problem: is missing\n  help: write 20 to 5000 characters\n\
                        a.md warning[required_missing]: problem: is missing\n  help: write 20 to 5000 characters\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_failure_says_what_why_and_how_to_mend() {
        let shown = failure(
            &Failure::local("x", "It\u{1b} broke", "because\nof that").mend("alliance run"),
            Colour::Plain,
        );
        assert_eq!(
            shown,
            "error[x]: It\u{fffd} broke\n  why: because\n  of that\n  help: alliance run\n"
        );
    }
}
