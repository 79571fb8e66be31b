import { defineTool, MogplexError, type OAuthAuth, type Tool, type ToolHost } from '@moxxy/sdk';
import { z } from 'zod';
import type { Handles } from './handles.ts';

const provider = z.string().describe('Name of the provider, as "moxxy providers" lists it');

const oauthOf = async (host: ToolHost, name: string): Promise<OAuthAuth> => {
  const { auth } = await host.provider(name);
  if (auth.kind === 'oauth') return auth;
  throw new MogplexError('invalid_request', `${name} uses the API key in ${auth.envVar}, not a login`, { boundary: 'configuration' });
};

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

/**
 * The three tools of this plugin. A model sees handles, times and names through them, never a token.
 *
 * @returns `oauth_authorize`, `oauth_get_token`, `oauth_clear_token`.
 */
export const createOAuthTools = (host: ToolHost, handles: Handles): readonly Tool[] => [
  defineTool({
    name: 'oauth_authorize',
    description: 'Log the person in to a provider, through the browser or by device code. Returns who is logged in.',
    input: z.object({ provider, device: z.boolean().optional().describe('True to use the device code flow') }),
    run: async (input) => {
      const auth = await oauthOf(host, input.provider);
      const context = host.contextFor(input.provider);
      const { card } = await auth.login({ ...context, browser: context.browser && input.device !== true });
      return { provider: input.provider, account: card.account, expiresAt: iso(card.expiresAt) };
    },
  }),
  defineTool({
    name: 'oauth_get_token',
    description:
      "Get a handle for a provider's access token, refreshed when needed. Use it as bearer token: it is swapped for the token in requests to the listed hosts, and refused anywhere else.",
    input: z.object({ provider }),
    run: async (input) => {
      const auth = await oauthOf(host, input.provider);
      const source = auth.credentials?.(host.contextFor(input.provider));
      if (!source) throw new MogplexError('not_implemented', `${input.provider} hands out no token`, { boundary: 'configuration' });
      const { account } = await source.current();
      return { handle: handles.issue(input.provider, source), provider: input.provider, account, hosts: source.hosts };
    },
  }),
  defineTool({
    name: 'oauth_clear_token',
    description: 'Log the person out of a provider: revoke at the service where it offers that, and remove what is stored.',
    input: z.object({ provider }),
    run: async (input) => {
      const auth = await oauthOf(host, input.provider);
      handles.revoke(input.provider);
      const { removed, revoked } = await auth.logout(host.contextFor(input.provider));
      return { provider: input.provider, removed, revoked };
    },
  }),
];
