"""Finding the caller holds nothing while the rest of the request arrives."""

from app.kernel.db import db
from app.register.identity.roles import Role
from app.web.auth import requires


def test_no_connection_is_held_once_the_caller_is_known(another_app, given, committed):
    app = another_app()

    @app.get("/held")
    @requires(Role.VISITOR)
    def held():
        return {"connections": db.engine.pool.checkedout()}

    token = given.visitor().environ_base["HTTP_AUTHORIZATION"]
    response = app.test_client().get("/held", headers={"Authorization": token})

    assert response.json == {"connections": 0}
