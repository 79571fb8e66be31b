import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerFor } from './support/client-scenario.ts';
import { runAnthropicSdk, runOpenAiSdk } from './support/client-sdks.ts';
import { startAnthropicUpstream, startOpenAiUpstream, type Upstream } from './fakes/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { describeStores } from './support/stores.ts';

describeStores("B7 the vendors' own packages, unchanged", (stores) => {
  let gateway: TestGateway;
  let upstreams: Upstream[];

  beforeAll(async () => {
    const [openai, anthropic] = await Promise.all([startOpenAiUpstream(), startAnthropicUpstream()]);
    upstreams = [openai, anthropic];
    for (const upstream of upstreams) {
      Object.defineProperty(upstream, 'answer', { get: () => answerFor(upstream.requests.at(-1)?.body) });
    }
    gateway = await startGateway(await stores.place());
    await gateway.upstream('openai', openai.url, 'sk-upstream-openai-00000001');
    await gateway.upstream('anthropic', anthropic.origin, 'sk-upstream-anthropic-00001');
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  });

  test('B7 openai streams chat completions and responses, and a tool call goes round', async () => {
    expect(await runOpenAiSdk(`${gateway.url}/gateway/openai/v1`, gateway.token)).toEqual({ streamed: true, tool: true });
  });

  test('B7 @anthropic-ai/sdk streams messages, and a tool call goes round', async () => {
    expect(await runAnthropicSdk(`${gateway.url}/gateway/anthropic`, gateway.token)).toEqual({ streamed: true, tool: true });
  });
});
