import { type Me, me } from '@mogplex/protocol';
import type { Principal } from '../http/principal.ts';
import { defineRoute, type Route } from '../http/route.ts';

const describe = (principal: Principal): Me => ({
  account: { email: principal.email ?? null, ...(principal.teamId === undefined ? {} : { teamId: principal.teamId }) },
  token: principal.kind === 'session' ? null : { name: principal.name, scopes: [...principal.scopes] },
});

/** `GET /me`: whose credential this is, from what the guards already know. A principal that is kept in memory keeps its answer too. */
export const meRoute = (): Route => {
  const answers = new WeakMap<Principal, Me>();
  return defineRoute({
    method: 'GET',
    path: '/api/v1/mogplex/me',
    scope: 'read',
    boundary: 'account',
    summary: 'Who the credential belongs to',
    response: me,
    handler({ principal }) {
      const known = answers.get(principal);
      if (known) return known;
      const answer = Object.freeze(describe(principal));
      answers.set(principal, answer);
      return answer;
    },
  });
};
