import { Command } from 'commander';
import type { World } from '../../../world.ts';
import { readSecret } from '../../read-secret.ts';
import { withAdmin } from '../with-admin.ts';

interface Options {
  baseUrl?: string;
  label?: string;
}

/** `mogplex admin upstream set`: the key that the platform calls a provider with, sealed in the store. */
export const setCommand = (world: World): Command =>
  new Command('set')
    .description('Store the key that the platform calls a provider with. It is sealed in the store.')
    .argument('<provider>', 'openai, anthropic, google, groq, mistral, deepseek, xai, cohere or vercel')
    .requiredOption('--key-stdin', 'read the key from stdin')
    .option('--base-url <url>', "address instead of the provider's own")
    .option('--label <label>', 'name of one of several keys of a provider')
    .action(async (provider: string, { baseUrl, label }: Options) => {
      const key = await readSecret(world, 'key');
      await withAdmin(world, async (admin) => {
        await admin.setUpstream({
          provider,
          key,
          ...(baseUrl === undefined ? {} : { baseUrl }),
          ...(label === undefined ? {} : { label }),
        });
        world.stderr.write(`The key for ${provider} is stored.\n`);
      });
    });
