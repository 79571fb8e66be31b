import { Transform } from 'node:stream';
import { classAt, RUN, SPACE } from './engine/chars.ts';
import type { Engine } from './engine/engine.ts';
import { bodyLength } from './engine/pem.ts';
import { scan } from './engine/scan.ts';
import { applyHits, mergeHits, Tally } from './mask.ts';
import type { ChunkRedactor } from './types.ts';

/** Released text that is kept to judge what follows it. */
const CONTEXT = 128;
/** Text without a place to cut at is held back up to this length, and longer only where a known value is longer. */
const LONGEST_HOLD = 16_384;
const FOOTER = /-----END[ A-Z0-9_-]{0,48}-{5}/;
const LONGEST_FOOTER = 64;
const HEADER = /^-----BEGIN[ A-Z0-9_-]{0,60}-----/;

/** What is left of a secret whose mask was written already. */
type Swallow = 'armour' | 'run' | undefined;

class Chunks implements ChunkRedactor {
  readonly #engine: () => Engine;
  readonly #tally = new Tally();
  /** Released context, then what is held back. */
  #text = '';
  #released = 0;
  /** Held text is looked at again when it has grown to this length. */
  #patience = 0;
  #swallow: Swallow;

  constructor(engine: () => Engine) {
    this.#engine = engine;
  }

  write(chunk: string): string {
    this.#text += chunk;
    if (this.#swallow !== undefined && !this.#swallowed(false)) return '';
    const held = this.#text.length - this.#released;
    if (held < this.#patience && (held > LONGEST_HOLD / 2 || !chunk.includes('\n'))) return '';
    const engine = this.#engine();
    const most = LONGEST_HOLD + 2 * engine.needles.longest;
    const safe = this.#cutPlace(chunk.length);
    if (safe > this.#released) {
      const out = this.#release(engine, safe, false);
      if (this.#text.length - this.#released <= most) return out;
      return out + this.#force(engine);
    }
    return held > most ? this.#force(engine) : '';
  }

  end(): string {
    if (this.#swallow !== undefined && !this.#swallowed(true)) return '';
    return this.#release(this.#engine(), this.#text.length, true);
  }

  masked(): ReturnType<Tally['list']> {
    return this.#tally.list();
  }

  /** The place after the last blank: no token goes on across it. Looks at the new text, or at all that is held. */
  #cutPlace(fresh: number): number {
    const least = this.#patience > 0 ? this.#released : Math.max(this.#released, this.#text.length - fresh);
    for (let at = this.#text.length; at > least; at--) if ((classAt(this.#text, at - 1) & SPACE) !== 0) return at;
    return this.#released;
  }

  #release(engine: Engine, to: number, final: boolean): string {
    const text = this.#text;
    const { hits, hold } = scan(engine, text, this.#released, to, final);
    if (hits.length === 0 && hold >= to) {
      const out = text.slice(this.#released, to);
      this.#drop(to);
      this.#patience = 0;
      return out;
    }
    const merged = mergeHits(hits);
    let cut = Math.min(to, hold);
    for (let i = merged.length - 1; i >= 0; i--) {
      const hit = merged[i];
      if (hit !== undefined && hit.start < cut && hit.end > cut) cut = hit.start;
    }
    if (cut < this.#released) cut = this.#released;
    const out = applyHits(
      text,
      this.#released,
      cut,
      merged.filter((hit) => hit.start < cut),
      this.#tally,
    );
    this.#drop(cut);
    const held = this.#text.length - this.#released;
    this.#patience = cut < to ? held + Math.max(64, held >> 2) : 0;
    return cut < to && held > 512 && HEADER.test(this.#text.slice(this.#released, this.#released + 80))
      ? out + this.#openMask('private-key', 'armour')
      : out;
  }

  /** Lets go of a held stretch that grew too long: as it is where it is clean, as a mask where a secret goes on and on. */
  #force(engine: Engine): string {
    const keep = engine.needles.longest + 1024;
    const to = this.#text.length - keep;
    const { hits } = scan(engine, this.#text, this.#released, this.#text.length, true);
    const merged = mergeHits(hits);
    const across = merged.find((hit) => hit.start < to && hit.end > to);
    const cut = across?.start ?? to;
    const out = applyHits(
      this.#text,
      this.#released,
      cut,
      merged.filter((hit) => hit.start < cut),
      this.#tally,
    );
    this.#drop(cut);
    this.#patience = 0;
    return across === undefined ? out : out + this.#openMask(across.rule, 'run');
  }

  #openMask(rule: string, swallow: Swallow): string {
    this.#swallow = swallow;
    this.#tally.add(rule);
    this.#swallowed(false);
    return `[redacted:${rule}]`;
  }

  /** Drops what still belongs to a masked secret; true when it ended. */
  #swallowed(final: boolean): boolean {
    const rest = this.#text.slice(this.#released);
    let length = 0;
    if (this.#swallow === 'armour') {
      const body = rest.replace(HEADER, (header) => ' '.repeat(header.length));
      const footer = FOOTER.exec(body);
      length = footer === null ? bodyLength(body) : footer.index + footer[0].length;
      if (footer === null && length >= body.length && !final) length = Math.max(0, body.length - LONGEST_FOOTER);
      if (footer === null && length === Math.max(0, body.length - LONGEST_FOOTER) && !final) {
        this.#text = this.#text.slice(this.#released + length);
        this.#released = 0;
        return false;
      }
    } else {
      while (length < rest.length && (classAt(rest, length) & RUN) !== 0) length++;
    }
    this.#text = rest.slice(length);
    this.#released = 0;
    if (length === rest.length && !final) return false;
    this.#swallow = undefined;
    return true;
  }

  #drop(cut: number): void {
    const base = Math.max(0, cut - CONTEXT);
    this.#text = this.#text.slice(base);
    this.#released = cut - base;
  }
}

/** Redacts text that comes in pieces, holding back no more than may still become part of a secret. */
export const createChunkRedactor = (engine: () => Engine): ChunkRedactor => new Chunks(engine);

/*
 * Byte streams are read as Latin-1, one character a byte, and written back the same way: whatever the encoding, bytes that
 * are no secret come out as they went in, and no character is ever split.
 */
const toText = (chunk: Uint8Array | string): string =>
  typeof chunk === 'string'
    ? Buffer.from(chunk, 'utf8').toString('latin1')
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');

/** Wraps a chunk redactor as a Web stream. */
export function webStream(chunks: ChunkRedactor): TransformStream<Uint8Array | string, Uint8Array> {
  const put = (controller: TransformStreamDefaultController<Uint8Array>, text: string): void => {
    if (text !== '') controller.enqueue(Buffer.from(text, 'latin1'));
  };
  return new TransformStream({
    transform: (chunk, controller) => put(controller, chunks.write(toText(chunk))),
    flush: (controller) => put(controller, chunks.end()),
  });
}

/** Wraps a chunk redactor as a Node stream. */
export function nodeStream(chunks: ChunkRedactor): Transform {
  const bytes = (text: string): Buffer | undefined => (text === '' ? undefined : Buffer.from(text, 'latin1'));
  return new Transform({
    transform(chunk: Uint8Array | string, _encoding, done) {
      done(null, bytes(chunks.write(toText(chunk))));
    },
    flush(done) {
      done(null, bytes(chunks.end()));
    },
  });
}
