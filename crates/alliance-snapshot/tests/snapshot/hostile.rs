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
        // Whatever it is, it ends: as a fault, or untouched where the byte says nothing.
        if let Ok(report) = verified(&altered, &alliance()) {
            assert_eq!(report.records, 5);
        }
    }
}

#[test]
fn it_is_of_the_alliance_that_was_asked_about() {
    let fault = verified(&Example::new().bundle(), &AllianceId([3; 32])).unwrap_err();
    assert_eq!(fault.check, Check::Alliance);
    assert!(fault.found.contains(&alliance().to_string()), "{fault}");
}
