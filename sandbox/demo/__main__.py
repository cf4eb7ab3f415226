"""``python -m sandbox.demo``: tell the story, and exit 1 where it breaks."""

import sys
import time

import click
import requests

from sandbox.demo.stage import Stage, StoryBroken
from sandbox.demo.story import Story
from sandbox.photos import NoPhotos


def tell_the_story() -> None:
    began = time.monotonic()
    click.echo("启动：PostgreSQL、Valkey、网页、后台任务、定时任务、模拟微信、模拟银行 …")
    with Stage() as stage:
        click.echo(f"    {time.monotonic() - began:.1f} 秒后就绪：{stage.api}")
        story = Story(stage)
        chapters = (
            story.enter_the_county,
            story.import_the_roster,
            story.fund_the_county,
            story.open_a_shop,
            story.earn,
            story.pay_in_the_shop,
            story.cash_out,
            story.reconcile,
            story.prove,
        )
        for number, chapter in enumerate(chapters, 1):
            click.echo(f"第 {number} 步  {chapter.__doc__}")
            chapter()
        stage.stop()
    click.echo(f"全部正确，用时 {time.monotonic() - began:.1f} 秒；所有进程已停止。")


try:
    tell_the_story()
except (StoryBroken, NoPhotos, requests.RequestException) as broken:
    sys.exit(f"\n演示中断：{broken}")
except KeyboardInterrupt:
    sys.exit("\n演示已中断，所有进程已停止。")
