const dollars = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });

/** An amount of micro-dollars in words. */
export const amount = (microDollars: number): string => dollars.format(microDollars / 1_000_000);
