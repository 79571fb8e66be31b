import { request } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { MalformedResponse, ResponseParser } from './response-parser.ts';

interface Read {
  status: number;
  headers: Record<string, unknown>;
  body: string;
  ended: boolean;
}

/** Reads what an upstream sends, cut into pieces; `closed` when it closes the connection behind it. */
const read = (bytes: Buffer, cuts: readonly number[] = [], closed = false): Read & { keepAlive: boolean; whole: boolean } => {
  const seen: Read = { status: 0, headers: {}, body: '', ended: false };
  const parser = new ResponseParser({
    onHead: (status, headers) => {
      expect(seen.status).toBe(0);
      Object.assign(seen, { status, headers: { ...headers } });
    },
    onBody: (piece) => {
      expect(seen.ended).toBe(false);
      seen.body += piece.toString('latin1');
    },
    onEnd: () => {
      expect(seen.ended).toBe(false);
      seen.ended = true;
    },
  });
  parser.reset();
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  for (const [index, from] of [0, ...at].entries()) parser.push(bytes.subarray(from, at[index]));
  const whole = closed ? parser.end() : seen.ended;
  return { ...seen, keepAlive: parser.keepAlive, whole };
};

const text = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');

const token = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,12}$/)
  .filter(
    (name) => !/^(?:connection|transfer-encoding|content-length|keep-alive|trailer|upgrade|set-cookie|proxy-connection|host)$/.test(name),
  );
const value = fc.stringMatching(/^[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?$/);
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const framing = fc.constantFrom('length', 'chunked', 'close');
const interim = fc.constantFrom('', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
const answer = fc.record({
  interim,
  status: fc.constantFrom(200, 201, 204, 304, 400, 401, 429, 500, 529),
  reason: fc.constantFrom('', ' ', ' OK', ' Nicht gut \xfc'),
  fields: fc.uniqueArray(fc.tuple(token, value), { maxLength: 5, selector: ([name]) => name }),
  body: payload,
  framing,
  sizes: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 6 }),
  extension: fc.constantFrom('', ';a=b', ';name="x y"'),
  trailers: fc.constantFrom('', 'checksum: 1\r\n'),
});

const chunksOf = (body: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, body.length]) {
    if (at >= body.length) break;
    chunks.push(body.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

const bytesOf = ({ interim: before, status, reason, fields, body, framing: how, sizes, extension, trailers }: Answer): Buffer => {
  const empty = status === 204 || status === 304;
  const head = [`HTTP/1.1 ${status}${reason}`, ...fields.map(([name, said]) => `${name}: ${said}`)];
  if (!empty && how === 'length') head.push(`content-length: ${body.length}`);
  if (!empty && how === 'chunked') head.push('transfer-encoding: chunked');
  const start = Buffer.from(`${before}${head.join('\r\n')}\r\n\r\n`, 'latin1');
  if (empty) return start;
  if (how !== 'chunked') return Buffer.concat([start, body]);
  const pieces = chunksOf(body, sizes).flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([start, ...pieces, Buffer.from(`0\r\n${trailers}\r\n`)]);
};

const closers: Server[] = [];
afterAll(() => {
  for (const server of closers) server.close();
});

describe('reading answers of an upstream', () => {
  it('reads every valid answer alike, wherever it is cut', () => {
    fc.assert(
      fc.property(answer, fc.array(fc.nat(1_000), { maxLength: 12 }), (made, cuts) => {
        const bytes = bytesOf(made);
        const closes = made.framing === 'close' && made.status !== 204 && made.status !== 304;
        const whole = read(bytes, [], closes);
        expect(whole).toMatchObject({ status: made.status, ended: true, whole: true });
        expect(whole.body).toBe(made.status === 204 || made.status === 304 ? '' : made.body.toString('latin1'));
        for (const [name, said] of made.fields) expect(whole.headers[name]).toBe(said);
        expect(read(bytes, cuts, closes)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('reads an answer that comes byte by byte', () => {
    const bytes = text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5;x=1', 'hello', '0', 'a: b', '', '');
    const every = Array.from({ length: bytes.length }, (_, index) => index);
    expect(read(bytes, every)).toMatchObject({ status: 200, body: 'hello', ended: true, keepAlive: true });
  });

  it("reads what Node's own parser reads", async () => {
    let bytes: Buffer = Buffer.alloc(0);
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(bytes));
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    closers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const byNode = (): Promise<Omit<Read, 'ended'>> =>
      new Promise((resolve, reject) => {
        request({ port, host: '127.0.0.1', agent: false }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: { ...response.headers }, body: Buffer.concat(chunks).toString('latin1') }),
          );
          response.on('error', reject);
        })
          .on('error', reject)
          .end();
      });
    await fc.assert(
      fc.asyncProperty(answer, async (made) => {
        bytes = bytesOf(made);
        const { status, headers, body } = read(bytes, [], true);
        expect({ status, headers, body }).toEqual(await byNode());
      }),
      { numRuns: 150 },
    );
  });

  it('reads past blanks before the extension of a chunk (RFC 9112 section 7.1.1), which Node does not', () => {
    const bytes = text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5 ; a=b', 'hello', '0', '', '');
    expect(read(bytes)).toMatchObject({ body: 'hello', whole: true });
  });

  it('hands on what came together as one piece, also before what cannot be read', () => {
    const pieces: string[] = [];
    const parser = new ResponseParser({
      onHead: () => {},
      onBody: (piece) => pieces.push(piece.toString()),
      onEnd: () => pieces.push('end'),
    });
    parser.push(text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '3', 'one', '3', 'two', ''));
    parser.push(text('5', 'three', '0', '', ''));
    expect(pieces).toEqual(['onetwo', 'three', 'end']);
    parser.reset();
    expect(() => parser.push(text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '4', 'four', 'x', ''))).toThrow(MalformedResponse);
    expect(pieces).toEqual(['onetwo', 'three', 'end', 'four']);
  });

  it('joins repeated fields, trims values and lowers names', () => {
    const { headers } = read(text('HTTP/1.1 200 OK', 'X-A:  one\t', 'x-a:two', 'Empty:', 'content-length: 0', '', ''));
    expect(headers).toMatchObject({ 'x-a': 'one, two', empty: '' });
  });

  it('keeps a field named __proto__ a field', () => {
    const parser = new ResponseParser({
      onHead: (_status, headers) => expect(Object.hasOwn(headers, '__proto__')).toBe(true),
      onBody: () => undefined,
      onEnd: () => undefined,
    });
    parser.reset();
    parser.push(text('HTTP/1.1 200 OK', '__proto__: x', 'content-length: 0', '', ''));
    expect.assertions(1);
  });

  it.each([
    ['a length beside a coding', ['HTTP/1.1 200 OK', 'content-length: 5', 'transfer-encoding: chunked', '', '']],
    ['a coding that is not chunked alone', ['HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked', '', '']],
    ['chunked twice', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', 'transfer-encoding: chunked', '', '']],
    ['a coding under HTTP/1.0', ['HTTP/1.0 200 OK', 'transfer-encoding: chunked', '', '']],
    ['two lengths', ['HTTP/1.1 200 OK', 'content-length: 5', 'content-length: 6', '', '']],
    ['a list of lengths', ['HTTP/1.1 200 OK', 'content-length: 5, 5', '', '']],
    ['a signed length', ['HTTP/1.1 200 OK', 'content-length: +5', '', '']],
    ['a hexadecimal length', ['HTTP/1.1 200 OK', 'content-length: 0x5', '', '']],
    ['an empty length', ['HTTP/1.1 200 OK', 'content-length:', '', '']],
    ['a folded line', ['HTTP/1.1 200 OK', 'x-a: one', ' two', '', '']],
    ['a blank before the colon', ['HTTP/1.1 200 OK', 'x-a : one', '', '']],
    ['a line without a colon', ['HTTP/1.1 200 OK', 'nonsense', '', '']],
    ['a field without a name', ['HTTP/1.1 200 OK', ': x', '', '']],
    ['a bare line feed in the head', ['HTTP/1.1 200 OK', 'x-a: one\nx-b: two', '', '']],
    ['a bare carriage return', ['HTTP/1.1 200 OK', 'x-a: one\rx-b: two', '', '']],
    ['a NUL', ['HTTP/1.1 200 OK', 'x-a: o\0ne', '', '']],
    ['another version', ['HTTP/2.0 200 OK', '', '']],
    ['a status of two digits', ['HTTP/1.1 20 OK', '', '']],
    ['a status that is none', ['HTTP/1.1 020 OK', '', '']],
    ['another protocol', ['SSH-2.0-OpenSSH_9.2', '', '']],
    ['an empty line first', ['', 'HTTP/1.1 200 OK', '', '']],
    ['a change of protocol', ['HTTP/1.1 101 Switching Protocols', 'upgrade: x', '', '']],
    ['an empty chunk size', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '', 'hello']],
    ['a negative chunk size', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '-5', 'hello', '']],
    ['a prefixed chunk size', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '0x5', 'hello', '']],
    ['a blank before a chunk size', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', ' 5', 'hello', '']],
    ['a blank behind a chunk size', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5 ', 'hello', '']],
    ['a chunk size that is too large', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '1000000000000', '']],
    ['a chunk that is longer than it says', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5', 'hello!', '']],
    ['a bare line feed behind a chunk size', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5\nhello', '']],
    ['a bare line feed behind a chunk', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5', 'hello\n0', '']],
    ['a control character in an extension', ['HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5;a=\x01', 'hello', '']],
  ])('refuses %s', (_name, lines) => {
    const bytes = text(...lines);
    expect(() => read(bytes)).toThrow(MalformedResponse);
    expect(() =>
      read(
        bytes,
        Array.from({ length: bytes.length }, (_, index) => index),
      ),
    ).toThrow(MalformedResponse);
  });

  it.each([
    ['a head that does not end', 'HTTP/1.1 200 OK\r\nx-a: '],
    ['a size line that does not end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;a='],
    ['a trailer that does not end', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\na: '],
  ])('refuses %s after 16 KiB, and keeps no more of it', (_name, start) => {
    const parser = new ResponseParser({ onHead: () => undefined, onBody: () => undefined, onEnd: () => undefined });
    parser.reset();
    parser.push(Buffer.from(start));
    let sent = 0;
    expect(() => {
      for (; sent < 64; sent++) parser.push(Buffer.alloc(1_024, 'a'));
    }).toThrow(MalformedResponse);
    expect(sent).toBeLessThanOrEqual(16);
  });

  it('refuses trailers without an end', () => {
    const parser = new ResponseParser({ onHead: () => undefined, onBody: () => undefined, onEnd: () => undefined });
    parser.reset();
    parser.push(text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '0', ''));
    expect(() => {
      for (let sent = 0; sent < 2_000; sent++) parser.push(text('name: value', ''));
    }).toThrow(MalformedResponse);
  });

  it('reads nothing of what follows an answer, and gives the connection up', () => {
    const smuggled = text('HTTP/1.1 200 OK', 'content-length: 2', '', 'okHTTP/1.1 200 OK', 'content-length: 4', '', 'evil');
    expect(read(smuggled)).toMatchObject({ body: 'ok', ended: true, keepAlive: false });
    expect(read(smuggled, [10, 41])).toMatchObject({ body: 'ok', ended: true, keepAlive: false });
  });

  it.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', true],
    ['HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\ncontent-length: 0\r\nConnection: x, Close\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', false],
    ['HTTP/1.0 200 OK\r\ncontent-length: 0\r\nconnection: Keep-Alive\r\n\r\n', true],
    ['HTTP/1.1 204 No Content\r\n\r\n', true],
  ])('knows from %j whether the connection stays: %s', (head, stays) => {
    expect(read(Buffer.from(head)).keepAlive).toBe(stays);
  });

  it.each([
    ['in the midst of the head', 'HTTP/1.1 200 OK\r\ncontent-len', false],
    ['in the midst of a body of known length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', false],
    ['in the midst of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhello', false],
    ['before the last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', false],
    ['before the end of the trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n', false],
    ['at the end of a body without a length', 'HTTP/1.1 200 OK\r\n\r\nhello', true],
  ])('knows whether an answer is whole that ends %s', (_where, sent, whole) => {
    expect(read(Buffer.from(sent), [], true)).toMatchObject({ whole, ended: whole });
  });
});
