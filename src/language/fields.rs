//! Children of a node by the name of their field. The parser compares a name with
//! those of all fields of the grammar; here each is looked up once a thread.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use tree_sitter::{Language, Node};

/// Where the text of a name is stored, which tells names of one program apart.
type Name = (*const u8, usize);

type Ids = FxHashMap<Name, Option<u16>>;

thread_local! {
    /// A handful of grammars: a list is enough.
    static IDS: RefCell<Vec<(Language, Ids)>> = const { RefCell::new(Vec::new()) };
}

/// What a node has under the name of a field.
pub trait Fields<'t> {
    /// The first child of that field.
    fn field(&self, name: &'static str) -> Option<Node<'t>>;
}

impl<'t> Fields<'t> for Node<'t> {
    fn field(&self, name: &'static str) -> Option<Node<'t>> {
        let language = self.language();
        let id = IDS.with_borrow_mut(|all| {
            let known = all.iter().position(|(l, _)| *l == *language);
            let known = known.unwrap_or_else(|| {
                all.push(((*language).clone(), Ids::default()));
                all.len() - 1
            });
            let (language, ids) = all.get_mut(known)?;
            let find = || language.field_id_for_name(name).map(u16::from);
            *ids.entry((name.as_ptr(), name.len())).or_insert_with(find)
        });
        self.child_by_field_id(id?)
    }
}
