/** A value that JSON can hold. Everything `object()` and `error()` give back is one. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What one rule masked: its name and how often, never the value. */
export interface Masked {
  rule: string;
  count: number;
}

/** Limits that are applied after masking; what lies beyond one is dropped, never passed. */
export interface Caps {
  /** Levels of nesting kept; deeper values become `[dropped:depth]`. */
  depth?: number;
  /** UTF-16 units kept of each string. */
  string?: number;
  /** Entries kept of each array, map or object. */
  items?: number;
  /** Characters of the whole value as JSON. */
  total?: number;
}

export interface RedactorOptions {
  /** Catalogue of token formats to look for; `false` for none. Default: the whole published catalogue. */
  formats?: readonly Format[] | false;
  /** Further names whose values are secret, in any spelling, besides the built-in ones; `false` for no names at all. */
  keyNames?: readonly string[] | false;
  /** Limits for `object()` and `error()`. Default: depth 64, nothing else. */
  caps?: Caps;
  /** Registry of the exact values in use. Default: the process-wide `knownValues`. */
  known?: KnownRegistry;
}

/** One published token format. */
export interface Format {
  /** Rule name as it stands in masks and reports: `[redacted:<id>]`. */
  id: string;
  /** Where the shape is published. */
  source: string;
  /** Literal text that every token of the format holds near its start (three or more characters); several where it has variants. */
  anchors: readonly string[];
  /** Regular expression source of a whole token; group `secret`, where present, is the part to mask. */
  pattern: string;
  /** How many characters before the anchor a token may begin. Default 0. */
  lead?: number;
  /** Whether the anchor and pattern ignore case. */
  ignoreCase?: boolean;
  /** What a token must look like besides: mixed letters and digits for weak anchors. */
  mixed?: boolean;
  /** True when the token's own checksum holds. A token that carries a valid one is taken even where it is glued to other text. */
  checksum?: (token: string) => boolean;
  /** Length in characters of a whole token, as published: [least, most]. */
  length: readonly [number, number];
  /** Characters of the secret part, as a character class body such as `A-Za-z0-9`. */
  alphabet: string;
}

/** One exact value in use and the name under which it is masked. */
export interface KnownEntry {
  readonly value: string;
  readonly label: string;
}

/** A registry of exact values that may grow at any time. */
export interface KnownRegistry {
  /** Adds a value; returns false when it is too short (under 8 characters) to be looked for without harm. */
  register(value: string, label: string): boolean;
  /** All entries in order of registration. */
  entries(): readonly KnownEntry[];
  /** Grows by one with each new entry. */
  readonly version: number;
}

export interface TextResult {
  text: string;
  masked: Masked[];
}

export interface ObjectResult {
  value: Json;
  masked: Masked[];
}

/** An error as data: name, message, stack, cause and own fields, all masked. */
export interface ErrorResult {
  value: Json;
  masked: Masked[];
}

/** Incremental redaction of text in pieces. */
export interface ChunkRedactor {
  /** Takes the next piece and returns what can be released by now. */
  write(chunk: string): string;
  /** Returns the rest. */
  end(): string;
  /** What was masked so far. */
  masked(): Masked[];
}
