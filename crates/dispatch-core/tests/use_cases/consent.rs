//! Consent is a chain of facts: none is edited, and only a consent that was recorded opens anything.

use crate::world::{A, World, basis, hospital, question, sent};
use case::{Body, CorrectionReason, EnquiryAnswer, EventName};
use dispatch_core::contract::fixtures::{TabletPen, block_on_ready, desk, opened};
use dispatch_core::store::AppendOutcome;
use dispatch_core::{UseCaseError, released_history};
use patient_history::ConsentBasis;

fn refused() -> Body {
    Body::ConsentRecorded { basis: ConsentBasis::Refused { reason: None } }
}

fn agreed() -> Body {
    Body::ConsentRecorded { basis: basis() }
}

#[test]
fn a_refusal_does_not_become_a_consent_by_editing() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = TabletPen::new(A, 7);
        let first = pen.write(opened(1));
        // The same place of the same log, twice.
        let mut forger = pen.clone();
        let (said, forged) = (pen.write(refused()), forger.write(agreed()));
        assert_eq!(world.append(A, vec![first, said]).await.outcome, AppendOutcome::Durable { through: 2 });
        let name = EventName { log: pen.log(), seq: 2 };
        let edits = vec![
            pen.write(Body::ConsentWithdrawn { of: name }),
            pen.write(Body::StageUndone { of: name }),
            pen.write(Body::StageCorrected { of: name, to: None, reason: CorrectionReason::Mistake }),
        ];
        world.append(A, edits).await;
        let outcome = world.append(A, vec![forged]).await.outcome;
        assert!(matches!(outcome, AppendOutcome::Forked { seq: 2, .. }), "{outcome:?}");
        let view = world.view(A).await;
        assert!(view.consent().is_none_or(|consent| !consent.basis.allows_lookup()));
        assert_eq!(view.consents.iter().map(|c| c.basis.clone()).collect::<Vec<_>>(), [refused_basis()]);
        for asked in [basis(), refused_basis()] {
            let mut question = question(A, name);
            question.basis = asked;
            assert!(world.look_up(A, question).await.is_err());
        }
        assert_eq!(world.source.asked(), 0, "nothing was sent to the national system");
    });
}

fn refused_basis() -> ConsentBasis {
    ConsentBasis::Refused { reason: None }
}

#[test]
fn after_a_refusal_nothing_is_sent_until_a_later_consent_stands_beside_it() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, consent) = world.consented(A, 7).await;
        world.append(A, vec![pen.write(refused())]).await;
        let refused = EventName { seq: 3, ..consent };
        let old = world.look_up(A, question(A, consent)).await;
        assert!(matches!(old, Err(UseCaseError::ConsentWithdrawn)), "{old:?}");
        let mut with_refusal = question(A, refused);
        with_refusal.basis = refused_basis();
        let none = world.look_up(A, with_refusal).await;
        assert!(matches!(none, Err(UseCaseError::ConsentRefuses)), "{none:?}");
        assert_eq!(world.source.asked(), 0);
        world.append(A, vec![pen.write(agreed())]).await;
        world.look_up(A, question(A, EventName { seq: 4, ..consent })).await.expect("a history");
        let bases: Vec<_> = world.view(A).await.consents.into_iter().map(|entry| entry.basis).collect();
        assert_eq!(bases, [basis(), refused_basis(), basis()], "each of them stays");
    });
}

#[test]
fn a_hospital_is_told_a_withdrawal_from_a_case_in_which_nobody_asked() {
    block_on_ready(async {
        let world = World::new().await;
        let mut pen = TabletPen::new(A, 7);
        let batch = vec![pen.write(opened(1)), pen.write(sent(1, hospital(0)))];
        world.append(A, batch).await;
        world.answer(1, hospital(0), EnquiryAnswer::Accepted).await.expect("accepted");
        let open = || async {
            let at = desk(hospital(0));
            released_history(&world.store, &world.rules, &world.call(), &at, A.case()).await.map(drop)
        };
        assert!(matches!(open().await, Err(UseCaseError::NotFound(_))));
        let consent = EventName { log: pen.log(), seq: 3 };
        world.append(A, vec![pen.write(agreed()), pen.write(Body::ConsentWithdrawn { of: consent })]).await;
        assert!(matches!(open().await, Err(UseCaseError::ConsentWithdrawn)));
    });
}
