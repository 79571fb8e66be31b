import type { ReactNode } from 'react';
import { Choice } from '../../components/choice.tsx';
import { Field } from '../../components/field.tsx';
import { AUTHENTICATIONS, type Draft } from './connection-draft.ts';

interface FieldsProps {
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** Whether the connection exists already: its kind stays, and its credential may. */
  stored: boolean;
}

const SECRET: Partial<Record<Draft['auth'], string>> = { bearer: 'Token', api_key: 'Key', basic: 'Password', oauth: 'Client secret' };

/** The fields of a connection. What is secret is entered anew or kept, never shown. */
export const ConnectionFields = ({ draft, onDraft, stored }: FieldsProps): ReactNode => {
  const set = (change: Partial<Draft>): void => onDraft({ ...draft, ...change });
  const authentications = [...(stored ? [['keep', 'what is stored'] as const] : []), ...AUTHENTICATIONS];
  return (
    <>
      {stored ? null : (
        <Choice
          label="Leads to"
          options={[
            ['mcp', 'an MCP server'],
            ['rest', 'a REST API'],
          ]}
          value={draft.kind}
          onValue={(kind) => set({ kind: kind === 'rest' ? 'rest' : 'mcp' })}
        />
      )}
      <Field
        label="Name"
        name="name"
        required
        maxLength={40}
        pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
        hint="Letters, digits, hyphens and underscores: tools are called by it."
        value={draft.name}
        onValue={(name) => set({ name })}
      />
      <Field
        label="Address"
        name="url"
        type="url"
        required
        autoComplete="off"
        hint={draft.kind === 'mcp' ? 'For instance https://mcp.example.com/mcp' : 'For instance https://api.example.com/v1'}
        value={draft.url}
        onValue={(url) => set({ url })}
      />
      {draft.kind === 'mcp' ? (
        <Choice
          label="Spoken to by"
          options={[
            ['http', 'Streamable HTTP'],
            ['sse', 'HTTP with server-sent events (older servers)'],
          ]}
          value={draft.transport}
          onValue={(transport) => set({ transport: transport === 'sse' ? 'sse' : 'http' })}
        />
      ) : null}
      <Choice
        label="Authenticates with"
        options={authentications}
        value={draft.auth}
        onValue={(value) => set({ auth: authentications.find(([known]) => known === value)?.[0] ?? 'none', secret: '' })}
      />
      <CredentialFields draft={draft} set={set} />
      <ScopeFields draft={draft} set={set} />
    </>
  );
};

interface PartProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

const CredentialFields = ({ draft, set }: PartProps): ReactNode => {
  const label = SECRET[draft.auth];
  return (
    <>
      {draft.auth === 'api_key' ? (
        <Field label="Header" name="header" required maxLength={80} value={draft.header} onValue={(header) => set({ header })} />
      ) : null}
      {draft.auth === 'basic' ? (
        <Field label="User name" name="user" required autoComplete="off" value={draft.username} onValue={(username) => set({ username })} />
      ) : null}
      {draft.auth === 'oauth' ? (
        <Field
          label="Client id"
          name="client"
          autoComplete="off"
          hint="Only for servers that do not register clients by themselves."
          value={draft.clientId}
          onValue={(clientId) => set({ clientId })}
        />
      ) : null}
      {label === undefined ? null : (
        <Field
          label={label}
          name="secret"
          type="password"
          autoComplete="off"
          required={draft.auth !== 'oauth'}
          hint={
            draft.auth === 'oauth' ? 'Only beside a client id, where the server gave one.' : 'Sealed in the store, and never shown again.'
          }
          value={draft.secret}
          onValue={(secret) => set({ secret })}
        />
      )}
    </>
  );
};

const ScopeFields = ({ draft, set }: PartProps): ReactNode => (
  <>
    <Choice
      label="Used"
      options={[
        ['global', 'everywhere'],
        ['project', 'only for the repositories below'],
      ]}
      value={draft.scope}
      onValue={(scope) => set({ scope: scope === 'project' ? 'project' : 'global' })}
    />
    {draft.scope === 'project' ? (
      <Field
        label="For repositories"
        name="repositories"
        hint="owner/name, separated by commas."
        value={draft.repositories}
        onValue={(repositories) => set({ repositories })}
      />
    ) : null}
    <Field
      label="Not for repositories"
      name="excluded"
      hint="owner/name, separated by commas. There it is left out however healthy it is."
      value={draft.excluded}
      onValue={(excluded) => set({ excluded })}
    />
    <label className="flex items-center gap-2 text-sm">
      <input type="checkbox" className="size-5" checked={draft.enabled} onChange={(event) => set({ enabled: event.target.checked })} />
      In use
    </label>
  </>
);
