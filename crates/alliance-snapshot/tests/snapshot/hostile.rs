//! Files that are no bundles, made to harm whoever opens them.

use std::io::{Cursor, Write};

use alliance_record::AllianceId;
use alliance_snapshot::{Check, Fault};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::opened::{Opened, SEAL, verified};
use crate::shelf::{Example, alliance};

fn fault(bundle: &[u8]) -> Fault {
    verified(bundle, &alliance()).unwrap_err()
}

#[test]
fn what_is_no_zip_file_is_refused() {
    let bundle = Example::new().bundle();
    for bytes in [
        &b""[..],
        b"PK",
        b"a text",
        &bundle[..bundle.len() / 2],
        &bundle[..bundle.len() - 1],
    ] {
        assert_eq!(fault(bytes).check, Check::Archive);
    }
    let before = [b"something", &bundle[..]].concat();
    assert_eq!(fault(&before).check, Check::Archive);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in ["../outside", "/etc/passwd", "a/../../b", "C:\\x", ".hidden"] {
        let mut opened = Opened::of(&Example::new().bundle());
        opened.0.insert(name.to_owned(), b"x".to_vec());
        opened.mend();
        let fault = opened.verified().unwrap_err();
        assert_eq!(fault.check, Check::Archive, "{name}: {fault}");
    }
}

#[test]
fn a_name_stands_once() {
    // The same bytes of one name in both places of the directory.
    let mut opened = Opened::of(&Example::new().bundle());
    let bytes = opened.0["README.txt"].clone();
    opened.0.insert("README.tyt".to_owned(), bytes);
    let mut packed = opened.packed();
    let places: Vec<usize> = (0..packed.len() - 10)
        .filter(|at| packed[*at..].starts_with(b"README.tyt"))
        .collect();
    assert_eq!(places.len(), 2);
    for at in places {
        packed[at + 8] = b'x';
    }
    let fault = fault(&packed);
    assert_eq!(fault.check, Check::Archive, "{fault}");
}

#[test]
fn a_member_that_grows_beyond_measure_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file(SEAL, options).unwrap();
    zip.write_all(&vec![0; 1 << 20]).unwrap();
    let packed = zip.finish().unwrap().into_inner();
    assert!(packed.len() < 4096);
    let told = fault(&packed);
    assert_eq!((told.check, told.place.as_str()), (Check::Archive, SEAL));

    // The directory says less than there is.
    let mut lied = packed.clone();
    let length = u32::to_le_bytes(1 << 20);
    let places: Vec<usize> = (0..lied.len() - 4)
        .filter(|at| lied[*at..].starts_with(&length))
        .collect();
    for at in places {
        lied[at..at + 4].copy_from_slice(&u32::to_le_bytes(100));
    }
    assert_ne!(lied, packed);
    assert!(verified(&lied, &alliance()).is_err());
}

#[test]
fn every_byte_of_a_small_bundle_may_be_wrong() {
    let bundle = Example::new().bundle();
    for at in (0..bundle.len()).step_by(211) {
        let mut altered = bundle.clone();
        altered[at] ^= 0x10;
        // There is no byte that says nothing.
        assert!(verified(&altered, &alliance()).is_err(), "byte {at}");
    }
}

#[test]
fn it_is_of_the_alliance_that_was_asked_about() {
    let fault = verified(&Example::new().bundle(), &AllianceId([3; 32])).unwrap_err();
    assert_eq!(fault.check, Check::Alliance);
    assert!(fault.found.contains(&alliance().to_string()), "{fault}");
}

/// Where a text stands in a file, all its places.
fn places(file: &[u8], text: &[u8]) -> Vec<usize> {
    (0..file.len()).filter(|at| file[*at..].starts_with(text)).collect()
}

#[test]
fn nothing_is_hidden_in_the_file() {
    let opened = Opened::of(&Example::new().bundle());
    let packed = opened.packed();
    assert!(
        verified(&packed, &alliance()).is_ok(),
        "as the maker packs it, it is good"
    );
    let refused = |bytes: &[u8], place: &str| {
        let fault = fault(bytes);
        assert_eq!(fault.check, Check::Archive, "{fault}");
        assert!(fault.place.contains(place), "{place}: {fault}");
    };

    // Behind the end, as a comment that the end announces, and without a word.
    let comment = [&packed[..packed.len() - 2], b"\x05\0words"].concat();
    refused(&comment, "");
    refused(&[&packed[..], b"words"].concat(), "");

    // Between two members: every place in the directory moves, so that readers find all of them.
    let names = places(&packed, b"README.txt");
    let (header, entry) = (names[0] - 30, names[1] - 46);
    assert!(packed[header..].starts_with(b"PK\x03\x04") && packed[entry..].starts_with(b"PK\x01\x02"));
    let mut moved = packed.clone();
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let ends = packed.len() - 22;
    let places_of_places = places(&packed, b"PK\x01\x02")
        .into_iter()
        .map(|at| at + 42)
        .chain([ends + 16]);
    for at in places_of_places {
        let place = number(&moved[at..at + 4]);
        let shifted = place + if place as usize >= header { 5 } else { 0 };
        moved[at..at + 4].copy_from_slice(&shifted.to_le_bytes());
    }
    moved.splice(header..header, *b"words");
    refused(&moved, "README.txt");

    // Behind a member's own stream, as part of its packed bytes by all that is said of their size.
    let mut longer = packed.clone();
    let size = number(&packed[entry + 20..entry + 24]);
    let ends_at = names[0] + "README.txt".len() + size as usize;
    assert!(packed[ends_at..].starts_with(b"PK\x07\x08"), "its sizes follow");
    for at in [entry + 20, ends_at + 8] {
        longer[at..at + 4].copy_from_slice(&(size + 5).to_le_bytes());
    }
    let later = places(&packed, b"PK\x01\x02").into_iter().map(|at| at + 42);
    for at in later.chain([ends + 16]) {
        let place = number(&packed[at..at + 4]);
        let shifted = place + if place as usize > header { 5 } else { 0 };
        longer[at..at + 4].copy_from_slice(&shifted.to_le_bytes());
    }
    longer.splice(ends_at..ends_at, *b"words");
    refused(&longer, "README.txt");
    assert!(fault(&longer).found.contains("stands behind what it unpacks to"));

    // Another name in the member's own header.
    let mut renamed = packed.clone();
    renamed[names[0]] = b'X';
    refused(&renamed, "README.txt");

    // Other times and rights.
    refused(
        &opened.packed_by(|options| options.unix_permissions(0o777)),
        "CITATION.cff",
    );
    refused(&opened.packed_by(|options| options.large_file(true)), "LICENSES.txt");
}

#[test]
fn a_list_that_never_ends_is_not_held() {
    let mut opened = Opened::of(&Example::new().bundle());
    let entries = "\"\",".repeat(250_001);
    opened.replace("snapshot.json", "\"records\": [", &format!("\"records\": [{entries}"));
    opened.mend();
    let fault = opened.verified().unwrap_err();
    assert_eq!(fault.check, Check::Manifest, "{fault}");
    assert!(fault.found.contains("more than 250000 items"), "{fault}");
}
