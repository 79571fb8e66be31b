import { data } from './benign-data.ts';
import { talk } from './benign-talk.ts';
import { commands } from './commands.ts';
import type { Kinds } from './document.ts';
import { files } from './files.ts';
import { keys } from './keys.ts';
import { Maker } from './maker.ts';
import { sources } from './sources.ts';
import { plainTables, tables } from './tables.ts';
import { wires } from './wires.ts';

const benignKinds: Kinds = { ...data, ...talk, ...plainTables };
const secretKinds: Kinds = { ...files, ...commands, ...sources, ...wires, ...keys, ...tables };

type Tool = (text: string) => Promise<string> | string;

/** What a tool did to the documents of one kind. */
export interface KindScore {
  kind: string;
  /** Removed secrets, or touched documents of a benign kind. */
  done: number;
  of: number;
}

export interface HeldOutScore {
  secrets: KindScore[];
  benign: KindScore[];
}

/** Whether neither a secret nor the first or second half of it is left in the output. */
export function isRemoved(output: string, secret: string): boolean {
  const half = Math.ceil(secret.length / 2);
  return !output.includes(secret) && !output.includes(secret.slice(0, half)) && !output.includes(secret.slice(-half));
}

/** What a tool passes or touches wrongly; for whoever looks into a figure. */
export type Report = (kind: string, text: string, secret: string | undefined, output: string) => void;

/** Makes documents of every kind from the seeds, and counts what a tool removes from them and what it touches. */
export async function heldOut(tool: Tool, seeds: readonly number[], rounds: number, report?: Report): Promise<HeldOutScore> {
  const score: HeldOutScore = { secrets: [], benign: [] };
  for (const [kinds, list] of [
    [secretKinds, score.secrets],
    [benignKinds, score.benign],
  ] as const)
    for (const [kind, make] of Object.entries(kinds)) {
      const one: KindScore = { kind, done: 0, of: 0 };
      for (const seed of seeds) {
        const maker = new Maker(seed * 1000 + list.length);
        for (let round = 0; round < rounds; round++) {
          const { text, secrets } = make(maker);
          const output = await tool(text);
          if (kinds === benignKinds) {
            one.of++;
            if (output === text) continue;
            one.done++;
            report?.(kind, text, undefined, output);
          }
          for (const secret of secrets) {
            one.of++;
            if (isRemoved(output, secret)) one.done++;
            else report?.(kind, text, secret, output);
          }
        }
      }
      list.push(one);
    }
  return score;
}
