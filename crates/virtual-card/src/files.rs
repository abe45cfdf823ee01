//! The files of a card: those of the 公的個人認証AP here, those of the 券面 applications in their own modules.

use std::collections::BTreeMap;

use rsa::RsaPublicKey;

use crate::access::{Access, Application, File};
use crate::behaviour::Behaviour;
use crate::certificate::{Purpose, Template, issue};
use crate::material::{CardMaterial, MaterialError};
use crate::persona::Persona;
use crate::{surface_files, text_files};

/// 署名用 key references.
pub(crate) const SIGN_PIN: u16 = 0x001B;
pub(crate) const SIGN_KEY: u16 = 0x001A;
/// 利用者証明用 key references.
pub(crate) const AUTH_PIN: u16 = 0x0018;
pub(crate) const AUTH_KEY: u16 = 0x0017;

/// Files by application and identifier.
pub(crate) type Files = BTreeMap<(Application, u16), File>;

/// A file that anyone may read.
pub(crate) fn free(content: Vec<u8>) -> File {
    File::Transparent { content, read: Access::Free }
}

/// All files of the persona's card at `now` (seconds since 1970).
pub(crate) fn build(
    persona: &Persona,
    material: &CardMaterial,
    behaviour: &Behaviour,
    now: i64,
) -> Result<Files, MaterialError> {
    let mut files = Files::new();
    let mut put = |application, list: Vec<(u16, File)>| {
        files.extend(list.into_iter().map(|(id, file)| ((application, id), file)));
    };
    put(Application::Jpki, jpki_files(persona, material, behaviour, now)?);
    put(Application::Text, text_files::files(persona, behaviour)?);
    put(Application::Surface, surface_files::files(persona, material, behaviour, now)?);
    if let Some(hostile) = behaviour.hostile {
        for file in files.values_mut() {
            if let File::Transparent { content, .. } = file {
                hostile.spoil(content);
            }
        }
    }
    Ok(files)
}

fn jpki_files(
    persona: &Persona,
    material: &CardMaterial,
    behaviour: &Behaviour,
    now: i64,
) -> Result<Vec<(u16, File)>, MaterialError> {
    let stored = |der: &[u8]| store(der, behaviour);
    let has_signature = persona.card.sign_password.is_some();
    let present = |yes| if yes { 0x8F } else { 0x00 };
    let auth = holder_certificate(Purpose::UserAuthentication, persona, material, behaviour, now)?;
    let mut files = vec![
        (0x0002, free(stored(material.sign_ca_certificate()))),
        (0x0006, free(token_info(behaviour))),
        (0x0008, free(vec![present(has_signature), present(true), 0x00])),
        (0x0009, File::Transparent { content: vec![0xFF; 16], read: Access::Never }),
        (0x000A, free(stored(&auth))),
        (0x000B, free(stored(material.auth_ca_certificate()))),
        (AUTH_KEY, File::PrivateKey { sign: Access::AnyOf(&[AUTH_PIN]) }),
        (AUTH_PIN, File::PinReference),
        (SIGN_KEY, File::PrivateKey { sign: Access::AnyOf(&[SIGN_PIN]) }),
        (SIGN_PIN, File::PinReference),
    ];
    if has_signature {
        let sign = holder_certificate(Purpose::DigitalSignature, persona, material, behaviour, now)?;
        files.push((0x0001, File::Transparent { content: stored(&sign), read: Access::AnyOf(&[SIGN_PIN]) }));
    }
    Ok(files)
}

fn holder_certificate(
    purpose: Purpose,
    persona: &Persona,
    material: &CardMaterial,
    behaviour: &Behaviour,
    now: i64,
) -> Result<Vec<u8>, MaterialError> {
    let mut serial = persona.serial().map_err(MaterialError::Persona)?;
    let (key, common_name) = match purpose {
        Purpose::UserAuthentication => (&material.auth_key, format!("{}TRAINING", persona.certificate.serial)),
        Purpose::DigitalSignature => {
            // Another number than the authentication certificate's: the two must never be mistaken for each other.
            serial.push(0x01);
            (&material.sign_key, persona.name_on_card().to_owned())
        }
    };
    let validity = behaviour.certificate.shift(persona.validity(now), now);
    let template = Template { purpose, serial: &serial, common_name: Some(&common_name), validity };
    issue(&template, &RsaPublicKey::from(key), &material.ca_key)
}

/// A certificate as the card stores it: longer length form and filler where the behaviour asks for them.
fn store(der: &[u8], behaviour: &Behaviour) -> Vec<u8> {
    let mut out = match der {
        [0x30, 0x82, rest @ ..] if behaviour.long_form_lengths => [&[0x30, 0x83, 0x00][..], rest].concat(),
        _ => der.to_vec(),
    };
    out.resize(out.len() + behaviour.filler, 0xFF);
    out
}

/// EF `0006`: a `CK_TOKEN_INFO` of 160 bytes.
fn token_info(behaviour: &Behaviour) -> Vec<u8> {
    let mut out = Vec::with_capacity(160);
    let mut text = |s: &str, width: usize| out.extend(s.bytes().chain(std::iter::repeat(b' ')).take(width));
    text(behaviour.token.label(), 32);
    text("VIRTUAL CARD FOR TRAINING", 32);
    text("TRAINING", 16);
    text("0000000000000000", 16);
    // CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED, then sessions and PIN lengths.
    for word in [0x0000_040D_u32, 1, 0, 1, 0, 16, 4] {
        out.extend_from_slice(&word.to_be_bytes());
    }
    // Memory sizes are "unavailable".
    out.extend_from_slice(&[0xFF; 16]);
    out.extend_from_slice(b"0301");
    out.resize(160, b'0');
    out
}
