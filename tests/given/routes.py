"""The URL map."""

# Served by libraries, and meant for everybody: the API's own description, and static files.
FROM_LIBRARIES = {"static", "api-docs.openapi_json", "swagger_ui.show"}
