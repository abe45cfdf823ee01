//! Suggestions: the same question once, history only adds, and no record of it names a history.

use crate::world::{A, B, LOOKUP, World, hospital, question, sent};
use case::{Body, DeclineReason, EnquiryAnswer};
use dispatch_core::contract::fixtures::{NOW, block_on_ready};
use dispatch_core::store::Ledger;
use dispatch_core::suggest::Engine;
use dispatch_core::{Scope, Suggest, Suggested, suggest};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState, HospitalTable, RejectCode, rank_file};
use model::{Complaint, Findings, HospitalId, LookupId, QuestionId};
use patient_history::IdentityLevel;
use travel_time::DistanceModel;

async fn ask(
    world: &World,
    town: dispatch_core::contract::fixtures::Town,
    n: u8,
    lookup: Option<LookupId>,
) -> Suggested {
    let travel = DistanceModel::japan();
    let engine = Engine { table: HospitalTable::embedded(), travel: &travel, rules: &world.rules };
    let from = HospitalTable::embedded().get(hospital(0)).map(|h| h.position).expect("a hospital");
    let asked = Suggest {
        question: QuestionId::from_bytes([n; 16]),
        case: town.case(),
        from,
        findings: Findings { complaints: [Complaint::HeadInjury].into(), ..Findings::default() },
        lookup,
        exclude: Vec::new(),
        max_candidates: Some(50),
    };
    suggest(&world.store, engine, &mut world.call(), &town.tablet(), asked).await.expect("a suggestion")
}

#[test]
fn history_adds_needs_and_leaves_no_trace_of_itself() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let asked = Body::LookupAsked { lookup: LOOKUP, consent, level: IdentityLevel::Visual };
        world.append(A, vec![pen.write(asked)]).await;
        world.look_up(A, question(A, consent)).await.expect("a history");
        let (without, with) = (ask(&world, A, 1, None).await, ask(&world, A, 2, Some(LOOKUP)).await);
        assert_eq!(ask(&world, A, 2, Some(LOOKUP)).await, with, "the same question, the same answer");
        assert_eq!((without.lookup, with.lookup), (None, Some(LOOKUP)));
        let needs = |s: &Suggested| s.ranking.needs.iter().map(|need| need.capability).collect::<Vec<_>>();
        assert!(needs(&with).len() > needs(&without).len(), "{:?} {:?}", needs(&with), needs(&without));
        assert!(needs(&without).iter().all(|need| needs(&with).contains(need)), "history removes nothing");
        let records = world.store.decisions(Scope::Department(A.department()), A.case()).await.expect("records");
        assert_eq!(records.len(), 2);
        for record in &records {
            let text = [record.request.clone(), record.output.clone()].concat();
            let text = String::from_utf8(text).expect("JSON");
            for secret in ["ワルファリン", "3332001", "R01", "クンレン", "1948-03-08"] {
                assert!(!text.contains(secret), "{secret} stands in a decision record");
            }
        }
        world.append(A, vec![pen.write(Body::ConsentWithdrawn { of: consent })]).await;
        assert_eq!(ask(&world, A, 3, Some(LOOKUP)).await.lookup, None, "not after the withdrawal");
    });
}

#[test]
fn a_record_ranks_again_to_the_same_bytes() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, _) = world.consented(A, 7).await;
        let first = ask(&world, A, 1, None).await.ranking;
        let nth = |n: usize| first.candidates.get(n).map(|c| c.hospital).expect("a candidate");
        // What only the server knows: a hospital that is full, one that is closed, and one that the table has not.
        let report = |hospital, state| CapacityReport {
            hospital,
            capability: None,
            state,
            at: NOW.plus_minutes(-5),
            source: CapacitySource::Desk,
            until: None,
        };
        let stranger = HospitalId::from_bytes([0xEE; 16]);
        for told in [
            report(nth(0), CapacityState::Full),
            report(nth(1), CapacityState::Down),
            report(stranger, CapacityState::Free),
        ] {
            world.store.report_capacity(told).await.expect("reported");
        }
        world.append(A, vec![pen.write(sent(1, nth(2)))]).await;
        world.answer(1, nth(2), EnquiryAnswer::Declined(DeclineReason::NoDoctor)).await.expect("declined");
        let second = ask(&world, A, 2, None).await.ranking;
        assert_ne!(first.candidates.first().map(|c| c.total), second.candidates.first().map(|c| c.total));
        let records = world.store.decisions(Scope::Department(A.department()), A.case()).await.expect("records");
        assert_eq!(records.len(), 2);
        for record in records {
            let again = rank_file(std::str::from_utf8(&record.request).expect("a text")).expect("a case file");
            assert!(again == record.output, "a record gives other bytes when it is ranked again");
        }
    });
}

#[test]
fn refusals_exclude_and_other_enquiries_weigh() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, _) = world.consented(A, 7).await;
        let (mut other, _) = world.consented(B, 8).await;
        let first = ask(&world, A, 1, None).await;
        let target = first.ranking.candidates.first().map(|c| c.hospital).expect("a candidate");
        let p_of =
            |s: &Suggested| s.ranking.candidates.iter().find(|c| c.hospital == target).map(|c| c.terms.acceptance);
        world.append(B, vec![other.write(sent(9, target))]).await;
        let held = ask(&world, A, 2, None).await;
        assert!(p_of(&held) > p_of(&first), "another unit's enquiry makes asking dearer, and hides nothing");
        world.append(A, vec![pen.write(sent(1, target))]).await;
        let declined = EnquiryAnswer::Declined(DeclineReason::NotOurField);
        world.answer(1, target, declined).await.expect("declined");
        let excluded = ask(&world, A, 3, None).await;
        assert!(excluded.ranking.candidates.iter().all(|c| c.hospital != target));
        let code = excluded.ranking.excluded.iter().find(|e| e.hospital == target).map(|e| e.code);
        assert_eq!(code, Some(RejectCode::AlreadyRefused));
        assert!(p_of(&ask(&world, B, 4, None).await).is_some(), "the refusal was about this patient");
    });
}
