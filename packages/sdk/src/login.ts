/** A secret that only shows itself when asked. `Secret` of `@mogplex/credentials` is one. */
export interface SecretValue {
  reveal(): string;
}

/** What a stored login says about itself in the clear: shown by `moxxy login status`, never secret. */
export interface LoginCard {
  serviceName: string;
  /** The authorization server that issued the tokens: they are never sent to another. */
  issuer: string;
  /** Who is logged in, as the service names them. */
  account?: string;
  /** When the access token ends, in ms since 1970. Absent: the service did not say. */
  expiresAt?: number;
  /** Whether a refresh token is stored. */
  refreshable: boolean;
  /** When the login was made, in ms since 1970. */
  loggedInAt: number;
  scope?: string;
  /**
   * Set when the service no longer takes the refresh token, and only a new login helps. `interrupted`: a refresh broke off
   * after the service may have spent the token. `refused`: the service ended the login.
   */
  lost?: 'interrupted' | 'refused';
}

/** What a login stores: replaced whole by every login and every refresh. */
export interface LoginBundle {
  /** Sealed values by name, such as `accessToken` and `refreshToken`. */
  secrets: Readonly<Record<string, SecretValue>>;
  card: LoginCard;
}

export interface StoredLogin extends LoginBundle {
  /** Grows by one with every write and every removal. */
  generation: number;
}

/** One refresh under the lock. */
export interface RefreshTurn {
  /** The newest login there is. */
  current: StoredLogin;
  /** Ends when the request has to stop. */
  signal: AbortSignal;
  /** Set when this very refresh token was sent before (ms since 1970) and no answer was ever stored. */
  unfinishedSince?: number;
}

export interface RefreshRequest {
  /** The generation that was found unusable. A newer one is returned without asking the service. */
  seen: number;
  /** Asks the service for the new bundle. */
  exchange: (turn: RefreshTurn) => Promise<LoginBundle>;
  /** Gets a new bundle that came too late, because the person logged out or in again meanwhile. */
  discarded: (bundle: LoginBundle) => Promise<void>;
  /** Ms before the lock is given up, request and all. */
  timeoutMs: number;
}

/** The part of the vault that belongs to one provider: the records under `oauth/<provider>/`. Nothing else is in reach. */
export interface ProviderVault {
  readonly provider: string;
  /** The stored login, or undefined. Needs the vault's key. */
  read(): Promise<StoredLogin | undefined>;
  /** What is stored, in the clear. Needs no key. */
  card(): Promise<LoginCard | undefined>;
  /** Replaces what is stored, whole and durably. */
  write(bundle: LoginBundle): Promise<StoredLogin>;
  /** One refresh at a time across processes; the answer is durable when this returns. */
  refresh(request: RefreshRequest): Promise<StoredLogin>;
  /** Removes the login durably, so that a refresh under way cannot bring it back. False when there was none. */
  remove(): Promise<boolean>;
}

/** What a login tells the person in front of the screen. */
export type LoginEvent =
  | { type: 'browser'; url: string; redirectUri: string; expiresAt: number }
  | { type: 'browser-failed' }
  | { type: 'device'; userCode: string; verificationUri: string; verificationUriComplete?: string; expiresAt: number }
  | { type: 'polling'; expiresAt: number; note?: string }
  | { type: 'noise'; reason: string };

/** What every hook of a provider is given: its own part of the vault and the outside world, nothing of other providers. */
export interface ProviderContext {
  provider: string;
  vault: ProviderVault;
  env: Readonly<Record<string, string | undefined>>;
  fetch: typeof fetch;
  /** The time in ms since 1970. */
  now: () => number;
  /** Waits `ms` milliseconds; rejects when the signal ends it. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/** What `login` is given besides. */
export interface LoginContext extends ProviderContext {
  /** False: no browser can be opened here, use the device flow. */
  browser: boolean;
  /** The callback's port when it is not the one the provider registered. */
  port?: number;
  /** Opens the person's browser; false when that is known to have failed. */
  openUrl: (url: string) => Promise<boolean>;
  report: (event: LoginEvent) => void;
}

export interface LoginOutcome {
  card: LoginCard;
}

export interface LogoutOutcome {
  /** Whether anything was stored. */
  removed: boolean;
  /** `unsupported`: the service offers no revocation. `failed`: it did not confirm it. */
  revoked: 'yes' | 'unsupported' | 'failed' | 'nothing';
  /** One sentence for the person, when there is something to say. */
  note?: string;
}

export interface LoginStatus {
  /** `usable`: a call can be made, with a refresh first if needed. `expired`: only a new login helps. */
  state: 'usable' | 'expired' | 'none';
  card?: LoginCard;
}

/**
 * What a stored card says about a login at a moment.
 *
 * @param now ms since 1970.
 */
export const statusOfCard = (card: LoginCard | undefined, now: number): LoginStatus => {
  if (!card) return { state: 'none' };
  const alive = card.expiresAt === undefined || card.expiresAt > now;
  return { state: card.lost === undefined && (alive || card.refreshable) ? 'usable' : 'expired', card };
};
