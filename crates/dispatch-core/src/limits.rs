//! Limits of the server's decisions. Beside each stands what happens at the limit.

/// How often a use case computes its facts anew when somebody else wrote to the case in between. Then it gives up with
/// [`crate::UseCaseError::Contended`]; the caller may try again.
pub const CONFLICT_RETRIES: usize = 64;

/// Facts read in one page; a longer case is read in several.
pub const FACTS_PAGE: usize = 512;

/// Cases in one list; older ones are left out, and the list says so.
pub const CASES_PAGE: usize = 500;

/// Views of cases that are kept for the next look; of further ones the oldest case's is folded again.
pub const VIEWS_KEPT: usize = 4_096;

/// A crew's or desk's session ends after so many minutes (DESIGN §5: twelve hours at most); sign in again.
pub const SESSION_MINUTES: i64 = 12 * 60;

/// A session whose second factor was shown on a terminal that is not registered ends after so many minutes; a registered terminal's lasts
/// the shift ([`SESSION_MINUTES`]).
pub const UNREGISTERED_MINUTES: i64 = 60;

/// Wrong second factors in a row before the account's is locked for [`SECOND_LOCK_MINUTES`].
pub const SECOND_TRIES: u32 = 5;

/// How long a locked second factor stays locked; a supervisor's one-time code has to wait as well.
pub const SECOND_LOCK_MINUTES: i64 = 15;

/// A supervisor's one-time code opens so long; afterwards another is issued.
pub const RECOVERY_MINUTES: i64 = 30;

/// Registered terminals of a department or a hospital; a further one is refused until one was revoked.
pub const TERMINALS_MAX: usize = 200;

/// Days for which a machine's token may be made; fewer and more are refused. A token that has ended is replaced by another.
pub const TOKEN_DAYS: core::ops::RangeInclusive<i64> = 1..=366;

/// Standing tokens of a department; a further one is refused until one has ended.
pub const TOKENS_MAX: usize = 50;

/// Wrong passcodes in a row before an account is locked for [`LOCKED_MINUTES`].
pub const WRONG_PASSCODES: u32 = 5;

/// How long a locked account stays locked; afterwards counting begins anew.
pub const LOCKED_MINUTES: i64 = 5;

/// The emergency basis never waits longer (DESIGN §5.3): an older look-up is refused as expired.
pub const EMERGENCY_WAIT_MINUTES: i64 = 10;

/// A claim on a look-up whose holder vanished (a crash between fetch and answer) may be taken over after so many minutes.
pub const CLAIM_MINUTES: i64 = 2;

/// 搬送困難 (受入れ状況等実態調査): at least so many enquiries …
pub const DIFFICULT_ENQUIRIES: usize = 4;
/// … and at least so many minutes on scene.
pub const DIFFICULT_MINUTES: i64 = 30;

/// 見守り before 搬送困難: at least so many enquiries …
pub const WATCH_ENQUIRIES: usize = 2;
/// … and so many minutes on scene.
pub const WATCH_MINUTES: i64 = 15;
/// 見守り: an enquiry that nobody answered for so many minutes.
pub const WATCH_UNANSWERED_MINUTES: i64 = 2;

/// A unit with an open case that was not heard for so many minutes is shown as silent.
pub const SILENT_MINUTES: i64 = 3;

/// An inbound unit counts at most so long after its case last changed; a case that nobody ended does not weigh for ever.
pub const INBOUND_MINUTES: i64 = 180;

/// Enquiries on a desk's board; older ones are left out.
pub const BOARD_PAGE: usize = 200;

/// Minutes that an enquiry stays on the board after it is over.
pub const BOARD_KEEP_MINUTES: i64 = 12 * 60;

/// Longest text that a dispatcher may enter into one field, characters; longer input is refused.
pub const TEXT_CHARS_MAX: usize = 400;

/// Messages to the units of one case; a further one is refused: use the radio.
pub const MESSAGES_MAX: usize = 200;

/// An alarm of 搬送困難 that was put aside comes back after so many further enquiries …
pub const DIFFICULT_STEP_ENQUIRIES: usize = 2;
/// … and after every so many further minutes on scene.
pub const DIFFICULT_STEP_MINUTES: i64 = 15;

/// Another alarm that lasts (silence, a withdrawn destination) comes back after every so many minutes.
pub const WORSE_MINUTES: i64 = 10;

/// A stage may be told for so many minutes ahead (the other clock may be a little ahead of ours) …
pub const REPORT_AHEAD_MINUTES: i64 = 1;
/// … and so many minutes late; other times are refused.
pub const REPORT_LATE_MINUTES: i64 = 24 * 60;

/// Longest name of who signs for a patient, characters; a longer one is refused.
pub const NAME_CHARS_MAX: usize = 40;

/// Places of one colour in an offer for a mass-casualty incident; more are refused.
pub const PLACES_MAX: u16 = 200;

/// Minutes for which such an offer may stand; more are refused.
pub const MASS_MINUTES: core::ops::RangeInclusive<i64> = 1..=(24 * 60);

/// Bays of an emergency room; more are refused.
pub const BAYS_MAX: u16 = 99;

/// Standing enquiries that are looked after at once; further ones wait until these are over.
pub const ATTENDED_MAX: usize = 1_000;

/// An enquiry that was sent longer ago is looked after no more.
pub const ATTENDED_MINUTES: i64 = 12 * 60;

/// Looks in one list of reviews; further ones are left out until the first are reviewed.
pub const REVIEWS_PAGE: usize = 500;

/// A look without consent that nobody has reviewed after so many hours is shown as overdue.
pub const REVIEW_HOURS: i64 = 24;

/// Digits of a staff password for 目視.
pub const STAFF_PASSWORD_DIGITS: usize = 4;

/// Wrong staff passwords in a row before the account's is locked for [`STAFF_LOCK_MINUTES`]. A new one is not locked.
pub const STAFF_TRIES: u32 = 5;

/// How long a staff password stays locked: five guesses of ten thousand in ten minutes. Afterwards counting begins anew.
pub const STAFF_LOCK_MINUTES: i64 = 10;

/// Longest disaster period, days; a later end is refused. The ministry opens 災害時医療情報閲覧 by municipality for about this
/// long (厚生労働省, 医療機関等向け総合ポータルサイト KB0012530); a longer disaster is opened again.
pub const DISASTER_DAYS_MAX: i64 = 7;

/// Municipalities of one disaster period; more are refused.
pub const AREAS_MAX: usize = 40;

/// Characters of a municipality's name with its prefecture; a longer one is refused.
pub const AREA_CHARS_MAX: usize = 40;

/// Disaster periods in one list; older ones are left out.
pub const DISASTERS_PAGE: usize = 50;

/// A look without a card that was not answered may be tried again by its tablet for so many hours: it is not reviewed before.
pub const DISASTER_RETRY_HOURS: i64 = 24;

/// Facts in one page of a feed; more follow in further pages.
pub const FEED_PAGE: usize = 256;

/// Cases of one unit that a feed follows; older ones are left out, and the tablet is told so.
pub const FEED_CASES: usize = 64;

/// Cases that have not changed for so many minutes are no longer followed by a feed.
pub const FEED_FOLLOW_MINUTES: i64 = 12 * 60;

/// Nonces in one answer (DESIGN §5.1).
pub const NONCES_AT_ONCE: usize = 32;

/// A nonce is good for so long after it was made (DESIGN §5.1); then a look-up that is signed over it is refused as expired.
pub const NONCE_HOURS: i64 = 24;

/// Answers with nonces to one tablet in [`NONCE_ANSWERS_MINUTES`]; a further question is refused as asked too often.
pub const NONCE_ANSWERS: u32 = 8;

/// The time over which [`NONCE_ANSWERS`] are counted, from the first of them.
pub const NONCE_ANSWERS_MINUTES: i64 = 60;
