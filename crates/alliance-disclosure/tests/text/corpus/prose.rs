//! Ordinary sentences around what is planted: what lessons and practices are made of, in several languages.

use crate::chance::Chance;

const ENGLISH: &[&str] = &[
    "The ward moved to a daily huddle with everyone on shift.",
    "Restraint fell after the debrief was offered to all, and staff asked for more of it.",
    "We changed the way observations are explained on admission.",
    "What surprised us was how much the noise at night mattered.",
    "Training lasted half a day and was led by peer workers.",
    "The care plan had not been shared with the night team.",
    "Leave was cancelled without a reason being given.",
    "The sensory room was locked at weekends.",
    "Nobody had asked what helps when things get loud.",
    "The policy was rewritten together with people who use the service.",
    "Seclusion was used less once doors stayed open.",
    "A new starter did not know where the ligature cutter was kept.",
    "Supervision happens monthly and is protected time.",
    "It took about a year until the change felt normal.",
    "Medication was reviewed, and sleep improved.",
    "The board reads the figures of each quarter in public.",
];

const OTHERS: &[&str] = &[
    "Die Station hat die Übergabe verändert und alle beteiligt.",
    "Nach dem Vorfall wurde eine Nachbesprechung angeboten.",
    "Zwang wurde seltener, seit die Türen offen bleiben.",
    "L'équipe a revu l'accueil et l'information à l'admission.",
    "La contention a diminué après la formation de l'équipe.",
    "Le débriefing est proposé à chacun.",
    "El equipo cambió la acogida y la información al ingreso.",
    "Las contenciones disminuyeron después de la formación.",
    "Tým změnil předávání služby a zapojil všechny.",
    "Po události následoval společný rozbor.",
    "Het team veranderde de overdracht en betrok iedereen.",
    "Na het incident volgde een nabespreking.",
    "L'équipe infirmière a proposé un espace calme.",
    "Il gruppo ha cambiato la consegna e coinvolto tutti.",
    "Zespół zmienił przekazywanie dyżuru i włączył wszystkich.",
    "A equipa mudou a passagem de turno e envolveu todos.",
    "Teamet ändrade överlämningen och alla deltog.",
    "Personalet endret overlevering etter hendelsen.",
];

/// None to two sentences.
pub(crate) fn some(c: &mut Chance) -> String {
    let sentences = c.within(0, 2);
    (0..sentences).map(|_| one(c)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn one(c: &mut Chance) -> String {
    let list = if c.one_in(3) { OTHERS } else { ENGLISH };
    c.phrase(list).to_owned()
}

/// A planted phrase among ordinary sentences, and where the phrase begins.
pub(crate) fn around(c: &mut Chance, phrase: &str) -> (String, usize) {
    let before = some(c);
    let start = if before.is_empty() { 0 } else { before.len() + 1 };
    let after = some(c);
    let mut text = if before.is_empty() {
        phrase.to_owned()
    } else {
        format!("{before} {phrase}")
    };
    if !after.is_empty() {
        // A planted line may end without a point.
        text.push_str(if phrase.ends_with(['.', '!', '?', '。', ')']) {
            " "
        } else {
            ". "
        });
        text.push_str(&after);
    }
    (text, start)
}
