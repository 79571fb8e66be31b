import type { Maker } from './maker.ts';

/** A document with the secrets that are in it; none for a benign one. */
export interface Document {
  text: string;
  secrets: readonly string[];
}

/** Kinds of documents by name. */
export type Kinds = Readonly<Record<string, (m: Maker) => Document>>;

export const doc = (text: string, ...secrets: string[]): Document => ({ text, secrets });

/** Some lines, each made anew. */
export const lines = (m: Maker, least: number, most: number, make: () => string): string =>
  `${Array.from({ length: m.between(least, most) }, make).join('\n')}\n`;
/** A kind of document without secrets. */
export const benign =
  (make: (m: Maker) => string): Kinds[string] =>
  (m) =>
    doc(make(m));
