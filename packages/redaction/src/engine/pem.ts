/** Private keys in armour (RFC 7468, OpenPGP RFC 9580, PuTTY). */

/** The line that begins a private key. */
export const KEY_HEADER = /-----BEGIN[ A-Z0-9_-]{0,48}(?:PRIVATE KEY|SECRET KEY)(?: BLOCK)?-{5}/y;
const FOOTER = /-----END[ A-Z0-9_-]{0,48}-{5}/y;
/** Body of an armoured key: base64, header lines, line breaks in any spelling, comment signs, quotes and joins of source code. */
const NOT_BODY = /[^A-Za-z0-9+/=\s\\"'`:,.\-_*#|<>;()%$]/;
const LONGEST = 65_536;
const LEAST_BODY = 24;

export interface Armour {
  start: number;
  end: number;
  /** True when neither footer nor foreign text came before the end of the data. */
  open: boolean;
}

/** Remembers where the next footer and header stand, so that many headers without footers stay linear. */
export class ArmourFinder {
  #footer = -1;
  #header = -1;

  find(text: string, at: number, to: number): Armour | undefined {
    KEY_HEADER.lastIndex = at;
    const header = KEY_HEADER.exec(text);
    if (header === null) return undefined;
    const from = at + header[0].length;
    if (from >= to) return { start: at, end: to, open: true };
    if (this.#footer < from) this.#footer = placeOf(text, '-----END', from);
    if (this.#header < from) this.#header = placeOf(text, '-----BEGIN', from);
    FOOTER.lastIndex = this.#footer;
    const footer = this.#footer < Math.min(to, this.#header, from + LONGEST) ? FOOTER.exec(text) : null;
    const length = footer === null ? bodyLength(text.slice(from, Math.min(to, this.#header, from + LONGEST))) : footer.index - from;
    const holdsKey = keyCharacters(text.slice(from, from + Math.min(length, 400))) >= LEAST_BODY;
    if (footer !== null) return holdsKey ? { start: at, end: footer.index + footer[0].length, open: false } : undefined;
    const open = from + length >= to;
    return holdsKey || open ? { start: at, end: from + length, open } : undefined;
  }
}

function placeOf(text: string, literal: string, from: number): number {
  const place = text.indexOf(literal, from);
  return place < 0 ? Infinity : place;
}

/** How much of a text still belongs to an armoured key whose footer is missing. */
export function bodyLength(body: string): number {
  const end = body.search(NOT_BODY);
  return end < 0 ? body.length : end;
}

const keyCharacters = (body: string): number =>
  (body.replace(/[A-Za-z-]+:[^\n\\]*/g, '').match(/[A-Za-z0-9+/]{8,}/g) ?? []).join('').length;
