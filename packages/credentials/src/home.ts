import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { readEnv, warnOnce, type Env, type Warn } from './env.ts';

export const CODEX_HOME_DEPRECATED = 'mogplex: CODEX_HOME is deprecated, set MOGPLEX_HOME instead';

/**
 * The folder that holds auth.json, the vault, logs and settings: `MOGPLEX_HOME`, else `CODEX_HOME` (with one deprecation line),
 * else `.mogplex` in the user's home. Nothing is created.
 *
 * @param warn takes the deprecation line; stderr, once per process, by default
 * @returns an absolute path
 */
export function resolveHome(env: Env, warn: Warn = warnOnce): string {
  const own = readEnv(env, 'MOGPLEX_HOME');
  if (own !== undefined) return resolve(own);
  const codex = readEnv(env, 'CODEX_HOME');
  if (codex !== undefined) {
    warn(CODEX_HOME_DEPRECATED);
    return resolve(codex);
  }
  return join(readEnv(env, 'HOME') ?? homedir(), '.mogplex');
}
