import { createRedactor, profiles } from '@mogplex/redaction';
import { errorText } from './error-text.ts';
import { createStreamSanitiser } from './text/sanitise.ts';

/** Masks the secrets in use and whatever looks like one. */
export const redactText = (text: string): string => createRedactor(profiles.terminal).text(text).text;

/** An error in words that may be shown: services like to quote the key that they refuse. */
export const redactedError = (error: unknown): string => redactText(errorText(error));

/** Makes streamed text fit to be shown: no control of the terminal, no secret, whatever the seams of the pieces are. */
export interface AnswerText {
  push(chunk: string): string;
  /** What was held back. */
  end(): string;
}

export function createAnswerText(): AnswerText {
  const sanitiser = createStreamSanitiser();
  const redactor = createRedactor(profiles.terminal).chunks();
  return {
    push: (chunk) => redactor.write(sanitiser.push(chunk)),
    end: () => redactor.write(sanitiser.end()) + redactor.end(),
  };
}
