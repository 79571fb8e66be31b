export interface TokenTables {
  token: {
    id: string;
    /** SHA-256 of the whole token, hexadecimal. The token itself is shown once and kept nowhere. */
    hash: string;
    kind: 'personal' | 'run';
    /** First eight characters, to recognise it by. */
    prefix: string;
    /** The person or service account that it acts for. */
    account_id: string;
    /** Set for a service account: its team. */
    team_id: string | null;
    run_id: string | null;
    name: string;
    /** `read`, `write` or `read write`. */
    scopes: string;
    created_at: number;
    expires_at: number | null;
    last_used_at: number | null;
    revoked_at: number | null;
    revoked_why: 'owner' | 'leaked' | 'operator' | 'ended' | null;
  };
  service_account: {
    id: string;
    team_id: string;
    name: string;
    created_by: string;
    created_at: number;
  };
}
