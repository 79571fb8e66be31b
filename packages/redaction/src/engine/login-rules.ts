import { CALLS } from './login-calls.ts';
import { COMMANDS } from './login-commands.ts';
import type { Login } from './login-parts.ts';
import { TOOLS } from './login-tools.ts';

/** A login with every member in its place, so that asking any of them for one is as quick. */
export interface Rule {
  number: number;
  pattern: RegExp;
  before: RegExp | undefined;
  words: RegExp | undefined;
  ends: readonly string[] | undefined;
  may: Login['may'] | undefined;
  far: string | undefined;
  prose: boolean;
  cookies: boolean;
  phrase: boolean;
  pair: boolean;
  strong: boolean;
  /** Patterns that search a stretch of a command end where the same command begins again, so that each stretch is searched once. */
  again: RegExp;
}

const ruleOf = (login: Login, number: number): Rule => ({
  number,
  pattern: login.pattern,
  before: login.before,
  words: login.words,
  ends: login.ends,
  may: login.may,
  far: login.far,
  prose: login.prose === true,
  cookies: login.cookies === true,
  phrase: login.phrase === true,
  pair: login.pair === true,
  strong: login.strong === true,
  again: new RegExp(` (?:${login.literals.map(escaped).join('|')})[\\w-]* `, 'gi'),
});

/** What a password is piped into. */
const PIPES = [
  '--password-stdin',
  'convertto-securestring',
  'chpasswd',
  'sudo -s ',
  'passwd --stdin',
  'kinit ',
  '--with-token',
  'cryptsetup luks',
  '-pass stdin',
];
/** What follows `user:password` in a data source name of Go. */
const DSN_HOSTS = ['@tcp(', '@unix('];

/** Every JSON Web Key holds it. */
export const KEY_TYPE = '"kty"';

/** What a literal may be beside the rules that begin with it. */
type Beside = 'pipe' | 'host' | 'key' | 'nothing';

interface Literal {
  rules: readonly Rule[];
  beside: Beside;
}

/** Commands and calls by their literals. */
const BY_LITERAL = new Map<string, Literal>();
/** What is known of a literal. */
export const literalOf = (literal: string): Literal => BY_LITERAL.get(literal) ?? { rules: [], beside: 'nothing' };
[...COMMANDS, ...TOOLS, ...CALLS].forEach((login, number) => {
  const rule = ruleOf(login, number);
  for (const literal of login.literals) BY_LITERAL.set(literal, { rules: [...literalOf(literal).rules, rule], beside: 'nothing' });
});
for (const [literals, beside] of [
  [PIPES, 'pipe'],
  [DSN_HOSTS, 'host'],
  [[KEY_TYPE], 'key'],
] as const)
  for (const literal of literals) BY_LITERAL.set(literal, { ...literalOf(literal), beside });

/** Literals before credentials in commands, calls and SQL; lower case. */
export const LOGIN_LITERALS: readonly string[] = [...BY_LITERAL.keys()];

function escaped(literal: string): string {
  return literal.replace(/[^a-z0-9 ]/g, '\\$&');
}
