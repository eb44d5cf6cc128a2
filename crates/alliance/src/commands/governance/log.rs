//! `alliance log`: the public log of governance, the same on every node.

use std::collections::BTreeSet;

use alliance_api::{ActState, ActView, CharterView, GovernanceView, Named};
use alliance_record::OrganisationId;
use clap::Args;

use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;
use crate::text::{plain, plain_lines};

/// Which part of the log.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// One act, by its id or a unique beginning of it
    #[arg(value_name = "ACT")]
    act: Option<String>,
}

pub(crate) async fn perform(context: &Context, args: &LogArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    if let Some(id) = &args.act {
        let act = client.act(id).await.map_err(|error| context.refused(error))?;
        context.output.answer(&act, |_| act_page(&act))?;
        return Ok(Exit::Done);
    }
    let governance = client.governance().await.map_err(|error| context.refused(error))?;
    context.output.answer(&governance, |screen| page(&governance, screen))?;
    let states: BTreeSet<&str> = governance.acts.iter().filter_map(|act| meaning(act.state)).collect();
    for meaning in states {
        context.output.note(meaning);
    }
    for double in &governance.double_approvals {
        let acts: Vec<&str> = double.acts.iter().map(|id| short(id)).collect();
        context.output.note(&format!(
            "{} approved acts of which one alone can be in force: {}",
            shown(&double.steward),
            acts.join(", ")
        ));
    }
    Ok(Exit::Done)
}

fn page(governance: &GovernanceView, screen: Screen) -> String {
    let mut page = governance.charter.as_ref().map_or_else(String::new, charter_lines);
    for former in &governance.former {
        page += &format!("off       {}\n", shown(former));
    }
    if governance.acts.is_empty() {
        return page;
    }
    let mut table = Table::new(&["ACT", "DAY", "STATE", "APPROVED", "WHAT"]);
    for act in &governance.acts {
        table.push(vec![
            act.id[..12].to_owned(),
            act.proposed_at_ms.map_or_else(String::new, day_of),
            state(act.state).to_owned(),
            format!("{}/{}", approvals(act), act.needed),
            what(act),
        ]);
    }
    page + "\n" + &table.render(screen)
}

fn charter_lines(charter: &CharterView) -> String {
    let admits = if charter.any_member_admits {
        "any member admits"
    } else {
        "stewards admit"
    };
    let mut lines = format!(
        "charter   {} of {} (version {})\npolicy    {} of {} stewards decide; {admits}\n",
        short(&charter.version),
        plain(&charter.name),
        charter.number,
        charter.threshold,
        charter.stewards.len()
    );
    for steward in &charter.stewards {
        lines += &format!("steward   {}\n", shown(steward));
    }
    lines
}

/// An act with all that is known of it.
pub(in crate::commands) fn act_page(act: &ActView) -> String {
    let mut lines = vec![
        format!("act       {}", act.id),
        format!("what      {}", what(act)),
        format!("state     {} ({}/{})", state(act.state), approvals(act), act.needed),
        format!("reason    {}", plain(&act.reason)),
    ];
    if let Some(meaning) = meaning(act.state) {
        lines.insert(3, format!("          {meaning}"));
    }
    if !act.note.is_empty() {
        lines.push(format!("note      {}", plain(&act.note)));
    }
    if let Some(by) = &act.proposed_by {
        let day = act.proposed_at_ms.map_or_else(String::new, day_of);
        lines.push(format!("proposed  {day} by {}", shown(by)));
    }
    for word in &act.words {
        let said = if word.approves { "approves" } else { "rejects " };
        lines.push(
            format!("{said}  {} {}", shown(&word.steward), plain(&word.note))
                .trim_end()
                .to_owned(),
        );
    }
    lines.extend(act.record.iter().map(|record| format!("record    {record}")));
    lines.extend(act.lifts.iter().map(|lifted| format!("lifts     {lifted}")));
    if !act.text.is_empty() {
        let text = plain_lines(&act.text).replace('\n', "\n          ");
        lines.push(format!("text      {text}"));
    }
    if let Some(key) = &act.key {
        let did = key
            .parse::<OrganisationId>()
            .map_or_else(|_| key.clone(), |key| key.did());
        lines.push(format!("new key   {did}"));
    }
    for cut in &act.cuts {
        let writer = short(&cut.writer);
        lines.push(format!(
            "cut       {writer} in {} after {}",
            plain(&cut.chapter),
            cut.sequence
        ));
    }
    lines.extend(act.carries.iter().map(|id| format!("carries   {}", short(id))));
    lines.extend(act.rivals.iter().map(|id| format!("rival     {}", short(id))));
    let mut page = lines.join("\n") + "\n";
    if let Some(charter) = &act.charter {
        page += &charter_lines(charter);
    }
    page
}

/// As much of an id as tells it from others.
pub(super) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn approvals(act: &ActView) -> usize {
    act.words.iter().filter(|word| word.approves).count()
}

fn what(act: &ActView) -> String {
    if let (Some(record), Some(organisation)) = (&act.record, &act.organisation) {
        let record = format!("record {} of {}", short(record), shown(organisation));
        let notice = act.notice_type.as_deref().unwrap_or("notice").replace('_', " ");
        let (notice, reason) = (plain(&notice), plain(&act.reason));
        return match act.act.as_str() {
            "notice" => format!("mark {record}: {notice} ({reason})"),
            "lift" => format!("lift the {notice} on {record} ({reason})"),
            verb => format!("{verb} {record} ({reason})"),
        };
    }
    match (&act.organisation, &act.charter) {
        (Some(organisation), _) => format!("{} {} ({})", act.act, shown(organisation), plain(&act.reason)),
        (None, Some(charter)) => format!(
            "amend the charter to version {} ({})",
            charter.number,
            plain(&act.reason)
        ),
        (None, None) => act.act.clone(),
    }
}

fn shown(named: &Named) -> String {
    match named.name.as_str() {
        "" => named.id[..12].to_owned(),
        name => format!("{} {}", plain(name), short(&named.id)),
    }
}

/// What a state means whose word does not say it.
const fn meaning(state: ActState) -> Option<&'static str> {
    match state {
        ActState::Open | ActState::InForce => None,
        ActState::Outrun => Some("outrun: another act took its place, and it cannot come into force any more"),
        ActState::Lapsed => Some("lapsed: a later charter does not carry it on; propose it anew"),
        ActState::Lifted => Some("lifted: a later act took the notice back; it marks its record no more"),
        ActState::Unknown => Some("unknown: it is made under a charter that has not arrived here"),
    }
}

const fn state(state: ActState) -> &'static str {
    match state {
        ActState::Open => "open",
        ActState::InForce => "in force",
        ActState::Outrun => "outrun",
        ActState::Lapsed => "lapsed",
        ActState::Lifted => "lifted",
        ActState::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(state: ActState) -> ActView {
        ActView {
            id: "ab".repeat(32),
            act: "remove".to_owned(),
            organisation: None,
            key: None,
            record: None,
            notice_type: None,
            text: String::new(),
            lifts: None,
            charter: None,
            carries: Vec::new(),
            cuts: Vec::new(),
            made_under: "cd".repeat(32),
            previous: None,
            reason: "conduct".to_owned(),
            note: String::new(),
            proposed_by: None,
            proposed_at_ms: None,
            state,
            words: Vec::new(),
            needed: 2,
            rivals: Vec::new(),
        }
    }

    #[test]
    fn a_state_whose_word_does_not_say_it_is_explained() {
        let page = act_page(&act(ActState::Outrun));
        let lines: Vec<&str> = page.lines().collect();
        assert_eq!(lines[2], "state     outrun (0/2)");
        assert!(lines[3].ends_with("it cannot come into force any more"), "{page}");
        assert_eq!(act_page(&act(ActState::Open)).lines().count(), 4);
    }

    #[test]
    fn a_notice_is_told_in_words_and_nothing_in_it_acts_on_the_screen() {
        let notice = ActView {
            act: "notice".to_owned(),
            record: Some("ef".repeat(32)),
            organisation: Some(Named {
                id: "12".repeat(32),
                name: "Ward B".to_owned(),
            }),
            notice_type: Some("expression_of_concern".to_owned()),
            text: "One line\nand \u{1b}[31manother".to_owned(),
            ..act(ActState::Lifted)
        };
        let page = act_page(&notice);
        let says = |line: &str| page.lines().any(|shown| shown == line);
        assert!(
            says("what      mark record efefefefefef of Ward B 121212121212: expression of concern (conduct)"),
            "{page}"
        );
        assert!(
            says("text      One line") && says("          and \u{fffd}[31manother"),
            "{page}"
        );
        let lifting = ActView {
            act: "lift".to_owned(),
            text: String::new(),
            lifts: Some("ab".repeat(32)),
            ..notice
        };
        let said = "lift the expression of concern on record efefefefefef of Ward B 121212121212 (conduct)";
        assert_eq!(what(&lifting), said);
    }
}
