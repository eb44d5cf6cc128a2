//! What a scan answers, case by case.

use crate::SCANNER;
use alliance_disclosure::text::{Action, Finding, Ground, Position, Scanner};
use proptest::prelude::*;

/// What is found where: `detector` and the text it points at.
fn found(text: &str) -> Vec<(&'static str, Action, String)> {
    let findings = SCANNER.scan(text, Ground::Lesson);
    findings
        .into_iter()
        .map(|finding| (finding.detector, finding.action, text[finding.span].to_owned()))
        .collect()
}

fn check(text: &str, expected: &[(&str, Action, &str)]) {
    let found = found(text);
    let found: Vec<(&str, Action, &str)> = found
        .iter()
        .map(|(detector, action, text)| (*detector, *action, text.as_str()))
        .collect();
    assert_eq!(found, expected, "{text:?}");
}

use Action::{Block, Warn};

#[test]
fn nhs_numbers_need_a_word_or_their_grouping() {
    check("NHS number 9990000018", &[("gb-nhs-number", Block, "9990000018")]);
    check("999 000 0018", &[("gb-nhs-number", Block, "999 000 0018")]);
    check("NHS9990000018", &[("gb-nhs-number", Block, "9990000018")]);
    check(
        "NHS:\u{a0}999\u{ad}000–0018",
        &[("gb-nhs-number", Block, "999\u{ad}000–0018")],
    );
    check("NHS no ٩٩٩٠٠٠٠٠١٨", &[("gb-nhs-number", Block, "٩٩٩٠٠٠٠٠١٨")]);
    check(
        "NHS no ９９９ ０００ ００１８",
        &[("gb-nhs-number", Block, "９９９ ０００ ００１８")],
    );
    check("9990000018 leaflets were printed", &[]);
    // The check holds, the number was never issued.
    check("NHS number 5990000012", &[]);
    check("NHS number 9990000019", &[]);
}

#[test]
fn numbers_across_a_line_break_and_with_marks_are_found() {
    check(
        "NHS number: 999 000\n0018.",
        &[("gb-nhs-number", Block, "999 000\n0018")],
    );
    check(
        "NHS number: **999 000 0018**",
        &[("gb-nhs-number", Block, "999 000 0018")],
    );
}

#[test]
fn public_numbers_are_let_through() {
    for text in [
        "ISBN 999 000 0018",
        "https://doi.org/10.1136/999.0000018",
        "grant number 9990000018 of NHS England",
        "ORCID 0000-0002-1825-0097",
        "NCT01234567 and ISRCTN12345678",
        "0.9990000018",
        "record 9f86d081884c7d659a2feaa0c55ad015",
    ] {
        check(text, &[]);
    }
}

#[test]
fn digits_of_several_countries_name_them_all() {
    let findings = SCANNER.scan("isikukood, asmens kodas 37605030299", Ground::Elsewhere);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].countries, ["EE", "LT"]);
}

#[test]
fn days_are_details_in_lessons_only() {
    let scanner: &Scanner = &SCANNER;
    for text in [
        "on 12 March 2024",
        "am 12.3.2024",
        "2024-03-12",
        "le 12 mars 2024",
        "2024年3月12日",
    ] {
        assert_eq!(scanner.scan(text, Ground::Lesson).len(), 1, "{text}");
        assert!(scanner.scan(text, Ground::Elsewhere).is_empty(), "{text}");
    }
    for text in ["in March 2024", "2024-03", "03/2024", "spring 2024", "may 5 people"] {
        assert!(
            !found(text).iter().any(|(detector, _, _)| *detector == "exact-date"),
            "{text}"
        );
    }
    check("geb. 12.3.1985", &[("date-of-birth", Block, "12.3.1985")]);
}

#[test]
fn zero_is_always_shown() {
    for text in [
        "zero patients",
        "no patients",
        "0 patients",
        "keine Patienten",
        "0 people were restrained",
        "žádní pacienti",
    ] {
        check(text, &[]);
    }
    check("1 patient was hurt", &[("small-count", Warn, "1 patient")]);
    check("seven people", &[("small-count", Warn, "seven people")]);
    check("8 people, eight people, 17 people, 1,007 people", &[]);
}

/// Where and what: nothing but what is counted.
#[test]
fn small_counts_are_found_in_the_order_of_each_language() {
    for (text, counted) in [
        ("환자 2명이 다쳤다.", "환자 2명"),
        ("환자 두 명", "환자 두 명"),
        ("患者２名が転倒した。", "患者２名"),
        ("３人の患者", "３人の患者"),
        ("兩名病人", "兩名病人"),
        ("İki hasta", "İki hasta"),
        ("двоє пацієнтів", "двоє пацієнтів"),
        ("п’ять осіб", "п’ять осіб"),
        ("שני מטופלים", "שני מטופלים"),
        ("दो मरीज़", "दो मरीज़"),
        ("۲ بیمار", "۲ بیمار"),
        ("izigulane ezimbini", "izigulane ezimbini"),
        ("wagonjwa wawili", "wagonjwa wawili"),
        ("ผู้ป่วย ๒ ราย", "ผู้ป่วย ๒ ราย"),
        ("دخل مريضان", "مريضان"),
        ("fyra av patienterna", "fyra av patienterna"),
        ("patru dintre pacienți", "patru dintre pacienți"),
        ("two people", "two people"),
    ] {
        check(text, &[("small-count", Warn, counted)]);
    }
}

#[test]
fn numbers_with_a_measure_word_need_people_near() {
    for text in [
        "2名",
        "3人で決めた。",
        "患者は2人部屋に移った。",
        "患者120名",
        "十二名の患者",
        "看護師3名で話し合った。患者の声も聞いた。",
        "第三名患者",
        "3 명이 회의했다.",
        "열두 명의 환자",
        "двадцать два пациента",
        "ثلاثة عشر مريضا",
        "3 av 7 patienter",
        "wagonjwa ishirini na wawili",
    ] {
        check(text, &[]);
    }
}

#[test]
fn births_and_telephones_are_found_in_the_digits_and_calendars_of_each_country() {
    for (text, detail) in [
        ("doğum tarihi: 12.03.1985", "12.03.1985"),
        ("متولد ۱۲ اسفند ۱۳۶۳", "۱۲ اسفند ۱۳۶۳"),
        ("تاريخ الميلاد: ١٢/٣/١٩٨٥", "١٢/٣/١٩٨٥"),
        ("जन्म तिथि: १२/०३/१९८५", "१२/०३/१९८५"),
        ("昭和60年3月12日生まれ", "昭和60年3月12日"),
        ("85년 3월 12일생", "85년 3월 12일"),
        ("született 1985. március 12-én", "1985. március 12"),
        ("เกิดวันที่ 12 มีนาคม 2528", "12 มีนาคม 2528"),
        ("sinh ngày 12 tháng 3 năm 1985", "12 tháng 3 năm 1985"),
        ("uzelwe ngomhla we-12/03/1985", "12/03/1985"),
    ] {
        check(text, &[("date-of-birth", Block, detail)]);
    }
    for (text, number) in [
        ("טלפון 052-5550123", "052-5550123"),
        ("تلفن: ۰۹۱۲ ۵۵۵ ۰۱۲۳", "۰۹۱۲ ۵۵۵ ۰۱۲۳"),
        ("मोबाइल नंबर 98555 01234", "98555 01234"),
        ("فون: 0300-5550123", "0300-5550123"),
    ] {
        check(text, &[("phone", Block, number)]);
    }
    check("call 0300 555 0123", &[("phone-public-line", Warn, "0300 555 0123")]);
}

#[test]
fn ages_are_no_spans_of_time() {
    for (text, age) in [
        ("93歳の女性", "93歳"),
        ("93세 환자", "93세"),
        ("93 yaşında", "93 yaşında"),
        ("жінка 93 років", "93 років"),
        ("בת 93", "בת 93"),
    ] {
        check(text, &[("age-over-89", Warn, age)]);
    }
    for text in [
        "93 года назад",
        "93年前",
        "93 yıl önce",
        "לפני 93 שנים",
        "miaka 93 iliyopita",
        "for 93 år siden",
    ] {
        check(text, &[]);
    }
}

#[test]
fn forms_of_address_stand_before_names_or_behind_them() {
    for (text, name) in [
        ("山田さんが来た", "山田さん"),
        ("김민수 씨가 왔다", "김민수 씨"),
        ("Ayşe Hanım geldi", "Ayşe Hanım"),
        ("श्री शर्मा", "श्री शर्मा"),
        ("السيد أحمد", "السيد أحمد"),
    ] {
        check(text, &[("name-after-honorific", Warn, name)]);
    }
    check("isiguli uThandi", &[("name-of-patient", Warn, "isiguli uThandi")]);
    for text in [
        "患者さんの声",
        "皆さん",
        "날씨가 좋다",
        "환자님",
        "คุณภาพ",
        "这位先生",
        "多様な人",
    ] {
        check(text, &[]);
    }
}

#[test]
fn role_mailboxes_warn_and_people_block() {
    check("info@example.org", &[("email-of-role", Warn, "info@example.org")]);
    check(
        "anna.smith@example.org",
        &[("email-of-person", Block, "anna.smith@example.org")],
    );
    check(
        "anna.smith (at) example (dot) org",
        &[("email-of-person", Block, "anna.smith (at) example (dot) org")],
    );
}

#[test]
fn letters_for_nobody_are_no_names() {
    check("Patient A was calm, patient B was not.", &[]);
    check("patient J.S. was calm", &[("name-of-patient", Warn, "patient J.S")]);
}

#[test]
fn positions_lead_to_the_place() {
    let text = "Žádný údaj.\nRodné číslo 736028/5163.";
    let findings = SCANNER.scan(text, Ground::Elsewhere);
    assert_eq!(findings[0].position(text), Position { line: 2, column: 13 });
    assert_eq!(findings[0].detector, "cz-sk-birth-number");
}

/// Nothing a finding shows may repeat what it found.
fn shows(finding: &Finding) -> String {
    format!("{finding:?} {finding} {}", serde_free(finding))
}

fn serde_free(finding: &Finding) -> String {
    [
        finding.detector,
        finding.remedy,
        &finding.because,
        &finding.countries.join(" "),
    ]
    .join(" ")
}

#[test]
fn findings_never_show_what_they_found() {
    let text = "Mrs Zyxwvut, born 12.3.1985, NHS number 9990000018, zyxwvut@example.org, tel. 07700 900123, MRN Q7788991, \
        lives at 14 Qwertz Road, LS1 4QQ.";
    let findings = SCANNER.scan(text, Ground::Lesson);
    assert!(findings.len() >= 7, "{findings:?}");
    for finding in &findings {
        let shown = shows(finding).to_lowercase();
        for secret in ["zyxwvut", "12.3", "1985", "99900", "07700", "7788", "qwertz", "4qq"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
        assert!(!finding.because.is_empty() && !finding.remedy.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever the text, spans are within it, on characters, in order, and no two but a jigsaw's overlap.
    #[test]
    fn any_text_gives_sound_findings(text in "([0-9]{1,11}|[A-Za-z]{1,9}|\\PC|[ .,@+/()\\n-]|born|NHS|patient |é|９|\u{200b}){0,60}") {
        let findings = SCANNER.scan(&text, Ground::Lesson);
        let mut end = 0;
        for finding in &findings {
            prop_assert!(text.get(finding.span.clone()).is_some_and(|found| !found.is_empty()));
            if finding.detector != "jigsaw" {
                prop_assert!(finding.span.start >= end);
                end = finding.span.end;
            }
        }
    }
}
