//! Which argument of a call is for which parameter.

use super::Checker;
use super::sig::{Default, Sig, SigParam};
use crate::ast::{self, Passing};
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

/// An argument with the parameter it is for.
#[derive(Clone, Copy)]
pub struct Given {
    /// What is written.
    pub arg: ast::Arg,
    /// Number of the parameter.
    pub param: usize,
    /// What is passed, once it is checked.
    pub done: Option<ArgKind>,
}

impl Checker<'_> {
    /// Finds the parameter of each argument.
    pub(super) fn match_args(
        &mut self,
        sig: &Sig,
        skip: usize,
        args: &[ast::Arg],
        span: Span,
    ) -> Option<Vec<Given>> {
        let mut given: Vec<Given> = Vec::with_capacity(args.len());
        let mut first: Vec<Option<Span>> = vec![None; sig.params.len()];
        let mut next = skip;
        let errors = self.errors;
        for arg in args {
            let param = match arg.name {
                Some(name) => {
                    let at = sig.params.iter().position(|p| {
                        p.name == name.name && p.passing != Passing::Position && !p.variadic
                    });
                    match at.filter(|&at| at >= skip) {
                        Some(at) => at,
                        None => {
                            self.unknown_keyword(sig, skip, name);
                            continue;
                        }
                    }
                }
                None => match sig.params.get(next).filter(|p| p.passing != Passing::Name) {
                    Some(param) if param.variadic => next,
                    Some(_) => {
                        next += 1;
                        next - 1
                    }
                    None => {
                        self.too_many(sig, skip, args, span);
                        return None;
                    }
                },
            };
            if let Some(again) = first[param]
                && !sig.params[param].variadic
            {
                let text = self.text(sig.params[param].name);
                let message = format!("`{text}` is given twice");
                let diag = Diagnostic::error(codes::ARGUMENTS, arg.span, message);
                self.report(diag.label(again, "first given here"));
                continue;
            }
            first[param] = Some(arg.span);
            given.push(Given { arg: *arg, param, done: None });
        }
        if self.errors > errors {
            return None;
        }
        self.missing(sig, skip, &first, span).then_some(given)
    }

    /// Reports parameters that get nothing and must; true if there are none.
    fn missing(&mut self, sig: &Sig, skip: usize, given: &[Option<Span>], span: Span) -> bool {
        let lacks = |at: usize, p: &SigParam| {
            at >= skip && p.default == Default::Required && !p.variadic && given[at].is_none()
        };
        let names: Vec<String> = sig
            .params
            .iter()
            .enumerate()
            .filter(|(at, p)| lacks(*at, p))
            .map(|(_, p)| format!("`{}`", self.text(p.name)))
            .collect();
        if names.is_empty() {
            return true;
        }
        let word = if names.len() == 1 { "argument" } else { "arguments" };
        let message = format!("`{}` lacks the {word} {}", sig.name, names.join(", "));
        let diag = Diagnostic::error(codes::ARGUMENTS, span, message);
        self.report(self.with_declaration(diag, sig));
        false
    }

    pub(super) fn with_declaration(&self, diag: Diagnostic, sig: &Sig) -> Diagnostic {
        match sig.span {
            Some(span) => diag.label(span, "declared here"),
            None => diag.note(format!("its form is `{}`", self.form(sig))),
        }
    }

    /// The head of a built-in, for messages.
    fn form(&self, sig: &Sig) -> String {
        let skip = usize::from(sig.method);
        let params: Vec<String> = sig.params[skip.min(sig.params.len())..]
            .iter()
            .map(|p| {
                let star = if p.variadic { "*" } else { "" };
                let default = if p.default == Default::Required { "" } else { "=..." };
                format!("{star}{}{default}", self.text(p.name))
            })
            .collect();
        format!("{}({})", sig.name, params.join(", "))
    }

    fn too_many(&mut self, sig: &Sig, skip: usize, args: &[ast::Arg], span: Span) {
        let plain = sig.params.iter().skip(skip).filter(|p| p.passing != Passing::Name);
        let takes = plain.count();
        let given = args.iter().filter(|arg| arg.name.is_none()).count();
        let word = if takes == 1 { "argument" } else { "arguments" };
        let message = match takes {
            0 => format!("`{}` takes no arguments, not {given}", sig.name),
            _ => format!("`{}` takes {takes} {word}, not {given}", sig.name),
        };
        let at = args.get(takes).map_or(span, |arg| arg.span);
        let diag = Diagnostic::error(codes::ARGUMENTS, at, message);
        self.report(self.with_declaration(diag, sig));
    }

    fn unknown_keyword(&mut self, sig: &Sig, skip: usize, name: ast::Ident) {
        let text = self.text(name.name).to_string();
        let message = format!("`{}` has no parameter `{text}`", sig.name);
        let mut diag = Diagnostic::error(codes::ARGUMENTS, name.span, message);
        let names = sig.params.iter().skip(skip).map(|p| self.text(p.name));
        if let Some(near) = super::habit::nearest(&text, names) {
            diag = diag.fix(format!("did you mean `{near}`?"), name.span, near);
        }
        self.report(self.with_declaration(diag, sig));
    }
}
