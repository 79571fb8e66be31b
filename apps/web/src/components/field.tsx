import { Field as BaseField } from '@base-ui/react/field';
import type { InputHTMLAttributes } from 'react';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'name' | 'defaultValue' | 'value' | 'onChange'> {
  label: string;
  name: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string;
  error?: string | undefined;
}

/** A labelled input with a hint and an error that assistive technology reads with it. */
export const Field = ({ label, name, value, onValue, hint, error, ...input }: FieldProps) => (
  <BaseField.Root name={name} invalid={error !== undefined} className="flex flex-col gap-1">
    <BaseField.Label className="text-sm font-medium">{label}</BaseField.Label>
    <BaseField.Control
      {...input}
      value={value}
      onValueChange={onValue}
      className="min-h-10 rounded-md border border-line bg-card px-3 py-2 text-base text-ink"
    />
    {hint === undefined ? null : <BaseField.Description className="text-sm text-soft">{hint}</BaseField.Description>}
    <BaseField.Error match={error !== undefined} className="text-sm text-danger">
      {error}
    </BaseField.Error>
  </BaseField.Root>
);
