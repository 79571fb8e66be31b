import { ALNUM, classIn, DIGIT, HEX, LOWER, UPPER } from './chars.ts';
import { isPlaceholder } from './placeholders.ts';
import { wordiness } from './words.ts';

export { isPlaceholder };

/** What a value is made of. */
export interface Shape {
  length: number;
  digits: number;
  upper: number;
  lower: number;
  hex: number;
  others: number;
  /** Changes between lower case, upper case and digits. */
  turns: number;
  /** Bits per character. */
  entropy: number;
}

const counts = new Uint16Array(256);

/** Measures a value; only its first 256 characters count. */
export function shapeOf(value: string): Shape {
  const length = Math.min(256, value.length);
  const shape: Shape = { length: value.length, digits: 0, upper: 0, lower: 0, hex: 0, others: 0, turns: 0, entropy: 0 };
  let previous = 0;
  for (let i = 0; i < length; i++) {
    const bits = classIn(value, i);
    const unit = value.charCodeAt(i) & 255;
    counts[unit] = (counts[unit] as number) + 1;
    if (bits & HEX) shape.hex++;
    const kind = bits & (DIGIT | UPPER | LOWER);
    if (kind === DIGIT) shape.digits++;
    else if (kind === UPPER) shape.upper++;
    else if (kind === LOWER) shape.lower++;
    else shape.others++;
    if (i > 0 && kind !== previous) shape.turns++;
    previous = kind;
  }
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i) & 255;
    const count = counts[unit] as number;
    if (count > 0) shape.entropy -= (count / length) * Math.log2(count / length);
    counts[unit] = 0;
  }
  return shape;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (value: string): boolean => value.length === 36 && UUID.test(value);

const VERSION = /^v?\d+(?:\.\d+)+|^0x[0-9a-f]{1,8}$|^\d+-\d+$|^\d{4}-\d\d-\d\d|^\d+(?:\.\d+)?[a-z%]{0,3}$/i;
/** Begins with a digit or a `v`. */
function isVersion(value: string): boolean {
  const first = value.length === 0 ? 0 : value.charCodeAt(0);
  return ((first >= 0x30 && first <= 0x39) || (first | 0x20) === 0x76) && VERSION.test(value);
}
const IDENTIFIER = /^[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)*[!?]?$/;
const CONSTANT = /^_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const PATH = /^[\w.@-]*(?:\/[\w.@-]+)+$/;

/** A file with its folder and its kind. */
const FILE = /^[\w@.-]+(?:\/[\w@.-]+)*\/[\w@.-]+\.[a-z]{2,4}\d?$/;

function hasDigit(value: string): boolean {
  for (let i = 0; i < value.length; i++) if ((classIn(value, i) & DIGIT) !== 0) return true;
  return false;
}

/** What a value holds, as bits: brackets, signs that part an identifier, letters of no European alphabet. */
function traitsOf(value: string): number {
  let traits = 0;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit < 128) traits |= TRAITS[unit] as number;
    else if (unit >= 0x250 && unit <= 0xd7ff) traits |= WIDE;
  }
  return traits;
}
const BRACKETS = 1;
const PARTS = 2;
const WIDE = 4;
const TRAITS = new Uint8Array(128);
for (const sign of '()[]{}') TRAITS[sign.charCodeAt(0)] = BRACKETS;
for (const sign of '.:>') TRAITS[sign.charCodeAt(0)] = PARTS;

/** Whether three capitals stand in a value. */
function hasCapitals(value: string): boolean {
  let count = 0;
  for (let i = 0; i < value.length; i++) if ((classIn(value, i) & UPPER) !== 0 && ++count > 2) return true;
  return false;
}

/** Whether a value looks generated: mixed, of high entropy, not a word, a version, a path, a date, an identifier. */
export const looksRandom = (value: string, least: number): boolean => isUnlikely(value, least) && !isWords(value);

function isUnlikely(value: string, least: number): boolean {
  if (value.length < least) return false;
  // Words, long enough or not.
  if (value.length <= 256 && !hasDigit(value) && (value.length < 14 || wordiness(value) >= 0.7)) return false;
  const shape = shapeOf(value);
  if (isVersion(value) || shape.digits === shape.length) return shape.digits === shape.length && shape.length >= 16;
  if (shape.others * 2.2 > shape.length || shape.entropy < 2.5) return false;
  if (/\s/.test(value) || FILE.test(value)) return false;
  const words = wordiness(value);
  if (shape.digits === 0)
    return shape.length >= 14 && shape.entropy > 3.2 && (words < 0.55 || (shape.turns * 3 > shape.length && words < 0.7));
  if (shape.digits >= 3 || shape.hex === shape.length)
    return words < 0.75 || shape.digits * 4 > shape.length || (shape.turns * 2 > shape.length && shape.upper > 2 && shape.lower > 2);
  return words < 0.66 && shape.entropy > 2.7;
}

/** Words with a number in identifiers. */
const NUMBERED = /(?:sha|md|aes|rsa|pkcs|base|utf|x|blake|ed|curve|streebog|salsa|int|v)\d+/gi;

/** Whether a value is an identifier of several words: `openssl_x509_checkpurpose`, `toggle-maximized`. */
function isWords(value: string): boolean {
  if (!/^_*[A-Za-z][A-Za-z0-9]*(?:[_-]+[A-Za-z0-9]+)+$/.test(value)) return false;
  const words = value.replace(/^_+/, '').replace(NUMBERED, 'is').split(/[_-]+/);
  return words.every((word) => /^[A-Za-z]+\d?$/.test(word)) && wordiness(words.join(' ')) > 0.55;
}

/** Whether an unquoted value is code: an identifier, a call, a type, a path. */
export function isCode(value: string, next: string): boolean {
  if (next === '(' || next === '[') return true;
  if (CONSTANT.test(value)) return digitsIn(value) < 6 && wordiness(value) >= 0.4;
  if (IDENTIFIER.test(value)) {
    const digits = digitsIn(value);
    return digits < 3 && wordiness(value) >= (/[.:>]/.test(value) ? (digits === 0 ? 0 : 0.4) : 0.58);
  }
  return PATH.test(value) && wordiness(value) > 0.5 && digitsIn(value) < 4;
}

/** How many digits a value has, other than those of words such as `sha256`. */
function digitsIn(value: string): number {
  if (!hasDigit(value)) return 0;
  const plain = value.replace(NUMBERED, '');
  let digits = 0;
  for (let i = 0; i < plain.length; i++) if ((classIn(plain, i) & DIGIT) !== 0) digits++;
  return digits;
}

/** `word(`, `name.of.member(`, `str)`: what follows a name in code and is no quoted value. */
const CALL = /^[*&]{0,2}[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*|\[\w*\])*[!?]?[()[\]{}]/;
const CLOSING = /[)\]}]+$/;
/** A version or a range of versions. */
const RELEASE = /^[~^<>=]*v?\d+\.\d+(?:\.[\dx]+)?(?:-[\w.]+)?$/;
/** An object identifier of ASN.1. */
const OBJECT_ID = /^\d+(?:\.\d+){3,}$/;
/** A name in a style sheet, or what stands before the colon of a value put together: `#add-password`, `user:`. */
const SELECTOR = /^#[a-z]+(?:-[a-z]+)+$|^[A-Za-z]+:$/;
/** A word as it stands on a button or a label: capital first, small letters after it. */
const LABEL = /^\p{Lu}\p{Ll}+$/u;

const hasSign = (value: string): boolean => {
  for (let i = 0; i < value.length; i++) if ((classIn(value, i) & ALNUM) === 0) return true;
  return false;
};

/** Whether a value holds a digit, or a sign that no identifier and no path has. */
export function isMixed(value: string): boolean {
  return hasDigit(value) || (hasSign(value) && !IDENTIFIER.test(value) && !PATH.test(value) && !/^[\w-]+$/.test(value));
}

/** Whether the value of a password field is a real password, given that it was quoted or not. */
export function isPassword(value: string, quoted: boolean): boolean {
  if (value.length < 4 || value.length > 512 || isPlaceholder(value)) return false;
  const traits = traitsOf(value);
  if ((traits & WIDE) !== 0) return false;
  if (quoted) {
    const first = value.charCodeAt(0);
    if ((traits & PARTS) !== 0 && (RELEASE.test(value) || OBJECT_ID.test(value))) return false;
    if (((traits & PARTS) !== 0 || first === 0x23) && SELECTOR.test(value)) return false;
    if ((first >= 128 || (classIn(value, 0) & UPPER) !== 0) && LABEL.test(value)) return false;
    return (
      !/\s/.test(value) || (/\d/.test(value) && !/password/i.test(value) && /^\S+(?: \S+){1,3}$/.test(value) && !/[.,:;] |\.$/.test(value))
    );
  }
  if (isVersion(value)) return value.length >= 8 && !value.includes('.');
  if ((traits & BRACKETS) !== 0 && CALL.test(value)) return false;
  const bare = (traits & BRACKETS) === 0 ? value : value.replace(CLOSING, '');
  if (bare !== value && (bare.length < 4 || isPlaceholder(bare))) return false;
  if ((traits & PARTS) !== 0 && IDENTIFIER.test(bare) && /[.:>]/.test(bare) && !/\d[^\d]*\d/.test(bare) && wordiness(bare) > 0.45)
    return false;
  return isMixed(bare) || (bare.length >= 12 && isScattered(bare));
}

/** Words with a number that stand beside passwords and are none: algorithms, standards, releases, places. */
const TECHNICAL =
  /^\W*(?:sha|md|aes|rsa|hmac|pbkdf|utf|oauth|base|argon|bcrypt|scrypt|tls|ssl|ecdsa|ed|ecb|cbc|gcm|wpa|x|v|http|rfc|iso|ntlmv?|crc|ripemd|ascii)-?_?\d|with(?:hmac)?(?:sha|md|aes|rsa)|^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$|^[\w.-]+:\d{2,5}$|^(?:\d+:)?\d+\.\d+|^\d+(?:[.:/-]\d+)*\W*$|^[\w.-]+\.[a-z]{2,4}\d?$|^(?:\.{0,2}\/|[A-Za-z]:\\)|^#\d+$/i;

/** Whether a value is so much of a password that it needs no more than a hint beside it: letters and digits, and a sign or a mixture that no word has. */
export function isStrong(value: string): boolean {
  if (value.length < 8 || value.length > 128 || !hasDigit(value) || !/[A-Za-z]{2}/.test(value) || /\s/.test(value)) return false;
  if (TECHNICAL.test(value) || isUuid(value) || isPlaceholder(value) || CALL.test(value)) return false;
  if (/[!@#$%^&*?~]/.test(value)) return !/[<>{}()[\]|=;,"'`]/.test(value);
  const { digits, upper, lower } = shapeOf(value);
  return (
    (digits > 1 && upper > 0 && lower > 1 && /^[\w.+=/~-]+$/.test(value) && !CONSTANT.test(value)) || (digits > 2 && looksRandom(value, 10))
  );
}

/** Whether capitals and small letters change as often as in base64. */
export function isScattered(value: string): boolean {
  if (!hasCapitals(value)) return false;
  const { turns, upper, lower, length } = shapeOf(value);
  if (upper < 3 || lower < 3 || turns * 3 < length) return false;
  return wordiness(value) < (turns * 2 > length ? 0.6 : 0.35);
}

/** Whether a plain word is what a variable of the environment is set to, given its name: `SMTP_PASSWORD=swordfish`. */
export function isWordSet(value: string, name: string): boolean {
  const word = value.toLowerCase();
  return (
    /^(?=.{6})[A-Za-z]+(?:[-_][A-Za-z]{3,}){0,5}$/.test(value) &&
    !isPlaceholder(value) &&
    !name.toLowerCase().includes(word) &&
    !COMMON_PASSWORD.test(word)
  );
}
/** What examples set a password to. */
const COMMON_PASSWORD =
  /^(?:postgres|mysql|mariadb|redis|mongo|rabbitmq|guest|minio|minioadmin|elastic|wordpress|drupal|user(?:name)?|localhost|production|development|string|disabled|enabled|optional|required|never|always|prompt|ignore)$/;

const PATTERN = /^\^|\[\^?[A-Za-z0-9]-[A-Za-z0-9]|\\[dwsb]|\(\?[:=!<]|\.[*+]|:\/\/|^<|%[sd]/;

/** Whether a quoted value is mixed from so many signs that nobody writes it by hand; no pattern, template or tag. */
export function isComplex(value: string): boolean {
  if (value.length < 16 || value.length > 256 || /\s/.test(value) || PATTERN.test(value)) return false;
  const signs = new Set(value.replace(/[A-Za-z0-9]/g, ''));
  const { upper, lower, digits } = shapeOf(value);
  return upper + lower >= 4 && (signs.size >= 7 || (signs.size >= 4 && upper > 2 && lower > 2 && digits > 1));
}
