const ESCAPE_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;
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
  const clean = text.replace(ESCAPE_SEQUENCES, '').replace(CONTROLS, ' ').replace(INVISIBLE, '').trim();
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
};
