/** The one strict direction of imports, and the one door of each library. See src/README.md. */
const layer = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});
const door = (library, file) => ({
  name: `door-${library}`,
  comment: `${library} enters by ${file} only`,
  severity: 'error',
  from: { path: '^src/', pathNot: file },
  to: { path: `node_modules/${library}/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'a file that nobody imports is dead',
      severity: 'error',
      from: { orphan: true, path: '^src/' },
      to: {},
    },
    layer('core-is-pure', '^src/core/', '^src/(?!core/)', 'core imports nothing of payrun but core'),
    {
      name: 'core-has-no-io',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    layer('store-knows-core', '^src/store/', '^src/(?!store/|core/)', 'store imports core only'),
    layer('imports-know-core', '^src/imports/', '^src/(?!imports/|core/)', 'imports know core only'),
    layer('exports-know-core', '^src/exports/', '^src/(?!exports/|core/)', 'exports know core only'),
    layer('host-knows-core', '^src/host/', '^src/(?!host/|core/)', 'host knows core only'),
    layer('app-below-cli', '^src/app/', '^src/cli/', 'app never imports cli'),
    layer('cli-has-no-sql', '^src/cli/', '^src/(store|imports|exports)/', 'cli goes through app'),
    door('(better-sqlite3|better-sqlite3-node20)', '^src/store/sqlite\\.ts$'),
    door('inquirer', '^src/cli/prompts\\.ts$'),
    door('@inquirer', '^src/cli/checkbox-with-totals\\.ts$'),
    door('cli-table3', '^src/cli/table\\.ts$'),
    door('csv-stringify', '^src/exports/csv\\.ts$'),
    door('csv-parse', '^src/imports/csv\\.ts$'),
    door('ibantools', '^src/core/iban\\.ts$'),
    door('xmlbuilder2', '^src/exports/xml\\.ts$'),
    door('commander', '^src/cli/'),
    door('(date-fns|@date-fns)', '^src/core/calendar\\.ts$'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
