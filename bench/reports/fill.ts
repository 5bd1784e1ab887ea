import { parseArgs } from 'node:util'
import { make } from './make.ts'

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '/tmp/ringtrace-bench' },
    calls: { type: 'string', default: '1000000' },
    visits: { type: 'string', default: '5000000' },
    days: { type: 'string', default: '730' }
  }
})
await make(values.dir, {
  calls: Number(values.calls),
  visits: Number(values.visits),
  days: Number(values.days)
})
