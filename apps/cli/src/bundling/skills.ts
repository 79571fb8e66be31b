import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const from = fileURLToPath(new URL('../../../../packages/plugin-oauth/skills', import.meta.url));
const to = fileURLToPath(new URL('../../dist/skills', import.meta.url));

/** Puts the skills of the plugins beside the chunks, where the plugins look for them (`../skills/` from their own module). */
export const skillsPlugin = (): Plugin => ({
  name: 'skills',
  writeBundle: () => cpSync(from, to, { recursive: true }),
});
