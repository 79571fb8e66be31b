import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { listModels } from '../../api/models.ts';
import { startRun } from '../../api/runs.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/choice.tsx';
import { Field } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { Section } from '../../components/page.tsx';
import { TextArea } from '../../components/text-area.tsx';

const DEFAULT = '';

/** The models that can be chosen, the account's default first. */
const useModels = () => {
  const models = useQuery({ queryKey: ['models'], queryFn: listModels });
  const reachable = models.data?.models.filter((model) => model.reachable).toSorted((a, b) => a.id.localeCompare(b.id)) ?? [];
  const preferred = models.data?.default;
  const options: [string, string][] = [
    [DEFAULT, preferred === null || preferred === undefined ? "The account's default" : `The account's default (${preferred})`],
    ...reachable.map(({ id, label }): [string, string] => [id, label === id ? id : `${label} (${id})`]),
  ];
  return { options, none: models.data !== undefined && reachable.length === 0, error: models.error };
};

/** Starts a run, and leads to its page. */
export const StartRun = () => {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [prompt, setPrompt] = useState('');
  const [model, setModel] = useState(DEFAULT);
  const [repository, setRepository] = useState('');
  // One key for one intent: pressing again after a lost answer starts nothing twice. Another prompt is another intent.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const models = useModels();
  const work = useMutation({
    mutationFn: startRun,
    onSuccess: async (run) => {
      await queries.invalidateQueries({ queryKey: ['runs'] });
      await navigate({ to: '/runs/$runId', params: { runId: run.id } });
    },
  });
  const changing =
    (set: (value: string) => void) =>
    (value: string): void => {
      set(value);
      setKey(crypto.randomUUID());
    };
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (prompt.trim() === '' || work.isPending) return;
    work.mutate({ key, prompt, ...(model === DEFAULT ? {} : { model }), ...(repository === '' ? {} : { repository }) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <Section title="New run" about="It goes on when you close this page.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextArea
          label="Prompt"
          name="prompt"
          required
          maxLength={200_000}
          value={prompt}
          onValue={changing(setPrompt)}
          onKeyDown={onKeyDown}
        />
        <Choice label="Model" options={models.options} value={model} onValue={changing(setModel)} />
        <Field
          label="Repository (optional)"
          name="repository"
          pattern="[\w.\-]{1,100}/[\w.\-]{1,100}"
          title="owner/name"
          placeholder="owner/name"
          value={repository}
          onValue={changing(setRepository)}
        />
        {models.none ? (
          <p className="text-sm">
            No model is in reach of your account. <a href="/settings/models">Models and usage</a> says why,{' '}
            <a href="/settings/api-keys">API Keys</a> takes a key of your own.
          </p>
        ) : null}
        <Problem error={work.error ?? models.error} />
        <Button type="submit" look="primary" busy={work.isPending} className="self-start">
          Start the run
        </Button>
      </form>
    </Section>
  );
};
