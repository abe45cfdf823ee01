//! One destination, whoever answers, takes or agrees at the same time.

use crate::world::{A, World, enquiry, hospital, sent};
use case::enquiry::AnswerRefused;
use case::{AnsweredBy, Body, DeclineReason, EnquiryAnswer, HowDecided, ReleaseReason};
use dispatch_core::contract::fixtures::{NOW, TabletPen, block_on_ready};
use dispatch_core::store::Ledger;
use dispatch_core::{Alarm, UseCaseError, alarms};
use model::Stage;

async fn asked_three(world: &World) -> TabletPen {
    let (mut pen, _) = world.consented(A, 7).await;
    let batch = (0..3).map(|n| pen.write(sent(n + 1, hospital(usize::from(n))))).collect();
    world.append(A, batch).await;
    pen
}

#[test]
fn the_first_acceptance_decides_and_releases_everyone_else() {
    block_on_ready(async {
        let world = World::new().await;
        asked_three(&world).await;
        let full = EnquiryAnswer::Declined(DeclineReason::BedsFull);
        world.answer(1, hospital(0), full.clone()).await.expect("declined");
        world.answer(2, hospital(1), EnquiryAnswer::Accepted).await.expect("accepted");
        world.answer(2, hospital(1), EnquiryAnswer::Accepted).await.expect("saying it again changes nothing");
        let late = world.answer(3, hospital(2), EnquiryAnswer::Accepted).await;
        assert!(matches!(late, Err(UseCaseError::Answer(AnswerRefused::Over))), "{late:?}");
        let view = world.view(A).await;
        assert_eq!(
            view.destination().map(|d| (d.version, d.hospital, d.how)),
            Some((1, hospital(1), HowDecided::Accepted))
        );
        assert_eq!(view.enquiries.get(&enquiry(3)).and_then(|e| e.released), Some(ReleaseReason::DecidedElsewhere));
        assert!(view.conflicts.is_empty());
        let capacity = world.store.capacity().await.expect("reports");
        assert_eq!(capacity.len(), 2, "answers refresh capacity without typing");
    });
}

#[test]
fn a_crew_takes_an_offer_and_an_expired_one_decides_nothing() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked_three(&world).await;
        let offer = |minutes| EnquiryAnswer::Conditional {
            condition: "CT 15分待ち".into(),
            expires_at: NOW.plus_minutes(minutes),
        };
        assert!(world.answer(1, hospital(0), offer(0)).await.is_err(), "already expired");
        world.answer(1, hospital(0), offer(5)).await.expect("offered");
        world.answer(2, hospital(1), offer(20)).await.expect("offered");
        world.clock.advance_minutes(10);
        world.append(A, vec![pen.write(Body::OfferTaken { enquiry: enquiry(1) })]).await;
        assert_eq!(world.view(A).await.destination(), None);
        let taken = world.append(A, vec![pen.write(Body::OfferTaken { enquiry: enquiry(2) })]).await;
        assert_eq!(taken.committed, 4, "taken, decided, two released");
        let view = world.view(A).await;
        assert_eq!(view.destination().map(|d| (d.hospital, d.how)), Some((hospital(1), HowDecided::OfferTaken)));
    });
}

#[test]
fn a_telephone_agreement_is_the_next_version_and_a_repeat_is_none() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked_three(&world).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        let agreed = pen.write(Body::DestinationAgreed { hospital: hospital(2), enquiry: None });
        for _ in 0..3 {
            world.append(A, vec![agreed.clone()]).await;
        }
        let view = world.view(A).await;
        assert_eq!(view.destinations.len(), 2);
        assert_eq!(view.destination().map(|d| (d.version, d.hospital)), Some((2, hospital(2))));
        assert!(view.agreed.is_empty(), "taken up by the server's decision");
    });
}

#[test]
fn a_telephone_acceptance_decides_like_a_page() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked_three(&world).await;
        let said = |answer, by| Body::EnquiryAnswered { enquiry: enquiry(2), hospital: hospital(1), answer, by };
        let forged = world.append(A, vec![pen.write(said(EnquiryAnswer::Accepted, AnsweredBy::Page))]).await;
        assert_eq!(forged.quarantined.len(), 1, "a tablet cannot speak for a page");
        world.append(A, vec![pen.write(said(EnquiryAnswer::Accepted, AnsweredBy::Telephone))]).await;
        let view = world.view(A).await;
        assert_eq!(view.destination().map(|d| (d.hospital, d.how)), Some((hospital(1), HowDecided::Telephone)));
    });
}

#[test]
fn the_end_of_a_case_releases_and_a_late_enquiry_asks_nobody() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked_three(&world).await;
        world.append(A, vec![pen.write(Body::CaseEnded { ending: case::Ending::Cancelled })]).await;
        world.append(A, vec![pen.write(sent(4, hospital(3)))]).await;
        let view = world.view(A).await;
        assert_eq!(view.enquiries.values().filter(|e| e.released == Some(ReleaseReason::CaseEnded)).count(), 4);
    });
}

#[test]
fn a_case_becomes_difficult_at_the_fourth_enquiry_and_the_thirtieth_minute() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked_three(&world).await;
        let on_scene = Body::StageStamped { stage: Stage::OnScene, leg: 1 };
        let assigned = Body::UnitAssigned { unit: A.unit(), callsign: "救急1".into(), leg: 1 };
        world.append(A, vec![pen.write(on_scene), pen.write(assigned)]).await;
        let difficult = |view: &case::CaseView, minutes| {
            let found = alarms(view, NOW.plus_minutes(minutes), |_| Some(NOW.plus_minutes(minutes)));
            found.iter().any(|alarm| matches!(alarm, Alarm::Difficult { .. }))
        };
        assert!(!difficult(&world.view(A).await, 40), "three enquiries");
        world.append(A, vec![pen.write(sent(4, hospital(3)))]).await;
        let view = world.view(A).await;
        assert!(!difficult(&view, 29) && difficult(&view, 31));
        let silent = alarms(&view, NOW.plus_minutes(10), |_| Some(NOW.plus_minutes(6)));
        assert!(silent.iter().any(|alarm| matches!(alarm, Alarm::Silent { since: Some(_), .. })), "{silent:?}");
    });
}
