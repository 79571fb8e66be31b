import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { knownValues } from '@mogplex/redaction';

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

/**
 * A value that must not be seen. It registers itself with the redaction engine, and whatever prints, serialises, inspects,
 * interpolates, clones or spreads it gets `[secret:label]` or nothing; `reveal()` is the one door.
 *
 * @example
 * const key = new Secret('sk-…', 'env OPENAI_API_KEY');
 * `${key}`;     // [secret:env OPENAI_API_KEY]
 * key.reveal(); // the value, only at the place of use
 */
export class Secret {
  readonly #value: string;
  readonly #label: string;

  /**
   * @param value the secret itself, not empty
   * @param label where it comes from, in words that may be printed
   * @throws RangeError for an empty value, or a label that holds the value
   */
  constructor(value: string, label: string) {
    if (value === '') throw new RangeError(`the secret ${label} is empty`);
    if (label.includes(value)) throw new RangeError('the label of a secret holds its value');
    this.#value = value;
    this.#label = label;
    knownValues.register(value, label);
    Object.freeze(this);
  }

  /** Where the value comes from; may be printed. */
  get label(): string {
    return this.#label;
  }

  /** The value. Call it only where the value is used, and never keep the result. */
  reveal(): string {
    return this.#value;
  }

  /** Whether both hold the same value; takes the same time wherever they differ. */
  equals(other: Secret): boolean {
    return timingSafeEqual(digest(this.#value), digest(other.#value));
  }

  toString(): string {
    return `[secret:${this.#label}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
