//! What people call organisations and acts: by key, by as much of its beginning as is unique, or by name.

use std::collections::{BTreeMap, BTreeSet};

use alliance_api::Problem;
use alliance_record::{ActId, OrganisationId};

use super::problem::{bad_request, problem};
use crate::shared::View;

/// Shortest beginning of a key in hexadecimal that names it.
const DIGITS_MIN: usize = 4;
/// What every organisation's `did:key` begins with: it tells nobody from another.
const DID_PREFIX: &str = "did:key:z6Mk";
/// Candidates that an error names.
const CANDIDATES_MAX: usize = 8;

/// The organisation that a text names: its key in hexadecimal or as `did:key`, a unique beginning of either, or its name if
/// nobody else has one like it. Whoever is on the roster or was is looked at; a whole key may be anybody's.
pub(super) fn organisation(text: &str, view: &View) -> Result<OrganisationId, Problem> {
    let text = text.trim();
    let text = text
        .strip_suffix('…')
        .or_else(|| text.strip_suffix("..."))
        .unwrap_or(text);
    if let Some(id) = OrganisationId::from_did(text).or_else(|| text.parse().ok()) {
        return Ok(id);
    }
    let mut all = view.members.organisations();
    all.extend(view.members.former());
    let names: BTreeMap<OrganisationId, String> = all.into_iter().map(|id| (id, view.name(&id))).collect();
    let alike = view.alike().of_name(text, None);
    pick(text, &names, &alike)
}

fn pick(
    text: &str,
    names: &BTreeMap<OrganisationId, String>,
    alike: &[OrganisationId],
) -> Result<OrganisationId, Problem> {
    let begins = |id: &&OrganisationId| {
        let (hex, did) = (text.to_lowercase(), id.did());
        let in_hex = hex.len() >= DIGITS_MIN && id.to_string().starts_with(&hex);
        let in_did = text.len() >= DID_PREFIX.len() + DIGITS_MIN && did.starts_with(text);
        in_hex || in_did
    };
    let is_name = |name: &String| !name.is_empty() && name.to_lowercase() == text.to_lowercase();
    let by_key = names.keys().filter(begins).copied();
    let by_name = names.iter().filter(|(_, name)| is_name(name)).map(|(id, _)| *id);
    let mut found: BTreeSet<OrganisationId> = by_key.chain(by_name).collect();
    // A name that only looks the same names nobody; beside the right one it makes the word ambiguous.
    if !found.is_empty() {
        found.extend(alike);
    }
    let mut candidates = found.iter();
    match (candidates.next(), candidates.next()) {
        (Some(id), None) => Ok(*id),
        (None, _) => Err(nobody(text, names, alike)),
        (Some(_), Some(_)) => {
            let listed = listed(found.iter(), names);
            let detail = format!("'{text}' names several: {listed}. Give more of the key");
            Err(problem(409, "ambiguous", "Several organisations", &detail))
        }
    }
}

fn nobody(text: &str, names: &BTreeMap<OrganisationId, String>, alike: &[OrganisationId]) -> Problem {
    let near = alliance_record::schema::nearest(text, names.values().map(String::as_str));
    let near = names
        .iter()
        .filter(|(id, name)| alike.contains(id) || Some(name.as_str()) == near);
    let near: Vec<&OrganisationId> = near.map(|(id, _)| id).collect();
    let meant = match near.is_empty() {
        true => String::new(),
        false => format!(" Did you mean {}?", listed(near.into_iter(), names)),
    };
    let detail = format!(
        "organisation: nobody is named '{text}', by key or by name.{meant} `alliance members --former` shows all of them"
    );
    bad_request(&detail)
}

fn listed<'a>(ids: impl Iterator<Item = &'a OrganisationId>, names: &BTreeMap<OrganisationId, String>) -> String {
    let shown = ids.take(CANDIDATES_MAX).map(|id| {
        let key = &id.to_string()[..16];
        match names.get(id).map(String::as_str) {
            None | Some("") => key.to_owned(),
            Some(name) => format!("{name} ({key})"),
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// The act whose id begins so.
pub(super) fn act_id(view: &View, text: &str) -> Result<ActId, Problem> {
    let prefix = text.trim_end_matches('…').to_lowercase();
    if prefix.is_empty() || prefix.len() > 64 || !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(bad_request("an act is named by its id: up to 64 hexadecimal digits"));
    }
    let found: Vec<ActId> = acts_beginning(view, &prefix);
    match found[..] {
        [id] => Ok(id),
        [] => Err(no_act(text)),
        _ => {
            let listed: Vec<String> = found
                .iter()
                .take(CANDIDATES_MAX)
                .map(|id| id.to_string()[..16].to_owned())
                .collect();
            let detail = format!("{text} begins several acts: {}. Give more digits", listed.join(", "));
            Err(problem(409, "ambiguous", "Several acts", &detail))
        }
    }
}

/// Acts whose ids begin with these digits.
pub(super) fn acts_beginning(view: &View, prefix: &str) -> Vec<ActId> {
    let acts = view.members.acts().map(|act| act.id);
    acts.filter(|id| id.to_string().starts_with(prefix)).collect()
}

pub(super) fn no_act(id: &str) -> Problem {
    let detail = format!("no act here begins with {id}. `alliance log` shows them all");
    problem(404, "not_found", "No such act", &detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> BTreeMap<OrganisationId, String> {
        let named = [
            (0x11, "Harbour Trust"),
            (0x12, "Ward B"),
            (0x22, "Ward B"),
            (0x33, ""),
            (0xfa, "Fjord"),
        ];
        let id = |byte| OrganisationId([byte; 32]);
        named
            .into_iter()
            .map(|(byte, name)| (id(byte), name.to_owned()))
            .collect()
    }

    fn found(text: &str, alike: &[u8]) -> Result<u8, String> {
        let alike: Vec<_> = alike.iter().map(|byte| OrganisationId([*byte; 32])).collect();
        pick(text, &names(), &alike)
            .map(|id| id.0[0])
            .map_err(|problem| problem.detail)
    }

    #[test]
    fn an_organisation_is_named_by_key_beginning_or_name() {
        assert_eq!(found("1111", &[]), Ok(0x11));
        assert_eq!(found("FAFAFA", &[]), Ok(0xfa));
        assert_eq!(found("harbour trust", &[0x11]), Ok(0x11));
        assert_eq!(found("Fjord", &[0xfa]), Ok(0xfa));
        let did = OrganisationId([0x33; 32]).did();
        assert_eq!(found(&did[..DID_PREFIX.len() + 6], &[]), Ok(0x33));
        let several = found("Ward B", &[0x12, 0x22]).unwrap_err();
        assert!(
            several.contains("Ward B (1212") && several.contains("Ward B (2222"),
            "{several}"
        );
        for text in ["111", "", DID_PREFIX, "Nobody at all"] {
            assert!(found(text, &[]).unwrap_err().contains("nobody is named"), "{text}");
        }
        assert!(
            found("Harbor Trust", &[])
                .unwrap_err()
                .contains("Did you mean Harbour Trust (1111")
        );
    }

    #[test]
    fn a_name_that_looks_like_anothers_names_nobody() {
        // Another name to the machine, the same to the eye.
        assert!(
            found("Fj\u{43e}rd", &[0xfa])
                .unwrap_err()
                .contains("Did you mean Fjord")
        );
        // The right name, while somebody else has one that looks like it.
        assert!(found("Fjord", &[0xfa, 0x33]).unwrap_err().contains("names several"));
    }
}
