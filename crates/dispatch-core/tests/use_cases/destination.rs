//! A destination ends, changes, and is agreed anew; enquiries that nobody watches or answers are looked after.

use crate::world::{A, World, enquiry, hospital, sent};
use case::enquiry::{ANSWER_MINUTES, AnswerRefused};
use case::{AnsweredBy, Body, DeclineReason, EnquiryAnswer, HowDecided, OverrideReason, ReleaseReason};
use dispatch_core::contract::fixtures::{NOW, TabletPen, block_on_ready, desk, opened};
use dispatch_core::{
    Alarm, Attended, UseCaseError, alarms, attend_enquiries, receive_enquiry, sign_handover, withdraw_acceptance,
};
use model::{HospitalId, Stage};

async fn asked(world: &World, hospitals: u8) -> TabletPen {
    let (mut pen, _) = world.consented(A, 7).await;
    let batch = (0..hospitals).map(|n| pen.write(sent(n + 1, hospital(usize::from(n))))).collect();
    world.append(A, batch).await;
    pen
}

async fn withdraw(world: &World, n: u8, hospital: HospitalId) -> Result<(), UseCaseError> {
    let reason = DeclineReason::InSurgery;
    withdraw_acceptance(&world.store, &mut world.call(), &desk(hospital), enquiry(n), reason).await
}

async fn destination(world: &World) -> Option<(u32, HospitalId, HowDecided)> {
    world.view(A).await.destination().map(|d| (d.version, d.hospital, d.how))
}

async fn alarmed(world: &World) -> Vec<Alarm> {
    let found = alarms(&world.view(A).await, NOW, |_| Some(NOW));
    let of_destination = |alarm: &Alarm| {
        matches!(alarm, Alarm::Withdrawn { .. } | Alarm::AgreedElsewhere { .. } | Alarm::AcceptedInVain { .. })
    };
    found.into_iter().filter(of_destination).collect()
}

fn agreed(n: usize, enquiry: Option<model::EnquiryId>) -> Body {
    Body::DestinationAgreed { hospital: hospital(n), enquiry }
}

#[test]
fn a_withdrawn_acceptance_opens_the_destination_and_is_no_acceptance_again() {
    block_on_ready(async {
        let world = World::new().await;
        asked(&world, 2).await;
        assert!(withdraw(&world, 1, hospital(0)).await.is_err(), "nothing was accepted");
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        let foreign = withdraw(&world, 1, hospital(1)).await;
        assert!(matches!(foreign, Err(UseCaseError::Answer(AnswerRefused::Unknown))), "{foreign:?}");
        for _ in 0..2 {
            withdraw(&world, 1, hospital(0)).await.expect("taken back, and again");
        }
        let view = world.view(A).await;
        assert_eq!((view.destination(), view.ended_destinations.len()), (None, 1));
        let found = alarmed(&world).await;
        assert!(matches!(&found[..], [Alarm::Withdrawn { hospital: h, .. }] if *h == hospital(0)), "{found:?}");
        let again = world.answer(1, hospital(0), EnquiryAnswer::Accepted).await;
        assert!(matches!(again, Err(UseCaseError::Answer(AnswerRefused::Over))), "{again:?}");
    });
}

#[test]
fn an_acceptance_that_decides_no_more_is_refused_when_it_is_repeated() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 2).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        world.append(A, vec![pen.write(agreed(2, None))]).await;
        let again = world.answer(1, hospital(0), EnquiryAnswer::Accepted).await;
        assert!(matches!(again, Err(UseCaseError::Answer(AnswerRefused::Over))), "{again:?}");
    });
}

#[test]
fn the_crew_changes_the_destination_with_a_reason() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 1).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        let changed = |version, to| Body::DestinationChanged { version, to, reason: OverrideReason::ConditionChanged };
        world.append(A, vec![pen.write(changed(1, Some(hospital(3))))]).await;
        assert_eq!(destination(&world).await, Some((2, hospital(3), HowDecided::CrewChanged)));
        let released = world.view(A).await.enquiries.get(&enquiry(1)).and_then(|e| e.released);
        assert_eq!(released, Some(ReleaseReason::DecidedElsewhere));
        assert_eq!(alarmed(&world).await, [], "it named what it ends");
        world.append(A, vec![pen.write(changed(2, None))]).await;
        assert_eq!(destination(&world).await, None);
        world.append(A, vec![pen.write(changed(1, None))]).await;
        assert_eq!(destination(&world).await, None);
    });
}

#[test]
fn a_change_without_radio_counts_when_the_server_has_decided_anew_and_is_shown() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 1).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        withdraw(&world, 1, hospital(0)).await.expect("taken back");
        world.append(A, vec![pen.write(sent(2, hospital(1)))]).await;
        world.answer(2, hospital(1), EnquiryAnswer::Accepted).await.expect("accepted");
        let late = Body::DestinationChanged { version: 1, to: Some(hospital(3)), reason: OverrideReason::Road };
        let late = pen.write(late);
        world.append(A, vec![late]).await;
        assert_eq!(destination(&world).await, Some((3, hospital(3), HowDecided::CrewChanged)));
        let found = alarmed(&world).await;
        assert!(
            matches!(&found[..], [Alarm::AgreedElsewhere { instead_of, .. }] if *instead_of == hospital(1)),
            "{found:?}"
        );
    });
}

#[test]
fn a_hospital_that_said_yes_by_telephone_too_late_is_an_alarm_until_the_patient_goes_there() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 2).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        let yes = Body::EnquiryAnswered {
            enquiry: enquiry(2),
            hospital: hospital(1),
            answer: EnquiryAnswer::Accepted,
            by: AnsweredBy::Telephone,
        };
        world.append(A, vec![pen.write(yes)]).await;
        assert_eq!(destination(&world).await, Some((1, hospital(0), HowDecided::Accepted)), "the page was first");
        let found = alarmed(&world).await;
        assert!(matches!(&found[..], [Alarm::AcceptedInVain { hospital: h, .. }] if *h == hospital(1)), "{found:?}");
        world.append(A, vec![pen.write(agreed(1, Some(enquiry(2))))]).await;
        let found = alarmed(&world).await;
        assert!(matches!(&found[..], [Alarm::AgreedElsewhere { hospital: h, .. }] if *h == hospital(1)), "{found:?}");
    });
}

#[test]
fn an_earlier_destination_of_the_same_hospital_does_not_take_up_a_new_agreement() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 2).await;
        world.append(A, vec![pen.write(agreed(0, None))]).await;
        world.append(A, vec![pen.write(agreed(1, None))]).await;
        let mut pen = pen.at(NOW.plus_minutes(5));
        let mut facts =
            dispatch_core::server_log::load_case(&world.store, dispatch_core::Scope::Installation, A.case())
                .await
                .expect("the case")
                .facts;
        let again = pen.clone().event(agreed(0, None));
        facts.insert(again, pen.clone().write(agreed(0, None)).hash(), None);
        assert_eq!(facts.view().agreed.iter().map(|(_, h)| *h).collect::<Vec<_>>(), [hospital(0)], "on the tablet");
        world.append(A, vec![pen.write(agreed(0, None))]).await;
        assert_eq!(destination(&world).await, Some((3, hospital(0), HowDecided::Telephone)));
        let view = world.view(A).await;
        assert!(view.agreed.is_empty());
        let shown = alarmed(&world).await;
        assert_eq!(shown.len(), 2, "both replaced destinations are shown: {shown:?}");
        assert_eq!(view.replaced().last().map(|(_, _, at)| at), Some(NOW.plus_minutes(5)), "when it was agreed");
    });
}

#[test]
fn a_hospital_that_took_back_may_be_agreed_anew_and_a_twin_moves_nothing() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 1).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        world.clock.advance_minutes(1);
        withdraw(&world, 1, hospital(0)).await.expect("taken back");
        pen = pen.at(NOW.plus_minutes(2));
        let twin = TabletPen::new(A, 9).at(NOW.plus_minutes(2)).write(agreed(0, Some(enquiry(1))));
        world.append(A, vec![pen.write(agreed(0, Some(enquiry(1))))]).await;
        assert_eq!(destination(&world).await, Some((2, hospital(0), HowDecided::Telephone)));
        world.append(A, vec![pen.write(agreed(1, None))]).await;
        world.append(A, vec![twin]).await;
        assert_eq!(destination(&world).await, Some((3, hospital(1), HowDecided::Telephone)), "the twin is no news");
    });
}

#[test]
fn a_batch_that_mixes_cases_has_the_effects_of_each() {
    block_on_ready(async {
        let world = World::new().await;
        let (first, second) = (A.case(), model::CaseId::from_bytes([0x77; 16]));
        let mut pen = TabletPen::new(A, 7);
        let mut batch = Vec::new();
        for case in [first, second] {
            pen = pen.about(case::Subject::Case(case));
            batch.push(pen.write(opened(1)));
        }
        for (case, n) in [(second, 1), (first, 2), (second, 3)] {
            pen = pen.about(case::Subject::Case(case));
            batch.push(pen.write(agreed(n, None)));
        }
        let length = batch.len() as u64;
        let done = world.append(A, batch.clone()).await;
        assert_eq!(done.outcome, dispatch_core::store::AppendOutcome::Durable { through: length });
        assert_eq!(done.committed, 8, "five facts, three decisions");
        for (case, n, version) in [(first, 2, 1), (second, 3, 2)] {
            let loaded = dispatch_core::server_log::load_case(&world.store, dispatch_core::Scope::Installation, case);
            let view = loaded.await.expect("the case").view;
            assert_eq!(view.destination().map(|d| (d.version, d.hospital)), Some((version, hospital(n))));
        }
        assert_eq!(world.append(A, batch).await.committed, 0, "a repeat writes nothing");
    });
}

#[test]
fn an_enquiry_that_nobody_watches_is_told_and_one_that_nobody_answers_ends() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 3).await;
        receive_enquiry(&world.store, &mut world.call(), &desk(hospital(1)), enquiry(2)).await.expect("delivered");
        let watches = |h: HospitalId| h == hospital(2);
        let mut attended = Attended::default();
        let mut attend =
            async || attend_enquiries(&world.store, &mut world.call(), watches, &mut attended).await.expect("attended");
        assert_eq!(attend().await, 1);
        assert_eq!(attend().await, 0, "told once");
        let view = world.view(A).await;
        let of = |n| view.enquiries.get(&enquiry(n)).map(|e| (e.unwatched, e.delivered_at.is_some()));
        assert_eq!([of(1), of(2), of(3)], [Some((true, false)), Some((false, true)), Some((false, false))]);
        world.answer(1, hospital(0), EnquiryAnswer::Declined(DeclineReason::Busy)).await.expect("declined");
        world.clock.advance_minutes(ANSWER_MINUTES);
        let late = world.answer(2, hospital(1), EnquiryAnswer::Accepted).await;
        assert!(matches!(late, Err(UseCaseError::Answer(AnswerRefused::Over))), "late is late: {late:?}");
        assert_eq!(attend().await, 1);
        let view = world.view(A).await;
        let released = |n| view.enquiries.get(&enquiry(n)).and_then(|e| e.released);
        assert_eq!([released(1), released(2)], [None, Some(ReleaseReason::TimedOut)]);
        assert_eq!(released(3), Some(ReleaseReason::TimedOut));
        assert_eq!(attend().await, 0);
        let late = world.answer(3, hospital(2), EnquiryAnswer::Accepted).await;
        assert!(matches!(late, Err(UseCaseError::Answer(AnswerRefused::Over))), "{late:?}");
        let (enquiry, answer, by) = (enquiry(3), EnquiryAnswer::Accepted, AnsweredBy::Telephone);
        let reached = Body::EnquiryAnswered { enquiry, hospital: hospital(2), answer, by };
        world.append(A, vec![pen.write(reached)]).await;
        assert_eq!(destination(&world).await, Some((1, hospital(2), HowDecided::Telephone)));
    });
}

#[test]
fn the_destination_signs_once_after_the_arrival() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = asked(&world, 2).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        let sign = async |h: HospitalId, name: &str| {
            sign_handover(&world.store, &mut world.call(), &desk(h), A.case(), name).await
        };
        assert!(sign(hospital(0), "訓練 太郎").await.is_err(), "not arrived");
        world.append(A, vec![pen.write(Body::StageStamped { stage: Stage::AtDestination, leg: 1 })]).await;
        assert!(sign(hospital(1), "訓練 花子").await.is_err(), "another hospital");
        assert!(sign(hospital(0), " ").await.is_err(), "no name");
        assert!(sign(hospital(0), &"あ".repeat(41)).await.is_err(), "too long");
        sign(hospital(0), " 訓練 太郎 ").await.expect("signed");
        sign(hospital(0), "訓練 花子").await.expect("the first one stands");
        let signed = world.view(A).await.signed_by;
        assert_eq!(signed.map(|s| (s.hospital, s.name)), Some((hospital(0), "訓練 太郎".to_owned())));
    });
}
