import { expect, it, vi } from 'vitest';
import { confirmCommand } from '../../../cli/confirm-command.ts';

const confirm = async (flags: Parameters<typeof confirmCommand>[1]) => {
  const err: string[] = [];
  const io = { out: () => undefined, err: (text: string) => err.push(text), columns: 100 };
  return { code: await confirmCommand('r1', { region: 'us-east-1', ...flags }, io), err: err.join('') };
};

it.each([
  ['a code that did not arrive', { no: true, code: true } as const, '--code: only with --yes'],
  ['both answers', { yes: true, no: true } as const, 'say either --yes'],
  ['no answer', {}, 'say either --yes'],
])('refuses %s before it asks anybody', async (_, flags, why) => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  expect(await confirm(flags)).toMatchObject({ code: 2, err: expect.stringContaining(why) });
  vi.unstubAllEnvs();
});
