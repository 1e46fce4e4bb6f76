//! The KYC sessions that exist when a world opens: every customer that has still to prove who it is has a live one, and
//! some that have done so have the one they did it in.

use super::World;
use super::customer::Customer;
use super::identity::Identity;
use super::kyc::{Progress, SessionPlan, SessionStatus};
use super::traits::Kyc;
use crate::random::Dice;

const MINUTE: i64 = 60 * 1_000_000;
/// Of a thousand customers that completed KYC, those whose session is still listed.
const LISTED: u32 = 300;

impl World {
    /// Adds the sessions that were started before the opening, oldest first.
    pub(super) fn onboard(&mut self) {
        let mut progress: Vec<(usize, Progress)> =
            self.customers().filter_map(|(index, customer)| Some((index, progress(customer, self.micros)?))).collect();
        progress.sort_by_key(|(_, progress)| progress.created);
        for (index, progress) in progress {
            let identity = self.identity(index);
            self.add_session(identity.auth_id(), plan(identity), progress);
        }
    }
}

/// How far a customer's last session came before `now`, if it is listed.
fn progress(customer: &Customer, now: i64) -> Option<Progress> {
    let traits = &customer.traits;
    let mut dice = Dice::new(&[traits.key, 0x6f6e_626f]);
    let minutes = |dice: &mut Dice, from: u32, to: u32| MINUTE * i64::from(dice.between(from, to));
    match traits.kyc {
        Kyc::Completed => {
            let created = traits.since + minutes(&mut dice, 5, 300);
            let completed = created + minutes(&mut dice, 10, 4_000);
            let is_listed = dice.chance(LISTED) && completed < now;
            is_listed.then_some(Progress { created, updated: completed, status: SessionStatus::KycCompleted })
        }
        Kyc::Pending => {
            let created = (now - minutes(&mut dice, 60, 6 * 1_440)).max(traits.since + MINUTE);
            let updated = (created + minutes(&mut dice, 1, 50)).min(now);
            let status = match dice.below(10) {
                0..5 => return Some(Progress { created, updated: created, status: SessionStatus::EmailSent }),
                5..8 => SessionStatus::Opened,
                _ => SessionStatus::InProgress,
            };
            Some(Progress { created, updated, status })
        }
    }
}

fn plan(identity: Identity) -> SessionPlan {
    SessionPlan {
        email: Some(identity.email()),
        redirect_url: None,
        webhook_url: None,
        reminders: Vec::new(),
        metadata: None,
        days: 7,
    }
}
