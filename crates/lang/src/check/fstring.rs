//! f-strings and their format specs.

use super::Checker;
use crate::ast;
use crate::codes;
use crate::hir::*;
use kaa_base::diag::Diagnostic;
use kaa_base::span::Span;

impl Checker<'_> {
    /// An f-string.
    pub(super) fn fstring(&mut self, parts: &[ast::FPart], span: Span) -> ExprId {
        let parts = self.fparts(parts);
        let parts = self.program.tree.list(&parts);
        self.node(ExprKind::FString(parts), TyId::STR, span)
    }

    fn fparts(&mut self, parts: &[ast::FPart]) -> Vec<FPart> {
        let mut done = Vec::with_capacity(parts.len());
        for part in parts {
            match *part {
                ast::FPart::Text(text) => done.push(FPart::Text(text)),
                ast::FPart::Value { value, conversion, spec, echo, span } => {
                    done.extend(echo.map(FPart::Text));
                    let value = self.expr(value, None);
                    self.shown(value);
                    let spec = self.spec(spec, value, conversion, span);
                    done.push(FPart::Value { value, conversion, spec });
                }
            }
        }
        done
    }

    fn spec(
        &mut self,
        spec: Option<ast::List<ast::FPart>>,
        value: ExprId,
        conversion: Conversion,
        span: Span,
    ) -> Spec {
        let Some(spec) = spec else { return Spec::Empty };
        let ast = self.ast;
        let parts = &ast[spec];
        let mut text = String::new();
        for part in parts {
            match part {
                ast::FPart::Text(part) => text.push_str(self.text(*part)),
                ast::FPart::Value { .. } => {
                    let parts = self.fparts(parts);
                    return Spec::Dynamic(self.program.tree.list(&parts));
                }
            }
        }
        if text.is_empty() {
            return Spec::Empty;
        }
        let ty = match conversion {
            Conversion::Default => self.ty_of(value),
            _ => TyId::STR,
        };
        if let Err(reason) = self.spec_fits(&text, ty) {
            let message = format!("format `{text}` {reason}");
            let diag = Diagnostic::error(codes::BAD_FORMAT, span, message);
            self.report(diag.label(self.span_of(value), format!("`{}`", self.show(ty))));
        }
        Spec::Static(self.names.intern(&text))
    }

    /// Whether a format spec suits a type, or why not.
    fn spec_fits(&self, text: &str, ty: TyId) -> Result<(), String> {
        let spec = Parts::read(text).ok_or("is malformed")?;
        let shown = self.show(ty);
        let types = match self.ty(ty) {
            Ty::Error | Ty::Never => return Ok(()),
            Ty::Int(_) | Ty::BigInt | Ty::Bool => "dboxXcneEfFgG%",
            Ty::Float(_) => "eEfFgGn%",
            Ty::Str | Ty::Char => "s",
            _ => return Err(format!("is not for a value of type `{shown}`, which has none")),
        };
        if let Some(kind) = spec.kind
            && !types.contains(kind)
        {
            return Err(format!("has the type `{kind}`, which is not for a `{shown}`"));
        }
        let is_text = types == "s";
        let is_int = matches!(self.ty(ty), Ty::Int(_) | Ty::BigInt | Ty::Bool);
        let as_float = spec.kind.is_some_and(|kind| "eEfFgG%".contains(kind));
        if is_text && spec.sign {
            return Err("has a sign, which is for numbers".to_string());
        }
        if is_text && (spec.equals || spec.grouping || spec.alternate) {
            return Err("has a part that is for numbers".to_string());
        }
        if is_int && spec.precision && !as_float {
            return Err("has a precision, which is not for integers".to_string());
        }
        Ok(())
    }
}

/// Which parts a format spec has.
#[derive(Default)]
struct Parts {
    sign: bool,
    equals: bool,
    alternate: bool,
    grouping: bool,
    precision: bool,
    kind: Option<char>,
}

impl Parts {
    /// Reads `[[fill]align][sign][#][0][width][,_][.precision][type]`.
    fn read(text: &str) -> Option<Parts> {
        let mut parts = Parts::default();
        let chars: Vec<char> = text.chars().collect();
        let mut rest: &[char] = &chars;
        let is_align = |c: char| "<>=^".contains(c);
        match rest {
            [_, align, tail @ ..] if is_align(*align) => {
                parts.equals = *align == '=';
                rest = tail;
            }
            [align, tail @ ..] if is_align(*align) => {
                parts.equals = *align == '=';
                rest = tail;
            }
            _ => {}
        }
        let mut eat = |accepted: &str| match rest {
            [first, tail @ ..] if accepted.contains(*first) => {
                rest = tail;
                true
            }
            _ => false,
        };
        parts.sign = eat("+- ");
        eat("z");
        parts.alternate = eat("#");
        while eat("0123456789") {}
        parts.grouping = eat(",_");
        if eat(".") {
            parts.precision = true;
            if !eat("0123456789") {
                return None;
            }
            while eat("0123456789") {}
        }
        match rest {
            [] => Some(parts),
            [kind] => {
                parts.kind = Some(*kind);
                Some(parts)
            }
            _ => None,
        }
    }
}
