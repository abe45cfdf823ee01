//! A patient's receipt says what was looked at and by whom, and nothing of what was found.

use crate::world::{A, B, LOOKUP, World, hospital, question, sent};
use audit::{Kind, Outcome, Viewing};
use case::{Body, EnquiryAnswer, EventName};
use dispatch_core::contract::fixtures::{NOW, block_on_ready, desk};
use dispatch_core::store::{AuditLog, Directory};
use dispatch_core::{
    Principal, PrincipalKind, Receipt, ReceiptUse, ReceiptWho, Role, Scope, UseCaseError, patient_receipt,
    released_history,
};
use model::CaseId;
use patient_history::{ConsentBasis, IdentityLevel, LookBack, NotObtainableReason};

async fn receipt(world: &World, principal: &Principal) -> Result<Receipt, UseCaseError> {
    patient_receipt(&world.store, &world.call(), principal, A.case(), ReceiptUse::Shown).await
}

fn asked(consent: EventName) -> Body {
    Body::LookupAsked { lookup: LOOKUP, consent, level: IdentityLevel::Visual }
}

#[test]
fn it_names_the_looks_with_sections_counts_and_periods_and_each_reading_is_audited() {
    block_on_ready(async {
        let world = World::new().await;
        world.store.set_contact(A.department(), Some("救急課 0299-00-0000".into())).await.expect("a contact");
        let (mut pen, consent) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(asked(consent)), pen.write(sent(1, hospital(0)))]).await;
        world.look_up(A, question(A, consent)).await.expect("a history");
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        world.clock.advance_minutes(10);
        let opened = released_history(&world.store, &world.rules, &world.call(), &desk(hospital(0)), A.case()).await;
        opened.expect("released");

        let said = receipt(&world, &A.dispatcher()).await.expect("a receipt");
        assert_eq!((said.department.as_str(), said.contact.as_deref()), ("第1消防本部", Some("救急課 0299-00-0000")));
        let [crew, hospital_look] = said.looks.as_slice() else { panic!("{:?}", said.looks) };
        let unit = ReceiptWho::Crew { department: "第1消防本部".into(), unit: Some("救急1".into()) };
        assert_eq!((&crew.who, crew.viewing, crew.at), (&unit, Viewing::CrewLookup, NOW));
        let [medicines] = crew.sections.as_slice() else { panic!("{:?}", crew.sections) };
        assert_eq!((&*medicines.name, medicines.rows, medicines.look_back), ("薬剤", 1, Some(LookBack::Months(3))));
        assert_eq!(hospital_look.who, ReceiptWho::Hospital(hospital(0)));
        assert_eq!((hospital_look.viewing, &hospital_look.outcome), (Viewing::HospitalRelease, &Some(Outcome::Shown)));
        let until = said.readable_until.expect("something was shown").tokyo_rfc3339();
        assert_eq!(until, "2026-11-22T00:00:00.000+09:00");
        let text = format!("{said:?}");
        assert!(!text.contains("ワルファリン") && !text.contains("訓練\""), "no row and no name: {text}");

        let chains = world.store.chains().await.expect("the audit");
        let last = chains.iter().flat_map(|(_, entries)| entries).next_back().and_then(|entry| entry.entry());
        let Some(Kind::Act(act)) = last.map(|entry| entry.kind) else { panic!("the reading is no entry") };
        assert_eq!(
            (act.act.as_str(), act.case, act.by.person),
            ("receipt.shown", Some(A.case()), A.dispatcher().person())
        );
    });
}

#[test]
fn it_is_for_the_department_the_destination_and_the_crew_and_for_nobody_else() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        world
            .append(
                A,
                vec![pen.write(asked(consent)), pen.write(sent(1, hospital(0))), pen.write(sent(2, hospital(1)))],
            )
            .await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        for may in [A.dispatcher(), A.crew_member(), desk(hospital(0)), Principal::system()] {
            receipt(&world, &may).await.expect("a receipt");
        }
        let machine = Principal { kind: PrincipalKind::Machine, roles: [Role::Machine].into(), ..A.dispatcher() };
        for may_not in [desk(hospital(1)), machine, A.tablet()] {
            let refused = receipt(&world, &may_not).await;
            assert!(matches!(refused, Err(UseCaseError::NotPermitted(_))), "{:?}", may_not.kind);
        }
        assert!(matches!(receipt(&world, &B.dispatcher()).await, Err(UseCaseError::NoSuchCase)));
        let operations = Principal { scope: Scope::Installation, ..A.dispatcher() };
        assert!(matches!(receipt(&world, &operations).await, Err(UseCaseError::NotPermitted(_))));
        let none = CaseId::from_bytes([99; 16]);
        let unknown = patient_receipt(&world.store, &world.call(), &A.dispatcher(), none, ReceiptUse::Shown).await;
        assert!(matches!(unknown, Err(UseCaseError::NoSuchCase)));
    });
}

#[test]
fn it_says_why_there_was_no_consent_and_that_nothing_is_readable_after_a_withdrawal() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        let emergency = ConsentBasis::NotObtainable { reason: NotObtainableReason::Unconscious };
        world.append(A, vec![pen.write(Body::ConsentRecorded { basis: emergency.clone() })]).await;
        let mut asked = question(A, EventName { seq: 3, ..consent });
        asked.basis = emergency;
        world.look_up(A, asked).await.expect("a history");
        let said = receipt(&world, &A.dispatcher()).await.expect("a receipt");
        assert!(
            matches!(&said.looks[0].basis, audit::Basis::Emergency { reason, .. } if reason.as_str() == "unconscious")
        );
        assert_eq!(said.looks[0].sections[0].look_back, None, "the look-up's own fact has not arrived");
        assert!(said.readable_until.is_some() && !said.withdrawn);
        let both = [2, 3].map(|seq| pen.write(Body::ConsentWithdrawn { of: EventName { seq, ..consent } }));
        world.append(A, both.to_vec()).await;
        let said = receipt(&world, &A.dispatcher()).await.expect("a receipt");
        assert!(said.readable_until.is_none() && said.withdrawn && said.bases.iter().all(|basis| basis.withdrawn));
    });
}
