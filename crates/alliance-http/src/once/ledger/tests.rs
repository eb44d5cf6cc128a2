//! Keys over time, over restarts, and when there are too many.

use super::*;

fn hash(text: &str) -> Hash {
    blake3::hash(text.as_bytes())
}

fn answered(body: &str) -> Answered {
    Answered {
        status: 201,
        media: "application/json".to_owned(),
        body: body.as_bytes().to_vec(),
    }
}

const RECEIPT: &str = r#"{"id":"ab","kind":"lesson","chapter":"iso:gb","sequence":4,"completeness":"","findings":[{"severity":
    "warning","code":"c","place":"p","message":"a text of the record","remedy":"r"}]}"#;

#[tokio::test]
async fn a_key_is_done_once_and_answered_again() {
    let ledger = Ledger::open(None).unwrap();
    let (key, request) = (hash("key"), hash("request"));
    assert!(ledger.begin(key, request, Keeping::Memory).await.unwrap().is_none());
    assert!(matches!(
        ledger.begin(key, request, Keeping::Memory).await,
        Err(Refusal::InProgress)
    ));
    assert!(matches!(
        ledger.begin(key, hash("other"), Keeping::Memory).await,
        Err(Refusal::Reused)
    ));
    ledger.end(key, answered("{}"), Keeping::Memory).await;
    assert_eq!(
        ledger.begin(key, request, Keeping::Memory).await.unwrap(),
        Some(answered("{}"))
    );
    assert!(matches!(
        ledger.begin(key, hash("other"), Keeping::Memory).await,
        Err(Refusal::Reused)
    ));
}

#[tokio::test]
async fn a_request_that_was_not_taken_frees_its_key_and_a_secret_is_not_kept() {
    let ledger = Ledger::open(None).unwrap();
    let (key, request) = (hash("key"), hash("request"));
    ledger.begin(key, request, Keeping::Memory).await.unwrap();
    ledger.release(key, Keeping::Memory).await;
    assert!(
        ledger
            .begin(key, hash("mended"), Keeping::Memory)
            .await
            .unwrap()
            .is_none()
    );
    let (key, large) = (hash("secret"), hash("large"));
    ledger.begin(key, request, Keeping::Secret).await.unwrap();
    ledger.end(key, answered("the secret"), Keeping::Secret).await;
    assert!(matches!(
        ledger.begin(key, request, Keeping::Secret).await,
        Err(Refusal::Gone)
    ));
    ledger.begin(large, request, Keeping::Memory).await.unwrap();
    ledger
        .end(large, answered(&"x".repeat(ANSWER_KEPT_BYTES_MAX + 1)), Keeping::Memory)
        .await;
    assert!(matches!(
        ledger.begin(large, request, Keeping::Memory).await,
        Err(Refusal::Gone)
    ));
}

#[tokio::test]
async fn what_was_signed_is_known_after_a_restart_without_its_text() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("idempotency.log");
    let (signed, begun, waits, freed) = (hash("signed"), hash("begun"), hash("waits"), hash("freed"));
    let checked = hash("checked");
    let request = hash("request");
    {
        let ledger = Ledger::open(Some(&path)).unwrap();
        for key in [signed, begun, waits, freed, checked] {
            ledger.begin(key, request, Keeping::Disk).await.unwrap();
        }
        ledger.end(signed, answered(RECEIPT), Keeping::Disk).await;
        ledger
            .end(waits, answered(r#"{"draft":{"document":"a text"}}"#), Keeping::Disk)
            .await;
        ledger.release(freed, Keeping::Disk).await;
        let looked_at = RECEIPT.replace(r#""id":"ab""#, r#""id":null"#);
        ledger.end(checked, answered(&looked_at), Keeping::Disk).await;
    }
    for _ in 0..2 {
        let ledger = Ledger::open(Some(&path)).unwrap();
        let again = ledger.begin(signed, request, Keeping::Disk).await.unwrap().unwrap();
        let receipt: PublishReceipt = serde_json::from_slice(&again.body).unwrap();
        assert_eq!(
            (receipt.id.as_deref(), receipt.sequence, again.status),
            (Some("ab"), Some(4), 201)
        );
        assert!(matches!(
            ledger.begin(signed, hash("other"), Keeping::Disk).await,
            Err(Refusal::Reused)
        ));
        assert!(matches!(
            ledger.begin(begun, request, Keeping::Disk).await,
            Err(Refusal::Unknown)
        ));
        assert!(matches!(
            ledger.begin(waits, request, Keeping::Disk).await,
            Err(Refusal::Gone)
        ));
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("text"), "{text}");
    let ledger = Ledger::open(Some(&path)).unwrap();
    for key in [freed, checked] {
        let begun = ledger.begin(key, hash("mended"), Keeping::Disk).await;
        assert!(begun.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_line_that_broke_off_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("idempotency.log");
    let (key, request) = (hash("key"), hash("request"));
    let ledger = Ledger::open(Some(&path)).unwrap();
    ledger.begin(key, request, Keeping::Disk).await.unwrap();
    ledger.end(key, answered(RECEIPT), Keeping::Disk).await;
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&whole[..], b"{\"key\":\"ha"].concat()).unwrap();
    let ledger = Ledger::open(Some(&path)).unwrap();
    assert!(ledger.begin(key, request, Keeping::Disk).await.unwrap().is_some());
}

#[tokio::test]
async fn the_oldest_that_is_done_makes_room_and_what_is_being_done_never_does() {
    let ledger = Ledger::open(None).unwrap();
    let key = |number: usize| hash(&number.to_string());
    for number in 0..KEYS_KEPT_MAX {
        ledger.begin(key(number), key(0), Keeping::Memory).await.unwrap();
    }
    assert!(matches!(
        ledger.begin(hash("more"), key(0), Keeping::Memory).await,
        Err(Refusal::Full)
    ));
    ledger.end(key(3), answered("{}"), Keeping::Memory).await;
    assert!(
        ledger
            .begin(hash("more"), key(0), Keeping::Memory)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(ledger.entries().len(), KEYS_KEPT_MAX);
    assert!(!ledger.entries().contains_key(&key(3).to_hex().to_string()));
}

#[test]
fn a_day_is_remembered_and_no_longer() {
    let entry = Entry {
        key: String::new(),
        request: String::new(),
        at_ms: 1_000,
        stage: Stage::Begun,
    };
    assert!(is_young(&entry, 1_000 + KEY_KEPT_MS) && !is_young(&entry, 1_001 + KEY_KEPT_MS));
}
