//! From a question to its plan.

use std::cell::RefCell;

use super::{Form, Plan, Sought, Spelling};
use crate::filter::{Test, Tree, Words};
use crate::synonyms;
use crate::text::{Shape, Token, fold, is_stop_word, stems_asked, tokens};

/// How much what means the same counts beside the very words.
const SYNONYM_WEIGHT: f32 = 0.5;
/// How much a code counts that means the same.
const ASKED_WEIGHT: f32 = 1.0;

/// Plans a question for records in these languages.
pub(crate) fn plan(tree: &Tree, languages: &[String]) -> Plan {
    planned(tree, languages).0
}

/// The same, with the words for which others that mean the same are looked for too.
pub(crate) fn planned(tree: &Tree, languages: &[String]) -> (Plan, Vec<Spelling>) {
    let planner = Planner {
        languages,
        meant: RefCell::default(),
    };
    let plan = planner.plan(tree);
    (plan, planner.meant.into_inner())
}

struct Planner<'a> {
    languages: &'a [String],
    meant: RefCell<Vec<Spelling>>,
}

impl Planner<'_> {
    fn plan(&self, tree: &Tree) -> Plan {
        match tree {
            Tree::All(parts) => self.all(parts),
            Tree::Any(parts) => Plan::Any(parts.iter().map(|part| self.plan(part)).collect()),
            Tree::Not(part) => Plan::Not(Box::new(self.plan(part))),
            Tree::Is(test) => Plan::Is(test.clone()),
            Tree::Says(Words::Word(_)) => self.all(std::slice::from_ref(tree)),
            Tree::Says(words) => Plan::Says(self.sought(words)),
        }
    }

    /// Parts that must all hold. Words side by side are looked at together: several may be one thing.
    fn all(&self, parts: &[Tree]) -> Plan {
        let mut planned = Vec::new();
        let mut rest = parts;
        while let Some((first, behind)) = rest.split_first() {
            let count = rest.iter().map_while(plain).count();
            if count == 0 {
                planned.push(self.plan(first));
                rest = behind;
            } else {
                let words: Vec<&str> = rest[..count].iter().filter_map(plain).collect();
                self.side_by_side(&words, &mut planned);
                rest = &rest[count..];
            }
        }
        let is_little = |part: &Plan| matches!(part, Plan::Says(sought) if is_little(&sought.forms));
        if planned.iter().any(|part| says(part) && !is_little(part)) {
            planned.retain(|part| !is_little(part));
        }
        match planned.len() {
            1 => planned.remove(0),
            _ => Plan::All(planned),
        }
    }

    fn side_by_side(&self, words: &[&str], planned: &mut Vec<Plan>) {
        let terms: Vec<Vec<String>> = words.iter().map(|word| synonyms::terms(word)).collect();
        let mut at = 0;
        while at < words.len() {
            let word = |word: &&str| Plan::Says(self.sought(&Words::Word((*word).to_owned())));
            let Some((count, groups)) = synonyms::longest(&terms[at..]) else {
                planned.push(word(&words[at]));
                at += 1;
                continue;
            };
            let asked: Vec<Plan> = words[at..at + count].iter().map(word).collect();
            let mut any = vec![match asked.len() {
                1 => asked.into_iter().next().unwrap_or(Plan::All(Vec::new())),
                _ => Plan::All(asked),
            }];
            let said = terms[at..at + count].concat();
            let ways = groups.iter().flat_map(|group| &group.words);
            let others = ways.filter(|words| synonyms::terms(words) != said);
            let codes = groups.iter().flat_map(|group| &group.codes);
            self.meant.borrow_mut().push(Spelling {
                typed: words[at..at + count].join(" "),
                taken: others.chain(codes).cloned().collect(),
            });
            for group in groups {
                let others = group.words.iter().filter(|words| synonyms::terms(words) != said);
                any.extend(others.filter_map(|words| self.synonym(words)));
                let codes = group.codes.iter().filter_map(|code| code.split_once(':'));
                any.extend(codes.map(|(list, code)| {
                    Plan::Is(Test::Code {
                        list: list.to_owned(),
                        code: code.to_owned(),
                    })
                }));
            }
            planned.push(Plan::Any(any));
            at += count;
        }
    }

    fn synonym(&self, words: &str) -> Option<Plan> {
        let count = synonyms::terms(words).len();
        let mut sought = match count {
            1 => self.sought(&Words::Word(words.to_owned())),
            _ => self.sought(&Words::Phrase(words.to_owned())),
        };
        // A phrase counts as much as all of its words together; so that it does not go before the word that was asked for.
        sought.weight = SYNONYM_WEIGHT / count.max(1) as f32;
        sought.is_loose = false;
        (!sought.forms.is_empty()).then_some(Plan::Says(sought))
    }

    fn sought(&self, words: &Words) -> Sought {
        let (Words::Word(text) | Words::Prefix(text) | Words::Phrase(text)) = words;
        let mut forms = vec![Form::Terms(phrase(text))];
        let found = tokens(text);
        if let Some(one) = found.first()
            && is_one_word(&found)
        {
            match words {
                Words::Word(_) if one.shape == Shape::Joined => {
                    forms.push(Form::Terms(vec![(0, one.term.clone())]));
                    forms.extend(self.stems(&text[one.from..one.to]));
                }
                Words::Word(_) => {
                    let raw = &text[one.from..one.to];
                    forms.extend(self.stems(raw));
                }
                Words::Prefix(_) if one.shape == Shape::Joined => {}
                Words::Prefix(_) => forms = vec![Form::Prefix(fold(&text[one.from..one.to]))],
                Words::Phrase(_) => {}
            }
        }
        Sought {
            forms,
            typed: text.clone(),
            weight: ASKED_WEIGHT,
            is_loose: matches!(words, Words::Word(_)),
        }
    }

    fn stems(&self, word: &str) -> impl Iterator<Item = Form> {
        self.languages.iter().flat_map(move |language| {
            let stems = stems_asked(language, word).into_iter();
            stems.map(|stem| Form::Stem {
                language: language.clone(),
                stem,
            })
        })
    }
}

/// Whether it is a word, or words that are joined to one.
fn is_one_word(tokens: &[Token]) -> bool {
    match tokens {
        [one] => one.shape == Shape::Word,
        [joined, .., last] => joined.shape == Shape::Joined && joined.to == last.to,
        [] => false,
    }
}

fn plain(tree: &Tree) -> Option<&str> {
    match tree {
        Tree::Says(Words::Word(word)) => Some(word),
        _ => None,
    }
}

fn says(plan: &Plan) -> bool {
    match plan {
        Plan::All(parts) | Plan::Any(parts) => parts.iter().any(says),
        Plan::Says(_) => true,
        Plan::Not(_) | Plan::Is(_) => false,
    }
}

/// Whether it is a word that says little by itself.
fn is_little(forms: &[Form]) -> bool {
    matches!(forms.first(), Some(Form::Terms(terms)) if matches!(&terms[..], [(_, term)] if is_stop_word(term)))
}

/// The terms of a text as a phrase: words, and pairs of letters where there are no spaces; every letter is in a pair.
fn phrase(text: &str) -> Vec<(u32, String)> {
    let all = tokens(text).into_iter();
    let kept: Vec<_> = all
        .filter(|token| !matches!(token.shape, Shape::Single | Shape::Joined))
        .collect();
    let first = kept.first().map_or(0, |token| token.position);
    kept.into_iter()
        .map(|token| (token.position - first, token.term))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse;

    fn check(question: &str, shape: &str) {
        let plan = plan(&parse(question).unwrap(), &["en".to_owned()]);
        assert_eq!(shown(&plan), shape, "{question}");
    }

    fn shown(plan: &Plan) -> String {
        let list = |parts: &[Plan]| parts.iter().map(shown).collect::<Vec<_>>().join(" ");
        match plan {
            Plan::All(parts) => format!("all({})", list(parts)),
            Plan::Any(parts) => format!("any({})", list(parts)),
            Plan::Not(part) => format!("not({})", shown(part)),
            Plan::Is(test) => test.to_string(),
            Plan::Says(sought) => sought.forms.iter().map(form).collect::<Vec<_>>().join("|"),
        }
    }

    fn form(form: &Form) -> String {
        match form {
            Form::Terms(terms) => terms
                .iter()
                .map(|(at, term)| format!("{term}@{at}"))
                .collect::<Vec<_>>()
                .join("+"),
            Form::Prefix(begins) => format!("{begins}*"),
            Form::Stem { language, stem } => format!("{language}:{stem}"),
            Form::Near(term) => format!("~{term}"),
            Form::Most { terms, least } => format!("{least} of {}", terms.join("+")),
        }
    }

    #[test]
    fn words_become_terms_and_stems() {
        check("Wards", "wards@0|en:ward|en:wards");
        check("restrain*", "restrain*");
        check("\"Open doors\"", "open@0+doors@1");
        check("身体拘", "身体@0+体拘@1");
        check("隔", "隔@0");
        check("half-door", "half@0+door@1");
        check("ward kind:practice", "all(ward@0|en:ward kind:practice)");
        check("-ward", "not(ward@0|en:ward)");
    }

    #[test]
    fn little_words_count_only_by_themselves() {
        check("the ward", "ward@0|en:ward");
        check("the", "the@0|en:the");
        check("the kind:practice", "all(the@0|en:the kind:practice)");
    }

    #[test]
    fn synonyms_are_further_forms() {
        let plan = plan(&parse("new PICU").unwrap(), &[]);
        let shown = shown(&plan);
        assert!(shown.starts_with("all(new@0 any(picu@0 "), "{shown}");
        assert!(shown.contains("psychiatric@0+intensive@1+care@2+unit@3"), "{shown}");
        let (_, meant) = planned(&parse("new PICU -PICU").unwrap(), &[]);
        assert_eq!((meant.len(), meant[0].typed.as_str()), (2, "PICU"));
        assert!(meant[0].taken.contains(&"psychiatric intensive care unit".to_owned()));
    }
}
