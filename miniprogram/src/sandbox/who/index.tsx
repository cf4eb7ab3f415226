/** "您想当谁": the people of the demo county, in a browser. */
import { View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useState } from 'react'
import { useAnswer } from '../../lib/asking'
import { becomes } from '../../lib/session'
import { Icon, Page, Tap } from '../../ui/base'
import { Shown } from '../../ui/states'
import './index.scss'

interface Someone {
  openid: string
  name: string
  title: string
  role: string
  area: string
}
const HOMES: Record<string, string> = {
  clerk: '/shop/counter/index',
  merchant: '/shop/counter/index',
  liaison: '/field/households/index',
}
const WITH_SCREENS = ['resident', 'liaison', 'clerk', 'merchant', 'visitor']
const FIRST = 5

async function everybody(): Promise<{ county: string; people: Someone[] }> {
  const answer = await fetch('/m/people')
  const told = await answer.json()
  if (!answer.ok) throw new Error(told.message)
  return { ...told, people: told.people.filter((one: Someone) => WITH_SCREENS.includes(one.role)) }
}

export default function Who() {
  const told = useAnswer('people', everybody)
  const [showsAll, showAll] = useState(false)
  const be = (someone: Someone) => {
    becomes(someone.openid)
    void Taro.reLaunch({ url: HOMES[someone.role] ?? '/pages/today/index' })
  }
  return (
    <Page className='who'>
      <Shown of={told}>
        {({ county, people }) => (
          <>
            <View className='row head'>
              <View className='logo'>分</View>
              <View>{county} · 试一试</View>
            </View>
            <View className='b xl'>您想当谁？</View>
            <View className='dim lead'>
              人都是编的，随便点，不会弄坏。开两个窗口，一个当居民，一个当店员，就能付一笔。
            </View>
            {people.slice(0, showsAll ? undefined : FIRST).map(someone => (
              <Tap key={someone.openid} id={someone.openid} className='p' onTap={() => be(someone)}>
                <View className={`disc round av-${someone.role}`}>{someone.name.slice(0, 1)}</View>
                <View className='grow'>
                  <View className='b l'>{someone.name}</View>
                  <View className='s muted'>
                    {someone.title} · {someone.area}
                  </View>
                </View>
                <Icon name='caret-right-bold' />
              </Tap>
            ))}
            {!showsAll && people.length > FIRST && (
              <Tap className='btn quiet' onTap={() => showAll(true)}>
                更多人
              </Tap>
            )}
          </>
        )}
      </Shown>
    </Page>
  )
}
