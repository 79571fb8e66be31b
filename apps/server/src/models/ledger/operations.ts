import type { Plan } from '../plans.ts';
import type { Usage } from '../types.ts';

/** Who and what a call is booked to. */
export interface Attribution {
  accountId: string;
  teamId: string | null;
  tokenId: string;
  runId: string | null;
  /** Where the call came from: `api`, `cli`, `run`. */
  source: string;
  model: string;
  provider: string;
  upstreamId: string;
}

/** Credit that is set aside before a call and settled once after it. */
export interface Reservation {
  id: string;
  /** `account:<id>` or `team:<id>`. */
  payer: string;
  /** The most that the call can cost, in micro-dollars. */
  amount: number;
  /** False where the plan has no credit limit: the call is metered and takes nothing. */
  charged: boolean;
  plan: Plan;
  attribution: Attribution;
}

/** How a call ended: to its end, left by its client, cut by its provider, without an answer. */
export type CallOutcome = 'done' | 'cancelled' | 'cut' | 'failed';

/** What a call used in the end. */
export interface Settlement {
  reservation: Reservation;
  /** False for a call on the account's own key: nothing was set aside, nothing is taken. */
  reserved: boolean;
  /** Which key answered; may differ from the one that was first in line. */
  upstreamId: string;
  usage: Usage;
  /** Micro-dollars by the catalogue. */
  cost: number;
  outcome: CallOutcome;
}

export type LedgerOperation =
  | { type: 'reserve'; reservation: Reservation }
  | { type: 'settle'; settlement: Settlement }
  | { type: 'release'; reservation: Reservation }
  | { type: 'expire'; id: string }
  | { type: 'adjust'; payer: string; amount: number; reference: string };

/** What became of an operation. */
export type LedgerResult =
  | { ok: true }
  | { ok: false; why: 'out_of_credit'; available: number }
  | { ok: false; why: 'parallel'; limit: number }
  | { ok: false; why: 'rate'; limit: number; retryAfter: number };

export const DONE: LedgerResult = { ok: true };
