//! How long a scan takes: an ordinary text of ten thousand characters, and texts made to be slow.
//!
//! `cargo bench -p alliance-disclosure --bench text`. The median of many scans, the least, and how many times
//! that of a text a tenth as long: near ten where time grows with the text. The least is judged, because a busy machine
//! divides long scans among others and short ones not.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use alliance_disclosure::text::{Ground, Scanner};

/// Scans of each text.
const SCANS: usize = 51;

/// Characters of a text.
const CHARS: usize = 10_000;

/// What one scan of ten thousand characters may take.
const SCAN_MS_MAX: f64 = 10.0;

const ORDINARY: &str = "In March 2024 the ward moved to a daily huddle with everyone on shift. Restraint fell from 4.2 to 1.3 per 1,000 bed \
    days after the debrief was offered to all (Bowers et al., 2015; doi:10.1016/j.ijnurstu.2015.05.001). Two patients asked for \
    a copy; Mr Novák, aged 93, was told by telephone on 020 7946 0123. Die Station hat die Übergabe verändert. Fragen an \
    info@example.org. L'équipe a revu l'accueil à l'unité Pinel. NHS number 999 000 0018 was on the sheet. ";

const OTHERS: &str = "今月は患者2名が隔離され、93歳の女性と山田さんに説明した。이번 달 환자 두 명을 격리했다. 김민수 씨는 93세이다. 本月有两名患者被隔离。 \
    दो मरीज़ घायल हुए, जन्म तिथि: १२/०३/१९८५. דיברנו עם שני מטופלים, טלפון 052-555-0123. تحدثنا مع ثلاثة مرضى. دو بیمار آسیب دیدند. \
    Izigulane ezimbini zenzakele. Wagonjwa wawili waliumia. İki hasta etkilendi. Двоє пацієнтів, віком 93 років. ผู้ป่วย 2 รายได้รับบาดเจ็บ. ";

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let began = Instant::now();
    let scanner = Scanner::new();
    writeln!(out, "a scanner is made in {:?}", began.elapsed())?;
    let texts = [
        ("ordinary prose", ORDINARY),
        ("digits", "1234567890"),
        ("digits apart", "1 2 3 4 5 "),
        ("digits dashed", "12-34-56-"),
        ("spaces", " "),
        ("at signs", "@"),
        ("addresses", "a@b.co "),
        ("local parts", "aaaaaaaaa."),
        ("one long word", "abcdefghij"),
        ("capitals", "Aa Bb Cc "),
        ("labels", "NHS number "),
        ("labels and digits", "NHS no 12 "),
        ("ages", "aged 45 in March 2020 on Ward 7 "),
        ("DOIs", "10.1000/1 "),
        ("dates", "1/1/2020 "),
        ("pluses", "+1+"),
        ("brackets", "(0)("),
        ("names", "Mr Abc "),
        ("soft hyphens", "1\u{ad}"),
        ("CJK", "生年月日1990年1月2日"),
        ("other languages", OTHERS),
        ("numbers of people", "二名患者三"),
        ("people", "患者"),
        ("marks", "दो मरीज़ "),
    ];
    let mut is_slow = false;
    for (name, unit) in texts {
        let (once, tenth) = (times(&scanner, unit, CHARS), times(&scanner, unit, CHARS / 10));
        let least = |times: &[Duration]| times.first().map_or(0.0, Duration::as_secs_f64) * 1_000.0;
        let median = once.get(SCANS / 2).copied().unwrap_or_default();
        let (whole, tenth) = (least(&once), least(&tenth));
        writeln!(
            out,
            "{name:<20} median {:>8.3} ms   least {whole:>8.3} ms   of a tenth: {:>5.1}",
            median.as_secs_f64() * 1_000.0,
            whole / tenth
        )?;
        is_slow |= whole >= SCAN_MS_MAX;
    }
    assert!(!is_slow, "a scan of {CHARS} characters takes {SCAN_MS_MAX} ms or more");
    Ok(())
}

/// The times of scans of so many characters of the unit repeated, least first.
fn times(scanner: &Scanner, unit: &str, chars: usize) -> Vec<Duration> {
    let text: String = unit.chars().cycle().take(chars).collect();
    let mut times: Vec<Duration> = (0..SCANS)
        .map(|_| {
            let began = Instant::now();
            black_box(scanner.scan(black_box(&text), Ground::Lesson));
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}
