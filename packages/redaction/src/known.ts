import type { KnownEntry, KnownRegistry } from './types.ts';

/** Values shorter than this are not registered: they would match ordinary text. */
export const SHORTEST_KNOWN = 8;

/**
 * Makes a registry of exact values in use.
 *
 * @param onTooShort called once, with the label, when the first value under 8 characters is turned away
 */
export function createKnownValues(onTooShort?: (label: string) => void): KnownRegistry {
  const entries: KnownEntry[] = [];
  const seen = new Set<string>();
  let warned = false;
  return {
    register(value, label) {
      if (value.length < SHORTEST_KNOWN) {
        if (!warned) onTooShort?.(label);
        warned = true;
        return false;
      }
      if (seen.has(value)) return true;
      seen.add(value);
      entries.push({ value, label: cleanLabel(label) });
      return true;
    },
    entries: () => entries,
    get version() {
      return entries.length;
    },
  };
}

function cleanLabel(label: string): string {
  return label.replace(/[^\w./@-]+/g, '-').slice(0, 64);
}

/** The process-wide registry that every `Secret` feeds and every redactor reads unless told otherwise. */
export const knownValues: KnownRegistry = createKnownValues();
