"""The demo stops where something is not as it should be."""

import pytest

from sandbox import people, photos
from sandbox.demo import story
from sandbox.demo.stage import StoryBroken


def test_a_number_that_is_not_as_it_should_be_stops_the_story():
    story.expect(3, 3, "村的个数")

    with pytest.raises(StoryBroken, match="村的个数：应为 3，实为 2"):
        story.expect(2, 3, "村的个数")


def test_background_work_that_comes_to_nothing_stops_the_story(monkeypatch):
    monkeypatch.setattr(story, "WAIT_SECONDS_MAX", 0)

    with pytest.raises(StoryBroken, match="等待审核的照片数"):
        story.wait_for(lambda: 0, 4, "等待审核的照片数")


def test_the_cast_of_the_demo_is_on_the_roster():
    from openpyxl import load_workbook

    sheet = load_workbook(people.ROSTER).worksheets[0]
    rows = {row[5]: row for row in sheet.iter_rows(min_row=2, values_only=True)}

    assert rows[people.LIAISON.phone][3] == people.LIAISON.name
    assert rows[people.RESIDENTS[0].phone][9] == people.LIAISON.name
    for someone in people.RESIDENTS:
        town, village, _, name, *_ = rows[someone.phone]
        assert (name, f"{town}/{village}") == (someone.name, someone.area)


def test_the_demo_has_photographs_of_its_own_wherever_the_tests_run(monkeypatch, tmp_path):
    monkeypatch.setattr(photos, "SHARED", tmp_path)

    files = photos.jpegs(5)

    assert len({bytes(file) for file in files}) == 5
    assert all(file.startswith(b"\xff\xd8") for file in files)
    with pytest.raises(photos.NoPhotos, match="make demo"):
        photos.jpegs(10_000)
