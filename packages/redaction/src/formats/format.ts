import type { Format, FormatPart } from '../types.ts';

type Characters = Extract<FormatPart, { of: string }>;

/** A number of characters of a class: exactly `least`, or up to `most`. */
export const chars = (of: string, least: number, most = least): Characters => ({ of, least, most });
export const alnum = (least: number, most = least): Characters => chars('A-Za-z0-9', least, most);
export const hex = (least: number, most = least): Characters => chars('a-f0-9', least, most);
export const word = (least: number, most = least): Characters => chars('A-Za-z0-9_-', least, most);

export interface FormatOptions {
  /** Taken also where it is glued to letters in front. Default: true when the first literal has four characters and a sign, or begins with one. */
  glued?: boolean;
  /** Longer runs than published are not taken. Default: they are, so that nothing of a longer token remains. */
  exact?: boolean;
  ignoreCase?: boolean;
  checksum?: (token: string) => boolean;
}

/** Declares a format: its rule name, where it is published, and its parts. The longest literal is what it is found by. */
export function format(id: string, source: string, parts: readonly FormatPart[], options: FormatOptions = {}): Format {
  const literal = anchorOf(parts);
  const first = parts[0];
  const strong =
    Array.isArray(first) || typeof first === 'string'
      ? [first].flat().every((text) => (text.length >= 4 && /[_.-]/.test(text)) || /^[^A-Za-z0-9]/.test(text))
      : false;
  return { id, source, parts, anchor: literal, glued: options.glued ?? strong, ...omit(options) };
}

function omit(options: FormatOptions): Pick<Format, 'exact' | 'ignoreCase' | 'checksum'> {
  const { exact, ignoreCase, checksum } = options;
  return { ...(exact && { exact }), ...(ignoreCase && { ignoreCase }), ...(checksum && { checksum }) };
}

function anchorOf(parts: readonly FormatPart[]): number {
  let best = -1;
  let length = 2;
  parts.forEach((part, index) => {
    if (typeof part === 'object' && 'of' in part) return;
    const shortest = Math.min(...[part].flat().map((text) => text.length));
    if (shortest > length && best < 0) [best, length] = [index, shortest];
  });
  if (best < 0) throw new RangeError('a format needs a literal of three characters');
  return best;
}

/** What stands for a token in examples: `xxxxxxxx`, `your-...`. */
const NO_STAND_IN = '(?![xX0*]{8}|(?:[yY]our|YOUR)[-_]|[xX]{4,}[-_]|[\\w+/-]{0,48}(?:EXAMPLE|X{16}))';

/** The regular expression of a whole token. The last run takes more than published unless the format is exact. */
export function patternOf(format: Format): string {
  const last = format.parts.length - 1;
  const body = format.parts.map((part, index) => {
    if (typeof part === 'string') return escape(part);
    if ('of' in part) {
      const most = index === last && !format.exact ? '' : part.most;
      return `${index === last && part.least >= 16 ? NO_STAND_IN : ''}[${part.of}]{${part.least}${part.least === part.most && most !== '' ? '' : `,${most}`}}`;
    }
    return `(?:${[...part]
      .sort((a, b) => b.length - a.length)
      .map(escape)
      .join('|')})`;
  });
  const end = format.parts[last];
  const guard = format.exact && typeof end === 'object' && 'of' in end ? `(?![${end.of}])` : '';
  return body.join('') + guard;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** How many characters before its anchor a token may begin. */
export function leadOf(format: Format): number {
  let lead = 0;
  for (const part of format.parts.slice(0, format.anchor)) {
    if (typeof part === 'string') lead += part.length;
    else if ('of' in part) lead += part.most;
    else lead += Math.max(...part.map((text) => text.length));
  }
  return lead;
}

/** Least and most characters of a token as published. */
export function lengthOf(format: Format): [number, number] {
  let [least, most] = [0, 0];
  for (const part of format.parts) {
    if (typeof part === 'object' && 'of' in part) {
      least += part.least;
      most += part.most;
      continue;
    }
    const lengths = [part].flat().map((text) => text.length);
    least += Math.min(...lengths);
    most += Math.max(...lengths);
  }
  return [least, most];
}
