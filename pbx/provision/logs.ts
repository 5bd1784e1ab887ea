import { join } from 'node:path'
import type { GrowingFile } from '../../host/rotate.ts'

const megabyte = 1024 ** 2

/**
 * What Asterisk writes on and on, and how it is put aside.
 * @param dir the folder that Asterisk writes in
 * @param cli runs a command of Asterisk's console
 */
export function asteriskLogs(dir: string, cli: (command: string) => Promise<unknown>): GrowingFile[] {
  const log = join(dir, 'log')
  return [
    // Opened for every line. Recovery reads its last 16 MB, across the break too.
    { file: join(log, 'cel-custom/Master.csv'), maxBytes: 32 * megabyte, keep: 2, how: 'rename' },
    {
      file: join(log, 'messages.log'),
      maxBytes: 20 * megabyte,
      keep: 5,
      how: 'rename',
      reopen: () => cli('logger reload')
    },
    // Its standard output, which it cannot open anew.
    { file: join(log, 'console.log'), maxBytes: 20 * megabyte, keep: 2, how: 'copy' }
  ]
}
