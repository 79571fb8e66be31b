import type { RedactorOptions } from './types.ts';

/** Public limits of a run event (applied after masking). */
const runEventCaps = { string: 2_000, items: 25, depth: 6, total: 20_000 } as const;

const promptFields = ['prompt', 'prompts', 'system_prompt', 'credential', 'credentials', 'env_file', 'mcp_config', 'link_url'];

/** Options for `createRedactor`, one for each sink. */
export const profiles = {
  sessionLog: { caps: { depth: 32 } },
  serverLog: { caps: { depth: 12, string: 16_384, items: 200, total: 262_144 } },
  runEvent: { caps: runEventCaps },
  audit: { keyNames: promptFields, caps: { depth: 8, string: 4_000, items: 100, total: 65_536 } },
  supportBundle: { keyNames: promptFields, caps: { depth: 8, string: 4_000, items: 200, total: 1_048_576 } },
  terminal: {},
} as const satisfies Record<string, RedactorOptions>;
