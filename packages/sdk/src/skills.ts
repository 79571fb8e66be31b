import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginDef } from './plugin.ts';
import { plainText } from './text.ts';

/** A page that tells a person or a model how to do one thing. */
export interface Skill {
  name: string;
  description: string;
  /** The plugin that brings it. */
  plugin: string;
  /** Absolute path of its `SKILL.md`. */
  path: string;
}

const FILE = 'SKILL.md';

const field = (frontMatter: string, name: string): string | undefined => {
  const line = frontMatter.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  return line === undefined ? undefined : plainText(line.slice(name.length + 1).replace(/^\s*(["'])(.*)\1\s*$/, '$2'), 500);
};

const readSkill = async (folder: string, plugin: string): Promise<Skill | undefined> => {
  const path = join(folder, FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const frontMatter = text?.match(/^---\n([\s\S]*?)\n---\n/)?.[1];
  const name = frontMatter === undefined ? undefined : field(frontMatter, 'name');
  const description = frontMatter === undefined ? undefined : field(frontMatter, 'description');
  return name && description ? { name, description, plugin, path } : undefined;
};

const skillsUnder = async (folder: string, plugin: string): Promise<Skill[]> => {
  const own = await readSkill(folder, plugin);
  if (own) return [own];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => readSkill(join(folder, entry.name), plugin)),
  );
  return found.filter((skill) => skill !== undefined);
};

/** The skills that plugins bring: every `SKILL.md` with `name` and `description` in its front matter, sorted by name. */
export const skillsOf = async (plugins: readonly PluginDef[]): Promise<Skill[]> => {
  const found = await Promise.all(
    plugins.flatMap((plugin) => (plugin.skills ?? []).map((folder) => skillsUnder(fileURLToPath(folder), plugin.name))),
  );
  return found.flat().sort((left, right) => left.name.localeCompare(right.name));
};
