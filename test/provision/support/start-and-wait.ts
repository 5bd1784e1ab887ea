// Started by tests as a process of its own, to be killed: starts a server and says its pid.
import { startPostgres } from '../../../db/embedded.ts'
import { startAsterisk } from '../../../pbx/provision/asterisk.ts'
import { log, realHome, templatesDir, testSettings } from './machine.ts'

const [what, folder = '', port = '0'] = process.argv.slice(2)
const { pid } =
  what === 'postgres'
    ? await startPostgres({ dir: folder, log })
    : await startAsterisk({
        home: await realHome(),
        dir: folder,
        templatesDir,
        settings: testSettings(folder, Number(port)),
        log
      })
process.stdout.write(`pid ${pid}\n`)
setInterval(() => undefined, 60_000)
