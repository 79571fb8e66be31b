import { describe, expect, test } from 'vitest';
import { NAMED } from '../bench/adversarial.ts';
import { LOGIN_LITERALS } from '../src/engine/login-rules.ts';
import { createKnownValues, createRedactor, profiles } from '../src/index.ts';
import { isGone, token } from './samples.ts';

const known = createKnownValues();
const value = token('Limit-', 40);
known.register(value, 'limit');

describe('B16 B17 B20 the profiles of the sinks', () => {
  const redactor = createRedactor({ ...profiles.runEvent, known });

  test('B16 a run event is cut after masking: strings, items, depth, payload', () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } };
    const event = { text: `${'x'.repeat(1_990)} ${value}`, list: Array.from({ length: 100 }, (_, i) => i), deep };
    const result = redactor.object(event);
    const json = JSON.stringify(result.value);
    expect(isGone(json, value)).toBe(true);
    const out = result.value as { text: string; list: unknown[] };
    expect(out.text.length).toBe(2_000);
    expect(out.text).toContain(' [redacted');
    expect(out.list).toHaveLength(25);
    expect(json).toContain('[dropped:depth]');
    expect(result.masked.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['known:limit', 'cap:string', 'cap:items', 'cap:depth']));
  });

  test('B16 a payload has at most 20,000 characters of JSON, whatever its shape', () => {
    for (const payload of [
      Array.from({ length: 25 }, () => '"'.repeat(2_000)),
      { a: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, 'é'.repeat(1_999)])) },
      '"'.repeat(90_000),
    ]) {
      const result = redactor.object(payload);
      expect(JSON.stringify(result.value).length).toBeLessThanOrEqual(20_000);
      expect(JSON.stringify(result.value).length).toBeGreaterThan(2_000);
    }
  });

  test('B17 an audit row loses prompts, tokens, keys, credentials, passwords and secrets by name and by value', () => {
    const audit = createRedactor({ ...profiles.audit, known });
    const row = {
      actor: 'ana',
      prompt: 'please fix it',
      apiKey: 'k',
      credentials: { user: 'u', pass: 'p' },
      password: 'p',
      secret: 's',
      tokens: { access: 'a' },
      note: value,
      total_tokens: 12,
    };
    const out = audit.object(row).value as Record<string, unknown>;
    expect(out).toMatchObject({
      actor: 'ana',
      total_tokens: 12,
      prompt: '[redacted:key-name]',
      apiKey: '[redacted:key-name]',
      password: '[redacted:key-name]',
      secret: '[redacted:key-name]',
      note: '[redacted:known:limit]',
    });
    expect(JSON.stringify([out['credentials'], out['tokens']])).not.toMatch(/"[upa]"[^:]/);
  });

  test('B20 a support bundle holds no token, link URL, MCP configuration, env file or prompt', () => {
    const bundle = createRedactor({ ...profiles.supportBundle, known });
    const out = JSON.stringify(
      bundle.object({
        repo: 'a/b',
        link_url: 'https://x.test/l/1',
        mcp_config: { server: 'abc' },
        env_file: 'A=1',
        oauth_token: 'o',
        systemPrompt: 'you are',
        model: 'openai/gpt-5',
      }).value,
    );
    expect(out).toContain('"repo":"a/b"');
    expect(out).toContain('openai/gpt-5');
    for (const secret of ['x.test', '"abc"', 'A=1', '"o"', 'you are']) expect(out).not.toContain(secret);
  });
});

describe('D1 the registry', () => {
  test('D1 values under eight characters are turned away, said once', () => {
    const said: string[] = [];
    const own = createKnownValues((label) => said.push(label));
    expect(own.register('1234567', 'a')).toBe(false);
    expect(own.register('7654321', 'b')).toBe(false);
    expect(own.register('12345678', 'c')).toBe(true);
    expect(said).toEqual(['a']);
    expect(own.entries()).toHaveLength(1);
  });
});

describe('D1 work and memory are linear', () => {
  const redactor = createRedactor({ known });
  const shapes: Record<string, string> = {
    'token=': 'token=',
    'token="': 'token="',
    'armour headers': '-----BEGIN RSA PRIVATE KEY-----\n',
    'key-key-': 'key-key-',
    'ends of tags': ':token> ',
    '://': '://',
    'a:b@': '//a:b@',
    'percent codes': '%41%25',
    escapes: '\\u0041\\/',
    'shared prefix': 'sk-proj-',
    'half of a value': value.slice(0, 20),
    'terminal sequences': `a${String.fromCharCode(27)}[1m`,
    'zero width': 'a\u200b',
  };
  // A quadratic step would take minutes on two million characters.
  test.each(Object.entries(shapes))('D1 two million characters of %s are done in one go', (_, shape) => {
    const text = shape.repeat(Math.ceil(2_000_000 / shape.length));
    expect(redactor.text(text).text.length).toBeGreaterThan(0);
  });

  // Quadratic work would take minutes on all of them together.
  test.each([...NAMED, ...LOGIN_LITERALS.map((literal) => `${literal}ab `)])(
    'D1 a hundred thousand characters of %s are done in one go',
    (piece) => {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      expect(redactor.text(text).text.length).toBeGreaterThan(0);
    },
  );

  test('D1 deep base64 is decoded to a bounded depth', () => {
    let text = 'the quick brown fox jumps over the lazy dog, again and again and again. '.repeat(2_000);
    for (let i = 0; i < 6; i++) text = Buffer.from(text).toString('base64');
    expect(redactor.text(text).text.length).toBeGreaterThan(0);
  });

  test('D1 a stream holds back no more than a bounded piece, and releases a line at its end', () => {
    const chunks = redactor.chunks();
    let released = 0;
    let written = 0;
    for (let i = 0; i < 400; i++) {
      const piece = 'x'.repeat(997);
      written += piece.length;
      released += chunks.write(piece).length;
      expect(written - released).toBeLessThan(64_000);
    }
    expect(released + chunks.end().length).toBe(written);
    const lines = redactor.chunks();
    expect(lines.write('a first line\n')).toBe('a first line\n');
  });

  test('D1 a secret longer than a stream may hold is masked to its end', () => {
    const endless = redactor.chunks();
    let out = endless.write('-----BEGIN PRIVATE KEY-----\n');
    for (let i = 0; i < 3_000; i++) out += endless.write(`${token('', 64)}\n`);
    out += endless.write('-----END PRIVATE KEY-----\nafter\n') + endless.end();
    expect(out).toBe('[redacted:private-key]\nafter\n');
  });
});
