import { Transform } from 'node:stream';
import { classAt, RUN, SPACE } from './engine/chars.ts';
import type { Engine } from './engine/engine.ts';
import { bodyLength } from './engine/pem.ts';
import { type Hit, scan, type Trigger } from './engine/scan.ts';
import { pendingAt } from './hold.ts';
import { applyHits, mergeHits, Tally } from './mask.ts';
import type { ChunkRedactor } from './types.ts';

/** Released text that is kept to judge what follows it: as much of it as a rule looks back at. */
const CONTEXT = 2_304;
/** The longest literal that a blank may have cut in two. */
const LONGEST_LITERAL = 24;
/** Held text is released where it is clean from this length on, and later only where a known value is longer. */
const LONGEST_HOLD = 16_384;
/** Held text up to this length is looked at again at the end of every line. */
const SHORT_HOLD = 1_024;
/** Pieces that a buffer cut inside a line are looked at together, up to this length. */
const BATCH = 512;
const LEAST_CUT_PIECE = 32;
/** Ends of a piece that may be all there is for a while: the end of a line, a prompt. */
const STOPS = new Set(Array.from('\n\r:?>])$#%', (sign) => sign.charCodeAt(0)));
const stops = (chunk: string): boolean => {
  const last = chunk.charCodeAt(chunk.length - 1);
  return STOPS.has(last === 32 ? chunk.charCodeAt(chunk.length - 2) : last);
};
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
  /** Where the next look begins. */
  #anchor = Infinity;
  /** Characters that came since the last look, and whether a line ended among them. */
  #fresh = 0;
  #freshLine = false;
  /** Held text is looked at again when it has grown to this length. */
  #patience = 0;
  #swallow: Swallow;

  constructor(engine: () => Engine) {
    this.#engine = engine;
  }

  write(chunk: string): string {
    this.#text += chunk;
    this.#fresh += chunk.length;
    this.#freshLine ||= chunk.includes('\n');
    if (this.#swallow !== undefined && !this.#swallowed(false)) return '';
    const engine = this.#engine();
    const most = LONGEST_HOLD + 2 * engine.needles.longest;
    if (this.#text.length - this.#released <= most && this.#waits(chunk)) return '';
    const safe = this.#cutPlace();
    this.#fresh = 0;
    this.#freshLine = false;
    const out = safe > this.#released ? this.#release(engine, safe, false) : '';
    return this.#text.length - this.#released > most ? out + this.#force(engine) : out;
  }

  end(): string {
    if (this.#swallow !== undefined && !this.#swallowed(true)) return '';
    return this.#release(this.#engine(), this.#text.length, true);
  }

  masked(): ReturnType<Tally['list']> {
    return this.#tally.list();
  }

  /** Whether a look would tell nothing new, or is better taken with the text that follows at once. */
  #waits(chunk: string): boolean {
    const held = this.#text.length - this.#released;
    if (held < this.#patience && !(this.#freshLine && (held < SHORT_HOLD || this.#closes()))) return true;
    return this.#fresh < BATCH && chunk.length >= LEAST_CUT_PIECE && !stops(chunk);
  }

  /** Whether the new text may end what went on over lines. */
  #closes(): boolean {
    return /-----END|\}/.test(this.#text.slice(-this.#fresh - 8));
  }

  /** The place after the last blank: no token goes on across it. Looks at the new text, or at all that is held. */
  #cutPlace(): number {
    const least = this.#patience > 0 ? this.#released : Math.max(this.#released, this.#text.length - this.#fresh);
    for (let at = this.#text.length; at > least; at--) if ((classAt(this.#text, at - 1) & SPACE) !== 0) return at;
    return this.#released;
  }

  #scan(engine: Engine, to: number, final: boolean): ReturnType<typeof scan> {
    return scan(engine, this.#text, Math.max(0, Math.min(this.#anchor, this.#released - LONGEST_LITERAL)), to, final);
  }

  #release(engine: Engine, to: number, final: boolean): string {
    const { hits, hold, triggers } = this.#scan(engine, to, final);
    const { hold: wait, anchor } = final ? { hold: to, anchor: Infinity } : pendingAt(this.#text, triggers, this.#released, to);
    this.#anchor = anchor;
    const out = this.#cut(hits, Math.min(to, hold, wait));
    const held = this.#text.length - this.#released;
    this.#patience = Math.min(hold, wait) < to ? held + Math.max(BATCH, held >> 1) : 0;
    return out;
  }

  /** Gives out the text up to a place, or up to the secret that stands across it. */
  #cut(hits: Hit[], place: number): string {
    const merged = hits.length === 0 ? hits : mergeHits(hits);
    let cut = place;
    for (let i = merged.length - 1; i >= 0; i--) {
      const hit = merged[i];
      if (hit !== undefined && hit.start < cut && hit.end > cut) cut = hit.start;
    }
    if (cut < this.#released) cut = this.#released;
    const before = merged.filter((hit) => hit.start < cut);
    const out = applyHits(this.#text, this.#released, cut, before, this.#tally);
    this.#drop(cut);
    return out;
  }

  /** Lets go of a held stretch that grew too long: as it is where it is clean, as a mask where a secret goes on and on. */
  #force(engine: Engine): string {
    const to = this.#text.length - engine.needles.longest - 1024;
    const { hits, triggers } = this.#scan(engine, this.#text.length, false);
    const across = mergeHits([...hits]).find((hit) => hit.start < to && hit.end > to);
    const cut = Math.max(this.#released, across?.start ?? to);
    this.#anchor = pendingAt(this.#text, triggers.filter(isBefore(cut)), cut, cut).anchor;
    const out = this.#cut(hits, cut);
    this.#patience = 0;
    if (across === undefined) return out;
    const armour = across.rule === 'private-key' && HEADER.test(this.#text.slice(this.#released, this.#released + 80));
    return out + this.#openMask(across.rule, armour ? 'armour' : 'run');
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
    const base = Math.max(0, Math.min(cut, this.#anchor) - CONTEXT);
    this.#text = this.#text.slice(base);
    this.#released = cut - base;
    this.#anchor -= base;
  }
}

const isBefore =
  (cut: number) =>
  ({ at }: Trigger): boolean =>
    at < cut;

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
