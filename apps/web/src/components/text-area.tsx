import { type TextareaHTMLAttributes, useId } from 'react';

interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'value' | 'onChange'> {
  label: string;
  value: string;
  onValue: (value: string) => void;
}

/** A labelled field for more than one line. */
export const TextArea = ({ label, value, onValue, ...rest }: TextAreaProps) => {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <textarea
        rows={4}
        {...rest}
        id={id}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        className="rounded-md border border-line bg-card px-3 py-2 text-base text-ink"
      />
    </div>
  );
};
