import { type ChatEvent, type ChatRequest, type ClientConfig, type CredentialSource, type ModelClient, sendAuthorized } from '@moxxy/sdk';
import { codexAuth, accountIdOf } from './login.ts';
import { responsesEvents, responsesRequest } from './responses.ts';
import { apiOf, PROVIDER } from './settings.ts';

/** Streams answers of ChatGPT's Responses API with a stored login; on a 401 one refresh and one replay. */
export class CodexProvider implements ModelClient {
  readonly #config: ClientConfig;
  readonly #credentials: CredentialSource;

  constructor(config: ClientConfig) {
    this.#config = config;
    this.#credentials = codexAuth.credentials(config);
  }

  async *stream(request: ChatRequest): AsyncGenerator<ChatEvent> {
    const { vault, env, fetch: send } = this.#config;
    const url = `${apiOf(env)}/responses`;
    const accountId = accountIdOf(await vault.read());
    const answer = await sendAuthorized(PROVIDER, this.#credentials, ({ secret }) =>
      send(url, responsesRequest(request, { token: secret.reveal(), accountId })),
    );
    yield* responsesEvents(answer);
  }
}
