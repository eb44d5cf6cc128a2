//! What the keys are.

use alliance_node::{CertificateReport, KeyState, KeysReport};

use super::refused;
use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::plain;

pub(super) fn perform(context: &Context) -> Result<Exit, Failure> {
    let report = alliance_node::show(&context.data).map_err(refused)?;
    context.output.answer(&report, |_| render(&report))?;
    Ok(Exit::Done)
}

fn render(report: &KeysReport) -> String {
    let organisation = report.did.as_deref().unwrap_or("not known here");
    let mut lines = vec![
        format!("organisation  {organisation}"),
        format!("  its key     {}", state(report.organisation_key)),
    ];
    if report.signing_key != report.did {
        lines.extend(
            report
                .signing_key
                .iter()
                .map(|key| format!("  signs by    {key}, since it got another key")),
        );
    }
    if let Some(key) = &report.pending_key {
        lines.push(format!("  new key     {key}"));
        lines.push(format!("              {}", state(report.pending_key_state)));
        lines.push(
            "              counts when stewards let it: see `alliance propose rekey`, then `alliance keys rotate`"
                .to_owned(),
        );
    }
    lines.extend([
        format!("node          {}", report.peer),
        format!("  signs as    {}", report.writer),
        format!("  next key    {}", state(report.next_node_key)),
    ]);
    match &report.certificate {
        Some(certificate) => lines.extend(rows(certificate)),
        None => lines.push("certificate   none yet".to_owned()),
    }
    lines.join("\n") + "\n"
}

fn rows(certificate: &CertificateReport) -> Vec<String> {
    let end = day_of(certificate.ends_ms);
    let ends = match certificate.days_left {
        ..0 => format!("ended {end}: run `alliance keys renew`"),
        days => format!("ends {end}, in {days} days"),
    };
    let epoch = certificate.epoch.as_deref().unwrap_or("the first");
    let mut rows = vec![
        format!("certificate   {ends}"),
        format!("  begins      {}", day_of(certificate.begins_ms)),
        format!("  epoch       {epoch}"),
        format!("  alliance    {}", certificate.alliance),
    ];
    if !certificate.label.is_empty() {
        rows.push(format!("  label       {}", plain(&certificate.label)));
    }
    if certificate.next_writer_is_here == Some(false) {
        rows.push("  next key    not the one that the certificate names: renew it".to_owned());
    }
    rows
}

const fn state(state: KeyState) -> &'static str {
    match state {
        KeyState::Sealed => "encrypted",
        KeyState::Plain => "NOT ENCRYPTED: run `alliance keys encrypt`",
        KeyState::Absent => "not in this directory",
    }
}
