//! Two handles on one database, as two processes have: what decides is decided in the database.

use case::{Body, EnquiryAnswer};
use dispatch_core::call::SharedClock;
use dispatch_core::contract::fixtures::{NOW, TabletPen, Town, call, desk, opened};
use dispatch_core::server_log::load_case;
use dispatch_core::{Scope, answer_enquiry, append_from_unit};
use dispatch_server::store::SqliteStore;
use model::{EnquiryId, HospitalId};
use tempfile::TempDir;

const A: Town = Town(1);
const HOSPITALS: u8 = 6;

fn sent(n: u8) -> Body {
    Body::EnquirySent {
        enquiry: EnquiryId::from_bytes([n; 16]),
        hospital: HospitalId::from_bytes([n; 16]),
        lookup: None,
        needs: Vec::new(),
        tell_alerts: false,
        batch: HOSPITALS,
        by_telephone: false,
        eta_tenths: None,
        override_reason: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_hospitals_accept_at_once_and_one_is_the_destination() {
    let directory = TempDir::new().expect("a directory");
    let (database, keys) = (directory.path().join("ems.sqlite"), directory.path().join("keys.sqlite"));
    let one = SqliteStore::open(&database, &keys, true).await.expect("a store");
    let other = SqliteStore::open(&database, &keys, false).await.expect("the same store");
    let clock: &'static SharedClock = Box::leak(Box::new(SharedClock::new(NOW)));
    let mut pen = TabletPen::new(A, 7);
    let mut batch = vec![pen.write(opened(1))];
    batch.extend((1..=HOSPITALS).map(|n| pen.write(sent(n))));
    append_from_unit(&one, &mut call(clock, 0), &A.tablet(), batch, None).await.expect("appended");
    let answers = (1..=HOSPITALS).map(|n| {
        let store = if n % 2 == 0 { one.clone() } else { other.clone() };
        dispatch_server::edge::spawn(async move {
            let (hospital, enquiry) = (HospitalId::from_bytes([n; 16]), EnquiryId::from_bytes([n; 16]));
            let mut call = call(clock, u64::from(n));
            answer_enquiry(&store, &mut call, &desk(hospital), enquiry, EnquiryAnswer::Accepted).await.is_ok()
        })
    });
    let answers: Vec<_> = answers.collect();
    let mut accepted = 0;
    for answer in answers {
        accepted += usize::from(answer.await.expect("ran"));
    }
    let view = load_case(&other, Scope::Installation, A.case()).await.expect("the case").view;
    assert_eq!((accepted, view.destinations.len(), view.conflicts.len()), (1, 1, 0));
    assert_eq!(view.enquiries.values().filter(|e| e.released.is_none()).count(), 1, "every loser is released");
}
