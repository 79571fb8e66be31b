import { EMPTY_EDITOR, type Editor } from '../input/editor.ts';
import type { Agents, Loaded, McpRow } from './platform.ts';
import type { RunPiece, RunView } from './run.ts';

export type Level = 'info' | 'warn' | 'error';

/** One entry of the conversation as it is shown. Texts are sanitised before they get here. */
export type TimelineItem =
  | { readonly id: number; readonly kind: 'user'; readonly text: string }
  | { readonly id: number; readonly kind: 'answer'; readonly text: string; readonly state: 'streaming' | 'done' | 'interrupted' | 'failed' }
  | { readonly id: number; readonly kind: 'reasoning'; readonly text: string }
  | { readonly id: number; readonly kind: 'tool'; readonly name: string; readonly input: string }
  | { readonly id: number; readonly kind: 'notice'; readonly level: Level; readonly text: string };

/** What a turn of the conversation tells the screen. */
export type TurnEvent =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; name: string; input: string }
  | { type: 'usage'; model: string; inputTokens: number; outputTokens: number; cost: number | undefined }
  | { type: 'end'; how: 'done' | 'interrupted' | 'failed' }
  | { type: 'run'; event: RunPiece };

/** Tokens and money of one model in this session. */
export interface ModelUsage {
  readonly model: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; undefined when no price is known. */
  readonly cost: number | undefined;
}

/** A list that one chooses from. */
export interface ListDrawer {
  readonly kind: 'list';
  readonly name: 'model' | 'palette' | 'permissions' | 'export' | 'tool' | 'agents';
  readonly title: string;
  /** What stands above the list, for a question that has to be read first; PageUp and PageDown scroll it. */
  readonly intro?: readonly string[];
  readonly introScroll?: number;
  readonly items: readonly ListItem[];
  readonly filter: string;
  /** Position in the filtered list. */
  readonly index: number;
}

export interface ListItem {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
}

/** A page that one reads. */
export interface TextDrawer {
  readonly kind: 'text';
  readonly name: 'cost' | 'mcp' | 'status' | 'help' | 'agents';
  readonly title: string;
  readonly rows: readonly string[];
  readonly scroll: number;
}

/** A question that Enter answers with yes and Esc with no. */
export interface ConfirmDrawer {
  readonly kind: 'confirm';
  readonly name: 'logout' | 'cancel';
  readonly title: string;
  readonly rows: readonly string[];
}

export type Drawer = ListDrawer | TextDrawer | ConfirmDrawer;

export type LoginStep =
  | { readonly step: 'choose'; readonly index: number }
  | { readonly step: 'providers'; readonly index: number }
  | { readonly step: 'key'; readonly provider: string; readonly problem?: string }
  | { readonly step: 'starting'; readonly service: string }
  | { readonly step: 'browser'; readonly service: string; readonly url: string; readonly opened: boolean; readonly note?: string }
  | { readonly step: 'device'; readonly service: string; readonly code: string; readonly url: string; readonly note?: string }
  | { readonly step: 'failed'; readonly service: string; readonly message: string; readonly hint?: string };

/** What the header says. */
export interface Header {
  readonly repository: string;
  readonly branch: string | undefined;
  readonly model: string | undefined;
  /** Which credential the next prompt uses and what it overrides (statement A13). */
  readonly credential: string;
  /** Whether `credential` tells of an override that a person may not expect. */
  readonly overridden: boolean;
  readonly mode: string;
  readonly connection: string;
}

/** Where a reader who scrolled up is: what comes below moves nothing above it. */
export interface Anchor {
  /** Entry of the last row in sight. */
  readonly id: number;
  /** That row's place among the rows of the entry. */
  readonly row: number;
  /** Rows below it when the reader came there. */
  readonly below: number;
}

/** How full the window of the model is. */
export interface ContextUse {
  /** Tokens of the last request and its answer. */
  readonly used: number;
  /** The window of the model; undefined where nobody states it. */
  readonly length: number | undefined;
}

export interface CockpitState {
  readonly view: 'login' | 'session';
  readonly login: LoginStep;
  /** Whether Esc on the login screen leads back to a session. */
  readonly canLeaveLogin: boolean;
  readonly header: Header;
  readonly turn: 'idle' | 'waiting' | 'streaming' | 'interrupting';
  /** When the answer under way was asked for, ms. */
  readonly turnStarted: number;
  /** What the person waits for beside answers and runs, and since when, ms. */
  readonly asking: { readonly text: string; readonly since: number } | undefined;
  /** The time as the running clock of a turn or a run last said it, ms. */
  readonly now: number;
  readonly timeline: readonly TimelineItem[];
  readonly nextId: number;
  readonly editor: Editor;
  /** Which suggestion the last Tab took, with the text that it was made for. */
  readonly completion: { readonly typed: string; readonly index: number } | undefined;
  readonly focus: 'composer' | 'timeline';
  /** Undefined follows the end of the conversation. */
  readonly scroll: Anchor | undefined;
  /** Whether the panels beside the conversation are wanted, where there is room for them. */
  readonly panels: boolean;
  readonly drawer: Drawer | undefined;
  readonly alert: { readonly level: Level; readonly text: string } | undefined;
  readonly usage: readonly ModelUsage[];
  readonly context: ContextUse;
  /** Agents and runs of the account. */
  readonly agents: Loaded<Agents>;
  /** MCP servers of the account. */
  readonly mcp: Loaded<readonly McpRow[]>;
  /** The run that is being watched; its conversation is shown instead of the person's own. */
  readonly run: RunView | undefined;
}

export const LOGIN_CHOICE: LoginStep = { step: 'choose', index: 0 };

export const initialState = (header: Header): CockpitState => ({
  view: 'login',
  login: LOGIN_CHOICE,
  canLeaveLogin: false,
  header,
  turn: 'idle',
  turnStarted: 0,
  asking: undefined,
  now: 0,
  timeline: [],
  nextId: 1,
  editor: EMPTY_EDITOR,
  completion: undefined,
  focus: 'composer',
  scroll: undefined,
  panels: true,
  drawer: undefined,
  alert: undefined,
  usage: [],
  context: { used: 0, length: undefined },
  agents: { state: 'none' },
  mcp: { state: 'none' },
  run: undefined,
});
