//! What a person reads first who was given the file.

use crate::manifest::Manifest;
use crate::report::{DOES_NOT_PROVE, PROVES};

/// The text of `README.txt`.
pub(crate) fn readme(manifest: &Manifest, alliance_name: &str) -> String {
    let identifier = manifest.identifier();
    let Manifest {
        alliance,
        title,
        records,
        filter,
        ..
    } = manifest;
    let listed = |lines: &[&str]| lines.iter().map(|line| format!("  - {line}\n")).collect::<String>();
    format!(
        "{title}\n\n\
         A snapshot of signed records of the alliance {name}: {count} records, as they stood when it was made.\n\n\
         Identifier   {identifier}\n\
         Alliance     {alliance}\n\
         Asked for    {asked}\n\n\
         HOW TO CITE IT\n\
         By its title, the alliance and the identifier: see CITATION.cff. Whoever holds the same records makes the same\n\
         identifier.\n\n\
         HOW TO VERIFY IT\n\
         Without anything but a shell:  sha256sum -c manifest-sha256.txt\n\
         That the files are whole says nothing about who wrote them. For that, with the program alliance and no network:\n\n\
         \x20   alliance verify FILE --alliance {alliance}\n\n\
         Take the alliance's id from somebody you trust, not from this file.\n\n\
         What the verification proves:\n{proves}\n\
         What it does not prove:\n{not}\n\
         WHAT IS IN IT\n\
         \x20 data/             the records: one JSON object a line, and tables (datapackage.json says what each column holds)\n\
         \x20 references.bib    the records as references\n\
         \x20 LICENSES.txt      under which licences they stand\n\
         \x20 snapshot.json     what the identifier is made of\n\
         \x20 proof/            the signed records themselves, as nodes exchange them\n\
         \x20 schema/           the messages and code lists by which they are read\n\
         \x20 signature.json    the signature of the node that made this file; the only part that differs from node to node\n",
        name = one_line(alliance_name),
        count = records.len(),
        asked = if filter.is_empty() {
            "everything".to_owned()
        } else {
            one_line(filter)
        },
        proves = listed(&PROVES),
        not = listed(&DOES_NOT_PROVE),
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
