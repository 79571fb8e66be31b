import { writeSync } from 'node:fs';
import { readVaultIndex, resolveHome } from '@mogplex/credentials';
import { cardOf } from '@moxxy/plugin-oauth';
import { statusOfCard } from '@moxxy/sdk';
import { type StatusRow, statusJson, statusText } from './status-rows.ts';

const RECORD = /^oauth\/([^/]+)\/tokens$/;
const UNUSABLE_EXIT = 64;

interface Surroundings {
  home: string;
  json: boolean;
  now: number;
  out: (text: string) => void;
  warn: (line: string) => void;
}

/**
 * Prints every stored login from what the vault says in the clear.
 *
 * @returns the exit code: 0 when there is a login and all are usable, otherwise 64.
 */
export const printAllStatus = ({ home, json, now, out, warn }: Surroundings): number => {
  const { entries, damaged } = readVaultIndex(home, 'oauth/', warn);
  const rows: StatusRow[] = [];
  for (const { name, meta } of entries) {
    const provider = RECORD.exec(name)?.[1];
    if (provider !== undefined) rows.push({ provider, status: statusOfCard(cardOf(provider, meta), now) });
  }
  for (const { file, why } of damaged) warn(`moxxy: ${file}: ${why}`);
  if (json) out(statusJson(rows));
  else if (rows.length > 0) out(statusText(rows, now));
  else warn('No login is stored. "moxxy providers" lists what you can log in to.');
  const sound = rows.length > 0 && damaged.length === 0 && rows.every(({ status }) => status.state === 'usable');
  return sound ? 0 : UNUSABLE_EXIT;
};

/** Straight to the descriptor: setting up `process.stdout` takes as long as reading all the records. */
const writeOut = (text: string): void => {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    // A pipe that is full for now takes the rest later. Nobody reads a closed one.
    if (isErrno(error, 'EAGAIN')) process.stdout.write(rest);
    else if (!isErrno(error, 'EPIPE')) throw error;
  }
};

const isErrno = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

/** `moxxy login status` and `moxxy login status --json`, straight from the entry file. */
export const run = (): void => {
  const warn = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    process.exitCode = printAllStatus({
      home: resolveHome(process.env),
      json: process.argv.length > 4,
      now: Date.now(),
      out: writeOut,
      warn,
    });
  } catch (error) {
    warn(`moxxy: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
};
