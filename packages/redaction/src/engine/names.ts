import { isIn, oneOf } from './chars.ts';
import { VENDORS } from './vendors.ts';
import { isCounted, wordsOf } from './words.ts';

/** What a name says about its value. */
export type NameClass =
  /** The value is a password: anything but a placeholder goes. */
  | 'password'
  /** The value is a token or key: what looks random goes. */
  | 'secret'
  /** The name may mean a key: only what looks very random goes. */
  | 'weak'
  /** The whole rest of the line is secret: authorization, cookies. */
  | 'header'
  /** A name that the caller gave: all below it is secret. */
  | 'whole'
  | 'none';

/** What a word in front of a token says of it: that it is a key, that the word before tells, or nothing. */
export type Introduction = 'yes' | 'joins' | 'no';

const words = (list: string): Set<string> => new Set(list.trim().split(' '));

const PASSWORD = words('password passwd passwort pwd pass passphrase passcode pw psw passw pin psk requirepass masterauth ');
const SECRET = words(
  'token secret secrets apikey apitoken credential credentials cred creds jwt bearer accesskey secretkey privatekey privkey ' +
    'authkey authtoken accesstoken refreshtoken idtoken sessiontoken sessionkey clientsecret masterkey signingkey ' +
    'encryptionkey licensekey webhooksecret deploykey servicekey accountkey sharedkey sharedaccesskey appkey appsecret ' +
    'consumerkey consumersecret pat passkey storagekey hmac cookies otp totp mfa apisecret keysecret xoxs auth authentication ' +
    'authorization mnemonic skey clientkeydata erlangcookie ',
);
const HEADERS = words('authorization proxy-authorization cookie set-cookie ');
/** Words that make `key` a secret when they stand before it. */
const KEY_PREFIX = words(
  'api access secret private auth master signing sign encryption encrypt encrypted license session account shared consumer ' +
    'app application deploy deployment service subscription webhook admin client server storage ssh rsa pgp gpg hmac jwt aes ' +
    'des crypto cipher user write read readonly insert ingest project personal org organization team integration host ' +
    'function merchant developer dev live prod production root security authentication bot management enc wallet agent ' +
    'provisioning registration rest bearer ',
);
/** Words that say what something about a secret is, not the secret itself, where they end a name. */
const ABOUT = words(
  'id ids name names type types count counts length len size limit limits url uri endpoint path file filename dir folder ' +
    'version expires expiry expiration expired ttl age policy prefix suffix format label alg algorithm field fields method ' +
    'methods manager provider store storage class config configuration error errors request response column vault ref ' +
    'reference created updated at in on usage used total max min budget hash hashed digest fingerprint checksum kind status ' +
    'state required enabled disabled valid invalid is has rotation rotated source scope scopes audience issuer list map index ' +
    'env var variable arn region host hostname port user username email mode model window per rate cost price time date ' +
    'timestamp hint help description message title text placeholder input regex pattern rule rules handler service helper ' +
    'util utils test tests spec mock schema props options option params param info data details result results action actions ' +
    'event events down up press code codes frame pair pairs tag board space word words note notes cache issuerkeyhash ' +
    'accessor sources owner level role group realm domain mechanism strategy flow callback redirect page view link button ' +
    'form section header reset change strength match matches entropy complexity requirements requirement rotate ring chain ' +
    'mapping material set sets get setter getter exists present missing needed last first next previous prev attempts retries ' +
    'ts tsx js jsx mjs cjs json py go rb md txt yml yaml html css java php rs sh xml toml lock swift kt cs cpp vue svelte ' +
    'ok parser reader writer lock server exchange generator factory builder validator verifier verification encoder decoder ' +
    'interface impl context wrapper bytes bits num number no not and or of for with from to by as if when ',
);
/** Words that make a following `key` or `token` harmless. */
const HARMLESS_BEFORE = words(
  'public pub primary foreign partition sort cache row map hot csrf xsrf page next prev previous continuation cancellation ' +
    'cancel cursor idempotency unique composite bucket object routing schema sequence registry group index sync input output ' +
    'prompt max total reasoning completion cached lock translation i18n locale event arrow shortcut modifier down up syntax ' +
    'lexer parser design pad eos bos unk mask cls sep special stop start end pagination abort delimiter enter escape tab ' +
    'recv websocket socket press any issuer host trusted deploy keyboard react item storage query vault kms ',
);
const HARMLESS_KEY_ONLY = words('host deploy storage query vault kms registry ');

/** Words that may end a name without changing what it means. */
const TAIL = words(
  'value val string str raw plain plaintext b64 base64 prod production dev staging default new old current live main base ' +
    'env pem x en confirmation confirm ',
);
/** Words that say of a secret that it is none. */
const PRETENDED = words('non not no fake dummy mock mocked bogus invalid wrong placeholder example sample nonexistent ');
const GLUED = /(?:(?<!web)token|secret|apikey|accesskey|secretkey|privatekey|authkey|accountkey|storagekey|masterkey|sharedkey)$/;
const GLUED_PASSWORD =
  /(?:password|passwd|passphrase|passwort|(?<!by|com|sur|tres|under|over|multi|one|single|first|kee|path|im|buy)pass|pwd|(?:bind|root)pw)$/;
/** What compares a value: `password.equals(`. */
const COMPARED = /\.(?:equals(?:IgnoreCase)?|Equals|compareTo|contentEquals|eql)$/;
/** Last letters of what these match. */
const ENDS_GLUED = oneOf('nty');
const ENDS_GLUED_PASSWORD = oneOf('detsw');
const CACHE_LIMIT = 4096;

/** Tells what a name means, in every spelling. */
export class Names {
  readonly #cache = new Map<string, NameClass>();
  readonly #extra: Set<string>;
  /** What words in front of tokens were found to say. */
  readonly introductions = new Map<string, Introduction>();

  /** @param extra further names whose values are always secret */
  constructor(extra: readonly string[]) {
    this.#extra = new Set(extra.map((name) => wordsOf(name).join(' ')));
  }

  /** Names of this kind are remembered, so asking again costs one look-up. */
  classify(name: string): NameClass {
    let known = this.#cache.get(name);
    if (known === undefined) {
      known = this.#extra.size > 0 && this.#extra.has(wordsOf(name).join(' ')) ? 'whole' : classify(name);
      // Names that are counted do not come back, and would only fill the memory.
      if (isCounted(name)) return known;
      if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
      this.#cache.set(name, known);
    }
    return known;
  }
}

const PASSWORDS = 1;
const SECRETS = 2;
const PREFIXES = 4;
const ABOUTS = 8;
const HARMLESS = 16;
const HARMLESS_KEYS = 32;
const TAILS = 64;
const PRETENDS = 128;
/** What is said by each word of these lists, so that a word is looked up once. */
const MEANINGS = new Map<string, number>();
for (const [list, bit] of [
  [PASSWORD, PASSWORDS],
  [SECRET, SECRETS],
  [KEY_PREFIX, PREFIXES],
  [ABOUT, ABOUTS],
  [HARMLESS_BEFORE, HARMLESS],
  [HARMLESS_KEY_ONLY, HARMLESS_KEYS],
  [TAIL, TAILS],
  [PRETENDED, PRETENDS],
] as const)
  for (const word of list) MEANINGS.set(word, (MEANINGS.get(word) ?? 0) | bit);

const meaningOf = (word: string | undefined): number => (word === undefined ? 0 : (MEANINGS.get(word) ?? 0));

const isGlued = (word: string): boolean => isIn(ENDS_GLUED, word.charCodeAt(word.length - 1)) && GLUED.test(word);

const isGluedPassword = (word: string): boolean => isIn(ENDS_GLUED_PASSWORD, word.charCodeAt(word.length - 1)) && GLUED_PASSWORD.test(word);

function classify(name: string): NameClass {
  const words = wordsOf(name.includes('.') ? name.replace(COMPARED, '') : name);
  if (words.length <= 2 && HEADERS.has(words.join('-'))) return 'header';
  if ((meaningOf(words[0]) & PRETENDS) !== 0) return 'none';
  let last = words.at(-1);
  if (last === undefined) return 'none';
  while (words.length > 1 && (meaningOf(last) & TAILS) !== 0) {
    words.pop();
    last = words.at(-1) as string;
  }
  const meaning = meaningOf(last);
  const before = words.at(-2);
  if ((meaning & PASSWORDS) !== 0 || isGluedPassword(last) || (last === 'material' && before === 'key')) return 'password';
  const ahead = meaningOf(before);
  if (last === 'key' || last === 'keys') return classifyKey(words, ahead);
  if ((ahead & (HARMLESS | HARMLESS_KEYS)) === HARMLESS) return 'none';
  if ((meaning & SECRETS) !== 0 || isGlued(last)) return 'secret';
  if (before !== undefined && SECRET.has(before + last)) return 'secret';
  if (words.length > 2 && SECRET.has(words.join(''))) return 'secret';
  if ((meaning & ABOUTS) !== 0) return 'none';
  return words.some(isHint) ? 'weak' : 'none';
}

/** Whether one of the words of a name means a secret. */
function isHint(word: string, place: number, words: readonly string[]): boolean {
  if ((meaningOf(word) & (SECRETS | PASSWORDS)) !== 0 || isGlued(word)) return true;
  return word === 'key' && (meaningOf(words[place - 1]) & PREFIXES) !== 0;
}

/** What a name says that ends with `key` or `keys`. */
function classifyKey(words: readonly string[], ahead: number): NameClass {
  if ((ahead & HARMLESS) !== 0) return 'none';
  const prefixes = words.slice(0, -1);
  if (prefixes.some((word) => word === 'public' || word === 'pub')) return 'none';
  return prefixes.some((word) => (meaningOf(word) & (PREFIXES | SECRETS)) !== 0 || VENDORS.has(word)) ? 'secret' : 'weak';
}
