//! Rows of a history with the medicine master's answer, looked up once for all rules.

use crate::medicine;
use patient_history::{HistorySnapshot, Row, SectionKind};

/// One row, and what its code is.
#[derive(Clone, Copy)]
pub(crate) struct Coded<'a> {
    pub(crate) section: SectionKind,
    pub(crate) row: &'a Row,
    /// The YJ or price code of a medicine that could be looked at.
    pub(crate) yj: Option<&'a str>,
    /// The codes of the ingredients of a combination product, parted by spaces.
    components: &'static str,
}

impl<'a> Coded<'a> {
    /// The codes of the ingredients of a combination product.
    pub(crate) fn components(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.components.split_ascii_whitespace()
    }
    /// The medicine's own code, then those of its ingredients.
    pub(crate) fn medicine_codes(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let own: Option<&'a str> = self.yj;
        own.into_iter().chain(self.components().map(|code| -> &'a str { code }))
    }
}

pub(crate) fn coded_rows(history: &HistorySnapshot) -> Vec<Coded<'_>> {
    history.all_rows().map(|(section, row)| coded(section, row)).collect()
}

fn coded(section: SectionKind, row: &Row) -> Coded<'_> {
    let yj = medicine::yj_of(&row.code);
    Coded { section, row, yj, components: yj.map_or("", medicine::components_text) }
}
