const ESC = 0x1b;
const BEL = 0x07;
/** C1 forms of CSI and of the string openers DCS, SOS, OSC, PM, APC (ECMA-48, 5.3). */
const CSI = 0x9b;
const STRINGS = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f]);
const ST = 0x9c;
/** A string sequence that has not ended after so many characters never does: what follows is text again. */
const LONGEST_STRING = 4_096;

/** Marks that reorder or hide what is read: bidirectional embeddings and isolates (UAX #9), zero-width and tag characters. */
const HIDDEN = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;

type State = 'text' | 'escape' | 'control' | 'string' | 'string-escape';

/** Text that comes in pieces, without escape sequences (ECMA-48), control characters but tab and newline, and invisible marks. */
export interface PlainText {
  push(piece: string): string;
}

/** What stands in the text outside of any sequence. */
const visible = (code: number): boolean => (code >= 0x20 ? code < 0x7f || code > 0x9f : code === 0x09 || code === 0x0a);

/** A sequence that is cut in two by the pieces is still recognised: only its state is kept between them. */
export const createPlainText = (): PlainText => {
  let state: State = 'text';
  let length = 0;

  const afterEscape = (code: number): State => {
    if (code === 0x5b) return 'control';
    if (code === 0x5d || code === 0x50 || code === 0x58 || code === 0x5e || code === 0x5f) return 'string';
    return code >= 0x20 && code <= 0x2f ? 'escape' : 'text';
  };
  const inString = (code: number): State => {
    length += 1;
    if (code === BEL || code === ST || length > LONGEST_STRING) return 'text';
    return code === ESC ? 'string-escape' : 'string';
  };
  const inText = (code: number): State => {
    if (code === ESC) return 'escape';
    if (code === CSI) return 'control';
    return STRINGS.has(code) ? 'string' : 'text';
  };
  const next = (code: number): State => {
    switch (state) {
      case 'text':
        return inText(code);
      case 'escape':
        length = 0;
        return code === ESC ? 'escape' : afterEscape(code);
      case 'control':
        if (code === ESC) return 'escape';
        return code >= 0x20 && code <= 0x3f ? 'control' : 'text';
      case 'string':
        return inString(code);
      case 'string-escape':
        return code === 0x5c ? 'text' : inString(code);
    }
  };
  return {
    push(piece) {
      let out = '';
      for (let index = 0; index < piece.length; index += 1) {
        const code = piece.charCodeAt(index);
        const before = state;
        state = next(code);
        if (before === 'text' && state === 'text' && visible(code)) out += piece[index] ?? '';
      }
      return out.replace(HIDDEN, '');
    },
  };
};

/** A whole text as one harmless line of at most `limit` characters. */
export const plainLine = (text: string, limit: number): string => {
  const line = createPlainText().push(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1).toWellFormed()}…` : line;
};
