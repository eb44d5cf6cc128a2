//! What an author says of a document: by flags, or asked one by one at a terminal.

use alliance_api::{Override, PublishReceipt, PublishRequest};
use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::terminal::Questions;

/// What is asked at a terminal when it is not given.
#[derive(Debug, Args)]
#[command(next_help_heading = "What you confirm (asked for at a terminal)")]
pub(super) struct SaidArgs {
    /// Nobody in it can be recognised, not even by someone who was there
    #[arg(long)]
    nobody_recognisable: bool,
    /// Your organisation may share it
    #[arg(long)]
    right_to_share: bool,
    /// The people it affects were involved, or asked
    #[arg(long)]
    people_involved: bool,
    /// Publish it with what was warned of
    #[arg(long)]
    accept_warnings: bool,
    /// Publish it in spite of what was found, wherever this code was found or in one field, for a reason that a second reader
    /// judges (may be repeated)
    #[arg(long = "override", value_name = "CODE[@FIELD]=REASON", value_parser = parsed)]
    overrides: Vec<Override>,
}

fn parsed(text: &str) -> Result<Override, String> {
    let wrong = || format!("'{text}' names no code and reason: write it as phone='The number of the ward itself'");
    let (found, reason) = text.split_once('=').ok_or_else(wrong)?;
    let (code, place) = match found.split_once('@') {
        Some((code, place)) => (code, Some(place.to_owned())),
        None => (found, None),
    };
    if code.is_empty() || reason.is_empty() {
        return Err(wrong());
    }
    Ok(Override {
        code: code.to_owned(),
        place,
        reason: reason.to_owned(),
    })
}

impl SaidArgs {
    /// Puts it into the request.
    pub(super) fn put(self, request: &mut PublishRequest) {
        request.confirmations.nobody_recognisable = self.nobody_recognisable;
        request.confirmations.right_to_share = self.right_to_share;
        request.confirmations.people_involved = self.people_involved;
        request.accept_warnings = self.accept_warnings;
        request.overrides = self.overrides;
    }
}

/// A terminal, when a person is there and something may have to be asked.
pub(super) fn questions(context: &Context, request: &PublishRequest) -> Option<Questions> {
    let said = request.confirmations;
    let all_said = said.nobody_recognisable && said.right_to_share && said.people_involved && request.accept_warnings;
    if all_said || !context.output.is_for_people() {
        return None;
    }
    Questions::open()
}

/// Asks for what was not said, one by one.
pub(super) fn ask(
    questions: &mut Questions,
    request: &mut PublishRequest,
    receipt: &PublishReceipt,
) -> Result<(), Failure> {
    let warned = receipt.findings.iter().any(|finding| finding.severity == "warning");
    let said = &mut request.confirmations;
    let all = [
        (
            &mut request.accept_warnings,
            "You have read the warnings above and publish it as it is. Is that so?",
        ),
        (
            &mut said.nobody_recognisable,
            "Nobody in it can be recognised, not even by someone who was there. Is that so?",
        ),
        (&mut said.right_to_share, "Your organisation may share it. Is that so?"),
        (
            &mut said.people_involved,
            "The people it affects were involved, or asked. Is that so?",
        ),
    ];
    for (index, (given, question)) in all.into_iter().enumerate() {
        if *given || (index == 0 && !warned) {
            continue;
        }
        *given = questions.is_so(question)?;
        if !*given {
            let why = format!("you did not confirm: {}", question.trim_end_matches(" Is that so?"));
            return Err(Failure::local("not_confirmed", "Nothing was shared", why)
                .mend("change the document, or ask whoever can tell; then share it again"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_names_a_code_perhaps_a_field_and_a_reason() {
        for (text, expected) in [
            ("phone=The ward's own", Some(("phone", None, "The ward's own"))),
            ("phone@summary=a = b", Some(("phone", Some("summary"), "a = b"))),
            ("phone", None),
            ("phone=", None),
            ("=because", None),
        ] {
            let found = parsed(text).ok();
            let found = found
                .as_ref()
                .map(|one| (one.code.as_str(), one.place.as_deref(), one.reason.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
