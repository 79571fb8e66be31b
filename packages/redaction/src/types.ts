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

/** One piece of a token: fixed text, one of several texts, or characters of a class (`least` to `most` of them). */
export type FormatPart = string | readonly string[] | { of: string; least: number; most: number };

/** One published token format, as data. */
export interface Format {
  /** Rule name as it stands in masks and reports: `[redacted:<id>]`. */
  id: string;
  /** Where the shape is published. */
  source: string;
  /** What a token is made of: its literals, and its alphabets with their lengths. */
  parts: readonly FormatPart[];
  /** Which part is the literal that the format is found by; three or more characters. */
  anchor: number;
  /** Taken also where letters or digits stand directly in front. */
  glued: boolean;
  /** Longer runs than published are something else. */
  exact?: boolean;
  ignoreCase?: boolean;
  /** Whether a token's own checksum holds. One that does is taken even where it is glued to other text. */
  checksum?: (token: string) => boolean;
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

/** The JSON text of a masked value. */
export interface JsonResult {
  json: string;
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
