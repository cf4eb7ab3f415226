"""How the web processes run; gunicorn reads this by itself when it is started here."""

wsgi_app = "wsgi:application"
worker_class = "operations.serving.BufferingWorker"
workers = 2
threads = 8  # of each: requests at work, while any number may be arriving or leaving
preload_app = True  # imported once; no connection is opened before the fork
graceful_timeout = 4
loglevel = "warning"  # requests log themselves
control_socket_disable = True
