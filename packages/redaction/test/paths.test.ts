import { describe, expect, test } from 'vitest';
import { createKnownValues, createRedactor, profiles } from '../src/index.ts';
import { isGone, token } from './samples.ts';

const known = createKnownValues();
const value = token('Kn0wn-', 34);
const password = 'p@ss wörd/"quoted"\\slash&more=1';
const pem = `-----BEGIN PRIVATE KEY-----\n${[1, 2, 3].map((n) => token('', 64, undefined).slice(n)).join('\n')}\n-----END PRIVATE KEY-----`;
known.register(value, 'connection/linear');
known.register(password, 'db password');
known.register(pem, 'pem');
const redactor = createRedactor({ known });
const github = token('ghp_', 36);
const ESC = String.fromCharCode(27);

/** What is left of a secret in the redacted text, and what a second pass would change: nothing, when all is well. */
function leaksOf(text: string, secret: string): string[] {
  const out = redactor.text(text).text;
  return [isGone(out, secret) ? '' : out, redactor.text(out).text === out ? '' : 'changed again'].filter(Boolean);
}

function leaksOfObject(input: unknown, ...secrets: string[]): string[] {
  const result = redactor.object(input);
  const out = JSON.stringify(result.value);
  const again = JSON.stringify(redactor.object(JSON.parse(out)).value);
  return [...secrets.map((secret) => (isGone(out, secret) ? '' : out)), again === out ? '' : 'changed again'].filter(Boolean);
}

const written = (input: unknown): string => JSON.stringify(redactor.object(input).value);

describe('D1 A17 the thirty paths a secret takes', () => {
  test('D1 path 1: split over two chunks at every offset', () => {
    for (const secret of [value, github]) {
      const text = `log line with ${secret} inside\n`;
      for (let at = 0; at <= text.length; at++) {
        const chunks = redactor.chunks();
        const out = chunks.write(text.slice(0, at)) + chunks.write(text.slice(at)) + chunks.end();
        expect(isGone(out, secret)).toBe(true);
        expect(out.startsWith('log line with [redacted:')).toBe(true);
        expect(out.endsWith(' inside\n')).toBe(true);
      }
    }
  });

  test('D1 path 2: a value that overlaps itself, at every split', () => {
    const own = createKnownValues();
    const repeated = 'abab1abab1abab2X';
    own.register(repeated, 'overlap');
    const overlapping = createRedactor({ known: own });
    const text = `start abab1abab1${repeated} end`;
    for (let at = 0; at <= text.length; at++) {
      const chunks = overlapping.chunks();
      const out = chunks.write(text.slice(0, at)) + chunks.write(text.slice(at)) + chunks.end();
      expect(out).not.toContain(repeated.slice(-8));
      expect(out).not.toContain(repeated);
    }
  });

  test('D1 path 3: as an object key', () => {
    expect(leaksOfObject({ [value]: 1, nested: { [`x-${github}`]: true } }, value, github)).toEqual([]);
  });

  test('D1 path 4: Map, Set and Symbol keys', () => {
    expect(
      leaksOfObject(
        {
          map: new Map<unknown, unknown>([
            [value, github],
            [{ a: 1 }, value],
          ]),
          set: new Set([value]),
          [Symbol(value)]: value,
          s: Symbol(value),
        },
        value,
        github,
      ),
    ).toEqual([]);
  });

  test('D1 path 5: rawHeaders arrays and entries', () => {
    const opaque = 'opaque-session-1';
    const input = {
      rawHeaders: ['Host', 'example.com', 'Authorization', opaque, 'Cookie', `sid=${opaque}`],
      entries: [['set-cookie', opaque]],
    };
    expect(leaksOfObject(input, opaque)).toEqual([]);
    expect(written(input)).toContain('example.com');
  });

  test('D1 path 6: every spelling of a name, while usage figures survive', () => {
    for (const name of [
      'api_key',
      'API-Key',
      'apiKey',
      'accessToken',
      'ACCESS_TOKEN',
      'client-secret',
      'Password',
      'x-api-key',
      'privateKey',
    ]) {
      expect(leaksOfObject({ [name]: 'zq7-short' }, 'zq7-short')).toEqual([]);
      expect(leaksOf(`${name}: "zR7wq20PxLm4vT9c"`, 'zR7wq20PxLm4vT9c')).toEqual([]);
    }
    const usage = {
      input_tokens: 12,
      prompt_tokens: 3,
      session_id: 'abcdefgh12345678',
      token_type: 'bearer',
      max_tokens: 4096,
      total_tokens: 15,
    };
    expect(redactor.object(usage).value).toEqual(usage);
    expect(redactor.object([{ name: 'API_TOKEN', value: 'plain-value' }]).value).toEqual([
      { name: 'API_TOKEN', value: '[redacted:key-name]' },
    ]);
  });

  test('D1 path 7: below the depth cap', () => {
    const capped = createRedactor({ ...profiles.runEvent, known });
    let deep: unknown = value;
    for (let i = 0; i < 12; i++) deep = { deep };
    expect(isGone(JSON.stringify(capped.object(deep).value), value)).toBe(true);
  });

  test('D1 path 8: message and stack of an error', () => {
    const result = redactor.error(new Error(`failed with ${value} and ${github}`));
    const out = JSON.stringify(result.value);
    expect(isGone(out, value) && isGone(out, github)).toBe(true);
    expect(out).toContain('failed with');
  });

  test('D1 path 9: cause and AggregateError', () => {
    const error = new AggregateError([new Error(value), github], 'several', {
      cause: new Error('outer', { cause: { token: 'inner-secret-1' } }),
    });
    const out = JSON.stringify(redactor.error(error).value);
    for (const secret of [value, github, 'inner-secret-1']) expect(isGone(out, secret)).toBe(true);
    expect(out).toContain('outer');
  });

  test('D1 path 10: error.config.headers', () => {
    const error = Object.assign(new Error('Request failed'), {
      config: { headers: { Authorization: 'Custom abc123secret', 'X-Api-Key': 'k-1' }, url: `https://x.test/?token=${github}` },
    });
    expect(leaksOfObject(error, 'Custom abc123secret', github)).toEqual([]);
  });

  test('D1 path 11: toJSON, getters and Proxy are read once', () => {
    let reads = 0;
    const shifty = {
      get field() {
        return ++reads === 1 ? 'harmless' : value;
      },
    };
    expect(JSON.stringify(redactor.object(shifty).value)).toBe('{"field":"harmless"}');
    const proxy = new Proxy({ a: value }, { get: (target, key) => (key === 'a' ? `${target.a}!` : undefined) });
    expect(leaksOfObject({ proxy, json: { toJSON: () => ({ inner: value }) } }, value)).toEqual([]);
  });

  test('D1 path 12: cycles and BigInt, with no raw fallback', () => {
    const cycle: Record<string, unknown> = { value, big: 10n ** 20n };
    cycle['self'] = cycle;
    expect(leaksOfObject(cycle, value)).toEqual([]);
    expect(written(cycle)).toContain('[circular]');
  });

  test('D1 path 13: Buffer and hexdump', () => {
    const bytes = Buffer.from(`GET / ${value} HTTP`);
    expect(leaksOfObject({ bytes, view: new Uint8Array(bytes) }, value)).toEqual([]);
    expect(
      leaksOf(
        `<Buffer ${bytes.toString('hex').match(/../g)?.join(' ')}>`,
        Buffer.from(value).toString('hex').match(/../g)?.join(' ') ?? '',
      ),
    ).toEqual([]);
    const rows = bytes.toString('hex').match(/.{1,32}/g) ?? [];
    const dump = rows
      .map(
        (row, i) =>
          `${(i * 16).toString(16).padStart(8, '0')}  ${row.match(/../g)?.join(' ')}  |${bytes.subarray(i * 16, i * 16 + 16).toString()}|`,
      )
      .join('\n');
    const out = redactor.text(dump).text;
    for (const part of [value.slice(0, 14), value.slice(-14)]) {
      expect(out).not.toContain(Buffer.from(part).toString('hex').match(/../g)?.join(' '));
      expect(out).not.toContain(part);
    }
  });

  test('D1 path 14: base64 with a 76-column wrap, and Basic credentials', () => {
    const wrapped = Buffer.from(`some text before ${value} and some text after it, to fill the lines`)
      .toString('base64')
      .replace(/.{76}/g, '$&\n');
    const out = redactor.text(wrapped).text;
    expect(Buffer.from(out.replace(/\[redacted:[^\]]*\]|\n/g, ''), 'base64').toString('latin1')).not.toContain(
      value.slice(0, value.length / 2),
    );
    const basic = Buffer.from(`user:${value}`).toString('base64');
    expect(leaksOf(`Authorization: Basic ${basic}`, basic)).toEqual([]);
    expect(leaksOf(`curl -u x -H 'X: ${basic}'`, basic.slice(8, -4))).toEqual([]);
  });

  test('D1 path 15: base64url and hex', () => {
    for (const before of ['', 'a', 'ab', 'abc']) {
      const encoded = Buffer.from(`${before}${value}`).toString('base64url');
      expect(leaksOf(`x ${encoded} y`, encoded.slice(4, -2))).toEqual([]);
    }
    expect(leaksOf(`x ${Buffer.from(value).toString('hex')} y`, Buffer.from(value).toString('hex'))).toEqual([]);
    expect(leaksOf(`x ${Buffer.from(value).toString('hex').toUpperCase()} y`, Buffer.from(value).toString('hex').toUpperCase())).toEqual(
      [],
    );
  });

  test('D1 path 16: percent variants', () => {
    const once = encodeURIComponent(password);
    for (const form of [once, once.toLowerCase(), encodeURIComponent(once), new URLSearchParams({ p: password }).toString().slice(2)])
      expect(leaksOf(`GET /?q=${form}&b=1`, form)).toEqual([]);
    const all = Array.from(value, (c) => `%${c.charCodeAt(0).toString(16)}`).join('');
    expect(leaksOf(`GET /?q=${all}`, all)).toEqual([]);
    expect(leaksOf(`GET /?q=${github.replace('_', '%5F')}`, github.slice(4))).toEqual([]);
  });

  test('D1 path 17: JSON twice and three times', () => {
    let text = JSON.stringify({ p: password, q: `say "${value}"` });
    for (let level = 0; level < 3; level++) {
      const out = redactor.text(text).text;
      const slashes = '\\'.repeat(2 ** (level + 1) - 1);
      expect(out).not.toContain(`${slashes}"quoted`);
      expect(isGone(out, value)).toBe(true);
      text = JSON.stringify(text);
    }
    const unicode = Array.from(value, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    expect(leaksOf(`{"a":"${unicode}"}`, unicode)).toEqual([]);
  });

  test('D1 path 18: an escaped line break directly before a token', () => {
    expect(leaksOf(`{"log":"first\\n${github}\\nlast"}`, github)).toEqual([]);
    expect(leaksOf(`{"log":"first\\n${value}\\nlast"}`, value)).toEqual([]);
  });

  test('D1 path 19: terminal sequences inside', () => {
    for (const secret of [value, github]) {
      const at = 17;
      const text = `see ${secret.slice(0, at)}${ESC}[31m${ESC}[1m${secret.slice(at)}${ESC}[0m.`;
      const out = redactor.text(text).text;
      expect(out).not.toContain(secret.slice(at));
      expect(out).not.toContain(secret.slice(0, at));
    }
  });

  test('D1 path 20: line wraps and CRLF', () => {
    for (const wrap of ['\n', '\r\n', '\\\n', '\n    ']) {
      const out = redactor.text(`x ${value.slice(0, 22)}${wrap}${value.slice(22)} y`).text;
      expect(out).not.toContain(value.slice(0, 22));
      expect(out).not.toContain(value.slice(22));
    }
    const folded = pem.replaceAll('\n', '\r\n');
    expect(leaksOf(`key:\n${folded}\n`, folded)).toEqual([]);
  });

  test('D1 path 21: zero-width characters', () => {
    const text = `x ${Array.from(github).join('\u200b')} ${Array.from(value).join('\ufeff')} y`;
    const out = redactor.text(text).text.replace(/[\u200b\ufeff]/g, '');
    expect(isGone(out, github) && isGone(out, value)).toBe(true);
  });

  test('D1 path 22: lone surrogates', () => {
    expect(leaksOf(`\ud800${value}\udc00 \ud83d`, value)).toEqual([]);
    expect(leaksOfObject({ a: `\ud800${value}\udfff` }, value)).toEqual([]);
  });

  test('D1 path 23: truncation', () => {
    expect(leaksOf(`body: ${value.slice(0, 30)}...`, value.slice(0, 30))).toEqual([]);
    expect(leaksOf(`...${value.slice(12)}`, value.slice(12))).toEqual([]);
  });

  test('D1 path 24: user information, query and redirect of a URL', () => {
    expect(leaksOf(`git clone https://bot:${token('', 12)}@git.example.org/a.git`, token('', 12))).toEqual([]);
    expect(
      leaksOf('GET /cb?access_token=Zr8kQ2mV7xTb4Lw9&state=1 302 Location: /done#id_token=Qw83nVb20sLkPx71', 'Zr8kQ2mV7xTb4Lw9'),
    ).toEqual([]);
    expect(leaksOf('postgres://app:Sup3rS3cret@db.internal:5432/app', 'Sup3rS3cret')).toEqual([]);
  });

  test('D1 path 25: HTTP debug logs and cookies', () => {
    const session = 'a81bc81b-dead-4e5d-abff-90865d1e13b1';
    for (const text of [
      `> Cookie: sid=${session}; theme=dark`,
      `set-cookie: sid=${session}; Path=/; HttpOnly`,
      `authorization: Custom ${session}`,
      `{"authorization":"${session}"}`,
    ])
      expect(leaksOf(text, session)).toEqual([]);
  });

  test('D1 path 26: argv and process titles', () => {
    expect(leaksOf('node server.js --token Zr8kQ2mV7xTb4Lw9 --port 80', 'Zr8kQ2mV7xTb4Lw9')).toEqual([]);
    expect(leaksOf('mysql --password=hunter2x -u root', 'hunter2x')).toEqual([]);
    expect(leaksOfObject({ argv: ['node', 'x.js', '--api-key', 'Zr8kQ2mV7xTb4Lw9'] }, 'Zr8kQ2mV7xTb4Lw9')).toEqual([]);
  });

  test('D1 path 27: environments and crash dumps', () => {
    expect(leaksOf(`PATH=/bin\0OPENAI_API_KEY=${token('', 32)}\0HOME=/root\0`, token('', 32))).toEqual([]);
    expect(leaksOfObject({ env: { PATH: '/bin', DB_PASSWORD: 'abc', GITHUB_TOKEN: github } }, github)).toEqual([]);
    expect(redactor.object({ DB_PASSWORD: 'abc' }).value).toEqual({ DB_PASSWORD: '[redacted:key-name]' });
  });

  test('D1 path 28: names of files and archive entries', () => {
    expect(leaksOf(`adding: backup/${value}.txt (deflated 3%)`, value)).toEqual([]);
    expect(leaksOf(`-rw-r--r-- 1 u u 12 ${github}.pem`, github)).toEqual([]);
  });

  test('D1 path 29: __proto__ keys', () => {
    const input: unknown = JSON.parse(`{"__proto__":{"secret":"${value}"},"constructor":"${value}"}`);
    expect(leaksOfObject(input, value)).toEqual([]);
    const out = written(input);
    expect(out).toContain('__proto__');
    expect(({} as Record<string, unknown>)['secret']).toBeUndefined();
  });

  test('D1 path 30: very long lines, and values registered while a stream is open', () => {
    const long = `${'x'.repeat(200_000)} ${value} ${'y'.repeat(200_000)}`;
    expect(leaksOf(long, value)).toEqual([]);
    const own = createKnownValues();
    const chunks = createRedactor({ known: own }).chunks();
    let out = chunks.write('before the registration ');
    const late = token('Late-', 30);
    own.register(late, 'late');
    out += chunks.write(`${late.slice(0, 11)}`) + chunks.write(`${late.slice(11)} after\n`) + chunks.end();
    expect(out).toBe('before the registration [redacted:known:late] after\n');
  });

  test('D1 a number of an object that is a known value', () => {
    const own = createKnownValues();
    const numbers = createRedactor({ known: own });
    const account = 4_111_222_233_334_444;
    const before = numbers.object({ account, at: 1_760_000_000_123 });
    expect(before.value).toEqual({ account, at: 1_760_000_000_123 });
    own.register(String(account), 'account');
    const after = numbers.object({ account, rate: 12_345_678.25, at: 1_760_000_000_123 });
    expect(after.value).toMatchObject({ account: '[redacted:known:account]', rate: 12_345_678.25, at: 1_760_000_000_123 });
    own.register('12345678.25', 'rate');
    expect(numbers.object({ rate: 12_345_678.25 }).value).toEqual({ rate: '[redacted:known:rate]' });
  });
});
