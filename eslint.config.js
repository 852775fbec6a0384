// Which rules hold the house together? Types and style for all; the layers, and the core's purity, folder by folder.
import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Folders of src that a folder may not import from. The same table is tested in test/architecture.test.ts. */
const layer = (folder, forbidden) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...forbidden.map((name) => ({
            group: [`**/${name}/**`],
            message: `src/${folder} may not import src/${name}`,
          })),
          ...(folder === 'core' ? [{ group: ['node:*', '**/ports.ts'], message: 'core does no I/O' }] : []),
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'test/fixtures/', '.tmp/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // process.env, JSON and index signatures are read by name where the compiler demands it.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  { files: ['**/*.js', '**/*.mjs'], languageOptions: { globals: globals.node } },
  layer('core', ['cln', 'node', 'store', 'app', 'sim', 'dashboard']),
  layer('cln', ['core', 'node', 'store', 'app', 'sim', 'dashboard']),
  layer('node', ['store', 'app', 'sim', 'dashboard']),
  layer('store', ['cln', 'node', 'app', 'sim', 'dashboard']),
  layer('app', ['cln', 'node', 'store', 'sim', 'dashboard']),
  layer('sim', ['cln', 'node', 'store', 'dashboard']),
  layer('cli', ['cln', 'node', 'store', 'dashboard']),
  layer('dashboard', ['cln', 'node', 'store', 'sim']),
  {
    files: ['src/core/**/*.ts', 'src/app/**/*.ts', 'src/store/**/*.ts', 'src/sim/**/*.ts'],
    ignores: ['src/sim/process/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'take the time as an argument or from the Clock port' },
        { object: 'Math', property: 'random', message: 'take an Rng' },
      ],
    },
  },
);
