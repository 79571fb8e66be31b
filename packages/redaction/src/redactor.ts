import { Transform } from 'node:stream';
import type { ChunkRedactor, ErrorResult, Json, Masked, ObjectResult, RedactorOptions, TextResult } from './types.ts';
import { knownValues } from './known.ts';

export interface Redactor {
  text(input: string): TextResult;
  object(value: unknown): ObjectResult;
  error(error: unknown): ErrorResult;
  chunks(): ChunkRedactor;
  stream(): TransformStream<Uint8Array | string, Uint8Array>;
  nodeStream(): Transform;
}

const SECRET_NAME = /(token|secret|passw|api_?-?key|authorization|cookie|credential|private_?-?key)/i;

/** Makes a redactor. */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const known = options.known ?? knownValues;
  const text = (input: string): TextResult => {
    const counts = new Map<string, number>();
    let out = input;
    for (const { value, label } of known.entries()) {
      const b64 = Buffer.from(value).toString('base64').replace(/=+$/, '');
      for (const form of [value, b64, Buffer.from(value).toString('hex'), encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
        const parts = out.split(form);
        if (parts.length > 1) counts.set(`known:${label}`, parts.length - 1);
        out = parts.join(`[redacted:known:${label}]`);
      }
    }
    return { text: out, masked: [...counts].map(([rule, count]) => ({ rule, count })) };
  };
  const object = (value: unknown): ObjectResult => {
    const masked: Masked[] = [];
    const walk = (v: unknown): Json => {
      if (typeof v === 'string') {
        const r = text(v);
        masked.push(...r.masked);
        return r.text;
      }
      if (v === null || typeof v === 'number' || typeof v === 'boolean') return v;
      if (Array.isArray(v)) return v.map(walk);
      if (typeof v !== 'object') return String(v);
      return Object.fromEntries(
        Object.entries(v).map(([k, x]) => [text(k).text, SECRET_NAME.test(k) && typeof x === 'string' ? '[redacted:key]' : walk(x)]),
      );
    };
    return { value: walk(value), masked };
  };
  const chunks = (): ChunkRedactor => {
    let held = '';
    return { write: (c) => ((held += c), ''), end: () => text(held).text, masked: () => text(held).masked };
  };
  return {
    text,
    object,
    error: (error) =>
      error instanceof Error ? object({ name: error.name, message: error.message, stack: error.stack ?? '' }) : object({ message: error }),
    chunks,
    stream: () => {
      const inner = chunks();
      const decoder = new TextDecoder();
      const encoder = new TextEncoder();
      return new TransformStream({
        transform: (chunk, c) =>
          c.enqueue(encoder.encode(inner.write(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })))),
        flush: (c) => c.enqueue(encoder.encode(inner.write(decoder.decode()) + inner.end())),
      });
    },
    nodeStream: () => {
      const inner = chunks();
      const decoder = new TextDecoder();
      return new Transform({
        transform(chunk: Buffer, _encoding, done) {
          done(null, inner.write(decoder.decode(chunk, { stream: true })));
        },
        flush(done) {
          done(null, inner.write(decoder.decode()) + inner.end());
        },
      });
    },
  };
}
