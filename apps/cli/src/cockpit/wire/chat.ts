import { MogplexError } from '@mogplex/protocol';
import type { World } from '../../world.ts';
import type { ChatPort } from '../ports.ts';

export function chatPort(_world: World): ChatPort {
  return {
    sessionId: 'none',
    async *send(prompt) {
      await Promise.resolve();
      if (prompt === 'fail') throw new MogplexError('upstream_error', 'no', { boundary: 'model' });
      for (const word of `# Echo\n\nYou said **${prompt}**, *twice*.\n\n- one\n- two\n`.split(' '))
        yield { type: 'text', text: `${word} ` };
      yield { type: 'usage', inputTokens: 12, outputTokens: 30 };
    },
    clear: () => undefined,
    dropClients: () => undefined,
    close: async () => undefined,
  };
}
