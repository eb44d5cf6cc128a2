//! What is found in texts of each language, and what is not. Texts are short and of everyday words.

use super::fixture::{Shelf, ask, ids, practice};
use crate::filter::{Facts, parse};

/// (language, title, summary, questions that find it, questions that do not)
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const CASES: [Case; 15] = [
    (
        "en-GB",
        "Morning meetings on the ward",
        "Patients' worries are heard early, and colours of the day's plan don't change.",
        &[
            "meeting",
            "MEETINGS wards",
            "patient worry",
            "\"worries are heard\"",
            "morn*",
            "wrad OR meetng",
            "-hospital ward",
            "don't",
        ],
        &["evening", "\"heard worries\"", "meeting hospital", "-ward", "day night"],
    ),
    (
        "de",
        "Türen bleiben offen, auch nachts",
        "Die Fixierungen nahmen ab, seit Gespräche früher geführt werden. Größere Räume halfen.",
        &[
            "Fixierung",
            "fixierungen",
            "gespräch",
            "gesprach",
            "GRÖSSERE",
            "räume",
            "raum",
            "türen",
            "\"bleiben offen\"",
            "Fixirungen",
        ],
        &["geschlossen", "\"offen bleiben\"", "Isolierzelle"],
    ),
    (
        "fr-CA",
        "L'isolement n'est plus proposé",
        "Les équipes discutent d'une solution avec la personne ; l’entrevue dure vingt minutes.",
        &[
            "isolement",
            "l'isolement",
            "d’isolement",
            "equipe",
            "équipe",
            "entrevues",
            "personnes solution",
        ],
        &["contention", "entrevue \"dure trente\""],
    ),
    (
        "es-CL",
        "Contenciones físicas en dos unidades",
        "La reunión de la mañana ayudó a planificar el día con las personas hospitalizadas.",
        &["contención", "contencion", "reuniones", "manana", "unidad", "planific*"],
        &["aislamiento", "noche"],
    ),
    (
        "cs",
        "Pokoj klidu místo síťového lůžka",
        "Pacienti si pokoj navrhli společně s personálem; omezení výrazně ubylo.",
        &[
            "lůžko",
            "luzka",
            "pacient",
            "pacientů",
            "sitoveho",
            "omezením",
            "\"pokoj klidu\"",
            "personál",
        ],
        &["kurt", "\"klidu pokoj\""],
    ),
    (
        "ar",
        "استقبال الأسرة خلال الساعة الأولى",
        "قلّل الاستقبال المبكر حاجتنا إلى تقييد المرضى في الجناح.",
        &[
            "الاسره",
            "الأسرة",
            "أسرة",
            "اُسرة",
            "تقييد",
            "التقييد",
            "المرضى",
            "مرضى",
            "استـقبال",
        ],
        &["مدرسة", "سيارة"],
    ),
    (
        "he",
        "מעגל בוקר במחלקה הפתוחה",
        "המטופלים מתכננים יחד את הַיּוֹם, ובידוד כמעט אינו נחוץ.",
        &["מעגל", "במעגל", "מחלקה", "היום", "מטופלים", "בידוד", "הבידוד"],
        &["בית", "קשירה מחלקה"],
    ),
    (
        "fa",
        "روزهای نخست در بیمارستان",
        "خانواده‌ها راهنمای آرام‌سازی را می‌خوانند و کودکان همراه بیماران می‌آیند.",
        &[
            "بیمارستان",
            "بيمارستان",
            "خانواده",
            "خانواده ها",
            "آرام سازی",
            "كودكان",
            "راهنما*",
        ],
        &["مدرسه", "خودرو"],
    ),
    (
        "hi",
        "वार्ड में सुबह की बैठक",
        "मरीज़ों और परिवारों से बातचीत के बाद ज़रूरत कम हुई।",
        &["बैठक", "मरीज", "मरीज़", "परिवार", "जरूरत", "सुबह"],
        &["विद्यालय", "शाम"],
    ),
    (
        "ja",
        "身体拘束を減らす朝の会",
        "患者さんと一緒に一日の予定を立て、ﾅｰｽが見守ります。",
        &[
            "身体拘束",
            "拘束",
            "朝",
            "患者",
            "予定を立て",
            "ナース",
            "拘束 減らす",
            "\"身体拘束\"",
        ],
        &["隔離室", "拘減", "身束"],
    ),
    (
        "ko",
        "격리실 문을 닫지 않은 밤",
        "간호사가 환자의 이야기를 들었고, 강박은 없었습니다.",
        &["격리", "격리실", "환자", "간호사", "이야기", "강박"],
        &["학교", "격실"],
    ),
    (
        "th",
        "การประชุมเช้าในหอผู้ป่วย",
        "ผู้ป่วยและพยาบาลวางแผนวันด้วยกัน การผูกยึดลดลงมาก",
        &["ผู้ป่วย", "การผูกยึด", "พยาบาล", "ประชุมเช้า", "วางแผน"],
        &["โรงเรียน", "ผู้พยาบาล"],
    ),
    (
        "zh-Hant",
        "晨會：與病人一起安排當天",
        "減少約束與隔離，病房更安靜。護理人員提早談話。",
        &[
            "晨會",
            "病人",
            "約束",
            "隔離",
            "減少約束",
            "護理人員",
            "病房 安靜",
            "安排當天",
        ],
        &["學校", "病員", "束約"],
    ),
    (
        "xh",
        "Ikhefu emva komdlalo wesine",
        "Abaguli nabongikazi baphumla kunye, ingxolo iyancipha ewadini.",
        &[
            "ikhefu",
            "Abaguli",
            "komdlalo",
            "ingxolo",
            "bongi* OR nabong*",
            "abagulii",
        ],
        &["isikolo", "ikhefu isikolo"],
    ),
    (
        "uk",
        "Сирени щоп'ятниці: хто тоді поруч",
        "Пацієнти знають, хто їх попередить, і ізоляції стало менше.",
        &["сирена", "щопʼятниці", "пацієнт", "ізоляція", "ИЗОЛЯЦІЇ OR ізоляцію"],
        &["школа", "ранок поруч"],
    ),
];

#[test]
fn each_language_is_found_by_its_words_and_by_no_others() {
    let mut shelf = Shelf::new();
    let records: Vec<_> = CASES
        .iter()
        .map(|(lang, title, summary, ..)| shelf.put(practice(lang, title, summary)))
        .collect();
    let (_indexer, searcher) = shelf.followed();
    let mut wrong = Vec::new();
    for ((lang, .., found, not), id) in CASES.iter().zip(&records) {
        for text in *found {
            let answer = ask(&searcher, text);
            if !ids(&answer).contains(id) {
                wrong.push(format!("{lang}: {text} does not find it"));
            }
        }
        for text in *not {
            let answer = ask(&searcher, text);
            if !answer.is_loose && ids(&answer).contains(id) {
                wrong.push(format!("{lang}: {text} finds it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A question is asked of a record by the same rules as of the index, other spellings apart.
#[test]
fn a_record_by_itself_is_found_as_in_the_index() {
    let mut shelf = Shelf::new();
    let records: Vec<_> = CASES
        .iter()
        .map(|(lang, title, summary, ..)| shelf.put(practice(lang, title, summary)))
        .collect();
    let (_indexer, searcher) = shelf.followed();
    let mut compared = 0;
    for text in CASES.iter().flat_map(|(.., found, not)| found.iter().chain(*not)) {
        let answer = ask(&searcher, text);
        if answer.is_loose || !answer.spellings.is_empty() {
            continue;
        }
        compared += 1;
        let tree = parse(text).unwrap();
        for id in &records {
            let facts = Facts::of(&shelf.reader.record(id).unwrap().unwrap().record);
            assert_eq!(
                tree.matches(&facts),
                ids(&answer).contains(id),
                "{text} in {}",
                facts.lang
            );
        }
    }
    assert!(compared > 80, "{compared}");
}
