// Lists every caller of `Secret.reveal()` and fails where one is not on the list below.
// A new caller joins the list with the reason why the value is needed just there.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Allowed {
  /** How many calls the file may hold. */
  calls: number;
  reason: string;
}

/** Every source file that opens a secret. Tests are not listed: they compare what was stored. */
export const ALLOWED: Readonly<Record<string, Allowed>> = {
  'apps/cli/src/cockpit/wire/platform.ts': { calls: 1, reason: "the Authorization header of a request to the account's platform" },
  'apps/cli/src/cockpit/wire/sign-in.ts': { calls: 1, reason: 'the Authorization header of the first request after a sign-in' },
  'apps/cli/src/commands/admin/token/create.ts': {
    calls: 1,
    reason: 'a new token is shown once, on stdout, to the operator who asked for it',
  },
  'apps/cli/src/commands/token/check.ts': { calls: 1, reason: "the offline check of a token's shape and checksum" },
  'apps/cli/src/session/account.ts': { calls: 1, reason: 'comparison of a refused token with the stored one' },
  'apps/cli/src/session/mcp-client.ts': { calls: 1, reason: "the credential of the account's MCP server goes into a request to it" },
  'apps/server/src/connections/mcp-route.ts': {
    calls: 1,
    reason: 'MCP servers are handed out with their credentials to a token that may write',
  },
  'apps/server/src/connections/oauth/flow.ts': { calls: 1, reason: 'the PKCE verifier is spent at the authorization server' },
  'apps/server/src/connections/oauth/grant.ts': {
    calls: 4,
    reason: 'tokens are sealed and opened as one text; the client secret goes to the authorization server',
  },
  'apps/server/src/connections/oauth/renew.ts': { calls: 2, reason: 'the refresh token is spent; the access token goes into its header' },
  'apps/server/src/connections/probe/probe.ts': { calls: 1, reason: "a connection's credential goes into the headers of its test" },
  'apps/server/src/connections/secrets.ts': { calls: 2, reason: 'the header of a connection is made of its secret' },
  'apps/server/src/github/api.ts': { calls: 5, reason: "tokens and the application's secret go into requests to GitHub" },
  'apps/server/src/http/refusal-id.ts': { calls: 1, reason: 'ids of refused requests are a MAC of the address' },
  'apps/server/src/identity/accounts.ts': { calls: 2, reason: 'length and hash of a new password' },
  'apps/server/src/identity/adapter.ts': { calls: 1, reason: 'sealed columns are opened for the accounts library' },
  'apps/server/src/identity/auth.ts': { calls: 1, reason: 'the accounts library takes its secret as text' },
  'apps/server/src/identity/github.ts': { calls: 1, reason: 'the accounts library takes the OAuth client secret as text' },
  'apps/server/src/identity/recover.ts': { calls: 1, reason: 'the new password is hashed' },
  'apps/server/src/identity/sign-in.ts': { calls: 1, reason: 'the accounts library checks the password' },
  'apps/server/src/models/catalog/refresh.ts': { calls: 1, reason: 'the upstream is asked for its models with its key' },
  'apps/server/src/models/gateway/call.ts': {
    calls: 1,
    reason: "the upstream's key goes into the upstream request, and is masked in what comes back",
  },
  'apps/server/src/network/proxy.ts': { calls: 1, reason: 'the Proxy-Authorization header of a request for a line' },
  'apps/server/src/models/upstreams/upstreams.ts': {
    calls: 3,
    reason: 'a new key is checked and hinted at; a sealed one is opened for calls',
  },
  'apps/server/src/store/keyring.ts': { calls: 1, reason: 'the master key is decoded' },
  'apps/server/src/store/open.ts': { calls: 1, reason: 'the driver takes the connection string' },
  'apps/server/src/store/sealer.ts': { calls: 1, reason: 'the value is sealed' },
  'apps/server/src/tokens/routes.ts': { calls: 1, reason: 'a new token is shown once, in the answer to its creation' },
  'packages/client/src/call.ts': { calls: 1, reason: 'the Authorization header of a request to the platform' },
  'packages/credentials/src/account-login.ts': { calls: 2, reason: "the account's tokens are written to auth.json" },
  'packages/credentials/src/auth-file.ts': { calls: 1, reason: "a provider's key is written to auth.json" },
  'packages/credentials/src/vault/key-ring.ts': {
    calls: 3,
    reason: 'keys of the vault become cipher keys, and the text that a key store keeps',
  },
  'packages/credentials/src/vault/key-store.ts': { calls: 1, reason: 'the key file is written' },
  'packages/credentials/src/vault/keyring.ts': { calls: 1, reason: 'the keyring of the operating system takes the key' },
  'packages/credentials/src/vault/passphrase.ts': { calls: 2, reason: 'the passphrase is stretched, the ring sealed under it' },
  'packages/credentials/src/vault/record.ts': { calls: 1, reason: 'the values of a record are sealed' },
  'packages/plugin-oauth/src/client-auth.ts': { calls: 1, reason: 'the protocol library takes the client secret' },
  'packages/plugin-oauth/src/flow/authorization-code.ts': { calls: 1, reason: 'what was sent is masked in an error of the token server' },
  'packages/plugin-oauth/src/flow/refresh.ts': {
    calls: 3,
    reason: 'the refresh token is sent, and masked in an error of the token server',
  },
  'packages/plugin-oauth/src/flow/revoke.ts': { calls: 1, reason: 'the token is sent for revocation' },
  'packages/plugin-oauth/src/oauth-auth.ts': { calls: 2, reason: "a plugin's value becomes a Secret for revocation" },
  'packages/plugin-oauth/src/providers/gitlab.ts': { calls: 1, reason: 'the Authorization header of a request to the provider' },
  'packages/plugin-oauth/src/store/credentials.ts': {
    calls: 4,
    reason: "a plugin's value becomes a Secret; a refused token is compared with the stored one",
  },
  'packages/plugin-oauth/src/store/provider-vault.ts': { calls: 1, reason: "a plugin's value becomes a Secret for the vault" },
  'packages/plugin-oauth/src/tools/handles.ts': { calls: 1, reason: 'the HTTP layer swaps a handle for the token' },
  'packages/plugin-provider-openai-codex/src/client.ts': { calls: 1, reason: 'the Authorization header of a request to the provider' },
  'packages/plugin-provider-openai-codex/src/login.ts': { calls: 1, reason: 'the account id, kept beside the tokens, goes into a header' },
  'packages/providers/src/account/client.ts': { calls: 3, reason: "the vendor's package takes the account token for the gateway" },
  'packages/providers/src/account/ask.ts': { calls: 1, reason: "the Authorization header of a request to the account's platform" },
  'packages/providers/src/key-shape.ts': { calls: 1, reason: 'the shape of a new key is checked' },
  'packages/providers/src/wire/vendors.ts': { calls: 1, reason: "the vendor's package takes the key" },
  'packages/sdk/src/chat-completions.ts': { calls: 1, reason: 'the Authorization header of a request to the provider' },
};

const SOURCES = ['packages/*/src/**/*.{ts,tsx}', 'apps/*/src/**/*.{ts,tsx}', 'apps/*/bin/*.mjs', 'scripts/**/*.{ts,mjs}'];
const NOT_PRODUCT = /\.test\.tsx?$|^scripts\/count-reveals\.ts$/;

/** How often a source text opens a secret, in any spelling: a call, an optional call, a bracket, a method passed on. */
export function countReveals(source: string): number {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  return [...code.matchAll(/(?:\.|\?\.)\s*reveal\b|\[\s*['"`]reveal['"`]\s*\]|\{[^{}]*\breveal\b[^{}]*\}\s*=[^=>]/g)].length;
}

/** The files below `root` that open secrets, with their number of calls. */
export function revealsOf(root: string): Map<string, number> {
  const files = globSync(SOURCES, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }).filter((file) => !NOT_PRODUCT.test(file));
  const counted = files.map((file) => [file, countReveals(readFileSync(join(root, file), 'utf8'))] as const);
  return new Map(counted.filter(([, calls]) => calls > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The callers that the list does not allow, one sentence each. */
export const unlisted = (found: ReadonlyMap<string, number>, allowed: Readonly<Record<string, Allowed>>): string[] =>
  [...found]
    .filter(([file, calls]) => calls > (allowed[file]?.calls ?? 0))
    .map(
      ([file, calls]) =>
        `${file} opens secrets in ${calls} places; the list in scripts/count-reveals.ts allows ${allowed[file]?.calls ?? 0}`,
    );

function main(): void {
  const found = revealsOf(dirname(dirname(fileURLToPath(import.meta.url))));
  for (const [file, calls] of found) {
    process.stdout.write(`${String(calls).padStart(3)}  ${file}\n     ${ALLOWED[file]?.reason ?? 'NOT ON THE LIST'}\n`);
  }
  const wrong = unlisted(found, ALLOWED);
  for (const line of wrong) process.stderr.write(`${line}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

if (import.meta.main) main();
