import { MogplexError } from '@mogplex/protocol';

const SEGMENT = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/**
 * Refuses what is not lower-case segments separated by slashes: a name becomes a file name, also on file systems without case.
 *
 * @throws MogplexError `invalid_request`
 */
export function checkRecordName(name: string): void {
  const segments = name.split('/');
  if (segments.length <= 6 && segments.every((segment) => SEGMENT.test(segment))) return;
  throw new MogplexError('invalid_request', 'the name of a vault record is lower-case segments, such as oauth/openai-codex/tokens', {
    boundary: 'storage',
  });
}

export const RECORD_SUFFIX = '.json';

/** The file of a record inside the vault's records folder. */
export const recordFile = (name: string): string => `${encodeURIComponent(name)}${RECORD_SUFFIX}`;

/** The journal of a refresh of that record; beside it, so that a rename puts an answer in place. */
export const journalFile = (name: string): string => `${encodeURIComponent(name)}.refresh`;
