//! What a store promises about the departments that offer the PIN.

use super::fixtures::{NOW, Town};
use super::ok;
use super::staff_passwords::act;
use crate::store::{AuditLog, Directory, PinPages};
use audit::Kind;
use model::DepartmentId;

const A: Town = Town(1);
const B: Town = Town(2);

/// Off at first; a department's setting is its own, and each change stands in the audit.
pub async fn a_department_offers_the_pin_or_not<S: Directory + AuditLog + PinPages>(store: &S) {
    ok(A.settle(store).await);
    ok(B.settle(store).await);
    assert!(!ok(store.offers_pin(A.department()).await), "nobody switched it on");
    for (offered, word) in [(true, "pin.offered"), (true, "pin.offered"), (false, "pin.not_offered")] {
        ok(store.offer_pin(A.department(), offered, NOW, act(word)).await);
        assert_eq!(ok(store.offers_pin(A.department()).await), offered);
        assert!(!ok(store.offers_pin(B.department()).await));
    }
    let nobody = DepartmentId::from_bytes([0xEE; 16]);
    assert!(store.offer_pin(nobody, true, NOW, act("pin.offered")).await.is_err());
    let mut acts = 0;
    for (chain, entries) in ok(store.chains().await) {
        audit::verify(chain, &entries, &[]).unwrap_or_else(|fault| panic!("{fault}"));
        acts += entries.iter().filter_map(|e| e.entry()).filter(|e| matches!(e.kind, Kind::Act(_))).count();
    }
    assert_eq!(acts, 3, "what failed is not in it");
}
