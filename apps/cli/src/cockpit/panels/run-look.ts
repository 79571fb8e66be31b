import type { RunStatus } from '../state/run.ts';
import type { Look } from '../text/lines.ts';

/** Mark and colour of a run's state, the same wherever a run is named. */
export const RUN_LOOK: Readonly<Record<RunStatus, { mark: string; color: NonNullable<Look['color']> }>> = {
  pending: { mark: '○', color: 'muted' },
  running: { mark: '●', color: 'accent' },
  succeeded: { mark: '✓', color: 'good' },
  failed: { mark: '✗', color: 'bad' },
  cancelled: { mark: '–', color: 'warn' },
};
