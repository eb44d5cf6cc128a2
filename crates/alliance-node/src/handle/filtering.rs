//! Filters as this node reads them: the language is `alliance-search`'s; who an organisation is, and of which country, only the
//! roster knows.

use alliance_api::{Finding, Problem};
use alliance_record::OrganisationId;
use alliance_search::filter::{FilterError, QUESTION_CHARACTERS_MAX, Tree, parse};

use super::named::organisation;
use super::problem::problem;
use crate::shared::View;

/// The field whose values are names, too.
const FIELD: &str = "organisation:";
const QUOTES: &str = "\"“”„";

/// Reads a filter: whatever names an organisation in it has become its id.
pub(super) fn read(text: &str, view: &View) -> Result<Tree, Problem> {
    let named = Named::of(text, &|name| organisation(name, view)).map_err(|error| bad_filter(&error))?;
    parse(&named.text).map_err(|error| {
        bad_filter(&FilterError {
            at: named.place(error.at),
            ..error
        })
    })
}

/// Reads a filter, and puts the organisations of the roster in the place of their countries.
pub(crate) fn read_filter(text: &str, view: &View) -> Result<Tree, Problem> {
    Ok(in_countries(read(text, view)?, view))
}

/// The organisations of the roster in the place of their countries.
pub(super) fn in_countries(tree: Tree, view: &View) -> Tree {
    let of_country = |country: &str| {
        let profiles = view.members.organisations().into_iter();
        let of_it = profiles.filter(|id| view.country(id) == country);
        of_it.map(|id| id.to_string()).collect()
    };
    tree.with_countries(&of_country)
}

fn bad_filter(error: &FilterError) -> Problem {
    let detail = format!("character {}: {error}", error.at + 1);
    let mut told = problem(400, "bad_filter", "The filter cannot be read", &detail);
    told.findings.push(Finding {
        severity: "error".to_owned(),
        code: "bad_filter".to_owned(),
        place: String::new(),
        line: Some(1),
        column: u32::try_from(error.at + 1).ok(),
        message: error.message.clone(),
        remedy: error.remedy.clone(),
    });
    told
}

/// A filter with ids in the place of organisations' names.
struct Named {
    text: String,
    /// Of each that was put in: where its value stood, how many characters it had, and where the id stands.
    put: Vec<(usize, usize, usize)>,
}

/// Characters of an id.
const ID_CHARS: usize = 64;

impl Named {
    fn of(text: &str, who: &dyn Fn(&str) -> Result<OrganisationId, Problem>) -> Result<Self, FilterError> {
        let letters: Vec<char> = text.chars().collect();
        if letters.len() > QUESTION_CHARACTERS_MAX {
            // Its reader refuses it, and says why.
            return Ok(Self {
                text: text.to_owned(),
                put: Vec::new(),
            });
        }
        let (mut written, mut put) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < letters.len() {
            let value = at + FIELD.len();
            let (end, name) = match is_field(&letters, at).then(|| value_at(&letters, value)).flatten() {
                Some(found) => found,
                None => {
                    let end = after(&letters, at);
                    written.extend(&letters[at..end]);
                    at = end;
                    continue;
                }
            };
            let id = who(&name).map_err(|problem| FilterError {
                at: value,
                message: problem.detail,
                remedy: "Write the first digits of the organisation's id, or its name in quotation marks.".to_owned(),
            })?;
            written.extend(&letters[at..value]);
            put.push((value, end - value, written.len()));
            written.extend(id.to_string().chars());
            at = end;
        }
        Ok(Self {
            text: written.into_iter().collect(),
            put,
        })
    }

    /// Where a character of this text stood in what was typed.
    fn place(&self, at: usize) -> usize {
        let before = self.put.iter().rev().find(|(_, _, written)| *written <= at);
        match before {
            None => at,
            Some((typed, _, written)) if at < written + ID_CHARS => *typed,
            Some((typed, length, written)) => typed + length + (at - written - ID_CHARS),
        }
    }
}

/// Whether the field stands here, and not in the middle of a word.
fn is_field(letters: &[char], at: usize) -> bool {
    let typed = letters[at..].iter().take(FIELD.len());
    if !typed.map(char::to_ascii_lowercase).eq(FIELD.chars()) {
        return false;
    }
    let mut marks = letters[..at].iter().rev();
    match marks.find(|letter| !"-−".contains(**letter)) {
        None => true,
        Some(letter) => letter.is_whitespace() || *letter == '(' || *letter == ')' || QUOTES.contains(*letter),
    }
}

/// The value that stands here, and the place behind it.
fn value_at(letters: &[char], at: usize) -> Option<(usize, String)> {
    let end = after(letters, at);
    let value = letters.get(at..end)?;
    if !value.first().is_some_and(|letter| QUOTES.contains(*letter)) {
        let is_plain =
            |letter: &&char| !letter.is_whitespace() && !"()".contains(**letter) && !QUOTES.contains(**letter);
        let name: String = letters[at..].iter().take_while(is_plain).collect();
        return (!name.is_empty()).then(|| (at + name.chars().count(), name));
    }
    let is_closed = value.len() > 1 && value.last().is_some_and(|letter| QUOTES.contains(*letter));
    let mut inside = value.get(1..value.len() - 1)?.iter();
    let mut name = String::new();
    while let Some(letter) = inside.next() {
        name.extend(match letter {
            '\\' => inside.next(),
            letter => Some(letter),
        });
    }
    (is_closed && !name.trim().is_empty()).then_some((end, name))
}

/// The place behind one character, or behind a whole text in quotation marks.
fn after(letters: &[char], at: usize) -> usize {
    let mut next = at + 1;
    if !letters.get(at).is_some_and(|letter| QUOTES.contains(*letter)) {
        return next;
    }
    while let Some(letter) = letters.get(next) {
        next += 1;
        match letter {
            '"' | '“' | '”' => break,
            '\\' => next += 1,
            _ => {}
        }
    }
    next.min(letters.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handle::problem::bad_request;

    fn who(name: &str) -> Result<OrganisationId, Problem> {
        match name {
            "Harbour \"Trust\"" => Ok(OrganisationId([0x11; 32])),
            "Fjord" | "2222" => Ok(OrganisationId([0x22; 32])),
            _ => Err(bad_request("nobody is named so")),
        }
    }

    fn check(typed: &str, expected: &str) {
        let named = Named::of(typed, &who).unwrap();
        let expected = expected.replace('#', &"11".repeat(32)).replace('@', &"22".repeat(32));
        assert_eq!(named.text, expected, "{typed}");
        assert!(parse(&named.text).is_ok(), "{typed}");
    }

    #[test]
    fn organisations_are_ids_whatever_names_them_and_words_stay_words() {
        check(
            r#"huddle organisation:"Harbour \"Trust\"" year:2024"#,
            "huddle organisation:# year:2024",
        );
        check("organisation:2222", "organisation:@");
        check(
            "(-organisation:„Fjord“ OR Organisation:Fjord)",
            "(-organisation:@ OR Organisation:@)",
        );
        check(r#""organisation:x" huddle"#, r#""organisation:x" huddle"#);
        check("", "");
    }

    #[test]
    fn a_fault_is_told_where_it_was_typed() {
        let error = Named::of(r#"a organisation:"Nobody" b"#, &who)
            .map(|named| named.text)
            .unwrap_err();
        assert_eq!((error.at, error.message.as_str()), (15, "nobody is named so"));
        let typed = r#"organisation:"Fjord" kind:x organisation:2222 kind:y"#;
        let named = Named::of(typed, &who).unwrap();
        let at = |text: &str, of: &str| text.find(of).unwrap();
        for word in ["kind:x", "kind:y", "organisation:"] {
            assert_eq!(named.place(at(&named.text, word)), at(typed, word), "{word}");
        }
        // An empty value, and a mark without an end, are the parser's to tell.
        for typed in [
            "organisation:",
            "organisation: x",
            r#"organisation:"Fjord"#,
            r#"organisation:"""#,
        ] {
            assert!(parse(&Named::of(typed, &who).unwrap().text).is_err(), "{typed}");
        }
    }

    #[test]
    fn what_is_too_long_is_left_to_its_reader() {
        let long = format!("{} organisation:Fjord", "-".repeat(QUESTION_CHARACTERS_MAX));
        let named = Named::of(&long, &who).unwrap();
        assert_eq!((named.text.as_str(), named.put.len()), (long.as_str(), 0));
    }
}
