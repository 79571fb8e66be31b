const LINE_BREAKS = /[\t\n\v\f\r]+/g;
/**
 * CSI, OSC and other string sequences, and two-character escapes: after line breaks are gone only ESC and C1 open them.
 * Plain ranges, since a Unicode property class takes longer to compile than the rest of a short program to run.
 */
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /\u009b[0-?]*[ -/]*[@-~]|[\u0000-\u001f\u007f-\u009f](?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0000-\u001f\u007f-\u009f]*|[ -/]*[0-~])/g;
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;
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
