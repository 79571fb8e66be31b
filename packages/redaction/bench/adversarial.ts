import { KEYWORDS } from '../src/engine/context.ts';
import { LOGIN_LITERALS } from '../src/engine/login-rules.ts';

/** Names in every kind of surroundings, over and over, with no value that is a secret. */
export const NAMED: readonly string[] = [
  'authorization: words ',
  'authorization: ',
  'cookie: a=b; ',
  'x-api-key: a ',
  'bearer ',
  'password is ',
  'password for the a b c ',
  'password, ',
  '(password, ',
  'insert into t (a, password) values ',
  'password | a | ',
  'login ana password ',
  'credentials: a / ',
  'key: ',
  'api key key ',
  'token("',
  '"token", ',
  '"token" { ',
  '\\"password\\":\\"',
  'name: token value: ',
  "password]').type(",
  'token: |\n  ',
  'password:\n  ',
  '<password>',
  ':token> ',
  '<token a="b">',
  '--password ',
  'ENV TOKEN ',
  'curl -u a ',
  'mysql -u a ',
  'mysql -u root x -p ',
  '{"kty":',
  'a:5432:b:c:',
  'http://a:b@',
  'a:b@tcp(',
  "'a' | ",
  'echo a | docker login --password-stdin ',
];

/** Pieces in an order that does not come again. */
const shuffled =
  (pieces: readonly string[]) =>
  (length: number): string => {
    let state = 2026;
    let text = '';
    while (text.length < length) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      text += pieces[Math.floor((state / 2 ** 32) * pieces.length)] as string;
    }
    return text;
  };

/** A name with another number each time. */
const counted = (length: number): string => {
  let text = '';
  for (let i = 0; text.length < length; i++) text += `pass${(i * 7919) % 9973}: `;
  return text;
};

/** Input made to be slow, by name: a function from a length to a text. */
export function shapes(values: readonly string[]): Record<string, (length: number) => string> {
  const value = values[2] ?? '';
  const repeat =
    (piece: string) =>
    (length: number): string =>
      piece.repeat(Math.ceil(length / piece.length));
  return {
    'token=': repeat('token='),
    'token="': repeat('token="'),
    'password: ': repeat('password: '),
    ...Object.fromEntries(LOGIN_LITERALS.map((literal) => [`command ${literal}`, repeat(`${literal}ab `)])),
    ...Object.fromEntries(NAMED.map((piece) => [`named ${JSON.stringify(piece)}`, repeat(piece)])),
    'commands and names in turn': repeat([...LOGIN_LITERALS, ...NAMED, ...KEYWORDS].join(' ')),
    'a command and a name': repeat('set passwd login password '),
    'a command and two names': repeat('set password key: bearer '),
    'quotes and pipes': repeat("'abc' | chpasswd "),
    'a name and equals signs': repeat('key = = = = '),
    'quotes behind a name': repeat('password\'"\'"`"`'),
    'a name in escapes of JSON': repeat('\\u0022token\\u0022:'),
    'JSON in JSON in JSON': repeat('\\\\\\"password\\\\\\":\\\\\\"'),
    'armour headers': repeat('-----BEGIN RSA PRIVATE KEY-----\n'),
    'key-key-': repeat('key-key-'),
    '://': repeat('://'),
    '//a:b@': repeat('//a:b@'),
    'percent codes': repeat('%41%25'),
    'escapes of JSON': repeat('\\u0041\\/'),
    'prefix of many values': repeat('sk-proj-'),
    'half of a known value': repeat(value.slice(0, value.length >> 1)),
    'terminal sequences': repeat(`a${String.fromCharCode(27)}[1m`),
    'zero-width characters': repeat('a\u200b'),
    'deep base64': (length) => {
      let text = 'ordinary words, many of them. '.repeat(Math.ceil(length / 30));
      for (let i = 0; i < 5; i++) text = Buffer.from(text).toString('base64');
      return text.slice(0, length);
    },
  };
}

/** Input that is nothing but commands and names, or names with a value each, and repeats nothing. */
export const MIXTURES: Readonly<Record<string, (length: number) => string>> = {
  'commands and names in no order': shuffled([...LOGIN_LITERALS, ...NAMED]),
  'names that are counted': counted,
};
