import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heldOut } from '../bench/held-out/index.ts';
import { createKnownValues, createRedactor } from '../src/index.ts';
import { token } from './samples.ts';

fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 2026) });

const known = createKnownValues();
known.register(token('Stream-', 40), 'stream');
const redactor = createRedactor({ known });
const password = ['Tr0ub4', 'dor&3x'].join('');

async function documents(seeds: readonly number[], rounds: number): Promise<string[]> {
  const texts: string[] = [];
  await heldOut(
    (text) => {
      texts.push(text);
      return text;
    },
    seeds,
    rounds,
  );
  return texts;
}

const pieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));

function streamed(parts: readonly string[]): string {
  const chunks = redactor.chunks();
  return parts.map((part) => chunks.write(part)).join('') + chunks.end();
}

const differing = (texts: readonly string[], cut: (text: string) => string[]): string[] =>
  texts.filter((text) => streamed(cut(text)) !== redactor.text(text).text);

const lines = (text: string): string[] => text.split(/(?<=\n)/);

describe('D1 a stream masks what the whole text loses', () => {
  test.each([1, 2, 7, 33, 64, 300, 65_536])('D1 generated documents in pieces of %i characters', async (size) => {
    expect(differing(await documents([41], 2), (text) => pieces(text, size))).toEqual([]);
  });

  test('D1 generated documents line by line', async () => {
    expect(differing(await documents([42], 2), lines)).toEqual([]);
  });

  test('D1 generated documents, one after the other, cut at random', async () => {
    const texts = await documents([43], 2);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 }),
        (chosen, sizes) => {
          const text = chosen.join('\n\n');
          const parts: string[] = [];
          for (let at = 0, i = 0; at < text.length; i++) {
            const size = sizes[i % sizes.length] as number;
            parts.push(text.slice(at, at + size));
            at += size;
          }
          expect(streamed(parts)).toBe(redactor.text(text).text);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('D1 a key of one line of JSON, in pieces of any size', () => {
    const body = Array.from({ length: 24 }, (_, i) => token('', 64).slice(i) + token('', i)).join('\\n');
    const text = `{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n${body}\\n-----END PRIVATE KEY-----\\n", "client_id": "1"}\n`;
    for (const size of [1, 7, 64, 500]) expect(streamed(pieces(text, size))).toBe(redactor.text(text).text);
    expect(redactor.text(text).text).not.toContain(body.slice(0, 40));
  });

  test('D1 the type of a key that comes after its private part', () => {
    const part = token('', 86);
    const text = `{\n  "kid": "a",\n  "n": "${token('', 342)}",\n  "d": "${part}",\n  "dp": "${part}",\n  "kty": "RSA"\n}\nafter\n`;
    for (const size of [1, 7, 64]) expect(streamed(pieces(text, size))).toBe(redactor.text(text).text);
    expect(streamed(lines(text))).not.toContain(part);
  });

  test('D1 the rows of a table, in pieces of any size', () => {
    const rows = Array.from({ length: 8 }, (_, i) => `ana${i},${token('Row', 14).slice(0, 12 + (i % 3))}${i}7\n`);
    const text = `username,password\n${rows.join('')}\nafter\n`;
    for (const size of [1, 7, 64, 500]) expect(streamed(pieces(text, size))).toBe(redactor.text(text).text);
    expect(streamed(lines(text))).toBe(redactor.text(text).text);
    for (const row of rows) expect(redactor.text(text).text).not.toContain(row.split(',')[1]);
  });

  test('D1 a long line full of names', () => {
    const text = `${Array.from({ length: 900 }, (_, i) => `"label ${i}": "two words", "api_key": "${token('', 24 + (i % 9))}", `).join('')}\n`;
    for (const size of [7, 64, 4096]) expect(streamed(pieces(text, size))).toBe(redactor.text(text).text);
  });

  test('D1 bytes through a Node stream and a Web stream, in small pieces', async () => {
    const text = `café: password: ${password}\nAuthorization: Bearer ${token('', 30)}\nthe password for the cafe is ${password}\n`;
    const bytes = Buffer.from(text);
    const want = Buffer.from(redactor.text(bytes.toString('latin1')).text, 'latin1');
    for (const size of [1, 7, 64]) {
      const parts = pieces(bytes.toString('latin1'), size).map((part) => Buffer.from(part, 'latin1'));
      const node: Buffer[] = [];
      for await (const chunk of Readable.from(parts).pipe(redactor.nodeStream())) node.push(chunk as Buffer);
      expect(Buffer.concat(node).equals(want)).toBe(true);
      const web: Uint8Array[] = [];
      for await (const chunk of (Readable.toWeb(Readable.from(parts)) as ReadableStream<Uint8Array>).pipeThrough(redactor.stream()))
        web.push(chunk);
      expect(Buffer.concat(web).equals(want)).toBe(true);
    }
    expect(want.includes(password)).toBe(false);
  });
});

describe('D1 a stream lets go of what is certain', () => {
  test('D1 words, ends of lines and questions for a secret are seen at once', () => {
    const chunks = redactor.chunks();
    expect(chunks.write('an ordinary wo')).toBe('an ordinary ');
    expect(chunks.write('rd\n')).toBe('word\n');
    expect(chunks.write('Password: ')).toBe('Password: ');
    expect(chunks.write(`${password.slice(0, 5)}`)).toBe('');
    expect(chunks.write(`${password.slice(5)}\n`)).toBe('[redacted:password]\n');
  });

  test('D1 no line, whatever it names, holds back more than a bounded piece', () => {
    for (const piece of [
      'the key to the token is ',
      '"a": "b", ',
      'authorization: words ',
      'echo words ',
      "it's 'open ",
      '-----BEGIN PRIVATE KEY-----\n',
      '{"d": "x", "kty": ',
    ]) {
      const chunks = redactor.chunks();
      let most = 0;
      let [written, released] = [0, 0];
      for (let i = 0; i < 4_000; i++) {
        written += piece.length;
        released += chunks.write(piece).length;
        most = Math.max(most, written - released);
      }
      expect(most).toBeLessThan(64_000);
    }
  });
});
