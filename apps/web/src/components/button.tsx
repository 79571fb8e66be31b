import type { ButtonHTMLAttributes } from 'react';

const LOOKS = {
  primary: 'bg-accent text-accent-ink border-accent',
  plain: 'bg-card text-ink border-line hover:border-soft',
  danger: 'bg-danger text-danger-ink border-danger',
} as const;

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
  /** While true the button cannot be pressed and says that it works. */
  busy?: boolean;
}

export const Button = ({ look = 'plain', busy = false, className = '', children, disabled, ...rest }: ButtonProps) => (
  <button
    type="button"
    {...rest}
    disabled={disabled === true || busy}
    aria-busy={busy}
    className={`min-h-10 cursor-pointer rounded-md border px-4 py-2 text-sm font-medium disabled:cursor-not-allowed disabled:opacity-70 ${LOOKS[look]} ${className}`}
  >
    {children}
  </button>
);
