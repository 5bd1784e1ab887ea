import { announce } from './announce.ts'
import { callback } from './callback.ts'
import { decide } from './condition.ts'
import { define, type BlockKind } from './define.ts'
import { external } from './external.ts'
import { goto } from './goto.ts'
import { greeting } from './greeting.ts'
import { hangup } from './hangup.ts'
import { lookup } from './lookup.ts'
import { menu } from './menu.ts'
import { queue } from './queue.ts'
import { rating } from './rating.ts'
import { recording } from './recording.ts'
import { ring } from './ring.ts'
import { schedule } from './schedule.ts'
import { tag } from './tag.ts'
import { transfer } from './transfer.ts'
import { turnAway } from './turn-away.ts'
import { voicemail } from './voicemail.ts'

/** Every kind of block by its type, in the order in which an editor offers them. A new block is one file and one line. */
export const blockKinds: ReadonlyMap<string, BlockKind> = new Map(
  [
    define(greeting),
    define(announce),
    define(menu),
    define(schedule),
    define(decide),
    define(ring),
    define(queue),
    define(external),
    define(lookup),
    define(voicemail),
    define(callback),
    define(rating),
    define(tag),
    define(recording),
    define(goto),
    define(hangup)
  ].map((kind) => [kind.type, kind])
)

/** Blocks that the call machine makes for one call: they can be run, but not drawn. */
export const madeKinds: ReadonlyMap<string, BlockKind> = new Map(
  [define(transfer), define(turnAway)].map((kind) => [kind.type, kind])
)
