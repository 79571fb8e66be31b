/** Names of fields are shorter; what is longer is text and no name. */
const LONGEST_NAME = 40;

const LAST_OF_INDEX = 0x78;

/** A text whose last part still stands in the bytes that it is read from. */
interface Name {
  text: string;
  from: number;
  to: number;
}

const none = (): Name => ({ text: '', from: 0, to: 0 });

/**
 * The names of the fields of JSON text that comes in pieces. Most of them nobody asks for, so that one is only made when somebody does,
 * or when the bytes that it stands in go.
 */
export class NameReader {
  #bytes: Buffer | undefined;
  readonly #word = none();
  readonly #field = none();

  /** Reads from these bytes until {@link close}. */
  open(bytes: Buffer): void {
    this.#bytes = bytes;
  }

  close(): void {
    this.#make(this.#word);
    this.#make(this.#field);
    this.#bytes = undefined;
  }

  /** Whether a value that begins now has a name. */
  get hasField(): boolean {
    const { text, from, to } = this.#field;
    return text !== '' || to > from;
  }

  /** The name of the value that is being read, cut at 40 characters. */
  get field(): string {
    return this.#make(this.#field);
  }

  /** Whether the value is an index, by its name. */
  get isIndex(): boolean {
    const { from, to } = this.#field;
    return (to === from || this.#bytes?.[to - 1] === LAST_OF_INDEX) && this.field.endsWith('index');
  }

  /** A string begins that may be a name. */
  begin(): void {
    this.#word.text = '';
    this.#word.from = this.#word.to = 0;
  }

  /** The string goes on with these bytes. */
  take(from: number, to: number): void {
    if (from === to) return;
    this.#make(this.#word);
    this.#word.from = from;
    this.#word.to = to;
  }

  /** The string goes on with a character that an escape stands for. */
  add(code: number): void {
    if (this.#make(this.#word).length < LONGEST_NAME) this.#word.text += String.fromCharCode(code);
  }

  /** The string was the name of the value that follows. */
  keep(): void {
    this.#field.text = this.#word.text;
    this.#field.from = this.#word.from;
    this.#field.to = this.#word.to;
  }

  /** The value has ended. */
  drop(): void {
    this.#field.text = '';
    this.#field.from = this.#field.to = 0;
  }

  /** A line begins. */
  reset(): void {
    this.begin();
    this.drop();
  }

  #make(name: Name): string {
    if (name.to > name.from) {
      name.text = (name.text + (this.#bytes?.toString('latin1', name.from, name.to) ?? '')).slice(0, LONGEST_NAME);
      name.from = name.to = 0;
    }
    return name.text;
  }
}
