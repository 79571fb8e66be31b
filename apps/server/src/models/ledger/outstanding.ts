import type { CreditRow, ReservationRow } from './book.ts';
import type { Attribution, Reservation } from './operations.ts';

/** All calls under way of one server that would be booked alike. */
interface Group {
  row: ReservationRow;
  /** What the store holds as set aside for them: never less than `row.amount`. */
  stored: number;
  usedAt: number;
}

/** Rows to write so that the store holds enough as set aside: those with no call left go. */
export interface OutstandingRows {
  put: ReservationRow[];
  remove: string[];
  /** Some rows stand for no call any more and go a little later. */
  idle: boolean;
  /** Call it when they are in the store. */
  keep(): void;
}

/** How long a row without calls stays ready for the next one, in milliseconds: after a crash it would count as spent. */
export const IDLE_MS = 100;
const AHEAD = 4;
/** The part of the free credit that may be set aside ahead of the calls. */
const AHEAD_SHARE = 200;

const names = new WeakMap<Attribution, { payer: string; charged: boolean; name: string }>();

/** The name of a call's group, made once for those that share an attribution. */
const groupOfCall = ({ payer, charged, attribution }: Reservation): string => {
  const known = names.get(attribution);
  if (known?.payer === payer && known.charged === charged) return known.name;
  const { accountId, teamId, tokenId, runId, source, model, upstreamId } = attribution;
  const name = `${payer}\n${charged ? 1 : 0}\n${accountId}\n${teamId}\n${tokenId}\n${runId}\n${source}\n${model}\n${upstreamId}`;
  names.set(attribution, { payer, charged, name });
  return name;
};

const groupOf = (row: ReservationRow): string =>
  `${row.payer}\n${row.charged}\n${row.account_id}\n${row.team_id}\n${row.token_id}\n${row.run_id}\n${row.source}\n${row.model}\n${row.upstream_id}`;

/**
 * What one server has set aside. The calls that would be booked alike share one row in the store, and the row may stand
 * a little ahead of them: then most calls begin without a write, and after a crash the store still knows a sum that
 * nothing under way exceeds. It stands ahead by no more than a two-hundredth of the credit that is free, and by nothing
 * when credit is scarce.
 */
export class Outstanding {
  readonly #held = new Map<string, Group>();
  readonly #groups = new Map<string, Group>();
  readonly #serverId: string;
  #count = 0;

  constructor(serverId: string) {
    this.#serverId = serverId;
  }

  /** The row that stands for a call; undefined when nothing is set aside for it. */
  find(id: string): ReservationRow | undefined {
    return this.#held.get(id)?.row;
  }

  add(call: ReservationRow, now: number): void {
    const name = groupOf(call);
    const group = this.#groups.get(name) ?? {
      row: { ...call, id: `${this.#serverId}:${this.#count++}`, amount: 0, calls: 0 },
      stored: 0,
      usedAt: now,
    };
    group.row.amount += call.amount;
    group.row.calls += 1;
    group.usedAt = now;
    this.#groups.set(name, group);
    this.#held.set(call.id, group);
  }

  /** Whether the store already holds enough as set aside for one more call. */
  covers(call: Reservation): boolean {
    const group = this.#groups.get(groupOfCall(call));
    return group !== undefined && group.stored > 0 && group.row.amount + call.amount <= group.stored;
  }

  /** Adds a call that is covered. */
  join(call: Reservation, now: number): void {
    const group = this.#groups.get(groupOfCall(call));
    if (!group) return;
    group.row.amount += call.amount;
    group.row.calls += 1;
    group.usedAt = now;
    this.#held.set(call.id, group);
  }

  end(id: string, amount: number): void {
    const group = this.#held.get(id);
    if (!group) return;
    this.#held.delete(id);
    group.row.amount -= amount;
    group.row.calls -= 1;
  }

  /** Whether the store holds less than what is set aside: then it must be written before a call goes out. */
  isBehind(call: ReservationRow): boolean {
    const group = this.#held.get(call.id);
    return group !== undefined && (group.row.amount > group.stored || group.stored === 0);
  }

  #isIdle(row: ReservationRow): boolean {
    return this.#groups.get(groupOf(row))?.row.calls === 0;
  }

  /**
   * What to write now.
   *
   * @param credits tells how much of a payer's credit is free.
   * @param last nothing begins any more: what no call stands behind goes at once.
   */
  rows(credits: ReadonlyMap<string, CreditRow>, now: number, leaseMs: number, last = false): OutstandingRows {
    const put: ReservationRow[] = [];
    const remove: string[] = [];
    const stored: [Group, number][] = [];
    const gone: string[] = [];
    for (const [name, group] of this.#groups) {
      const { row } = group;
      if (row.calls === 0 && (last || now - group.usedAt > IDLE_MS)) {
        remove.push(row.id);
        gone.push(name);
        continue;
      }
      const credit = credits.get(row.payer);
      const free = row.charged === 0 || !credit ? Number.MAX_SAFE_INTEGER : Math.max(0, credit.balance - credit.reserved);
      const wanted = last ? row.amount : Math.max(row.amount * AHEAD, group.stored);
      const amount = row.amount + Math.min(wanted - row.amount, Math.floor(free / AHEAD_SHARE));
      put.push({ ...row, amount, calls: Math.max(1, row.calls), expires_at: now + leaseMs });
      stored.push([group, amount]);
    }
    return {
      put,
      remove,
      idle: put.some((row) => this.#isIdle(row)),
      keep: () => {
        for (const [group, amount] of stored) group.stored = amount;
        for (const name of gone) this.#groups.delete(name);
      },
    };
  }
}
