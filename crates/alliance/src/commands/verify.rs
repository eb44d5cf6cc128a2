//! `alliance verify`: a snapshot's bundle, with nothing but the file and the alliance's id: no node, no network.

use std::path::PathBuf;

use alliance_api::Finding;
use alliance_record::AllianceId;
use alliance_snapshot::{Fault, Report, verify};
use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::text::plain;

/// Options of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The bundle, a ZIP file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The alliance's id, from somebody you trust and not from the file
    #[arg(long, value_name = "ID", value_parser = whole)]
    alliance: AllianceId,
}

/// The whole id: a part of it could be another alliance's.
fn whole(text: &str) -> Result<AllianceId, String> {
    text.parse().map_err(|_| {
        format!(
            "all 64 hexadecimal digits are needed, and these are {} characters: `alliance status --json` on a member's node says them \
             as `alliance.id`, and `alliance snapshot` when it has written a bundle",
            text.chars().count()
        )
    })
}

pub(crate) fn perform(args: &VerifyArgs, output: Output) -> Result<Exit, Failure> {
    let report = verify(&args.file, &args.alliance).map_err(|fault| failed(args, fault))?;
    output.answer(&report, |_| page(&report))?;
    Ok(Exit::Done)
}

fn failed(args: &VerifyArgs, fault: Fault) -> Failure {
    let title = format!("{} was not verified", args.file.display());
    let why = "this is the first thing that is wrong; what comes after it was not looked at";
    let mut failure = Failure::local("not_verified", title, why);
    failure.told.status = 422;
    failure.told.findings.push(Finding {
        severity: "error".to_owned(),
        code: fault.check.code().to_owned(),
        place: fault.place,
        line: None,
        column: None,
        message: fault.found,
        remedy: fault.remedy,
    });
    failure
}

fn page(report: &Report) -> String {
    let asked = if report.filter.is_empty() {
        "everything"
    } else {
        report.filter.as_str()
    };
    let maker = if report.maker.name.is_empty() {
        &report.maker.organisation
    } else {
        &report.maker.name
    };
    let mut lines = vec![
        format!("verified   {}", report.identifier),
        format!("title      {}", plain(&report.title)),
        format!("alliance   {} {}", report.alliance, plain(&report.alliance_name)),
        format!("asked for  {}", plain(asked)),
        format!("records    {}, at the heads of {} logs", report.records, report.logs),
        format!("maker      {}, one of {} members", plain(maker), report.members),
        format!("files      {}, each as the records say", report.files),
        "This proves:".to_owned(),
    ];
    lines.extend(report.proves.iter().map(|proven| format!("  - {proven}")));
    lines.push("It does not prove:".to_owned());
    lines.extend(report.does_not_prove.iter().map(|open| format!("  - {open}")));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_id_is_refused_with_where_the_whole_one_is() {
        assert!(whole(&"ab".repeat(32)).is_ok());
        let told = whole("abab").unwrap_err();
        assert!(
            told.contains("all 64") && told.contains("these are 4") && told.contains("alliance status"),
            "{told}"
        );
    }
}
