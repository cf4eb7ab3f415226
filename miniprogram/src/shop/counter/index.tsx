/** 收分: an amount, the customer's code, done. */
import { Input, View } from '@tarojs/components'
import Taro from '@tarojs/taro'
import { useEffect, useState } from 'react'
import type { Schemas } from '../../api/resident'
import * as api from '../../api/shop'
import { forget, useAnswer } from '../../lib/asking'
import { go } from '../../lib/going'
import { once } from '../../lib/idempotency'
import { kept } from '../../lib/keeping'
import { pointsText, pressed, spokenYuan, typedFen, yuan } from '../../lib/money'
import { hasViewfinder, scanCode } from '../../lib/scan'
import { useSession, WHO_PAGE } from '../../lib/session'
import { celebrate } from '../../lib/sound'
import { Button, Icon, Page, Sheet, Tap } from '../../ui/base'
import { Amount } from '../../ui/money'
import { Scanner } from '../../ui/scanner'
import { Done, Empty, Refusal, Shown } from '../../ui/states'
import { useShop } from '../shop'
import './index.scss'

type Shop = Schemas['ShopOut']
type Asked = Schemas['PendingPaymentOut']
const DIGITS = 9
const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '.', '0', 'back']
const QUOTE_AFTER = 250
const LOOK_EVERY = 2000
const LEAVES_AFTER = 3000

export default function Counter() {
  const { shops, items, shop } = useShop()
  const [isChoosing, choose] = useState(false)
  const title = shop && (
    <Tap className='home touch' onTap={() => choose(true)}>
      <Icon name='storefront-fill' />
      {shop.name}
      <Icon name='caret-down-bold' />
    </Tap>
  )
  return (
    <>
      <Shown of={shops}>
        {() =>
          shop ? (
            <Till key={shop.id} shop={shop} title={title} />
          ) : (
            <Page isTab title='收分'>
              <Empty title='您还不在哪家店里收分' words='请店主把您加进店员里，再打开这一页。' />
            </Page>
          )
        }
      </Shown>
      {isChoosing && <Places items={items ?? []} onClose={() => choose(false)} />}
    </>
  )
}

function Places({ items, onClose }: { items: Shop[]; onClose: () => void }) {
  const { me } = useSession()
  const open = (id: string) => {
    kept.put('shop', id)
    void Taro.reLaunch({ url: '/shop/counter/index' })
  }
  return (
    <Sheet label='换个地方' onClose={onClose}>
      <View className='b xl'>换个地方</View>
      {items.map(one => (
        <Button key={one.id} kind='line' icon='storefront' onTap={() => open(one.id)}>
          {one.name}
        </Button>
      ))}
      {me?.household && (
        <Button kind='line' icon='house-line-fill' onTap={() => Taro.reLaunch({ url: '/pages/today/index' })}>
          回自己家
        </Button>
      )}
      {process.env.TARO_ENV === 'h5' && (
        <Button kind='quiet' onTap={() => Taro.reLaunch({ url: WHO_PAGE })}>
          换一个人试试
        </Button>
      )}
    </Sheet>
  )
}

function useQuote(shop: Shop, fen: number) {
  const [quote, setQuote] = useState<Schemas['QuoteOut']>()
  const [error, setError] = useState<Error>()
  useEffect(() => {
    setQuote(undefined)
    setError(undefined)
    if (!fen) return
    let isOld = false
    const timer = setTimeout(() => {
      api
        .quote(shop.id, fen)
        .then(found => !isOld && setQuote(found))
        .catch(failure => !isOld && setError(failure))
    }, QUOTE_AFTER)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [shop.id, fen])
  return { quote, error }
}

function Till({ shop, title }: { shop: Shop; title: React.ReactNode }) {
  const [typed, setTyped] = useState('')
  const fen = typedFen(typed)
  const { quote, error: noQuote } = useQuote(shop, fen)
  const account = useAnswer(`account:${shop.id}`, () => api.account(shop.id))
  const [how, setHow] = useState<'scan' | 'digits'>()
  const [asked, setAsked] = useState<Asked>()
  const [paid, setPaid] = useState<Schemas['RedemptionOut']>()
  const [error, setError] = useState<Error>()

  const settled = (done: Schemas['RedemptionOut']) => {
    setAsked(undefined)
    setPaid(done)
    setTyped('')
    forget('account', 'shop-day')
    account.again()
    celebrate(`收到${spokenYuan(done.market_price_fen)}`)
  }
  const take = async (code: { code?: string; digits?: string }) => {
    setHow(undefined)
    if (!quote) return
    setError(undefined)
    try {
      const sum = { shop_id: shop.id, price_fen: fen, points: quote.points, ...code }
      const answer = await once(`take:${code.code ?? code.digits}:${fen}`, key => api.take(sum, key))
      if (answer.kind === 'paid') settled(answer)
      else setAsked(answer)
    } catch (failure) {
      setError(failure as Error)
    }
  }
  const scan = async () => {
    setError(undefined)
    if (hasViewfinder) return setHow('scan')
    const code = await scanCode()
    if (code) await take({ code })
  }
  useEffect(() => {
    if (!paid) return
    const timer = setTimeout(() => setPaid(undefined), LEAVES_AFTER)
    return () => clearTimeout(timer)
  }, [paid])

  const ready = quote && !asked
  return (
    <Page
      isTab
      className='counter'
      title={title}
      footTall
      foot={
        <>
          <Button
            id='scan'
            kind='gold'
            big
            className='scan'
            icon='scan-bold'
            onTap={ready ? scan : undefined}
          >
            扫顾客的码
          </Button>
          <View className='row gap-10'>
            <Button kind='quiet' id='type' icon='keyboard' onTap={ready ? () => setHow('digits') : undefined}>
              输数字
            </Button>
          </View>
        </>
      }
    >
      <View className='row between s'>
        <View className='num'>
          {account.value && (
            <>
              今天{' '}
              <View className='b' style={{ display: 'inline' }}>
                {account.value.today_count}
              </View>{' '}
              笔 · <Amount className='b' fen={account.value.today_points + account.value.today_subsidy_fen} />
            </>
          )}
        </View>
        <Tap className='link touch' role='link' onTap={() => go('/shop/day/index')}>
          今天的账
          <Icon name='caret-right-bold' />
        </Tap>
      </View>
      {paid && (
        <Done
          title={`收到 ${yuan(paid.market_price_fen)} 元`}
          words={`顾客付 ${pointsText(paid.points)} 分${paid.subsidy_fen ? `，${paid.funder_name}补 ${yuan(paid.subsidy_fen)} 元` : ''}`}
        />
      )}
      {asked && (
        <Waiting asked={asked} onPaid={settled} onEnd={why => (setAsked(undefined), setError(why))} />
      )}
      {error && <Refusal error={error} act='再扫一次' onAct={ready ? scan : undefined} />}
      <View className='amount'>
        <View className='muted'>东西卖多少钱</View>
        <View className='figure num' id='amount'>
          {typed || '0'}
          <View className='unit' style={{ display: 'inline' }}>
            {' '}
            元
          </View>
        </View>
        <View className='row between sum'>
          {noQuote && <View className='bad-text s'>{noQuote.message}</View>}
          {quote?.campaign_name ? (
            <View className='chip warn'>
              <Icon name='tag-fill' /> {quote.campaign_name}
            </View>
          ) : (
            <View />
          )}
          {quote && (
            <View id='points'>
              顾客付{' '}
              <View className='points l num' style={{ display: 'inline' }}>
                {pointsText(quote.points)} 分
              </View>
            </View>
          )}
        </View>
        {quote && quote.subsidy_fen > 0 && (
          <View className='s muted right'>
            {quote.funder_name}补 <Amount fen={quote.subsidy_fen} />
            ，您照收 <Amount fen={quote.market_price_fen} />
          </View>
        )}
      </View>
      <View className='pad num'>
        {KEYS.map(key => (
          <Tap
            key={key}
            id={`key-${key}`}
            className={`k ${key === '.' || key === 'back' ? 'q' : ''}`}
            label={key === 'back' ? '删掉一个' : key === '.' ? '点' : key}
            onTap={() => setTyped(pressed(typed, key))}
          >
            {key === 'back' ? <Icon name='backspace' /> : key}
          </Tap>
        ))}
      </View>
      {how === 'scan' && (
        <Scanner
          title='对准顾客的付款码'
          onCode={code => void take({ code })}
          onClose={() => setHow(undefined)}
        />
      )}
      {how === 'digits' && (
        <Digits onDigits={digits => void take({ digits })} onClose={() => setHow(undefined)} />
      )}
    </Page>
  )
}

function Digits({ onDigits, onClose }: { onDigits: (digits: string) => void; onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const digits = typed.replace(/\D/g, '')
  return (
    <Sheet label='输数字' onClose={onClose}>
      <View className='b xl'>请顾客念 9 个数字</View>
      <Input
        id='digits'
        className='field num'
        type='number'
        maxlength={DIGITS + 2}
        focus
        value={typed}
        onInput={event => setTyped(event.detail.value)}
        {...({ 'aria-label': '9 个数字' } as any)}
      />
      <Button id='take' kind='gold' big onTap={digits.length === DIGITS ? () => onDigits(digits) : undefined}>
        收
      </Button>
      <Button kind='quiet' onTap={onClose}>
        不输了
      </Button>
    </Sheet>
  )
}

/** Above the county's limit the customer says yes on their own phone. */
function Waiting({
  asked,
  onPaid,
  onEnd,
}: {
  asked: Asked
  onPaid: (done: Schemas['RedemptionOut']) => void
  onEnd: (why: Error) => void
}) {
  useEffect(() => {
    const timer = setInterval(async () => {
      const now = await api.pending(asked.id).catch(() => undefined)
      if (now?.state === 'confirmed')
        onPaid({
          ...now,
          kind: 'paid',
          id: now.redemption_id ?? '',
          state: 'paid',
          paid_at: '',
          payment_method: 'pay_code',
          void_reason: null,
          funder_name: now.campaign_name,
        })
      if (now?.state === 'declined') onEnd(new Error('顾客没有同意付这笔。问一问，再扫一次。'))
      if (now?.state === 'lapsed') onEnd(new Error('等了两分钟，顾客没有点。请再扫一次。'))
    }, LOOK_EVERY)
    return () => clearInterval(timer)
  }, [asked.id])
  return (
    <View className='banner warn'>
      <Icon name='clock' />
      <View>数目大，请顾客在手机上点一下“付 {pointsText(asked.points)} 分”。</View>
    </View>
  )
}
