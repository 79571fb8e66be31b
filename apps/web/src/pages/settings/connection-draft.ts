import type { Connection, ConnectionAuthInput } from '@mogplex/protocol';

/** How a connection authenticates, as the form offers it; `keep` leaves what is stored. */
export const AUTHENTICATIONS = [
  ['none', 'nothing'],
  ['bearer', 'a bearer token'],
  ['api_key', 'an API key in a header'],
  ['basic', 'a user name and a password'],
  ['oauth', 'OAuth: approve it in the browser'],
] as const;

export type AuthenticationChoice = 'keep' | (typeof AUTHENTICATIONS)[number][0];

/** What stands in the fields of the form. */
export interface Draft {
  kind: Connection['kind'];
  transport: NonNullable<Connection['transport']>;
  name: string;
  url: string;
  auth: AuthenticationChoice;
  header: string;
  username: string;
  secret: string;
  clientId: string;
  scope: Connection['scope'];
  repositories: string;
  excluded: string;
  enabled: boolean;
}

export const emptyDraft: Draft = {
  kind: 'mcp',
  transport: 'http',
  name: '',
  url: '',
  auth: 'none',
  header: 'X-API-Key',
  username: '',
  secret: '',
  clientId: '',
  scope: 'global',
  repositories: '',
  excluded: '',
  enabled: true,
};

/** The fields as a stored connection fills them; its secret is not among them. */
export const draftOf = (stored: Connection): Draft => ({
  ...emptyDraft,
  kind: stored.kind,
  transport: stored.transport ?? 'http',
  name: stored.name,
  url: stored.url,
  auth: 'keep',
  scope: stored.scope,
  repositories: stored.repositories.join(', '),
  excluded: stored.excludedRepositories.join(', '),
  enabled: stored.enabled,
});

const names = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== '');

/** What the draft authenticates with; undefined where the stored credential stays. */
const authOf = ({ auth, header, username, secret, clientId }: Draft): ConnectionAuthInput | undefined => {
  switch (auth) {
    case 'keep':
      return undefined;
    case 'none':
      return { type: 'none' };
    case 'bearer':
      return { type: 'bearer', token: secret };
    case 'api_key':
      return { type: 'api_key', header, value: secret };
    case 'basic':
      return { type: 'basic', username, password: secret };
    case 'oauth':
      return {
        type: 'oauth',
        ...(clientId === '' ? {} : { clientId }),
        ...(clientId === '' || secret === '' ? {} : { clientSecret: secret }),
      };
  }
};

/** The body of a request, but for what only a new connection has. */
export const changeOf = (draft: Draft) => {
  const auth = authOf(draft);
  return {
    name: draft.name,
    url: draft.url,
    ...(draft.kind === 'mcp' ? { transport: draft.transport } : {}),
    ...(auth === undefined ? {} : { auth }),
    enabled: draft.enabled,
    scope: draft.scope,
    repositories: names(draft.repositories),
    excludedRepositories: names(draft.excluded),
  };
};

/** The body of a request that makes a connection. */
export const newOf = (draft: Draft, teamId: string | undefined) => ({
  ...changeOf(draft),
  kind: draft.kind,
  auth: authOf(draft) ?? { type: 'none' as const },
  ...(teamId === undefined ? {} : { teamId }),
});
