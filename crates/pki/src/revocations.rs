//! Which certificates and devices are no longer let in.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

use crate::certificate::Fingerprint;
use crate::identity::DeviceIdentity;

/// The revoked certificates and devices: one shared set, cheap to clone, asked on *every* connection (a resumed TLS
/// session skips the certificate verifier). The caller keeps the truth in its database and loads it here.
#[derive(Clone, Default)]
pub struct Revocations(Arc<RwLock<Sets>>);

#[derive(Default)]
struct Sets {
    certificates: BTreeSet<Fingerprint>,
    devices: BTreeSet<Uuid>,
}

impl Revocations {
    /// Nothing revoked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces everything by what the database says.
    pub fn replace(
        &self,
        certificates: impl IntoIterator<Item = Fingerprint>,
        devices: impl IntoIterator<Item = Uuid>,
    ) {
        let fresh = Sets { certificates: certificates.into_iter().collect(), devices: devices.into_iter().collect() };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    /// Revokes one certificate; the device may be enrolled again with a new one.
    pub fn revoke_certificate(&self, certificate: Fingerprint) {
        let mut sets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        sets.certificates.insert(certificate);
    }

    /// Revokes a device whatever certificate it shows.
    pub fn revoke_device(&self, device_id: Uuid) {
        let mut sets = self.0.write().unwrap_or_else(PoisonError::into_inner);
        sets.devices.insert(device_id);
    }

    /// Whether this device, or the certificate it shows, is revoked.
    pub fn is_revoked(&self, identity: &DeviceIdentity) -> bool {
        let sets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sets.devices.contains(&identity.device_id) || sets.certificates.contains(&identity.fingerprint)
    }
}
