/**
 * Two bits of a byte, in sixteen ways. The tables of the collector have a byte where one would expect a bit: what is in the table
 * is marked there by one of these pairs, so that little else is taken for it.
 */
export const PAIRS = Uint8Array.from({ length: 16 }, (_, i) => (1 << (i & 7)) | (1 << ((i + (i < 8 ? 1 : 3)) & 7)));
