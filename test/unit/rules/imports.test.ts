import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What a room may import; packages are free. The first rule that fits counts. */
const RULES: readonly (readonly [RegExp, RegExp])[] = [
  [/^lib\/domain\//, /^lib\/domain\//],
  [/^lib\//, /^lib\//],
  [/^functions\//, /^lib\//],
  [/^sandbox\/lambda\//, /^(lib|sandbox|functions)\//],
  [/^sandbox\//, /^(lib|sandbox)\//],
  [/^cli\//, /^(lib|sandbox|cli)\//],
  [/^bench\//, /^(lib|sandbox|functions|bench)\//],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

const sources = (room: string): string[] =>
  readdirSync(resolve(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${room}/${file}`);

function importsOf(file: string): Import[] {
  const text = readFileSync(resolve(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)'(\.[^']+)'/g);
  return [...found].map(([, path = '']) => ({ from: file, to: relative(ROOT, resolve(ROOT, dirname(file), path)) }));
}

function forbidden({ from, to }: Import): boolean {
  const rule = RULES.find(([room]) => room.test(from));
  return rule !== undefined && !rule[1].test(to);
}

const ROOMS = ['lib', 'functions', 'sandbox', 'cli', 'bench'];
const ALL = ROOMS.flatMap(sources).flatMap(importsOf);

describe('imports point down', () => {
  it('in every file of every room', () => {
    expect(ALL.length).toBeGreaterThan(100);
    expect(ALL.filter(forbidden)).toEqual([]);
  });

  it('which the rules would notice', () => {
    expect(forbidden({ from: 'functions/a.ts', to: 'sandbox/index.ts' })).toBe(true);
    expect(forbidden({ from: 'lib/aws.ts', to: 'sandbox/index.ts' })).toBe(true);
    expect(forbidden({ from: 'lib/domain/plan.ts', to: 'lib/aws.ts' })).toBe(true);
    expect(forbidden({ from: 'lib/run/lock.ts', to: 'lib/domain/errors.ts' })).toBe(false);
  });

  it('and the EC2 client is named only where egress is collected and where the network is changed', () => {
    const naming = ['lib', 'functions']
      .flatMap(sources)
      .filter((file) =>
        /import \{[^}]*Command[^}]*\} from '@aws-sdk\/client-ec2'/s.test(readFileSync(resolve(ROOT, file), 'utf8')),
      );
    const rooms = /^lib\/(egress|remedies)\//;
    expect(naming.filter((file) => !rooms.test(file))).toEqual([]);
    const changing = naming.filter((file) =>
      /\b(?:Create|Delete|Replace|Allocate|Release|Authorize|Revoke|Modify)\w+Command\b/.test(
        readFileSync(resolve(ROOT, file), 'utf8'),
      ),
    );
    expect(changing.filter((file) => !file.startsWith('lib/remedies/changes/'))).toEqual([]);
  });

  it('and handlers stay short', () => {
    const long = sources('functions').filter(
      (file) => readFileSync(resolve(ROOT, file), 'utf8').split('\n').length > 62,
    );
    expect(long).toEqual([]);
  });
});
