import { type LoginStatus, plainText } from '@moxxy/sdk';

/** One provider's login as `moxxy login status` shows it. */
export interface StatusRow {
  provider: string;
  status: LoginStatus;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A span of time in its largest whole unit: `3 h`. */
const span = (ms: number): string => {
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} d`;
  if (ms >= HOUR_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.max(0, Math.floor(ms / MINUTE_MS))} min`;
};

const WHY_LOST = { interrupted: 'a refresh broke off, log in again', refused: 'ended by the service, log in again' };

const stateText = ({ state, card }: LoginStatus, now: number): string => {
  if (!card) return 'not logged in';
  if (card.lost !== undefined) return WHY_LOST[card.lost];
  if (state === 'expired') return 'expired, log in again';
  if (card.expiresAt === undefined) return 'logged in';
  return card.expiresAt > now ? `logged in, token good for ${span(card.expiresAt - now)}` : 'logged in, refreshed at the next use';
};

const widthOf = (column: readonly string[]): number => Math.max(...column.map((cell) => cell.length));

/** The rows as aligned text, with a last newline. */
export const statusText = (rows: readonly StatusRow[], now: number): string => {
  const cells = rows.map(({ provider, status }) => [
    plainText(provider, 64),
    plainText(status.card?.serviceName ?? '-', 40),
    plainText(status.card?.account ?? '-', 60),
    stateText(status, now),
  ]);
  const widths = [0, 1, 2].map((column) => widthOf(cells.map((row) => row[column] ?? '')));
  return cells.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('');
};

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());

/** The rows for machines: one JSON array, times in ISO 8601, null for what is not known. */
export const statusJson = (rows: readonly StatusRow[]): string => {
  const list = rows.map(({ provider, status: { state, card } }) => ({
    provider,
    service: card?.serviceName ?? null,
    account: card?.account ?? null,
    state,
    usable: state === 'usable',
    refreshable: card?.refreshable ?? false,
    expiresAt: iso(card?.expiresAt),
    loggedInAt: iso(card?.loggedInAt),
    lost: card?.lost ?? null,
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
};
