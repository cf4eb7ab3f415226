/** What every screen is made of. No word of a trade is written here: the screens bring their own. */
import { View } from '@tarojs/components'
import Taro, { useDidShow } from '@tarojs/taro'
import type { PropsWithChildren, ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { goBack } from '../lib/going'
import { useSession } from '../lib/session'
import type { IconName } from './icon-names'

const isBrowser = process.env.TARO_ENV === 'h5'
const Block = View as any // takes the attributes that only one of the two targets knows

export function Icon({ name, size, label }: { name: IconName; size?: number; label?: string }) {
  const style = size ? { fontSize: Taro.pxTransform(size) } : undefined
  return (
    <Block
      className={`i i-${name}`}
      style={style}
      {...(label
        ? isBrowser
          ? { role: 'img', 'aria-label': label }
          : { ariaRole: 'img', ariaLabel: label }
        : { 'aria-hidden': 'true' })}
    />
  )
}

export function Drawing({
  name,
  width,
  height,
  label,
}: {
  name: string
  width: number
  height: number
  label?: string
}) {
  return (
    <Block
      className={`d d-${name}`}
      style={{ width: Taro.pxTransform(width), height: Taro.pxTransform(height) }}
      {...(label
        ? isBrowser
          ? { role: 'img', 'aria-label': label }
          : { ariaRole: 'img', ariaLabel: label }
        : { 'aria-hidden': 'true' })}
    />
  )
}

interface Tappable {
  id?: string
  className?: string
  onTap?: () => void
  label?: string
  role?: string
  isOn?: boolean
  style?: object
}
/** Anything that can be pressed: by a finger, and in a browser by a key. */
export function Tap({
  id,
  className = '',
  onTap,
  label,
  role = 'button',
  isOn,
  style,
  children,
}: PropsWithChildren<Tappable>) {
  const marks: Record<string, unknown> = isBrowser
    ? {
        role,
        tabIndex: onTap ? 0 : -1,
        ...(label && { 'aria-label': label }),
        ...(!onTap && { 'aria-disabled': 'true' }),
      }
    : { ariaRole: role, hoverClass: 'pressed', ...(label && { ariaLabel: label }) }
  if (id) marks.id = id
  if (isBrowser && isOn !== undefined) marks[role === 'tab' ? 'aria-selected' : 'aria-checked'] = String(isOn)
  if (isBrowser)
    marks.onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault()
        onTap?.()
      }
    }
  return (
    <Block className={className} style={style} onClick={onTap} {...marks}>
      {children}
    </Block>
  )
}

export interface ButtonProps {
  id?: string
  kind?: 'gold' | 'ink' | 'line' | 'quiet' | 'bad' | 'glass'
  big?: boolean
  icon?: IconName
  className?: string
  onTap?: () => void
}
export function Button({
  id,
  kind = 'ink',
  big,
  icon,
  className = '',
  onTap,
  children,
}: PropsWithChildren<ButtonProps>) {
  return (
    <Tap id={id} className={`btn ${onTap ? kind : 'off'} ${big ? 'big' : ''} ${className}`} onTap={onTap}>
      {icon && <Icon name={icon} size={big ? 26 : undefined} />}
      {children}
    </Tap>
  )
}

interface PageProps {
  title?: ReactNode
  isTab?: boolean
  isDark?: boolean
  className?: string
  foot?: ReactNode
  footTall?: boolean
  /** Says for itself what it does without network. */
  worksOffline?: boolean
}
export function Page({
  title,
  isTab,
  isDark,
  className = '',
  foot,
  footTall,
  worksOffline,
  children,
}: PropsWithChildren<PageProps>) {
  const { isLarge } = useSession()
  const online = useOnline()
  const tabs = () => {
    if (isTab) void (isLarge ? Taro.hideTabBar() : Taro.showTabBar()).catch(() => {})
  }
  useDidShow(tabs)
  useEffect(tabs, [isLarge])
  const bar = isBrowser ? 0 : (Taro.getWindowInfo().statusBarHeight ?? 0)
  return (
    <Block
      className={`page ${isTab ? 'with-tabs' : ''} ${isDark ? 'dark' : ''} ${isLarge ? 'large' : ''} ${className}`}
    >
      <Block
        role='banner'
        className={`nav ${isBrowser ? '' : 'weapp-nav'}`}
        style={bar ? { marginTop: `${bar}px` } : undefined}
      >
        {!isTab && (
          <Tap className='back' onTap={() => goBack()} label='返回'>
            <Icon name='caret-left-bold' />
          </Tap>
        )}
        <Block className={`t ${isTab ? 'left' : ''}`} role='heading' aria-level='1'>
          {title}
        </Block>
        {!isTab && <View className='side' />}
      </Block>
      {!online && !worksOffline && (
        <Block className='strip' role='status'>
          <Icon name='wifi-slash' />
          没有网络，下面是上次看到的
        </Block>
      )}
      <Block role='main' className='body'>
        {children}
      </Block>
      {foot && (
        <Block role='region' aria-label='要做的事' className={`foot ${footTall ? 'tall' : ''}`}>
          {foot}
        </Block>
      )}
    </Block>
  )
}

export function useOnline(): boolean {
  const [online, setOnline] = useState(true)
  useEffect(() => {
    const heard = ({ isConnected }: { isConnected: boolean }) => setOnline(isConnected)
    Taro.onNetworkStatusChange(heard)
    void Taro.getNetworkType().then(({ networkType }) => setOnline(networkType !== 'none'))
    return () => Taro.offNetworkStatusChange(heard)
  }, [])
  return online
}

export function Card({ className = '', children }: PropsWithChildren<{ className?: string }>) {
  return <View className={`card ${className}`}>{children}</View>
}

export function Sheet({
  onClose,
  label,
  children,
}: PropsWithChildren<{ onClose: () => void; label: string }>) {
  return (
    <Block className='veil' onClick={onClose}>
      <Block
        className='sheet'
        role='dialog'
        aria-modal='true'
        aria-label={label}
        onClick={(event: any) => event.stopPropagation()}
      >
        {children}
      </Block>
    </Block>
  )
}

export function Segments<T extends string>({
  options,
  value,
  onChange,
  label,
}: {
  options: [T, string][]
  value: T
  onChange: (value: T) => void
  label: string
}) {
  return (
    <Block className='seg' role='tablist' aria-label={label}>
      {options.map(([name, words]) => (
        <Tap
          key={name}
          role='tab'
          className={`one ${name === value ? 'on' : ''}`}
          isOn={name === value}
          onTap={() => onChange(name)}
        >
          {words}
        </Tap>
      ))}
    </Block>
  )
}
