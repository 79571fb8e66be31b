import { ALNUM, classAt, DIGIT, HEX, LOWER, UPPER } from './chars.ts';

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
  counts.fill(0);
  let previous = 0;
  for (let i = 0; i < length; i++) {
    const bits = classAt(value, i);
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
  for (const count of counts) if (count > 0) shape.entropy -= (count / length) * Math.log2(count / length);
  return shape;
}

/** The commonest pairs of letters in words and identifiers. */
const COMMON = new Uint8Array(26 * 26);
const placeOf = (pair: string, at: number): number => (pair.charCodeAt(at) - 97) * 26 + pair.charCodeAt(at + 1) - 97;
for (const pair of (
  'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ' +
  'ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie ' +
  'wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab ' +
  'gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du'
).split(' '))
  COMMON[placeOf(pair, 0)] = 1;

/** The part of neighbouring letters that are usual in words and identifiers: about a quarter in random text, three quarters in words. */
export function wordiness(value: string): number {
  const lower = value.toLowerCase();
  let pairs = 0;
  let common = 0;
  for (let i = 1; i < lower.length && i < 256; i++) {
    if (!isLetter(lower, i) || !isLetter(lower, i - 1)) continue;
    if ((classAt(value, i) & UPPER) !== 0 && (classAt(value, i - 1) & LOWER) !== 0) continue;
    pairs++;
    common += COMMON[placeOf(lower, i - 1)] as number;
  }
  return pairs === 0 ? 0 : common / pairs;
}

const isLetter = (text: string, index: number): boolean => (classAt(text, index) & (UPPER | LOWER)) !== 0;

const REFERENCE =
  /^(?:["']?\$[\w{(]|\$\$|&lt;|\.\s?\$\w|,[\w ]+:$|\{(?!\{[^{}]*\}[^}])|%\(|%\w+%$|#\{|@\{|<[^>]*>?$|\[[A-Za-z ]|process\.|import\.meta|os\.|env[.([]|getenv|System\.|config[.([]|var\.|local\.|data\.|module\.|secrets?[.(]|this\.|self\.|vault:|ENC\[|op:\/\/|arn:|projects\/[\w-]+\/secrets\/|ref\+|\.{1,2}\/|~\/|[A-Za-z]:\\|(?:https?|file|ssm|vault|s3|gs):\/\/[^:@]*$|\[redacted:|\[dropped|\[secret:|function\b|async\b|new [A-Z]|await\b|null\b|undefined\b|true\b|false\b|none\b|nil\b|\(\)|![01]\b|!{1,2}[A-Za-z]+(?:::\w+)*$|void 0|[(:]|%[-#0-9.]*[sdvqr@](?:\W|$))/i;
const ABSOLUTE_PATH = /^\/(?:[\w.@-]+\/)*[\w.#?-]*$/;
const STAND_IN =
  /^(?:[x*.•\-_#0?]+|(?:your|my|the|some|our|their|new|old|fake|insert|enter|put|add|replace|change|set|use|paste)[-_ .].*|change_?me.*|(?:current|new|old|confirm|forgot|reset|repeat|user|db|database|root|admin|login|plain|clear)?[-_ ]?(?:passw(?:or)?d|passphrase|secret|token)(?:[-_ ][a-z]+)*|(?:pass(?:word)?|secret|token|key|api[-_]?key|string|number|boolean|bool|text|varchar|required|optional|user(?:name)?|value|bearer|basic|none|null|undefined|unset|not[-_ ]set|any|unknown|object|hidden|hashed|encrypted|confirmed|nullable|base64|hex|masked|todo|tbd|n\/?a|default|empty|foo|bar|baz|asdf|sample|test|demo|abc|admin|root|anonymous@?|pass|fail(?:ed|ure)?|skip(?:ped)?|password1?|u?int\d+(?:array|_t)?|(?:var)?char\d*|float\d+|(?:sha-?|md)\d+|required\|.*|salt[-_]?\d{0,4}|user:pass\w*|not[-_]?a[-_]?secret|0{6,}\d{0,8}|(?:abc|test|pass|user)?123(?:4(?:5(?:6(?:7(?:8)?)?)?)?)?))$/i;

const HOLDS_STAND_IN = /placeholder|example|redacted|changeit|dummy|your[-_ ]|[-_ ]here$|x{6}|\*{4}|\.{3}|\{\d\}|\$\{[\w.]+[(.[]/i;

/** True for references to a value kept elsewhere and for stand-ins such as `${TOKEN}`, `<your-key>`, `xxxx`, `process.env.X`. */
export function isPlaceholder(value: string): boolean {
  const head = value.length > 256 ? value.slice(0, 256) : value;
  return (
    REFERENCE.test(head) ||
    STAND_IN.test(head) ||
    HOLDS_STAND_IN.test(head) ||
    (ABSOLUTE_PATH.test(head) && wordiness(head) > 0.4) ||
    sameUnit(head)
  );
}

function sameUnit(value: string): boolean {
  for (let i = 1; i < value.length; i++) if (value.charCodeAt(i) !== value.charCodeAt(0)) return false;
  return true;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (value: string): boolean => value.length === 36 && UUID.test(value);

const VERSION = /^v?\d+(?:\.\d+)+|^0x[0-9a-f]{1,8}$|^\d+-\d+$|^\d{4}-\d\d-\d\d|^\d+(?:\.\d+)?[a-z%]{0,3}$/i;
const IDENTIFIER = /^[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)*[!?]?$/;
const CONSTANT = /^_?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const PATH = /^[\w.@-]*(?:\/[\w.@-]+)+$/;

/** A file with its folder and its kind. */
const FILE = /^[\w@.-]+(?:\/[\w@.-]+)*\/[\w@.-]+\.[a-z]{2,4}\d?$/;

function hasDigit(value: string): boolean {
  for (let i = 0; i < value.length; i++) if ((classAt(value, i) & DIGIT) !== 0) return true;
  return false;
}

/** Whether three capitals stand in a value. */
function hasCapitals(value: string): boolean {
  let count = 0;
  for (let i = 0; i < value.length; i++) if ((classAt(value, i) & UPPER) !== 0 && ++count > 2) return true;
  return false;
}

/** Whether a value looks generated: mixed, of high entropy, not a word, a version, a path, a date, an identifier. */
export const looksRandom = (value: string, least: number): boolean => isUnlikely(value, least) && !isWords(value);

function isUnlikely(value: string, least: number): boolean {
  if (value.length < least || (value.length < 14 && !hasDigit(value))) return false;
  const shape = shapeOf(value);
  if (VERSION.test(value) || shape.digits === shape.length) return shape.digits === shape.length && shape.length >= 16;
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
  let digits = 0;
  const plain = value.replace(NUMBERED, '');
  for (let i = 0; i < plain.length; i++) if ((classAt(plain, i) & DIGIT) !== 0) digits++;
  if (CONSTANT.test(value)) return digits < 6 && wordiness(value) >= 0.4;
  if (IDENTIFIER.test(value)) return digits < 3 && wordiness(value) >= (/[.:>]/.test(value) ? (digits === 0 ? 0 : 0.4) : 0.58);
  return PATH.test(value) && wordiness(value) > 0.5 && digits < 4;
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
  for (let i = 0; i < value.length; i++) if ((classAt(value, i) & ALNUM) === 0) return true;
  return false;
};

/** Whether a value holds a digit, or a sign that no identifier and no path has. */
export function isMixed(value: string): boolean {
  return /\d/.test(value) || (hasSign(value) && !IDENTIFIER.test(value) && !PATH.test(value) && !/^[\w-]+$/.test(value));
}

/** Whether the value of a password field is a real password, given that it was quoted or not. */
export function isPassword(value: string, quoted: boolean): boolean {
  if (value.length < 4 || value.length > 512 || isPlaceholder(value) || /[\u0250-\ud7ff]/.test(value)) return false;
  if (quoted) {
    if (RELEASE.test(value) || LABEL.test(value) || SELECTOR.test(value) || OBJECT_ID.test(value)) return false;
    return (
      !/\s/.test(value) || (/\d/.test(value) && !/password/i.test(value) && /^\S+(?: \S+){1,3}$/.test(value) && !/[.,:;] |\.$/.test(value))
    );
  }
  if (VERSION.test(value)) return value.length >= 8 && !value.includes('.');
  if (CALL.test(value)) return false;
  const bare = value.replace(CLOSING, '');
  if (bare !== value && (bare.length < 4 || isPlaceholder(bare))) return false;
  if (IDENTIFIER.test(bare) && /[.:>]/.test(bare) && !/\d[^\d]*\d/.test(bare) && wordiness(bare) > 0.45) return false;
  return isMixed(bare) || (bare.length >= 12 && isScattered(bare));
}

/** Words with a number that stand beside passwords and are none: algorithms, standards, releases, places. */
const TECHNICAL =
  /^\W*(?:sha|md|aes|rsa|hmac|pbkdf|utf|oauth|base|argon|bcrypt|scrypt|tls|ssl|ecdsa|ed|ecb|cbc|gcm|wpa|x|v|http|rfc|iso|ntlmv?|crc|ripemd|ascii)-?_?\d|with(?:hmac)?(?:sha|md|aes|rsa)|^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$|^[\w.-]+:\d{2,5}$|^(?:\d+:)?\d+\.\d+|^\d+(?:[.:/-]\d+)*\W*$|^[\w.-]+\.[a-z]{2,4}\d?$|^(?:\.{0,2}\/|[A-Za-z]:\\)|^#\d+$/i;

/** Whether a value is so much of a password that it needs no more than a hint beside it: letters and digits, and a sign or a mixture that no word has. */
export function isStrong(value: string): boolean {
  if (value.length < 8 || value.length > 128 || /\s/.test(value) || TECHNICAL.test(value) || isUuid(value)) return false;
  if (isPlaceholder(value) || CALL.test(value) || !/\d/.test(value) || !/[A-Za-z]{2}/.test(value)) return false;
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
