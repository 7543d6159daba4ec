import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openApi } from '../../../lib/api/openapi.ts';

const TEXT = readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8');

it('docs/openapi.json is what the schemas say: npm run openapi', () => {
  expect(JSON.parse(TEXT)).toEqual(JSON.parse(JSON.stringify(openApi())));
});

it('refers to nothing that is not there', () => {
  const document = JSON.parse(TEXT) as object;
  const references = [...TEXT.matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(references.length).toBeGreaterThan(10);
  const at = (path: string) =>
    path.split('/').reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
  expect(references.filter((path) => at(path) === undefined)).toEqual([]);
  expect(TEXT.match(/"\$ref": "(?!#\/)/g)).toBeNull();
});

it('asks for a signature everywhere, and says of each route how it fails', () => {
  const { security, paths } = JSON.parse(TEXT);
  expect(security).toEqual([{ sigv4: [] }]);
  expect(Object.keys(paths['/runs'].post.responses)).toEqual(['202', '400', '403', '409', '500', '503']);
  expect(Object.keys(paths['/runs/{id}'].get.responses)).toEqual(['200', '403', '404', '500', '503']);
});
