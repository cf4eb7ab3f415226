/** 今天的账: what the shop is owed of a day, and every payment of it. */
import { View } from '@tarojs/components'
import { useState } from 'react'
import type { Schemas } from '../../api/resident'
import * as api from '../../api/shop'
import { forget, useAnswer } from '../../lib/asking'
import { dayOf, hourOf, todayText } from '../../lib/clock'
import { once } from '../../lib/idempotency'
import { pointsText, yuan } from '../../lib/money'
import { Button, Card, Icon, Page, Sheet, Tap } from '../../ui/base'
import { Amount, Points } from '../../ui/money'
import { Empty, Refusal, Shown } from '../../ui/states'
import { useShop } from '../shop'
import './index.scss'

type Taken = Schemas['RedemptionOut']
const HOW: Record<Taken['payment_method'], string> = {
  pay_code: '付款码',
  shop_code: '店铺码',
  card: '积分卡',
}
const WHY = ['拿错了', '打错了', '不要了', '别的']
const A_DAY = 86_400_000

export default function Day() {
  const { shops, shop } = useShop()
  const [back, setBack] = useState(0)
  const at = Date.now() - back * A_DAY
  return (
    <Page title='今天的账'>
      <View className='row between'>
        <Tap className='disc press' label='前一天' onTap={() => setBack(back + 1)}>
          <Icon name='caret-left-bold' />
        </Tap>
        <View className='b'>{todayText(at)}</View>
        <Tap className='disc press' label='后一天' onTap={back ? () => setBack(back - 1) : undefined}>
          <Icon name='caret-right-bold' />
        </Tap>
      </View>
      <Shown of={shops}>
        {() =>
          shop ? <Account key={`${shop.id}${back}`} shop={shop} on={dayOf(at)} isToday={!back} /> : null
        }
      </Shown>
    </Page>
  )
}

function Account({ shop, on, isToday }: { shop: Schemas['ShopOut']; on: string; isToday: boolean }) {
  const found = useAnswer(`shop-day:${shop.id}:${on}`, async () => {
    const [day, taken, account] = await Promise.all([
      api.day(shop.id, on),
      api.taken(shop.id, on),
      api.account(shop.id),
    ])
    return { day, taken: taken.items, account }
  })
  return (
    <Shown of={found}>
      {({ day, taken, account }) => (
        <>
          <Card>
            <View className='muted s'>{isToday ? '今天店里应得' : '这一天店里应得'}</View>
            <View className='row gap-6' style={{ alignItems: 'baseline' }}>
              <View className='owed num' id='owed'>
                {yuan(day.points + day.subsidy_fen)}
              </View>
              元
            </View>
            <View className='row s' style={{ marginTop: '8px' }}>
              <View>
                顾客付 <Points className='b' points={day.points} />
              </View>
              {day.funders.map(one => (
                <View key={one.funder_id}>
                  {one.funder_name}补 <Amount className='b' fen={one.subsidy_fen} />
                </View>
              ))}
            </View>
          </Card>
          <View className='drawable'>
            <View className='s on'>可以提现</View>
            <View className='num figure'>{yuan(account.available_fen)} 元</View>
          </View>
          {!taken.length && (
            <Empty
              title={isToday ? '今天还没有收分' : '这一天没有收分'}
              words='输一个数，扫顾客的码，就有第一笔。'
            />
          )}
          {taken.length > 0 && <Served day={day} />}
          {taken.length > 0 && (
            <Card className='list'>
              {taken.map(one => (
                <Line
                  key={one.id}
                  taken={one}
                  mayTakeBack={isToday && one.state === 'paid'}
                  onBack={found.again}
                />
              ))}
            </Card>
          )}
        </>
      )}
    </Shown>
  )
}

function Served({ day }: { day: Schemas['ShopDayOut'] }) {
  const byClerk = new Map<string, number>()
  const byMethod = new Map<string, number>()
  for (const part of day.parts) {
    const name = part.clerk_name ?? '顾客自己扫'
    byClerk.set(name, (byClerk.get(name) ?? 0) + part.count)
    byMethod.set(HOW[part.payment_method], (byMethod.get(HOW[part.payment_method]) ?? 0) + part.count)
  }
  return (
    <Card>
      <View className='row between'>
        <View className='h2'>谁收的</View>
        <View className='muted s'>{day.count} 笔</View>
      </View>
      {[...byClerk].map(([name, count]) => (
        <View key={name} className='row s clerk'>
          <View className='name'>{name}</View>
          <View className='grow track'>
            <View className='bar' style={{ width: `${(100 * count) / Math.max(1, day.count)}%` }} />
          </View>
          <View className='b num'>{count} 笔</View>
        </View>
      ))}
      <View className='row chips'>
        {[...byMethod].map(([name, count]) => (
          <View key={name} className='chip line'>
            {name} {count}
          </View>
        ))}
        {day.void_count > 0 && <View className='chip bad'>撤销 {day.void_count}</View>}
      </View>
    </Card>
  )
}

function Line({ taken, mayTakeBack, onBack }: { taken: Taken; mayTakeBack: boolean; onBack: () => void }) {
  const [isAsking, ask] = useState(false)
  const isVoid = taken.state === 'void'
  return (
    <View className='item'>
      <View className='grow'>
        <View className={`b ${isVoid ? 'struck muted' : ''}`}>{HOW[taken.payment_method]}</View>
        <View className={`s ${isVoid ? 'bad-text' : 'muted'}`}>
          {hourOf(taken.paid_at)}
          {isVoid ? ` 已撤销：${taken.void_reason ?? ''}` : ''}
        </View>
      </View>
      <View className='right'>
        <View className={`amt num ${isVoid ? 'struck muted' : ''}`}>{yuan(taken.market_price_fen)}</View>
        <Points className='s muted' points={taken.points} />
      </View>
      {mayTakeBack && (
        <Tap className='btn line narrow void' onTap={() => ask(true)}>
          撤销
        </Tap>
      )}
      {isAsking && <TakeBack taken={taken} onClose={() => ask(false)} onBack={onBack} />}
    </View>
  )
}

function TakeBack({ taken, onClose, onBack }: { taken: Taken; onClose: () => void; onBack: () => void }) {
  const [error, setError] = useState<Error>()
  const undo = (why: string) =>
    once(`void:${taken.id}`, key => api.takeBack(taken.id, why, key))
      .then(() => {
        forget('account', 'shop-day')
        onClose()
        onBack()
      })
      .catch(setError)
  return (
    <Sheet label='撤销这一笔' onClose={onClose}>
      <View className='b xl'>撤销 {yuan(taken.market_price_fen)} 元这一笔？</View>
      <View className='dim'>{pointsText(taken.points)} 分马上退给顾客。为什么撤销？</View>
      {error && <Refusal error={error} />}
      {WHY.map(why => (
        <Button key={why} kind='line' onTap={() => undo(why)}>
          {why}
        </Button>
      ))}
      <Button kind='quiet' onTap={onClose}>
        不撤销
      </Button>
    </Sheet>
  )
}
