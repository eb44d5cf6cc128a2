//! What an organisation says of itself, in each command that makes a data directory; and what was made.

use alliance_api::Commitment;
use alliance_node::{InitOptions, JoinError, Passphrase, SetupError, SetupReport};
use clap::Args;

use super::keys::key_refused;
use crate::calendar::is_month;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, chain};

/// Details beside the name.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Your organisation")]
pub(crate) struct OrganisationDetails {
    /// Its name in English, when the first is in another language
    #[arg(long, value_name = "NAME")]
    name_en: Option<String>,
    /// Its country, as two letters (GB); chapters of the country and its continent are followed
    #[arg(long, value_name = "CODE", value_parser = country)]
    country: Option<String>,
    /// Its part of the country, as ISO 3166-2 has it (GB-SCT)
    #[arg(long, value_name = "CODE")]
    subdivision: Option<String>,
    /// What kind of organisation it is, a code of the list of organisation types
    #[arg(long = "type", value_name = "CODE")]
    organisation_type: Option<String>,
    /// A language it works in (en, cs; may be repeated)
    #[arg(long, value_name = "TAG")]
    language: Vec<String>,
}

impl OrganisationDetails {
    /// With the name, all that is needed.
    pub(super) fn options(&self, name: &str, passphrase: Option<&Passphrase>) -> InitOptions {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        InitOptions {
            name: name.to_owned(),
            name_en: text(&self.name_en),
            country: text(&self.country),
            subdivision: text(&self.subdivision),
            organisation_type: text(&self.organisation_type),
            languages: self.language.clone(),
            passphrase: passphrase.cloned(),
        }
    }
}

fn country(text: &str) -> Result<String, String> {
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    Err("a country has two letters, as GB or CZ".to_owned())
}

/// Reads `TEXT by YYYY-MM`.
pub(super) fn commitment(text: &str) -> Result<Commitment, String> {
    let parts = text.rsplit_once(" by ").map(|(what, by)| (what.trim(), by.trim()));
    match parts {
        Some((what, by)) if !what.is_empty() && is_month(by) => Ok(Commitment {
            what: what.to_owned(),
            by: by.to_owned(),
        }),
        _ => {
            Err("write what will be done and by which month, as 'Debrief after every restraint by 2027-06'".to_owned())
        }
    }
}

/// Makes the data directory first, when the organisation is named. One that is there is kept, so that a command that
/// failed later can be given again.
pub(super) fn init_when_named(
    context: &Context,
    name: Option<&str>,
    details: &OrganisationDetails,
    passphrase: Option<&Passphrase>,
) -> Result<(), Failure> {
    let Some(name) = name else {
        return Ok(());
    };
    let data = context.data.display();
    match alliance_node::init(&context.data, &details.options(name, passphrase)) {
        Ok(made) => context.output.note(&format!("made {data} for {name} ({})", made.did)),
        Err(SetupError::Exists { .. }) => {
            context.output.note(&format!(
                "{data} was made before: its keys and its organisation are kept"
            ));
        }
        Err(error) => return Err(refused(error)),
    }
    Ok(())
}

/// A data directory that could not be made or changed.
pub(super) fn refused(error: SetupError) -> Failure {
    match &error {
        SetupError::Option { option, reason } => {
            Failure::usage("bad_option", format!("{option} cannot be used"), reason.as_str())
        }
        SetupError::Join(error) => not_joined(error),
        SetupError::Key(error) => key_refused(error, "The data directory was not changed"),
        _ => Failure::local("setup_failed", "The data directory was not changed", chain(&error)),
    }
}

/// A guest that did not become a member. The codes are those of the protocol, wherever the other node said it.
pub(super) fn not_joined(error: &JoinError) -> Failure {
    let title = "Your organisation did not join";
    match error {
        JoinError::Refused { code, reason } => Failure::local(code, "The inviting node refused", reason.as_str()),
        JoinError::Invitation(_) => Failure::local("invitation_altered", title, chain(error)),
        JoinError::Expired => Failure::local("invitation_expired", title, chain(error)),
        _ => match error.refusal() {
            Some(code) => Failure::local(&code, title, chain(error)),
            None => Failure::local("not_joined", title, chain(error)),
        },
    }
}

/// Tells what was made.
pub(super) fn report(context: &Context, made: &SetupReport, next: &str) -> Result<Exit, Failure> {
    context.output.answer(made, |_| {
        let mut lines = vec![
            format!("organisation  {}", made.did),
            format!("node          {}", made.peer),
        ];
        lines.extend(made.alliance.iter().map(|id| format!("alliance      {id}")));
        if !made.chapters.is_empty() {
            lines.push(format!("follows       {}", made.chapters.join(", ")));
        }
        lines.join("\n") + "\n"
    })?;
    for note in &made.notes {
        context.output.note(note);
    }
    context.output.note(&format!("next: {}", context.command(next)));
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_a_text_and_a_month() {
        let read = commitment("Debrief by a peer worker after every restraint by 2027-06").unwrap();
        assert_eq!(
            (read.what.as_str(), read.by.as_str()),
            ("Debrief by a peer worker after every restraint", "2027-06")
        );
        for text in [
            "",
            "by 2027-06",
            " by 2027-06",
            "Something",
            "Something by summer",
            "Something by 2027-13",
        ] {
            assert!(commitment(text).is_err(), "{text}");
        }
    }
}
