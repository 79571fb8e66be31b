import { randomUUID } from 'node:crypto';
import { MogplexError } from '@mogplex/protocol';
import { createAccountClient } from '@mogplex/providers';
import type { Agent, AgentWork } from './agent.ts';

/** A fetch whose requests can be found in the log, and which tells of those that a model began to answer. */
const tracedFetch = (send: typeof fetch, work: AgentWork, requestId: string): typeof fetch => {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-request-id', requestId);
    const response = await send(input, { ...init, headers });
    if (response.ok) work.called();
    return response;
  };
};

const answer = async (work: AgentWork, send: typeof fetch, requestId: string): Promise<void> => {
  const { token } = work;
  const client = createAccountClient({
    origin: work.gateway,
    credential: {
      current: () => Promise.resolve(token),
      renew: () =>
        Promise.reject(
          new MogplexError('unauthenticated', 'the gateway does not take the token of this run any more', { boundary: 'token' }),
        ),
    },
    source: 'the token of the run',
    fetch: tracedFetch(send, work, requestId),
  });
  const request = {
    model: work.model,
    messages: [{ role: 'user' as const, content: work.prompt }],
    ...(work.system === undefined ? {} : { system: work.system }),
    signal: work.signal,
  };
  for await (const event of client.stream(request)) if (event.type === 'text') work.text(event.text);
};

/**
 * The first agent: it answers the prompt with a model, through the platform's own gateway, where the token, the entitlement and the
 * ledger are. It has no tools, no checkout and no sandbox.
 *
 * @param send reaches the gateway.
 */
export const createChatAgent = (send: typeof fetch = fetch): Agent => ({
  info: {
    id: 'chat',
    name: 'Chat',
    description: 'Answers the prompt with a model of the account. It has no tools, and it does not read or change the repository.',
    needs: { model: true, repository: false, sandbox: false },
    capabilities: { repository: false, tools: false },
  },
  async work(work) {
    const requestId = `req_${randomUUID()}`;
    try {
      await answer(work, send, requestId);
    } catch (error) {
      if (!(error instanceof MogplexError) || error.requestId !== undefined) throw error;
      const { code, message, boundary, hint, cause } = error;
      throw new MogplexError(code, message, { boundary, requestId, ...(hint === undefined ? {} : { hint }), cause });
    }
  },
});
