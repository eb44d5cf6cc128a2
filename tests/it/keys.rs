//! Keys and certificates of running nodes: sealed, renewed without a disconnect, ended, and of a further node.

use std::path::Path;
use std::sync::{Arc, Mutex};

use alliance_api::{CertificateRequest, Event, Level, RecordQuery};
use alliance_net::{Gate, Net, PeerId, Refusal, Standing};
use alliance_node::{
    EventStream, FirstMember, Handle, KeyError, KeysError, Passphrase, RequestOptions, SetupError, Terms,
};
use alliance_record::{Certificate, SecretKey, writer_commitment};
use alliance_tests::{Cluster, Member, arrival_of, join_options, next_event, settings, share};
use alliance_wire::{Credential, Invitation, guest_proof};
use bytes::Bytes;

use crate::directory::{DAY_MS, Keys, alliance_of, hex, now_ms, show_instead};
use crate::stage::RECORDS_OF_TWO;

/// How long the short certificate of a test lasts: longer than a start and a connection take on a busy machine.
const SHORT_MS: i64 = 12_000;

fn passphrase() -> Passphrase {
    Passphrase::chosen("four words in a row").unwrap()
}

fn for_years(years: i64) -> Terms {
    Terms {
        label: Some("Ward".to_owned()),
        valid_ms: years * 365 * DAY_MS,
    }
}

/// Renews the certificate of a directory whose keys are plain, and hands it to its running node.
async fn renew(handle: &Handle, data: &Path, terms: &Terms) -> Certificate {
    let file = alliance_node::renew(data, terms, None).unwrap();
    let certificate = file.certificate.clone();
    handle
        .install_certificate(CertificateRequest { certificate })
        .await
        .unwrap();
    read(data)
}

/// The certificate that a directory holds.
fn read(data: &Path) -> Certificate {
    let identity: serde_json::Value =
        serde_json::from_slice(&std::fs::read(data.join("identity.json")).unwrap()).unwrap();
    let text = identity["membership"]["certificate"].as_str().unwrap();
    let bytes: Vec<u8> = (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap())
        .collect();
    Certificate::decode(&Bytes::from(bytes)).unwrap()
}

/// How many certificates of an organisation a node holds as records.
async fn certificates(handle: &Handle, organisation: &str) -> usize {
    let query = RecordQuery {
        kind: Some("certificate".to_owned()),
        organisation: Some(organisation.to_owned()),
        governance: Some(true),
        ..RecordQuery::default()
    };
    handle.records(query).await.unwrap().records.len()
}

/// Waits for something, and fails when a member's connection goes meanwhile.
async fn while_connected<T>(events: &mut EventStream, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
    next_event(events, |event| match event {
        Event::PeerDown { peer, reason } => panic!("{peer} was cut off: {reason}"),
        event => pick(event),
    })
    .await
}

fn certificate_of(organisation: &str) -> impl FnMut(&Event) -> Option<()> {
    move |event| match event {
        Event::Record { record } if record.kind == "certificate" && record.organisation == organisation => Some(()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_runs_and_invites_while_the_organisations_key_is_sealed_or_away() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.members[0].stop().await;
    let data = cluster.members[0].data.clone();
    alliance_node::encrypt(&data, &passphrase()).unwrap();
    let text = std::fs::read_to_string(data.join("keys/organisation.key")).unwrap();
    assert!(text.contains("argon2id"), "{text}");
    let error = alliance_node::renew(&data, &for_years(3), None).unwrap_err();
    assert!(matches!(error, KeysError::Key(KeyError::Locked { .. })), "{error}");
    let wrong = Passphrase::given("another passphrase").unwrap();
    let error = alliance_node::renew(&data, &for_years(3), Some(&wrong)).unwrap_err();
    assert!(
        matches!(error, KeysError::Key(KeyError::WrongPassphrase { .. })),
        "{error}"
    );
    alliance_node::renew(&data, &for_years(3), Some(&passphrase())).unwrap();

    std::fs::rename(data.join("keys/organisation.key"), data.join("away.key")).unwrap();
    cluster.members[0].start().await;
    cluster.join(0, "Second", "CZ").await;
    assert_eq!(cluster.handle(0).organisations().await.unwrap().len(), 2);
    let second = cluster.init("Third", "DE");
    alliance_node::encrypt(&second, &passphrase()).unwrap();
    let token = cluster.invitation(0).await;
    let locked = alliance_node::join(&second, &settings("/ip4/127.0.0.1/tcp/0"), &join_options(&token)).await;
    assert!(
        matches!(locked, Err(SetupError::Key(KeyError::Locked { .. }))),
        "{locked:?}"
    );
    let mut options = join_options(&token);
    options.passphrase = Some(passphrase());
    alliance_node::join(&second, &settings("/ip4/127.0.0.1/tcp/0"), &options)
        .await
        .unwrap();
}

/// A guest that keeps what its host showed.
struct Recorder {
    credential: Credential,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Gate for Recorder {
    fn credential(&self, _: &PeerId) -> Vec<u8> {
        self.credential.encode()
    }

    fn judge(&self, _: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
        *self.shown.lock().unwrap() = shown.to_vec();
        Ok(Standing::Member { organisation: [1; 32] })
    }
}

/// The certificate that a node shows to whoever connects now.
async fn shown_by(cluster: &Cluster, member: usize) -> Vec<u8> {
    let invitation: Invitation = cluster.invitation(member).await.parse().unwrap();
    let key = SecretKey::from_seed(&[3; 32]);
    let shown = Arc::new(Mutex::new(Vec::new()));
    let gate = Recorder {
        credential: Credential::Guest {
            invitation: invitation.secret.id(),
            proof: guest_proof(&invitation.secret, &key.transport(), &invitation.transport),
        },
        shown: Arc::clone(&shown),
    };
    let settings = alliance_net::Settings {
        protocol: invitation.alliance.to_string(),
        ..alliance_net::Settings::default()
    };
    let (net, _events) = Net::start(*key.seed(), settings, Arc::new(gate)).unwrap();
    net.dial(cluster.members[member].address().parse().unwrap())
        .await
        .unwrap();
    net.shutdown().await;
    let Ok(Credential::Certificate(bytes)) = Credential::decode(&shown.lock().unwrap()) else {
        panic!("a member shows a certificate")
    };
    bytes.to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_shown_and_published_without_a_disconnect_or_a_restart() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    let data = cluster.members[1].data.clone();
    let before = read(&data);
    let organisation = before.node().organisation.to_string();
    let mut events = cluster.handle(0).events(None);
    let after = renew(cluster.handle(1), &data, &for_years(3)).await;
    while_connected(&mut events, certificate_of(&organisation)).await;
    assert_eq!(cluster.handle(0).peers().await.unwrap().len(), 1);
    assert!(after.node().not_after_ms > before.node().not_after_ms);
    assert_eq!(
        (after.node().writer, after.node().transport),
        (before.node().writer, before.node().transport)
    );
    assert_eq!(after.node().label, "Ward");
    assert_eq!(shown_by(&cluster, 1).await, after.bytes().to_vec());
    let status = cluster.handle(1).status().await.unwrap();
    assert_eq!(status.node.certificate_ends_ms, after.node().not_after_ms);

    // The next signing key was made with the keys, and both certificates commit to it.
    let text = std::fs::read_to_string(data.join("keys/next-node.key")).unwrap();
    let next: SecretKey = text.trim().parse().unwrap();
    assert_eq!(after.node().next_writer, Some(writer_commitment(&next.writer())));
    assert_eq!(after.node().next_writer, before.node().next_writer);

    // Put in place while no node runs, it is published at the next start, once.
    cluster.members[1].stop().await;
    let file = alliance_node::renew(&data, &for_years(4), None).unwrap();
    alliance_node::install(&data, &file).unwrap();
    let mut events = cluster.handle(0).events(None);
    cluster.members[1].start().await;
    next_event(&mut events, certificate_of(&organisation)).await;
    cluster.members[1].stop().await;
    cluster.members[1].start().await;
    cluster.agree_on("alliance", RECORDS_OF_TWO + 2).await;
    assert_eq!(certificates(cluster.handle(0), &organisation).await, 3);
    let audit = std::fs::read_to_string(data.join("audit.log")).unwrap();
    let acts = |act: &str| {
        audit
            .lines()
            .filter(|line| line.contains(&format!("\"act\":\"{act}\"")))
            .count()
    };
    assert_eq!(
        (
            acts("certificate_renewed"),
            acts("certificate_installed"),
            acts("joined")
        ),
        (2, 2, 1),
        "{audit}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_certificate_cuts_nobody_off_and_is_renewed_while_connections_stand() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    cluster.members[1].stop().await;
    let data = cluster.members[1].data.clone();
    let short = Keys::read(&data).certificate(alliance_of(&data), now_ms() + SHORT_MS);
    show_instead(&data, &short);
    let mut first = cluster.handle(0).events(None);
    cluster.members[1].start().await;
    let mut second = cluster.handle(1).events(None);
    next_event(&mut first, |event| matches!(event, Event::PeerUp { .. }).then_some(())).await;
    while_connected(&mut second, |event| match event {
        Event::Ending { code, said, .. } if code == "certificate_ended" => {
            assert!(said.contains("alliance keys renew"), "{said}");
            Some(())
        }
        _ => None,
    })
    .await;

    // The roster changes, so that connections are judged again; the new member is refused, those that stand go on.
    cluster.join(0, "Third", "DE").await;
    while_connected(&mut second, |event| match event {
        Event::Refused { refused } if refused.code == "certificate_expired" => Some(()),
        _ => None,
    })
    .await;
    let status = cluster.handle(1).status().await.unwrap();
    let reason = status
        .reasons
        .iter()
        .find(|reason| reason.ends_with("(certificate_ended)"));
    assert!(
        reason.is_some_and(|reason| reason.contains("alliance keys renew")),
        "{:?}",
        status.reasons
    );
    assert_eq!((status.level, status.peers.len()), (Level::Degraded, 1));
    let said = share(cluster.handle(1), "Still heard", "m49:001").await.id.unwrap();
    arrival_of(cluster.handle(0), &said).await;

    let third = cluster.handle(2).status().await.unwrap().node.peer;
    renew(cluster.handle(1), &data, &for_years(2)).await;
    while_connected(&mut second, |event| match event {
        Event::PeerUp { peer, .. } if *peer == third => Some(()),
        _ => None,
    })
    .await;
    let status = cluster.handle(1).status().await.unwrap();
    assert!(
        !status.reasons.iter().any(|reason| reason.contains("certificate_ended")),
        "{:?}",
        status.reasons
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_node_or_one_that_has_ended_is_not_put_in_place() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let (first, second) = (cluster.members[0].data.clone(), cluster.members[1].data.clone());
    let before = read(&first);
    let alliance = alliance_of(&first);
    let unfit = [
        Keys::read(&second).certificate(alliance, now_ms() + DAY_MS),
        Keys::read(&first).certificate(alliance, now_ms() - 1),
        Keys::read(&first).certificate(alliance_record::AllianceId([7; 32]), now_ms() + DAY_MS),
    ];
    for certificate in unfit {
        let certificate = hex(certificate.bytes());
        let asked = cluster
            .handle(0)
            .install_certificate(CertificateRequest { certificate })
            .await;
        assert_eq!(asked.unwrap_err().code, "bad_certificate");
    }
    assert_eq!(read(&first), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_node_of_an_organisation_is_certified_from_a_request_and_catches_up() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    let said = share(cluster.handle(1), "Said before", "m49:001").await.id.unwrap();
    let status = cluster.handle(0).status().await.unwrap();
    let data = cluster.members[0].data.parent().unwrap().join("further");
    let options = RequestOptions {
        label: "Further".to_owned(),
        passphrase: Some(passphrase()),
    };
    let request = alliance_node::request(&data, &options).unwrap();
    let member = FirstMember {
        organisation: status.organisation.id.clone(),
        peer: status.node.peer.clone(),
        addresses: vec![cluster.members[0].address().to_owned()],
    };
    let home = cluster.members[0].data.clone();
    let file = alliance_node::certify(&home, &request, &Terms::default(), vec![member], None).unwrap();
    alliance_node::install(&data, &file).unwrap();
    assert!(!data.join("keys/organisation.key").exists());

    let mut further = Member::at(data.clone(), settings("/ip4/127.0.0.1/tcp/0"));
    further.start().await;
    cluster.members.push(further);
    cluster.agree_on("alliance", RECORDS_OF_TWO + 1).await;
    arrival_of(cluster.handle(2), &said).await;
    let own = share(cluster.handle(2), "Said by the further node", "m49:001")
        .await
        .id
        .unwrap();
    arrival_of(cluster.handle(1), &own).await;
    let view = cluster.handle(1).record(&own).await.unwrap();
    assert_eq!(view.summary.organisation, status.organisation.id);
    assert_eq!(certificates(cluster.handle(1), &status.organisation.id).await, 2);
    let error = alliance_node::renew(&data, &Terms::default(), Some(&passphrase())).unwrap_err();
    assert!(matches!(error, KeysError::Key(KeyError::Missing { .. })), "{error}");
}
