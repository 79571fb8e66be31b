/** The written forms under which a known value travels. */

/** How a form may be interrupted or spelled otherwise inside a text. */
export type FormKind = 'text' | 'base64' | 'hex';

export interface Form {
  text: string;
  kind: FormKind;
  /** Characters before and after the form that hold a part of the value too (base64 groups shared with a neighbour). */
  lead: number;
  trail: number;
}

const form = (text: string, kind: FormKind, lead = 0, trail = 0): Form => ({ text, kind, lead, trail });

/** Every form of a value: plain, base64 and base64url at three offsets, hex, percent-encoded, JSON-escaped to three levels. */
export function formsOf(value: string): Form[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms = new Map<string, Form>();
  const add = (f: Form): void => {
    if (f.text.length >= 7 && !forms.has(f.text)) forms.set(f.text, f);
  };
  for (const spelling of spellings(value, bytes)) add(form(spelling, 'text'));
  for (const f of base64Forms(bytes)) add(f);
  const hex = bytes.toString('hex');
  const pairs = hex.match(/../g) ?? [];
  for (const text of [hex, pairs.join(' '), pairs.join(':')]) {
    add(form(text, 'hex'));
    add(form(text.toUpperCase(), 'hex'));
  }
  return [...forms.values()];
}

function spellings(value: string, bytes: Buffer): string[] {
  const all = [value];
  // oxlint-disable-next-line no-control-regex -- the range of ASCII is meant
  if (/[^\x00-\x7f]/.test(value)) all.push(bytes.toString('latin1'));
  if (value.includes('\n')) all.push(value.replace(/\r?\n/g, '\r\n'));
  if (/^[\w.~-]+$/.test(value)) return all;
  for (const spelling of [...all]) {
    let json = spelling;
    for (let level = 0; level < 3; level++) {
      json = JSON.stringify(json).slice(1, -1);
      all.push(json, json.replaceAll('/', '\\/'));
    }
  }
  const component = percent(bytes, /[A-Za-z0-9_.!~*'()-]/);
  const strict = percent(bytes, /[A-Za-z0-9_.~-]/);
  const path = percent(bytes, /[A-Za-z0-9_.!~*'()$&+,;=:@/-]/);
  const userinfo = percent(bytes, /[A-Za-z0-9_.!~*'()$&+,%-]/);
  const plus = percent(bytes, /[A-Za-z0-9_.*-]/).replaceAll('%20', '+');
  for (const once of [component, strict, path, userinfo, plus]) {
    const lower = once.replace(/%../g, (code) => code.toLowerCase());
    all.push(once, lower, once.replaceAll('%', '%25'), lower.replaceAll('%', '%25'));
  }
  return all;
}

function percent(bytes: Buffer, plain: RegExp): string {
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    out += byte < 128 && plain.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function base64Forms(bytes: Buffer): Form[] {
  const forms: Form[] = [];
  for (let shift = 0; shift < 3; shift++) {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const head = shift === 0 ? 0 : shift + 1;
    const cut = (shift + bytes.length) % 3 === 0 ? 0 : 1;
    const text = encoded.slice(head, encoded.length - cut);
    const [lead, trail] = [shift === 0 ? 0 : 1, cut];
    forms.push(form(text, 'base64', lead, trail));
    const url = text.replaceAll('+', '-').replaceAll('/', '_');
    if (url !== text) forms.push(form(url, 'base64', lead, trail));
  }
  return forms;
}
