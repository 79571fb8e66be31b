import type { Found } from './context.ts';
import type { NameClass } from './names.ts';
import { endOf } from './places.ts';
import type { Text } from './text.ts';
import { lettersCounted, lettersIn } from './words.ts';
import { isCode, isComplex, isMixed, isPassword, isPlaceholder, isScattered, isUuid, looksRandom } from './values.ts';

/* What stands behind a name: where it ends, and whether it is a secret. */

/** The most of a value that is looked at. */
export const LONGEST_VALUE = 4096;

/** What Jenkins keeps encrypted, `<secret>{AQAAABAAAA...=}</secret>`: the words between the braces, when one of them looks generated. */
const SEALED = /\{([^{}<>\n]{16,4096})\}\s{0,8}</y;

export function sealed(text: Text, at: number, kind: NameClass): Found | undefined {
  const end = endOf(SEALED, text.string, at);
  if (end < 0) return undefined;
  const inner = text.slice(at + 1, text.string.lastIndexOf('}', end));
  if (!inner.split(/\s+/).some((word) => word.length >= 16 && looksRandom(word, 16) && !isCode(word, ''))) return undefined;
  return { start: at + 1, end: at + 1 + inner.length, open: false, rule: kind === 'password' ? 'password' : 'secret' };
}

/** What an argument, a call or an array takes to be a secret: plain words stand there too often. */
export const isMixedFor = (kind: NameClass, value: string): boolean =>
  kind === 'password'
    ? isMixed(value) || (value.length >= 10 && isScattered(value))
    : !isCode(value, '') && value.length >= 12 && (value.length >= 16 || /\d.*\d/.test(value));

/** Whether a quoted value repeats the end of its name: `CHALLENGE_PASSWORD: 'challengePassword'`. */
export const isOwnName = (value: string, name: string): boolean =>
  value.length > 5 && /^[A-Za-z_-]+$/.test(value) && plainWord(name).endsWith(plainWord(value));

const plainWord = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Whether a value is its own name, or holds it: `password: rawPassword`. */
export function isSameName(value: string, name: string): boolean {
  if (value.length > 64) return false;
  if (value === name && /[A-Za-z0-9]{4}/.test(value)) return true;
  // One holds the other only where it has all of its letters, and more of them.
  const mine = lettersIn(value);
  const length = lettersCounted();
  const its = lettersIn(name);
  const both = mine & its;
  if ((both !== mine && both !== its) || (mine !== its && length === lettersCounted())) return false;
  const [one, other] = [plainWord(value), plainWord(name)];
  return (one.length > 3 && other.includes(one)) || (other.length > 5 && one.includes(other));
}

/** A word with a number, as in tests. */
const NUMBERED = /^(?:secret|token|key|api[-_]?key|auth|access|refresh)[-_]?\d{1,6}$/i;
/** The key of a cache: words and a digest. */
const CACHE_KEY = /^(?:[\w.]+-)*[a-z]{3,}-[0-9a-f]{32,}$/i;
const URL_VALUE = /^[a-z][a-z0-9+.:-]{1,20}:\/\//i;

/** Whether a value is a secret, given what its name says, whether it was quoted and what comes after it. */
export function isSecretValue(value: string, kind: NameClass, quoted: boolean, next: string): boolean {
  // A URL is judged by its credentials.
  if (value.includes('://') && URL_VALUE.test(value)) return false;
  if (kind === 'password') return isPassword(value, quoted);
  if (isPlaceholder(value)) return false;
  if (!quoted && isCode(value, next)) return false;
  if (NUMBERED.test(value) || (kind === 'weak' && CACHE_KEY.test(value))) return false;
  if (isUuid(value)) return kind === 'secret';
  return looksRandom(value, kind === 'secret' ? 10 : 16) || (quoted && kind === 'secret' && isComplex(value));
}

/** So far a closing quote is looked for sign by sign: it is near as a rule. */
const NEAR = 48;

/** Where a quoted value ends: at its quote, or, but for a threefold one, at the end of the line. */
export function closing(text: Text, start: number, quote: string, to: number): number {
  const limit = Math.min(to, start + LONGEST_VALUE);
  const first = quote.charCodeAt(0);
  const inLine = quote.length < 3;
  const near = Math.min(limit - quote.length, start + NEAR);
  let at = start;
  for (; at <= near; at++) {
    const unit = text.at(at);
    if (unit === first && (quote.length === 1 || text.string.startsWith(quote, at))) return at;
    if (inLine && unit === 10) return at;
  }
  const value = text.slice(at, limit);
  const close = value.indexOf(quote);
  const line = inLine ? (close < 0 ? value : value.slice(0, close)).indexOf('\n') : -1;
  if (line >= 0) return at + line;
  return close >= 0 ? at + close : limit;
}

/** Whether one of the words or parameters of a header's value looks generated. */
export function holdsGenerated(value: string): boolean {
  for (const [word] of value.matchAll(HEADER_WORD)) {
    const part = word.replace(/[.:]+$/, '');
    if (part.length < 6 || (part.length < 14 && PLAIN.test(part)) || isPlaceholder(part)) continue;
    if (looksRandom(part, 8) || (isMixed(part) && /\d/.test(part) && part.length >= 8 && !VERSIONED.test(part)) || isScattered(part))
      return true;
  }
  return false;
}
/** A word of prose. */
const PLAIN = /^[A-Za-z]?[a-z]+$/;
const HEADER_WORD = /[^\s=,;"'()]{6,1024}=*/g;
const VERSIONED = /^\W?\d|\/\d|^\w+:\/\//;
/** A call or a type of source code. */
export const CODE = /^[A-Za-z_$][\w$.]*(?:\(|\[| [|?&:])/;
/** The rest of a line, up to a quote that is not the one of a parameter such as `response="..."`. */
export const HEADER_VALUE = /(?:[^\r\n"'`\\<>=]|=(?:"[^"\r\n]{0,1024}")?)*/y;
