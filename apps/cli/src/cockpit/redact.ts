import { createRedactor, profiles } from '@mogplex/redaction';
import { errorText } from './error-text.ts';

/** Masks the secrets in use and whatever looks like one. */
export const redactText = (text: string): string => createRedactor(profiles.terminal).text(text).text;

/** An error in words that may be shown: services like to quote the key that they refuse. */
export const redactedError = (error: unknown): string => redactText(errorText(error));
