import type { Connection } from '@mogplex/protocol';
import type { SealedText } from '../store/sealer.ts';

export interface ConnectionTables {
  connection: {
    id: string;
    /** Owner; an account's own connections belong to its personal team. */
    team_id: string;
    kind: Connection['kind'];
    /** Unique in the team. */
    name: string;
    url: string;
    /** MCP only. */
    transport: NonNullable<Connection['transport']> | null;
    auth: Connection['auth']['type'];
    /** Header of an API key, or user name of basic authentication. */
    auth_name: string | null;
    /** Key, token or password, sealed. */
    sealed_secret: SealedText | null;
    /** Last characters of the secret. */
    secret_hint: string | null;
    enabled: number;
    scope: Connection['scope'];
    health: Connection['health']['status'];
    health_at: number | null;
    /** Text from outside, cleaned. */
    health_note: string | null;
    created_at: number;
    updated_at: number;
  };
  /** Repositories that a project connection is for (`include`), or that any is kept from (`exclude`). */
  connection_repository: { connection_id: string; repository: string; mode: 'include' | 'exclude' };
  /** One row for each connection that authenticates by OAuth. */
  connection_oauth: {
    /** Id of the connection. */
    id: string;
    team_id: string;
    /** What is asked for; null: what the server's metadata names. */
    scope: string | null;
    status: 'not_connected' | 'connected' | 'reconnect';
    client_id: string | null;
    /** 1: the server registered the client by itself (RFC 7591); 0: a person entered it. */
    registered: number;
    sealed_client_secret: SealedText | null;
    /** Metadata of the authorization server that issued the grant, JSON (RFC 8414). */
    server: string | null;
    /** The resource that tokens are for (RFC 8707). */
    resource: string | null;
    /** JSON with access and refresh token, sealed. */
    sealed_grant: SealedText | null;
    expires_at: number | null;
    /** Counts grants: a renewal replaces the one that it read, or none. */
    version: number;
    /** Until when one server has the renewal to itself; 0: nobody. */
    renewing_until: number;
  };
  /** An approval under way. */
  connection_oauth_flow: {
    /** SHA-256 of the state. */
    id: string;
    connection_id: string;
    team_id: string;
    account_id: string;
    /** The browser session that began it, and that alone can end it. */
    session_id: string;
    /** PKCE verifier, sealed. */
    sealed_verifier: SealedText;
    expires_at: number;
  };
}

export type ConnectionRow = ConnectionTables['connection'];
