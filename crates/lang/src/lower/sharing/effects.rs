//! Which calls may write what lies in fields of objects.
//!
//! An object can be reached by many names, so a call may change a collection that the caller has
//! read out of a field, even where no argument leads there. A value read from an object is shared
//! only where it is needed across such a call: here is found which functions are harmless.

use kaa_ir::{Export, ExportItem, FuncId, ImportId, Inst, Module, TypeDef, ValTy};
use rustc_hash::{FxHashMap, FxHashSet};

/// What calls may do to objects.
#[derive(Default)]
pub(crate) struct Effects {
    /// Functions that may write a field, by themselves or by what they call.
    writers: FxHashSet<FuncId>,
    /// Whether some closure may, or a function that a host can call.
    closures: bool,
}

/// Whether objects behind this type of reference are compared by identity.
pub(super) fn has_identity(m: &Module, ty: ValTy) -> bool {
    let def = ty.heap_type().and_then(|id| m.types.def(id));
    matches!(def, Some(TypeDef::Struct { identity: true, .. }))
}

/// Natives of the runtime that wait, while other tasks run.
const WAITS: &[&str] = &["_task.join", "_task.finish", "_task.wait"];

/// Whether an import may run code of the program: a host may call back, and tasks go on while
/// one waits.
fn runs_code(m: &Module, import: ImportId) -> bool {
    m.imports
        .get(import)
        .is_some_and(|import| import.module != "rt" || WAITS.contains(&import.name.as_str()))
}

fn exported_func(export: &Export) -> Option<FuncId> {
    match export.item {
        ExportItem::Func(func) => Some(func),
        ExportItem::Global(_) => None,
    }
}

impl Effects {
    /// Looks at all functions. Without a class nothing is looked at.
    pub fn of_module(m: &Module) -> Effects {
        let identity = |def: &TypeDef| matches!(def, TypeDef::Struct { identity: true, .. });
        if !m.types.iter().any(|(_, decl)| identity(&decl.def)) {
            return Effects::default();
        }
        let mut callers: FxHashMap<FuncId, Vec<FuncId>> = FxHashMap::default();
        let (mut closed, mut calls_closure) = (FxHashSet::default(), Vec::new());
        let mut work = Vec::new();
        for (id, func) in m.funcs.iter() {
            for node in func.blocks.values().flat_map(|data| &data.insts) {
                match &node.inst {
                    Inst::StructSet { obj, .. } if has_identity(m, func.ty(*obj)) => work.push(id),
                    Inst::Call { f, .. } => callers.entry(*f).or_default().push(id),
                    Inst::CallClosure { .. } | Inst::InvokeClosure { .. } => calls_closure.push(id),
                    Inst::Invoke { f, .. } => callers.entry(*f).or_default().push(id),
                    Inst::CallImport { i, .. } if runs_code(m, *i) => calls_closure.push(id),
                    Inst::ClosureNew { f, .. } => _ = closed.insert(*f),
                    _ => {}
                }
            }
        }
        let exported: FxHashSet<FuncId> = m.exports.iter().filter_map(exported_func).collect();
        let mut effects = Effects::default();
        while let Some(id) = work.pop() {
            if !effects.writers.insert(id) {
                continue;
            }
            work.extend(callers.get(&id).into_iter().flatten());
            if (closed.contains(&id) || exported.contains(&id)) && !effects.closures {
                effects.closures = true;
                work.extend(&calls_closure);
            }
        }
        effects
    }

    /// Whether a call may write a field of an object.
    pub fn of(&self, m: &Module, inst: &Inst) -> bool {
        match inst {
            Inst::Call { f, .. } => self.writers.contains(f),
            Inst::Invoke { f, .. } => self.writers.contains(f),
            Inst::CallClosure { .. } | Inst::InvokeClosure { .. } => self.closures,
            Inst::CallImport { i, .. } => self.closures && runs_code(m, *i),
            _ => false,
        }
    }
}
