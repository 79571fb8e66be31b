import { definePlugin, type PluginDef } from '@moxxy/sdk';
import { gitlab } from './providers/gitlab.ts';
import { huggingFace } from './providers/hugging-face.ts';
import { createHandles } from './tools/handles.ts';
import { createOAuthTools } from './tools/tools.ts';

/** The handles of this process: what the tools give out, the HTTP layer swaps (see `createHandleFetch`). */
export const processHandles = createHandles();

/** The three tools, two providers and the skills of this package. */
export const oauthPlugin: PluginDef = definePlugin({
  name: '@moxxy/plugin-oauth',
  providers: [huggingFace, gitlab],
  tools: (host) => createOAuthTools(host, processHandles),
  skills: [new URL('../skills/', import.meta.url)],
});
