import { isRunOver, type Run, type RunStatus } from '@mogplex/protocol';

const KINDS = { personal: 'access token ', oauth: 'app or terminal ', session: '' } as const;

/** With which credential a run was started, and from where. */
export const startedByWords = ({ startedBy: { kind, name }, source }: Run): string => `${KINDS[kind]}${name} (${source})`;

const LOOKS: Record<RunStatus, string> = {
  pending: 'text-soft',
  running: 'font-semibold text-accent',
  succeeded: 'text-good',
  failed: 'font-semibold text-danger',
  cancelled: 'text-soft',
};

/** The state of a run in a word; the colour says nothing that the word does not. */
export const Status = ({ status }: { status: RunStatus }) => <span className={LOOKS[status]}>{status}</span>;

/** The state, with a cancel that was asked for and has not come to pass. */
export const RunState = ({ run: { status, cancelRequestedAt } }: { run: Pick<Run, 'status' | 'cancelRequestedAt'> }) => (
  <>
    <Status status={status} />
    {cancelRequestedAt !== undefined && !isRunOver(status) ? ' (cancel asked for)' : null}
  </>
);
