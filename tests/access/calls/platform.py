"""Signing in, the platform itself, regions, roles, and what people are told."""

from uuid import uuid4

from tests.access.calls.call import STAFF, Call, about, lists, once, same

CALLS: dict[str, Call] = {
    "background.jobs_now": once(),
    # Here is no demo county and nobody's file, so these are refused to everybody.
    "browser.file": Call(path=lambda a: {"name": "nobodys.js"}, is_same_everywhere=True),
    "browser.index": once(),
    "browser.login_code": Call(path=lambda a: {"openid": "demo-1"}, is_same_everywhere=True),
    "browser.people": once(),
    "browser.phone_code": Call(path=lambda a: {"openid": "demo-1"}, is_same_everywhere=True),
    "health.healthz": once(),
    "health.index": once(),
    "health.metrics": once(),
    "health.readyz": once(),
    "me.me": once(),
    "me.members": once(),
    "me.today": once(),
    "me.work": once(),
    "notices.agree": once(json=same(template_ids=["t-1"])),
    "notices.board": lists("notice_id"),
    "notices.board_on_paper": once(),
    "notices.notices": lists("notice_id"),
    "notices.read": Call(json=lambda a: {"until": str(a.notice_id)}),
    "notices.tell_in_person": about("notice_id"),
    "notices.templates": once(),
    "photo_files.file": about("key", name="photo_id"),
    "photo_files.put_file": once(form=same(key=uuid4().hex)),
    "regions.add_region": Call(json=lambda a: {"parent_id": str(a.village.id), "name": "新组"}),
    "regions.counties": once(),
    "place_days.burden": once(),
    "place_days.today": Call(path=lambda a: {"region_id": a.village.id}),
    "regions.regions": Call(shows=lambda a: a.village.id),
    "role_grants.grant_role": Call(
        json=lambda a: STAFF(a) | {"role": "collector", "place_id": str(a.village.id)},
    ),
    "role_grants.revoke_role": about("grant_id"),
    "role_grants.role_grants": lists("grant_id"),
    "session.sign_in": once(json=same(code="no-such-code")),
    "session.sign_out": once(),
    "staff.change_password": once(json=same(old="no-such-password", new="no-such-password-2")),
    "staff.end_everywhere": once(),
    "staff.end_session": once(path=same(session_id=uuid4())),
    "staff.give_factor": once(json=same(code="000000")),
    "staff.give_link": once(reached=("staff.no_account",)),
    "staff.own_sessions": once(),
    "staff.set_password": once(json=same(link="no-such-link", password="no-such-password-2")),
    "staff.set_up_factor": once(),
    "staff.sign_in": once(
        json=lambda a: {
            "county_id": a.county_id,
            "login": "nobody",
            "password": "no-such-password",
        }
    ),
    "staff.sign_out": once(),
    "staff_accounts.account": about("user_id", name="staff_user_id"),
    "staff_accounts.admit_again": about("user_id", name="staff_user_id"),
    "staff_accounts.leave": about("user_id", name="staff_user_id"),
    "staff_accounts.make": Call(
        json=lambda a: {"user_id": str(a.unlisted_user_id), "login": "new.account"}
    ),
    "staff_accounts.recover": about("user_id", name="staff_user_id"),
    "staff_accounts.suspend": about("user_id", name="staff_user_id"),
    "wechat_pushes.prove_address": once(),
    "wechat_pushes.take_push": once(),
}
