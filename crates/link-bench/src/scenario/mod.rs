//! The comparisons, one file each.

pub(crate) mod drain;
pub(crate) mod drain_speed;
pub(crate) mod loss;
pub(crate) mod moving;
pub(crate) mod narrow;
pub(crate) mod reconnect;
pub(crate) mod serve;
pub(crate) mod storm;
