//! What is asked of the TPM: keep 32 bytes, tell them again.
//!
//! The parent of the kept secret is a storage key that the TPM derives anew from its owner seed at every call (the same on the
//! same TPM until somebody clears it), so nothing is written into the TPM. The secret has no password, no PCR policy and no part in
//! the lock-out of wrong passwords: whoever runs as root on this machine gets it; no other machine does. It crosses
//! the bus encrypted, under a session whose salt only this TPM can read.

use crate::seal::SealError;
use tss_esapi::attributes::{ObjectAttributesBuilder, SessionAttributesBuilder};
use tss_esapi::constants::SessionType;
use tss_esapi::constants::response_code::Tss2ResponseCodeKind;
use tss_esapi::handles::KeyHandle;
use tss_esapi::interface_types::algorithm::{HashingAlgorithm, PublicAlgorithm};
use tss_esapi::interface_types::ecc::EccCurve;
use tss_esapi::interface_types::resource_handles::Hierarchy;
use tss_esapi::structures::{
    EccPoint, KeyedHashScheme, Private, Public, PublicBuilder, PublicEccParametersBuilder, PublicKeyedHashParameters,
    SensitiveData, SymmetricDefinition, SymmetricDefinitionObject,
};
use tss_esapi::tcti_ldr::TctiNameConf;
use tss_esapi::traits::{Marshall, UnMarshall};
use tss_esapi::{Context, Error, WrapperErrorKind};
use zeroize::Zeroizing;

/// Bytes of the secret that the TPM keeps.
pub(crate) const SECRET_BYTES: usize = 32;

/// A secret as the TPM gave it back: of use to this TPM only.
pub(crate) struct Object {
    pub(crate) public: Vec<u8>,
    pub(crate) private: Vec<u8>,
}

/// A TPM that is open, with the parent key in it. Both leave with the value.
pub(crate) struct Chip {
    context: Context,
    parent: KeyHandle,
}

impl Chip {
    pub(crate) fn open(way: TctiNameConf) -> Result<Self, Error> {
        let mut context = Context::new(way)?;
        let template = parent()?;
        let made = context.execute_with_nullauth_session(|tpm| {
            tpm.create_primary(Hierarchy::Owner, template, None, None, None, None)
        })?;
        let parent = made.key_handle;
        let session = context.start_auth_session(
            Some(parent),
            None,
            None,
            SessionType::Hmac,
            SymmetricDefinition::AES_128_CFB,
            HashingAlgorithm::Sha256,
        )?;
        let session = session.ok_or(Error::WrapperError(WrapperErrorKind::WrongValueFromTpm))?;
        let (attributes, mask) = SessionAttributesBuilder::new().with_decrypt(true).with_encrypt(true).build();
        context.tr_sess_set_attributes(session, attributes, mask)?;
        context.set_sessions((Some(session), None, None));
        Ok(Self { context, parent })
    }

    /// Has the TPM make an object of a secret.
    pub(crate) fn keep(&mut self, secret: &Zeroizing<[u8; SECRET_BYTES]>) -> Result<Object, Error> {
        let sensitive = SensitiveData::try_from(secret.to_vec())?;
        let made = self.context.create(self.parent, sealed()?, None, Some(sensitive), None, None)?;
        Ok(Object { public: made.out_public.marshall()?, private: made.out_private.value().to_vec() })
    }

    /// Has the TPM tell the secret of an object.
    ///
    /// # Errors
    /// [`SealError::OtherTpm`] when this TPM did not make it, [`SealError::Damaged`] when it is no object at all.
    pub(crate) fn tell(&mut self, public: &[u8], private: &[u8]) -> Result<Zeroizing<[u8; SECRET_BYTES]>, SealError> {
        let public = Public::unmarshall(public).map_err(|_| SealError::Damaged)?;
        let private = Private::try_from(private.to_vec()).map_err(|_| SealError::Damaged)?;
        let object = self.context.load(self.parent, private, public).map_err(refused)?;
        let told = self.context.unseal(object.into()).map_err(SealError::Tpm)?;
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        if told.value().len() != SECRET_BYTES {
            return Err(SealError::Damaged);
        }
        secret.copy_from_slice(told.value());
        Ok(secret)
    }
}

/// The TPM checks an object with the key of its parent: one that was made under another parent fails this check.
fn refused(error: Error) -> SealError {
    match error {
        Error::Tss2Error(code) if code.kind() == Some(Tss2ResponseCodeKind::Integrity) => SealError::OtherTpm,
        other => SealError::Tpm(other),
    }
}

/// A storage key on P-256: the TPM derives the same from the same template until it is cleared.
fn parent() -> Result<Public, Error> {
    let attributes = ObjectAttributesBuilder::new()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_sensitive_data_origin(true)
        .with_user_with_auth(true)
        .with_no_da(true)
        .with_restricted(true)
        .with_decrypt(true)
        .build()?;
    let parameters = PublicEccParametersBuilder::new_restricted_decryption_key(
        SymmetricDefinitionObject::AES_128_CFB,
        EccCurve::NistP256,
    );
    PublicBuilder::new()
        .with_public_algorithm(PublicAlgorithm::Ecc)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_ecc_parameters(parameters.build()?)
        .with_ecc_unique_identifier(EccPoint::default())
        .build()
}

/// An object that only holds a secret.
fn sealed() -> Result<Public, Error> {
    let attributes = ObjectAttributesBuilder::new()
        .with_fixed_tpm(true)
        .with_fixed_parent(true)
        .with_user_with_auth(true)
        .with_no_da(true)
        .build()?;
    PublicBuilder::new()
        .with_public_algorithm(PublicAlgorithm::KeyedHash)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(attributes)
        .with_keyed_hash_parameters(PublicKeyedHashParameters::new(KeyedHashScheme::Null))
        .with_keyed_hash_unique_identifier(tss_esapi::structures::Digest::default())
        .build()
}
