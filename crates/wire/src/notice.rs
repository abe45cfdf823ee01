//! What holds for a tablet for a time and was decided elsewhere: a disaster period, and the department a relief unit works for.

use model::{DepartmentId, Timestamp};
use serde::{Deserialize, Serialize};

/// Said with [`crate::Welcome`], and again on the feed when it changes. Nothing in it: nothing holds any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Look-ups without a card are answered.
    #[serde(default)]
    pub disaster: Option<DisasterNotice>,
    /// The unit works for another department.
    #[serde(default)]
    pub relief: Option<ReliefNotice>,
    /// The name of what the server's ranking follows ([`crate::PublishedContent`]), to be asked for with
    /// [`crate::Question::Published`]; absent: the server does not tell, and answers no such question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
}

/// A disaster period (災害時医療情報閲覧) of the department that the unit works for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisasterNotice {
    /// Until when, by the server's clock.
    pub until: Timestamp,
    /// The municipalities it was opened for, each from the prefecture on.
    #[serde(default)]
    pub area: Vec<String>,
}

/// A relief unit (応援隊): its new cases are that department's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReliefNotice {
    /// The department.
    pub department: DepartmentId,
    /// Its name.
    pub department_name: String,
    /// Until when, by the server's clock.
    pub until: Timestamp,
}
