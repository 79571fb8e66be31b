const LINE_BREAKS = /[\t\n\v\f\r]+/g;
/** CSI, OSC and other string sequences, and two-character escapes: after line breaks are gone only ESC and C1 open them. */
const ESCAPE_SEQUENCES = /\u009b[0-?]*[ -/]*[@-~]|\p{Cc}(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_]\P{Cc}*|[ -/]*[0-~])/gu;
const CONTROLS = /\p{Cc}+/gu;
/** Bidirectional overrides, zero-width characters and line separators, which can make a text read as another. */
const INVISIBLE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const DEFAULT_LIMIT = 300;

/**
 * Text from outside as one harmless line: escape sequences, control and invisible characters removed, cut to a length.
 *
 * @param text anything a server, a browser or a plugin said.
 * @param limit most characters to keep, 300 when not given.
 */
export const plainText = (text: string, limit = DEFAULT_LIMIT): string => {
  const clean = text.replace(LINE_BREAKS, ' ').replace(ESCAPE_SEQUENCES, '').replace(CONTROLS, '').replace(INVISIBLE, '').trim();
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
};
