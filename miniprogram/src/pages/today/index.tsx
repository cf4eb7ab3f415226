/** 今天: what a household does today. The elder composition is a screen of its own. */
import Taro, { useDidShow } from '@tarojs/taro'
import { isSomebody } from '../../lib/person'
import { useSession, WHO_PAGE } from '../../lib/session'
import { Page } from '../../ui/base'
import { Refusal, Skeleton } from '../../ui/states'
import { Bind } from './bind'
import { ElderToday } from './elder'
import { PlainToday } from './plain'
import './index.scss'

export default function Today() {
  const { me, error, isLarge, refresh } = useSession()
  useDidShow(() => {
    if (!isSomebody()) void Taro.reLaunch({ url: WHO_PAGE })
  })
  if (!me)
    return (
      <Page isTab title='今天'>
        {error ? <Refusal error={error} onAct={refresh} /> : <Skeleton onAgain={refresh} />}
      </Page>
    )
  if (!me.household) return <Bind />
  return isLarge ? <ElderToday household={me.household} /> : <PlainToday household={me.household} />
}

/** 沈翠竹 lives in 翠竹家. */
export const homeName = (head: string) => `${head.length > 2 ? head.slice(1) : head}家`
