/** An answer that is at hand in the common case, which then costs no turn of the event loop. */
export type MaybeLater<T> = T | Promise<T>;

/** Who calls, as the guard chain found out. */
export interface Principal {
  kind: 'personal' | 'oauth' | 'session' | 'run';
  /** Id of the account, or of the team's service account, that acts. */
  accountId: string;
  /** Absent for a service account, which has no address. */
  email?: string;
  /** The team whose resources a credential is bound to; absent: any team of the account. */
  teamId?: string;
  /** Id of the token or session; rate limits are kept by it. */
  tokenId: string;
  /** Name of the token, client or session, for people. */
  name: string;
  scopes: ReadonlySet<'read' | 'write'>;
  /** Milliseconds; absent: none. */
  expiresAt?: number;
  /** The OAuth client that holds the token. */
  clientId?: string;
  /** The run that a run token belongs to. */
  runId?: string;
  /** `owner/name` of the repository that the run is about. */
  repository?: string;
  /** Where the run was asked for; run tokens only. */
  source?: string;
  /** Milliseconds: when the person last proved who they are. Sessions only; `session-fresh` routes look at it. */
  authenticatedAt?: number;
}

/** The rooms that know credentials. Each answers undefined for one that is unknown, expired or revoked. */
export interface CredentialResolvers {
  /** Personal access tokens and run tokens, from any string at all; `connection` is the socket that it came on. */
  principalFromToken(token: string, connection: object): MaybeLater<Principal | undefined>;
  /** `mog_at_` access tokens of the authorization server. */
  principalFromAccessToken(token: string): Promise<Principal | undefined>;
  /** The session of a browser, from its `Cookie` header. */
  principalFromSession(cookie: string): Promise<Principal | undefined>;
}
