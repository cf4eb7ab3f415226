/** 上门看看: a photo, what is in the bins, how well; kept on the phone first, sent when there is network. */
import { Image, View } from '@tarojs/components'
import { useLoad, useRouter } from '@tarojs/taro'
import { useState } from 'react'
import { goBack } from '../../lib/going'
import { newId } from '../../lib/ids'
import { keepFile } from '../../lib/keepfile'
import { who } from '../../lib/keeping'
import { takePhoto } from '../../lib/photos'
import { celebrate } from '../../lib/sound'
import { Button, Drawing, Icon, Page, Tap, useOnline } from '../../ui/base'
import { Refusal } from '../../ui/states'
import { records } from '../records'
import './index.scss'

const KINDS = [
  ['kitchen', '易腐垃圾'],
  ['recyclable', '可回收物'],
  ['hazardous', '有害垃圾'],
  ['residual', '其他垃圾'],
] as const
const GRADES = [
  ['a', '分得好', '样样放对'],
  ['b', '差一点', '混了一点'],
  ['c', '没分', '告诉他错在哪'],
] as const

export default function Visit() {
  const { id = '', door = '', head = '' } = useRouter().params
  const online = useOnline()
  const [photo, setPhoto] = useState<string>()
  const [kinds, setKinds] = useState<string[]>([])
  const [grade, setGrade] = useState<string>()
  const [error, setError] = useState<Error>()
  const take = () =>
    takePhoto()
      .then(path => path && setPhoto(path))
      .catch(setError)
  useLoad(() => void take())
  const save = async () => {
    if (!photo || !grade) return
    const record = newId()
    try {
      records.add({
        id: record,
        user: who.get<string>('user') ?? '',
        household: id,
        title: `${decodeURIComponent(door)} ${GRADES.find(([value]) => value === grade)?.[1]}`,
        form: { household_id: id, setting: 'door', grade, kinds },
        photo: await keepFile(photo, record),
        phone_time: new Date().toISOString(),
        state: 'waiting',
      })
      celebrate('记下来了')
      goBack('/field/households/index')
    } catch (failure) {
      setError(failure as Error)
    }
  }
  const toggle = (kind: string) =>
    setKinds(kinds.includes(kind) ? kinds.filter(one => one !== kind) : [...kinds, kind])
  return (
    <Page
      title='上门看看'
      className='visit'
      worksOffline
      footTall
      foot={
        <>
          <Button id='record' kind='gold' big onTap={photo && grade ? save : undefined}>
            记下来
          </Button>
          {!online && <View className='center s muted'>没有网络，先存在手机里，有网就传</View>}
        </>
      }
    >
      <View className='row'>
        <View className='door'>{decodeURIComponent(door)}</View>
        <View className='b xl'>{decodeURIComponent(head)}家</View>
      </View>
      <View className='step'>
        <Step number={1} isDone={!!photo} words='拍一张桶里的样子' />
        {photo && (
          <Image className='shot' src={photo} mode='aspectFill' {...({ alt: '桶里的样子' } as any)} />
        )}
        <Button id='shoot' kind={photo ? 'quiet' : 'ink'} icon='camera-fill' onTap={take}>
          {photo ? '重拍' : '拍一张'}
        </Button>
      </View>
      <View className='step'>
        <Step number={2} isDone={kinds.length > 0} words='桶里有什么' />
        <View className='kinds'>
          {KINDS.map(([kind, words]) => (
            <Tap
              key={kind}
              role='checkbox'
              className={`one ${kinds.includes(kind) ? 'on' : ''}`}
              isOn={kinds.includes(kind)}
              onTap={() => toggle(kind)}
            >
              <Drawing name={`bin-${kind}`} width={52} height={64} />
              <View>{words}</View>
            </Tap>
          ))}
        </View>
      </View>
      <View className='step'>
        <Step number={3} isDone={!!grade} words='分得怎么样' />
        <View className='grades'>
          {GRADES.map(([value, words, more]) => (
            <Tap
              key={value}
              id={`grade-${value}`}
              role='radio'
              className={`one ${grade === value ? 'on' : ''}`}
              isOn={grade === value}
              onTap={() => setGrade(value)}
            >
              <View className='words'>{words}</View>
              <View className='s'>{more}</View>
            </Tap>
          ))}
        </View>
      </View>
      {error && <Refusal error={error} act='再试一次' onAct={() => setError(undefined)} />}
    </Page>
  )
}

function Step({ number, isDone, words }: { number: number; isDone: boolean; words: string }) {
  return (
    <View className='row' style={{ gap: '8px' }}>
      <View className={`n ${isDone ? 'y' : ''}`}>{isDone ? <Icon name='check-bold' /> : number}</View>
      <View className='b'>{words}</View>
    </View>
  )
}
