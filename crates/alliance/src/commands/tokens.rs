//! `alliance tokens`: secrets by which people other than the author act on this node.

use std::path::PathBuf;

use alliance_api::{NewToken, TokenRequest, TokenRole, TokenView};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;

use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::private::{NewFile, create};
use crate::table::Table;
use crate::text::plain;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokensCommand {
    /// Make a token for somebody; it is shown once
    Add(AddArgs),
    /// List the tokens that were made here
    List,
    /// Revoke a token; what was approved with it stays approved
    Revoke {
        /// Its id, or the beginning of it
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Options of `tokens add`.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// What its holder may do
    #[arg(long, value_enum, default_value = "second-reader")]
    role: Role,
    /// Whose it is: a role or a name; stays on this node
    #[arg(long, value_name = "TEXT")]
    label: String,
    /// Write it to a new file that only you can read
    #[arg(long, value_name = "FILE", required_unless_present = "print")]
    out: Option<PathBuf>,
    /// Write it to standard output
    #[arg(long)]
    print: bool,
}

/// What a token's holder may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Read what the node shows
    Reader,
    /// Also write documents, and see the drafts that wait
    Author,
    /// Read, see drafts, and approve them
    SecondReader,
    /// What an author may, and speak for the organisation
    Steward,
    /// All but approving drafts
    Operator,
}

impl From<Role> for TokenRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Reader => Self::Reader,
            Role::Author => Self::Author,
            Role::SecondReader => Self::SecondReader,
            Role::Steward => Self::Steward,
            Role::Operator => Self::Operator,
        }
    }
}

/// A token that was made: the answer has the secret only where that was asked for.
#[derive(Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    view: &'a TokenView,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

pub(super) async fn perform(context: &Context, command: TokensCommand) -> Result<Exit, Failure> {
    match command {
        TokensCommand::Add(args) => add(context, args).await,
        TokensCommand::List => list(context).await,
        TokensCommand::Revoke { id } => revoke(context, &id).await,
    }
}

async fn add(context: &Context, args: AddArgs) -> Result<Exit, Failure> {
    // The file comes first: a token that nobody can read would still be good.
    let file = args.out.as_deref().map(create).transpose()?;
    let request = TokenRequest {
        role: args.role.into(),
        label: args.label,
    };
    match context.client()?.add_token(&request).await {
        Ok(made) if args.print => hand_over(context, &made, (file, Some(&made.token))),
        Ok(made) => hand_over(context, &made, (file, None)),
        Err(error) => {
            file.into_iter().for_each(NewFile::discard);
            Err(context.refused(error))
        }
    }
}

fn hand_over(
    context: &Context,
    made: &NewToken,
    (file, token): (Option<NewFile>, Option<&str>),
) -> Result<Exit, Failure> {
    let answer = Made {
        view: &made.view,
        token,
        file: file.as_ref().map(NewFile::name),
    };
    file.map_or(Ok(()), |file| file.write(&made.token))?;
    context.output.answer(&answer, |_| {
        let lines = answer.file.as_deref().into_iter().chain(answer.token);
        lines.map(|line| format!("{line}\n")).collect()
    })?;
    context.output.note(&format!(
        "The token {} is {}'s, as {}. Hand it over as you would a key: it is not shown again, and the node keeps only its hash.",
        made.view.id,
        plain(&made.view.label),
        made.view.role.name()
    ));
    Ok(Exit::Done)
}

async fn list(context: &Context) -> Result<Exit, Failure> {
    let asked = context.client()?.tokens().await;
    let tokens = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&tokens, |screen| table(&tokens, screen))?;
    if tokens.is_empty() {
        let add = context.command("tokens add --label NAME --out FILE");
        context
            .output
            .note(&format!("No token was made here. `{add}` makes one."));
    }
    Ok(Exit::Done)
}

fn table(tokens: &[TokenView], screen: Screen) -> String {
    if tokens.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["ID", "ROLE", "STATE", "SINCE", "LABEL"]);
    for token in tokens {
        let state = token.revoked_at_ms.map_or("good", |_| "revoked");
        table.push(vec![
            token.id.clone(),
            token.role.name().to_owned(),
            state.to_owned(),
            day_of(token.made_at_ms),
            token.label.clone(),
        ]);
    }
    table.render(screen)
}

async fn revoke(context: &Context, id: &str) -> Result<Exit, Failure> {
    let asked = context.client()?.revoke_token(id).await;
    let revoked = asked.map_err(|error| context.refused(error))?;
    context
        .output
        .answer(&revoked, |_| format!("revoked {}\n", revoked.id))
        .map(|()| Exit::Done)
}
