import { isBareStatus } from './commands/moxxy/bare-status.ts';

// Listing the stored logins is what prompts and scripts ask for all the time: it loads no parser, no plugin and no key.
const { run } = isBareStatus(process.argv.slice(2))
  ? await import('./commands/moxxy/status-all.ts')
  : await import('./commands/moxxy/main.ts');

await run();
