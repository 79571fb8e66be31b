import { alnum, chars, format, hex, word } from './format.ts';

const openai = 'https://platform.openai.com/docs/api-reference/authentication';
const anthropic = 'https://docs.anthropic.com/en/api/overview';

/** Model providers. */
export const ai = [
  format('openai-key', openai, [['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-service-'], word(20, 200)]),
  format('openai-key', openai, ['sk-', word(20, 24), 'T3BlbkFJ', word(20, 160)], { glued: true }),
  format('openai-key', openai, ['sk-None-', word(20, 200)]),
  format('openai-session', openai, ['sess-', alnum(40)]),
  format('anthropic-key', anthropic, [
    ['sk-ant-api03-', 'sk-ant-admin01-', 'sk-ant-oat01-', 'sk-ant-ort01-', 'sk-ant-sid01-', 'sk-ant-'],
    word(20, 120),
  ]),
  format('openrouter-key', 'https://openrouter.ai/docs/api-reference/authentication', ['sk-or-v1-', hex(64)]),
  format('deepseek-key', 'https://api-docs.deepseek.com/', ['sk-', hex(32)], { exact: true }),
  format('secret-key', 'https://docs.litellm.ai/docs/proxy/virtual_keys', ['sk-', alnum(20, 64)]),
  format('groq-key', 'https://console.groq.com/docs/quickstart', ['gsk_', alnum(40, 52)]),
  format('xai-key', 'https://docs.x.ai/docs/tutorial', ['xai-', alnum(70, 80)]),
  format('huggingface-token', 'https://huggingface.co/docs/hub/security-tokens', [['hf_', 'api_org_'], alnum(30, 40)], { glued: false }),
  format('replicate-token', 'https://replicate.com/docs/reference/http', ['r8_', alnum(37)], { glued: false }),
  format('perplexity-key', 'https://docs.perplexity.ai/getting-started/quickstart', ['pplx-', alnum(40, 56)]),
  format('fireworks-key', 'https://docs.fireworks.ai/api-reference/introduction', ['fw_', alnum(20, 40)], { glued: false }),
  format('cerebras-key', 'https://inference-docs.cerebras.ai/', ['csk-', alnum(40, 60)]),
  format('together-key', 'https://docs.together.ai/reference/authentication-1', ['tgp_v1_', word(40, 60)]),
  format('nvidia-key', 'https://docs.api.nvidia.com/', ['nvapi-', word(50, 80)]),
  format('langsmith-key', 'https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key', [
    ['lsv2_pt_', 'lsv2_sk_'],
    hex(32),
    '_',
    hex(10),
  ]),
  format('langfuse-key', 'https://langfuse.com/docs', [['sk-lf-', 'pk-lf-'], chars('a-f0-9-', 36)]),
  format('elevenlabs-key', 'https://elevenlabs.io/docs/api-reference/authentication', ['sk_', hex(48)], { exact: true, glued: false }),
  format('voyage-key', 'https://docs.voyageai.com/docs/api-key-and-installation', ['pa-', word(40, 50)], { glued: false }),
  format('jina-key', 'https://jina.ai/embeddings/', ['jina_', hex(32), word(28, 40)]),
  format('pinecone-key', 'https://docs.pinecone.io/guides/projects/manage-api-keys', ['pcsk_', chars('A-Za-z0-9_', 60, 75)]),
  format('tavily-key', 'https://docs.tavily.com/', [['tvly-dev-', 'tvly-prod-', 'tvly-'], word(28, 40)]),
  format('firecrawl-key', 'https://docs.firecrawl.dev/', ['fc-', hex(32)], { exact: true, glued: false }),
  format('e2b-key', 'https://e2b.dev/docs', ['e2b_', hex(40)]),
  format('deepgram-key', 'https://developers.deepgram.com/', ['dg_', alnum(40)], { glued: false, exact: true }),
  format('composio-key', 'https://docs.composio.dev/', ['ak_', word(20, 24)], { glued: false, exact: true }),
  format('baseten-key', 'https://docs.baseten.co/', ['bt_', alnum(32, 48)], { glued: false }),
  format('wandb-key', 'https://docs.wandb.ai/', ['wandb_v1_', word(40, 90)]),
  format('friendli-token', 'https://friendli.ai/docs', ['flp_', alnum(40, 64)]),
  format('mem0-key', 'https://docs.mem0.ai/', ['m0-', alnum(36, 44)], { glued: false }),
  format('secret-key', 'https://docs.litellm.ai/docs/proxy/virtual_keys', ['sk-', chars('a-z0-9', 2, 12), '-', word(32, 200)], {
    glued: false,
  }),
  format('browserbase-key', 'https://docs.browserbase.com/reference/api/overview', [['bb_live_', 'bb_test_'], word(27)]),
  format('modal-token', 'https://modal.com/docs/reference/cli/token', [['ak-', 'as-'], alnum(22)], { exact: true, glued: false }),
  format('runpod-key', 'https://docs.runpod.io/get-started/api-keys', ['rpa_', alnum(40, 60)], { glued: false }),
  format('anyscale-key', 'https://docs.anyscale.com/', ['esecret_', alnum(20, 60)]),
  format('langsmith-key', 'https://docs.smith.langchain.com/', ['ls__', hex(32)], { glued: false }),
  format('cartesia-key', 'https://docs.cartesia.ai/', ['sk_car_', word(20, 40)]),
  format('cursor-key', 'https://docs.cursor.com/account/teams/admin-api', [['key_', 'crsr_'], hex(64)], { glued: false }),
];
