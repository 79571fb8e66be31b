import { isPassword } from './values.ts';

/** A command, a call or a line of a file in which a password has its place. */
interface Login {
  /** Literals that it is found by; lower case. */
  literals: readonly string[];
  /** From the literal on; the first group that took part is the password, or `user:password`. */
  pattern: RegExp;
  /** What must stand before the literal on the same line. */
  before?: RegExp;
  /** Whether it stands among words, so that a bare value must not be one. */
  prose?: boolean;
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
const sticky = (source: string): RegExp => new RegExp(source, 'iy');

const LOGINS: readonly Login[] = [
  {
    literals: [' -u ', '--user', '--proxy-user'],
    before: /\b(?:curl|wget|http)\b/,
    pair: true,
    pattern: sticky(` ?(?:-u|--(?:proxy-)?user)[ =]{1,3}(?:${HALF_QUOTED}|${VALUE})`),
  },
  { literals: ['curl -'], pair: true, pattern: sticky(`curl (?:-[\\w-]+ ){0,3}-[a-z]{0,6}u[ ]{0,3}${VALUE}`) },
  {
    literals: [' -p '],
    before: /\b(?:login|ldapsearch|mysql\w*|mongo\w*|smbclient|cqlsh|influx|psexec)\b/i,
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
  { literals: ['zip -', '7z a', '7za '], pattern: sticky(`(?:zip (?:-\\w+ ){0,3}-P[ ]{0,3}|7za? \\w (?:[^\\n|;]{0,80}? )?-p)${VALUE}`) },
  { literals: ['pass:'], before: /\b-?-(?:pass|passin|passout)[ =]$|openssl[^\n]*-pass(?:in|out)? $/, pattern: sticky(`pass:${VALUE}`) },
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
    ],
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
    pattern: sticky(`[\\w.=]{5,18}\\(\\s{0,8}\\\\*["'][^"'\\s()]{1,120}\\\\*["'],\\s{0,8}${QUOTED}`),
  },
  { literals: [':5432:'], before: /(?:^|[\s"'])[\w.*-]{1,120}$/, pattern: sticky(':5432:[^:\\s]{1,64}:[^:\\s]{1,64}:([^\\s:"\']{3,200})') },
  {
    literals: ['pw: ', 'pw = ', 'pw=', 'pw is '],
    prose: true,
    before: /(?:^|[\s"'(_])$/,
    pattern: sticky(`pw(?: is|[ ]?[:=])[ ]?${VALUE}`),
  },
];

/** What a password is piped into. */
const PIPES = ['--password-stdin', 'convertto-securestring'];
/** What follows `user:password` in a data source name of Go. */
const DSN_HOSTS = ['@tcp(', '@unix('];

/** Every JSON Web Key holds it. */
const KEY_TYPE = '"kty"';

/** Literals before credentials in commands, calls and SQL; lower case. */
export const LOGIN_LITERALS: readonly string[] = [...LOGINS.flatMap(({ literals }) => literals), ...PIPES, ...DSN_HOSTS, KEY_TYPE];

/** Commands by the first three characters of their literals. */
const BY_HEAD = new Map<string, Login[]>();
for (const login of LOGINS)
  for (const head of new Set(login.literals.map((literal) => literal.slice(0, 3))))
    BY_HEAD.set(head, [...(BY_HEAD.get(head) ?? []), login]);

const REACH = 240;
/** `'...' | ConvertTo-SecureString`, `echo ... | docker login --password-stdin` */
const PIPED =
  /(?:\b(?:echo|printf)[ ]{1,3}(?:-\w+[ ]{1,3}|["']%s["'][ ]{1,3}){0,2}|(?=["']))(?:"([^"\n]{3,200})"|'([^'\n]{3,200})'|([^\s"'|]{3,200}))\s{0,8}\|[^|\n]{0,200}$/;

/** Characters that no password in a data source name has. */
const NO_DSN_PASSWORD = new Set(Array.from(' \t\r\n:@"\'`', (sign) => sign.charCodeAt(0)));
/** Whether the shortest password may end at a place. */
const endsPassword = (text: string, at: number): boolean => {
  for (let i = at - 3; i < at; i++) if (i < 0 || NO_DSN_PASSWORD.has(text.charCodeAt(i))) return false;
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
const AGAIN = new Map(LOGINS.map((login) => [login, new RegExp(` (?:${login.literals.map(escaped).join('|')})[\\w-]* `, 'i')]));
const FAR = 448;
const MOST_JUDGED = 256;

/** Finds credentials by the literals beside them, in one text. */
export class LoginFinder {
  readonly #text: string;
  /** Where each mark stands next, seen from a place that was asked for. */
  readonly #marks = new Map<string, { from: number; next: number }>();
  /** What was found of values: they come back often. */
  readonly #judged = new Map<string, boolean>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The credentials that stand beside one of the literals at `at`. */
  find(at: number): Span | undefined {
    const text = this.#text;
    for (const login of BY_HEAD.get(text.slice(at, at + 3).toLowerCase()) ?? []) {
      if (!login.literals.some((literal) => startsWith(text, literal, at))) continue;
      const found = login.far !== undefined ? this.#far(login, login.far, at) : matchAt(login, text, at, at);
      if (found === undefined || !this.#isWorth(login, found)) continue;
      if (login.before === undefined || login.before.test(lineBefore(text, at))) return found;
    }
    if (startsWith(text, KEY_TYPE, at)) return privateMembers(text, at);
    if (startsWith(text, '@', at)) return endsPassword(text, at) ? valueBehind(DSN, lineBefore(text, at), at) : undefined;
    if (!PIPES.some((literal) => startsWith(text, literal, at))) return undefined;
    const before = lineBefore(text, at);
    return before.includes('|') ? valueBehind(PIPED, before, at) : undefined;
  }

  #isWorth(login: Login, { value, quoted }: Match): boolean {
    const bare = login.prose === true && !quoted;
    const key = `${login.pair === true ? 'p' : bare ? 'b' : 'q'}${value}`;
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const worth = login.pair === true ? isPair(value) : isWorth(value, bare);
    if (value.length <= 64 && this.#judged.size < MOST_JUDGED) this.#judged.set(key, worth);
    return worth;
  }

  #far(login: Login, mark: string, at: number): Match | undefined {
    const nearest = Math.min(this.#next(mark, at), this.#next(mark.toUpperCase(), at));
    if (nearest > at + FAR - mark.length) return undefined;
    const piece = this.#text.slice(at, at + FAR);
    const again = AGAIN.get(login)?.exec(piece.slice(3));
    return matchAt(login, again ? piece.slice(0, again.index + 3) : piece, 0, at);
  }

  #next(mark: string, at: number): number {
    const known = this.#marks.get(mark);
    if (known !== undefined && known.from <= at && known.next >= at) return known.next;
    const found = this.#text.indexOf(mark, at);
    const next = found < 0 ? Infinity : found;
    this.#marks.set(mark, { from: at, next });
    return next;
  }
}

function escaped(literal: string): string {
  return literal.replace(/[^a-z0-9 ]/g, '\\$&');
}

function matchAt({ pattern }: Login, text: string, from: number, at: number): Match | undefined {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? undefined : spanOf(match, at);
}

/** The line up to a place, as far as it is looked at. */
function lineBefore(text: string, at: number): string {
  const line = text.slice(Math.max(0, at - REACH), at);
  return line.slice(line.lastIndexOf('\n') + 1);
}

function startsWith(text: string, literal: string, at: number): boolean {
  for (let i = 0; i < literal.length; i++) {
    const unit = text.charCodeAt(at + i);
    if ((unit >= 65 && unit <= 90 ? unit | 32 : unit) !== literal.charCodeAt(i)) return false;
  }
  return true;
}

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
  const close = key.indexOf('}');
  const members = [...(close < 0 ? key : key.slice(0, close)).matchAll(PRIVATE_MEMBER)];
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const start = from + open + first.index + first[0].length - 1 - (first[1] as string).length;
  return { start, end: from + open + last.index + last[0].length - 1 };
}
