import type { Secret } from '@mogplex/credentials';
import type { Run, RunEvent } from '@mogplex/protocol';
import type { Agents, McpRow } from './state/platform.ts';

/** Which credential the next prompt uses, in words for the header. */
export interface CredentialLine {
  /** `openai · env OPENAI_API_KEY overrides stored key` */
  text: string;
  overridden: boolean;
  /** Where prompts go: to the provider, to the platform's gateway, or through a plugin's login. */
  connection: 'direct' | 'gateway' | 'login';
}

/** What `/logout` would remove and what it would leave. */
export interface LogoutPlan {
  /** What goes, one row each; empty when nothing is stored. */
  removes: readonly string[];
  /** What still signs the next prompt in, one row each. */
  remains: readonly string[];
}

/** The stored and set credentials of this person. */
export interface CredentialPort {
  /** Whether any credential exists, in the environment or stored. */
  exists(): boolean;
  /** The credential in use for a model, or undefined; without a model, the one that decides which model is the default. */
  line(model: string | undefined): CredentialLine | undefined;
  /** What the header says where {@link line} has nothing to say: what there is and why it is not used, or that there is nothing. */
  missing(model: string | undefined): string;
  /** What tells one account from another, or undefined without one; never shown. */
  account(): string | undefined;
  /** Stores a provider's key; returns warnings for the person. */
  storeKey(provider: string, key: Secret): Promise<readonly string[]>;
  planLogout(model: string | undefined): LogoutPlan;
  /** Removes what the plan named, and has the platform revoke the account's tokens; false when it did not confirm that. */
  logout(model: string | undefined): Promise<boolean>;
  /** Removes the account's login alone. */
  clearAccount(): Promise<ClearedAccount>;
}

/** What became of an account's login that was removed. */
export interface ClearedAccount {
  /** False when there was none. */
  removed: boolean;
  /** Whether the platform confirmed the end of the login; the login is gone from this machine before that is known. */
  revoked: Promise<boolean>;
}

export interface ModelChoice {
  /** `provider/model` */
  id: string;
  /** What stands beside it in the picker. */
  detail: string;
}

/** What a model streams, as it came. */
export type ChatPiece =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; id: string; name: string; input: string }
  | { type: 'usage'; inputTokens: number; outputTokens: number }
  | { type: 'finish'; reason: string };

/** An open session of prompts: its conversation, its models, its log. */
export interface OpenSession {
  readonly id: string;
  /** The permission mode to begin with, which is also the widest that the configuration allows. */
  readonly mode: string;
  /** Changes what tools may do from now on. */
  permit(mode: string): void;
  /** Who is asked about a tool call in permission mode `ask`; until somebody is, the answer is no. */
  askWith(approve: (call: { name: string; input: string }) => Promise<boolean>): void;
  /**
   * The model asked for, or the default.
   *
   * @throws MogplexError when there is none that may be used
   */
  chooseModel(asked: string | undefined, signal?: AbortSignal): Promise<string>;
  /** The default model of a provider. */
  defaultOf(provider: string): Promise<string | undefined>;
  listModels(signal: AbortSignal): Promise<readonly ModelChoice[]>;
  /** Settles when prices and windows of models are known, as far as they will be. */
  factsLoaded(): Promise<void>;
  /** US dollars for so many tokens, or undefined when no price is known. */
  cost(model: string, inputTokens: number, outputTokens: number): number | undefined;
  /** Where prices come from, one row for a person. */
  pricesFrom(): string;
  /** Tokens that fit into the window of a model, or undefined where nobody states it. */
  contextLength(model: string): number | undefined;
  /**
   * Sends a prompt. The credential is resolved anew and its client lives no longer than the answer.
   *
   * @throws MogplexError whatever ends the answer early
   */
  send(prompt: string, model: string, signal: AbortSignal): AsyncIterable<ChatPiece>;
  /** Forgets what was said. */
  clear(): void;
  /** Closes what is open for the account's tools (statement A14). */
  dropTools(): Promise<void>;
  /** Waits until the log is written. */
  close(): Promise<void>;
}

/** What a sign-in tells the screen. */
export type SignInEvent =
  | { type: 'browser'; url: string; opened: boolean }
  | { type: 'device'; code: string; url: string }
  | { type: 'note'; text: string };

export interface SignInPort {
  /** The address of the platform that an account is signed in to, as it was set. */
  platform(): string;
  /** Whether a browser can be opened here. */
  canOpenBrowser(): boolean;
  /**
   * Signs in to the Mogplex account and stores it.
   *
   * @returns who is signed in
   */
  account(options: { device: boolean; signal: AbortSignal; report: (event: SignInEvent) => void }): Promise<string>;
  /** OAuth providers that plugins registered: name and the name of the service. */
  providers(): Promise<readonly { name: string; serviceName: string }[]>;
  /** Signs in to a plugin's provider. */
  provider(name: string, options: { device: boolean; signal: AbortSignal; report: (event: SignInEvent) => void }): Promise<void>;
}

/** A run that is watched. */
export interface Watched {
  run: Run;
  /** Each event once and in order; what ends them early is thrown. */
  events: AsyncIterable<RunEvent>;
}

/** What the platform of the account offers. Every function throws MogplexError as the platform states it. */
export interface PlatformPort {
  agents(signal: AbortSignal): Promise<Agents>;
  mcp(signal: AbortSignal): Promise<readonly McpRow[]>;
  /** @param onLine told when the line is lost (what happened, ms until the next try) and when it is back */
  attach(run: string, signal: AbortSignal, onLine: (lost: { problem: string; retryIn: number } | undefined) => void): Promise<Watched>;
  /** Asks for the end of a run. */
  cancel(run: string): Promise<void>;
}

/** What was sent from this repository before. */
export interface HistoryPort {
  /** Oldest first. */
  load(): Promise<readonly string[]>;
  add(text: string): Promise<void>;
}

export interface WorkspacePort {
  /** `owner/name` of the repository that the person stands in, else the folder's name. */
  repository(): Promise<{ name: string; branch: string | undefined }>;
  /** Commands of the person and of the repository. */
  customCommands(): Promise<readonly CustomCommand[]>;
  /** Writes a new file of the conversation, redacted; returns its path. */
  export(name: string, text: string): Promise<string>;
}

/** A prompt that a person keeps in a file. */
export interface CustomCommand {
  name: string;
  description: string;
  template: string;
  /** `home` or `project`. */
  from: 'home' | 'project';
}

/** Permission modes from the strictest to the widest. */
export const PERMISSION_MODES = [
  { id: 'read-only', detail: 'read, never change' },
  { id: 'ask', detail: 'ask before every change' },
  { id: 'auto', detail: 'change without asking' },
] as const;

/** Everything that the screen needs of the program around it. */
export interface Ports {
  now(): number;
  credentials: CredentialPort;
  signIn: SignInPort;
  workspace: WorkspacePort;
  /** Opens the session of prompts; the same one every time. */
  session(): Promise<OpenSession>;
  platform: PlatformPort;
  history: HistoryPort;
  /** Whether the terminal can be asked to put a text on its clipboard. */
  copies: boolean;
  /** Whether the terminal marks what is pasted (bracketed paste), so that everything else was typed. */
  marksPastes: boolean;
  /** Puts a text on the clipboard of the person's terminal (OSC 52). */
  copy(text: string): void;
  /** The skills that plugins bring. */
  skills(): Promise<readonly { name: string; description: string }[]>;
  /** Rows of `/status` about this program and its files. */
  status(): Promise<readonly string[]>;
}
