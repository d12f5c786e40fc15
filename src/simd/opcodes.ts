/**
 * The SIMD instructions of WebAssembly that take vectors and give a vector, by name. Numbers are from the core
 * specification, 2.0 (fixed-width) and 3.0 (relaxed).
 *
 * @module
 */

/** Names in the order of their numbers, beginning at the number before them; a dash is a number that is not used. */
const TABLE: readonly (readonly [from: number, names: string])[] = [
  [0x0e, "i8x16.swizzle"],
  [
    0x23,
    "i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u",
  ],
  [
    0x2d,
    "i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u",
  ],
  [
    0x37,
    "i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u",
  ],
  [0x41, "f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge"],
  [0x47, "f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge"],
  [0x4d, "v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect"],
  [0x5e, "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4"],
  [0x60, "i8x16.abs i8x16.neg i8x16.popcnt"],
  [0x65, "i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest"],
  [
    0x6e,
    "i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u f64x2.ceil f64x2.floor",
  ],
  [0x76, "i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc i8x16.avgr_u"],
  [0x80, "i16x8.abs i16x8.neg"],
  [0x85, "i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u"],
  [
    0x87,
    "i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u",
  ],
  [
    0x8e,
    "i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest i16x8.mul",
  ],
  [0x96, "i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u"],
  [
    0x9c,
    "i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u",
  ],
  [0xa0, "i32x4.abs i32x4.neg"],
  [
    0xa7,
    "i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u",
  ],
  [0xae, "i32x4.add"],
  [0xb1, "i32x4.sub"],
  [0xb5, "i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u"],
  [0xc0, "i64x2.abs i64x2.neg"],
  [
    0xc7,
    "i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u",
  ],
  [0xce, "i64x2.add"],
  [0xd1, "i64x2.sub"],
  [0xd5, "i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s"],
  [
    0xdc,
    "i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u",
  ],
  [
    0xe0,
    "f32x4.abs f32x4.neg - f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax",
  ],
  [
    0xec,
    "f64x2.abs f64x2.neg - f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax",
  ],
  [0xf8, "i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u"],
  [
    0xfc,
    "i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u",
  ],
  [0x105, "f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd"],
  [
    0x109,
    "i8x16.relaxed_laneselect i16x8.relaxed_laneselect i32x4.relaxed_laneselect i64x2.relaxed_laneselect",
  ],
];

/** The number of each instruction. */
export const SIMD_OPCODES: ReadonlyMap<string, number> = new Map(
  TABLE.flatMap(([from, names]) => names.split(" ").map((name, k): [string, number] => [name, from + k])),
);

/** Shifts of each lane by one count for all. */
export const SHIFT_OPCODES = {
  "i8x16.shl": 0x6b,
  "i8x16.shr_s": 0x6c,
  "i8x16.shr_u": 0x6d,
  "i16x8.shl": 0x8b,
  "i16x8.shr_s": 0x8c,
  "i16x8.shr_u": 0x8d,
  "i32x4.shl": 0xab,
  "i32x4.shr_s": 0xac,
  "i32x4.shr_u": 0xad,
  "i64x2.shl": 0xcb,
  "i64x2.shr_s": 0xcc,
  "i64x2.shr_u": 0xcd,
} as const;

/** A shift. */
export type ShiftName = keyof typeof SHIFT_OPCODES;

/** A scalar instruction of two operands, or of one. */
export const SCALAR_OPCODES = {
  "i32.clz": 0x67,
  "i32.div_s": 0x6d,
  "i32.div_u": 0x6e,
  "i32.rem_s": 0x6f,
  "i32.rem_u": 0x70,
  "i32.shl": 0x74,
  "i32.shr_s": 0x75,
  "i32.shr_u": 0x76,
  "i64.div_s": 0x7f,
  "i64.div_u": 0x80,
  "i64.rem_s": 0x81,
  "i64.rem_u": 0x82,
  "i64.shl": 0x86,
  "i64.shr_s": 0x87,
  "i64.shr_u": 0x88,
  // Conversions of one number of 64 bits, which are rounded once.
  "f32.convert_i64_s": 0xb4,
  "f32.convert_i64_u": 0xb5,
  "f64.convert_i64_s": 0xb9,
  "f64.convert_i64_u": 0xba,
} as const;

/** A scalar instruction that can be applied to lanes one by one. */
export type ScalarName = keyof typeof SCALAR_OPCODES;

/** How vectors are looked at: the width of lanes, and how one is taken out of, and put back into, a vector. */
export const LANE_ACCESS = {
  "i8x16_s": { lanes: 16, extract: 0x15, replace: 0x17 },
  "i8x16_u": { lanes: 16, extract: 0x16, replace: 0x17 },
  "i16x8_s": { lanes: 8, extract: 0x18, replace: 0x1a },
  "i16x8_u": { lanes: 8, extract: 0x19, replace: 0x1a },
  "i32x4": { lanes: 4, extract: 0x1b, replace: 0x1c },
  "i64x2": { lanes: 2, extract: 0x1d, replace: 0x1e },
  "f32x4": { lanes: 4, extract: 0x1f, replace: 0x20 },
  "f64x2": { lanes: 2, extract: 0x21, replace: 0x22 },
} as const;

/** A way of looking at vectors. */
export type LaneAccess = keyof typeof LANE_ACCESS;
