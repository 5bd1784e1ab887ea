import { define, type BlockKind } from './define.ts'
import { greeting } from './greeting.ts'
import { hangup } from './hangup.ts'
import { menu } from './menu.ts'
import { rating } from './rating.ts'
import { ring } from './ring.ts'
import { schedule } from './schedule.ts'
import { voicemail } from './voicemail.ts'

/** Every kind of block by its type, in the order in which an editor offers them. A new block is one file and one line. */
export const blockKinds: ReadonlyMap<string, BlockKind> = new Map(
  [
    define(greeting),
    define(menu),
    define(schedule),
    define(ring),
    define(voicemail),
    define(rating),
    define(hangup)
  ].map((kind) => [kind.type, kind])
)
