import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import { z } from 'zod';

const require = createRequire(import.meta.url);
const { default: Ajv2020 } = require('ajv/dist/2020') as typeof import('ajv/dist/2020.js');

/** The part of an OpenAPI 3.1 document that tests read. */
export interface ApiDocument<Schema = object> {
  openapi: string;
  paths: Record<string, Record<string, ApiOperation<Schema>>>;
  components: { schemas: Record<string, Schema> };
}

export interface ApiOperation<Schema = object> {
  parameters: { name: string; in: 'path' | 'query' | 'header'; schema: Schema; required: boolean }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content: { 'application/json': { schema: Schema } } }>;
}

/** Reads the document that a running platform serves. */
export const readApiDocument = async <Schema = object>(url: string): Promise<ApiDocument<Schema>> =>
  (await (await fetch(`${url}/openapi.json`)).json()) as ApiDocument<Schema>;

/** A validator (JSON Schema 2020-12) for each `method path status` of a document. */
export const compileResponses = (document: ApiDocument): Map<string, ValidateFunction> => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'document', components: document.components });
  const validators = new Map<string, ValidateFunction>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      for (const [status, { content }] of Object.entries(responses)) {
        const text = JSON.stringify(content['application/json'].schema).replaceAll('"#/components', '"document#/components');
        validators.set(`${method} ${path} ${status}`, ajv.compile(JSON.parse(text) as object));
      }
    }
  }
  return validators;
};

/** The JSON Schema of what a zod schema gives, as it stands in the document. */
export const jsonSchemaOf = (schema: z.ZodType): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  return JSON.parse(JSON.stringify(rest)) as object;
};
