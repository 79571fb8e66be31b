import { recordAudit } from '../audit/record.ts';
import type { Principal } from '../http/principal.ts';
import type { Identity } from './context.ts';

interface Event {
  /** Dotted, for instance `team.member_removed`. */
  action: string;
  /** Id of what was acted on. */
  subject: string;
  teamId?: string;
  details?: Readonly<Record<string, string | number | boolean>>;
}

/** Writes down what a person did to an account, a team or a sign-in. */
export const note = async ({ platform }: Identity, by: Pick<Principal, 'accountId'>, requestId: string, event: Event): Promise<void> =>
  recordAudit(platform.store.db, { actor: by.accountId, accountId: by.accountId, requestId, ...event }, platform.now());
