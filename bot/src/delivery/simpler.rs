//! What is left of a message that Telegram refuses: an alert is never dropped for its form.

use crate::messages;
use crate::store::Draft;
use crate::telegram::Fault;

/// Characters of a text that was too long, or that was the caption of a picture.
const SHORT: usize = 1_000;

/// A message as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) draft: Draft,
    /// Whether the markup is taken off.
    pub(super) is_plain: bool,
}

impl Form {
    /// The same message without what was refused, or without the next thing that may be the reason; `None` where nothing is
    /// left to leave out.
    pub(super) fn without(mut self, fault: Fault) -> Option<Self> {
        let removes: [fn(&mut Self) -> bool; 5] = [edit, buttons, file, markup, length];
        let first = match fault {
            Fault::Edit => 0,
            Fault::Buttons => 1,
            Fault::File => 2,
            Fault::Markup => 3,
            Fault::Length if self.has_file() => 2,
            Fault::Length => 4,
            Fault::Empty => return None,
        };
        let mut all = std::iter::once(first).chain(0..removes.len());
        all.any(|which| removes[which](&mut self)).then_some(self)
    }

    pub(super) fn has_file(&self) -> bool {
        self.draft.picture.is_some() || self.draft.document.is_some()
    }
}

fn edit(form: &mut Form) -> bool {
    !form.draft.is_board && form.draft.edits.take().is_some()
}

fn buttons(form: &mut Form) -> bool {
    !std::mem::take(&mut form.draft.buttons).is_empty()
}

fn file(form: &mut Form) -> bool {
    form.draft.picture.take().is_some() | form.draft.document.take().is_some()
}

fn markup(form: &mut Form) -> bool {
    !std::mem::replace(&mut form.is_plain, true)
}

/// Cuts the text, which loses its markup.
fn length(form: &mut Form) -> bool {
    let text = messages::plain(&form.draft.html);
    // One more is the sign of an earlier cut.
    let Some((end, _)) = text.char_indices().nth(SHORT).filter(|_| text.chars().count() > SHORT + 1) else { return false };
    form.draft.html = text[..end].lines().map(messages::escape).collect::<Vec<_>>().join("\n") + "…";
    form.is_plain = true;
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Button, Document};

    fn form() -> Form {
        let draft = Draft {
            html: format!("<b>{}</b>", "x&amp;".repeat(3_000)),
            edits: Some(5),
            buttons: vec![vec![Button { text: "Why".into(), command: "/why".into(), data: None }]],
            document: Some(Document { name: "alerts.csv".into(), bytes: vec![1] }),
            ..Draft::default()
        };
        Form { draft, is_plain: false }
    }

    #[test]
    fn what_was_refused_goes_first() {
        assert!(form().without(Fault::Edit).unwrap().draft.edits.is_none());
        assert!(form().without(Fault::Buttons).unwrap().draft.buttons.is_empty());
        assert!(form().without(Fault::File).unwrap().draft.document.is_none());
        assert!(form().without(Fault::Markup).unwrap().is_plain);
        let caption = form().without(Fault::Length).unwrap();
        assert!(caption.draft.document.is_none() && !caption.is_plain, "a text may be longer than a caption");
        let cut = caption.without(Fault::Length).unwrap();
        assert!(messages::plain(&cut.draft.html).chars().count() == SHORT + 1 && cut.is_plain);
    }

    #[test]
    fn whatever_is_refused_again_and_again_ends_after_every_form_was_tried() {
        for fault in [Fault::Edit, Fault::Buttons, Fault::File, Fault::Markup, Fault::Length] {
            let (mut form, mut forms) = (form(), 0);
            while let Some(next) = form.clone().without(fault) {
                assert_ne!(next, form);
                (form, forms) = (next, forms + 1);
                assert!(forms <= 5, "{fault:?}");
            }
            assert!(form.is_plain && form.draft.edits.is_none() && form.draft.buttons.is_empty() && !form.has_file());
            assert!(messages::plain(&form.draft.html).chars().count() <= SHORT + 1);
        }
        assert_eq!(form().without(Fault::Empty), None);
    }
}
