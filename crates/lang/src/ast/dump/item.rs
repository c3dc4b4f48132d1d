//! Prints declarations and types; statements and expressions are in `dump`.

use super::*;

impl Dumper<'_> {
    /// A declaration or an import.
    pub(super) fn item(&mut self, kind: StmtKind) {
        let ast = self.ast;
        match kind {
            StmtKind::Def(id) => self.function(id),
            StmtKind::TypeDecl(id) => self.type_decl(&ast[id]),
            StmtKind::Extend(id) => {
                let decl = &ast[id];
                self.put("extend");
                self.generics(decl.generics);
                self.put(" ");
                self.ty(decl.target);
                self.traits(decl.traits);
                self.put("\n");
                self.indent += 1;
                self.assoc_types(decl.types);
                self.methods(decl.methods);
                self.indent -= 1;
            }
            StmtKind::TypeAlias { name, generics, ty } => {
                self.put("type ");
                self.name(name.name);
                self.generics(generics);
                self.put(" = ");
                self.ty(ty);
            }
            StmtKind::Import(items) => {
                self.put("import");
                for item in &ast[items] {
                    self.put(" ");
                    self.path(item.path);
                    self.alias(item.alias);
                }
            }
            StmtKind::FromImport { dots, path, names } => {
                self.put("from ");
                self.put(&".".repeat(dots.min(9) as usize));
                self.path(path);
                self.put(" import");
                for name in &ast[names] {
                    self.put(" ");
                    self.name(name.name.name);
                    self.alias(name.alias);
                }
            }
            _ => {}
        }
    }

    fn alias(&mut self, alias: Option<Ident>) {
        if let Some(alias) = alias {
            self.put(" as ");
            self.name(alias.name);
        }
    }

    fn decorators(&mut self, decorators: List<Decorator>) {
        for decorator in &self.ast[decorators] {
            self.put("@");
            self.name(decorator.name.name);
            self.put(" ");
        }
    }

    fn function(&mut self, id: FnId) {
        let decl = self.ast[id];
        self.decorators(decl.decorators);
        self.put("def ");
        self.name(decl.name.name);
        self.generics(decl.generics);
        self.put("(");
        self.params(decl.params);
        self.put(" )");
        if let Some(result) = decl.result {
            self.put(" -> ");
            self.ty(result);
        }
        match decl.body {
            Some(body) => self.nested(body),
            None => self.put(" ;\n"),
        }
    }

    pub(super) fn params(&mut self, params: List<Param>) {
        for param in &self.ast[params] {
            self.put(" ");
            self.mark(param.mark);
            self.put(match param.passing {
                Passing::Any => "",
                Passing::Position => "/",
                Passing::Name => "*",
            });
            self.name(param.name.name);
            if let Some(ty) = param.ty {
                self.put(":");
                self.ty(ty);
            }
            if let Some(default) = param.default {
                self.put("=");
                self.expr(default);
            }
        }
    }

    fn generics(&mut self, generics: List<GenericParam>) {
        if generics.is_empty() {
            return;
        }
        self.put("[");
        for (at, param) in self.ast[generics].iter().enumerate() {
            self.put(if at > 0 { ", " } else { "" });
            self.name(param.name.name);
            self.bounds(param.bounds);
            if let Some(default) = param.default {
                self.put("=");
                self.ty(default);
            }
        }
        self.put("]");
    }

    fn bounds(&mut self, bounds: List<TypeId>) {
        for (at, &bound) in self.ast[bounds].iter().enumerate() {
            self.put(if at > 0 { " & " } else { ": " });
            self.ty(bound);
        }
    }

    fn traits(&mut self, traits: List<TypeId>) {
        if !traits.is_empty() {
            self.types("(", traits, ", ", ")");
        }
    }

    fn type_decl(&mut self, decl: &TypeDecl) {
        self.decorators(decl.decorators);
        self.put(decl.kind.text());
        self.put(" ");
        self.name(decl.name.name);
        self.generics(decl.generics);
        self.traits(decl.traits);
        self.put("\n");
        self.indent += 1;
        if let Some(doc) = decl.doc {
            self.line();
            self.put("doc ");
            self.quoted(doc);
            self.put("\n");
        }
        self.assoc_types(decl.types);
        for field in &self.ast[decl.fields] {
            self.line();
            self.field(field);
            self.put("\n");
        }
        for variant in &self.ast[decl.variants] {
            self.line();
            self.name(variant.name.name);
            self.put("(");
            for (at, field) in self.ast[variant.fields].iter().enumerate() {
                self.put(if at > 0 { ", " } else { "" });
                self.field(field);
            }
            self.put(")\n");
        }
        self.methods(decl.methods);
        self.indent -= 1;
    }

    fn methods(&mut self, methods: List<FnId>) {
        for &method in &self.ast[methods] {
            self.line();
            self.function(method);
        }
    }

    fn assoc_types(&mut self, types: List<AssocType>) {
        for item in &self.ast[types] {
            self.line();
            self.put("type ");
            self.name(item.name.name);
            self.bounds(item.bounds);
            if let Some(ty) = item.ty {
                self.put(" = ");
                self.ty(ty);
            }
            self.put("\n");
        }
    }

    fn field(&mut self, field: &Field) {
        self.put(if field.mutable { "mut " } else { "" });
        self.name(field.name.name);
        self.put(": ");
        self.ty(field.ty);
        if let Some(default) = field.default {
            self.put(" = ");
            self.expr(default);
        }
    }

    fn types(&mut self, open: &str, items: List<TypeId>, between: &str, close: &str) {
        self.put(open);
        for (at, &item) in self.ast[items].iter().enumerate() {
            self.put(if at > 0 { between } else { "" });
            self.ty(item);
        }
        self.put(close);
    }

    pub(super) fn ty(&mut self, id: TypeId) {
        let ast = self.ast;
        match ast[id].kind {
            TypeKind::Error => self.put("<error>"),
            TypeKind::None => self.put("None"),
            TypeKind::Named { path, args } => {
                self.path(path);
                if !args.is_empty() {
                    self.types("[", args, ", ", "]");
                }
            }
            TypeKind::Optional(inner) => {
                self.ty(inner);
                self.put("?");
            }
            TypeKind::Tuple(items) => self.types("(", items, ", ", ")"),
            TypeKind::Fn { params, result } => {
                self.put("fn(");
                for (at, param) in ast[params].iter().enumerate() {
                    self.put(if at > 0 { ", " } else { "" });
                    self.mark(param.mark);
                    self.ty(param.ty);
                }
                self.put(")");
                if let Some(result) = result {
                    self.put(" -> ");
                    self.ty(result);
                }
            }
            TypeKind::Any(traits) => self.types("any ", traits, " & ", ""),
        }
    }
}
