//! The filter of a snapshot in its canonical written form: one spelling for everything that finds the same by its form.

use alliance_api::RecordQuery;
use alliance_search::filter::{Test, Tree};
use alliance_store::Query;

/// Conditions by name, in the order of their names, as `kind:practice chapter:iso:gb`; empty for everything.
pub(super) fn written(asked: &Query, query: &RecordQuery) -> String {
    let number = |number: i64| number.to_string();
    let yes = |flag: Option<bool>| flag.unwrap_or(false).then(|| "yes".to_owned());
    let conditions = [
        ("chapter", asked.chapter.as_ref().map(ToString::to_string)),
        ("filter", query.filter.as_deref().map(quoted)),
        ("from_ms", query.from_ms.map(number)),
        ("kind", asked.kind.map(|kind| kind.name().into_owned())),
        ("language", asked.language.as_deref().map(quoted)),
        // Whatever beginning or name was typed.
        (
            "organisation",
            asked.organisation.map(|organisation| organisation.to_string()),
        ),
        ("retracted", yes(query.retracted)),
        ("setting", asked.setting.as_deref().map(quoted)),
        ("superseded", yes(query.superseded)),
        ("to_ms", query.to_ms.map(number)),
    ];
    let written = conditions
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name}:{}", value?)));
    written.collect::<Vec<_>>().join(" ")
}

/// Takes out of a filter what the options of the query ask for, or can: `kind:`, `chapter:` and `organisation:`, so that a question
/// has one spelling however it is put. `asked` is the query as it was understood.
pub(super) fn lift(query: &mut RecordQuery, asked: &Query, tree: Tree) -> Tree {
    query.kind = asked.kind.map(|kind| kind.name().into_owned());
    query.chapter = asked.chapter.as_ref().map(ToString::to_string);
    query.organisation = asked.organisation.map(|organisation| organisation.to_string());
    let parts = match tree {
        Tree::All(parts) => parts,
        part => vec![part],
    };
    let mut left: Vec<Tree> = parts.into_iter().filter(|part| !is_asked(query, part)).collect();
    match left.len() {
        1 => left.remove(0),
        _ => Tree::All(left),
    }
}

/// Whether the query asks for this condition, from now on if it asked for nothing of its field.
fn is_asked(query: &mut RecordQuery, part: &Tree) -> bool {
    let Tree::Is(test) = part else { return false };
    let (field, value) = match test {
        Test::Kind(kind) => (&mut query.kind, kind.name().into_owned()),
        Test::Chapter(chapter) => (&mut query.chapter, chapter.clone()),
        Test::Organisation(id) => (&mut query.organisation, id.clone()),
        _ => return false,
    };
    *field.get_or_insert_with(|| value.clone()) == value
}

/// A word as it is; anything else as JSON writes a text.
fn quoted(text: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    match !text.is_empty() && text.chars().all(is_word) {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use alliance_record::OrganisationId;
    use alliance_record::schema::Kind;

    use super::*;

    #[test]
    fn a_filter_has_one_spelling() {
        let query = RecordQuery {
            superseded: Some(true),
            retracted: Some(false),
            from_ms: Some(5),
            filter: Some("huddle -ward".to_owned()),
            ..RecordQuery::default()
        };
        let asked = Query {
            kind: Some(Kind::PRACTICE),
            chapter: Some("iso:gb".parse().unwrap()),
            organisation: Some(OrganisationId([0xab; 32])),
            language: Some("en GB".to_owned()),
            ..Query::default()
        };
        let expected = format!(
            "chapter:iso:gb filter:\"huddle -ward\" from_ms:5 kind:practice language:\"en GB\" organisation:{} superseded:yes",
            "ab".repeat(32)
        );
        assert_eq!(written(&asked, &query), expected);
        assert_eq!(written(&Query::default(), &RecordQuery::default()), "");
        let id = "ab".repeat(32);
        let typed = format!("kind:practice huddle chapter:iso:de organisation:{id} -kind:lesson kind:practice");
        let mut query = RecordQuery::default();
        let left = lift(&mut query, &asked, alliance_search::filter::parse(&typed).unwrap());
        // Another chapter than the option's stays a condition.
        assert_eq!(left.to_string(), "huddle chapter:iso:de -kind:lesson");
        let mut query = RecordQuery::default();
        let left = lift(
            &mut query,
            &Query::default(),
            alliance_search::filter::parse(&typed).unwrap(),
        );
        assert_eq!(
            (left.to_string().as_str(), query.organisation),
            ("huddle -kind:lesson", Some(id))
        );
        assert_eq!(
            (query.kind.as_deref(), query.chapter.as_deref()),
            (Some("practice"), Some("iso:de"))
        );
    }
}
