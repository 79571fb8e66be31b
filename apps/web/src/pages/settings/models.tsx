import type { ModelInfo, UsageReport } from '@mogplex/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { chooseModel, listModels, readUsage } from '../../api/models.ts';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/notice.tsx';
import { Empty, Section, useTitle } from '../../components/page.tsx';
import { amount } from '../../money.ts';

const whole = new Intl.NumberFormat();

/** Which models the account reaches and why not the others; what was used and what is left. */
export const ModelsPage = () => {
  useTitle('Models and usage');
  return (
    <>
      <h1 className="text-2xl font-semibold">Models and usage</h1>
      <Usage />
      <Models />
    </>
  );
};

const Usage = () => {
  const usage = useQuery({ queryKey: ['usage'], queryFn: readUsage });
  return (
    <Section title="Usage">
      <Problem error={usage.error} />
      {usage.data ? <Credit credit={usage.data.credit} /> : null}
      {usage.data?.rows.length === 0 ? <Empty>Nothing was used in this period. Ask something with mogplex exec.</Empty> : null}
      {usage.data && usage.data.rows.length > 0 ? <UsageTable rows={usage.data.rows} /> : null}
    </Section>
  );
};

const Credit = ({ credit }: { credit: UsageReport['credit'] }) => (
  <p className="text-sm">
    Plan {credit.plan.name}, {credit.period}:{' '}
    {credit.left === null ? 'no limit' : `${amount(credit.left)} of ${amount(credit.plan.monthlyCredit ?? 0)} left`}
    {credit.callsUnderWay > 0 ? `, ${whole.format(credit.callsUnderWay)} calls under way` : ''}
  </p>
);

const UsageTable = ({ rows }: { rows: UsageReport['rows'] }) => (
  // A wide table scrolls inside its own box; the box takes the keyboard's focus so that everybody can scroll it.
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <section tabIndex={0} aria-label="Usage by day and model" className="overflow-x-auto">
    <table className="w-full text-left text-sm">
      <thead>
        <tr className="border-b border-line">
          {['Day', 'Model', 'Calls', 'Tokens in', 'Tokens out', 'Cost', 'From credit'].map((title) => (
            <th key={title} scope="col" className="py-2 pr-4 font-medium whitespace-nowrap">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.day} ${row.model}`} className="border-b border-line">
            <td className="py-2 pr-4 whitespace-nowrap">{row.day}</td>
            <td className="py-2 pr-4">{row.model}</td>
            <td className="py-2 pr-4">{whole.format(row.calls)}</td>
            <td className="py-2 pr-4">{whole.format(row.inputTokens)}</td>
            <td className="py-2 pr-4">{whole.format(row.outputTokens)}</td>
            <td className="py-2 pr-4">{amount(row.cost)}</td>
            <td className="py-2 pr-4">{amount(row.charged)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const Models = () => {
  const models = useQuery({ queryKey: ['models'], queryFn: listModels });
  const sorted = models.data?.models.toSorted((a, b) => Number(b.reachable) - Number(a.reachable) || a.id.localeCompare(b.id));
  return (
    <Section title="Models" about={models.data ? `Prices as of ${models.data.catalogDate}, for a million tokens.` : undefined}>
      <Problem error={models.error} />
      {sorted?.length === 0 ? <Empty>The catalogue is empty. The operator fills it.</Empty> : null}
      <ul className="flex flex-col divide-y divide-line">
        {sorted?.map((model) => (
          <Model key={model.id} model={model} />
        ))}
      </ul>
    </Section>
  );
};

const Model = ({ model }: { model: ModelInfo }) => {
  const queries = useQueryClient();
  const choose = useMutation({ mutationFn: chooseModel, onSuccess: () => queries.invalidateQueries({ queryKey: ['models'] }) });
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-3 text-sm">
      <div className="min-w-0">
        <p className="font-medium break-words">
          {model.label} <code className="text-soft">{model.id}</code>
        </p>
        <p className="text-soft">
          {model.price === null ? 'price unknown' : `${amount(model.price.input)} in, ${amount(model.price.output)} out`}
          {model.reachable ? ` · by ${model.via === 'own' ? 'your own key' : 'the platform’s key'}` : null}
        </p>
        {model.reachable ? null : (
          <p>
            Not reachable: {model.message ?? model.reason}. {model.hint}
          </p>
        )}
        <Problem error={choose.error} />
      </div>
      {model.isDefault ? <span className="text-good">default</span> : null}
      {model.reachable && !model.isDefault ? (
        <Button
          busy={choose.isPending}
          aria-label={`Make ${model.label} the default`}
          onClick={() => choose.mutate({ model: model.id, enabled: true, isDefault: true })}
        >
          Make default
        </Button>
      ) : null}
    </li>
  );
};
