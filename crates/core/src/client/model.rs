//! The macro by which every body of the API is declared.

/// Declares a model: `pub field: Type = reader("name" | "older name" …)`.
///
/// The reader is a function of `client::field`; the names are those the field was ever printed under, the current one first,
/// and that one is also the name it is serialised under. Money is serialised as text. A field that is neither optional nor a
/// collection is needed: without it the object cannot be read.
macro_rules! model {
    (
        $(#[$meta:meta])*
        $vis:vis struct $Model:ident {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident: $Type:ty = $reader:ident($name:literal $(| $older:literal)*), )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        $vis struct $Model {
            $( $(#[$field_meta])* $field_vis $field: $Type, )*
        }

        impl<'de> $crate::client::wire::Model<'de> for $Model {
            fn read_members<A: serde::de::MapAccess<'de>>(
                map: &mut A,
                notes: &$crate::client::oddity::Notes,
            ) -> std::result::Result<$crate::client::found::Found<Self>, A::Error> {
                use $crate::client::found::Found;
                use $crate::client::wire::{Key, Slot, rank, skip};
                use $crate::client::field::{self, Field};
                let start = notes.mark();
                $( let mut $field = Slot::default(); )*
                while let Some(Key(key)) = map.next_key()? {
                    let mark = notes.mark();
                    match &*key {
                        $( $name $(| $older)* => {
                            let found = field::$reader(map, notes)?;
                            $field.keep(rank(&key, &[$name $(, $older)*]), found, notes);
                        } )*
                        _ => if skip(map, &key)? {
                            notes.odd("an object", "a number");
                            return Ok(Found::Odd);
                        },
                    }
                    if notes.mark() > mark {
                        notes.below(mark, &key);
                    }
                }
                $( let $field: (bool, Option<$Type>) = ($field.is_odd(), Field::from_read($field.value())); )*
                if notes.mark() > start {
                    $( if let Some(customer) = $field.1.as_ref().and_then(field::holder::$reader) {
                        notes.attribute(start, customer);
                    } )*
                }
                $( let (_, Some($field)) = $field else {
                    if !$field.0 {
                        notes.note(concat!("missing field `", $name, "`").to_owned());
                    }
                    return Ok(Found::Odd);
                }; )*
                Ok(Found::Value(Self { $( $field, )* }))
            }
        }

        impl<'de> $crate::client::wire::Read<'de> for $Model {
            fn read<D: serde::Deserializer<'de>>(
                deserializer: D,
                notes: &$crate::client::oddity::Notes,
            ) -> std::result::Result<$crate::client::found::Found<Self>, D::Error> {
                $crate::client::wire::object(deserializer, notes)
            }
        }

        impl<'de> serde::Deserialize<'de> for $Model {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                $crate::client::wire::strictly(deserializer)
            }
        }

        impl serde::Serialize for $Model {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $( map.serialize_entry($name, &$crate::client::field::write::$reader(&self.$field))?; )*
                map.end()
            }
        }
    };
}
pub(crate) use model;
