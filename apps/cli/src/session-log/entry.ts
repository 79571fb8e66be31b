/** Version of the lines below. It grows when a reader of the old ones would misread a new one. */
export const LOG_VERSION = 1;

/** An error as it stands in a log. */
export interface LoggedError {
  code: string;
  message: string;
  boundary?: string;
  requestId?: string;
}

/** What a session log tells, one line each (docs/session-log.md). */
export type LogEntry =
  | { type: 'session'; sessionId: string; command: 'exec' | 'cockpit'; version: string; cwd: string }
  | { type: 'prompt'; model: string; text: string; system?: string; source: string; overrides: readonly string[] }
  | { type: 'tool_call'; id: string; name: string; input: string }
  | { type: 'answer'; model: string; text: string; reasoning?: string; complete: boolean }
  | { type: 'usage'; input: number; output: number }
  | { type: 'error'; error: LoggedError }
  | { type: 'note'; text: string };

/** What a debug log tells besides (statement A18). */
export type DebugEntry =
  | { type: 'chunk'; kind: 'text' | 'reasoning'; text: string }
  | { type: 'tool_output'; id: string; name: string; output: string };

/** A line as written: the entry with version, running number and time (ISO 8601, UTC). */
export type LogLine<Entry = LogEntry> = Entry & { v: number; seq: number; at: string };
