// Mocha's `spec` for the eyes, and a line of JSON per result into RESULTS_FILE for scripts/test.mjs: what a killed run
// has done so far is known too.
const { appendFileSync } = require('node:fs')
const path = require('node:path')
const { Runner, reporters } = require('mocha')

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Runner.constants

module.exports = class ResultsReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const results = process.env.RESULTS_FILE
    if (results === undefined) return
    const write = (result) => appendFileSync(results, `${JSON.stringify({ at: Date.now(), ...result })}\n`)
    const about = (test) => ({
      title: test.fullTitle(),
      file: test.file === undefined ? '' : path.relative(process.cwd(), test.file)
    })
    runner.on(EVENT_TEST_PASS, (test) => write({ state: 'passed', ...about(test) }))
    runner.on(EVENT_TEST_PENDING, (test) => write({ state: 'skipped', ...about(test) }))
    // Hooks that fail come here as well.
    runner.on(EVENT_TEST_FAIL, (test, error) =>
      write({ state: 'failed', ...about(test), error: String(error?.message ?? error).slice(0, 500) })
    )
    runner.on(EVENT_RUN_END, () => write({ state: 'end' }))
  }
}
