import { createSpelledPattern, type SpelledPattern } from './mask-spelled.ts';

/** What stands in the place of an upstream's key that it sent back: as long as the key, so that a stated length stays true. */
export const echoMaskFor = (key: string): string => '[redacted:upstream-key]'.padEnd(key.length, '*').slice(0, key.length);

const NOTHING = Buffer.alloc(0);

/**
 * Takes the upstream's key out of what the upstream answers, also where the key is cut over many chunks. All other
 * bytes pass unchanged and at once: only a chunk's end that may be the key's beginning waits for the next chunk.
 */
export interface EchoMask {
  /** What may be sent on. */
  push(chunk: Buffer): Buffer;
  /** What was held back and turned out to be harmless. */
  end(): Buffer;
  /** Whether the key was seen. */
  readonly seen: boolean;
  /** Whether bytes wait. */
  readonly holding: boolean;
}

/** Length of the longest end of `chunk` that is a beginning of `needle` and shorter than it. */
const openEnd = (chunk: Buffer, needle: Buffer): number => {
  const first = needle[0] ?? 0;
  const from = Math.max(0, chunk.length - needle.length + 1);
  for (let at = from; at < chunk.length; at++) {
    if (chunk[at] !== first) continue;
    let same = 1;
    while (at + same < chunk.length && chunk[at + same] === needle[same]) same++;
    if (at + same === chunk.length) return same;
  }
  return 0;
};

/** What is looked for and what stands in its place; made once for a key. */
export interface EchoPattern {
  needle: Buffer;
  mask: Buffer;
  /** For streams whose events spell the key. */
  spelled: SpelledPattern;
}

/** @param key the upstream's key, at least eight characters. */
export const createEchoPattern = (key: string): EchoPattern => ({
  needle: Buffer.from(key),
  mask: Buffer.from(echoMaskFor(key)),
  spelled: createSpelledPattern(key),
});

class Mask implements EchoMask {
  readonly #pattern: EchoPattern;
  #held = NOTHING;
  seen = false;

  constructor(pattern: EchoPattern) {
    this.#pattern = pattern;
  }

  get holding(): boolean {
    return this.#held.length > 0;
  }

  push(chunk: Buffer): Buffer {
    const { needle, mask } = this.#pattern;
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const parts: Buffer[] = [];
    let start = 0;
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, start)) {
      this.seen = true;
      parts.push(bytes.subarray(start, at), mask);
      start = at + needle.length;
    }
    const rest = start === 0 ? bytes : bytes.subarray(start);
    const open = openEnd(rest, needle);
    this.#held = open === 0 ? NOTHING : Buffer.from(rest.subarray(rest.length - open));
    const safe = open === 0 ? rest : rest.subarray(0, rest.length - open);
    return parts.length === 0 ? safe : Buffer.concat([...parts, safe]);
  }

  end(): Buffer {
    const rest = this.#held;
    this.#held = NOTHING;
    return rest;
  }
}

export const createEchoMask = (pattern: EchoPattern): EchoMask => new Mask(pattern);
