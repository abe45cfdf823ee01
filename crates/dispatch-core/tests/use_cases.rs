//! Use cases over the store in memory.

#[path = "use_cases/consent.rs"]
mod consent;
#[path = "use_cases/departments.rs"]
mod departments;
#[path = "use_cases/destination.rs"]
mod destination;
#[path = "use_cases/disaster.rs"]
mod disaster;
#[path = "use_cases/enquiries.rs"]
mod enquiries;
#[path = "use_cases/exactly_once.rs"]
mod exactly_once;
#[path = "use_cases/history.rs"]
mod history;
#[path = "use_cases/messages.rs"]
mod messages;
#[path = "use_cases/pausing.rs"]
mod pausing;
#[path = "use_cases/people.rs"]
mod people;
#[path = "use_cases/race.rs"]
mod race;
#[path = "use_cases/receipt.rs"]
mod receipt;
#[path = "use_cases/relief.rs"]
mod relief;
#[path = "use_cases/reviews.rs"]
mod reviews;
#[path = "use_cases/signed.rs"]
mod signed;
#[path = "use_cases/staff_passwords.rs"]
mod staff_passwords;
#[path = "use_cases/suggestion.rs"]
mod suggestion;
#[path = "use_cases/world.rs"]
mod world;
