"""Users, log-in with WeChat, roles and where they hold."""
