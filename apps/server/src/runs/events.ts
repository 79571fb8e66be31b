import { type MogplexError, type RunError, type RunEvent, type RunStatus } from '@mogplex/protocol';
import { createRedactor, profiles } from '@mogplex/redaction';
import type { EventContent } from './agents/agent.ts';
import { createPlainText, plainLine } from './plain.ts';

/** An event that has been masked and capped: the only form in which one is stored. */
export interface SafeEvent {
  type: RunEvent['type'];
  /** JSON. */
  data: string;
}

/** Characters of one text in an event. */
export const LONGEST_TEXT = profiles.runEvent.caps.string;
const LONGEST_TITLE = 120;

const redactor = createRedactor(profiles.runEvent);

/** Masks and caps an event by the public limits of run events (statement B16). */
export const safeEvent = ({ type, data }: EventContent): SafeEvent => ({ type, data: redactor.json(data).json });

export const statusEvent = (status: RunStatus): SafeEvent => safeEvent({ type: 'status', data: { status } });

/** A whole message: harmless to a terminal, masked before it is cut. */
export const messageEvent = (role: 'user' | 'assistant', text: string): SafeEvent => {
  const masked = redactor.text(createPlainText().push(text)).text;
  return safeEvent({ type: 'message', data: { role, text: masked, truncated: masked.length > LONGEST_TEXT } });
};

/** A masked line. What hides inside a secret is taken out before the secret is looked for. */
const maskedLine = (text: string, limit: number): string => plainLine(redactor.text(createPlainText().push(text)).text, limit);

/** The beginning of a prompt as one masked line. */
export const titleOf = (prompt: string): string => maskedLine(prompt, LONGEST_TITLE);

/** The masking of text that comes in pieces: a secret that is cut in two by the pieces is still found. */
export const maskPieces = () => redactor.chunks();

/** An error as a run keeps it. @param requestId finds it in the log, where the error names no request of its own. */
export const runErrorOf = (error: MogplexError, requestId: string): RunError => ({
  code: error.code,
  message: maskedLine(error.message, 1_000),
  boundary: error.boundary,
  requestId: error.requestId ?? requestId,
  ...(error.hint === undefined ? {} : { hint: maskedLine(error.hint, 1_000) }),
});
