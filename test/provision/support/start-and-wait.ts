// Started by tests as a process of its own, to be killed: starts a server and says its pid.
import { startPostgres } from '../../../db/embedded.ts'
import { startAsterisk } from '../../../pbx/provision/asterisk.ts'
import { testHome } from '../../support/asterisk-root.ts'
import { log, templatesDir, testSettings } from './machine.ts'

const [what, folder = '', port = '0'] = process.argv.slice(2)
const { pid } =
  what === 'postgres'
    ? await startPostgres({ dir: folder, log })
    : await startAsterisk({
        home: await testHome(),
        dir: folder,
        templatesDir,
        settings: testSettings(folder, Number(port)),
        log
      })
process.stdout.write(`pid ${pid}\n`)
setInterval(() => undefined, 60_000)
