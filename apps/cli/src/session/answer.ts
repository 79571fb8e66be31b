import { createRedactor } from '@mogplex/redaction';
import { createStreamSanitiser } from '../cockpit/text/sanitise.ts';
import type { World } from '../world.ts';

/** A seam-proof filter for the exact secrets in use; answers may well hold made-up tokens, so formats are let pass. */
export const answerFilter = () => createRedactor({ formats: false, keyNames: false }).chunks();

/** Writes what a model says on stdout, piece by piece. */
export interface AnswerWriter {
  write(text: string): void;
  /** Writes what is held back, and ends the line. */
  end(): void;
}

/** The writer for a world: secrets in use are masked, and on a terminal nothing can act but text. */
export const answerWriter = (world: Pick<World, 'stdout'>): AnswerWriter => {
  const filter = answerFilter();
  // Only a terminal acts on escape sequences. A file or a pipe gets the answer as it is.
  const sanitiser = world.stdout.isTTY ? createStreamSanitiser() : { push: (text: string) => text, end: () => '' };
  let last = '';
  const put = (text: string): void => {
    if (text === '') return;
    last = text;
    world.stdout.write(text);
  };
  return {
    write: (text) => put(sanitiser.push(filter.write(text))),
    end: () => {
      put(sanitiser.push(filter.end()));
      put(sanitiser.end());
      if (last !== '' && !last.endsWith('\n')) world.stdout.write('\n');
      last = '';
    },
  };
};
