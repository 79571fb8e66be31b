/** Where the numbers of a request are, in bytes from its begin; `src/engine/collector.ts` writes and reads the same. */
export const BASE: usize = 0; // first byte of the block
export const LENGTH: usize = 4; // bytes to look at
export const LOW: usize = 8; // first readable byte of text
export const HIGH: usize = 12; // end of the text that is there
export const GRAM_BITS: usize = 16;
export const GRAM_KEYS: usize = 20;
export const SLOTS: usize = 28;
export const PROBES: usize = 32;
export const WORD_BITS: usize = 36;
export const WORD_SHIFT: usize = 40;
export const WORD_CHECKS: usize = 44;
export const CHECK_SHIFT: usize = 48;
export const WORDS: usize = 52;
export const WORD_COUNT: usize = 56;
export const CLASSES: usize = 60; // byte classes (256), then nibble tables
export const SCRATCH: usize = 64;
export const AFTER: usize = 120;
export const BEFORE_: usize = 124;
export const LITERALS: usize = 68; // out
export const RUNS: usize = 80;
export const CODES: usize = 84;
// results
export const LITERAL_COUNT: usize = 88;
export const RUN_COUNT: usize = 100;
export const CODE_COUNT: usize = 104;
export const INVISIBLE: usize = 108; // whether an invisible character may be in the text
export const LITERAL_ROOM: usize = 112;
export const GRAM_FROM: usize = 116;
export const GRAM_END: usize = 128;
export const DULL_NAMES: usize = 132;
export const DULL_WORDS: usize = 136;
export const SHORT_BITS: usize = 140;
export const UNITS: usize = 144; // where the text is in units of 16 bits; 0 where it came as bytes
// Tables beside the classes of bytes
export const MARKS: usize = 320; // 1: may stand between a name and its value; 2: first of a token known by its shape
export const SIXES: usize = 576; // values of base64 characters, 255 for others
export const MASKS: usize = 832; // 32 times 255, 32 times 0
export const PAIRS: usize = 896; // two bits in a byte, sixteen times
// Vectors of one number over and over; one that the program makes itself is made anew each time
export const FIFTEENS: usize = 912; // bytes
export const THIRTY_ONES: usize = 928; // bytes
export const WEIGHTS: usize = 944; // bytes: 1 and 32
export const LOWER_BITS: usize = 960; // 16 bits: 0x7fff
export const FACTORS: usize = 976; // 32 bits: A
export const MOST: usize = 992; // 16 bits: 255

export const TELLING: usize = 1024; // bits: first two letters of words that may tell of a value behind a name
export const TELLING_COUNT: usize = 1152;
export const TELLING_WORDS: usize = 1168;

export const MASK_ROOM: usize = 2112; // bytes for the masks of a block, 8 for each 64 bytes of text

export const TABLE_MASK: u32 = 8191;
export const TABLE_SHIFT: u32 = 19;
export const A: u32 = 0x85ebca6b;
export const B: u32 = 0xc2b2ae35;
export const MULT: u32 = 0x9e3779b1;

@inline export function field(c: usize, f: usize): u32 { return load<u32>(c + f); }

@inline export function isName(classes: usize, p: usize): bool { return (load<u8>(classes + <usize>load<u8>(p)) & 64) != 0; }
