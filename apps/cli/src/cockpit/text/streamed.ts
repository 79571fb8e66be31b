import { EMPTY_LINE, hardWrap, type Line } from './lines.ts';

/** How a settled piece of Markdown and a piece of code become rows. Loaded when the first answer arrives. */
export interface Drawer {
  markdown(source: string, width: number): Line[];
  code(text: string, width: number): Line[];
}

/** A paragraph longer than this is cut, so that one endless line costs the same per update as a short one. */
const LONGEST_PIECE = 8_192;

/**
 * Rows of a growing Markdown text. What a blank line or a closing fence has settled is drawn once;
 * an update draws only the piece that is still growing, so its cost does not grow with the answer.
 */
export class StreamedText {
  readonly width: number;
  readonly #draw: Drawer;
  readonly #settled: Line[] = [];
  /** Characters of the source that are in `#settled`. */
  #consumed = 0;
  #fence: string | undefined;
  /** Whether the last settled piece was cut for its length, so that the next one continues it. */
  #cut = false;
  #rows: Line[] = [];
  #drawnLength = -1;

  constructor(width: number, draw: Drawer) {
    this.width = width;
    this.#draw = draw;
  }

  /** All rows of `source`, which may only have grown since the last call. */
  lines(source: string): readonly Line[] {
    if (source.length === this.#drawnLength) return this.#rows;
    this.#drawnLength = source.length;
    this.#settle(source);
    const tail = source.slice(this.#consumed);
    const live = tail.trim() === '' ? [] : this.#drawPiece(tail);
    this.#rows = live.length === 0 ? this.#settled : [...this.#settled, ...this.#gap(), ...live];
    return this.#rows;
  }

  #settle(source: string): void {
    for (;;) {
      const end = this.#nextBoundary(source);
      if (end === undefined) return;
      const piece = source.slice(this.#consumed, end);
      this.#take(piece);
      this.#cut = !piece.endsWith('\n');
      this.#consumed = end;
    }
  }

  /** Where the next settled piece ends: after a blank line, a fence, or when it has become too long. */
  #nextBoundary(source: string): number | undefined {
    let at = this.#consumed;
    for (;;) {
      const end = source.indexOf('\n', at);
      if (end === -1) break;
      const line = source.slice(at, end);
      const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
      if (this.#fence !== undefined) {
        if (fence?.startsWith(this.#fence) === true) return at === this.#consumed ? end + 1 : at;
        if (end + 1 - this.#consumed > LONGEST_PIECE) return end + 1;
      } else if (fence !== undefined) {
        return at === this.#consumed ? end + 1 : at;
      } else if ((line.trim() === '' && opensPiece(source, end + 1)) || end + 1 - this.#consumed > LONGEST_PIECE) {
        return end + 1;
      }
      at = end + 1;
    }
    const whole = LONGEST_PIECE - (LONGEST_PIECE % this.width);
    return source.length - this.#consumed > LONGEST_PIECE ? this.#consumed + whole : undefined;
  }

  #take(piece: string): void {
    const fence = /^ {0,3}(`{3,}|~{3,})[^\n]*\n?$/.exec(piece)?.[1];
    if (this.#fence !== undefined && fence?.startsWith(this.#fence) === true) {
      this.#fence = undefined;
      return;
    }
    if (this.#fence === undefined && fence !== undefined) {
      this.#settled.push(...this.#gap());
      this.#fence = fence;
      return;
    }
    if (this.#fence === undefined && piece.trim() === '') return;
    const drawn = this.#drawPiece(piece);
    this.#settled.push(...this.#gap(), ...drawn);
  }

  #drawPiece(piece: string): Line[] {
    if (this.#fence !== undefined) return this.#draw.code(piece.replace(/\n$/, ''), this.width);
    const long = this.#cut || piece.length > LONGEST_PIECE - this.width;
    return long ? piece.split('\n').flatMap((line) => hardWrap(line, this.width)) : this.#draw.markdown(piece, this.width);
  }

  #gap(): Line[] {
    return this.#settled.length === 0 || this.#fence !== undefined || this.#cut ? [] : [EMPTY_LINE];
  }
}

/** Whether what follows a blank line is a piece of its own. An indented line may go on with what stands above, as in a list. */
const opensPiece = (source: string, at: number): boolean => at < source.length && !/[ \t\n]/.test(source.charAt(at));

/** Draws text as it is: what is shown until the Markdown reader is loaded, and for text that is not Markdown. */
export const PLAIN_DRAWER: Drawer = {
  markdown: (source, width) =>
    source
      .replace(/\n+$/, '')
      .split('\n')
      .flatMap((line) => hardWrap(line, width)),
  code: (text, width) => text.split('\n').flatMap((line) => hardWrap(line, width, { color: 'code' })),
};
