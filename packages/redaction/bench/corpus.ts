import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One labelled row of the development corpus. */
export interface Row {
  id: string;
  source: string;
  rule: string;
  label: 'secret' | 'clean';
  text: string;
  secrets?: string[];
  tier?: 'anchored' | 'contextual';
  clean_kind?: 'benign' | 'near-miss';
}

const DEFAULT = new URL('../../../../shared/corpus/dev.jsonl.gz', import.meta.url);

/**
 * Reads the corpus of `MOGPLEX_CORPUS`, or the one beside the repository; unpacked in memory only.
 *
 * @throws Error that says what is missing
 */
export function readCorpus(env: Readonly<Record<string, string | undefined>>): Row[] {
  const path = env['MOGPLEX_CORPUS'] ?? DEFAULT;
  if (!existsSync(path)) throw new Error(`no corpus at ${String(path)}: set MOGPLEX_CORPUS to a gzipped JSONL file of labelled rows`);
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}
