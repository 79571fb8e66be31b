import { run } from './commands/moxxy/status-all.ts';

// `moxxy login status` is what prompts and scripts ask for all the time: bundled alone, without parser, plugins and keys.
run();
