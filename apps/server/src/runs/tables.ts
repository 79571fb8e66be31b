import type { RunSource, RunStatus } from '@mogplex/protocol';
import type { SealedText } from '../store/sealer.ts';

export interface RunTables {
  run: {
    id: string;
    account_id: string;
    /** Null: the account's own, seen by nobody else. */
    team_id: string | null;
    /** `account:<id>` or `team:<id>`: whose parallel runs it counts to. */
    owner: string;
    status: RunStatus;
    agent: string;
    model: string;
    repository: string | null;
    source: RunSource;
    started_by: 'personal' | 'oauth' | 'session';
    token_id: string;
    token_name: string;
    /** The request that started it. */
    request_id: string;
    /** SHA-256 over account, `Idempotency-Key` and body: a repeated start finds the run, even if its first answer was never kept. */
    start_key: string | null;
    /** Masked. */
    title: string;
    /** Sealed, and removed when the run has ended. */
    prompt: SealedText | null;
    system: SealedText | null;
    created_at: number;
    started_at: number | null;
    ended_at: number | null;
    cancel_requested_at: number | null;
    /** JSON, see `runError`; masked. */
    error: string | null;
    last_seq: number;
    /** Grows with each worker that takes the run; only the newest may write. */
    fence: number;
    /** Workers that were lost over it. */
    losses: number;
    /** 1 while it waits for another run of its owner to end, and is in no queue. */
    parked: number;
  };
  run_event: {
    run_id: string;
    seq: number;
    at: number;
    type: string;
    /** JSON, masked and capped before it was written. */
    data: string;
  };
  /** One row an account or team that ever started a run: locked while its runs are counted. */
  run_owner: { owner: string };
}
