import type { Engine } from './engine/engine.ts';
import type { NameClass } from './engine/names.ts';
import { scan } from './engine/scan.ts';
import type { KeyKind } from './engine/unfold.ts';
import { isPlaceholder, looksRandom } from './engine/values.ts';
import { capString, capTotal } from './caps.ts';
import { Tally } from './mask.ts';
import { plainForm } from './plain.ts';
import { PlainJson } from './plain-json.ts';
import type { Caps, ErrorResult, Json, JsonResult, ObjectResult } from './types.ts';

const DEFAULT_DEPTH = 64;
/** Shorter strings hold neither a known value nor a token nor `pwd=x`. */
const SHORTEST_TEXT = 7;
const KEY_CACHE = 4096;
const LONGEST_KEY = 64;
/** Stands between the strings of a value: none of them is introduced by the words of another. */
const BETWEEN = '\n\0\n';
const UNREADABLE = '[unreadable]';
const MASK = /^\[(?:redacted|secret|dropped):[^\]]*\]$/;
/** Names under which everything is secret, however it is nested. */
const WHOLE = /^(?:credentials?|creds|secrets?|cookies?|passwords?|passphrases?|tokens?|authorization|set-cookie)$/i;

interface KeyInfo {
  kind: NameClass;
  /** The key as it may be written. */
  text: string;
  whole: boolean;
  /** The key of a pair such as `{ name, value }`: its text names the value, or is the value. */
  pair: 'name' | 'value' | undefined;
  /** The key says nothing of its value and may be written as it is. */
  usual: boolean;
  key: string;
  /** The key that came after it last time, and the first one of the record under it: they are asked first. */
  next: KeyInfo | undefined;
  first: KeyInfo | undefined;
}

const beforeAll = (): KeyInfo => ({
  kind: 'none',
  text: '',
  whole: false,
  pair: undefined,
  usual: false,
  key: '',
  next: undefined,
  first: undefined,
});

type TextRedactor = (input: string, tally: Tally) => string;

/** One walk over one value. */
class Walk {
  readonly #owner: ObjectRedactor;
  readonly #ancestors: object[] = [];
  readonly tally: Tally;
  readonly #beneath = isPolluted();
  /** All longer strings of the value, to be looked at in one scan. */
  joined = BETWEEN;

  constructor(owner: ObjectRedactor, tally: Tally) {
    this.#owner = owner;
    this.tally = tally;
  }

  /** @param site the key that the value stands under, or what comes before all keys */
  value(value: unknown, kind: NameClass, site: KeyInfo): Json {
    switch (typeof value) {
      case 'string':
        return this.#string(value, kind);
      case 'number':
        return this.#number(value, kind);
      case 'boolean':
        return value;
      case 'object':
        return value === null ? null : this.#object(value, kind, site);
      case 'bigint':
        return this.#string(String(value), kind);
      case 'undefined':
        return null;
      case 'symbol':
        return this.#string(String(value), kind);
      case 'function':
        return '[function]';
    }
  }

  #string(value: string, kind: NameClass): string {
    if (kind !== 'none' && isSecretString(value, kind)) {
      this.tally.add('key-name');
      return '[redacted:key-name]';
    }
    if (value.length >= SHORTEST_TEXT) this.joined += value + BETWEEN;
    return value;
  }

  #number(value: number, kind: NameClass): Json {
    if (kind === 'password' || kind === 'whole') return this.#string(String(value), kind);
    if (!Number.isFinite(value)) return null;
    if (this.#owner.numeric && (value >= 1e7 || value <= -1e7)) this.joined += value + BETWEEN;
    return value;
  }

  #object(value: object, kind: NameClass, site: KeyInfo): Json {
    const { caps } = this.#owner;
    if (this.#ancestors.includes(value)) return '[circular]';
    if (this.#ancestors.length >= (caps.depth ?? DEFAULT_DEPTH)) {
      this.tally.add('cap:depth');
      return '[dropped:depth]';
    }
    this.#ancestors.push(value);
    try {
      if (isBare(value)) return this.#record(value, this.#beneath ? Object.keys(value) : undefined, kind, site);
      const plain = plainForm(value);
      if (typeof plain !== 'object' || plain === null) return this.value(plain, kind, site);
      if (Array.isArray(plain)) return this.#array(plain, kind, site);
      return this.#record(plain as Record<string, unknown>, Object.keys(plain), kind, site);
    } catch {
      // Whatever a Proxy, a getter or a toJSON throws, nothing of the value is written.
      return UNREADABLE;
    } finally {
      this.#ancestors.pop();
    }
  }

  #array(list: readonly unknown[], kind: NameClass, site: KeyInfo): Json[] {
    const most = Math.min(list.length, this.#owner.caps.items ?? Infinity);
    if (most < list.length) this.tally.add('cap:items');
    const out: Json[] = [];
    let next: NameClass = kind;
    for (let i = 0; i < most; i++) {
      const item = read(list, i);
      out.push(this.value(item, next, site));
      next = kind === 'none' && typeof item === 'string' ? this.#kindAfter(item) : kind;
    }
    return out;
  }

  /** In lists of names and values (`rawHeaders`, argv, entries) an item may name the next one. */
  #kindAfter(item: string): NameClass {
    if (item.length > 40 || !/^-{0,2}[A-Za-z][\w-]*$/.test(item)) return 'none';
    const { kind } = this.#owner.key(item);
    if (kind === 'header' || kind === 'none') return kind;
    return item.startsWith('-') ? kind : 'weak';
  }

  /** @param keys the record's own keys, where it may have others as well. */
  #record(record: Record<string, unknown>, keys: readonly string[] | undefined, kind: NameClass, site: KeyInfo): Json {
    const owner = this.#owner;
    const out: { [key: string]: Json } = {};
    const pair: Pair = { name: undefined, kind };
    let left = owner.caps.items ?? Infinity;
    let info: KeyInfo | undefined;
    if (keys)
      for (const key of keys) {
        if (--left < 0) break;
        info = info === undefined ? owner.first(site, key) : owner.after(info, key);
        this.#field(out, info, read(record, key), pair);
      }
    else
      for (const key in record) {
        if (--left < 0) break;
        let value: unknown;
        try {
          value = record[key];
        } catch {
          value = UNREADABLE;
        }
        info = info === undefined ? owner.first(site, key) : owner.after(info, key);
        if (!info.usual || kind !== 'none') this.#field(out, info, value, pair);
        else if (typeof value === 'string') {
          if (value.length >= SHORTEST_TEXT) this.joined += value + BETWEEN;
          out[key] = value;
        } else if (typeof value === 'object' || typeof value === 'number') out[key] = this.value(value, kind, info);
        else this.#field(out, info, value, pair);
      }
    if (left < 0) this.tally.add('cap:items');
    return out;
  }

  #field(out: { [key: string]: Json }, info: KeyInfo, value: unknown, pair: Pair): void {
    const type = typeof value;
    if (type === 'function' || type === 'undefined') return;
    let inner: NameClass = info.kind;
    if (pair.kind === 'whole' || (info.whole && type === 'object')) inner = 'whole';
    else if (pair.name !== undefined && type !== 'object' && info.pair === 'value') inner = this.#owner.kindNamed(pair.name, inner);
    if (info.pair === 'name' && type === 'string') pair.name = value as string;
    if (info.text !== info.key) this.tally.add('key');
    define(out, info.text, this.value(value, inner, info));
  }
}

/** What is known of the record whose fields are read. */
interface Pair {
  /** What a pair of name and value calls its value. */
  name: string | undefined;
  kind: NameClass;
}

/** Sets a field, whatever it is called. */
function define(record: { [key: string]: Json }, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}

const PLAIN = Object.prototype;

/** Whether an object is a record without a form of its own. */
const isBare = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === PLAIN && (value as { toJSON?: unknown }).toJSON === undefined;

/** Whether somebody has put something beneath all objects, which a loop over a record would meet. */
function isPolluted(): boolean {
  for (const _ in PLAIN) return true;
  return false;
}

const VALUE = new Set(['value', 'val', 'Value']);
const NAMING = new Set(['name', 'key', 'header', 'field', 'Name', 'Key', 'variable', 'env']);

function read(container: object, key: string | number): unknown {
  try {
    return (container as Record<string | number, unknown>)[key];
  } catch {
    return UNREADABLE;
  }
}

function isSecretString(value: string, kind: NameClass): boolean {
  if (value === '' || MASK.test(value)) return false;
  if (kind === 'weak') return looksRandom(value, 16) && !isPlaceholder(value);
  return true;
}

/** Masks values of any kind. */
class ObjectRedactor {
  readonly caps: Caps;
  readonly #engine: () => Engine;
  readonly #text: TextRedactor;
  readonly #keys = new Map<string, KeyInfo>();
  /** Stands for the value itself. */
  #root = beforeAll();
  /** Whether a number may hold a secret. */
  numeric = false;
  /** Number of known forms that the remembered keys were checked for. */
  #keysFor = 0;
  readonly #ignored = new Tally();
  readonly #plain: PlainJson;

  constructor(engine: () => Engine, text: TextRedactor, caps: Caps) {
    this.#engine = engine;
    this.#text = text;
    this.caps = caps;
    this.#plain = new PlainJson((key) => this.#kindOf(key), { ...caps, depth: caps.depth ?? DEFAULT_DEPTH });
  }

  object(value: unknown): ObjectResult {
    const tally = new Tally();
    return { value: this.#redact(value, tally), masked: tally.list() };
  }

  json(value: unknown): JsonResult {
    const plain = this.#plain.textOf(value, this.#current(), this.numeric);
    if (plain !== undefined) return { json: plain, masked: [] };
    const { value: safe, masked } = this.object(value);
    return { json: JSON.stringify(safe), masked };
  }

  error(error: unknown): ErrorResult {
    return this.object(isError(error) ? error : { message: error });
  }

  /** What the first key of the record under another key says. */
  first(site: KeyInfo, key: string): KeyInfo {
    const guess = site.first;
    if (guess !== undefined && guess.key === key) return guess;
    const info = this.key(key);
    if (key.length <= LONGEST_KEY) site.first = info;
    return info;
  }

  /** What a key says, given the key before it. */
  after(before: KeyInfo, key: string): KeyInfo {
    const guess = before.next;
    if (guess !== undefined && guess.key === key) return guess;
    const info = this.key(key);
    if (key.length <= LONGEST_KEY) before.next = info;
    return info;
  }

  /** What a key says and how it may be written; remembered. */
  key(key: string): KeyInfo {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const engine = this.#engine();
    if (this.#keys.size >= KEY_CACHE) this.#forgetKeys();
    const kind = engine.names?.classify(key) ?? 'none';
    const text = this.#text(key, this.#ignored);
    const whole = kind === 'whole' || (engine.names !== undefined && WHOLE.test(key));
    const pair = NAMING.has(key) ? 'name' : VALUE.has(key) ? 'value' : undefined;
    const usual = kind === 'none' && !whole && pair === undefined && text === key && key !== '__proto__';
    const info: KeyInfo = { kind, text, whole, pair, usual, key, next: undefined, first: undefined };
    if (key.length <= LONGEST_KEY) this.#keys.set(key, info);
    return info;
  }

  /** What the name in a pair says of its value, if it says anything. */
  kindNamed(name: string, otherwise: NameClass): NameClass {
    const { kind } = this.key(name);
    return kind === 'none' ? otherwise : kind;
  }

  /** What a key without a say in its value is in a pair; undefined for all other keys. */
  #kindOf(key: string): KeyKind | undefined {
    const { kind, whole, text, pair } = this.key(key);
    return kind === 'none' && !whole && text === key && key !== '__proto__' ? (pair ?? 'usual') : undefined;
  }

  #forgetKeys(): void {
    this.#plain.forgetKeys();
    this.#keys.clear();
    this.#root = beforeAll();
  }

  /** The engine as it is now. What was remembered of keys is forgotten where there are new values to look for. */
  #current(): Engine {
    const engine = this.#engine();
    const { size } = engine.needles;
    if (size !== this.#keysFor) this.#forgetKeys();
    this.#keysFor = size;
    this.numeric = engine.numeric || engine.needles.numeric;
    return engine;
  }

  #redact(value: unknown, tally: Tally): Json {
    const engine = this.#current();
    const walk = new Walk(this, tally);
    let out = walk.value(value, 'none', this.#root);
    const { joined } = walk;
    if (joined !== BETWEEN && scan(engine, joined, 0, joined.length, true).hits.length > 0) out = this.#strings(out, tally);
    const { string, total } = this.caps;
    if (string !== undefined) out = capString(out, string, tally);
    if (total !== undefined) out = capTotal(out, total, tally);
    return out;
  }

  /** Masks the strings of plain data one by one. */
  #strings(value: Json, tally: Tally): Json {
    if (typeof value === 'string') return value.length < SHORTEST_TEXT ? value : this.#text(value, tally);
    if (typeof value === 'number') {
      const digits = String(value);
      const masked = digits.length < SHORTEST_TEXT ? digits : this.#text(digits, tally);
      return masked === digits ? value : masked;
    }
    if (value === null || typeof value === 'boolean') return value;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) value[i] = this.#strings(value[i] as Json, tally);
      return value;
    }
    for (const key of Object.keys(value)) {
      define(value, key, this.#strings(value[key] as Json, tally));
    }
    return value;
  }
}

/** Makes the object half of a redactor. */
export const createObjectRedactor = (engine: () => Engine, text: TextRedactor, caps: Caps): ObjectRedactor =>
  new ObjectRedactor(engine, text, caps);

/** `instanceof`, for values that may be a hostile Proxy. */
function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
