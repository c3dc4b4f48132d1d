//! Operations on maps to one value.

use kaa_ir::Inst;

use super::Select;
use crate::maps::map_call;

impl Select<'_> {
    /// Emits the instruction at hand if it is an operation on a map; whether it was one.
    pub(super) fn map_operation(&mut self) -> bool {
        let (inst, p): (Inst, _) = (self.node.inst.clone(), self.p);
        let Some(call) = map_call(self.module, |v| p.func.ty(v), &inst) else { return false };
        let mut place = self.link.map_value(call.ty);
        let third = call.args.get(2).map_or(0, |v| self.slot(*v));
        let [map, key, ..] = *call.args else { return false };
        if call.is_put() {
            let dst = self.in_place(map);
            let key = self.slot(key);
            self.map_in_place(map);
            self.e.abc_map(call.op, dst, key, third, place);
            return true;
        }
        place.default = third;
        let (dst, map, key) = (self.dst(0), self.slot(map), self.slot(key));
        self.e.abc_map(call.op, dst, map, key, place);
        true
    }
}
