import { useId } from 'react';

interface ChoiceProps {
  label: string;
  options: readonly (readonly [value: string, text: string])[];
  value: string;
  onValue: (value: string) => void;
}

/** A labelled list to choose one of, drawn by the browser itself. */
export const Choice = ({ label, options, value, onValue }: ChoiceProps) => {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        className="min-h-10 max-w-full self-start rounded-md border border-line bg-card px-3 py-2 text-base text-ink"
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
};
