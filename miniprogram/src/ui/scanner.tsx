/** In a browser the camera's picture is part of the page; a photo of the code will do as well. */
import { View } from '@tarojs/components'
import { useEffect, useState } from 'react'
import { scanPhoto, watch } from '../lib/scan'
import { Button, Sheet } from './base'
import { Refusal } from './states'

export function Scanner({
  title,
  onCode,
  onClose,
}: {
  title: string
  onCode: (code: string) => void
  onClose: () => void
}) {
  const [error, setError] = useState<Error>()
  useEffect(() => {
    const stop = { stopped: false }
    const host = document.getElementById('viewfinder')
    if (host)
      watch(host, stop)
        .then(code => code && onCode(code))
        .catch(() => setError(new Error('用不了摄像头。可以选一张码的照片，或者输数字。')))
    return () => {
      stop.stopped = true
    }
  }, [])
  const photo = () =>
    scanPhoto()
      .then(code => code && onCode(code))
      .catch(setError)
  return (
    <Sheet label={title} onClose={onClose}>
      <View className='b xl'>{title}</View>
      {error ? <Refusal error={error} /> : <View className='viewfinder' id='viewfinder' />}
      <Button kind='line' icon='image' onTap={photo}>
        选一张码的照片
      </Button>
      <Button kind='quiet' onTap={onClose}>
        不扫了
      </Button>
    </Sheet>
  )
}
