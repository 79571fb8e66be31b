import { isIn, oneOf } from './chars.ts';
import { pairOf, pairsOf, wordiness } from './words.ts';

/* References to values that are kept elsewhere, and what stands where a value would. Each pattern is asked only where its first characters, or its letters, are there. */

const REFERENCE =
  /^(?:["']?\$[\w{(]|\$\$|&lt;|\.\s?\$\w|,[\w ]+:$|\{(?!\{[^{}]*\}[^}])|%\(|%\w+%$|#\{|@\{|<[^>]*>?$|\[[A-Za-z ]|process\.|import\.meta|os\.|env[.([]|getenv|System\.|config[.([]|var\.|local\.|data\.|module\.|secrets?[.(]|this\.|self\.|vault:|ENC\[|op:\/\/|arn:|projects\/[\w-]+\/secrets\/|ref\+|\.{1,2}\/|~\/|[A-Za-z]:\\|(?:https?|file|ssm|vault|s3|gs):\/\/[^:@]*$|\[redacted:|\[dropped|\[secret:|function\b|async\b|new [A-Z]|await\b|null\b|undefined\b|true\b|false\b|none\b|nil\b|\(\)|![01]\b|!{1,2}[A-Za-z]+(?:::\w+)*$|void 0|[(:]|%[-#0-9.]*[sdvqr@](?:\W|$))/i;
/** First characters of references: signs, and pairs of letters. */
const REFERENCE_SIGNS = oneOf('"\'$&.,{%#@<[~(:!');
const REFERENCE_PAIRS = pairsOf('pr im os en ge sy co va lo da mo se th op ar re ht fi ss s3 gs fu as ne aw nu un tr fa no ni vo');
const ABSOLUTE_PATH = /^\/(?:[\w.@-]+\/)*[\w.#?-]*$/;
const STAND_IN =
  /^(?:[x*.•\-_#0?]+|(?:your|my|the|some|our|their|new|old|fake|insert|enter|put|add|replace|change|set|use|paste)[-_ .].*|change_?me.*|(?:current|new|old|confirm|forgot|reset|repeat|user|db|database|root|admin|login|plain|clear)?[-_ ]?(?:passw(?:or)?d|passphrase|secret|token)(?:[-_ ][a-z]+)*|(?:pass(?:word)?|secret|token|key|api[-_]?key|string|number|boolean|bool|text|varchar|required|optional|user(?:name)?|value|bearer|basic|none|null|undefined|unset|not[-_ ]set|any|unknown|object|hidden|hashed|encrypted|confirmed|nullable|base64|hex|masked|todo|tbd|n\/?a|default|empty|foo|bar|baz|asdf|sample|test|demo|abc|admin|root|anonymous@?|pass|fail(?:ed|ure)?|skip(?:ped)?|password1?|u?int\d+(?:array|_t)?|(?:var)?char\d*|float\d+|(?:sha-?|md)\d+|required\|.*|salt[-_]?\d{0,4}|user:pass\w*|not[-_]?a[-_]?secret|0{6,}\d{0,8}|(?:abc|test|pass|user)?123(?:4(?:5(?:6(?:7(?:8)?)?)?)?)?))$/i;

/** First characters of stand-ins: signs and what is looked at in any case, and pairs of letters. */
const STAND_IN_SIGNS = oneOf('xX*.-_#?01 ');
const STAND_IN_PAIRS = pairsOf(
  'yo my th so ou ne ol fa in en pu ad re ch se us pa cu co fo db da ro lo pl cl to ke ap st nu bo te va op be ba no un an ob hi ha he ma ' +
    'tb n/ na de em as sa ab sk ui fl sh md',
);
const HOLDS_STAND_IN = /placeholder|example|redacted|changeit|dummy|your[-_ ]|[-_ ]here$|x{6}|\*{4}|\.{3}|\{\d\}|\$\{[\w.]+[(.[]/i;
/** One of these is in all that it matches. */
const HELD = oneOf('xXhHyYcC*.{');

const BULLET = 0x2022;
const isLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;

/** True for references to a value kept elsewhere and for stand-ins such as `${TOKEN}`, `<your-key>`, `xxxx`, `process.env.X`. */
export function isPlaceholder(value: string): boolean {
  const head = value.length > 256 ? value.slice(0, 256) : value;
  if (head.length === 0) return true;
  const first = head.charCodeAt(0);
  const next = head.length > 1 ? head.charCodeAt(1) : 0;
  const pair = isLetter(first) ? pairOf(first, next) : -1;
  if ((pair < 0 ? isIn(REFERENCE_SIGNS, first) : REFERENCE_PAIRS[pair] === 1 || next === 0x3a) && REFERENCE.test(head)) return true;
  const mayStandIn = isIn(STAND_IN_SIGNS, first) || first === BULLET || (pair >= 0 && STAND_IN_PAIRS[pair] === 1);
  if (mayStandIn && STAND_IN.test(head)) return true;
  if (holdsOne(HELD, head) && HOLDS_STAND_IN.test(head)) return true;
  return (first === 0x2f && ABSOLUTE_PATH.test(head) && wordiness(head) > 0.4) || sameUnit(head);
}

function holdsOne(table: Uint8Array, value: string): boolean {
  for (let i = 0; i < value.length; i++) if (isIn(table, value.charCodeAt(i))) return true;
  return false;
}

function sameUnit(value: string): boolean {
  for (let i = 1; i < value.length; i++) if (value.charCodeAt(i) !== value.charCodeAt(0)) return false;
  return true;
}
