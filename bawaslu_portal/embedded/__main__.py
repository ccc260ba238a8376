"""The command ``python -m bawaslu_portal.embedded start|stop|status [--tests]``."""

import argparse
import sys

from bawaslu_portal import embedded


def main() -> int:
    """Carry out the verb and print the state of both services; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bawaslu_portal.embedded", description="Embedded PostgreSQL and Redis."
    )
    parser.add_argument("verb", choices=["start", "stop", "status"])
    parser.add_argument("--tests", action="store_true", help="the pair of the tests (fsync off)")
    chosen = parser.parse_args()
    try:
        if chosen.verb == "start":
            embedded.start(chosen.tests)
        elif chosen.verb == "stop":
            embedded.stop(chosen.tests)
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    for name, state in embedded.status(chosen.tests).items():
        print(f"{name}: {state}")
    return 0


sys.exit(main())
