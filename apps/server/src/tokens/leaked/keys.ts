import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MogplexError } from '@mogplex/protocol';
import { z } from 'zod';

/** The public keys as GitHub publishes them at `https://api.github.com/meta/public_keys/secret_scanning`. */
const published = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string().min(1), key: z.string().includes('PUBLIC KEY') })).min(1),
});

/** By identifier. */
type PublicKeys = ReadonlyMap<string, KeyObject>;

/** Finds the public key of an identifier; undefined where the source has none. */
export type FindKey = (identifier: string) => Promise<KeyObject | undefined>;

/** Milliseconds between two readings of an address: whoever sends reports with invented identifiers must not make us ask all the time. */
const AGAIN_AFTER = 60_000;
/** Milliseconds after which the keys of an address are read anew, so that one that was withdrawn does not stay. */
const GOOD_FOR = 24 * 3_600_000;
const PATIENCE = 10_000;

const parseKeys = (text: string): PublicKeys =>
  new Map(published.parse(JSON.parse(text)).public_keys.map(({ key_identifier: id, key }) => [id, createPublicKey(key)]));

/** Unlike a file, an address that does not answer may answer a minute later. */
const unreadable = (source: string, cause: unknown, retryAfter?: number): MogplexError =>
  new MogplexError('unavailable', `the public keys of secret scanning at ${source} cannot be read`, {
    boundary: 'configuration',
    hint: 'MOGPLEX_SECRET_SCANNING_KEYS is to lead to the JSON that GitHub publishes at /meta/public_keys/secret_scanning.',
    ...(retryAfter === undefined ? {} : { retryAfter }),
    cause,
  });

const ofFile =
  (path: string): FindKey =>
  async (identifier) => {
    try {
      return parseKeys(await readFile(path, 'utf8')).get(identifier);
    } catch (cause) {
      throw unreadable(path, cause);
    }
  };

const fetchKeys = async (address: string): Promise<PublicKeys> => {
  const headers = { accept: 'application/json', 'user-agent': 'mogplex' };
  const response = await fetch(address, { redirect: 'error', headers, signal: AbortSignal.timeout(PATIENCE) });
  const text = await response.text();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return parseKeys(text);
};

const ofAddress = (address: string, now: () => number): FindKey => {
  let keys: PublicKeys = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  let failure: unknown;
  const ask = async (): Promise<void> => {
    askedAt = now();
    try {
      keys = await fetchKeys(address);
      readAt = now();
      failure = undefined;
    } catch (error) {
      failure = error;
    } finally {
      asking = undefined;
    }
  };
  return async (identifier) => {
    const known = () => (now() - readAt < GOOD_FOR ? keys.get(identifier) : undefined);
    if (known() === undefined && now() - askedAt >= AGAIN_AFTER) asking ??= ask();
    await asking;
    const key = known();
    if (key === undefined && failure !== undefined) throw unreadable(address, failure, AGAIN_AFTER / 1_000);
    return key;
  };
};

/**
 * The public keys that reports of leaked tokens are signed with. A file is read for each report; an address, for instance GitHub's own,
 * when an identifier comes that is not known yet, at most once a minute, since GitHub changes its keys now and then.
 *
 * @param source path of a file, or an http(s) address.
 * @returns a look-up that throws MogplexError `unavailable`, boundary `configuration`, where the source cannot be read.
 */
export const openPublicKeys = (source: string, now: () => number): FindKey =>
  /^https?:\/\//.test(source) ? ofAddress(source, now) : ofFile(source);
