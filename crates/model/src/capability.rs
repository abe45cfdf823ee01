//! What a hospital can do, and what a patient needs of it.

use serde::{Deserialize, Serialize};

macro_rules! capabilities {
    ($($(#[$doc:meta])* $name:ident = $ja:literal / $en:literal),+ $(,)?) => {
        /// One ability of a hospital that can matter for the choice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Capability { $($(#[$doc])* $name),+ }

        impl Capability {
            /// All capabilities, in the fixed order of files and screens.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// The word on screens.
            #[must_use]
            pub const fn ja(self) -> &'static str { match self { $(Self::$name => $ja),+ } }
            /// The English word on screens.
            #[must_use]
            pub const fn en(self) -> &'static str { match self { $(Self::$name => $en),+ } }
        }
    };
}

capabilities! {
    /// 三次救急 (救命救急センター).
    Tertiary = "三次" / "Tertiary",
    /// 二次救急.
    Secondary = "二次" / "Secondary",
    /// Computed tomography usable now.
    CtNow = "頭部CT" / "CT",
    /// Neurosurgery round the clock.
    Neurosurgery24h = "脳外科24時間" / "Neurosurgery",
    /// Stroke: thrombolysis (一次脳卒中センター).
    StrokeThrombolysis = "脳卒中rt-PA" / "Stroke rt-PA",
    /// Stroke: thrombectomy.
    StrokeThrombectomy = "血栓回収" / "Thrombectomy",
    /// Stroke care unit.
    StrokeCareUnit = "SCU" / "SCU",
    /// Emergency coronary intervention round the clock.
    Pci24h = "PCI24時間" / "PCI",
    /// Cardiology round the clock.
    Cardiology24h = "循環器24時間" / "Cardiology",
    /// Cardiovascular surgery round the clock.
    CardiovascularSurgery24h = "心臓血管外科" / "CV surgery",
    /// Severe trauma.
    Trauma = "外傷" / "Trauma",
    /// Extensive burns.
    Burns = "熱傷" / "Burns",
    /// Replantation of limbs.
    Replantation = "指肢再接着" / "Replantation",
    /// Obstetrics.
    Obstetrics = "産科" / "Obstetrics",
    /// Perinatal centre.
    Perinatal = "周産期" / "Perinatal",
    /// Neonatal intensive care.
    Nicu = "NICU" / "NICU",
    /// Paediatric inpatients.
    Paediatrics = "小児" / "Paediatrics",
    /// Psychiatry with somatic illness.
    PsychiatrySomatic = "精神身体合併" / "Psychiatry",
    /// Inpatient dialysis.
    DialysisInpatient = "入院透析" / "Dialysis",
    /// Ward that takes a ventilator.
    Ventilator = "人工呼吸" / "Ventilator",
    /// Poisoning.
    Poisoning = "中毒" / "Poisoning",
    /// Intensive care.
    IntensiveCare = "ICU" / "ICU",
    /// Endoscopy for bleeding.
    Endoscopy = "内視鏡" / "Endoscopy",
    /// Operating theatre round the clock.
    Surgery24h = "手術24時間" / "Surgery",
    /// Transplant centre or follow-up.
    Transplant = "移植" / "Transplant",
    /// Clotting factor at hand.
    ClottingFactor = "凝固因子" / "Factor",
    /// Reversal of anticoagulants at hand.
    AnticoagulantReversal = "中和薬" / "Reversal",
}

/// How much a need weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// A hospital known to lack it is excluded.
    Hard,
    /// Lacking it costs minutes.
    Soft,
}

/// One need of this patient. It carries no cause: a choice made with history must not name the history (DESIGN §5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    /// What is needed.
    pub capability: Capability,
    /// How much it weighs.
    pub strength: Strength,
}
