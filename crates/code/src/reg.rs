//! The table of register operations: private forms that only lowering makes.
//!
//! A row reads: shape, variant, body name, meaning. A word is `[op:16][a:16][b:16][c:16]`,
//! low bits first; `imm` is the signed field where a slot could stand, `bc` the two upper
//! fields as one 32-bit number. The shape says which fields are slots of which class, and is
//! all that fetching operands and storing results depends on:
//!
//! | shape | meaning |
//! |---|---|
//! | `iii` `iik` `ii` `ik` | integer result a from integer slots b, c or an immediate |
//! | `fff` `ff` `iff` `fi` `i_f` | the same with float slots; the first letter is the result |
//! | `ipool` `fpool` | result a from the constant pool |
//! | `jii` `jik` `ji` `jff` | conditional jump: operands a, b; offset c (`ji`: bc) |
//! | `loops` | counted loop: counter a, limit b, offset c |
//! | `h...` | reads or writes the heap: b, c are operands, `k` is an immediate |
//! | `hset` | object a, immediate b, value c; `hset3`: array a, index b, value c |
//! | `put` `push` | list a in and out, operands b, c; rest of the work is out of line |
//! | `mget` `sget` | integer result a from map b and key c; where that fails, out of line |
//! | `mput` `sput` | map a in and out, key b, value c; rest of the work is out of line |
//! | `gget` `gset` | slot a, global bc |
//! | `ctl` | a body of its own |
//!
//! A trailing `_t` says that the body may trap, `x` that a word with the place of the leaf
//! follows; behind operations on maps stands one with the place of the value. Each opcode
//! has four numbers: bits 0 and 1 say that the first or second operand is in the accumulator
//! (see `emit`). Bodies are in `kaa-exec`, one for each row.

/// Calls `$with!` with all rows.
#[macro_export]
macro_rules! for_each_reg_op {
    ($with:path) => {
        $with! {

            // Moves and constants.
            ii Mov mov "a = b";
            ff MovF movf "a = b, a float";
            ik LoadI loadi "a = imm";
            ipool LoadK loadk "a = constant bc of the pool";
            fpool LoadKF loadkf "a = constant bc of the pool, a float";
            ctl Select select "a = b ? c : slot in the next word";

            // Integer arithmetic, 64-bit.
            iii Add add "a = b + c, wrapping";
            iii Sub sub "a = b - c, wrapping";
            iii Mul mul "a = b * c, wrapping";
            iik AddK addk "a = b + imm, wrapping";
            iik MulK mulk "a = b * imm, wrapping";
            iii_t AddT add_t "a = b + c, traps on signed overflow";
            iii_t SubT sub_t "a = b - c, traps on signed overflow";
            iii_t MulT mul_t "a = b * c, traps on signed overflow";
            iik_t AddKT addk_t "a = b + imm, traps on signed overflow";
            iik_t MulKT mulk_t "a = b * imm, traps on signed overflow";
            iii_t AddTU add_tu "a = b + c, traps on unsigned overflow";
            iii_t SubTU sub_tu "a = b - c, traps on unsigned overflow";
            iii_t MulTU mul_tu "a = b * c, traps on unsigned overflow";
            ii Neg neg "a = -b, wrapping";
            ii_t NegT neg_t "a = -b, traps on signed overflow";
            ii_t AbsT abs_t "a = |b|, traps on signed overflow";
            iii_t DivS div_s "a = b / c towards zero; MIN / -1 wraps";
            iii_t DivST div_st "a = b / c towards zero; traps on overflow";
            iii_t DivU div_u "a = b / c, unsigned";
            iii_t RemS rem_s "a = b rem c, sign of b";
            iii_t RemU rem_u "a = b rem c, unsigned";
            iii_t DivFS div_fs "a = b / c, rounded down; MIN / -1 wraps";
            iii_t DivFST div_fst "a = b / c, rounded down; traps on overflow";
            iii_t RemFS rem_fs "a = b mod c, sign of c";
            iik DivFK div_fk "a = b / imm, rounded down, imm > 0";
            iik RemFK rem_fk "a = b mod imm, imm > 0";
            iik DivSK div_sk "a = b / imm towards zero, imm > 0";
            iik RemSK rem_sk "a = b rem imm, imm > 0";
            iii MinS min_s "a = smaller, signed";
            iii MaxS max_s "a = larger, signed";
            iii MinU min_u "a = smaller, unsigned";
            iii MaxU max_u "a = larger, unsigned";

            // Bits, 64-bit.
            iii And and "a = b & c";
            iii Or or "a = b or c";
            iii Xor xor "a = b ^ c";
            iik AndK andk "a = b & imm";
            iik XorK xork "a = b ^ imm";
            ii Not not "a = !b";
            iii Shl shl "a = b << (c & 63)";
            iii ShrS shr_s "a = b >> (c & 63), arithmetic";
            iii ShrU shr_u "a = b >> (c & 63), logical";
            iik ShlK shlk "a = b << imm";
            iik ShrSK shr_sk "a = b >> imm, arithmetic";
            iik ShrUK shr_uk "a = b >> imm, logical";
            iii_t ShlT shl_t "a = b << c, traps out of range and where bits are lost";
            iii_t ShrST shr_st "a = b >> c, arithmetic, traps out of range";
            iii_t ShrUT shr_ut "a = b >> c, logical, traps out of range";
            iii RotL rotl "a = b rotated left by c & 63";
            iii RotR rotr "a = b rotated right by c & 63";
            ii Clz clz "a = leading zeros of b";
            ii Ctz ctz "a = trailing zeros of b";
            ii PopCnt popcnt "a = one bits of b";

            // Narrowing.
            ii Sext8 sext8 "a = low 8 bits of b, sign-extended";
            ii Sext16 sext16 "a = low 16 bits of b, sign-extended";
            ii Sext32 sext32 "a = low 32 bits of b, sign-extended";
            ii Zext8 zext8 "a = low 8 bits of b";
            ii Zext16 zext16 "a = low 16 bits of b";
            ii Zext32 zext32 "a = low 32 bits of b";
            ii_t Ovf8S ovf8_s "a = b, traps as overflow unless an i8";
            ii_t Ovf16S ovf16_s "a = b, traps as overflow unless an i16";
            ii_t Ovf32S ovf32_s "a = b, traps as overflow unless an i32";
            ii_t Ovf8U ovf8_u "a = b, traps as overflow unless a u8";
            ii_t Ovf16U ovf16_u "a = b, traps as overflow unless a u16";
            ii_t Ovf32U ovf32_u "a = b, traps as overflow unless a u32";
            iik_t Fit fit
                "a = b, traps as conversion unless it fits the integer type imm, signed source";
            iik_t FitU fit_u
                "a = b, traps as conversion unless it fits the integer type imm, unsigned source";

            // Comparison to a value.
            iii EqI eq_i "a = b == c";
            iii NeI ne_i "a = b != c";
            iii LtS lt_s "a = b < c, signed";
            iii LeS le_s "a = b <= c, signed";
            iii LtU lt_u "a = b < c, unsigned";
            iii LeU le_u "a = b <= c, unsigned";
            iik EqK eq_k "a = b == imm";
            iik NeK ne_k "a = b != imm";
            iik LtSK lt_sk "a = b < imm, signed";
            iik GtSK gt_sk "a = b > imm, signed";
            iff FEq f_eq "a = b == c, f64";
            iff FNe f_ne "a = b != c, f64";
            iff FLt f_lt "a = b < c, f64";
            iff FLe f_le "a = b <= c, f64";
            iii F32Eq f32_eq "a = b == c, f32";
            iii F32Ne f32_ne "a = b != c, f32";
            iii F32Lt f32_lt "a = b < c, f32";
            iii F32Le f32_le "a = b <= c, f32";

            // Floating point.
            fff FAdd f_add "a = b + c";
            fff FSub f_sub "a = b - c";
            fff FMul f_mul "a = b * c";
            fff FDiv f_div "a = b / c";
            ff FNeg f_neg "a = -b";
            ff FAbs f_abs "a = |b|";
            ff FSqrt f_sqrt "a = square root of b";
            ff FFloor f_floor "a = b rounded down";
            ff FCeil f_ceil "a = b rounded up";
            ff FTrunc f_trunc "a = b rounded towards zero";
            ff FRound f_round "a = b rounded to nearest, ties to even";
            fff FMin f_min "a = smaller, NaN wins";
            fff FMax f_max "a = larger, NaN wins";
            fff FCopySign f_copysign "a = magnitude of b, sign of c";
            iii F32Add f32_add "a = b + c";
            iii F32Sub f32_sub "a = b - c";
            iii F32Mul f32_mul "a = b * c";
            iii F32Div f32_div "a = b / c";
            ii F32Neg f32_neg "a = -b";
            fi IToF i_to_f "a = b as f64, signed source";
            fi UToF u_to_f "a = b as f64, unsigned source";
            i_f_t FToIT f_to_it "a = b as i64, traps where it does not fit";
            i_f FToF32 f_to_f32 "a = b as f32";
            fi F32ToF f32_to_f "a = b as f64";

            // Branches; offsets are relative to the next word.
            ctl Jmp jmp "jump by imm";
            ji JT jt "jump if a";
            ji JF jf "jump unless a";
            jii JEq j_eq "jump if a == b";
            jii JNe j_ne "jump if a != b";
            jii JLtS j_lt_s "jump if a < b, signed";
            jii JLeS j_le_s "jump if a <= b, signed";
            jii JLtU j_lt_u "jump if a < b, unsigned";
            jii JLeU j_le_u "jump if a <= b, unsigned";
            jik JEqK j_eq_k "jump if a == imm";
            jik JNeK j_ne_k "jump if a != imm";
            jik JLtSK j_lt_sk "jump if a < imm, signed";
            jik JLeSK j_le_sk "jump if a <= imm, signed";
            jik JGtSK j_gt_sk "jump if a > imm, signed";
            jik JGeSK j_ge_sk "jump if a >= imm, signed";
            jik JTestZ j_test_z "jump if a & imm is zero";
            jik JTestNZ j_test_nz "jump if a & imm is not zero";
            jff JFEq j_f_eq "jump if a == b, f64";
            jff JFNe j_f_ne "jump if a != b, f64";
            jff JFLt j_f_lt "jump if a < b, f64";
            jff JFLe j_f_le "jump if a <= b, f64";
            jff JFNLt j_f_nlt "jump unless a < b, f64";
            jff JFNLe j_f_nle "jump unless a <= b, f64";
            loops LoopLt loop_lt "a += 1; jump if a < b, signed";
            loops LoopLe loop_le "a += 1; jump if a <= b, signed";
            loops LoopGt loop_gt "a -= 1; jump if a > b, signed";
            loops LoopGe loop_ge "a -= 1; jump if a >= b, signed";
            ctl Switch switch
                "jump through the table in the next words: a minus the word's base, bc entries";

            // Calls.
            ctl Call call "call function bc with the window at a";
            ctl CallFunc call_func "call the function in slot b with the window at a";
            ctl CallClosure call_closure
                "call the closure in slot b with the window at a, c arguments";
            ctl TailCall tail_call "call function bc in place of this frame, arguments at a";
            ctl TailCallClosure tail_call_closure
                "call the closure in slot b in place of this frame, c arguments at a";
            ctl Native native "call native bc with the window at a";
            ctl Slow slow "run slow operation bc with the window at a";
            ctl Ret0 ret0 "return, results are in place";
            ctl Ret1 ret1 "return the value in a";
            ctl Halt halt "leave the interpreter";
            ctl Lower lower "lower function bc, then enter it";
            ctl Trap trap "trap with code bc";
            ctl Resume resume "continue the trap that was caught last";
            ctl Fuel fuel "use bc units of fuel";
            ctl Count count "count b instructions and c calls";
            ctl Gc gc "collect garbage if a collection is due";
            ctl Hot hot "counter bc goes down; at zero, go on in compiled code where there is some";
            ctl Enter enter "run compiled code bc in this frame, then return";

            // Objects.
            ctl Alloc alloc "a = a new zeroed object of type bc";
            ii_t CheckNull check_null "a = b, traps on null";
            hik Get8 get8 "a = 8 bytes at b + imm";
            hfk GetF get_f "a = f64 at b + imm";
            hik Get4U get4u "a = 4 bytes at b + imm";
            hik Get4S get4s "a = 4 bytes at b + imm, sign-extended";
            hik Get2U get2u "a = 2 bytes at b + imm";
            hik Get2S get2s "a = 2 bytes at b + imm, sign-extended";
            hik Get1U get1u "a = byte at b + imm";
            hik Get1S get1s "a = byte at b + imm, sign-extended";
            hset Set8 set8 "8 bytes at a + imm = c";
            hset Set4 set4 "4 bytes at a + imm = c";
            hset Set2 set2 "2 bytes at a + imm = c";
            hset Set1 set1 "byte at a + imm = c";
            hset SetRef set_ref "reference at a + imm = c, with barrier";
            hset CellSetRef cell_set_ref "reference at a + imm = c, a not the start of an object";
            hii_t ArrGet8 arr_get8 "a = element c of array b, 8 bytes";
            hif_t ArrGetF arr_get_f "a = element c of array b, f64";
            hii_t ArrGet4U arr_get4u "a = element c of array b, 4 bytes";
            hii_t ArrGet4S arr_get4s "a = element c of array b, 4 bytes sign-extended";
            hii_t ArrGet2U arr_get2u "a = element c of array b, 2 bytes";
            hii_t ArrGet2S arr_get2s "a = element c of array b, 2 bytes sign-extended";
            hii_t ArrGet1U arr_get1u "a = element c of array b, 1 byte";
            hii_t ArrGet1S arr_get1s "a = element c of array b, 1 byte sign-extended";
            hiix_t ArrGetX arr_get_x "a = leaf of element c of array b, as the next word says";
            hset3_t ArrSet8 arr_set8 "element b of array a = c, 8 bytes";
            hset3_t ArrSet4 arr_set4 "element b of array a = c, 4 bytes";
            hset3_t ArrSet2 arr_set2 "element b of array a = c, 2 bytes";
            hset3_t ArrSet1 arr_set1 "element b of array a = c, 1 byte";
            hset3_t ArrSetRef arr_set_ref "element b of array a = c, reference with barrier";
            hset3x_t ArrSetX arr_set_x "leaf of element b of array a = c, as the next word says";
            hi ListLen list_len "a = length of list b";
            hii_t ListGet8 list_get8 "a = element c of list b, 8 bytes";
            hif_t ListGetF list_get_f "a = element c of list b, f64";
            hii_t ListGet4U list_get4u "a = element c of list b, 4 bytes";
            hii_t ListGet4S list_get4s "a = element c of list b, 4 bytes sign-extended";
            hii_t ListGet2U list_get2u "a = element c of list b, 2 bytes";
            hii_t ListGet2S list_get2s "a = element c of list b, 2 bytes sign-extended";
            hii_t ListGet1U list_get1u "a = element c of list b, 1 byte";
            hii_t ListGet1S list_get1s "a = element c of list b, 1 byte sign-extended";
            hiix_t ListGetX list_get_x "a = leaf of element c of list b, as the next word says";
            hiix_t ListGetX8 list_get_x8
                "a = 8-byte leaf of element c of list b, as the next word says";
            hifx_t ListGetXF list_get_xf
                "a = f64 leaf of element c of list b, as the next word says";
            hset3x_t ListSetX list_set_x
                "leaf of element b of list a = c in place, as the next word says";
            put ListPut8 list_put8
                "element b of list a = c, 8 bytes; a shared list is copied first";
            put ListPut4 list_put4 "element b of list a = c, 4 bytes";
            put ListPut2 list_put2 "element b of list a = c, 2 bytes";
            put ListPut1 list_put1 "element b of list a = c, 1 byte";
            put ListPutRef list_put_ref "element b of list a = c, reference with barrier";
            putx ListPutX list_put_x "leaf of element b of list a = c, as the next word says";
            putx ListPutX8 list_put_x8
                "8-byte leaf of element b of list a = c, as the next word says";
            push ListPush8 list_push8 "append b to list a, 8 bytes; a shared list is copied first";
            push ListPush4 list_push4 "append b to list a, 4 bytes";
            push ListPush2 list_push2 "append b to list a, 2 bytes";
            push ListPush1 list_push1 "append b to list a, 1 byte";
            push ListPushRef list_push_ref "append b to list a, reference with barrier";
            mget MapGet map_get "a = value of integer key c in map b, which must have it";
            mget MapGetOr map_get_or
                "a = value of integer key c in map b, or the slot the next word names";
            mget MapHas map_has "a = whether map b has integer key c";
            mput MapPut map_put "value of integer key b in map a = c; a shared map is copied first";
            sget MapStrGet map_str_get "a = value of string c in map b, which must have it";
            sget MapStrGetOr map_str_get_or
                "a = value of string c in map b, or the slot the next word names";
            sget MapStrHas map_str_has "a = whether map b has string c as a key";
            sput MapStrPut map_str_put
                "value of string b in map a = c; a shared map is copied first";
            hi TypeOf type_of "a = heap type number of object b";
            hi ArrLen arr_len "a = length of array b";
            hi StrLen str_len "a = code points of string b";
            hi StrSize str_size "a = bytes of string b";
            hii_t StrByte str_byte "a = byte c of string b";
            hii StrEq str_eq "a = whether strings b and c are equal";
            hii IsType is_type "a = whether object b is of the heap type number c; null is of none";
            hi Shared share "sets the shared bit of b; a = b";
            unshare Unshare unshare "a = b if not shared, else a copy";

            // Globals.
            gget GlobalGet global_get "a = global bc";
            gset GlobalSet global_set "global bc = a";
        }
    };
}

macro_rules! derive_reg_ops {
    ($($shape:ident $camel:ident $body:ident $doc:literal;)*) => {
        /// A register operation.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum RegOp {
            $(#[doc = $doc] $camel,)*
        }

        impl RegOp {
            /// All operations in the order of their numbers.
            pub const ALL: &'static [RegOp] = &[$(RegOp::$camel),*];

            /// The name in listings.
            pub fn name(self) -> &'static str {
                match self { $(RegOp::$camel => stringify!($body)),* }
            }

            /// How operands are laid out in the word.
            pub fn shape(self) -> Shape {
                match self { $(RegOp::$camel => Shape::$shape),* }
            }
        }
    };
}

/// How a word is laid out; see the file head.
#[allow(non_camel_case_types, reason = "the names are those of the table")]
#[allow(missing_docs, reason = "the file head has a table of all shapes")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    iii,
    iii_t,
    iik,
    iik_t,
    ii,
    ii_t,
    ik,
    ipool,
    fpool,
    fff,
    ff,
    iff,
    fi,
    i_f,
    i_f_t,
    jii,
    jik,
    ji,
    jff,
    loops,
    hi,
    hii,
    hii_t,
    hif_t,
    hiix_t,
    hifx_t,
    hik,
    hfk,
    hset,
    hset3_t,
    hset3x_t,
    put,
    putx,
    push,
    mget,
    mput,
    sget,
    sput,
    unshare,
    gget,
    gset,
    ctl,
}

crate::for_each_reg_op!(derive_reg_ops);

/// Entries of the dispatch table: a power of two, four for each operation.
pub const TABLE_SIZE: usize = 1024;

const _: () = assert!(RegOp::ALL.len() * 4 <= TABLE_SIZE);

impl RegOp {
    /// Whether the operation works through a window of slots at `a`.
    pub fn has_window(self) -> bool {
        use RegOp::*;
        let calls = matches!(self, Call | CallFunc | CallClosure | TailCall | TailCallClosure);
        calls || matches!(self, Native | Slow)
    }

    /// The words of an instruction, those that belong to it included.
    pub fn words(self) -> usize {
        match self {
            RegOp::Select | RegOp::Switch => 2,
            op => 1 + usize::from(op.shape().has_extra_word()),
        }
    }
}

impl Shape {
    /// Whether the word after the instruction belongs to it.
    pub fn has_extra_word(self) -> bool {
        use Shape::*;
        matches!(self, hiix_t | hifx_t | hset3x_t | putx | mget | mput | sget | sput)
    }

    /// The accumulator that holds the result: `Some(false)` integer, `Some(true)` float.
    pub fn result_is_float(self) -> Option<bool> {
        use Shape::*;
        match self {
            iii | iii_t | iik | iik_t | ii | ii_t | ik | ipool | iff | i_f | i_f_t | loops => {
                Some(false)
            }
            hi | hii | hii_t | hiix_t | hik | mget | sget | gget => Some(false),
            fff | ff | fi | fpool | hif_t | hifx_t | hfk => Some(true),
            _ => None,
        }
    }
}
