import { writeFile } from 'node:fs/promises';
import { realWorld } from '../world.ts';
import { referenceMarkdown } from './markdown.ts';
import { allPrograms } from './programs.ts';

await writeFile(new URL('../../../../docs/commands.md', import.meta.url), referenceMarkdown(await allPrograms(realWorld())));
