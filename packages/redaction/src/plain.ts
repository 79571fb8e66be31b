/** Turns objects that are not plain data into plain data, without masking anything yet. */

const PLAIN = Object.prototype;

/** The data behind an object: what its `toJSON` gives, the entries of a Map, the fields of an Error, the size of a buffer. */
export function plainForm(value: object): unknown {
  if (Array.isArray(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === PLAIN && !('toJSON' in value)) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return `[binary:${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return errorForm(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return notItself((value.toJSON as () => unknown)(), value);
  if (value instanceof Map) return mapForm(value);
  if (value instanceof Set) return [...value];
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof FormData)
    return mapForm(new Map<unknown, unknown>(value));
  if (value instanceof RegExp || value instanceof Boolean || value instanceof Number || value instanceof String) return value.toString();
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) return '[object]';
  return value;
}

const notItself = (plain: unknown, value: object): unknown => (plain === value ? { ...value } : plain);

function mapForm(map: Map<unknown, unknown>): unknown {
  const entries = [...map];
  return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries as [string, unknown][]) : entries;
}

function errorForm(error: Error): Record<string, unknown> {
  const form: Record<string, unknown> = {};
  for (const key of ['name', 'message', 'stack', 'cause', 'errors', ...Object.keys(error)]) {
    if (key in form) continue;
    const value = readField(error, key);
    if (value !== undefined) Object.defineProperty(form, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return form;
}

function readField(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}
