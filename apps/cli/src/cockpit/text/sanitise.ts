/** An escape sequence that has not ended after so many characters is not one. */
const LONGEST_SEQUENCE = 4_096;

// ESC and C1 openers: string sequences (OSC, DCS, SOS, PM, APC) run to BEL or ST, CSI to its final byte (ECMA-48 5.4 and 5.6).
const SEQUENCE =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[\u0030-\u003f]*[\u0020-\u002f]*[\u0040-\u007e]|\u001b[\u0020-\u002f]*[\u0030-\u007e]/g;
const OPEN_AT_END =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b(?:[\]PX^_][^\u0007\u001b\u009c]*\u001b?|\[[\u0020-\u003f]*|[\u0020-\u002f]*)|[\u009d\u0090\u0098\u009e\u009f][^\u0007\u001b\u009c]*\u001b?|\u009b[\u0020-\u003f]*)$/;
const CONTROLS =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// Marks that reorder or hide what is read: bidi embeddings, overrides and isolates (UAX #9), invisible operators, tag characters.
const HIDDEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** Text that cannot do anything to a terminal but be read: no escape sequence, no control but tab and newline, no bidi mark. */
export function sanitise(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(SEQUENCE, '').replace(CONTROLS, '').replace(HIDDEN, '').replaceAll('\t', '    ');
}

/** One line of text from outside: as `sanitise`, with newlines as blanks and at most `limit` characters. */
export function sanitiseLine(text: string, limit = 400): string {
  return sanitise(text).replaceAll('\n', ' ').slice(0, limit);
}

/** Sanitises a text that arrives in pieces: a sequence cut in two by the pieces is still recognised. */
export interface StreamSanitiser {
  push(chunk: string): string;
  /** What was held back, made harmless. */
  end(): string;
}

export function createStreamSanitiser(): StreamSanitiser {
  let held = '';
  return {
    push(chunk) {
      const text = held + chunk;
      const open = OPEN_AT_END.exec(text.slice(-LONGEST_SEQUENCE));
      const cut = open === null ? text.length : text.length - open[0].length;
      // A carriage return may be the first half of a line end, a high surrogate is the first half of a character.
      const end = cut === text.length && /[\r\ud800-\udbff]$/.test(text) ? cut - 1 : cut;
      held = text.slice(end);
      return sanitise(text.slice(0, end));
    },
    end() {
      const rest = sanitise(held);
      held = '';
      return rest;
    },
  };
}
