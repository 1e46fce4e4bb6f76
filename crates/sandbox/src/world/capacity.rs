//! Calls a second and calls at once, moved between the partner and its customers.

use super::World;
use super::identity::uuid;

/// What can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    ConcurrentCalls,
    Cps,
}

impl Resource {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ConcurrentCalls => "concurrent_calls",
            Self::Cps => "cps",
        }
    }
}

/// So much of each resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) concurrent_calls: u32,
    pub(crate) cps: u32,
}

impl Limits {
    pub(crate) fn of(self, resource: Resource) -> u32 {
        match resource {
            Resource::ConcurrentCalls => self.concurrent_calls,
            Resource::Cps => self.cps,
        }
    }

    fn of_mut(&mut self, resource: Resource) -> &mut u32 {
        match resource {
            Resource::ConcurrentCalls => &mut self.concurrent_calls,
            Resource::Cps => &mut self.cps,
        }
    }
}

/// Which way something was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Given,
    Reclaimed,
}

/// Something that was moved.
#[derive(Debug, Clone)]
pub(crate) struct CapacityMove {
    pub(crate) reference: String,
    pub(crate) way: Way,
    /// The customer's `auth_id`.
    pub(crate) customer: String,
    pub(crate) resource: Resource,
    pub(crate) slots: u32,
    pub(crate) description: Option<String>,
    /// Seconds since 1970.
    pub(crate) second: i64,
}

/// Why nothing was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CapacityRefused {
    UnknownCustomer,
    /// There is only so much to move.
    TooLittle(u32),
}

/// What the partner has left, and every move, oldest first.
#[derive(Debug)]
pub(crate) struct Capacity {
    pub(crate) left: Limits,
    pub(crate) moves: Vec<CapacityMove>,
}

impl Capacity {
    pub(super) fn new(customers: usize) -> Self {
        let customers = u32::try_from(customers).unwrap_or(u32::MAX / 16);
        Self { left: Limits { concurrent_calls: 500 + customers * 5, cps: 50 + customers }, moves: Vec::new() }
    }
}

impl World {
    /// Moves `slots` of a resource, all of them or none. Gives what the partner has left and what the customer has now.
    pub(crate) fn move_capacity(
        &mut self,
        auth_id: &str,
        way: Way,
        resource: Resource,
        slots: u32,
        description: Option<String>,
    ) -> Result<(u32, u32), CapacityRefused> {
        let index = self.customer(auth_id).ok_or(CapacityRefused::UnknownCustomer)?.0;
        let customer = self.customers.get_mut(index).ok_or(CapacityRefused::UnknownCustomer)?;
        let left = self.capacity.left.of_mut(resource);
        let given = customer.extra.of_mut(resource);
        let (from, to) = if way == Way::Given { (left, given) } else { (given, left) };
        *from = from.checked_sub(slots).ok_or(CapacityRefused::TooLittle(*from))?;
        *to += slots;
        let number = self.capacity.moves.len() as u64;
        self.capacity.moves.push(CapacityMove {
            reference: format!("cap_{}", &uuid(&[self.seed, 0x6361_7061, number]).replace('-', "")[..12]),
            way,
            customer: auth_id.to_owned(),
            resource,
            slots,
            description,
            second: self.second,
        });
        Ok((self.capacity.left.of(resource), customer.limits().of(resource)))
    }
}
