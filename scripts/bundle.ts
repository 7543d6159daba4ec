import { readdirSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/** Every function of the product, by file name. */
export const functionNames = (): string[] =>
  readdirSync(`${root}functions`)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));

/** Where the bundle of a function lies, and under which path it lies in its package. */
export const bundleOf = (name: string): string => `.build/${name}/index.cjs`;

/**
 * One build for all functions, so that what they share is parsed once. The numbers behind each choice are in
 * docs/dependencies.md.
 */
export const bundling = (names: readonly string[]) =>
  ({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, `functions/${name}.ts`])),
    outdir: '.build',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    // Lambda starts a CommonJS bundle faster than an ES module, and nothing in it needs `import.meta`.
    format: 'cjs',
    // The ES modules of the AWS SDK, because only those can be shaken.
    mainFields: ['module', 'main'],
    // Identifiers stay as written: error names hold, and a stack trace can be read without a source map.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  }) satisfies BuildOptions;

/** Bundles the functions into `.build`. */
export async function bundle(names: readonly string[]): Promise<void> {
  await build(bundling(names));
}
