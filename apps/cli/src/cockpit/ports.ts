import type { Secret } from '@mogplex/credentials';

/** Which credential the next prompt uses, in words for the header. */
export interface CredentialLine {
  /** `openai · env OPENAI_API_KEY overrides stored key` */
  text: string;
  overridden: boolean;
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
  exists(): Promise<boolean>;
  /** The credential in use for a model, or undefined. */
  line(model: string | undefined): Promise<CredentialLine | undefined>;
  /** Providers whose models can be used now, in the order of the login screen. */
  usable(): Promise<readonly string[]>;
  /** Stores a provider's key; returns warnings for the person. */
  storeKey(provider: string, key: Secret): Promise<readonly string[]>;
  planLogout(model: string | undefined): Promise<LogoutPlan>;
  /** Removes what the plan named. */
  logout(model: string | undefined): Promise<void>;
  /** Removes the account's login alone; false when there was none. */
  clearAccount(): Promise<boolean>;
}

export interface ModelChoice {
  /** `provider/model` */
  id: string;
  /** What stands beside it in the picker. */
  detail: string;
}

export interface ModelPort {
  /** The model to begin with, from the command line, the configuration or the first usable provider. */
  initial(asked: string | undefined): Promise<string | undefined>;
  /** The model to use after a sign-in to a provider, or to the account when none is named. */
  preferred(provider: string | undefined): Promise<string | undefined>;
  list(): Promise<readonly ModelChoice[]>;
  /** US dollars for so many tokens, or undefined when no price is known. */
  cost(model: string, inputTokens: number, outputTokens: number): number | undefined;
}

/** What a model streams, as it came. */
export type ChatPiece =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool-call'; name: string; input: string }
  | { type: 'usage'; inputTokens: number; outputTokens: number };

/** The conversation with the model; it remembers what was said and writes the session log. */
export interface ChatPort {
  readonly sessionId: string;
  /** @throws MogplexError whatever ends the answer early */
  send(prompt: string, model: string, signal: AbortSignal): AsyncIterable<ChatPiece>;
  /** Forgets the conversation. */
  clear(): void;
  /** Drops every client that holds a credential (statement A14). */
  dropClients(): void;
  close(): Promise<void>;
}

/** What a sign-in tells the screen. */
export type SignInEvent =
  | { type: 'browser'; url: string; opened: boolean }
  | { type: 'device'; code: string; url: string }
  | { type: 'note'; text: string };

export interface SignInPort {
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

export interface McpServer {
  name: string;
  detail: string;
}

/** State that the platform shares with a signed-in cockpit (statement A9). */
export interface SyncPort {
  /** @throws MogplexError when the platform cannot be asked */
  mcpServers(): Promise<readonly McpServer[]>;
  /** Forgets everything that was synced. */
  forget(): Promise<void>;
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

/** The permission mode of the session. */
export interface PermissionPort {
  readonly modes: readonly { id: string; detail: string }[];
  readonly initial: string;
  /** Modes that the project's configuration allows. */
  readonly allowed: (mode: string) => boolean;
}

/** Everything that the screen needs of the program around it. */
export interface Ports {
  now(): number;
  credentials: CredentialPort;
  models: ModelPort;
  chat: ChatPort;
  signIn: SignInPort;
  sync: SyncPort;
  workspace: WorkspacePort;
  permissions: PermissionPort;
  /** Asks whether a run can be attached to. @throws MogplexError */
  attach(run: string): Promise<string>;
  /** Puts a text on the clipboard of the person's terminal (OSC 52). */
  copy(text: string): void;
  /** `address · version` rows of `/status`. */
  status(): Promise<readonly string[]>;
}
