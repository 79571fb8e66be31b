import { isIn, oneOf } from './chars.ts';
import { Next } from './surroundings.ts';
import { OUTSIDE, type Text } from './text.ts';
import { isPassword } from './values.ts';

/** A command, a call or a line of a file in which a password has its place. */
interface Login {
  /** Literals that it is found by; lower case. */
  literals: readonly string[];
  /** From the literal on; the first group that took part is the password, or `user:password`. */
  pattern: RegExp;
  /** What must stand before the literal on the same line: right before it, or, where `words` tells, anywhere. */
  before?: RegExp;
  /** What must stand somewhere before the literal on the same line. */
  words?: RegExp;
  /** With what the text before the literal ends: asked before any pattern is tried. */
  ends?: readonly string[];
  /** Whether what follows the literal may be what the pattern wants: asked before it is tried. */
  may?: (text: Text, end: number) => boolean;
  /** Whether it stands among words, so that a bare value must not be one. */
  prose?: boolean;
  /** Whether the value is a row of words, as long as its standard wants it. */
  phrase?: boolean;
  /** Where the password may stand far behind the literal: what must stand before it, in lower case. */
  far?: string;
  /** Whether the value is `user:password`; a generated user without a password is a key. */
  pair?: boolean;
}

const BARE = '([^\\s"\'`|;&<>]{3,200})';
/** `user:'pass word'`, quoted in part. */
const HALF_QUOTED = `([^\\s"':]{1,80}:(?:"[^"\\n]{1,200}"|'[^'\\n]{1,200}'))`;
const VALUE = `(?:"([^"\\n]{3,200})"|'([^'\\n]{3,200})'|${BARE})`;
const QUOTED = `\\\\*(?:"([^"\\\\\\n]{3,200})\\\\*"|'([^'\\\\\\n]{3,200})\\\\*')`;
/** Twelve words of three to eight letters, or three, six, nine, twelve more: BIP 39. */
const PHRASE = '[a-z]{3,8}(?: [a-z]{3,8}){11}(?:(?: [a-z]{3,8}){3}){0,4}';
const sticky = (source: string): RegExp => new RegExp(source, 'iy');

/** Whether an argument and a comma follow the parenthesis of a call. */
function hasArguments(text: Text, end: number): boolean {
  for (let i = end; i < end + 161; i++) {
    const unit = text.at(i);
    if (unit === 0x2c) return i > end;
    if (unit === 0x28 || unit === 0x29 || unit === 10 || unit === OUTSIDE) return false;
  }
  return false;
}

const OPENS_QUOTE = oneOf('"\'\\ \t\n\v\f\r');
/** Whether a quote, blanks or an escape follow the parenthesis of a call. */
const opensQuote = (text: Text, end: number): boolean => text.at(end) >= 128 || isIn(OPENS_QUOTE, text.at(end));

const LOGINS: readonly Login[] = [
  {
    literals: [' -u ', '--user', '--proxy-user'],
    words: /\b(?:curl|wget|http)\b/g,
    pair: true,
    pattern: sticky(` ?(?:-u|--(?:proxy-)?user)[ =]{1,3}(?:${HALF_QUOTED}|${VALUE})`),
  },
  { literals: ['curl -'], pair: true, pattern: sticky(`curl (?:-[\\w-]+ ){0,3}-[a-z]{0,6}u[ ]{0,3}${VALUE}`) },
  {
    literals: [' -p '],
    words: /\b(?:login|ldapsearch|mysql\w*|mongo\w*|smbclient|cqlsh|influx|psexec|useradd|usermod)\b/gi,
    pattern: sticky(` -p[ =]{1,3}${VALUE}`),
  },
  {
    literals: ['mysql', 'mariadb'],
    far: ' -p',
    pattern: sticky(`(?:mysql|mariadb)\\w*(?:-\\w+)?(?: [^\\n|;]{0,200}?)? -p(?!assword|ort|rotocol|ipe|lugin|rint)${VALUE}`),
  },
  { literals: ['sshpass'], pattern: sticky(`sshpass[ ]{1,3}-p[ ]{0,3}${VALUE}`) },
  { literals: ['redis-cli'], far: '-a', pattern: sticky(`redis-cli [^\\n|;]{0,160}?-a[ ]{1,3}${VALUE}`) },
  {
    literals: ['sqlcmd', 'sqlplus'],
    far: '',
    pattern: sticky(
      `(?:sqlcmd [^\\n|;]{0,160}?-P[ ]{0,3}|sqlplus (?:-\\w+ ){0,3}[\\w$]+/)(?:"([^"\\n]{3,200})"|'([^'\\n]{3,200})'|([^\\s"'@]{3,200}))`,
    ),
  },
  { literals: ['htpasswd -'], pattern: sticky(`htpasswd (?:-[A-Za-z]{1,6} ){1,4}\\S{1,120}[ ]{1,3}(?!\\S*$)\\S{1,64}[ ]{1,3}${VALUE}`) },
  {
    literals: ['ldapsearch', 'ldapadd', 'ldapmodify', 'ldappasswd'],
    far: '-w',
    pattern: sticky(`ldap\\w+ [^\\n|;]{0,200}?-w[ ]{0,3}${VALUE}`),
  },
  {
    literals: ['zip -', '7z a', '7z e', '7z x', '7za '],
    pattern: sticky(`(?:zip (?:-\\w+ ){0,3}-P[ ]{0,3}|7za? \\w (?:[^\\n|;]{0,80}? )?-p)${VALUE}`),
  },
  {
    literals: ['pass:'],
    ends: ['pass ', 'pass=', 'passin ', 'passin=', 'passout ', 'passout='],
    before: /\b-?-(?:pass|passin|passout)[ =]$|openssl[^\n]*-pass(?:in|out)? $/,
    pattern: sticky(`pass:${VALUE}`),
  },
  { literals: ['schtasks'], far: '/r', pattern: sticky(`schtasks [^\\n]{0,240}?/rp[ ]{1,3}${VALUE}`) },
  { literals: ['snmp-server community '], pattern: sticky(`snmp-server community ${VALUE}`) },
  {
    literals: ['enable secret ', 'enable password ', 'pac key '],
    prose: true,
    pattern: sticky(`(?:enable (?:secret|password)|pac key)(?: level \\d{1,2})?(?: \\d)? ${VALUE}`),
  },
  { literals: ['login_with_api_key'], pattern: sticky(`login_with_api_key",[ ]{0,4}"params"[ ]{0,4}:[ ]{0,4}\\[[ ]{0,4}${QUOTED}`) },
  { literals: ['rabbitmqctl'], pattern: sticky(`rabbitmqctl (?:add_user|change_password) \\S{1,64}[ ]{1,3}${VALUE}`) },
  { literals: ['identified '], pattern: sticky(`identified (?:with \\S{1,40} )?(?:by|as)[ ]{1,3}(?:password[ ]{1,3})?${QUOTED}`) },
  { literals: ['securestring'], pattern: sticky(`securestring[ ]{1,3}(?:-string[ ]{1,3})?${QUOTED}`) },
  { literals: ['oracle:thin:'], pattern: sticky(`oracle:thin:[\\w$]{1,64}/([^\\s@"'/]{3,128})@`) },
  {
    literals: [
      'getconnection(',
      'mysqli(',
      'pdo(',
      'mysql_connect(',
      'mysqli_connect(',
      'pg_connect(',
      'odbc_connect(',
      'dbi->connect(',
      'dbi.connect(',
      'directoryentry(',
      'mysql.connect(',
      'mysqldb.connect(',
      'opendsobject(',
    ],
    may: hasArguments,
    pattern: sticky(`[\\w >.-]{3,16}\\((?:[^(),\\n]{1,160},\\s{0,40}){2}${QUOTED}`),
  },
  {
    literals: [
      'login(',
      'sign_in(',
      'signin(',
      'basicauth(',
      'basic_auth(',
      'authenticate(',
      '.auth(',
      'networkcredential(',
      'authentication(',
      'auth=(',
      'credentials(',
    ],
    may: opensQuote,
    pattern: sticky(`[\\w.=]{5,18}\\(\\s{0,8}\\\\*["'][^"'\\s()]{1,120}\\\\*["'],\\s{0,8}${QUOTED}`),
  },
  {
    literals: ['networkcredential]::new(', 'pscredential]::new('],
    pattern: sticky(`\\w{12,17}\\]::new\\(\\s{0,8}["'][^"'\\s()]{1,120}["'],\\s{0,8}${QUOTED}`),
  },
  {
    literals: ['ldap_bind', 'ldap_simple_bind', 'simple_bind'],
    pattern: sticky(`\\w{9,18}\\([^"'()\\n]{0,40}["'][^"'\\n]{1,160}["'],\\s{0,8}${QUOTED}`),
  },
  { literals: ['net use '], far: '/user:', pattern: sticky(`net use [^\\n|;]{0,160}?/user:\\S{1,80}[ ]{1,3}${VALUE}`) },
  {
    literals: ['smbclient ', 'rpcclient '],
    far: '%',
    pattern: sticky(`(?:smb|rpc)client [^\\n|;]{0,160}?-U[ ]{0,3}["']?[\\w\\\\/.@-]{1,64}%([^\\s"'%]{3,200})`),
  },
  { literals: ['gh secret set '], far: '-b', pattern: sticky(`gh secret set [^\\n|;]{0,160}? (?:-b|--body)[ =]{1,3}${VALUE}`) },
  { literals: ['openssl enc '], far: ' -k ', pattern: sticky(`openssl enc [^\\n|;]{0,200}? -k[ ]{1,3}${VALUE}`) },
  { literals: ['vault login '], prose: true, pattern: sticky(`vault login (?:-[\\w=/-]{1,40} ){0,3}(?:token=)?(?!\\w+=)${VALUE}`) },
  { literals: [':5432:'], before: /(?:^|[\s"'])[\w.*-]{1,120}$/, pattern: sticky(':5432:[^:\\s]{1,64}:[^:\\s]{1,64}:([^\\s:"\']{3,200})') },
  {
    literals: ['mnemonic', 'seed phrase', 'seed_phrase', 'seedphrase', 'recovery phrase', 'recovery_phrase'],
    phrase: true,
    pattern: sticky(`(?:mnemonic|seed[ _]?phrase|recovery[ _]phrase)["']?[ ]{0,4}[:=][ ]{0,4}["']?(${PHRASE})(?![ ]?[a-z])`),
  },
  {
    literals: ['pw: ', 'pw = ', 'pw=', 'pw is '],
    prose: true,
    before: /(?:^|[\s"'(_])$/,
    pattern: sticky(`pw(?: is|[ ]?[:=])[ ]?${VALUE}`),
  },
];

/** What a password is piped into. */
const PIPES = ['--password-stdin', 'convertto-securestring', 'chpasswd', 'sudo -s '];
/** What follows `user:password` in a data source name of Go. */
const DSN_HOSTS = ['@tcp(', '@unix('];

/** Every JSON Web Key holds it. */
const KEY_TYPE = '"kty"';

/** Literals before credentials in commands, calls and SQL; lower case. */
export const LOGIN_LITERALS: readonly string[] = [...LOGINS.flatMap(({ literals }) => literals), ...PIPES, ...DSN_HOSTS, KEY_TYPE];

/** Three characters in one number; letters of both cases are the same. */
const headOf = (a: number, b: number, c: number): number => a | 0x20 | ((b | 0x20) << 8) | ((c | 0x20) << 16);

/** Commands and their literals by the first three characters of those. */
const BY_HEAD = new Map<number, { login: Login; literal: string }[]>();
for (const login of LOGINS)
  for (const literal of login.literals) {
    const head = headOf(literal.charCodeAt(0), literal.charCodeAt(1), literal.charCodeAt(2));
    BY_HEAD.set(head, [...(BY_HEAD.get(head) ?? []), { login, literal }]);
  }

const REACH = 240;
/** `'...' | ConvertTo-SecureString`, `echo ... | docker login --password-stdin` */
const PIPED =
  /(?:\b(?:echo|printf)[ ]{1,3}(?:-\w+[ ]{1,3}|["']%s["'][ ]{1,3}){0,2}|(?=["']))(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"'|]{3,200}))\s{0,8}\|[^|\n]{0,200}$/;

/** Characters that no password in a data source name has. */
const NO_DSN_PASSWORD = oneOf(' \t\r\n:@"\'`');
/** Whether the shortest password may end at a place. */
const endsPassword = (text: Text, at: number): boolean => {
  for (let i = at - 3; i < at; i++) if (text.at(i) === OUTSIDE || isIn(NO_DSN_PASSWORD, text.at(i))) return false;
  return true;
};
const DSN = /["'`=\s][\w.-]{1,64}:([^\s:@"'`]{3,120})$/;

export interface Span {
  start: number;
  end: number;
}

interface Match extends Span {
  value: string;
  quoted: boolean;
}

/** Patterns that search a stretch of a command end where the same command begins again, so that each stretch is searched once. */
const AGAIN = new Map(LOGINS.map((login) => [login, new RegExp(` (?:${login.literals.map(escaped).join('|')})[\\w-]* `, 'gi')]));
const FAR = 448;
const MOST_JUDGED = 256;

/** Finds credentials by the literals beside them, in one text. */
export class LoginFinder {
  readonly #text: Text;
  /** Where the mark of a command stands next, in both cases, and where the command begins again. */
  readonly #ahead = new Map<Login, { marks: readonly Next[]; again: Next }>();
  /** Where words of commands stand. */
  readonly #words = new Map<Login, LastWords>();
  /** What was found of values: they come back often. */
  readonly #judged = new Map<string, boolean>();
  /** Several literals may begin at one place. */
  #last = -1;
  #found: Span | undefined;

  constructor(text: Text) {
    this.#text = text;
  }

  /** The credentials that stand beside one of the literals at `at`. */
  find(at: number): Span | undefined {
    if (at === this.#last) return this.#found;
    this.#last = at;
    this.#text.near(at);
    this.#found = this.#search(at);
    return this.#found;
  }

  #search(at: number): Span | undefined {
    const text = this.#text;
    const first = text.at(at);
    for (const { login, literal } of BY_HEAD.get(headOf(first, text.at(at + 1), text.at(at + 2))) ?? []) {
      if (!text.standsFolded(literal, at) || !this.#mayBe(login, literal, at)) continue;
      const found = login.far !== undefined ? this.#far(login, login.far, at) : matchAt(login, text.string, at, at);
      if (found === undefined || !this.#isWorth(login, found)) continue;
      if (login.before === undefined || login.before.test(lineBefore(text, at))) return found;
    }
    if (first === 0x40) return endsPassword(text, at) ? valueBehind(DSN, lineBefore(text, at), at) : undefined;
    if (first === 0x22) return text.standsFolded(KEY_TYPE, at) ? privateMembers(text.string, at) : undefined;
    return PIPES.some((literal) => text.standsFolded(literal, at)) ? piped(text, at) : undefined;
  }

  /** What can be said of a command before its pattern is tried. */
  #mayBe(login: Login, literal: string, at: number): boolean {
    const text = this.#text;
    if (login.ends?.every((end) => !text.standsFolded(end, at - end.length)) === true) return false;
    if (login.may?.(text, at + literal.length) === false) return false;
    if (login.words === undefined) return true;
    let words = this.#words.get(login);
    if (words === undefined) {
      words = new LastWords(login.words);
      this.#words.set(login, words);
    }
    return words.before(text, at);
  }

  #isWorth(login: Login, { value, quoted }: Match): boolean {
    const bare = login.prose === true && !quoted;
    const key = `${login.pair === true ? 'p' : bare ? 'b' : 'q'}${value}`;
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const worth = login.phrase === true || (login.pair === true ? isPair(value) : isWorth(value, bare));
    if (value.length <= 64 && this.#judged.size < MOST_JUDGED) this.#judged.set(key, worth);
    return worth;
  }

  #far(login: Login, mark: string, at: number): Match | undefined {
    let ahead = this.#ahead.get(login);
    if (ahead === undefined) {
      ahead = { marks: [...new Set([mark, mark.toUpperCase()])].map((one) => new Next(one)), again: new Next(AGAIN.get(login) as RegExp) };
      this.#ahead.set(login, ahead);
    }
    let nearest = Infinity;
    for (const next of ahead.marks) nearest = Math.min(nearest, next.from(this.#text, at));
    if (nearest > at + FAR - mark.length) return undefined;
    const end = Math.min(at + FAR, ahead.again.from(this.#text, at + 3));
    return nearest + mark.length > end ? undefined : matchAt(login, this.#text.slice(at, end), 0, at);
  }
}

/** Where words of a command stood last on the line, remembered so that each part of a text is searched once. */
class LastWords {
  readonly #pattern: RegExp;
  #seen = 0;
  #found = -1;
  /** Where the line begins. */
  #line = 0;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  before(text: Text, at: number): boolean {
    const least = Math.max(0, at - REACH);
    let from = at < this.#seen ? least : Math.max(least, this.#seen);
    if (at < this.#seen) this.#found = this.#line = -1;
    // A word that is cut in two is searched from its begin.
    while (from > least && isOfWord(text.at(from - 1))) from--;
    if (at - from > SHORT || this.#mayHold(text, from, at)) {
      const piece = text.slice(from, at);
      const pattern = this.#pattern;
      pattern.lastIndex = 0;
      for (let match = pattern.exec(piece); match !== null; match = pattern.exec(piece)) this.#found = from + match.index;
      const line = piece.lastIndexOf('\n');
      if (line >= 0) this.#line = from + line + 1;
    }
    this.#seen = at;
    return this.#found >= Math.max(least, this.#line);
  }

  /** Whether a word of four letters or a line break stands in [from, to). */
  #mayHold(text: Text, from: number, to: number): boolean {
    let letters = 0;
    for (let i = from; i < to; i++) {
      const unit = text.at(i);
      if (unit === 10) return true;
      letters = isOfWord(unit) ? letters + 1 : 0;
      if (letters === SHORTEST) return true;
    }
    return false;
  }
}

/** A stretch is looked at before it is searched up to this length; the shortest word. */
const SHORT = 32;
const SHORTEST = 4;

const isOfWord = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit === 0x5f;

function escaped(literal: string): string {
  return literal.replace(/[^a-z0-9 ]/g, '\\$&');
}

function matchAt({ pattern }: Login, text: string, from: number, at: number): Match | undefined {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? undefined : spanOf(match, at);
}

/** The line up to a place, as far as it is looked at. */
function lineBefore(text: Text, at: number): string {
  const line = text.slice(Math.max(0, at - REACH), at);
  return line.slice(line.lastIndexOf('\n') + 1);
}

/** What is piped into the command at a place: `echo ... | docker login --password-stdin`. */
function piped(text: Text, at: number): Span | undefined {
  const before = lineBefore(text, at);
  const pipe = before.lastIndexOf('|');
  if (pipe < 0) return undefined;
  let end = pipe;
  while (end > 0 && pipe - end < 8 && before.charCodeAt(end - 1) <= 32) end--;
  // A bare value has three characters at least.
  if (end < 3 || (!isQuoteAt(before, end - 1) && !/[^\s"'|]{3}$/.test(before.slice(end - 3, end)) && before.charCodeAt(end - 1) < 128))
    return undefined;
  return valueBehind(PIPED, before, at);
}

const isQuoteAt = (text: string, at: number): boolean => text.charCodeAt(at) === 0x22 || text.charCodeAt(at) === 0x27;

/** The group that took part, which ends where the match ends or before its closing sign. */
function spanOf(match: RegExpExecArray, at: number): Match | undefined {
  let group = 1;
  while (group < match.length && match[group] === undefined) group++;
  const value = match[group];
  if (value === undefined) return undefined;
  const start = at + match[0].lastIndexOf(value);
  const last = match[0].charCodeAt(match[0].length - 1);
  return { value, start, end: start + value.length, quoted: last === 0x22 || last === 0x27 || last === 0x5c };
}

const isWorth = (value: string, bare: boolean): boolean =>
  !/^-/.test(value) && !/^\d{1,5}(?::\d+)?$/.test(value) && isPassword(bare ? value.replace(/[,;.)]+$/, '') : value, !bare);

function isPair(value: string): boolean {
  const colon = value.indexOf(':');
  const user = value.slice(0, colon);
  const password = value.slice(colon + 1).replace(/^["']|["']$/g, '');
  if (colon < 0 || /^[<[{$(]/.test(user) || user === password) return false;
  const secret = password === '' ? user : password;
  return isPassword(secret, true) && (password !== '' || /\d/.test(user));
}

/** A password that stands before a literal on the same line. */
function valueBehind(pattern: RegExp, before: string, at: number): Span | undefined {
  const match = pattern.exec(before);
  const value = match?.slice(1).find((group) => group !== undefined);
  if (match === null || value === undefined || !isPassword(value, true)) return undefined;
  const start = at - before.length + match.index + match[0].indexOf(value, 1);
  return { start, end: start + value.length };
}

const LONGEST_KEY = 4096;
/** Fewer characters hold no private member. */
const LEAST_KEY = 27;
const BEFORE_TYPE = 2048;
/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4. */
const PRIVATE_MEMBER = /"(?:d|p|q|dp|dq|qi|k)"\s{0,4}:\s{0,4}"([\w-]{20,2048})"/g;

/** From the first to the last private member of the JSON Web Key around `at`. */
function privateMembers(text: string, at: number): Span | undefined {
  const least = at > BEFORE_TYPE ? at - BEFORE_TYPE : 0;
  const before = text.slice(least, at);
  // One key has one type, so the next type belongs to another key.
  const from = least + Math.max(0, before.lastIndexOf(KEY_TYPE));
  const open = text.slice(from, at).lastIndexOf('{');
  if (open < 0) return undefined;
  const after = text.slice(at + KEY_TYPE.length, from + open + LONGEST_KEY);
  const another = after.indexOf(KEY_TYPE);
  const key = text.slice(from + open, another < 0 ? from + open + LONGEST_KEY : at + KEY_TYPE.length + another);
  if (key.length < LEAST_KEY) return undefined;
  const close = key.indexOf('}');
  const members = [...(close < 0 ? key : key.slice(0, close)).matchAll(PRIVATE_MEMBER)];
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const start = from + open + first.index + first[0].length - 1 - (first[1] as string).length;
  return { start, end: from + open + last.index + last[0].length - 1 };
}
