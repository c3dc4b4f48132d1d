//! Functions of the host: declared at their first use, then like any other function.
//!
//! What lies behind them is unknown here; lowering turns their calls into calls of imports.

use super::Checker;
use super::collect::Item;
use super::sig::{Default, Sig, SigParam};
use crate::ast::Passing;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;
use kaa_ir::ValTy;
use std::rc::Rc;

/// The type that stands for an IR type; `None` where values of it cannot cross.
fn type_of(ty: ValTy) -> Option<TyId> {
    Some(match ty {
        ValTy::Bool => TyId::BOOL,
        ValTy::I8 => TyId::I8,
        ValTy::I16 => TyId::I16,
        ValTy::I32 => TyId::I32,
        ValTy::I64 => TyId::INT,
        ValTy::U8 => TyId::U8,
        ValTy::U16 => TyId::U16,
        ValTy::U32 => TyId::U32,
        ValTy::U64 => TyId::U64,
        ValTy::F32 => TyId::F32,
        ValTy::F64 => TyId::FLOAT,
        ValTy::STR => TyId::STR,
        ValTy::BYTES => TyId::BYTES,
        _ => return None,
    })
}

impl Checker<'_> {
    /// The module of the host with this name: the number of its first function.
    pub(super) fn host_module(&self, name: &str) -> Option<Item> {
        let at = self.hosts.iter().position(|decl| decl.module == name)?;
        Some(Item::Host(u32::try_from(at).ok()?))
    }

    /// The function `name` of a module of the host; reports where there is none.
    pub(super) fn host_fn(&mut self, module: u32, name: crate::ast::Ident) -> Option<FnId> {
        let hosts = self.hosts;
        let module = &hosts.get(module as usize)?.module;
        let text = self.text(name.name).to_string();
        let found = hosts.iter().position(|decl| decl.module == *module && decl.name == text);
        match found.and_then(|at| self.declare_host(at, name.span)) {
            Some(func) => Some(func),
            None => {
                let message = format!("module `{module}` has no `{text}`");
                let mut diag = Diagnostic::error(codes::UNKNOWN_IMPORT, name.span, message);
                let names = hosts.iter().filter(|d| d.module == *module).map(|d| d.name.as_str());
                if let Some(near) = super::habit::nearest(&text, names) {
                    diag = diag.fix(format!("did you mean `{near}`?"), name.span, near);
                }
                self.report(diag);
                None
            }
        }
    }

    /// Declares a function of the host, once.
    fn declare_host(&mut self, at: usize, span: Span) -> Option<FnId> {
        if let Some((_, func)) = self.host_fns.iter().find(|(known, _)| *known == at) {
            return Some(*func);
        }
        let decl = self.hosts.get(at)?;
        let full = format!("{}.{}", decl.module, decl.name);
        let ret = match &*decl.sig.results {
            [] => TyId::UNIT,
            [one] => type_of(*one)?,
            _ => return None,
        };
        let mut locals = kaa_base::entity::Table::new();
        let (mut params, mut sig_params) = (Vec::new(), Vec::new());
        for (i, ty) in decl.sig.params.iter().enumerate() {
            let ty = type_of(*ty)?;
            let name = self.names.intern(&format!("arg{}", i + 1));
            let local = locals.push(Local { name, ty, mutable: false, span });
            params.push(Param { local, mode: Mode::Read });
            let (mode, default, passing) = (Mode::Read, Default::Required, Passing::Position);
            sig_params.push(SigParam { name, ty, mode, default, passing, variadic: false });
        }
        let name = self.names.intern(&full);
        let func = self.program.functions.push(Function {
            name,
            params,
            captures: Vec::new(),
            ret,
            locals,
            body: Block::default(),
            generics: Generics::NONE,
            generator: false,
            exported: false,
            test: false,
            span,
        });
        self.sigs.push(Rc::new(Sig { name: full, params: sig_params, ret, ..Sig::none() }));
        let import = (decl.module.clone(), decl.name.clone());
        self.program.host_imports.insert(func, import);
        self.host_fns.push((at, func));
        Some(func)
    }
}
