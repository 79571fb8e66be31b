import { run } from './commands/moxxy/main.ts';

await run();
