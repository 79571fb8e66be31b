import fc, { type Arbitrary } from 'fast-check';

export interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  format?: string;
}

/** Text that has broken servers before. */
const NASTY = [
  '',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  "' or 1=1 --",
  '<script>',
  '%00',
  'a'.repeat(6_000),
  '\u202e',
  '9'.repeat(40),
  '-1',
  'null',
];

const wild: Arbitrary<unknown> = fc.oneof(fc.constantFrom<unknown>(...NASTY), fc.jsonValue({ maxDepth: 2 }), fc.double());

/** Values that fields of a name are tried with too, where chance would never find one that is accepted. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

const fitting = (schema: JsonSchema, known: Known): Arbitrary<unknown> => {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => fromSchema(choice, known)));
  switch (schema.type) {
    case 'string': {
      const text = fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 60, 60) });
      return schema.format === 'email' ? fc.oneof(text, fc.emailAddress()) : text;
    }
    case 'integer':
      return fc.integer({ min: Math.max(schema.minimum ?? -1_000, -1e9), max: Math.min(schema.maximum ?? 1_000, 1e9) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1_000, max: schema.maximum ?? 1_000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, known), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'object': {
      const fields = Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, shape]) => [name, orKnown(fromSchema(shape, known), known[name])]),
      );
      return fc.record(fields, { requiredKeys: schema.required ?? [] });
    }
    case undefined:
    default:
      return wild;
  }
};

/** Values of `arbitrary` and, half of the time, one of these. */
export const orKnown = (arbitrary: Arbitrary<unknown>, values: readonly unknown[] = []): Arbitrary<unknown> =>
  values.length === 0 ? arbitrary : fc.oneof(arbitrary, fc.constantFrom(...values));

/** Values for a JSON schema: nine in ten fit it, the others are anything at all. */
export const fromSchema = (schema: JsonSchema, known: Known = {}): Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: fitting(schema, known) }, { weight: 1, arbitrary: wild });
