import { MogplexError } from '@mogplex/protocol';
import { nothingToRefresh, type Begun, type RefreshPlace } from '../refresh.ts';
import type { KeyRing } from './key-ring.ts';
import { formatRecord, openRecord, sealRecord, type SealedRecord } from './record.ts';
import type { VaultBundle, VaultRecord } from './types.ts';
import type { VaultContext } from './vault.ts';

/**
 * A record of the vault as a place to refresh.
 *
 * @param seen the generation that the caller found unusable
 */
export function refreshPlace(
  context: VaultContext,
  name: string,
  seen: number,
  now: () => number,
): RefreshPlace<VaultRecord, VaultBundle, VaultRecord> {
  const what = `login ${name}`;
  const seal = ({ generation }: VaultRecord, bundle: VaultBundle, ring: KeyRing): SealedRecord =>
    sealRecord({ name, generation: generation + 1, updatedAt: now(), removed: false }, bundle, ring);
  let written: SealedRecord | undefined;

  return {
    what,
    lockPath: context.refreshLockPath(name),
    onStep: context.onStep,
    present: () => context.exists(),
    begin: async () => await context.change(async () => await begin(context, name, seen, now())),
    answerLine: async (current, bundle) => {
      written = seal(current, bundle, await context.readRing());
      return formatRecord(written);
    },
    store: async (current) => {
      try {
        return await context.change(async () => {
          if (context.files.read(name)?.generation !== current.generation) return undefined;
          await context.adopt(name);
          return await context.open(name);
        });
      } catch (error) {
        if (written === undefined || !(error instanceof MogplexError) || error.code !== 'unavailable') throw error;
        // The answer is durable in the journal; whoever next holds the lock puts it in place.
        return openRecord(written, await context.readRing());
      }
    },
    forget: async ({ generation }) => {
      await context.change(async () => {
        if (context.files.read(name)?.generation === generation) await context.journal(name).clear();
      });
    },
  };
}

/** Re-reads the record under the lock; writes the intent unless somebody else has refreshed it meanwhile. */
async function begin(
  context: VaultContext,
  name: string,
  seen: number,
  startedAt: number,
): Promise<{ refreshed: VaultRecord } | Begun<VaultRecord>> {
  await context.recover(name, await context.ring());
  const current = await context.open(name);
  if (current === undefined) throw nothingToRefresh(`login ${name}`);
  if (current.generation > seen) return { refreshed: current };
  const journal = context.journal(name);
  const earlier = journal.read();
  const concerns = earlier.kind === 'unfinished' && (earlier.generation ?? current.generation) === current.generation;
  const unfinished = concerns ? { startedAt: earlier.startedAt } : undefined;
  return { current, unfinished, journal: await journal.begin(current.generation, unfinished?.startedAt ?? startedAt) };
}
