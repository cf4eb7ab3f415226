/** 付款码: shown to the shop, renewed by itself, and what came of it. */
import { View } from '@tarojs/components'
import Taro, { useDidHide, useDidShow } from '@tarojs/taro'
import { useEffect, useRef, useState } from 'react'
import { newPayCode, payCodeState, points, type Schemas, sayNo, sayYes } from '../../api/resident'
import { forget, useAnswer } from '../../lib/asking'
import { instant } from '../../lib/clock'
import { go } from '../../lib/going'
import { once } from '../../lib/idempotency'
import { pointsText, spoken } from '../../lib/money'
import { isSomebody } from '../../lib/person'
import { useSession, WHO_PAGE } from '../../lib/session'
import { celebrate } from '../../lib/sound'
import { Button, Icon, Page, Sheet } from '../../ui/base'
import { Amount, Points } from '../../ui/money'
import { QrCode } from '../../ui/qr'
import { Done, Empty, Refusal, Skeleton } from '../../ui/states'
import './index.scss'

type Paid = Schemas['RedemptionOut']
const LOOK_EVERY = 2000
const RENEW_BEFORE = 3000 // a code that ends while the shop holds its scanner to it helps nobody

export default function Pay() {
  const { me, isLarge } = useSession()
  useDidShow(() => {
    if (!isSomebody()) void Taro.reLaunch({ url: WHO_PAGE })
  })
  if (!me)
    return (
      <Page isTab isDark title='付款码'>
        <Skeleton onAgain={() => {}} />
      </Page>
    )
  if (!me.household)
    return (
      <Page isTab title='付款码'>
        <Empty
          drawing='bin-kitchen'
          title='先找到您家'
          words='绑定了家里，才有积分可以付钱。'
          act='用手机号找到我家'
          onAct={() => go('/pages/today/index')}
        />
      </Page>
    )
  return <Code household={me.household} isLarge={isLarge} />
}

function Code({ household, isLarge }: { household: Schemas['HouseholdOut']; isLarge: boolean }) {
  const balance = useAnswer('points', points)
  const [code, setCode] = useState<Schemas['PayCodeOut']>()
  const [asked, setAsked] = useState<Schemas['PendingPaymentOut']>()
  const [paid, setPaid] = useState<Paid>()
  const [error, setError] = useState<Error>()
  const [left, setLeft] = useState(0)
  const isShown = useRef(true)
  const isRenewing = useRef(false)

  const renew = async () => {
    if (isRenewing.current) return
    isRenewing.current = true
    try {
      const fresh = await newPayCode()
      setLeft(secondsTo(fresh))
      setCode(fresh)
      setError(undefined)
    } catch (failure) {
      setCode(undefined)
      setError(failure as Error)
    }
    isRenewing.current = false
  }
  const settled = (done: Paid) => {
    setPaid(done)
    setAsked(undefined)
    setCode(undefined)
    forget('today', 'points')
    balance.again()
    celebrate(`付了${done.points}分`)
  }
  // A component that comes after its page was shown is not told that it is.
  useEffect(() => void renew(), [])
  useDidShow(() => {
    isShown.current = true
    if (!paid && !asked) void renew()
  })
  useDidHide(() => {
    isShown.current = false
    setPaid(undefined)
  })
  useEffect(() => {
    if (!code) return
    const ends = instant(code.expires_at)
    const look = setInterval(async () => {
      if (!isShown.current) return
      const now = await payCodeState().catch(() => undefined)
      if (now?.redemption) settled(now.redemption)
      else if (now?.pending?.state === 'waiting') setAsked(now.pending)
    }, LOOK_EVERY)
    const tick = setInterval(() => {
      setLeft(secondsTo(code))
      if (isShown.current && !asked && Date.now() > ends - RENEW_BEFORE) void renew()
    }, 1000)
    return () => {
      clearInterval(look)
      clearInterval(tick)
    }
  }, [code, asked])

  const answer = async (yes: boolean) => {
    if (!asked) return
    try {
      if (yes) settled(await once(`yes:${asked.id}`, key => sayYes(asked.id, key)))
      else {
        await once(`no:${asked.id}`, key => sayNo(asked.id, key))
        setAsked(undefined)
        await renew()
      }
    } catch (failure) {
      setAsked(undefined)
      setError(failure as Error)
    }
  }
  return (
    <Page isTab isDark title='付款码' className='pay'>
      {paid && (
        <>
          <Done
            title={`付好了，${pointsText(paid.points)} 分`}
            words={`${paid.shop_name}${paid.subsidy_fen ? ` · ${paid.funder_name}补了一部分` : ''}`}
          />
          <Button kind='glass' onTap={() => (setPaid(undefined), void renew())}>
            再付一笔
          </Button>
        </>
      )}
      {error && <Refusal error={error} act='换一个码' onAct={() => (setError(undefined), void renew())} />}
      {code && !paid && (
        <View className='paper'>
          <View className='row between'>
            <View className='who'>
              <View className='b l'>给店员扫一扫</View>
              <View className='muted s'>
                {household.head}家 · 可用{' '}
                {balance.value && <Points className='points' points={balance.value.points} />}
              </View>
            </View>
            {!isLarge && <View className='seconds num muted'>{left}</View>}
          </View>
          <View className='code'>
            <QrCode id='pay-code' text={code.code} size={244} label='付款码' />
          </View>
          <View className='digits num' id='digits'>
            {spoken(code.digits)}
          </View>
          <View className='muted s'>扫不出来，就念这 {code.digits.length} 个数字</View>
          <View className='perf' />
          <View className='row s dim below'>
            <Icon name='arrow-counter-clockwise' />
            {isLarge ? '用一次就作废，会自己换新的' : `用一次就作废，${left} 秒后自动换新的`}
          </View>
        </View>
      )}
      {!code && !paid && !error && <Skeleton rows={1} onAgain={renew} />}
      <Button kind='glass' icon='receipt' onTap={() => go('/account/points/index')}>
        付过的钱
      </Button>
      {asked && (
        <Sheet label='要付这笔吗' onClose={() => {}}>
          <View className='b xl'>要付这笔吗？</View>
          <View className='row between l'>
            <View>{asked.shop_name}</View>
            <Points className='points' points={asked.points} />
          </View>
          <View className='dim s'>
            东西卖 <Amount fen={asked.market_price_fen} />
            {asked.subsidy_fen > 0 && (
              <>
                ，{asked.campaign_name}补 <Amount fen={asked.subsidy_fen} />
              </>
            )}
          </View>
          <Button id='yes' kind='gold' big onTap={() => answer(true)}>
            付 {pointsText(asked.points)} 分
          </Button>
          <Button kind='quiet' onTap={() => answer(false)}>
            不是我买的，不付
          </Button>
        </Sheet>
      )}
    </Page>
  )
}

const secondsTo = (code: Schemas['PayCodeOut']) =>
  Math.max(0, Math.round((instant(code.expires_at) - Date.now()) / 1000))
