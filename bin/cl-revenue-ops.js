#!/usr/bin/env node
// The package's command. The program itself is bundled into dist/ by `npm install`.
import '../dist/cli.js';
