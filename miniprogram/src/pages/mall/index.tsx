/** 商城: what can be had here today. */
import { Image, Input, View } from '@tarojs/components'
import Taro, { useDidShow } from '@tarojs/taro'
import { useEffect, useState } from 'react'
import * as api from '../../api/mall'
import { points, type Schemas } from '../../api/resident'
import { useAnswer } from '../../lib/asking'
import { useBasket } from '../../lib/basket'
import { go } from '../../lib/going'
import { sameOrigin } from '../../lib/http'
import { pointsText } from '../../lib/money'
import { isSomebody } from '../../lib/person'
import { useSession, WHO_PAGE } from '../../lib/session'
import { Button, Icon, Page, Tap } from '../../ui/base'
import { Points } from '../../ui/money'
import { Empty, Shown } from '../../ui/states'
import './index.scss'

type Offer = Schemas['FoundOut']
const TYPED_AFTER = 400

export default function Mall() {
  const { me } = useSession()
  const basket = useBasket()
  const [typed, setTyped] = useState('')
  const [words, setWords] = useState('')
  const [category, setCategory] = useState<string>()
  useDidShow(() => {
    if (!isSomebody()) void Taro.reLaunch({ url: WHO_PAGE })
    basket.reread()
  })
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), TYPED_AFTER)
    return () => clearTimeout(timer)
  }, [typed])
  const isHere = me !== undefined
  const categories = useAnswer(isHere ? 'categories' : undefined, api.categories)
  const found = useAnswer(isHere ? `offers:${words}:${category ?? ''}` : undefined, () =>
    api.offers({ words, category_id: category }),
  )
  const balance = useAnswer(me?.household ? 'points' : undefined, points)
  const tops = categories.value?.items.filter(one => !one.parent_id) ?? []
  const search = (
    <Input
      className='search'
      value={typed}
      onInput={event => setTyped(event.detail.value)}
      placeholder='想换点什么？'
      confirmType='search'
      {...({ 'aria-label': '想换点什么' } as any)}
    />
  )
  return (
    <Page isTab title={search} className='mall'>
      <View className='row s between'>
        <View className='row gap-6'>
          <Icon name='map-pin-fill' />
          <View className='b'>{me?.household?.village ?? me?.county.name}</View>
        </View>
        {balance.value && (
          <View>
            可用 <Points className='points' points={balance.value.points} />
          </View>
        )}
      </View>
      <View className='cats'>
        <Tap className={`cat ${category ? '' : 'on'}`} onTap={() => setCategory(undefined)}>
          全部
        </Tap>
        {tops.map(one => (
          <Tap
            key={one.id}
            className={`cat ${category === one.id ? 'on' : ''}`}
            onTap={() => setCategory(one.id)}
          >
            {one.name}
          </Tap>
        ))}
      </View>
      <Shown of={found}>
        {({ items }) =>
          items.length ? (
            <View className='goods-grid'>
              {items.map(offer => (
                <Goods
                  key={offer.id}
                  offer={offer}
                  onAdd={() =>
                    basket.change(
                      { offer_id: offer.id, shop_id: offer.shop_id, name: offer.name },
                      basket.countOf(offer.id) + 1,
                    )
                  }
                />
              ))}
            </View>
          ) : (
            <Empty
              title='没找到'
              words={
                words ? `没有叫“${words}”的。换个说法试试，比如“盐”。` : '这一类现在没有货，过两天再来看。'
              }
              act='看全部'
              onAct={() => (setTyped(''), setCategory(undefined))}
            />
          )
        }
      </Shown>
      {basket.basket.length > 0 && (
        <View className='bag'>
          <Icon name='basket-fill' />
          <View className='grow'>
            <View className='b num'>{basket.basket.reduce((sum, one) => sum + one.count, 0)} 件</View>
          </View>
          <Button kind='gold' onTap={() => go('/mall/basket/index')}>
            去下单
          </Button>
        </View>
      )}
    </Page>
  )
}

function Goods({ offer, onAdd }: { offer: Offer; onAdd: () => void }) {
  return (
    <View className='goods'>
      <Tap
        role='link'
        onTap={() => go(`/mall/goods/index?id=${offer.id}`)}
        label={`${offer.name}，${offer.points_price} 分`}
      >
        {offer.thumb_url ? (
          <Image
            className='picture'
            mode='aspectFill'
            src={sameOrigin(offer.thumb_url)}
            {...({ alt: offer.name } as any)}
          />
        ) : (
          <View className='picture none'>
            <Icon name='gift' />
          </View>
        )}
        <View className='name'>{offer.name}</View>
      </Tap>
      <View className='row' style={{ gap: 0 }}>
        <View>
          <View className='price num'>
            {pointsText(offer.points_price)}{' '}
            <View className='s' style={{ display: 'inline' }}>
              分
            </View>
          </View>
        </View>
        <Tap className='add' label={`把${offer.name}放进篮子`} onTap={onAdd}>
          <Icon name='plus-bold' />
        </Tap>
      </View>
      <View className='xs muted'>
        {offer.shop} · {offer.stock < 5 ? '剩' : '还有'} {offer.stock} {offer.unit}
      </View>
    </View>
  )
}
