import type { Transform } from 'node:stream';
import { compile, type Engine } from './engine/engine.ts';
import { NeedleIndex } from './engine/needles.ts';
import { flat, scan } from './engine/scan.ts';
import { catalogue } from './formats/index.ts';
import { knownValues } from './known.ts';
import { applyHits, mergeHits, Tally } from './mask.ts';
import { createObjectRedactor } from './object.ts';
import { createChunkRedactor, nodeStream, webStream } from './stream.ts';
import type { ChunkRedactor, ErrorResult, KnownRegistry, ObjectResult, RedactorOptions, TextResult } from './types.ts';

/** Masks secrets in whatever a sink is about to write. */
export interface Redactor {
  /** Masks a text. Linear in its length; never throws. */
  text(input: string): TextResult;
  /** Masks any value and gives back plain JSON data. Reads each property once; never throws. */
  object(value: unknown): ObjectResult;
  /** Masks an error with its message, stack, cause, errors and own fields. */
  error(error: unknown): ErrorResult;
  /** Masks text that comes in pieces. */
  chunks(): ChunkRedactor;
  /** A Web stream of bytes (or strings) in, bytes out, in any encoding that extends ASCII. */
  stream(): TransformStream<Uint8Array | string, Uint8Array>;
  /** The same as a Node stream. */
  nodeStream(): Transform;
}

/** An engine that follows a registry: values registered later are taken in before the next scan. */
class LiveEngine {
  readonly #engine: Engine;
  readonly #known: KnownRegistry;
  readonly #needles = new NeedleIndex();
  #version = 0;

  constructor(options: RedactorOptions) {
    const formats = options.formats === false ? [] : (options.formats ?? catalogue);
    const names = options.keyNames === false ? undefined : (options.keyNames ?? []);
    this.#known = options.known ?? knownValues;
    this.#engine = compile(formats, names, this.#needles);
    this.current();
  }

  current(): Engine {
    if (this.#version !== this.#known.version) {
      const entries = this.#known.entries();
      for (; this.#version < entries.length; this.#version++) {
        const entry = entries[this.#version];
        if (entry !== undefined) this.#needles.add(entry);
      }
    }
    return this.#engine;
  }
}

/**
 * Makes a redactor. Making one costs some milliseconds: keep it.
 *
 * @param options formats, further key names, caps for objects, the registry of known values; see `profiles`
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const live = new LiveEngine(options);
  const text = (input: string, tally: Tally): string => {
    const { hits } = scan(live.current(), flat(input), 0, input.length, true);
    return hits.length === 0 ? input : applyHits(input, 0, input.length, mergeHits(hits), tally);
  };
  const objects = createObjectRedactor(() => live.current(), text, options.caps ?? {});
  const chunks = (): ChunkRedactor => createChunkRedactor(() => live.current());
  return {
    text: (input) => {
      const tally = new Tally();
      return { text: text(input, tally), masked: tally.list() };
    },
    object: (value) => objects.object(value),
    error: (error) => objects.error(error),
    chunks,
    stream: () => webStream(chunks()),
    nodeStream: () => nodeStream(chunks()),
  };
}
