"""bin/manage: a command of the application, with the settings and as the account of the running installation."""

import os
import sys

from ground import account, settings, supervisor, up
from ground.say import Refusal, plain_output, say


def main() -> int:
    """Hand the arguments to manage.py; returns only when that was not possible."""
    plain_output()
    try:
        account.use_shared_python()
        place = settings.read()
        if not place.var.exists() or not place.python.exists():
            raise Refusal("Tenfold is not set up here yet. First: bin/up --detach")
        up.hand_over(place)
        if place.own_database and supervisor.running_process(place) is None:
            raise Refusal("The database does not run. First: bin/up --detach")
        environment = settings.application_environment(place, settings.socket_folder(place.var))
        os.chdir(place.root)
        os.execve(place.python, [str(place.python), "manage.py", *sys.argv[1:]], environment)
    except Refusal as refusal:
        say(str(refusal))
    return 1
