import type { Transform } from 'node:stream';
import { type Engine, engineFor } from './engine/engine.ts';
import { NeedleIndex } from './engine/needles.ts';
import { scan } from './engine/scan.ts';
import { catalogue } from './formats/index.ts';
import { knownValues } from './known.ts';
import { applyHits, mergeHits, Tally } from './mask.ts';
import { createObjectRedactor } from './object.ts';
import { createChunkRedactor, nodeStream, webStream } from './stream.ts';
import type { ChunkRedactor, ErrorResult, Format, JsonResult, KnownRegistry, ObjectResult, RedactorOptions, TextResult } from './types.ts';

/** Masks secrets in whatever a sink is about to write. */
export interface Redactor {
  /** Masks a text. Linear in its length; never throws. */
  text(input: string): TextResult;
  /** Masks any value and gives back plain JSON data. Reads each property once; never throws. */
  object(value: unknown): ObjectResult;
  /**
   * The text that `JSON.stringify(redactor.object(value).value)` is, in less time where nothing has to be masked. What JSON.stringify
   * leaves out (functions, symbols) may be left out. A value in which something is masked is read twice, and what was read last is
   * what is masked and written. All of the value is written out before it is capped, so that one far beyond its caps takes longer than
   * `object()`. Never throws.
   */
  json(value: unknown): JsonResult;
  /** Masks an error with its message, stack, cause, errors and own fields. */
  error(error: unknown): ErrorResult;
  /** Masks text that comes in pieces. */
  chunks(): ChunkRedactor;
  /** A Web stream of bytes (or strings) in, bytes out, in any encoding that extends ASCII. */
  stream(): TransformStream<Uint8Array | string, Uint8Array>;
  /** The same as a Node stream. */
  nodeStream(): Transform;
}

/** The known values of a registry, as they are looked for; redactors of one registry share them. */
class Needles {
  readonly index = new NeedleIndex();
  readonly #known: KnownRegistry;
  #version = 0;

  constructor(known: KnownRegistry) {
    this.#known = known;
  }

  /** Takes in the values that were registered since. */
  follow(): void {
    if (this.#version === this.#known.version) return;
    const entries = this.#known.entries();
    this.index.reserve(entries.length - this.#version);
    for (; this.#version < entries.length; this.#version++) {
      const entry = entries[this.#version];
      if (entry !== undefined) this.index.add(entry);
    }
  }
}

const registries = new WeakMap<KnownRegistry, Needles>();

/** An engine that follows a registry: values registered later are taken in before the next scan. */
class LiveEngine {
  readonly #engine: Engine;
  readonly #needles: Needles;

  constructor(options: RedactorOptions) {
    const formats = options.formats === false ? NO_FORMATS : (options.formats ?? catalogue);
    const names = options.keyNames === false ? undefined : (options.keyNames ?? []);
    const known = options.known ?? knownValues;
    this.#needles = registries.get(known) ?? new Needles(known);
    registries.set(known, this.#needles);
    this.#engine = engineFor(formats, names, this.#needles.index);
    this.current();
  }

  current(): Engine {
    this.#needles.follow();
    return this.#engine;
  }
}

const NO_FORMATS: readonly Format[] = [];

/**
 * Makes a redactor. The first one for a catalogue costs some milliseconds.
 *
 * @param options formats, further key names, caps for objects, the registry of known values; see `profiles`
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const live = new LiveEngine(options);
  const text = (input: string, tally: Tally): string => {
    const { hits } = scan(live.current(), input, 0, input.length, true);
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
    json: (value) => objects.json(value),
    error: (error) => objects.error(error),
    chunks,
    stream: () => webStream(chunks()),
    nodeStream: () => nodeStream(chunks()),
  };
}
