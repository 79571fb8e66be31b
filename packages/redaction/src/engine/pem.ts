/** Private keys in armour (RFC 7468, OpenPGP RFC 9580, PuTTY). */

const HEADER = /-----BEGIN[ A-Z0-9_-]{0,48}(?:PRIVATE KEY|SECRET KEY)(?: BLOCK)?-{5}/y;
const FOOTER = /-----END[ A-Z0-9_-]{0,48}-{5}/;
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

/** Keeps the place of the last footer found, so that many headers without footers stay linear. */
export class ArmourFinder {
  #noFooterFrom = Infinity;

  find(text: string, at: number, to: number): Armour | undefined {
    HEADER.lastIndex = at;
    const header = HEADER.exec(text);
    if (header === null) return undefined;
    const start = at;
    const bodyStart = at + header[0].length;
    if (bodyStart >= to) return { start, end: to, open: true };
    const body = text.slice(bodyStart, Math.min(to, bodyStart + LONGEST));
    const footer = bodyStart >= this.#noFooterFrom ? null : FOOTER.exec(body);
    if (footer === null && bodyStart + LONGEST >= to) this.#noFooterFrom = Math.min(this.#noFooterFrom, bodyStart);
    const length = footer === null ? bodyLength(body) : footer.index;
    const holdsKey = keyCharacters(body.slice(0, Math.min(length, 400))) >= LEAST_BODY;
    if (footer !== null) return holdsKey ? { start, end: bodyStart + footer.index + footer[0].length, open: false } : undefined;
    const open = bodyStart + length >= to;
    return holdsKey || open ? { start, end: bodyStart + length, open } : undefined;
  }
}

/** How much of a text still belongs to an armoured key whose footer is missing. */
export function bodyLength(body: string): number {
  const next = body.indexOf('-----BEGIN');
  const end = body.search(NOT_BODY);
  return Math.min(next < 0 ? body.length : next, end < 0 ? body.length : end);
}

const keyCharacters = (body: string): number =>
  (body.replace(/[A-Za-z-]+:[^\n\\]*/g, '').match(/[A-Za-z0-9+/]{8,}/g) ?? []).join('').length;
