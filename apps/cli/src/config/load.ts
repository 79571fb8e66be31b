import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MogplexError } from '@mogplex/protocol';
import { DEFAULT_SILENCE_SECONDS } from '@mogplex/providers';
import { parse } from 'smol-toml';
import type { z } from 'zod';
import type { World } from '../world.ts';
import { combine, LONGEST_TIMEOUT, projectFile, type Settings, userFile } from './settings.ts';

const LARGEST_FILE = 256 * 1024;

const readText = async (path: string): Promise<string | undefined> => {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  if (stats.size > LARGEST_FILE) throw wrong(path, `is larger than ${LARGEST_FILE} bytes`);
  return await readFile(path, 'utf8');
};

const wrong = (path: string, problem: string): MogplexError =>
  new MogplexError('usage', `${path} ${problem}`, { boundary: 'configuration', hint: 'docs/configuration.md lists every setting.' });

const readToml = async (path: string): Promise<Record<string, unknown>> => {
  const text = await readText(path);
  if (text === undefined) return {};
  try {
    return parse(text);
  } catch (error) {
    // The parser quotes the text around the fault; its first line says what and where.
    const [what] = error instanceof Error ? error.message.split('\n') : [];
    throw wrong(path, `is not valid TOML: ${what ?? 'unreadable'}`);
  }
};

const checked = <T extends z.ZodObject>(
  schema: T,
  content: Record<string, unknown>,
  path: string,
  warn: (line: string) => void,
): z.infer<T> => {
  for (const key of Object.keys(content).filter((name) => !Object.hasOwn(schema.shape, name))) warn(`mogplex: ${path}: ${key} is ignored`);
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw wrong(path, result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
};

/** The nearest `.mogplex/config.toml` from the folder upwards, as far as the repository's root. */
const findProjectFile = async (folder: string, home: string): Promise<string | undefined> => {
  for (let current = folder; ; current = dirname(current)) {
    const settings = join(current, '.mogplex');
    if (settings !== home && (await lstat(join(settings, 'config.toml')).catch(() => undefined))?.isFile())
      return join(settings, 'config.toml');
    const isRoot = (await lstat(join(current, '.git')).catch(() => undefined)) !== undefined;
    if (isRoot || dirname(current) === current) return undefined;
  }
};

/**
 * The settings of the person (`$MOGPLEX_HOME/config.toml`) narrowed by those of the project at hand. The environment
 * variable `MOGPLEX_MODEL_TIMEOUT` outranks `model_timeout`.
 *
 * @param warn takes one line for each key that is ignored: unknown ones, and those that a project may not set
 * @throws MogplexError `usage`, boundary `configuration`, that names the file and the key
 */
export const loadSettings = async (world: World, warn: (line: string) => void): Promise<Settings> => {
  const userPath = join(world.home, 'config.toml');
  const user = checked(userFile, await readToml(userPath), userPath, warn);
  const projectPath = await findProjectFile(world.cwd, world.home);
  const project = projectPath === undefined ? {} : checked(projectFile, await readToml(projectPath), projectPath, warn);
  const settings = combine(user, project, DEFAULT_SILENCE_SECONDS);
  const seconds = world.env['MOGPLEX_MODEL_TIMEOUT'];
  if (!seconds) return settings;
  if (!/^[1-9]\d{0,2}$/.test(seconds) || Number(seconds) > LONGEST_TIMEOUT) {
    throw new MogplexError('usage', `MOGPLEX_MODEL_TIMEOUT is not a number of seconds from 1 to ${LONGEST_TIMEOUT}`, {
      boundary: 'configuration',
    });
  }
  return { ...settings, modelTimeout: Number(seconds) };
};
