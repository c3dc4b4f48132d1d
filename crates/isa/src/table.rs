//! The table: the only list of IR operations.
//!
//! A row reads: documentation, fixed number, text name, variant, operands with their kinds,
//! typing rule, effects, fuel. `[sig (T, T) -> (T); Num]` is a family over the types of a
//! class: the operand `t` holds the type the variable stands for. `[custom]` rows have a
//! method of their own in `CustomTyping`. Numbers are never changed or reused; the file
//! `numbers.lock` beside this crate freezes them.
//!
//! The kinds are types of the module `kinds`. Adding a row makes the compiler list what is
//! missing: a typing rule (custom rows), a lowering, an interpreter body. Not here: the
//! operations of register code, which are private to `kaa-code`.

/// Calls `$with!` with all rows.
#[macro_export]
macro_rules! for_each_op {
    ($with:path) => {
        $with! {

            // Constants.
            /// Integer or boolean constant.
            0x0001 iconst = IConst { t: T, imm: Int } : [sig () -> (T); IntBool] fx[PURE] fuel 1;
            /// Floating-point constant, given by its bits.
            0x0002 fconst = FConst { t: T, bits: Bits } : [sig () -> (T); Float] fx[PURE] fuel 1;
            /// The null reference of type `ref? ty`.
            0x0003 null = Null { ty: Ty } : [custom] fx[PURE] fuel 1;
            /// A function as a value.
            0x0004 func_addr = FuncAddr { f: Fn } : [custom] fx[PURE] fuel 1;
            /// A constant string, interned for the life of the store.
            0x0005 str_const = StrConst { d: Da } : [custom] fx[PURE] fuel 1;
            /// A constant byte string, interned for the life of the store.
            0x0006 bytes_const = BytesConst { d: Da } : [custom] fx[PURE] fuel 1;

            // Arithmetic.
            /// Addition; integers wrap.
            0x0010 add = Add { t: T, a: V, b: V } : [sig (T, T) -> (T); Num] fx[PURE] fuel 1;
            /// Subtraction; integers wrap.
            0x0011 sub = Sub { t: T, a: V, b: V } : [sig (T, T) -> (T); Num] fx[PURE] fuel 1;
            /// Multiplication; integers wrap.
            0x0012 mul = Mul { t: T, a: V, b: V } : [sig (T, T) -> (T); Num] fx[PURE] fuel 1;
            /// Negation; integers wrap.
            0x0013 neg = Neg { t: T, a: V } : [sig (T) -> (T); Num] fx[PURE] fuel 1;
            /// Addition that traps on overflow.
            0x0014 add_trap = AddTrap { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Int] fx[TRAP] fuel 1;
            /// Subtraction that traps on overflow.
            0x0015 sub_trap = SubTrap { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Int] fx[TRAP] fuel 1;
            /// Multiplication that traps on overflow.
            0x0016 mul_trap = MulTrap { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Int] fx[TRAP] fuel 1;
            /// Negation that traps on overflow.
            0x0017 neg_trap = NegTrap { t: T, a: V } : [sig (T) -> (T); Int] fx[TRAP] fuel 1;
            /// Division rounded towards zero; integers trap on a zero divisor, and `MIN / -1`
            /// wraps.
            0x0018 div = Div { t: T, a: V, b: V } : [sig (T, T) -> (T); Num] fx[TRAP] fuel 2;
            /// Division rounded towards zero that traps on a zero divisor and on overflow.
            0x0019 div_trap = DivTrap { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Int] fx[TRAP] fuel 2;
            /// Remainder of `div`, with the sign of `a`; integers trap on a zero divisor.
            0x001a rem = Rem { t: T, a: V, b: V } : [sig (T, T) -> (T); Num] fx[TRAP] fuel 2;
            /// Division rounded down; integers trap on a zero divisor, and `MIN / -1` wraps.
            0x001b div_floor = DivFloor { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Num] fx[TRAP] fuel 2;
            /// Division rounded down that traps on a zero divisor and on overflow.
            0x001c div_floor_trap = DivFloorTrap { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Int] fx[TRAP] fuel 2;
            /// Remainder of `div_floor`, with the sign of `b`; integers trap on a zero divisor.
            0x001d rem_floor = RemFloor { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Num] fx[TRAP] fuel 2;
            /// `a * b / c` with an intermediate of twice the width; traps on a zero divisor and
            /// where the quotient does not fit.
            0x001e mul_div = MulDiv { t: T, a: V, b: V, c: V }
                : [sig (T, T, T) -> (T); Int] fx[TRAP] fuel 3;
            /// The smaller operand; a NaN operand gives NaN, and -0.0 is smaller than 0.0.
            0x001f min = Min { t: T, a: V, b: V } : [sig (T, T) -> (T); Num] fx[PURE] fuel 1;
            /// The larger operand; a NaN operand gives NaN, and 0.0 is larger than -0.0.
            0x0020 max = Max { t: T, a: V, b: V } : [sig (T, T) -> (T); Num] fx[PURE] fuel 1;
            /// Absolute value.
            0x0021 abs = Abs { t: T, a: V } : [sig (T) -> (T); Float] fx[PURE] fuel 1;
            /// Absolute value that traps on overflow.
            0x0022 abs_trap = AbsTrap { t: T, a: V } : [sig (T) -> (T); Int] fx[TRAP] fuel 1;

            // Bits.
            /// Bitwise and.
            0x0030 and = And { t: T, a: V, b: V } : [sig (T, T) -> (T); IntBool] fx[PURE] fuel 1;
            /// Bitwise or.
            0x0031 or = Or { t: T, a: V, b: V } : [sig (T, T) -> (T); IntBool] fx[PURE] fuel 1;
            /// Bitwise exclusive or.
            0x0032 xor = Xor { t: T, a: V, b: V } : [sig (T, T) -> (T); IntBool] fx[PURE] fuel 1;
            /// Bitwise complement; logical complement of a `bool`.
            0x0033 not = Not { t: T, a: V } : [sig (T) -> (T); IntBool] fx[PURE] fuel 1;
            /// Shift left by `b` modulo the width.
            0x0034 shl = Shl { t: T, a: V, b: V } : [sig (T, T) -> (T); Int] fx[PURE] fuel 1;
            /// Shift right by `b` modulo the width; arithmetic for signed types, logical for
            /// unsigned ones.
            0x0035 shr = Shr { t: T, a: V, b: V } : [sig (T, T) -> (T); Int] fx[PURE] fuel 1;
            /// Shift left that traps where `b` is outside the width or where bits are lost (signed:
            /// the result differs from `a * 2**b`).
            0x0036 shl_trap = ShlTrap { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Int] fx[TRAP] fuel 1;
            /// Shift right that traps where `b` is outside the width.
            0x0037 shr_trap = ShrTrap { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Int] fx[TRAP] fuel 1;
            /// Rotate left by `b` modulo the width.
            0x0038 rotl = RotL { t: T, a: V, b: V } : [sig (T, T) -> (T); Int] fx[PURE] fuel 1;
            /// Rotate right by `b` modulo the width.
            0x0039 rotr = RotR { t: T, a: V, b: V } : [sig (T, T) -> (T); Int] fx[PURE] fuel 1;
            /// Number of leading zero bits.
            0x003a clz = Clz { t: T, a: V } : [sig (T) -> (T); Int] fx[PURE] fuel 1;
            /// Number of trailing zero bits.
            0x003b ctz = Ctz { t: T, a: V } : [sig (T) -> (T); Int] fx[PURE] fuel 1;
            /// Number of one bits.
            0x003c popcnt = PopCnt { t: T, a: V } : [sig (T) -> (T); Int] fx[PURE] fuel 1;

            // Comparison.
            /// Equal; a NaN equals nothing.
            0x0040 eq = Eq { t: T, a: V, b: V } : [sig (T, T) -> (Bool); Scalar] fx[PURE] fuel 1;
            /// Not equal.
            0x0041 ne = Ne { t: T, a: V, b: V } : [sig (T, T) -> (Bool); Scalar] fx[PURE] fuel 1;
            /// Less.
            0x0042 lt = Lt { t: T, a: V, b: V } : [sig (T, T) -> (Bool); Num] fx[PURE] fuel 1;
            /// Less or equal.
            0x0043 le = Le { t: T, a: V, b: V } : [sig (T, T) -> (Bool); Num] fx[PURE] fuel 1;
            /// Greater.
            0x0044 gt = Gt { t: T, a: V, b: V } : [sig (T, T) -> (Bool); Num] fx[PURE] fuel 1;
            /// Greater or equal.
            0x0045 ge = Ge { t: T, a: V, b: V } : [sig (T, T) -> (Bool); Num] fx[PURE] fuel 1;
            /// Whether two references are to the same object.
            0x0046 ref_eq = RefEq { a: V, b: V } : [custom] fx[PURE] fuel 1;
            /// Whether a reference is null.
            0x0047 is_null = IsNull { a: V } : [custom] fx[PURE] fuel 1;
            /// The same reference as `ref`; traps on null.
            0x0048 as_nonnull = AsNonNull { a: V } : [custom] fx[TRAP] fuel 1;

            // Conversion.
            /// Conversion to a type that holds every value of the operand's type.
            0x0050 convert_exact = ConvertExact { t: T, a: V } : [custom] fx[PURE] fuel 1;
            /// Conversion between numbers that traps where the value does not fit; a float loses
            /// its fraction, an integer is rounded to a float.
            0x0051 convert_trap = ConvertTrap { t: T, a: V } : [custom] fx[TRAP] fuel 1;
            /// Conversion that gives the nearest value of the target type; NaN gives 0.
            0x0052 convert_sat = ConvertSat { t: T, a: V } : [custom] fx[PURE] fuel 1;
            /// Conversion between integers that keeps the low bits.
            0x0053 convert_wrap = ConvertWrap { t: T, a: V } : [custom] fx[PURE] fuel 1;
            /// The same bits as another scalar type of equal width.
            0x0054 bitcast = Bitcast { t: T, a: V } : [custom] fx[PURE] fuel 1;

            // Floating point.
            /// Square root.
            0x0060 sqrt = Sqrt { t: T, a: V } : [sig (T) -> (T); Float] fx[PURE] fuel 2;
            /// Rounds down to an integer.
            0x0061 floor = Floor { t: T, a: V } : [sig (T) -> (T); Float] fx[PURE] fuel 1;
            /// Rounds up to an integer.
            0x0062 ceil = Ceil { t: T, a: V } : [sig (T) -> (T); Float] fx[PURE] fuel 1;
            /// Rounds towards zero to an integer.
            0x0063 trunc = Trunc { t: T, a: V } : [sig (T) -> (T); Float] fx[PURE] fuel 1;
            /// Rounds to the nearest integer, ties to even.
            0x0064 round = Round { t: T, a: V } : [sig (T) -> (T); Float] fx[PURE] fuel 1;
            /// The magnitude of `a` with the sign of `b`.
            0x0065 copysign = CopySign { t: T, a: V, b: V }
                : [sig (T, T) -> (T); Float] fx[PURE] fuel 1;
            /// `a * b + c`, rounded once.
            0x0066 fma = Fma { t: T, a: V, b: V, c: V }
                : [sig (T, T, T) -> (T); Float] fx[PURE] fuel 2;

            // Choice.
            /// `a` where the `bool` `c` is true, else `b`.
            0x0070 select = Select { c: V, a: V, b: V } : [custom] fx[PURE] fuel 1;

            // Control.
            /// Continues at a block.
            0x0080 jump = Jump { to: Target } : [custom] fx[END] fuel 1;
            /// Continues at `then` where the `bool` `c` is true, else at `other`.
            0x0081 branch = Branch { c: V, then: Target, other: Target } : [custom] fx[END] fuel 1;
            /// Continues at the case that equals the integer `a`, else at `other`.
            0x0082 switch = Switch { a: V, cases: Cases, other: Target } : [custom] fx[END] fuel 2;
            /// Returns from the function.
            0x0083 ret = Ret { vals: Vs } : [custom] fx[END] fuel 1;
            /// Calls a function in place of the present frame.
            0x0084 tail_call = TailCall { f: Fn, args: Vs }
                : [custom] fx[END TRAP SAFEPOINT READ WRITE] fuel 3;
            /// Calls a closure in place of the present frame.
            0x0085 tail_call_closure = TailCallClosure { callee: V, args: Vs }
                : [custom] fx[END TRAP SAFEPOINT READ WRITE] fuel 4;
            /// Traps with a code.
            0x0086 trap = Trap { code: Code } : [custom] fx[END TRAP] fuel 1;
            /// Calls a function of the module.
            0x0087 call = Call { f: Fn, args: Vs }
                : [custom] fx[TRAP SAFEPOINT ALLOC READ WRITE] fuel 3;
            /// Calls a function value.
            0x0088 call_func = CallFunc { callee: V, args: Vs }
                : [custom] fx[TRAP SAFEPOINT ALLOC READ WRITE] fuel 4;
            /// Calls a closure.
            0x0089 call_closure = CallClosure { callee: V, args: Vs }
                : [custom] fx[TRAP SAFEPOINT ALLOC READ WRITE] fuel 4;
            /// Calls an imported function: of the host, of the runtime or of another module.
            0x008a call_import = CallImport { i: Im, args: Vs }
                : [custom] fx[TRAP SAFEPOINT ALLOC READ WRITE] fuel 5;
            /// Calls a function; its results become the first parameters of block `ok`. A catchable
            /// trap continues at `unwind`, whose first parameter is the trap code as `u32`.
            0x008b invoke = Invoke { f: Fn, args: Vs, ok: Target, unwind: Target }
                : [custom] fx[END TRAP SAFEPOINT ALLOC READ WRITE] fuel 3;
            /// Calls a closure with an unwind edge, as `invoke`.
            0x008c invoke_closure = InvokeClosure
                { callee: V, args: Vs, ok: Target, unwind: Target }
                : [custom] fx[END TRAP SAFEPOINT ALLOC READ WRITE] fuel 4;
            /// Continues the trap that an unwind edge caught last in this task; traps as
            /// unreachable where there is none.
            0x008d resume_unwind = ResumeUnwind {} : [custom] fx[END TRAP] fuel 1;

            // Structs.
            /// A new object with these leaves.
            0x0090 struct_new = StructNew { ty: Ty, vals: Vs }
                : [custom] fx[ALLOC TRAP SAFEPOINT] fuel 3;
            /// Reads a leaf; traps on null.
            0x0091 struct_get = StructGet { obj: V, leaf: Leaf } : [custom] fx[READ TRAP] fuel 1;
            /// Writes a mutable leaf; traps on null.
            0x0092 struct_set = StructSet { obj: V, leaf: Leaf, val: V }
                : [custom] fx[WRITE TRAP] fuel 1;

            // Arrays.
            /// A new array of `len` (`i64`) equal elements; traps on a negative length.
            0x00a0 array_new = ArrayNew { ty: Ty, len: V, init: Vs }
                : [custom] fx[ALLOC TRAP SAFEPOINT] fuel 4;
            /// A new array of the given elements, leaf by leaf.
            0x00a1 array_of = ArrayOf { ty: Ty, vals: Vs }
                : [custom] fx[ALLOC TRAP SAFEPOINT] fuel 4;
            /// The length as `i64`; traps on null.
            0x00a2 array_len = ArrayLen { arr: V } : [custom] fx[PURE TRAP] fuel 1;
            /// Reads a leaf of the element at `idx` (`i64`); traps out of range.
            0x00a3 array_get = ArrayGet { arr: V, idx: V, leaf: Leaf }
                : [custom] fx[READ TRAP] fuel 1;
            /// Writes a leaf of an element of a mutable array; traps out of range.
            0x00a4 array_set = ArraySet { arr: V, idx: V, leaf: Leaf, val: V }
                : [custom] fx[WRITE TRAP] fuel 1;
            /// Copies `len` elements; the ranges may overlap; traps out of range before it writes.
            0x00a5 array_copy = ArrayCopy { dst: V, at: V, src: V, from: V, len: V }
                : [custom] fx[READ WRITE TRAP] fuel 5;
            /// Sets `len` elements; traps out of range before it writes.
            0x00a6 array_fill = ArrayFill { arr: V, at: V, len: V, vals: Vs }
                : [custom] fx[WRITE TRAP] fuel 5;
            /// Compares `len` elements of scalar arrays in order: -1, 0 or 1 as `i64`; traps out of
            /// range.
            0x00a7 array_cmp = ArrayCmp { a: V, at: V, b: V, from: V, len: V }
                : [custom] fx[READ TRAP] fuel 5;

            // Lists.
            /// A new empty list with room for `cap` (`i64`) elements.
            0x00b0 list_new = ListNew { ty: Ty, cap: V } : [custom] fx[ALLOC TRAP SAFEPOINT] fuel 4;
            /// A new list of the given elements, leaf by leaf.
            0x00b1 list_of = ListOf { ty: Ty, vals: Vs } : [custom] fx[ALLOC TRAP SAFEPOINT] fuel 4;
            /// The length as `i64`.
            0x00b2 list_len = ListLen { list: V } : [custom] fx[READ TRAP] fuel 1;
            /// Reads a leaf of the element at `idx` (`i64`); traps out of range.
            0x00b3 list_get = ListGet { list: V, idx: V, leaf: Leaf }
                : [custom] fx[READ TRAP] fuel 1;
            /// Writes a leaf of an element in place; traps out of range.
            0x00b4 list_set = ListSet { list: V, idx: V, leaf: Leaf, val: V }
                : [custom] fx[WRITE TRAP] fuel 1;
            /// Writes a leaf of an element of the list if it is not shared, else of a copy; gives
            /// the list written; traps out of range.
            0x00b5 list_put = ListPut { list: V, idx: V, leaf: Leaf, val: V }
                : [custom] fx[READ WRITE ALLOC TRAP SAFEPOINT] fuel 1;
            /// Appends an element to the list if it is not shared, else to a copy; gives the list
            /// written.
            0x00b6 list_push = ListPush { list: V, vals: Vs }
                : [custom] fx[READ WRITE ALLOC TRAP SAFEPOINT] fuel 2;
            /// Removes the last element of the list or, where it is shared, of a copy; gives the
            /// list written and the element's leaves; traps on an empty list.
            0x00b7 list_pop = ListPop { list: V }
                : [custom] fx[READ WRITE ALLOC TRAP SAFEPOINT] fuel 2;

            // Sharing.
            /// Sets the sticky shared bit of an object: the next write to it copies.
            0x00b8 share = Share { obj: V } : [custom] fx[WRITE TRAP] fuel 1;
            /// The object itself if it is not shared, else a copy of one level whose children are
            /// shared.
            0x00b9 unshare = Unshare { obj: V }
                : [custom] fx[READ WRITE ALLOC TRAP SAFEPOINT] fuel 1;

            // Strings.
            /// The number of code points as `i64`.
            0x00c0 str_len = StrLen { s: V } : [custom] fx[PURE] fuel 1;
            /// The number of bytes of a `str` or `bytes` as `i64`.
            0x00c1 str_size = StrSize { s: V } : [custom] fx[PURE] fuel 1;
            /// The byte at `idx` (`i64`) of a `str` or `bytes` as `u8`; traps out of range.
            0x00c2 str_byte = StrByte { s: V, idx: V } : [custom] fx[TRAP] fuel 1;
            /// The code point at `idx` (`i64`) as `u32`; traps out of range.
            0x00c3 str_char = StrChar { s: V, idx: V } : [custom] fx[TRAP] fuel 2;
            /// Whether two strings, or two byte strings, are equal.
            0x00c4 str_eq = StrEq { a: V, b: V } : [custom] fx[PURE] fuel 2;
            /// Compares two strings, or two byte strings: -1, 0 or 1 as `i64`.
            0x00c5 str_cmp = StrCmp { a: V, b: V } : [custom] fx[PURE] fuel 2;
            /// A new string, or byte string, of both operands.
            0x00c6 str_concat = StrConcat { a: V, b: V } : [custom] fx[ALLOC TRAP SAFEPOINT] fuel 4;

            // Globals.
            /// Reads a global.
            0x00d0 global_get = GlobalGet { g: Gl } : [custom] fx[READ] fuel 1;
            /// Writes a mutable global.
            0x00d1 global_set = GlobalSet { g: Gl, val: V } : [custom] fx[WRITE] fuel 1;

            // Closures.
            /// A closure over `f`: its captured values are the first parameters of `f`, the
            /// parameters of the closure type follow.
            0x00d8 closure_new = ClosureNew { ty: Ty, f: Fn, vals: Vs }
                : [custom] fx[ALLOC TRAP SAFEPOINT] fuel 4;

            // Subtyping.
            /// Whether an object is of a type or of a subtype of it; null is of none.
            0x00e0 type_test = TypeTest { obj: V, ty: Ty } : [custom] fx[PURE] fuel 2;
            /// The reference as `ref ty`; traps where the object is not of the type.
            0x00e1 cast = Cast { obj: V, ty: Ty } : [custom] fx[TRAP] fuel 2;
            /// Continues at the first case whose type the object is of; that block gets the cast
            /// reference as its first parameter. Else at `other`.
            0x00e2 type_switch = TypeSwitch { obj: V, cases: TypeCases, other: Target }
                : [custom] fx[END] fuel 3;

            // Interior pointers.
            /// A pointer to a leaf of an object, as a pointer to cell type `ty`; traps on null.
            0x00e8 struct_ptr = StructPtr { ty: Ty, obj: V, leaf: Leaf }
                : [custom] fx[PURE TRAP] fuel 1;
            /// A pointer to a leaf of an array element; traps out of range.
            0x00e9 array_ptr = ArrayPtr { ty: Ty, arr: V, idx: V, leaf: Leaf }
                : [custom] fx[TRAP] fuel 1;
            /// Reads the cell a pointer points to.
            0x00ea ptr_get = PtrGet { p: V } : [custom] fx[READ] fuel 1;
            /// Writes the mutable cell a pointer points to.
            0x00eb ptr_set = PtrSet { p: V, val: V } : [custom] fx[WRITE] fuel 1;
        }
    };
}
