//! No look-up without consent, session, case and department; audited; fetched once.

use crate::world::{A, LOOKUP, World, basis, hospital, question, sent};
use audit::{Kind, Outcome, Viewing};
use case::{Body, EnquiryAnswer};
use dispatch_core::contract::fixtures::{self, block_on_ready, desk};
use dispatch_core::store::AuditLog;
use dispatch_core::{LookAgain, Principal, UseCaseError, look_again, released_history};
use model::{LookupId, QuestionId};
use patient_history::{ConsentBasis, IdentityLevel, NotObtainableReason};

fn asked(consent: case::EventName) -> Body {
    Body::LookupAsked { lookup: LOOKUP, consent, level: IdentityLevel::Visual }
}

pub(crate) async fn kinds(world: &World) -> Vec<Kind> {
    let chains = world.store.chains().await.expect("the audit");
    let mut kinds = Vec::new();
    for (chain, entries) in &chains {
        assert!(audit::verify(*chain, entries, &[]).expect("whole").unfinished.is_empty());
        kinds.extend(entries.iter().filter_map(|entry| entry.entry()).map(|entry| entry.kind));
    }
    kinds
}

#[test]
fn one_look_up_has_one_fetch_one_begin_and_one_complete() {
    block_on_ready(async {
        let world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        for _ in 0..3 {
            world.look_up(A, question(A, consent)).await.expect("a history");
        }
        assert_eq!(world.source.asked(), 1);
        assert!(matches!(kinds(&world).await.as_slice(), [Kind::Begin(_), Kind::Complete(_)]));
    });
}

#[test]
fn what_is_not_allowed_never_reaches_the_source() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let early = world.look_up(A, question(A, case::EventName { seq: 9, ..consent })).await;
        assert!(matches!(early, Err(UseCaseError::ConsentNotOnRecord)), "{early:?}");
        let mut wider = question(A, consent);
        wider.basis = ConsentBasis::NotObtainable { reason: NotObtainableReason::Unconscious };
        let differs = world.look_up(A, wider).await;
        assert!(matches!(differs, Err(UseCaseError::ConsentDiffers)), "{differs:?}");
        let nobody = world.look_up_as(&A.tablet(), question(A, consent)).await;
        assert!(matches!(nobody, Err(UseCaseError::NoSession)), "{nobody:?}");
        let no_role = Principal { roles: [].into(), ..A.crew_member() };
        assert!(matches!(world.look_up_as(&no_role, question(A, consent)).await, Err(UseCaseError::NotPermitted(_))));
        let other_unit = Principal { tablet: crate::world::B.tablet().tablet, ..A.crew_member() };
        assert!(matches!(
            world.look_up_as(&other_unit, question(A, consent)).await,
            Err(UseCaseError::NotPermitted(_))
        ));
        let wrong = Body::IdentityJudged { level: IdentityLevel::Visual, same_person: false };
        world.append(A, vec![pen.write(wrong)]).await;
        assert!(matches!(world.look_up(A, question(A, consent)).await, Err(UseCaseError::WrongPerson)));
        let right = Body::IdentityJudged { level: IdentityLevel::Visual, same_person: true };
        let refused = Body::ConsentRecorded { basis: ConsentBasis::Refused { reason: None } };
        world.append(A, vec![pen.write(right), pen.write(refused)]).await;
        let superseded = world.look_up(A, question(A, consent)).await;
        assert!(matches!(superseded, Err(UseCaseError::ConsentWithdrawn)), "{superseded:?}");
        let mut none = question(A, case::EventName { seq: 5, ..consent });
        none.basis = ConsentBasis::Refused { reason: None };
        assert!(matches!(world.look_up(A, none).await, Err(UseCaseError::ConsentRefuses)));
        let again = Body::ConsentRecorded { basis: basis() };
        let ended = Body::CaseEnded { ending: case::Ending::HandedOver };
        world.append(A, vec![pen.write(again), pen.write(ended)]).await;
        let closed = world.look_up(A, question(A, case::EventName { seq: 6, ..consent })).await;
        assert!(matches!(closed, Err(UseCaseError::CaseClosed)), "{closed:?}");
        assert_eq!(world.source.asked(), 0);
        assert!(kinds(&world).await.is_empty());
    });
}

#[test]
fn withdrawal_destroys_what_was_fetched_and_a_failure_may_be_tried_again() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        world.source.fail_next();
        assert!(matches!(world.look_up(A, question(A, consent)).await, Err(UseCaseError::Source(_))));
        world.look_up(A, question(A, consent)).await.expect("the second try");
        let kinds = kinds(&world).await;
        let failed = matches!(kinds.get(1), Some(Kind::Complete(c)) if matches!(c.outcome, Outcome::Failed { .. }));
        assert!(failed && kinds.len() == 4, "{kinds:?}");
        let withdrawn = Body::ConsentWithdrawn { of: consent };
        let anew = Body::ConsentRecorded { basis: basis() };
        world.append(A, vec![pen.write(withdrawn), pen.write(anew)]).await;
        let second = case::EventName { seq: 4, ..consent };
        assert!(matches!(world.look_up(A, question(A, second)).await, Err(UseCaseError::Expired)));
        let mut new = question(A, second);
        new.lookup = LookupId::from_bytes([0x11; 16]);
        world.look_up(A, new).await.expect("a new look-up under the new consent");
    });
}

#[test]
fn the_emergency_basis_does_not_wait() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let emergency = ConsentBasis::NotObtainable { reason: NotObtainableReason::Unconscious };
        world.append(A, vec![pen.write(Body::ConsentRecorded { basis: emergency.clone() })]).await;
        let mut question = question(A, case::EventName { seq: 3, ..consent });
        question.basis = emergency;
        world.clock.advance_minutes(11);
        assert!(matches!(world.look_up(A, question).await, Err(UseCaseError::Expired)));
        assert_eq!(world.source.asked(), 0);
    });
}

#[test]
fn a_rule_that_a_department_switched_off_is_silent_for_its_crews_and_for_the_hospital() {
    block_on_ready(async {
        let mut world = World::new().await;
        let off = |rule: &str| field_alerts::RuleSwitches { version: 1, off: [rule.to_owned()].into() };
        let table = world.rules.table().clone();
        world.rules = field_alerts::RuleSet::new(table, [(A.department(), off("R02"))]).expect("a known rule");
        let (mut pen, consent) = world.consented(A, 7).await;
        let hit = case::FindingsChange::Complaint { complaint: model::Complaint::HeadInjury, chosen: true };
        let batch =
            vec![pen.write(Body::Observed { change: hit }), pen.write(asked(consent)), pen.write(sent(1, hospital(0)))];
        world.append(A, batch).await;
        let said = |world: &World| {
            let reply = block_on_ready(async {
                let (mut call, question) = (world.call(), question(A, consent));
                dispatch_core::look_up_history(
                    &world.store,
                    &world.source,
                    &world.rules,
                    dispatch_core::CardChecks { secret: &world.secret, roots: None },
                    &mut call,
                    &A.crew_member(),
                    question,
                )
                .await
            });
            let evaluation = reply.expect("a history").evaluation;
            let rules: Vec<String> = evaluation.alerts.iter().map(|a| a.rule.as_str().to_owned()).collect();
            (rules, evaluation.rules_off)
        };
        assert_eq!(said(&world), (vec!["R01".to_owned()], 1), "another rule than this one is off");
        let board = |world: &World| {
            let rows =
                block_on_ready(dispatch_core::board(&world.store, &world.rules, fixtures::NOW, &desk(hospital(0))));
            rows.expect("the board").into_iter().flat_map(|row| row.alerts).collect::<Vec<_>>()
        };
        assert_eq!(board(&world).len(), 1);
        let table = world.rules.table().clone();
        world.rules = field_alerts::RuleSet::new(table, [(A.department(), off("R01"))]).expect("a known rule");
        assert_eq!(said(&world), (Vec::new(), 1));
        assert!(board(&world).is_empty(), "the hospital hears as little");
        let table = world.rules.table().clone();
        let other = crate::world::B.department();
        world.rules = field_alerts::RuleSet::new(table, [(other, off("R01"))]).expect("a known rule");
        assert_eq!(said(&world).0, ["R01"], "another department's switches are not ours");
    });
}

#[test]
fn a_hospital_that_declined_or_was_released_is_told_no_alerts() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let hit = case::FindingsChange::Complaint { complaint: model::Complaint::HeadInjury, chosen: true };
        let mut batch = vec![pen.write(Body::Observed { change: hit }), pen.write(asked(consent))];
        batch.extend((0..3).map(|n| pen.write(sent(n + 1, hospital(usize::from(n))))));
        world.append(A, batch).await;
        world.look_up(A, question(A, consent)).await.expect("a history");
        let told = async || {
            let mut told = Vec::new();
            for n in 0..3 {
                let desk = desk(hospital(n));
                let rows = dispatch_core::board(&world.store, &world.rules, fixtures::NOW, &desk).await;
                told.push(rows.expect("the board").into_iter().map(|row| row.alerts.len()).sum::<usize>());
            }
            told
        };
        assert_eq!(told().await, [1, 1, 1]);
        world.answer(1, hospital(0), EnquiryAnswer::Declined(case::DeclineReason::BedsFull)).await.expect("declined");
        assert_eq!(told().await, [0, 1, 1], "who declined decides no more");
        world.answer(2, hospital(1), EnquiryAnswer::Accepted).await.expect("accepted");
        assert_eq!(told().await, [0, 1, 0], "who was released decides no more");
        let (desk, why) = (desk(hospital(1)), case::DeclineReason::NoDoctor);
        let enquiry = crate::world::enquiry(2);
        dispatch_core::withdraw_acceptance(&world.store, &mut world.call(), &desk, enquiry, why)
            .await
            .expect("withdrawn");
        assert_eq!(told().await, [0, 0, 0], "who withdrew decides no more");
    });
}

#[test]
fn rows_go_to_the_accepting_hospital_until_the_end_of_the_next_day() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let batch = vec![pen.write(asked(consent)), pen.write(sent(1, hospital(0))), pen.write(sent(2, hospital(1)))];
        world.append(A, batch).await;
        world.look_up(A, question(A, consent)).await.expect("a history");
        let open = |n: usize| {
            let desk = desk(hospital(n));
            let world = &world;
            async move { released_history(&world.store, &world.rules, &world.call(), &desk, A.case()).await.map(drop) }
        };
        assert!(open(0).await.is_err(), "not before acceptance");
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        open(0).await.expect("released");
        assert!(open(1).await.is_err(), "only the accepting hospital");
        world.clock.advance_minutes(2 * 24 * 60);
        assert!(matches!(open(0).await, Err(UseCaseError::Expired)));
        let all = kinds(&world).await;
        assert_eq!(all.len(), 6, "each opening is audited: {all:?}");
    });
}

/// The same question twice, as a tablet that lost its memory asks.
async fn again(world: &World, question: u8, principal: &Principal) -> Result<(), UseCaseError> {
    let asked = LookAgain { question: QuestionId::from_bytes([question; 16]), case: A.case(), lookup: LOOKUP };
    look_again(&world.store, &world.rules, &mut world.call(), principal, asked).await.map(drop)
}

#[test]
fn a_look_up_comes_back_by_its_id_with_one_more_audit_entry_and_no_fetch() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let crew = A.crew_member();
        assert!(matches!(again(&world, 1, &crew).await, Err(UseCaseError::Expired)), "nobody has asked for it yet");
        world.append(A, vec![pen.write(asked(consent))]).await;
        world.look_up(A, question(A, consent)).await.expect("a history");
        for _ in 0..2 {
            again(&world, 1, &crew).await.expect("the server has it");
        }
        assert_eq!(world.source.asked(), 1);
        let kinds = kinds(&world).await;
        let [_, _, Kind::Begin(begin), Kind::Complete(_)] = kinds.as_slice() else { panic!("{kinds:?}") };
        assert_eq!(begin.viewing, Viewing::Review);
        again(&world, 2, &crew).await.expect("another question");
        assert_eq!(self::kinds(&world).await.len(), 6, "is another look");
        assert!(matches!(again(&world, 3, &A.tablet()).await, Err(UseCaseError::NoSession)));
        world.append(A, vec![pen.write(Body::ConsentWithdrawn { of: consent })]).await;
        assert!(matches!(again(&world, 4, &crew).await, Err(UseCaseError::ConsentWithdrawn)));
        assert_eq!(self::kinds(&world).await.len(), 6, "what is refused is not begun");
    });
}

#[test]
fn a_look_up_does_not_come_back_for_another_person_or_after_its_window() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(asked(consent))]).await;
        world.look_up(A, question(A, consent)).await.expect("a history");
        let other = Principal { tablet: crate::world::B.tablet().tablet, ..A.crew_member() };
        assert!(matches!(again(&world, 1, &other).await, Err(UseCaseError::NotPermitted(_))), "another unit");
        world.clock.advance_minutes(49 * 60);
        assert!(matches!(again(&world, 2, &A.crew_member()).await, Err(UseCaseError::Expired)));
        let wrong = Body::IdentityJudged { level: IdentityLevel::Visual, same_person: false };
        world.append(A, vec![pen.write(wrong)]).await;
        assert!(matches!(again(&world, 3, &A.crew_member()).await, Err(UseCaseError::WrongPerson)));
    });
}

#[test]
fn another_card_than_the_one_bound_never_answers() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let asked_of = question(A, consent);
        let mark = case::CardMark::of(asked_of.case, &asked_of.evidence.certificate);
        let batch = vec![pen.write(Body::CardBound { mark, also_of: None }), pen.write(asked(consent))];
        world.append(A, batch).await;
        let mut other = question(A, consent);
        other.evidence.certificate = b"the card of another patient".to_vec();
        assert!(matches!(world.look_up(A, other).await, Err(UseCaseError::WrongPerson)));
        assert_eq!(world.source.asked(), 0);
        world.look_up(A, asked_of).await.expect("the card that was bound");
    });
}

#[test]
fn a_full_look_up_beside_the_summary_has_its_own_entry_and_the_hospital_reads_what_was_answered() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let ended = |lookup, outcome| Body::LookupEnded { lookup, outcome };
        world.append(A, vec![pen.write(asked(consent)), pen.write(sent(1, hospital(0)))]).await;
        world.look_up(A, question(A, consent)).await.expect("the summary");
        let full = LookupId::from_bytes([0x12; 16]);
        let also = Body::LookupAsked { lookup: full, consent, level: IdentityLevel::Visual };
        let reaches = Body::LookupReaches { lookup: full, period: patient_history::Period::Full };
        let answered = ended(LOOKUP, case::LookupOutcome::Answered);
        world.append(A, vec![pen.write(answered), pen.write(also), pen.write(reaches)]).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        let released = async || {
            let desk = desk(hospital(0));
            let released = released_history(&world.store, &world.rules, &world.call(), &desk, A.case()).await;
            released.expect("released").snapshot
        };
        assert_eq!(released().await.lookup, LOOKUP, "one that is only asked for takes nothing away");
        let mut wide = question(A, consent);
        (wide.lookup, wide.period) = (full, patient_history::Period::Full);
        world.look_up(A, wide).await.expect("the full period");
        assert_eq!(world.source.asked(), 2);
        world.append(A, vec![pen.write(ended(full, case::LookupOutcome::Answered))]).await;
        let wide = released().await;
        assert_eq!((wide.lookup, wide.period), (full, patient_history::Period::Full));
        let of_crew = |kind: Kind| match kind {
            Kind::Begin(begin) if begin.viewing == Viewing::CrewLookup => Some(begin.lookup),
            _ => None,
        };
        let begins: Vec<_> = kinds(&world).await.into_iter().filter_map(of_crew).collect();
        assert_eq!(begins, [LOOKUP, full], "one entry each");
    });
}
