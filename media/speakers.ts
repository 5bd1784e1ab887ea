import { spawn } from 'node:child_process'
import { promptVoice } from './sounds.ts'
import { MediaError } from './errors.ts'
import type { Locale } from './places.ts'
import type { MediaCommand } from './tools.ts'
import { createStudio } from './voices.ts'

/** Turns words into sound: the port for better voices than the one that is shipped. */
export interface Speaker {
  /** Of the voice and its manner: sounds are kept under it, so that another voice speaks anew. */
  readonly id: string
  /**
   * Writes a mono WAV of any rate to `file`.
   * @throws MediaError
   */
  speak(text: string, locale: Locale, file: string): Promise<void>
}

/**
 * The setting `tts`. `command`: a program and its arguments, run without a shell; the text comes by standard input.
 * `{output}` is the WAV file to write, `{locale}` is `ru` or `en`.
 */
export type TtsSettings = { kind: 'espeak' } | { kind: 'command'; command: readonly string[] }

const pauseSeconds = 0.25
const commandTimeoutMs = 20_000

/**
 * Reads the setting `tts` as the database has it; nothing means espeak.
 * @throws MediaError saying what is wrong with it
 */
export function readTtsSettings(value: unknown): TtsSettings {
  if (value === undefined || value === null) return { kind: 'espeak' }
  const { kind, command } = Object(value) as Record<string, unknown>
  if (kind === 'espeak') return { kind }
  if (kind !== 'command') throw new MediaError('The setting tts needs a kind: espeak or command')
  const isList = Array.isArray(command) && command.every((part) => typeof part === 'string')
  if (!isList || command.length === 0 || !String(command[0]).startsWith('/')) {
    throw new MediaError(
      'The setting tts needs a command: a list that begins with a program by its full path'
    )
  }
  if (!command.slice(1).includes('{output}')) {
    throw new MediaError('The command of the setting tts needs an argument {output}, the file to write')
  }
  return { kind, command: command }
}

export function espeakSpeaker(command: MediaCommand): Speaker {
  const studio = createStudio(command)
  return {
    id: `espeak-2:${promptVoice('ru').name}:${promptVoice('en').name}`,
    speak: (text, locale, file) =>
      studio.say({
        voice: promptVoice(locale),
        words: [{ text, pauseSeconds }],
        files: [{ file, hertz: 16_000 }]
      })
  }
}

/** A program of the admin's choice. */
export function commandSpeaker(template: readonly string[]): Speaker {
  const [program = '', ...rest] = template
  return {
    id: `command:${template.join('\u0000')}`,
    speak(text, locale, file) {
      const args = rest.map((part) => (part === '{output}' ? file : part === '{locale}' ? locale : part))
      return runWithInput(program, args, text)
    }
  }
}

function runWithInput(program: string, args: readonly string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], timeout: commandTimeoutMs })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-300)))
    child.once('error', (cause) => reject(new MediaError(`${program} could not be run`, { cause })))
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new MediaError(`${program} ended with ${code ?? 'a signal'}: ${said.trim()}`))
    })
    // A program that does not read its input is judged by how it ends.
    child.stdin.on('error', () => child.stdin.destroy())
    child.stdin.end(input)
  })
}
