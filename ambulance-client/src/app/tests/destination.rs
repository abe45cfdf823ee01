//! What comes back to the crew of its enquiries: nobody looks, an acceptance is taken back, another hospital than decided.

use super::bench::{Bench, identity};
use super::{harness, key, press, words};
use crate::app::{Page, Tablet as _};
use ambulance_core::{Command, Input};
use case::{AnsweredBy, Body, DeclineReason, EnquiryAnswer, Event, EventName, Hash, HowDecided, OnBehalf, Stored};
use case::{OverrideReason, Subject, Writer};
use model::{BootId, EventTime, LogId, Monotonic};
use wire::{Entry, FeedItem};

/// The server's log of the case on screen.
struct Server<'a> {
    bench: &'a Bench,
    seq: u64,
    prev: Hash,
}

impl Server<'_> {
    fn says(&mut self, body: Body) {
        self.seq += 1;
        let case = self.bench.state().current.expect("a case");
        let now = self.bench.now().utc;
        let event = Event {
            name: EventName { log: LogId::from_bytes([0x55; 16]), seq: self.seq },
            prev: self.prev,
            at: EventTime {
                utc: now,
                mono: Monotonic { boot: BootId::from_bytes([5; 16]), us: self.seq },
                offset: None,
            },
            writer: Writer::Server(OnBehalf::System),
            department: identity().department,
            subject: Subject::Case(case),
            training: true,
            body,
        };
        let stored = Stored::encode(&event).expect("an event");
        self.prev = stored.hash();
        let entry = Entry { log: stored.name.log, seq: stored.name.seq, schema: stored.schema, bytes: stored.bytes };
        let fact = FeedItem::Fact { case, position: self.seq, received_at: now, entry };
        self.bench.input(Input::Feed(vec![fact, FeedItem::CaughtUp { at: now, left_out: false }]));
    }
}

/// One hospital was asked, and the crew has its number in hand.
fn asked() -> Bench {
    let bench = Bench::new();
    bench.link_up();
    bench.sign_in();
    bench.on_scene();
    let hospitals = vec![bench.first_hospital()];
    bench.command(Command::Enquire { hospitals, by_telephone: false, override_reason: None });
    bench
}

fn accepted(server: &mut Server<'_>) {
    let (enquiry, hospital) = (server.bench.first_enquiry(), server.bench.first_hospital());
    let (answer, by) = (EnquiryAnswer::Accepted, AnsweredBy::Page);
    server.says(Body::EnquiryAnswered { enquiry, hospital, answer, by });
    let how = HowDecided::Accepted;
    server.says(Body::DestinationDecided { version: 1, hospital, enquiry: Some(enquiry), how });
}

#[test]
fn an_enquiry_that_nobody_watches_leads_to_the_telephone_with_what_to_say() {
    let bench = asked();
    let mut server = Server { bench: &bench, seq: 0, prev: Hash::NONE };
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.go(Page::Enquiry);
    harness.run_steps(5);
    assert!(!words(&harness).contains("未読 0"), "{}", words(&harness));
    server.says(Body::EnquiryUnwatched { enquiry: bench.first_enquiry() });
    harness.run_steps(5);
    let shown = words(&harness);
    assert!(shown.contains("未読 0") && shown.contains("画面を見ている人がいません"), "{shown}");
    let name = |end: &str| {
        let target = harness.state().ledger.targets.iter().find(|t| t.name.contains(end)).map(|t| t.name.clone());
        target.unwrap_or_else(|| panic!("no {end}: {:?}", harness.state().ledger.targets))
    };
    let phone = name("電話へ");
    press(&mut harness, &phone);
    let said = words(&harness);
    assert!(said.contains("受入の照会です。") && said.contains("立川消防 立川01 です。"), "{said}");
    let target = harness.state().ledger.targets.iter().find(|t| t.name.contains("電話の返事を入れる"));
    let note = target.expect("a primary").name.clone();
    press(&mut harness, &note);
    press(&mut harness, "受入可");
    let answered = bench.state().case().expect("a case").view.enquiries.values().next().cloned().expect("asked");
    assert!(matches!(answered.answer, Some((EnquiryAnswer::Accepted, _))), "the result is one tap");
}

#[test]
fn an_enquiry_that_is_not_seen_for_half_a_minute_is_unread() {
    let bench = asked();
    let mut server = Server { bench: &bench, seq: 0, prev: Hash::NONE };
    server.says(Body::EnquiryDelivered { enquiry: bench.first_enquiry() });
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.go(Page::Enquiry);
    bench.pass_seconds(29);
    harness.run_steps(5);
    assert!(!words(&harness).contains("未読 0"), "{}", words(&harness));
    bench.pass_seconds(2);
    harness.run_steps(5);
    assert!(words(&harness).contains("届きましたが見ていません"), "{}", words(&harness));
    server.says(Body::EnquirySeen { enquiry: bench.first_enquiry() });
    harness.run_steps(5);
    assert!(!words(&harness).contains("未読 0"), "{}", words(&harness));
}

#[test]
fn a_withdrawn_acceptance_alarms_and_the_destination_is_open_again() {
    let bench = asked();
    let mut server = Server { bench: &bench, seq: 0, prev: Hash::NONE };
    accepted(&mut server);
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.go(Page::Transport);
    harness.run_steps(5);
    let (enquiry, hospital) = (bench.first_enquiry(), bench.first_hospital());
    let reason = DeclineReason::InSurgery;
    server.says(Body::AcceptanceWithdrawn { version: 1, enquiry, hospital, reason });
    harness.run_steps(5);
    assert_eq!(key(&harness), "enquiry", "the crew is led to its enquiries");
    let shown = words(&harness);
    assert!(shown.contains("受入取消 ― ") && shown.contains("手術中 ・ 搬送先は未定です"), "{shown}");
    assert_eq!(bench.state().case().expect("a case").view.destination(), None);
    bench.pass_seconds(5);
    let list = bench.state().case().and_then(|c| c.suggestion.clone());
    let listed = list.is_some_and(|list| list.ranking.candidates.iter().any(|c| c.hospital == hospital));
    assert!(!listed, "who took it back is asked no more");
}

#[test]
fn another_destination_takes_a_reason_and_asks_nobody() {
    let bench = asked();
    let mut server = Server { bench: &bench, seq: 0, prev: Hash::NONE };
    accepted(&mut server);
    let state = bench.state();
    let second =
        state.case().and_then(|c| c.suggestion.clone()).expect("a list").ranking.candidates.get(1).map(|c| c.hospital);
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.go(Page::Transport);
    harness.run_steps(5);
    press(&mut harness, "行き先を変える");
    assert_eq!(key(&harness), "override_choice");
    harness.state_mut().app.nav.other = second;
    press(&mut harness, "本人・家族の希望");
    let primary = harness.state().ledger.targets.iter().find(|t| t.name.contains("行き先を変える")).expect("a primary");
    let name = primary.name.clone();
    press(&mut harness, &name);
    let view = bench.state().case().expect("a case").view.clone();
    assert_eq!(view.enquiries.len(), 1, "nobody was asked");
    let change = view.changes.first().copied().expect("changed");
    assert_eq!((change.version, change.to), (1, second));
    assert_eq!(
        view.ended_destinations.get(&1).map(|(end, _)| *end),
        Some(case::DestinationEnd::Changed(OverrideReason::PatientWish))
    );
}

#[test]
fn a_destination_is_given_up_with_a_reason_and_the_search_goes_on() {
    let bench = asked();
    let mut server = Server { bench: &bench, seq: 0, prev: Hash::NONE };
    accepted(&mut server);
    let mut harness = harness(bench.app());
    harness.state_mut().app.nav.go(Page::Transport);
    harness.run_steps(5);
    press(&mut harness, "行き先を変える");
    press(&mut harness, "搬送先を未定にもどす");
    assert!(bench.state().case().expect("a case").view.destination().is_some(), "a reason comes first");
    press(&mut harness, "容体が変わった");
    press(&mut harness, "搬送先を未定にもどす 行き先を変える 理由: 容体が変わった");
    let view = bench.state().case().expect("a case").view.clone();
    assert_eq!(view.destination(), None);
    let change = view.changes.first().copied().expect("changed");
    assert_eq!((change.version, change.to), (1, None));
    assert_eq!(key(&harness), "hospitals", "the crew is led to the list");
    harness.state_mut().app.nav.go(Page::Transport);
    harness.run_steps(3);
    assert!(words(&harness).contains("搬送先は決まっていません"), "{}", words(&harness));
}
