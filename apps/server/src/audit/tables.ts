export interface AuditTables {
  /** Append-only: nothing in the product updates or deletes a row. */
  audit_event: {
    id: string;
    at: number;
    /** Account id, `operator` (command line) or `secret-scanning`. */
    actor: string;
    /** Dotted, for instance `token.revoked`. */
    action: string;
    /** Id of what was acted on. */
    subject: string;
    account_id: string | null;
    team_id: string | null;
    request_id: string | null;
    /** JSON object, redacted. */
    details: string;
  };
  notification: {
    id: string;
    account_id: string;
    kind: 'token-leaked' | 'credit' | 'sign-in';
    text: string;
    created_at: number;
    read_at: number | null;
  };
}
