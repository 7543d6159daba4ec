import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Request } from '../../../lib/domain/request.ts';
import { parse } from '../../../lib/step.ts';

const FOLDER = new URL('../../../events/', import.meta.url);

it.each(readdirSync(FOLDER))('events/%s is a request that would be accepted', (file) => {
  const request = parse(Request, JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  expect(request.service).toBeTruthy();
});
