import type { PropsWithChildren } from 'react'
import { SessionProvider } from './lib/session'
import './app.scss'

export default function App({ children }: PropsWithChildren) {
  return <SessionProvider>{children}</SessionProvider>
}
