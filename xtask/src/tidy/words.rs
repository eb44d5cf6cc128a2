//! What no code here may contain: tests that do not run, tests that wait for a clock, work left undone, and
//! permission to pass the limits of size.
//!
//! Reads tokens and not text, so that a string or a comment may speak of these things. `unwrap` and `panic!` are
//! clippy's.

use anyhow::anyhow;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One token, or one bracket of a group, with its line from 1.
struct Word {
    text: String,
    line: usize,
}

/// What begins a fault: the tokens that open it, and a word that must follow before the last of them is closed again
/// (none when the tokens suffice).
struct Rule {
    opening: &'static [&'static str],
    inside: Option<&'static str>,
    tests_only: bool,
    fault: &'static str,
}

const SLEEP: &str = "a test never sleeps: wait for the event itself";
const IGNORED: &str = "a test is never ignored: mend it or remove it";
const UNDONE: &str = "work left undone may not be committed";
const EXEMPT: &str = "no exemption from the limits of size: divide the function";

const fn plain(opening: &'static [&'static str], fault: &'static str) -> Rule {
    Rule {
        opening,
        inside: None,
        tests_only: false,
        fault,
    }
}

const fn holding(opening: &'static [&'static str], inside: &'static str, fault: &'static str) -> Rule {
    Rule {
        opening,
        inside: Some(inside),
        tests_only: false,
        fault,
    }
}

const fn in_tests(rule: Rule) -> Rule {
    Rule {
        tests_only: true,
        ..rule
    }
}

const RULES: [Rule; 12] = [
    plain(&["#", "[", "ignore"], IGNORED),
    holding(&["cfg_attr", "("], "ignore", IGNORED),
    plain(&["todo", "!", "("], UNDONE),
    plain(&["unimplemented", "!", "("], UNDONE),
    holding(&["allow", "("], "too_many_lines", EXEMPT),
    holding(&["expect", "("], "too_many_lines", EXEMPT),
    holding(&["allow", "("], "too_many_arguments", EXEMPT),
    holding(&["expect", "("], "too_many_arguments", EXEMPT),
    in_tests(plain(&["thread", ":", ":", "sleep"], SLEEP)),
    in_tests(plain(&["time", ":", ":", "sleep"], SLEEP)),
    in_tests(holding(&["thread", ":", ":", "{"], "sleep", SLEEP)),
    in_tests(holding(&["time", ":", ":", "{"], "sleep", SLEEP)),
];

/// The faults in one file's text, each with its line; `is_test` tells which lines are test code.
pub(super) fn forbidden(text: &str, is_test: impl Fn(usize) -> bool) -> anyhow::Result<Vec<(usize, &'static str)>> {
    let tokens: TokenStream = text
        .parse()
        .map_err(|fault| anyhow!("cannot be divided into tokens: {fault}"))?;
    let mut words = Vec::new();
    flatten(tokens, &mut words);
    let mut faults = Vec::new();
    for start in 0..words.len() {
        let line = words[start].line;
        let broken = RULES
            .iter()
            .filter(|rule| (!rule.tests_only || is_test(line)) && breaks(&words[start..], rule));
        faults.extend(broken.map(|rule| (line, rule.fault)));
    }
    Ok(faults)
}

fn breaks(words: &[Word], rule: &Rule) -> bool {
    let opens = words.len() >= rule.opening.len()
        && rule
            .opening
            .iter()
            .zip(words)
            .all(|(expected, word)| word.text == *expected);
    match rule.inside {
        None => opens,
        Some(inside) => opens && group(&words[rule.opening.len()..]).any(|word| word.text == inside),
    }
}

/// The words up to the bracket that closes the group in which the first of them stands.
fn group(words: &[Word]) -> impl Iterator<Item = &Word> {
    let mut depth = 1_usize;
    words.iter().take_while(move |word| {
        match word.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        depth > 0
    })
}

fn flatten(tokens: TokenStream, words: &mut Vec<Word>) {
    for token in tokens {
        let line = token.span().start().line;
        match token {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                words.extend(open.map(|text| Word {
                    text: text.to_owned(),
                    line,
                }));
                flatten(group.stream(), words);
                words.extend(close.map(|text| Word {
                    text: text.to_owned(),
                    line: group.span_close().start().line,
                }));
            }
            // A literal keeps its quotes, and so is never taken for a word.
            other => words.push(Word {
                text: other.to_string(),
                line,
            }),
        }
    }
}

fn brackets(delimiter: Delimiter) -> (Option<&'static str>, Option<&'static str>) {
    match delimiter {
        Delimiter::Parenthesis => (Some("("), Some(")")),
        Delimiter::Bracket => (Some("["), Some("]")),
        Delimiter::Brace => (Some("{"), Some("}")),
        Delimiter::None => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let faults = forbidden(text, |_| true).unwrap();
        let faults: Vec<&str> = faults.into_iter().map(|(_, fault)| fault).collect();
        assert_eq!(faults, expected, "{text}");
    }

    #[test]
    fn each_rule_finds_its_fault() {
        check("#[test]\n#[ignore]\nfn f() {}", &[IGNORED]);
        check("#[ignore = \"slow\"] fn f() {}", &[IGNORED]);
        check("#[cfg_attr(miri, ignore)] fn f() {}", &[IGNORED]);
        check("fn f() { todo!() }", &[UNDONE]);
        check("fn f() { unimplemented!(\"later\") }", &[UNDONE]);
        check("#[allow(dead_code, clippy::too_many_lines)] fn f() {}", &[EXEMPT]);
        check("#![expect(clippy::too_many_lines, reason = \"it is long\")]", &[EXEMPT]);
        check(
            "#[cfg_attr(test, allow(clippy::too_many_arguments))] fn f() {}",
            &[EXEMPT],
        );
        check("fn f() { std::thread::sleep(SECOND); }", &[SLEEP]);
        check(
            "async fn f() { tokio::select! { () = tokio::time::sleep(SECOND) => {} } }",
            &[SLEEP],
        );
        check("use std::thread::{self, sleep};", &[SLEEP]);
        check("use std::{io, time::{Duration, sleep}};", &[SLEEP]);
    }

    #[test]
    fn speaking_of_a_fault_is_none() {
        check(
            "/// Never `todo!()` nor `#[ignore]`.\nfn f() -> &'static str { \"thread::sleep(1); todo!()\" }",
            &[],
        );
        check("// todo!()\nfn ignore() { let todo = 1; let _ = todo != 2; }", &[]);
        check("#[allow(dead_code)] fn f() { too_many_lines() }", &[]);
        check("use std::time::{Duration}; fn sleep() {}", &[]);
        check("#[cfg_attr(unix, inline)] fn ignore() {}", &[]);
    }

    #[test]
    fn only_tests_may_not_sleep() {
        let text = "fn f() { std::thread::sleep(SECOND) }\nfn g() { todo!() }";
        assert_eq!(forbidden(text, |_| false).unwrap(), [(2, UNDONE)]);
        assert_eq!(forbidden(text, |line| line == 1).unwrap(), [(1, SLEEP), (2, UNDONE)]);
    }
}
