import { isRunOver, type Run, type RunEvent } from '@mogplex/protocol';
import { sanitiseLine } from '../../cockpit/text/sanitise.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:03:02` in the reader's zone. @param at milliseconds since the epoch */
export const clock = (at: number): string => {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
};

/** `2026-11-22 14:03:02` in the reader's zone. @param at milliseconds since the epoch */
export const localTime = (at: number): string => {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(at)}`;
};

/** `0.4 s`, `3 min 5 s`, `2 h 10 min` */
export const duration = (milliseconds: number): string => {
  const seconds = Math.max(0, milliseconds) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** US dollars, to the cent or as exactly as a small amount needs. */
export const dollars = (micros: number): string =>
  `$${micros === 0 || micros >= 10_000 ? (micros / 1e6).toFixed(2) : (micros / 1e6).toFixed(6)}`;

/** `11 tokens in, 5 out, $0.000100` */
export const usageWords = ({ inputTokens, outputTokens, costMicros }: Run['usage']): string =>
  `${inputTokens} tokens in, ${outputTokens} out, ${dollars(costMicros)}`;

/** How long a run took, or has taken until now; a dash before it began. */
export const tookWords = ({ status, startedAt, endedAt }: Run, now: number): string => {
  if (startedAt === undefined) return '-';
  return duration((endedAt ?? (isRunOver(status) ? startedAt : now)) - startedAt);
};

const KINDS = { personal: 'access token', oauth: 'app or terminal' } as const;

/** `access token "ci", source cli` */
export const startedByWords = ({ startedBy: { kind, name }, source }: Run): string =>
  `${kind === 'session' ? name : `${KINDS[kind]} ${JSON.stringify(name)}`}, source ${source}`;

/** The state, with the cancel that was asked for and has not come to pass. */
export const statusWords = ({ status, cancelRequestedAt }: Run): string =>
  cancelRequestedAt !== undefined && !isRunOver(status) ? `${status} (cancel asked for)` : status;

/** What an event says, on one line. */
const eventText = (event: RunEvent): string => {
  switch (event.type) {
    case 'status':
      return event.data.status;
    case 'message.delta':
      return event.data.text;
    case 'message':
      return `${event.data.role}: ${event.data.text}${event.data.truncated ? ' …' : ''}`;
    case 'usage':
      return usageWords(event.data);
    case 'error':
      return `${event.data.message} [${event.data.boundary}] (request id ${event.data.requestId})`;
    case 'notice':
      return `${event.data.code}: ${event.data.text}`;
  }
};

/** One event as one line: number, time, kind, text, without anything that acts on a terminal. */
export const eventLine = (event: RunEvent): string =>
  [String(event.seq).padStart(5), clock(event.at), event.type.padEnd(13), sanitiseLine(eventText(event), 4_000)].join('  ').trimEnd();
