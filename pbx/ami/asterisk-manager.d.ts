declare module 'asterisk-manager' {
  /** Keys in lower case; a key that came several times is a list. */
  export type Packet = Readonly<Record<string, string | readonly string[] | Readonly<Record<string, string>>>>

  export interface Manager {
    on(name: 'managerevent', listener: (event: Packet) => void): void
    on(name: 'connect' | 'close' | 'end', listener: () => void): void
    on(name: 'error', listener: (error: Error) => void): void
    removeAllListeners(name?: string): void
    connect(port: number, host: string, callback: () => void): void
    login(callback: (failure?: Packet) => void): void
    action(
      action: Record<string, string>,
      callback: (failure: Packet | undefined, response: Packet) => void
    ): string
    disconnect(): void
    isConnected(): boolean
  }
  /** Without a port it does not connect by itself. */
  function createManager(
    port: number | null,
    host: string,
    user: string,
    password: string,
    events: boolean
  ): Manager
  export default createManager
}
