//! Messages to units, the question about the card, alarms that were put aside.

use crate::world::{A, B, World, hospital, sent};
use case::message::MESSAGE_CHARS_MAX;
use case::{AlarmMark, Body, CardAnswer, CaseView};
use dispatch_core::contract::fixtures::{NOW, TabletPen, block_on_ready, desk};
use dispatch_core::limits::DIFFICULT_STEP_MINUTES;
use dispatch_core::{
    Alarm, ReportStage, SendMessage, UseCaseError, alarms, check_alarm, note_card_answer, put_aside, report_stage,
    send_message,
};
use model::{CaseId, MessageId, Stage, Timestamp, UnitId};

const MESSAGE: MessageId = MessageId::from_bytes([0x31; 16]);

fn case() -> CaseId {
    A.case()
}

fn message(text: &str, to: Option<UnitId>) -> SendMessage {
    SendMessage { case: case(), message: MESSAGE, to, text: text.to_owned() }
}

fn assigned() -> Body {
    Body::UnitAssigned { unit: A.unit(), callsign: "救急1".into(), leg: 1 }
}

#[test]
fn a_message_is_shown_and_acknowledged_by_the_unit_it_is_for() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, _) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(assigned())]).await;
        let request = message("家族が\n玄関で待っています", Some(A.unit()));
        for _ in 0..2 {
            send_message(&world.store, &mut world.call(), &A.dispatcher(), request.clone()).await.expect("sent");
        }
        let view = world.view(A).await;
        let told = view.messages.get(&MESSAGE).expect("one message, however often it was sent");
        assert_eq!(
            (told.text.as_str(), told.waits_for(A.unit()), told.shown.len()),
            ("家族が 玄関で待っています", true, 0)
        );
        assert!(!told.is_for(B.unit()));
        world.append(A, vec![pen.write(Body::MessageShown { message: MESSAGE })]).await;
        world.append(A, vec![pen.write(Body::MessageAcknowledged { message: MESSAGE })]).await;
        let view = world.view(A).await;
        let told = view.messages.get(&MESSAGE).expect("still there");
        assert!(told.shown.contains_key(&A.unit()) && !told.waits_for(A.unit()));
    });
}

#[test]
fn only_dispatch_tells_and_only_what_a_tablet_can_show() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, _) = world.consented(A, 7).await;
        let say = |principal, request| {
            let world = &world;
            async move { send_message(&world.store, &mut world.call(), &principal, request).await }
        };
        for wrong in [A.crew_member(), A.tablet(), desk(hospital(0))] {
            assert!(matches!(say(wrong, message("急いで", None)).await, Err(UseCaseError::NotPermitted(_))));
        }
        let other = say(B.dispatcher(), message("急いで", None)).await;
        assert!(matches!(other, Err(UseCaseError::NoSuchCase)), "{other:?}");
        for text in [String::from(" \n"), "長".repeat(MESSAGE_CHARS_MAX + 1)] {
            assert!(matches!(say(A.dispatcher(), message(&text, None)).await, Err(UseCaseError::BadRequest(_))));
        }
        let stranger = say(A.dispatcher(), message("急いで", Some(B.unit()))).await;
        assert!(matches!(stranger, Err(UseCaseError::NotFound(_))), "{stranger:?}");
        say(A.dispatcher(), message(&"長".repeat(MESSAGE_CHARS_MAX), None)).await.expect("as long as may be");
        let forged = Body::MessageToUnit { message: MessageId::from_bytes([1; 16]), to: None, text: "偽".into() };
        let forged = world.append(A, vec![pen.write(forged)]).await;
        assert_eq!(forged.quarantined.len(), 1, "a tablet cannot speak for dispatch");
        world.append(A, vec![pen.write(Body::CaseEnded { ending: case::Ending::Cancelled })]).await;
        let late = SendMessage { message: MessageId::from_bytes([2; 16]), ..message("急いで", None) };
        assert!(matches!(say(A.dispatcher(), late).await, Err(UseCaseError::CaseClosed)));
    });
}

#[test]
fn the_last_answer_about_the_card_counts_and_the_same_one_writes_nothing() {
    block_on_ready(async {
        let world = World::new().await;
        world.consented(A, 7).await;
        for answer in [CardAnswer::CouldNotAsk, CardAnswer::Ready, CardAnswer::Ready] {
            note_card_answer(&world.store, &mut world.call(), &A.dispatcher(), case(), answer).await.expect("noted");
        }
        let view = world.view(A).await;
        assert_eq!(view.card_asked.map(|(answer, _)| answer), Some(CardAnswer::Ready));
        let wrong = note_card_answer(&world.store, &mut world.call(), &A.tablet(), case(), CardAnswer::Ready).await;
        assert!(matches!(wrong, Err(UseCaseError::NotPermitted(_))), "{wrong:?}");
    });
}

/// Four enquiries and more than thirty minutes on scene: the crew arrived a moment behind the hour.
async fn difficult(world: &World) -> TabletPen {
    let (mut pen, _) = world.consented(A, 7).await;
    let on_scene = Body::StageStamped { stage: Stage::OnScene, leg: 1 };
    let mut batch = vec![pen.write(on_scene), pen.write(assigned())];
    batch.extend((0..4).map(|n| pen.write(sent(n + 1, hospital(usize::from(n))))));
    world.append(A, batch).await;
    world.clock.advance_minutes(31);
    pen
}

fn open(view: &CaseView, minutes: i64) -> Vec<AlarmMark> {
    let now = NOW.plus_minutes(minutes);
    let found = alarms(view, now, |_| Some(NOW.plus_minutes(minutes)));
    found.iter().filter(|alarm| put_aside(view, alarm, now).is_none()).map(Alarm::mark).collect()
}

#[test]
fn a_difficult_case_that_was_seen_to_comes_back_at_the_next_threshold() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = difficult(&world).await;
        let heard = |_: UnitId| -> Option<Timestamp> { Some(NOW.plus_minutes(31)) };
        assert_eq!(open(&world.view(A).await, 31), [AlarmMark::Difficult]);
        for _ in 0..2 {
            let mark = AlarmMark::Difficult;
            check_alarm(&world.store, &mut world.call(), &A.dispatcher(), case(), mark, heard).await.expect("checked");
        }
        let view = world.view(A).await;
        let checked = view.checked.get(&AlarmMark::Difficult).copied().expect("put aside");
        assert_eq!((checked.level, checked.by), (0, Some(A.dispatcher_id())));
        assert_eq!(open(&view, 30 + DIFFICULT_STEP_MINUTES - 1), []);
        assert_eq!(open(&view, 31 + DIFFICULT_STEP_MINUTES), [AlarmMark::Difficult]);
        let further = (4..6).map(|n| pen.write(sent(n + 1, hospital(usize::from(n))))).collect();
        world.append(A, further).await;
        assert_eq!(open(&world.view(A).await, 31), [AlarmMark::Difficult], "two further enquiries");
    });
}

#[test]
fn a_silence_that_ended_and_began_again_is_a_new_one() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, _) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(assigned())]).await;
        world.clock.advance_minutes(5);
        let mark = AlarmMark::Silent { unit: A.unit() };
        let heard = |_: UnitId| -> Option<Timestamp> { Some(NOW) };
        check_alarm(&world.store, &mut world.call(), &A.dispatcher(), case(), mark, heard).await.expect("checked");
        let view = world.view(A).await;
        let silent = |since: i64, now: i64| {
            let found = alarms(&view, NOW.plus_minutes(now), |_| Some(NOW.plus_minutes(since)));
            found.iter().filter(|alarm| put_aside(&view, alarm, NOW.plus_minutes(now)).is_none()).count()
        };
        assert_eq!((silent(0, 6), silent(0, 9)), (0, 0), "put aside");
        assert_eq!(silent(0, 10), 1, "worse");
        assert_eq!(silent(6, 9), 1, "heard, and silent again");
        let over = |_: UnitId| -> Option<Timestamp> { Some(NOW.plus_minutes(5)) };
        let gone = AlarmMark::Difficult;
        check_alarm(&world.store, &mut world.call(), &A.dispatcher(), case(), gone, over).await.expect("nothing to do");
        assert!(!world.view(A).await.checked.contains_key(&gone));
    });
}

#[test]
fn what_the_dispatch_system_tells_of_a_silent_unit_stands_until_its_tablet_speaks() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, _) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(assigned())]).await;
        world.clock.advance_minutes(10);
        let told = ReportStage { case: case(), unit: A.unit(), stage: Stage::OnScene, at: NOW.plus_minutes(8) };
        let say = |principal, told| {
            let world = &world;
            async move { report_stage(&world.store, &mut world.call(), &principal, told).await }
        };
        for _ in 0..2 {
            say(A.dispatcher(), told).await.expect("told");
        }
        let key = (1, Stage::OnScene);
        let view = world.view(A).await;
        assert_eq!(view.stages.get(&key).map(|stage| stage.at), Some(NOW.plus_minutes(8)));
        assert_eq!(view.reported.get(&key), Some(&A.unit()));
        let stranger = say(A.dispatcher(), ReportStage { unit: B.unit(), ..told }).await;
        assert!(matches!(stranger, Err(UseCaseError::NotFound(_))), "{stranger:?}");
        let future = ReportStage { stage: Stage::AtPatient, at: NOW.plus_minutes(20), ..told };
        assert!(matches!(say(A.dispatcher(), future).await, Err(UseCaseError::BadRequest(_))));
        assert!(matches!(say(A.tablet(), told).await, Err(UseCaseError::NotPermitted(_))));
        world.append(A, vec![pen.write(Body::StageStamped { stage: Stage::OnScene, leg: 1 })]).await;
        let view = world.view(A).await;
        assert!(view.reported.is_empty() && view.stages.get(&key).is_some_and(|stage| stage.at < NOW.plus_minutes(8)));
    });
}
