//! What a call answered, and what came beside it.

use std::ops::Deref;

use crate::client::oddity::Oddity;

/// The answer of a call for one object: the object, what in it could not be understood, and the id of the request.
///
/// Reads like the object itself: `client.dashboard().await?.total_balance`. [`Self::into_inner`] gives the object alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The object. A field that could not be understood is absent in it.
    pub value: T,
    /// What could not be understood; empty for most answers.
    pub oddities: Vec<Oddity>,
    /// The id under which the service may know this request, where it sent one.
    pub request_id: Option<String>,
}

impl<T> Answer<T> {
    /// The object alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The answer with another object of the same body.
    pub(crate) fn map<U>(self, with: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: with(self.value), oddities: self.oddities, request_id: self.request_id }
    }
}

impl<T> Answer<Option<T>> {
    /// The answer of what may not be there.
    pub(crate) fn transpose(self) -> Option<Answer<T>> {
        let Self { value, oddities, request_id } = self;
        value.map(|value| Answer { value, oddities, request_id })
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
