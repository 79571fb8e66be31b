const LINE_BREAKS = /[\t\n\v\f\r]+/g;
/**
 * ECMA-48: control sequences, strings up to BEL or ST, and two-character escapes. Plain ranges, since a Unicode property
 * class takes longer to compile than the rest of a short program to run.
 */
const ESCAPE_SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;
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
