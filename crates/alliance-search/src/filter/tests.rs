//! What questions mean, and what is said of those that cannot be read.

use proptest::prelude::*;

use super::*;

fn check(question: &str, shown: &str) {
    let tree = parse(question).unwrap_or_else(|error| panic!("{question}: {error:?}"));
    assert_eq!(tree.to_string(), shown, "{question}");
    assert_eq!(
        parse(shown).as_ref(),
        Ok(&tree),
        "{question}: what is shown means the same"
    );
}

fn check_error(question: &str, at: usize, says: &str) {
    match parse(question) {
        Ok(tree) => panic!("{question} is read as {tree}"),
        Err(error) => {
            assert_eq!(error.at, at, "{question}: {error}");
            assert!(error.to_string().contains(says), "{question}: {error}");
        }
    }
}

#[test]
fn one_line_is_the_whole_question() {
    check("", "");
    check(
        "kind:practice setting:inpatient.acute_adult -effect:worse (language:cs OR language:de) year:2024..2026 \"open door\" organisation:2beed315",
        "kind:practice setting:inpatient.acute_adult -effect:worse (language:cs OR language:de) date:2024-01-01..2026-12-31 \"open door\" organisation:2beed315",
    );
    check("a b OR c", "(a b) OR c");
    check("a (b OR c)", "a (b OR c)");
    check("a AND NOT b", "a -b");
    check("NOT (a b)", "-(a b)");
    check("--a", "a");
    check("-\"a b\"", "-\"a b\"");
    check("restrain* wards", "restrain* wards");
    check("settings:inpatient.*", "setting:inpatient.*");
    check("chapter:m49:150 language:pt-BR", "chapter:m49:150 language:pt-br");
    check("setting:\"of a newer list\"", "setting:\"of a newer list\"");
    check("„open door” x", "\"open door\" x");
    check("\"say \\\"no\\\"\"", "\"say \\\"no\\\"\"");
    check("wards & — doors", "wards doors");
    check("time-out don't", "time-out don't");
    check("or and not", "or and not");
    check("隔離室 KIND:Practice", "隔離室 kind:practice");
    check("valence:failing", "lesson_valence:failing");
}

#[test]
fn what_cannot_be_read_is_placed_and_mended() {
    check_error("a (b", 2, "Write a )");
    check_error("a ) b", 2, "closes nothing");
    check_error("a \"b c", 2, "has no end");
    check_error("()", 0, "nothing between");
    check_error("a OR", 2, "missing");
    check_error("OR a", 0, "missing");
    check_error("kin:practice", 0, "Did you mean \"kind:\"?");
    check_error("x kind:practise", 7, "Did you mean kind:practice?");
    check_error("kind:zebra", 5, "Kinds are practice, lesson");
    check_error("kind: practice", 5, "no value");
    check_error("https://example.org", 0, "quotation marks");
    check_error(
        "setting:inpatient.acute_adlut",
        8,
        "Did you mean setting:inpatient.acute_adult?",
    );
    check_error("setting:inpatient", 8, "setting:inpatient.*");
    check_error("effect:great", 7, "alliance codes effect");
    check_error("language:english", 9, "two or three letters");
    check_error("...", 0, "no letters");
    check_error(" ! & ", 1, "no letters");
    check_error("organisation:2bx3", 15, "0 to 9");
    check_error("organisation:2be", 13, "4 to 64");
    check_error("country:Britain", 8, "country:GB");
    check_error("year:24", 5, "year:2024..2026");
    check_error("year:2024-05", 5, "date:2024-05");
    check_error("date:2024-13", 5, "date:2024-05-31");
    check_error("year:2026..2024", 5, "earlier");
    check_error("chapter:Europe", 8, "m49:150");
    check_error("re*straint", 2, "end of a word");
    check_error("a*", 1, "letters");
    check_error("ä é-x kin:y", 6, "kind");
    check_error(&"(".repeat(30), LEVELS_MAX, "levels");
    check_error(&"a ".repeat(PARTS_MAX + 1), 2 * PARTS_MAX, "more than 64");
    check_error(
        &"a".repeat(QUESTION_CHARACTERS_MAX + 1),
        QUESTION_CHARACTERS_MAX,
        "at most",
    );
}

#[test]
fn countries_stand_for_their_organisations() {
    let organisations = |country: &str| match country {
        "GB" => vec!["2beed315".to_owned(), "77aa0011".to_owned()],
        _ => Vec::new(),
    };
    let tree = |text: &str| parse(text).unwrap().with_countries(&organisations);
    assert_eq!(
        tree("-country:gb huddle"),
        parse("-(organisation:2beed315 OR organisation:77aa0011) huddle").unwrap()
    );
    assert_eq!(tree("country:CZ"), Tree::Any(Vec::new()));
    assert_eq!(parse("country:gb").unwrap().to_string(), "country:GB");
}

proptest! {
    #[test]
    fn whatever_is_typed_is_read_or_placed(question in "\\PC{0,80}") {
        if let Err(error) = parse(&question) {
            prop_assert!(error.at <= question.chars().count());
        }
    }

    #[test]
    fn what_is_shown_is_read_as_the_same(question in "([a-z]{1,5}\\*? |-|\\(|\\) |OR |\"[a-z ]{1,9}\" |kind:lesson |year:2024 |effect:worse ){0,12}") {
        if let Ok(tree) = parse(&question) {
            prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
        }
    }
}
